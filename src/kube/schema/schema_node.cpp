#include "kube/schema/schema_node.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace kube::schema {

SchemaNode SchemaNode::set(std::string_view key, json::Value value) {
    (*node_)[key] = std::move(value);
    return *this;
}

void SchemaNode::expect_type(std::string_view type, std::string_view what) const {
    const json::Value* actual = node_->if_contains("type");
    if (actual != nullptr && actual->is_string() && std::string_view{actual->get_string()} == type) return;
    throw std::logic_error{fmt::format("{} is for {}, not for {}", what, type, boost::json::serialize(*node_))};
}

SchemaNode SchemaNode::describe(std::string_view sentence) {
    return set("description", json::Value(sentence));
}

SchemaNode SchemaNode::default_value(json::Value value) {
    return set("default", std::move(value));
}

SchemaNode SchemaNode::minimum(std::int64_t value) {
    expect_type("integer", "minimum");
    return set("minimum", value);
}

SchemaNode SchemaNode::maximum(std::int64_t value) {
    expect_type("integer", "maximum");
    return set("maximum", value);
}

SchemaNode SchemaNode::any_size() {
    expect_type("integer", "any_size");
    node_->erase("format");
    return *this;
}

SchemaNode SchemaNode::min_length(std::int64_t characters) {
    expect_type("string", "minLength");
    return set("minLength", characters);
}

SchemaNode SchemaNode::max_length(std::int64_t characters) {
    expect_type("string", "maxLength");
    return set("maxLength", characters);
}

SchemaNode SchemaNode::pattern(std::string_view regular_expression) {
    expect_type("string", "pattern");
    return set("pattern", json::Value(regular_expression));
}

SchemaNode SchemaNode::one_of(std::initializer_list<std::string_view> values) {
    expect_type("string", "enum");
    json::Array words;
    for (const std::string_view value : values) words.emplace_back(value);
    return set("enum", std::move(words));
}

SchemaNode SchemaNode::min_items(std::int64_t count) {
    expect_type("array", "minItems");
    return set("minItems", count);
}

SchemaNode SchemaNode::max_items(std::int64_t count) {
    expect_type("array", "maxItems");
    return set("maxItems", count);
}

SchemaNode SchemaNode::min_properties(std::int64_t count) {
    expect_type("object", "minProperties");
    return set("minProperties", count);
}

SchemaNode SchemaNode::keyed_by(std::initializer_list<std::string_view> keys) {
    expect_type("array", "x-kubernetes-list-map-keys");
    json::Array names;
    for (const std::string_view key : keys) {
        (void)element().field(key);
        names.emplace_back(key);
    }
    set("x-kubernetes-list-type", "map");
    return set("x-kubernetes-list-map-keys", std::move(names));
}

SchemaNode SchemaNode::rule(std::string_view cel, std::string_view message) {
    json::Value& rules = (*node_)["x-kubernetes-validations"];
    if (!rules.is_array()) rules.emplace_array();
    rules.get_array().push_back(json::Object{{"rule", cel}, {"message", message}});
    return *this;
}

SchemaNode SchemaNode::field(std::string_view name) const {
    expect_type("object", "a field");
    json::Value* properties = node_->if_contains("properties");
    json::Value* property = properties == nullptr ? nullptr : properties->as_object().if_contains(name);
    if (property == nullptr) throw std::logic_error{fmt::format("there is no field {} to describe", name)};
    return SchemaNode{property->as_object()};
}

SchemaNode SchemaNode::element() const {
    for (const std::string_view key : {"items", "additionalProperties"}) {
        if (json::Value* element = node_->if_contains(key)) return SchemaNode{element->as_object()};
    }
    throw std::logic_error{fmt::format("{} has no elements", boost::json::serialize(*node_))};
}

}  // namespace kube::schema
