// One node of a structural schema, and everything that can be said of it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "kube/json/json.hpp"

namespace kube::schema {

/// A handle on one node of a schema that is being built. Valid until a sibling is added.
///
/// Every setter gives the handle back, so that a member is described in one statement:
///
///     schema.field("image").describe("The container image of seid.").min_length(1).max_length(512);
///
/// Whatever cannot be said of the node's type, and a field that does not exist, is a std::logic_error: the golden tests
/// build every schema, so none gets past them.
class SchemaNode {
public:
    explicit SchemaNode(json::Object& node) : node_{&node} {}

    /// One good sentence for `kubectl explain`.
    SchemaNode describe(std::string_view sentence);
    SchemaNode default_value(json::Value value);

    // Integers.
    SchemaNode minimum(std::int64_t value);
    SchemaNode maximum(std::int64_t value);
    /// An integer without int32 or int64.
    SchemaNode any_size();

    // Strings.
    SchemaNode min_length(std::int64_t characters);
    SchemaNode max_length(std::int64_t characters);
    SchemaNode pattern(std::string_view regular_expression);
    SchemaNode one_of(std::initializer_list<std::string_view> values);

    // Lists and maps.
    SchemaNode min_items(std::int64_t count);
    SchemaNode max_items(std::int64_t count);
    SchemaNode min_properties(std::int64_t count);
    /// x-kubernetes-list-type: map. Without it a list is atomic.
    SchemaNode keyed_by(std::initializer_list<std::string_view> keys);

    /// x-kubernetes-validations. The message starts with the field and the rule, and says why.
    SchemaNode rule(std::string_view cel, std::string_view message);

    /// The property of an object.
    [[nodiscard]] SchemaNode field(std::string_view name) const;
    /// The elements of a list, or the values of a map.
    [[nodiscard]] SchemaNode element() const;

private:
    void expect_type(std::string_view type, std::string_view what) const;
    SchemaNode set(std::string_view key, json::Value value);

    json::Object* node_;
};

}  // namespace kube::schema
