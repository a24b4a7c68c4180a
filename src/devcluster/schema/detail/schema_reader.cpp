// Keywords of a schema, one by one; an unknown one is refused.
#include "devcluster/schema/detail/compiler.hpp"
#include "devcluster/schema/detail/formats.hpp"
#include "devcluster/schema/detail/path.hpp"
#include "devcluster/schema/detail/structural_checks.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace devcluster::schema::detail {
namespace {

/// What the nodes around say about the node to be read.
struct Surroundings {
    Level level = Level::Field;
    std::string uncorrelatable;
    bool is_top_level_meta = false;
};

constexpr std::array<std::string_view, 5> kAnnotations{
    "description", "title", "example", "externalDocs", "x-kubernetes-description"
};
constexpr std::array<std::string_view, 8> kRefusedKeywords{
    "id",
    "$schema",
    "$ref",
    "patternProperties",
    "dependencies",
    "additionalItems",
    "definitions",
    "x-kubernetes-group-version-kind",
};
constexpr std::pair<std::string_view, JsonType> kTypes[] = {
    {"array", JsonType::Array},
    {"boolean", JsonType::Boolean},
    {"integer", JsonType::Integer},
    {"number", JsonType::Number},
    {"object", JsonType::Object},
    {"string", JsonType::String},
};

bool is_annotation(std::string_view name) {
    return std::ranges::find(kAnnotations, name) != kAnnotations.end();
}

class Reader {
public:
    Reading run(const json::value& openapi, std::string_view prefix) {
        const Path path{.name = prefix};
        if (!openapi.is_object()) {
            reading_.errors.push_back(required(std::string(prefix), ""));
            return std::move(reading_);
        }
        reading_.root = structural(openapi.get_object(), path, {.level = Level::Root});
        reading_.root->is_resource = true;
        check_completeness(*reading_.root, path, reading_.errors);
        return std::move(reading_);
    }

private:
    void add(FieldError error) { reading_.errors.push_back(std::move(error)); }

    // ---- the structure ----

    std::unique_ptr<Node> structural(const json::object& schema, const Path& path, const Surroundings& around) {
        auto node = std::make_unique<Node>();
        for (const json::key_value_pair& member : schema) {
            const std::string_view name = key_view(member);
            if (member.value().is_null() || is_annotation(name) || name == "properties" || name == "items" ||
                name == "additionalProperties")
                continue;
            const Path at = path.child(name);
            if (read_structure(*node, name, member.value(), at) || read_value(*node, name, member.value(), at))
                continue;
            if (name == "x-kubernetes-validations") {
                reading_.rules.push_back({node.get(), &member.value(), field_path(at), around.uncorrelatable});
                continue;
            }
            refuse_keyword(name, at);
        }
        read_parts(*node, schema, path, around);
        read_alternatives(*node, schema, path, around.level);
        check_structure(
            *node,
            path,
            {.level = around.level,
             .has_map_type = schema.contains("x-kubernetes-map-type"),
             .is_top_level_meta = around.is_top_level_meta},
            reading_.errors
        );
        return node;
    }

    void refuse_keyword(std::string_view name, const Path& at) {
        const bool is_known = std::ranges::find(kRefusedKeywords, name) != kRefusedKeywords.end();
        add(forbidden(
            field_path(at),
            is_known ? fmt::format("{} is not supported", name)
                     : fmt::format("the keyword {} is not supported by this server", name)
        ));
    }

    /// Whether `name` is a keyword of the structure. Parts are read elsewhere.
    bool read_structure(Node& node, std::string_view name, const json::value& value, const Path& at) {
        if (name == "type") {
            read_type(node, value, at);
        } else if (name == "nullable") {
            node.is_nullable = flag(value, at);
        } else if (name == "default") {
            node.default_json = value;
        } else if (name == "x-kubernetes-int-or-string") {
            node.is_int_or_string = flag(value, at);
        } else if (name == "x-kubernetes-preserve-unknown-fields") {
            node.preserves_unknown_fields = flag(value, at);
            if (!node.preserves_unknown_fields) add(invalid(field_path(at), value, "must be true or undefined"));
        } else if (name == "x-kubernetes-embedded-resource") {
            node.is_resource = flag(value, at);
        } else if (name == "x-kubernetes-list-type") {
            read_list_type(node, value, at);
        } else if (name == "x-kubernetes-list-map-keys") {
            node.keys = strings(value, at);
        } else if (name == "x-kubernetes-map-type") {
            const std::string text = string(value, at);
            node.map = text == "atomic" ? MapType::Atomic : MapType::Granular;
            if (text != "atomic" && text != "granular")
                add(not_supported(field_path(at), value, std::array<std::string, 2>{"atomic", "granular"}));
        } else {
            return false;
        }
        return true;
    }

    void read_type(Node& node, const json::value& value, const Path& at) {
        const std::string text = string(value, at);
        for (const auto& [name, type] : kTypes) {
            if (text == name) {
                node.type = type;
                return;
            }
        }
        std::vector<std::string> names;
        for (const auto& [name, type] : kTypes) names.emplace_back(name);
        node.type = JsonType::String;  // One complaint is enough.
        add(not_supported(field_path(at), value, names));
    }

    void read_list_type(Node& node, const json::value& value, const Path& at) {
        const std::string text = string(value, at);
        if (text == "set") {
            node.list = ListType::Set;
        } else if (text == "map") {
            node.list = ListType::Map;
        } else if (text != "atomic") {
            add(not_supported(field_path(at), value, std::array<std::string, 3>{"atomic", "set", "map"}));
        }
    }

    void read_parts(Node& node, const json::object& schema, const Path& path, const Surroundings& around) {
        if (const json::value* properties = schema.if_contains("properties");
            properties != nullptr && !properties->is_null()) {
            const Path at = path.child("properties");
            for (const json::key_value_pair& member : object(*properties, at)) {
                const bool is_meta =
                    is_meta_field(key_view(member)) && (around.level == Level::Root || node.is_resource);
                Surroundings inside{
                    .level = Level::Field,
                    .uncorrelatable = around.uncorrelatable,
                    .is_top_level_meta = is_meta && around.level == Level::Root
                };
                const Path property = at.key(key_view(member));
                node.properties.push_back(
                    {std::string(key_view(member)), structural(object(member.value(), property), property, inside)}
                );
            }
            std::ranges::sort(node.properties, {}, &Node::Property::name);
        }
        if (const json::value* items = schema.if_contains("items"); items != nullptr && !items->is_null()) {
            const Path at = path.child("items");
            Surroundings inside{.level = Level::Item, .uncorrelatable = around.uncorrelatable};
            if (node.list != ListType::Map && inside.uncorrelatable.empty()) inside.uncorrelatable = field_path(path);
            if (items->is_array()) {
                add(forbidden(field_path(at), "items must be a schema object and not an array"));
            } else {
                node.items = structural(object(*items, at), at, inside);
            }
        }
        read_additional(node, schema, path, around);
    }

    void read_additional(Node& node, const json::object& schema, const Path& path, const Surroundings& around) {
        const json::value* additional = schema.if_contains("additionalProperties");
        if (additional == nullptr || additional->is_null()) return;
        const Path at = path.child("additionalProperties");
        if (around.level == Level::Root) add(forbidden(field_path(at), "must not be used at the root"));
        if (node.is_resource)
            add(forbidden(field_path(at), "must not be used if x-kubernetes-embedded-resource is set"));
        if (!node.properties.empty() && !(additional->is_bool() && additional->get_bool())) {
            add(forbidden(field_path(at), "additionalProperties and properties are mutual exclusive"));
        }
        if (additional->is_bool()) {
            node.allows_any_additional = additional->get_bool();
            if (!node.allows_any_additional)
                add(forbidden(
                    field_path(at),
                    "false is not supported by this server; leave it out, unknown fields are pruned anyway"
                ));
            return;
        }
        node.additional_properties =
            structural(object(*additional, at), at, {.level = Level::Field, .uncorrelatable = around.uncorrelatable});
    }

    // ---- values, which may also stand below anyOf, oneOf, allOf and not ----

    bool read_value(Node& node, std::string_view name, const json::value& value, const Path& at) {
        return read_number_keyword(node, name, value, at) || read_size_keyword(node, name, value, at) ||
               read_other_keyword(node, name, value, at);
    }

    bool read_number_keyword(Node& node, std::string_view name, const json::value& value, const Path& at) {
        if (name == "minimum") {
            node.minimum = number(value, at);
        } else if (name == "maximum") {
            node.maximum = number(value, at);
        } else if (name == "exclusiveMinimum") {
            node.is_minimum_exclusive = flag(value, at);
        } else if (name == "exclusiveMaximum") {
            node.is_maximum_exclusive = flag(value, at);
        } else if (name == "multipleOf") {
            node.multiple_of = number(value, at);
            if (*node.multiple_of <= 0) add(invalid(field_path(at), value, "must be greater than 0"));
        } else {
            return false;
        }
        return true;
    }

    bool read_size_keyword(Node& node, std::string_view name, const json::value& value, const Path& at) {
        const std::pair<std::string_view, std::optional<std::int64_t>*> sizes[] = {
            {"minLength", &node.length_min},
            {"maxLength", &node.length_max},
            {"minItems", &node.items_min},
            {"maxItems", &node.items_max},
            {"minProperties", &node.properties_min},
            {"maxProperties", &node.properties_max},
        };
        for (const auto& [keyword, size] : sizes) {
            if (name != keyword) continue;
            *size = static_cast<std::int64_t>(number(value, at));
            return true;
        }
        return false;
    }

    bool read_other_keyword(Node& node, std::string_view name, const json::value& value, const Path& at) {
        if (name == "pattern") {
            read_pattern(node, value, at);
        } else if (name == "format") {
            node.format_name = string(value, at);
            const auto format = parse_format(node.format_name);
            if (format) {
                node.format = *format;
            } else {
                add(forbidden(field_path(at), format.error()));
            }
        } else if (name == "enum") {
            if (value.is_array()) {
                node.enumeration = value.get_array();
            } else {
                add(type_invalid(field_path(at), value, "must be an array"));
            }
        } else if (name == "required") {
            node.required = strings(value, at);
        } else if (name == "uniqueItems") {
            if (flag(value, at))
                add(forbidden(
                    field_path(at), "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
                ));
        } else {
            return name == "anyOf" || name == "oneOf" || name == "allOf" ||
                   name == "not";  // Read by `read_alternatives`.
        }
        return true;
    }

    void read_pattern(Node& node, const json::value& value, const Path& at) {
        node.pattern_text = string(value, at);
        if (node.pattern_text.empty()) return;
        auto pattern = cel::RegularExpression::compile(node.pattern_text);
        if (pattern) {
            node.pattern = std::move(*pattern);
        } else {
            add(invalid(
                field_path(at),
                value,
                fmt::format("must be a valid regular expression, but isn't: error parsing regexp: {}", pattern.error())
            ));
        }
    }

    void read_alternatives(Node& node, const json::object& schema, const Path& path, Level level) {
        const std::pair<std::string_view, std::vector<std::unique_ptr<Node>>*> lists[] = {
            {"anyOf", &node.any_of},
            {"oneOf", &node.one_of},
            {"allOf", &node.all_of},
        };
        for (const auto& [name, list] : lists) {
            const json::value* parts = schema.if_contains(name);
            if (parts == nullptr || parts->is_null()) continue;
            const Path at = path.child(name);
            if (!parts->is_array()) {
                add(type_invalid(field_path(at), *parts, "must be an array"));
                continue;
            }
            const bool may_name_types = name != "oneOf" && node.is_int_or_string;
            for (std::size_t index = 0; index < parts->get_array().size(); ++index) {
                const Path part = at.at(index);
                list->push_back(nested(object(parts->get_array()[index], part), part, level, may_name_types));
            }
        }
        const json::value* negated = schema.if_contains("not");
        if (negated == nullptr || negated->is_null()) return;
        const Path at = path.child("not");
        node.negated = nested(object(*negated, at), at, level, false);
    }

    /// A schema without structure. `may_name_types`: the alternatives integer and string of x-kubernetes-int-or-string.
    std::unique_ptr<Node> nested(const json::object& schema, const Path& path, Level level, bool may_name_types) {
        auto node = std::make_unique<Node>();
        node->is_int_or_string = may_name_types;  // For the alternatives of this part, taken back below.
        for (const json::key_value_pair& member : schema) {
            const std::string_view name = key_view(member);
            if (member.value().is_null()) continue;
            const Path at = path.child(name);
            if (name == "type" && may_name_types) {
                read_type(*node, member.value(), at);
            } else if (name == "description" || name == "title" || name == "type") {
                add(forbidden(field_path(at), "must be empty to be structural"));
            } else if (name == "default" || name == "additionalProperties" || name == "x-kubernetes-list-type" ||
                       name == "x-kubernetes-map-type") {
                add(forbidden(field_path(at), "must be undefined to be structural"));
            } else if (name == "x-kubernetes-list-map-keys" || name == "x-kubernetes-validations") {
                add(forbidden(field_path(at), "must be empty to be structural"));
            } else if (name == "nullable" || name == "x-kubernetes-preserve-unknown-fields" ||
                       name == "x-kubernetes-embedded-resource" || name == "x-kubernetes-int-or-string") {
                if (flag(member.value(), at)) add(forbidden(field_path(at), "must be false to be structural"));
            } else if (name == "properties") {
                read_nested_properties(*node, member.value(), at);
            } else if (name == "items") {
                node->items = nested(object(member.value(), at), at, level, false);
            } else if (!read_value(*node, name, member.value(), at)) {
                refuse_keyword(name, at);
            }
        }
        read_alternatives(*node, schema, path, level);
        node->is_int_or_string = false;
        return node;
    }

    void read_nested_properties(Node& node, const json::value& properties, const Path& at) {
        for (const json::key_value_pair& member : object(properties, at)) {
            const Path property = at.key(key_view(member));
            if (key_view(member) == "metadata")
                add(forbidden(field_path(property), "must not be specified in a nested context"));
            node.properties.push_back(
                {std::string(key_view(member)), nested(object(member.value(), property), property, Level::Field, false)}
            );
        }
        std::ranges::sort(node.properties, {}, &Node::Property::name);
    }

    // ---- JSON ----

    bool flag(const json::value& value, const Path& at) {
        if (!value.is_bool()) add(type_invalid(field_path(at), value, "must be a boolean"));
        return value.is_bool() && value.get_bool();
    }
    double number(const json::value& value, const Path& at) {
        if (value.is_int64()) return static_cast<double>(value.get_int64());
        if (value.is_uint64()) return static_cast<double>(value.get_uint64());
        if (value.is_double()) return value.get_double();
        add(type_invalid(field_path(at), value, "must be a number"));
        return 1;
    }
    std::string string(const json::value& value, const Path& at) {
        if (value.is_string()) return std::string(view(value.get_string()));
        add(type_invalid(field_path(at), value, "must be a string"));
        return {};
    }
    std::vector<std::string> strings(const json::value& value, const Path& at) {
        std::vector<std::string> list;
        if (!value.is_array()) {
            add(type_invalid(field_path(at), value, "must be an array"));
            return list;
        }
        for (std::size_t index = 0; index < value.get_array().size(); ++index)
            list.push_back(string(value.get_array()[index], at.at(index)));
        return list;
    }
    const json::object& object(const json::value& value, const Path& at) {
        if (value.is_object()) return value.get_object();
        add(type_invalid(field_path(at), value, "must be an object"));
        return empty_;
    }

    Reading reading_;
    json::object empty_;
};

}  // namespace

Reading read_schema(const json::value& openapi, std::string_view path) {
    return Reader{}.run(openapi, path);
}

void summarize(Node& node) {
    node.has_rules = !node.rules.empty();
    node.has_list_identities = node.list != ListType::Atomic;
    node.has_defaults = node.default_json.has_value();
    const auto take = [&](Node* part) {
        if (part == nullptr) return;
        summarize(*part);
        node.has_rules = node.has_rules || part->has_rules;
        node.has_list_identities = node.has_list_identities || part->has_list_identities;
        node.has_defaults = node.has_defaults || part->has_defaults;
    };
    for (const Node::Property& property : node.properties) take(property.node.get());
    take(node.items.get());
    take(node.additional_properties.get());
}

}  // namespace devcluster::schema::detail
