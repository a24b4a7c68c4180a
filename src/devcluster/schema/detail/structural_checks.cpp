#include "devcluster/schema/detail/structural_checks.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace devcluster::schema::detail {
namespace {

class Checker {
public:
    explicit Checker(std::vector<FieldError>& errors) : errors_(errors) {}

    void check_invariants(const Node& node, const Path& path, const StructuralContext& context) {
        check_type(node, path, context.level);
        check_lists(node, path);
        if (node.is_int_or_string && node.preserves_unknown_fields) {
            add(invalid(
                field_path(path.child("x-kubernetes-preserve-unknown-fields")),
                json::value(true),
                "must be false if x-kubernetes-int-or-string is true"
            ));
        }
        if (node.is_int_or_string && node.is_resource) {
            add(invalid(
                field_path(path.child("x-kubernetes-embedded-resource")),
                json::value(true),
                "must be false if x-kubernetes-int-or-string is true"
            ));
        }
        if (node.is_resource && !node.preserves_unknown_fields && node.properties.empty()) {
            add(required(
                field_path(path.child("properties")),
                "must not be empty if x-kubernetes-embedded-resource is true without "
                "x-kubernetes-preserve-unknown-fields"
            ));
        }
        if (context.has_map_type && node.type != JsonType::Object) {
            add(required(field_path(path.child("type")), "must be object if x-kubernetes-map-type is specified"));
        }
        if (context.level == Level::Root && node.is_nullable)
            add(forbidden(field_path(path.child("nullable")), "nullable cannot be true at the root"));
        if (context.is_top_level_meta && node.default_json)
            add(forbidden(field_path(path.child("default")), "must not be set in top-level " + std::string(path.name)));
        if (context.level == Level::Root || node.is_resource) check_meta_fields(node, path, context.level);
    }

    void check_type(const Node& node, const Path& path, Level level) {
        const std::string at = field_path(path.child("type"));
        if (level == Level::Root && node.type != JsonType::Object) {
            add(node.type == JsonType::Any
                    ? required(at, "must not be empty at the root")
                    : invalid(at, json::value(type_name(node.type)), "must be object at the root"));
        } else if (node.is_resource && node.type != JsonType::Object) {
            add(required(at, "must be object if x-kubernetes-embedded-resource is true"));
        } else if (node.type == JsonType::Any && !node.is_int_or_string && !node.preserves_unknown_fields) {
            add(required(
                at,
                level == Level::Item ? "must not be empty for specified array items"
                                     : "must not be empty for specified object fields"
            ));
        }
        if (node.type == JsonType::Array && !node.items)
            add(required(field_path(path.child("items")), "must be specified"));
    }

    void check_lists(const Node& node, const Path& path) {
        const Path list_type = path.child("x-kubernetes-list-type");
        const Path list_keys = path.child("x-kubernetes-list-map-keys");
        if (node.list != ListType::Atomic && node.type != JsonType::Array) {
            add(required(field_path(path.child("type")), "must be array if x-kubernetes-list-type is specified"));
        }
        if (!node.keys.empty() && node.list != ListType::Map) {
            add(required(field_path(list_type), "must be map if x-kubernetes-list-map-keys is non-empty"));
        }
        if (node.list == ListType::Map && node.items) check_list_map(node, path, list_keys);
        if (node.list == ListType::Set && node.items) {
            if (node.items->type == JsonType::Object && node.items->map != MapType::Atomic) {
                add(invalid(
                    field_path(path.child("items").child("x-kubernetes-map-type")),
                    json::value(nullptr),
                    "must be atomic as item of a list with x-kubernetes-list-type=set"
                ));
            }
            if (node.items->type == JsonType::Array && node.items->list != ListType::Atomic) {
                add(invalid(
                    field_path(path.child("items").child("x-kubernetes-list-type")),
                    json::value(nullptr),
                    "must be atomic as item of a list with x-kubernetes-list-type=set"
                ));
            }
        }
        if (node.list != ListType::Atomic && node.items && node.items->is_nullable) {
            add(forbidden(
                field_path(path.child("items").child("nullable")),
                fmt::format(
                    "cannot be nullable when x-kubernetes-list-type is {}", node.list == ListType::Map ? "map" : "set"
                )
            ));
        }
    }

    void check_list_map(const Node& node, const Path& path, const Path& list_keys) {
        if (node.keys.empty())
            add(required(field_path(list_keys), "must not be empty if x-kubernetes-list-type is map"));
        const Path items = path.child("items");
        if (node.items->type != JsonType::Object) {
            add(invalid(
                field_path(items.child("type")),
                json::value(type_name(node.items->type)),
                "must be object if parent array's x-kubernetes-list-type is map"
            ));
            return;
        }
        json::array shown;
        for (const std::string& key : node.keys) shown.emplace_back(key);
        for (std::size_t index = 0; index < node.keys.size(); ++index) {
            const std::string& key = node.keys[index];
            if (std::ranges::find(node.keys.begin(), node.keys.begin() + static_cast<std::ptrdiff_t>(index), key) !=
                node.keys.begin() + static_cast<std::ptrdiff_t>(index)) {
                add(invalid(field_path(list_keys), shown, "must not contain duplicate entries"));
            }
            const Node* property = node.items->find_property(key);
            if (property == nullptr) {
                add(invalid(field_path(list_keys), shown, "entries must all be names of item properties"));
                continue;
            }
            const Path properties = items.child("properties");
            const Path at = properties.key(key);
            if (property->type == JsonType::Object || property->type == JsonType::Array) {
                add(invalid(
                    field_path(at.child("type")),
                    json::value(type_name(property->type)),
                    "must be a scalar type if parent array's x-kubernetes-list-type is map"
                ));
            }
            const bool is_required = std::ranges::find(node.items->required, key) != node.items->required.end();
            if (!property->default_json && !is_required) {
                add(required(
                    field_path(at.child("default")),
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required "
                    "property"
                ));
            }
            if (property->is_nullable) {
                add(forbidden(
                    field_path(at.child("nullable")),
                    "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"
                ));
            }
        }
    }

    void check_meta_fields(const Node& node, const Path& path, Level level) {
        const Path properties = path.child("properties");
        for (const std::string_view name : {"apiVersion", "kind"}) {
            const Node* property = node.find_property(name);
            if (property != nullptr && property->type != JsonType::String) {
                add(invalid(
                    field_path(properties.key(name).child("type")),
                    json::value(type_name(property->type)),
                    "must be string"
                ));
            }
        }
        const Node* metadata = node.find_property("metadata");
        if (metadata == nullptr) return;
        const Path at = properties.key("metadata");
        if (metadata->type != JsonType::Object)
            add(invalid(field_path(at.child("type")), json::value(type_name(metadata->type)), "must be object"));
        if (level != Level::Root) return;
        const bool is_plain = std::ranges::all_of(metadata->properties, [](const Node::Property& property) {
            return property.name == "name" || property.name == "generateName";
        });
        const bool has_more = metadata->preserves_unknown_fields || metadata->additional_properties ||
                              metadata->allows_any_additional || !metadata->required.empty() || metadata->is_nullable;
        if (!is_plain || has_more) {
            add(forbidden(
                field_path(at),
                "must not specify anything other than name and generateName, but metadata is implicitly specified"
            ));
        }
    }

    /// Whatever anyOf and the like speak of must exist in the structure. Checked at the root only, as kube-apiserver
    /// does.
    void check_completeness(
        const Node& values, const Node& structure, const Path& structure_path, const Path& values_path
    ) {
        const std::pair<std::string_view, const std::vector<std::unique_ptr<Node>>*> lists[] = {
            {"anyOf", &values.any_of},
            {"oneOf", &values.one_of},
            {"allOf", &values.all_of},
        };
        for (const auto& [name, list] : lists) {
            const Path at = values_path.child(name);
            for (std::size_t index = 0; index < list->size(); ++index)
                check_part((*list)[index].get(), &structure, structure_path, at.at(index));
        }
        check_part(values.negated.get(), &structure, structure_path, values_path.child("not"));
    }

    void check_part(const Node* values, const Node* structure, const Path& structure_path, const Path& values_path) {
        if (values == nullptr) return;
        if (structure == nullptr) {
            add(required(field_path(structure_path), "because it is defined in " + field_path(values_path)));
            return;
        }
        check_completeness(*values, *structure, structure_path, values_path);
        check_part(
            values->items.get(), structure->items.get(), structure_path.child("items"), values_path.child("items")
        );
        const Path structure_properties = structure_path.child("properties");
        const Path values_properties = values_path.child("properties");
        for (const Node::Property& property : values->properties) {
            check_part(
                property.node.get(),
                structure->find_property(property.name),
                structure_properties.key(property.name),
                values_properties.key(property.name)
            );
        }
    }

private:
    void add(FieldError error) { errors_.push_back(std::move(error)); }

    std::vector<FieldError>& errors_;
};

}  // namespace

void check_structure(
    const Node& node, const Path& path, const StructuralContext& context, std::vector<FieldError>& errors
) {
    Checker{errors}.check_invariants(node, path, context);
}

void check_completeness(const Node& root, const Path& path, std::vector<FieldError>& errors) {
    Checker{errors}.check_completeness(root, root, path, path);
}

}  // namespace devcluster::schema::detail
