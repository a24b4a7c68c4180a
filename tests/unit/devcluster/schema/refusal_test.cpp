// What this server refuses although kube-apiserver would take it (or ignore it): never passed silently.
#include "devcluster/schema/schema.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <string>
#include <vector>

namespace devcluster::schema {
namespace {

namespace json = boost::json;

TEST(Schema, refuses_what_it_does_not_support) {
    struct Case {
        std::string behaviour;
        std::string property;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"an unknown keyword",
         R"({"type": "string", "colour": "red"})",
         "s.properties[a].colour: Forbidden: the keyword colour is not supported by this server"},
        {"a reference", R"({"type": "string", "$ref": "#/x"})", "s.properties[a].$ref: Forbidden: $ref is not supported"
        },
        {"pattern properties",
         R"({"type": "object", "patternProperties": {"a": {"type": "string"}}})",
         "s.properties[a].patternProperties: Forbidden: patternProperties is not supported"},
        {"a format that kube-apiserver checks and this server does not",
         R"({"type": "string", "format": "email"})",
         "s.properties[a].format: Forbidden: the format email is not supported by this server"},
        {"additional properties that are forbidden",
         R"({"type": "object", "additionalProperties": false})",
         "s.properties[a].additionalProperties: Forbidden: false is not supported by this server; leave it out, "
         "unknown fields are pruned "
         "anyway"},
        {"a rule with an optional old self",
         R"({"type": "string", "x-kubernetes-validations": [{"rule": "true", "optionalOldSelf": true}]})",
         "s.properties[a].x-kubernetes-validations[0].optionalOldSelf: Forbidden: optionalOldSelf is not supported by "
         "this server"},
        {"a rule that calls a function of Kubernetes",
         R"j({"type": "string", "x-kubernetes-validations": [{"rule": "isQuantity(self)"}]})j",
         "s.properties[a].x-kubernetes-validations[0].rule: Invalid value: "
         R"j({"Rule":"isQuantity(self)","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null})j"
         ": compilation failed: ERROR: <input>:1:11: the function 'isQuantity' is not supported by this server\n"
         " | isQuantity(self)\n | ..........^"},
        {"a rule that does not parse",
         R"({"type": "string", "x-kubernetes-validations": [{"rule": "self =="}]})",
         "s.properties[a].x-kubernetes-validations[0].rule: Invalid value: "
         R"({"Rule":"self ==","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null})"
         ": compilation failed: ERROR: <input>:1:8: Syntax error: unexpected '<EOF>'\n | self ==\n | .......^"},
        {"a minimum that is no number",
         R"({"type": "integer", "minimum": "1"})",
         R"(s.properties[a].minimum: Invalid value: "1": must be a number)"},
        {"a schema that is no object",
         R"("string")",
         R"([s.properties[a]: Invalid value: "string": must be an object, s.properties[a].type: Required value: must not be empty for )"
         "specified object fields]"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.behaviour);
        json::object schema = json::parse(R"({"type": "object", "properties": {}})").as_object();
        schema["properties"].as_object()["a"] = json::parse(test.property);
        const auto compiled = Schema::compile(schema, "s");
        ASSERT_FALSE(compiled.has_value());
        EXPECT_EQ(describe(compiled.error()), test.expected);
    }
}

TEST(Schema, refuses_a_schema_that_is_absent) {
    const auto compiled = Schema::compile(json::value(nullptr), "spec.versions[0].schema.openAPIV3Schema");
    ASSERT_FALSE(compiled.has_value());
    EXPECT_EQ(describe(compiled.error()), "spec.versions[0].schema.openAPIV3Schema: Required value");
}

TEST(FieldErrors, join_into_the_message_of_a_status) {
    const FieldError one = required("spec.a", "");
    const FieldError two = too_many("spec.b", 3, 1);
    EXPECT_EQ(describe(std::vector{one}), "spec.a: Required value");
    EXPECT_EQ(
        describe(std::vector{one, two, one}), "[spec.a: Required value, spec.b: Too many: 3: must have at most 1 item]"
    );
}

TEST(FieldErrors, name_unknown_fields_as_strict_decoding_does) {
    const std::vector<std::string> paths{"spec.a", "spec.b[0].c"};
    EXPECT_EQ(describe_unknown_fields(paths), R"(unknown field "spec.a", unknown field "spec.b[0].c")");
}

TEST(FieldErrors, show_values_as_go_does) {
    struct Case {
        json::value value;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"a\"b\\\n\x01", R"("a\"b\\\n\x01")"},
        {"\xC3\xA4 \xE2\x80\x94", "\"\xC3\xA4 \xE2\x80\x94\""},
        {"\xFF", R"("\xff")"},
        {5, "5"},
        {1.5, "1.5"},
        {1e21, "1e+21"},
        {true, "true"},
        {nullptr, "null"},
        {json::parse(R"({"b": 1, "a": ["<&>", "x"]})"), R"({"a":["\u003c\u0026\u003e","x"],"b":1})"},
    };
    for (const Case& test : cases) EXPECT_EQ(show(test.value), test.expected);
}

TEST(Schema, prunes_unknown_metadata_and_keeps_the_rest) {
    const auto schema = Schema::compile(json::parse(R"({"type": "object"})")).value();
    json::value object = json::parse(
        R"({"apiVersion": "v", "kind": "k", "metadata": {"name": "n", "labels": {"a": "b"}, "nope": 1}, "x": 1})"
    );
    EXPECT_EQ(schema.prune(object), (std::vector<std::string>{"metadata.nope", "x"}));
    EXPECT_EQ(
        object, json::parse(R"({"apiVersion": "v", "kind": "k", "metadata": {"name": "n", "labels": {"a": "b"}}})")
    );
}

}  // namespace
}  // namespace devcluster::schema
