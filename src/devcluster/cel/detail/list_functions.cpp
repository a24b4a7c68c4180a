// Kubernetes' functions on lists.
#include "devcluster/cel/detail/arithmetic.hpp"
#include "devcluster/cel/detail/function_groups.hpp"

namespace devcluster::cel::detail {
namespace {

using Arguments = std::span<const Value>;

Value is_sorted(Arguments arguments, CallContext& context) {
    const Value& list = arguments[0];
    if (list.kind != ValueKind::List) return no_such_overload();
    for (std::size_t index = 1; index < list.size(); ++index) {
        const auto order = compare(list.at(index - 1, context.arena), list.at(index, context.arena));
        if (!order) return no_such_overload();
        if (*order > 0) return Value::of(false);
    }
    return Value::of(true);
}

Value sum(Arguments arguments, CallContext& context) {
    const Value& list = arguments[0];
    if (list.kind != ValueKind::List) return no_such_overload();
    if (list.size() == 0) return Value::of(std::int64_t{0});
    Value total = list.at(0, context.arena);
    for (std::size_t index = 1; index < list.size() && !total.is_error(); ++index) {
        total = apply(Operator::Add, total, list.at(index, context.arena), context.arena);
    }
    return total.is_number() || total.kind == ValueKind::Duration || total.is_error() ? total : no_such_overload();
}

template <int wanted_sign>
Value extreme(Arguments arguments, CallContext& context) {
    const Value& list = arguments[0];
    if (list.kind != ValueKind::List) return no_such_overload();
    if (list.size() == 0) {
        return Value::error(wanted_sign < 0 ? "min called on empty list" : "max called on empty list");
    }
    Value best = list.at(0, context.arena);
    for (std::size_t index = 1; index < list.size(); ++index) {
        const Value candidate = list.at(index, context.arena);
        const auto order = compare(candidate, best);
        if (!order) return no_such_overload();
        if (*order * wanted_sign > 0) best = candidate;
    }
    return best;
}

constexpr Function member(std::string_view name, Implementation implementation) {
    return {.name = name, .is_member = true, .implementation = implementation};
}
constexpr auto kList = TypeKind::List;

constexpr Overload kOverloads[] = {
    {.function = member("isSorted", is_sorted), .arguments = 1, .types = {kList}, .result = TypeKind::Bool},
    {.function = member("sum", sum), .arguments = 1, .types = {kList}, .shape = ResultShape::ElementOfFirst},
    {.function = member("min", extreme<-1>), .arguments = 1, .types = {kList}, .shape = ResultShape::ElementOfFirst},
    {.function = member("max", extreme<1>), .arguments = 1, .types = {kList}, .shape = ResultShape::ElementOfFirst},
};

}  // namespace

std::span<const Overload> list_functions() {
    return kOverloads;
}

}  // namespace devcluster::cel::detail
