#include "devcluster/cel/detail/functions.hpp"

#include "devcluster/cel/detail/function_groups.hpp"

#include <vector>

namespace devcluster::cel::detail {

std::span<const Overload> overloads() {
    static const auto* const all = [] {
        auto* const joined = new std::vector<Overload>;  // Leaked: nothing to destroy at exit.
        for (const auto group :
             {standard_functions(), string_functions(), search_functions(), list_functions(), time_functions()}) {
            joined->insert(joined->end(), group.begin(), group.end());
        }
        return joined;
    }();
    return *all;
}

}  // namespace devcluster::cel::detail
