// What a spec that the schema accepts may still have wrong (spec 01 §11, 02 §19).
#pragma once

#include <optional>
#include <string>

#include "sei/api/node.hpp"

namespace sei::plan {

/// Why a node cannot be served as it is. It ends in a condition, whose message says which field and what to do.
struct SpecProblem {
    enum class Kind {
        /// The spec contradicts itself.
        InvalidSpec,
        /// The spec is fine; this version of the operator does not implement it.
        Unsupported,
    };
    Kind kind = Kind::InvalidSpec;
    std::string message;
    bool operator==(const SpecProblem&) const = default;
};

/// The first thing that is wrong with the mode of `node`, in the order of spec 02 §19.
[[nodiscard]] std::optional<SpecProblem> problem_of(const api::SeiNode& node);

}  // namespace sei::plan
