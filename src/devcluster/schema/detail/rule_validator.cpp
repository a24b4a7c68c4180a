#include "devcluster/schema/detail/rule_validator.hpp"

#include "devcluster/schema/detail/correlation.hpp"
#include "devcluster/schema/detail/path.hpp"

#include <fmt/core.h>

namespace devcluster::schema::detail {
namespace {

constexpr std::size_t kMessageBytesMax = 5 * 1024;  // Kubernetes' bound on what a messageExpression gives.

/// A place of the new object with its counterpart in the old one, linked to the nearest place around it that has one.
struct Place {
    const Node* node = nullptr;
    const json::value* value = nullptr;
    const json::value* old_value = nullptr;  ///< Null: no counterpart.
    const Place* around = nullptr;

    [[nodiscard]] bool is_unchanged() const {
        const Place* nearest = old_value != nullptr ? this : around;
        return nearest != nullptr && detail::is_unchanged(*nearest->node, *nearest->value, *nearest->old_value);
    }
};

std::string_view type_of(const Node& node) {
    return node.is_int_or_string ? "" : type_name(node.type);
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\n\r\f\v";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

class Validator {
public:
    explicit Validator(Ratcheting ratcheting) : ratcheting_(ratcheting) {}

    /// `old_value` is what oldSelf is; `place` what failures are forgiven by.
    void validate(
        const Node& node, const json::value& value, const json::value* old_value, const Place& place, const Path& path
    ) {
        if (!node.has_rules || value.is_null()) return;
        for (const Rule& rule : node.rules) evaluate(rule, node, value, old_value, place, path);
        if (value.is_object()) {
            for (const json::key_value_pair& member : value.get_object())
                validate_member(node, member, old_value, place, path);
        } else if (value.is_array() && node.items) {
            const json::array& array = value.get_array();
            for (std::size_t index = 0; index < array.size(); ++index) {
                const json::value* old_element = correlated_element(node, old_value, array[index]);
                validate(
                    *node.items,
                    array[index],
                    old_element,
                    inner_place(*node.items, array[index], old_element, place),
                    path.at(index)
                );
            }
        }
    }

    std::vector<FieldError> errors;

private:
    void validate_member(
        const Node& node,
        const json::key_value_pair& member,
        const json::value* old_object,
        const Place& place,
        const Path& path
    ) {
        const std::string_view name = key_view(member);
        const Node* property = node.find_property(name);
        const Node* child = property != nullptr ? property : node.additional_properties.get();
        if (child == nullptr || !child->has_rules) return;
        const json::value* old_member = correlated_member(old_object, name);
        const Path below = property != nullptr ? path.child(name) : path.key(name);
        if (path.is_root() && (name == "apiVersion" || name == "kind")) {
            validate(*child, member.value(), old_member, Place{}, below);
            return;
        }
        validate(*child, member.value(), old_member, inner_place(*child, member.value(), old_member, place), below);
    }

    Place inner_place(const Node& node, const json::value& value, const json::value* old_value, const Place& outer)
        const {
        if (ratcheting_ == Ratcheting::No) return {};
        const Place* around = outer.old_value != nullptr ? &outer : outer.around;
        // Once a place has no counterpart, nothing inside has.
        if (outer.old_value == nullptr) return {.node = &node, .value = &value, .around = around};
        return {.node = &node, .value = &value, .old_value = old_value, .around = around};
    }

    void evaluate(
        const Rule& rule,
        const Node& node,
        const json::value& value,
        const json::value* old_value,
        const Place& place,
        const Path& path
    ) {
        const bool has_old = old_value != nullptr && !old_value->is_null();
        if (rule.program.uses_old_self() && !has_old) return;
        const json::value* old_self = has_old ? old_value : nullptr;
        const auto holds = rule.program.evaluate_bool(value, old_self);
        if (!holds) {
            report_evaluation(rule, node, holds.error().message, path);
            return;
        }
        if (*holds) return;
        if (!rule.program.uses_old_self() && place.is_unchanged()) return;
        const std::string at =
            rule.field_path.empty() ? field_path(path) : join_paths(field_path(path), rule.field_path);
        report(rule, node, message_of(rule, value, old_self), at);
    }

    void report_evaluation(const Rule& rule, const Node& node, const std::string& error, const Path& path) {
        const std::string detail = error.starts_with("no such overload")
                                       ? fmt::format(
                                             "'{}': call arguments did not match a supported operator, function or "
                                             "macro signature for rule: {}",
                                             error,
                                             rule.name
                                         )
                                       : fmt::format("{} evaluating rule: {}", error, rule.name);
        errors.push_back(invalid(field_path(path), json::value(type_of(node)), detail));
    }

    void report(const Rule& rule, const Node& node, const std::string& message, const std::string& at) {
        const json::value shown(type_of(node));
        switch (rule.reason) {
            case FieldErrorType::Forbidden:
                errors.push_back(forbidden(at, message));
                return;
            case FieldErrorType::Required:
                errors.push_back(required(at, message));
                return;
            case FieldErrorType::Duplicate:
                errors.push_back(duplicate(at, shown));
                return;
            default:
                errors.push_back(invalid(at, shown, message));
                return;
        }
    }

    static std::string message_of(const Rule& rule, const json::value& value, const json::value* old_self) {
        if (rule.message_expression && (old_self != nullptr || !rule.message_expression->uses_old_self())) {
            const auto text = rule.message_expression->evaluate_string(value, old_self);
            const std::string_view trimmed = text ? trim(*text) : std::string_view{};
            const bool is_usable =
                !trimmed.empty() && trimmed.size() <= kMessageBytesMax && trimmed.find('\n') == std::string_view::npos;
            if (is_usable) return std::string(trimmed);
        }
        return rule.message;
    }

    Ratcheting ratcheting_;
};

}  // namespace

std::vector<FieldError> validate_rules(
    const Node& node, const json::value& value, const json::value* old_value, Ratcheting ratcheting
) {
    Validator validator{ratcheting};
    const Place root{.node = &node, .value = &value, .old_value = ratcheting == Ratcheting::Yes ? old_value : nullptr};
    validator.validate(node, value, old_value, root, Path{});
    return std::move(validator.errors);
}

}  // namespace devcluster::schema::detail
