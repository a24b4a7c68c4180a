#include "devcluster/schema/detail/node.hpp"

#include <algorithm>

namespace devcluster::schema::detail {

bool is_meta_field(std::string_view name) {
    return name == "metadata" || name == "apiVersion" || name == "kind";
}

std::string_view type_name(JsonType type) {
    switch (type) {
        case JsonType::Any:
            return "";
        case JsonType::Object:
            return "object";
        case JsonType::Array:
            return "array";
        case JsonType::String:
            return "string";
        case JsonType::Integer:
            return "integer";
        case JsonType::Number:
            return "number";
        case JsonType::Boolean:
            return "boolean";
    }
    return "";
}

const Node* Node::find_property(std::string_view name) const {
    const auto found = std::ranges::lower_bound(properties, name, {}, [](const Property& property) -> std::string_view {
        return property.name;
    });
    return found != properties.end() && found->name == name ? found->node.get() : nullptr;
}

const Node* Node::child(std::string_view name) const {
    const Node* property = find_property(name);
    return property != nullptr ? property : additional_properties.get();
}

TypeKind Node::kind() const {
    if (is_int_or_string) return TypeKind::Scalar;
    switch (type) {
        case JsonType::Any:
            return TypeKind::Deduced;
        case JsonType::Object:
            return TypeKind::Map;
        case JsonType::Array:
            return TypeKind::List;
        default:
            return TypeKind::Scalar;
    }
}

const TypeModel* Node::field(std::string_view name) const {
    if (is_resource && is_meta_field(name)) return name == "metadata" ? &object_meta_type() : &scalar_type();
    if (const Node* property = find_property(name)) return property;
    return type == JsonType::Array ? nullptr : element();
}

const TypeModel* Node::element() const {
    if (type == JsonType::Array) return items.get();
    if (additional_properties) return additional_properties.get();
    return preserves_unknown_fields || allows_any_additional ? &deduced_type() : nullptr;
}

}  // namespace devcluster::schema::detail
