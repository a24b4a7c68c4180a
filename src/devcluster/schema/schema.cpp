#include "devcluster/schema/schema.hpp"

#include "devcluster/schema/detail/compiler.hpp"
#include "devcluster/schema/detail/list_identities.hpp"
#include "devcluster/schema/detail/pruning.hpp"
#include "devcluster/schema/detail/rule_validator.hpp"
#include "devcluster/schema/detail/value_validator.hpp"

#include <algorithm>

namespace devcluster::schema {

namespace json = boost::json;

struct Schema::Compiled {
    std::unique_ptr<detail::Node> root;
    detail::TypeStore types;  // What the rules in `root` were compiled against.
};

namespace {

constexpr std::string_view kRulesSkipped =
    "some validation rules were not checked because the object was invalid; correct the existing errors to complete "
    "validation";

/// Whether an error leaves the object in a shape that rules were not written for.
bool blocks_rules(const FieldError& error) {
    switch (error.type) {
        case FieldErrorType::NotSupported:
        case FieldErrorType::Required:
        case FieldErrorType::TooLong:
        case FieldErrorType::TooMany:
        case FieldErrorType::TypeInvalid:
            return true;
        default:
            return false;
    }
}

void append(std::vector<FieldError>& errors, std::vector<FieldError> more) {
    for (FieldError& error : more) errors.push_back(std::move(error));
}

/// Duplicates and rules, after `errors` of the values.
std::vector<FieldError> complete(
    const detail::Node& root, const json::value& object, const json::value* old, std::vector<FieldError> errors
) {
    if (root.has_list_identities) {
        std::vector<FieldError> duplicates = detail::validate_list_identities(root, object);
        // Duplicates that were stored already do not stand in the way of other changes.
        const bool is_new =
            old == nullptr || duplicates.empty() || detail::validate_list_identities(root, *old).empty();
        if (is_new) append(errors, std::move(duplicates));
    }
    if (!root.has_rules) return errors;
    if (std::ranges::any_of(errors, blocks_rules)) {
        errors.push_back(invalid("<nil>", json::value(nullptr), kRulesSkipped));
    } else {
        append(
            errors,
            detail::validate_rules(root, object, old, old == nullptr ? detail::Ratcheting::No : detail::Ratcheting::Yes)
        );
    }
    return errors;
}

}  // namespace

Schema::Schema(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

std::expected<Schema, std::vector<FieldError>> Schema::compile(const json::value& openapi, std::string_view path) {
    detail::Reading reading = detail::read_schema(openapi, path);
    if (!reading.errors.empty()) return std::unexpected(std::move(reading.errors));
    auto compiled = std::make_shared<Compiled>();
    detail::declare_types(*reading.root, compiled->types);
    for (const detail::PendingRules& rules : reading.rules) detail::compile_rules(rules, reading.errors);
    detail::summarize(*reading.root);
    if (reading.errors.empty()) detail::validate_defaults(*reading.root, std::string(path), reading.errors);
    if (!reading.errors.empty()) return std::unexpected(std::move(reading.errors));
    compiled->root = std::move(reading.root);
    return Schema{std::move(compiled)};
}

std::vector<std::string> Schema::prune(json::value& object) const {
    return detail::prune(object, *compiled_->root);
}

void Schema::apply_defaults(json::value& object) const {
    detail::prune_nulls(object, *compiled_->root);
    detail::apply_defaults(object, *compiled_->root);
}

std::vector<FieldError> Schema::validate(const json::value& object, const json::value* old) const {
    const detail::Node& root = *compiled_->root;
    return complete(root, object, old, detail::validate_values(root, object, old, "", true));
}

std::vector<FieldError> Schema::validate_status(const json::value& object, const json::value& old) const {
    const detail::Node& root = *compiled_->root;
    const detail::Node* schema = root.find_property("status");
    const json::value* status = object.is_object() ? object.get_object().if_contains("status") : nullptr;
    const json::value* old_status = old.is_object() ? old.get_object().if_contains("status") : nullptr;
    std::vector<FieldError> errors;
    if (schema != nullptr && status != nullptr)
        errors = detail::validate_values(*schema, *status, old_status, "status", false);
    return complete(root, object, &old, std::move(errors));
}

const TypeModel& Schema::type_model() const {
    return *compiled_->root;
}

}  // namespace devcluster::schema
