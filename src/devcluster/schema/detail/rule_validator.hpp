// Validation rules (x-kubernetes-validations) on objects.
#pragma once

#include "devcluster/schema/detail/node.hpp"

#include <vector>

namespace devcluster::schema::detail {

/// Which failures are forgiven because nothing changed.
enum class Ratcheting : std::uint8_t { No, Yes };

/// Evaluates the rules at and below `node`. Rules that name `oldSelf` run where `old_value` has a counterpart; with
/// `Ratcheting::Yes` failures of the others are forgiven where the value, or the nearest part of the object around it
/// that can be told again in the old one, did not change. Errors while evaluating are never forgiven.
[[nodiscard]] std::vector<FieldError> validate_rules(
    const Node& node, const json::value& value, const json::value* old_value, Ratcheting ratcheting
);

}  // namespace devcluster::schema::detail
