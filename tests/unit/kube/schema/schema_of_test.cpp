#include "kube/schema/schema_of.hpp"

#include <gtest/gtest.h>

#include "kube/schema/crd.hpp"

namespace kube::schema {

namespace test {

enum class Color { Red, Green };
BOOST_DESCRIBE_ENUM(Color, Red, Green)

struct Part {
    std::string name;
    static constexpr std::array required{"name"};
};
BOOST_DESCRIBE_STRUCT(Part, (), (name))

struct Whole {
    bool flag = false;
    std::int32_t small = 0;
    std::int64_t large = 0;
    std::int32_t bare = 0;
    std::optional<Color> color;
    std::optional<Time> when;
    Quantity amount;
    std::optional<IntOrString> port;
    json::Value free;
    std::vector<Part> parts;
    std::map<std::string, std::string> labels;
    std::optional<Part> part_;
    static constexpr std::array required{"small", "flag"};
};
BOOST_DESCRIBE_STRUCT(Whole, (), (flag, small, large, bare, color, when, amount, port, free, parts, labels, part_))

}  // namespace test

template <>
struct Rules<test::Part> {
    static void add(SchemaNode schema) { schema.field("name").min_length(1).pattern("^a$"); }
};
template <>
struct Rules<test::Whole> {
    static void add(SchemaNode schema) {
        schema.describe("All there is.").rule("self.small > 0", "small must be positive").rule("true", "second");
        schema.field("bare").any_size().minimum(0).maximum(9);
        schema.field("color").default_value("Red");
        schema.field("parts").keyed_by({"name"}).min_items(1).max_items(9);
        schema.field("labels").min_properties(1);
        schema.field("labels").element().max_length(5);
        schema.field("part").describe("One part.");
    }
};

namespace {

TEST(SchemaOf, says_what_the_struct_says_and_what_its_rules_add) {
    const std::string quantity = boost::json::serialize(json::Value(kQuantityPattern));
    EXPECT_EQ(json::Value(schema_of<test::Whole>()), json::parse(R"({
          "type": "object", "description": "All there is.", "required": ["flag", "small"],
          "x-kubernetes-validations": [{"rule": "self.small > 0", "message": "small must be positive"},
                                       {"rule": "true", "message": "second"}],
          "properties": {
            "flag": {"type": "boolean"},
            "small": {"type": "integer", "format": "int32"},
            "large": {"type": "integer", "format": "int64"},
            "bare": {"type": "integer", "minimum": 0, "maximum": 9},
            "color": {"type": "string", "enum": ["Red", "Green"], "default": "Red"},
            "when": {"type": "string", "format": "date-time"},
            "amount": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": true,
                       "pattern": )" + quantity + R"(},
            "port": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": true},
            "free": {"x-kubernetes-preserve-unknown-fields": true},
            "parts": {"type": "array", "minItems": 1, "maxItems": 9, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                      "items": {"type": "object", "required": ["name"],
                                "properties": {"name": {"type": "string", "minLength": 1, "pattern": "^a$"}}}},
            "labels": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string", "maxLength": 5}},
            "part": {"type": "object", "description": "One part.", "required": ["name"],
                     "properties": {"name": {"type": "string", "minLength": 1, "pattern": "^a$"}}}}})"));
}

TEST(SchemaNode, refuses_what_cannot_be_said_of_a_type) {
    json::Object schema = schema_of<test::Whole>();
    const SchemaNode node{schema};
    EXPECT_THROW((void)node.field("missing"), std::logic_error);
    EXPECT_THROW(node.field("flag").minimum(1), std::logic_error);
    EXPECT_THROW(node.field("small").pattern("x"), std::logic_error);
    EXPECT_THROW(node.field("labels").min_items(1), std::logic_error);
    EXPECT_THROW(node.field("parts").keyed_by({"id"}), std::logic_error);
    EXPECT_THROW((void)node.field("flag").element(), std::logic_error);
}

TEST(MakeCrd, puts_names_columns_and_status_around_a_schema) {
    const auto crd = make_crd(
        {"example.org", "v1", "Widget", "widgets"},
        {.short_names = {"w"},
         .columns = {{"Age", "date", ".metadata.creationTimestamp", 1}},
         .description = "A widget."},
        json::Object{{"type", "object"}},
        json::Object{{"type", "object"}}
    );
    EXPECT_EQ(json::Value(crd), json::parse(R"({
          "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
          "metadata": {"name": "widgets.example.org",
                       "annotations": {"controller-gen.kubebuilder.io/version": "v0.20.1"}},
          "spec": {
            "group": "example.org", "scope": "Namespaced",
            "names": {"kind": "Widget", "listKind": "WidgetList", "plural": "widgets", "singular": "widget",
                      "shortNames": ["w"]},
            "versions": [{
              "name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
              "additionalPrinterColumns": [{"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp",
                                            "priority": 1}],
              "schema": {"openAPIV3Schema": {
                "type": "object", "description": "A widget.",
                "properties": {
                  "apiVersion": {"type": "string", "description": "The group and version of this object's schema."},
                  "kind": {"type": "string", "description": "The kind of this object."},
                  "metadata": {"type": "object"}, "spec": {"type": "object"}, "status": {"type": "object"}}}}}]}})"));
}

}  // namespace
}  // namespace kube::schema
