// An openAPIV3Schema, made into nodes.
#pragma once

#include "devcluster/schema/detail/node.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace devcluster::schema::detail {

/// A rule as the CRD has it, to be compiled once the types of all nodes are known.
struct PendingRules {
    Node* node = nullptr;
    const json::value* rules = nullptr;  ///< Points into the CRD.
    std::string path;                    ///< Of x-kubernetes-validations.
    std::string uncorrelatable;          ///< Path of the list or map around it that hides the old value. Empty: none.
};

/// What reading a schema gave.
struct Reading {
    std::unique_ptr<Node> root;
    std::vector<PendingRules> rules;
    std::vector<FieldError> errors;
};

/// Reads a structural schema, whose root is a resource. Never throws; what is wrong is in `errors`.
[[nodiscard]] Reading read_schema(const json::value& openapi, std::string_view path);

/// Sets `cel_type` at and below `node`.
void declare_types(Node& node, TypeStore& types);

/// Compiles `pending` into its node.
void compile_rules(const PendingRules& pending, std::vector<FieldError>& errors);

/// Sets `has_rules`, `has_list_identities` and `has_defaults` at and below `node`.
void summarize(Node& node);

/// Checks every default against its own schema.
void validate_defaults(const Node& node, const std::string& path, std::vector<FieldError>& errors);

}  // namespace devcluster::schema::detail
