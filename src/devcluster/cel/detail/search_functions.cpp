// indexOf and lastIndexOf: offsets in strings count code points, in lists elements; -1 means that it does not occur.
#include "devcluster/cel/detail/function_groups.hpp"
#include "devcluster/cel/utf8.hpp"

#include <fmt/core.h>

namespace devcluster::cel::detail {
namespace {

using Arguments = std::span<const Value>;

constexpr std::int64_t kAbsent = -1;

std::vector<std::size_t> code_point_offsets(std::string_view text) {
    std::vector<std::size_t> offsets;
    for (std::size_t at = 0; at < text.size(); at += decode_utf8(text, at).length_bytes) offsets.push_back(at);
    offsets.push_back(text.size());
    return offsets;
}

Value search_text(Arguments arguments, CallContext& context, bool is_backward) {
    const std::string_view text = arguments[0].text;
    const std::string_view wanted = arguments[1].text;
    if (arguments[1].kind != ValueKind::String) return no_such_overload();
    const std::vector<std::size_t> offsets = code_point_offsets(text);
    const auto length = static_cast<std::int64_t>(offsets.size()) - 1;
    std::int64_t start = is_backward ? length : 0;
    if (arguments.size() == 3) {
        if (arguments[2].kind != ValueKind::Int) return no_such_overload();
        start = arguments[2].integer;
        if (wanted.empty()) return arguments[2];
        if (start < 0) return Value::error(context.arena.keep(fmt::format("index out of range: {}", start)));
        if (start >= length) return Value::of(kAbsent);
    }
    for (std::int64_t at = start; at >= 0 && at <= length; at += is_backward ? -1 : 1) {
        if (text.substr(offsets[static_cast<std::size_t>(at)]).starts_with(wanted)) return Value::of(at);
    }
    return Value::of(kAbsent);
}

Value search_list(Arguments arguments, CallContext& context, bool is_backward) {
    const auto size = static_cast<std::int64_t>(arguments[0].size());
    for (std::int64_t step = 0; step < size; ++step) {
        const std::int64_t at = is_backward ? size - 1 - step : step;
        if (equal(arguments[0].at(static_cast<std::size_t>(at), context.arena), arguments[1], context.arena))
            return Value::of(at);
    }
    return Value::of(kAbsent);
}

template <bool is_backward>
Value search(Arguments arguments, CallContext& context) {
    if (arguments[0].kind == ValueKind::String) return search_text(arguments, context, is_backward);
    if (arguments[0].kind == ValueKind::List && arguments.size() == 2)
        return search_list(arguments, context, is_backward);
    return no_such_overload();
}

constexpr Function kIndexOf{.name = "indexOf", .is_member = true, .implementation = search<false>};
constexpr Function kLastIndexOf{.name = "lastIndexOf", .is_member = true, .implementation = search<true>};
constexpr auto kString = TypeKind::String;
constexpr auto kInt = TypeKind::Int;

constexpr Overload kOverloads[] = {
    {.function = kIndexOf, .arguments = 2, .types = {kString, kString}, .result = kInt},
    {.function = kIndexOf, .arguments = 3, .types = {kString, kString, kInt}, .result = kInt},
    {.function = kIndexOf, .arguments = 2, .types = {TypeKind::List, TypeKind::Dyn}, .result = kInt},
    {.function = kLastIndexOf, .arguments = 2, .types = {kString, kString}, .result = kInt},
    {.function = kLastIndexOf, .arguments = 3, .types = {kString, kString, kInt}, .result = kInt},
    {.function = kLastIndexOf, .arguments = 2, .types = {TypeKind::List, TypeKind::Dyn}, .result = kInt},
};

}  // namespace

std::span<const Overload> search_functions() {
    return kOverloads;
}

}  // namespace devcluster::cel::detail
