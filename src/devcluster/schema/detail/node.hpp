// One node of a compiled schema.
#pragma once

#include "devcluster/cel/program.hpp"
#include "devcluster/cel/regular_expression.hpp"
#include "devcluster/cel/type.hpp"
#include "devcluster/schema/field_error.hpp"
#include "devcluster/schema/type_model.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace devcluster::schema::detail {

namespace json = boost::json;

enum class JsonType : std::uint8_t { Any, Object, Array, String, Integer, Number, Boolean };

/// The formats of strings that are checked. Others only annotate.
enum class Format : std::uint8_t {
    None,
    Byte,
    Cidr,
    Date,
    DateTime,
    Duration,
    Hostname,
    Ipv4,
    Ipv6,
    Mac,
    Password,
    Uuid,
    Uuid3,
    Uuid4,
    Uuid5
};

/// One entry of x-kubernetes-validations.
struct Rule {
    cel::Program program;
    std::optional<cel::Program> message_expression;
    std::string message;  ///< What a failure says; where the CRD has none, `failed rule: …`.
    std::string name;     ///< What an error of the evaluation calls the rule: its message, else its text.
    FieldErrorType reason = FieldErrorType::Invalid;
    std::string field_path;  ///< Below the node; empty for the node itself.
};

/// A schema, or a part of one below anyOf, oneOf, allOf or not, which has no structure of its own.
class Node final : public TypeModel {
public:
    struct Property {
        std::string name;
        std::unique_ptr<Node> node;
    };

    // Structure
    JsonType type = JsonType::Any;
    bool is_nullable = false;
    bool is_int_or_string = false;
    bool preserves_unknown_fields = false;
    bool is_resource =
        false;  ///< The root, or x-kubernetes-embedded-resource: has apiVersion, kind and metadata of its own.
    std::optional<json::value> default_json;
    std::vector<Property> properties;  ///< Sorted by name.
    std::unique_ptr<Node> additional_properties;
    bool allows_any_additional = false;  ///< additionalProperties: true
    std::unique_ptr<Node> items;
    ListType list = ListType::Atomic;
    std::vector<std::string> keys;
    MapType map = MapType::Granular;

    // Values
    Format format = Format::None;
    std::string format_name;
    std::optional<double> minimum;
    std::optional<double> maximum;
    bool is_minimum_exclusive = false;
    bool is_maximum_exclusive = false;
    std::optional<double> multiple_of;
    std::optional<std::int64_t> length_min;
    std::optional<std::int64_t> length_max;
    std::optional<std::int64_t> items_min;
    std::optional<std::int64_t> items_max;
    std::optional<std::int64_t> properties_min;
    std::optional<std::int64_t> properties_max;
    std::optional<cel::RegularExpression> pattern;
    std::string pattern_text;
    json::array enumeration;
    std::vector<std::string> required;
    std::vector<std::unique_ptr<Node>> all_of;
    std::vector<std::unique_ptr<Node>> any_of;
    std::vector<std::unique_ptr<Node>> one_of;
    std::unique_ptr<Node> negated;

    // Rules
    const cel::Type* cel_type = nullptr;  ///< Null: expressions cannot see it.
    std::vector<Rule> rules;

    // What lies at or below, so that whole parts can be passed over.
    bool has_rules = false;
    bool has_list_identities = false;
    bool has_defaults = false;

    [[nodiscard]] const Node* find_property(std::string_view name) const;
    /// The schema of the member `name`: a property, else the one of additionalProperties. Null when there is none.
    [[nodiscard]] const Node* child(std::string_view name) const;

    [[nodiscard]] TypeKind kind() const override;
    [[nodiscard]] ListType list_type() const override { return list; }
    [[nodiscard]] std::span<const std::string> list_keys() const override { return keys; }
    [[nodiscard]] MapType map_type() const override { return map; }
    [[nodiscard]] const TypeModel* field(std::string_view name) const override;
    [[nodiscard]] const TypeModel* element() const override;
    [[nodiscard]] const json::value* default_value() const override { return default_json ? &*default_json : nullptr; }
};

/// As `type` spells it; empty for Any.
[[nodiscard]] std::string_view type_name(JsonType type);

/// Types for expressions; addresses stay.
using TypeStore = std::deque<cel::Type>;

/// Whether `name` is one of apiVersion, kind and metadata.
[[nodiscard]] bool is_meta_field(std::string_view name);

[[nodiscard]] inline std::string_view view(const json::string& text) {
    return {text.data(), text.size()};
}
[[nodiscard]] inline std::string_view key_view(const json::key_value_pair& member) {
    return {member.key().data(), member.key().size()};
}

}  // namespace devcluster::schema::detail
