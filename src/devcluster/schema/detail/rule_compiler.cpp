// Types for expressions, and the rules compiled against them.
#include "devcluster/schema/detail/compiler.hpp"
#include "devcluster/schema/detail/path.hpp"
#include "devcluster/schema/detail/pruning.hpp"
#include "devcluster/schema/detail/rule_validator.hpp"
#include "devcluster/schema/detail/value_validator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace devcluster::schema::detail {
namespace {

const cel::Type* string_type(Format format) {
    switch (format) {
        case Format::Byte:
            return &cel::simple_type(cel::TypeKind::Bytes);
        case Format::Duration:
            return &cel::simple_type(cel::TypeKind::Duration);
        case Format::Date:
        case Format::DateTime:
            return &cel::simple_type(cel::TypeKind::Timestamp);
        default:
            return &cel::simple_type(cel::TypeKind::String);
    }
}

const cel::Type* list_type(const Node& node, TypeStore& types) {
    if (!node.items || node.items->cel_type == nullptr) return nullptr;
    cel::Type type{.kind = cel::TypeKind::List, .element = node.items->cel_type};
    if (node.list == ListType::Set) type.list_equality = cel::ListEquality::Set;
    if (node.list == ListType::Map) {
        type.list_equality = cel::ListEquality::ByKeys;
        for (const std::string& key : node.keys) type.list_keys.push_back(cel::escape_field_name(key).value_or(key));
    }
    return &types.emplace_back(std::move(type));
}

/// apiVersion, kind, metadata.name and metadata.generateName can be read at the root of every resource.
void add_meta_fields(cel::Type& type, TypeStore& types) {
    const cel::Type* text = &cel::simple_type(cel::TypeKind::String);
    const cel::Type& metadata = types.emplace_back(cel::Type{
        .kind = cel::TypeKind::Object, .fields = {{"generateName", "generateName", text}, {"name", "name", text}}
    });
    std::erase_if(type.fields, [](const cel::Type::Field& field) { return is_meta_field(field.json_name); });
    type.fields.push_back({"apiVersion", "apiVersion", text});
    type.fields.push_back({"kind", "kind", text});
    type.fields.push_back({"metadata", "metadata", &metadata});
}

const cel::Type* object_type(const Node& node, TypeStore& types) {
    if (node.additional_properties) {
        const cel::Type* element = node.additional_properties->cel_type;
        return element == nullptr ? nullptr
                                  : &types.emplace_back(cel::Type{.kind = cel::TypeKind::Map, .element = element});
    }
    cel::Type type{.kind = cel::TypeKind::Object};
    for (const Node::Property& property : node.properties) {
        const auto name = cel::escape_field_name(property.name);
        if (name && property.node->cel_type != nullptr)
            type.fields.push_back({*name, property.name, property.node->cel_type});
    }
    if (node.is_resource) add_meta_fields(type, types);
    std::ranges::sort(type.fields, {}, &cel::Type::Field::name);
    return &types.emplace_back(std::move(type));
}

const cel::Type* type_of(const Node& node, TypeStore& types) {
    if (node.is_int_or_string) return &cel::simple_type(cel::TypeKind::Dyn);
    switch (node.type) {
        case JsonType::Any:
            return nullptr;
        case JsonType::Object:
            return object_type(node, types);
        case JsonType::Array:
            return list_type(node, types);
        case JsonType::String:
            return string_type(node.format);
        case JsonType::Integer:
            return &cel::simple_type(cel::TypeKind::Int);
        case JsonType::Number:
            return &cel::simple_type(cel::TypeKind::Double);
        case JsonType::Boolean:
            return &cel::simple_type(cel::TypeKind::Bool);
    }
    return nullptr;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\n\r\f\v";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// `.a.b['c']` as a path below a node, or nullopt when the schema has no such field.
std::optional<std::string> relative_path(std::string_view text, const Node* node) {
    std::string path;
    while (!text.empty()) {
        const bool is_bracket = text.starts_with("['");
        if (!is_bracket && !text.starts_with('.')) return std::nullopt;
        text.remove_prefix(is_bracket ? 2 : 1);
        const std::size_t end = is_bracket ? text.find("']") : text.find_first_of(".[");
        if (is_bracket && end == std::string_view::npos) return std::nullopt;
        const std::string_view name = text.substr(0, end);
        if (name.empty()) return std::nullopt;
        const bool is_property = !node->properties.empty();
        node = is_property ? node->find_property(name) : node->additional_properties.get();
        if (node == nullptr) return std::nullopt;
        if (is_property) {
            path.append(path.empty() ? "" : ".").append(name);
        } else {
            path.append("[").append(name).append("]");
        }
        text.remove_prefix(
            std::min(text.size(), end == std::string_view::npos ? text.size() : end + (is_bracket ? 2 : 0))
        );
    }
    return path;
}

/// Reads one entry of x-kubernetes-validations.
class RuleCompiler {
public:
    RuleCompiler(const PendingRules& pending, std::size_t index, std::vector<FieldError>& errors)
        : pending_(pending), path_(fmt::format("{}[{}]", pending.path, index)), errors_(errors) {}

    void run(const json::value& entry) {
        if (!entry.is_object()) {
            errors_.push_back(type_invalid(path_, entry, "must be an object"));
            return;
        }
        const std::size_t before = errors_.size();
        for (const json::key_value_pair& member : entry.get_object()) {
            if (!member.value().is_null()) read(key_view(member), member.value());
        }
        if (trim(rule_).empty() && errors_.size() == before)
            errors_.push_back(required(path_ + ".rule", "rule is not specified"));
        if (rule_.find('\n') != std::string::npos && trim(message_).empty()) {
            errors_.push_back(required(path_ + ".message", "message must be specified if rule contains line breaks"));
        }
        if (errors_.size() == before) compile();
    }

private:
    void read(std::string_view name, const json::value& value) {
        const std::string at = path_ + "." + std::string(name);
        if (name == "optionalOldSelf") {
            errors_.push_back(forbidden(at, "optionalOldSelf is not supported by this server"));
            return;
        }
        std::string* const into = name == "rule"                ? &rule_
                                  : name == "message"           ? &message_
                                  : name == "messageExpression" ? &message_expression_
                                  : name == "reason"            ? &reason_
                                  : name == "fieldPath"         ? &field_path_
                                                                : nullptr;
        if (into == nullptr) {
            errors_.push_back(forbidden(at, fmt::format("the keyword {} is not supported by this server", name)));
            return;
        }
        if (!value.is_string()) {
            errors_.push_back(type_invalid(at, value, "must be a string"));
            return;
        }
        *into = view(value.get_string());
        const bool is_blank = trim(*into).empty();
        if (name == "message" && !into->empty() && is_blank)
            errors_.push_back(invalid(at, value, "must be non-empty if specified"));
        if ((name == "message" || name == "fieldPath") && trim(*into).find('\n') != std::string_view::npos)
            errors_.push_back(invalid(at, value, "must not contain line breaks"));
        if (name == "messageExpression" && !into->empty() && is_blank)
            errors_.push_back(required(at, "messageExpression must be non-empty if specified"));
    }

    void compile() {
        auto program = cel::Program::compile(rule_, {.self = pending_.node->cel_type});
        if (!program) {
            errors_.push_back(
                invalid_rule(path_ + ".rule", describe_failure("compilation failed: ", rule_, program.error()))
            );
            return;
        }
        if (program->uses_old_self() && !pending_.uncorrelatable.empty()) {
            errors_.push_back(invalid(
                path_ + ".rule",
                json::value(rule_),
                "oldSelf cannot be used on the uncorrelatable portion of the schema within " + pending_.uncorrelatable
            ));
            return;
        }
        const std::string name(trim(message_.empty() ? rule_ : message_));
        Rule rule{
            .program = std::move(*program), .message = message_.empty() ? "failed rule: " + name : name, .name = name
        };
        if (!message_expression_.empty()) {
            auto message = cel::Program::compile(
                message_expression_, {.self = pending_.node->cel_type, .result = cel::TypeKind::String}
            );
            if (!message) {
                errors_.push_back(invalid_rule(
                    path_ + ".messageExpression",
                    describe_failure("messageExpression compilation failed: ", message_expression_, message.error())
                ));
                return;
            }
            rule.message_expression = std::move(*message);
        }
        if (!read_reason(rule) || !read_field_path(rule)) return;
        pending_.node->rules.push_back(std::move(rule));
    }

    /// Shows the entry as kube-apiserver prints it: with the names of the fields in Go, in their order.
    FieldError invalid_rule(std::string field, const std::string& detail) const {
        const auto shown = [](const std::string& text) { return serialize(text); };
        const std::string entry = fmt::format(
            R"({{"Rule":{},"Message":{},"MessageExpression":{},"Reason":{},"FieldPath":{},"OptionalOldSelf":null}})",
            shown(rule_),
            shown(message_),
            shown(message_expression_),
            reason_.empty() ? "null" : shown(reason_),
            shown(field_path_)
        );
        return {FieldErrorType::Invalid, std::move(field), "Invalid value: " + entry + ": " + detail};
    }

    /// As Go marshals a string.
    static std::string serialize(const std::string& text) {
        const std::string list = show(json::array{json::value(text)});
        return list.substr(1, list.size() - 2);
    }

    static std::string describe_failure(
        std::string_view what, std::string_view source, const cel::CompileError& error
    ) {
        if (error.message.starts_with("cel expression must evaluate") ||
            error.message.starts_with("program instantiation"))
            return error.message;
        if (error.message.starts_with("must evaluate to a")) return "messageExpression " + error.message;
        return std::string(what) + error.describe(source);
    }

    bool read_reason(Rule& rule) {
        constexpr std::array kReasons{
            FieldErrorType::Duplicate, FieldErrorType::Forbidden, FieldErrorType::Invalid, FieldErrorType::Required
        };
        if (reason_.empty()) return true;
        std::vector<std::string> names;
        for (const FieldErrorType reason : kReasons) {
            names.emplace_back(reason_of(reason));
            if (reason_ != reason_of(reason)) continue;
            rule.reason = reason;
            return true;
        }
        errors_.push_back(not_supported(path_ + ".reason", json::value(reason_), names));
        return false;
    }

    bool read_field_path(Rule& rule) {
        if (field_path_.empty()) return true;
        const auto path = relative_path(trim(field_path_), pending_.node);
        if (path) {
            rule.field_path = *path;
        } else {
            errors_.push_back(invalid(path_ + ".fieldPath", json::value(field_path_), "must be a valid path"));
        }
        return path.has_value();
    }

    const PendingRules& pending_;
    std::string path_;
    std::vector<FieldError>& errors_;
    std::string rule_;
    std::string message_;
    std::string message_expression_;
    std::string reason_;
    std::string field_path_;
};

}  // namespace

void declare_types(Node& node, TypeStore& types) {
    for (const Node::Property& property : node.properties) declare_types(*property.node, types);
    if (node.items) declare_types(*node.items, types);
    if (node.additional_properties) declare_types(*node.additional_properties, types);
    node.cel_type = type_of(node, types);
}

void compile_rules(const PendingRules& pending, std::vector<FieldError>& errors) {
    if (!pending.rules->is_array()) {
        errors.push_back(type_invalid(pending.path, *pending.rules, "must be an array"));
        return;
    }
    const json::array& rules = pending.rules->get_array();
    if (!rules.empty() && pending.node->cel_type == nullptr) {
        errors.push_back(
            {FieldErrorType::Internal,
             pending.path,
             "Internal error: internal error: failed to construct type information for x-kubernetes-validations rules: "
             "unable to convert structural schema to CEL declarations"}
        );
        return;
    }
    for (std::size_t index = 0; index < rules.size(); ++index) RuleCompiler{pending, index, errors}.run(rules[index]);
}

void validate_defaults(const Node& node, const std::string& path, std::vector<FieldError>& errors) {
    if (!node.has_defaults) return;
    if (node.default_json) {
        const std::string at = path + ".default";
        json::value pruned = *node.default_json;
        if (!prune(pruned, node).empty())
            errors.push_back(invalid(at, *node.default_json, "must not have unknown fields"));
        std::vector<FieldError> found = validate_values(node, *node.default_json, nullptr, at, false);
        if (found.empty()) {
            found = validate_rules(node, *node.default_json, &*node.default_json, Ratcheting::No);
            for (FieldError& error : found) error.field = join_paths(at, error.field);
        }
        for (FieldError& error : found) errors.push_back(std::move(error));
    }
    for (const Node::Property& property : node.properties) {
        validate_defaults(*property.node, fmt::format("{}.properties[{}]", path, property.name), errors);
    }
    if (node.items) validate_defaults(*node.items, path + ".items", errors);
    if (node.additional_properties)
        validate_defaults(*node.additional_properties, path + ".additionalProperties", errors);
}

}  // namespace devcluster::schema::detail
