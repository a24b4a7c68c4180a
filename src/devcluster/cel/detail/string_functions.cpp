// cel-go's string extension and Kubernetes' find and findAll. Offsets count code points.
#include "devcluster/cel/detail/function_groups.hpp"
#include "devcluster/cel/utf8.hpp"

#include <fmt/core.h>

namespace devcluster::cel::detail {
namespace {

using Arguments = std::span<const Value>;

Value out_of_range(std::int64_t index, Arena& arena) {
    return Value::error(arena.keep(fmt::format("index out of range: {}", index)));
}

/// The byte offset of code point `index`, which may be one past the end.
std::optional<std::size_t> byte_offset(std::string_view text, std::int64_t index) {
    if (index < 0) return std::nullopt;
    std::size_t at = 0;
    for (std::int64_t step = 0; step < index; ++step) {
        if (at >= text.size()) return std::nullopt;
        at += decode_utf8(text, at).length_bytes;
    }
    return at;
}

bool fit(Arguments arguments, std::initializer_list<ValueKind> kinds) {
    std::size_t index = 0;
    for (const ValueKind kind : kinds) {
        if (index < arguments.size() && arguments[index].kind != kind) return false;
        ++index;
    }
    return true;
}

Value char_at(Arguments arguments, CallContext& context) {
    if (!fit(arguments, {ValueKind::String, ValueKind::Int})) return no_such_overload();
    const auto at = byte_offset(arguments[0].text, arguments[1].integer);
    if (!at) return out_of_range(arguments[1].integer, context.arena);
    if (*at == arguments[0].text.size()) return Value::of_string("");
    return Value::of_string(arguments[0].text.substr(*at, decode_utf8(arguments[0].text, *at).length_bytes));
}

Value substring(Arguments arguments, CallContext& context) {
    if (!fit(arguments, {ValueKind::String, ValueKind::Int, ValueKind::Int})) return no_such_overload();
    const std::string_view text = arguments[0].text;
    const auto begin = byte_offset(text, arguments[1].integer);
    if (!begin) return out_of_range(arguments[1].integer, context.arena);
    if (arguments.size() == 2) return Value::of_string(text.substr(*begin));
    const auto end = byte_offset(text, arguments[2].integer);
    if (!end) return out_of_range(arguments[2].integer, context.arena);
    if (*end < *begin) {
        return Value::error(context.arena.keep(
            fmt::format("invalid substring range. start: {}, end: {}", arguments[1].integer, arguments[2].integer)
        ));
    }
    return Value::of_string(text.substr(*begin, *end - *begin));
}

template <char first, char last, int shift>
Value change_case(Arguments arguments, CallContext& context) {
    if (!fit(arguments, {ValueKind::String})) return no_such_overload();
    std::string changed(arguments[0].text);
    for (char& letter : changed) {
        if (letter >= first && letter <= last) letter = static_cast<char>(letter + shift);
    }
    return Value::of_string(context.arena.keep(changed));
}

Value trim(Arguments arguments, CallContext&) {
    if (!fit(arguments, {ValueKind::String})) return no_such_overload();
    std::string_view text = arguments[0].text;
    constexpr std::string_view kBlanks = " \t\n\r\f\v";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return Value::of_string("");
    return Value::of_string(text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1));
}

Value replace(Arguments arguments, CallContext& context) {
    if (!fit(arguments, {ValueKind::String, ValueKind::String, ValueKind::String, ValueKind::Int}))
        return no_such_overload();
    const std::string_view from = arguments[1].text;
    std::int64_t left = arguments.size() == 4 ? arguments[3].integer : -1;
    std::string_view rest = arguments[0].text;
    std::string replaced;
    while (left != 0) {
        const std::size_t at = from.empty() ? 0 : rest.find(from);
        if (at == std::string_view::npos) break;
        replaced += rest.substr(0, at);
        replaced += arguments[2].text;
        rest.remove_prefix(at + from.size());
        --left;
        if (!from.empty()) continue;
        if (rest.empty()) break;
        const std::size_t length = decode_utf8(rest, 0).length_bytes;  // An empty text stands before each code point.
        replaced += rest.substr(0, length);
        rest.remove_prefix(length);
    }
    replaced += rest;
    return Value::of_string(context.arena.keep(replaced));
}

Value kept_list(const std::vector<Value>& values, Arena& arena) {
    const std::span<Value> kept = arena.make<Value>(values.size());
    std::ranges::copy(values, kept.begin());
    return Value::of_list(kept);
}

Value split(Arguments arguments, CallContext& context) {
    if (!fit(arguments, {ValueKind::String, ValueKind::String, ValueKind::Int})) return no_such_overload();
    const std::string_view separator = arguments[1].text;
    const std::int64_t limit = arguments.size() == 3 ? arguments[2].integer : -1;
    std::string_view rest = arguments[0].text;
    std::vector<Value> parts;
    if (limit == 0) return kept_list(parts, context.arena);
    while (limit < 0 || static_cast<std::int64_t>(parts.size()) + 1 < limit) {
        const std::size_t at = separator.empty()
                                   ? (rest.empty() ? std::string_view::npos : decode_utf8(rest, 0).length_bytes)
                                   : rest.find(separator);
        if (at == std::string_view::npos || (separator.empty() && at >= rest.size())) break;
        parts.push_back(Value::of_string(rest.substr(0, at)));
        rest.remove_prefix(at + separator.size());
    }
    if (!rest.empty() || !separator.empty()) parts.push_back(Value::of_string(rest));
    return kept_list(parts, context.arena);
}

Value join(Arguments arguments, CallContext& context) {
    if (!fit(arguments, {ValueKind::List, ValueKind::String})) return no_such_overload();
    std::string joined;
    for (std::size_t index = 0; index < arguments[0].size(); ++index) {
        const Value part = arguments[0].at(index, context.arena);
        if (part.kind != ValueKind::String) return no_such_overload();
        if (index > 0 && arguments.size() == 2) joined += arguments[1].text;
        joined += part.text;
    }
    return Value::of_string(context.arena.keep(joined));
}

Value find(Arguments arguments, CallContext& context) {
    if (!fit(arguments, {ValueKind::String, ValueKind::String})) return no_such_overload();
    return with_pattern(arguments, context, [&](const RegularExpression& pattern) {
        const auto span = pattern.find(arguments[0].text);
        return Value::of_string(span ? arguments[0].text.substr(span->begin, span->end - span->begin) : "");
    });
}

Value find_all(Arguments arguments, CallContext& context) {
    if (!fit(arguments, {ValueKind::String, ValueKind::String, ValueKind::Int})) return no_such_overload();
    const std::string_view text = arguments[0].text;
    const std::int64_t limit = arguments.size() == 3 ? arguments[2].integer : -1;
    return with_pattern(arguments, context, [&](const RegularExpression& pattern) {
        std::vector<Value> found;
        std::size_t from = 0;
        while (from <= text.size() && (limit < 0 || static_cast<std::int64_t>(found.size()) < limit)) {
            const auto span = pattern.find(text, from);
            if (!span) break;
            found.push_back(Value::of_string(text.substr(span->begin, span->end - span->begin)));
            const bool is_empty = span->end == span->begin;
            from = is_empty ? span->end + (span->end < text.size() ? decode_utf8(text, span->end).length_bytes : 1)
                            : span->end;
        }
        return kept_list(found, context.arena);
    });
}

constexpr Function member(std::string_view name, Implementation implementation, bool takes_pattern = false) {
    return {.name = name, .is_member = true, .takes_pattern = takes_pattern, .implementation = implementation};
}
constexpr auto kString = TypeKind::String;
constexpr auto kInt = TypeKind::Int;
constexpr Function kSubstring = member("substring", substring);
constexpr Function kReplace = member("replace", replace);
constexpr Function kSplit = member("split", split);
constexpr Function kJoin = member("join", join);
constexpr Function kFindAll = member("findAll", find_all, true);

constexpr Overload kOverloads[] = {
    {.function = member("charAt", char_at), .arguments = 2, .types = {kString, kInt}, .result = kString},
    {.function = kSubstring, .arguments = 2, .types = {kString, kInt}, .result = kString},
    {.function = kSubstring, .arguments = 3, .types = {kString, kInt, kInt}, .result = kString},
    {.function = member("lowerAscii", change_case<'A', 'Z', 32>), .arguments = 1, .types = {kString}, .result = kString
    },
    {.function = member("upperAscii", change_case<'a', 'z', -32>), .arguments = 1, .types = {kString}, .result = kString
    },
    {.function = member("trim", trim), .arguments = 1, .types = {kString}, .result = kString},
    {.function = kReplace, .arguments = 3, .types = {kString, kString, kString}, .result = kString},
    {.function = kReplace, .arguments = 4, .types = {kString, kString, kString, kInt}, .result = kString},
    {.function = kSplit, .arguments = 2, .types = {kString, kString}, .shape = ResultShape::StringList},
    {.function = kSplit, .arguments = 3, .types = {kString, kString, kInt}, .shape = ResultShape::StringList},
    {.function = kJoin, .arguments = 1, .types = {TypeKind::List}, .result = kString},
    {.function = kJoin, .arguments = 2, .types = {TypeKind::List, kString}, .result = kString},
    {.function = member("find", find, true), .arguments = 2, .types = {kString, kString}, .result = kString},
    {.function = kFindAll, .arguments = 2, .types = {kString, kString}, .shape = ResultShape::StringList},
    {.function = kFindAll, .arguments = 3, .types = {kString, kString, kInt}, .shape = ResultShape::StringList},
};

}  // namespace

std::span<const Overload> string_functions() {
    return kOverloads;
}

}  // namespace devcluster::cel::detail
