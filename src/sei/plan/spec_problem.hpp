// What a spec that the schema accepts may still have wrong (spec 01 §11, 02 §19).
#pragma once

#include <optional>
#include <string>

#include "sei/api/node.hpp"

namespace sei::plan {

/// Why a node cannot be served as it is. It ends in a condition, whose message says which field and what to do.
struct SpecProblem {
    std::string message;
    bool operator==(const SpecProblem&) const = default;
};

/// The first thing that is wrong with the mode of `node`, in the order of spec 02 §19; then an amount of
/// `spec.sidecar.resources` that is none.
[[nodiscard]] std::optional<SpecProblem> problem_of(const api::SeiNode& node);

}  // namespace sei::plan
