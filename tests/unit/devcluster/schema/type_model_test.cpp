#include "devcluster/schema/type_model.hpp"

#include "devcluster/schema/schema.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <string>
#include <vector>

namespace devcluster::schema {
namespace {

namespace json = boost::json;

const json::value& example() {
    static const json::value schema = json::parse(R"({
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "port": {"x-kubernetes-int-or-string": true},
                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                    "whole": {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"a": {"type": "string"}}},
                    "list": {"type": "array", "items": {"type": "string"}},
                    "set": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
                    "ports": {
                        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "protocol"],
                        "items": {"type": "object", "required": ["port"],
                                  "properties": {"port": {"type": "integer"}, "protocol": {"type": "string", "default": "TCP"}}}
                    },
                    "any": {"x-kubernetes-preserve-unknown-fields": true},
                    "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}
                }
            }
        }
    })");
    return schema;
}

TEST(TypeModel, tells_how_each_part_of_a_schema_merges) {
    const Schema schema = Schema::compile(example()).value();
    const TypeModel* spec = schema.type_model().field("spec");
    ASSERT_NE(spec, nullptr);
    struct Case {
        std::string field;
        TypeKind kind;
        ListType list;
        MapType map;
    };
    const std::vector<Case> cases{
        {"name", TypeKind::Scalar, ListType::Atomic, MapType::Granular},
        {"port", TypeKind::Scalar, ListType::Atomic, MapType::Granular},
        {"labels", TypeKind::Map, ListType::Atomic, MapType::Granular},
        {"whole", TypeKind::Map, ListType::Atomic, MapType::Atomic},
        {"list", TypeKind::List, ListType::Atomic, MapType::Granular},
        {"set", TypeKind::List, ListType::Set, MapType::Granular},
        {"ports", TypeKind::List, ListType::Map, MapType::Granular},
        {"any", TypeKind::Deduced, ListType::Atomic, MapType::Granular},
        {"open", TypeKind::Map, ListType::Atomic, MapType::Granular},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.field);
        const TypeModel* type = spec->field(test.field);
        ASSERT_NE(type, nullptr);
        EXPECT_EQ(type->kind(), test.kind);
        EXPECT_EQ(type->list_type(), test.list);
        EXPECT_EQ(type->map_type(), test.map);
    }
}

TEST(TypeModel, knows_no_type_for_an_undeclared_field) {
    const Schema schema = Schema::compile(example()).value();
    EXPECT_EQ(schema.type_model().field("spec")->field("nope"), nullptr);
    EXPECT_EQ(schema.type_model().field("spec")->field("name")->field("nope"), nullptr);
    EXPECT_NE(schema.type_model().field("spec")->field("labels")->field("anything"), nullptr);
    EXPECT_EQ(schema.type_model().field("spec")->field("open")->field("anything"), &deduced_type());
}

TEST(TypeModel, gives_the_keys_of_a_list_with_their_defaults) {
    const Schema schema = Schema::compile(example()).value();
    const TypeModel* ports = schema.type_model().field("spec")->field("ports");
    ASSERT_EQ(ports->list_keys().size(), 2U);
    EXPECT_EQ(ports->list_keys()[0], "port");
    EXPECT_EQ(ports->element()->field("port")->default_value(), nullptr);
    EXPECT_EQ(*ports->element()->field("protocol")->default_value(), json::value("TCP"));
}

TEST(TypeModel, has_the_metadata_of_every_kind) {
    const Schema schema = Schema::compile(example()).value();
    const TypeModel* metadata = schema.type_model().field("metadata");
    ASSERT_NE(metadata, nullptr);
    EXPECT_EQ(metadata->field("labels")->kind(), TypeKind::Map);
    EXPECT_EQ(metadata->field("finalizers")->list_type(), ListType::Set);
    EXPECT_EQ(metadata->field("ownerReferences")->list_type(), ListType::Map);
    EXPECT_EQ(metadata->field("ownerReferences")->list_keys()[0], "uid");
    EXPECT_EQ(metadata->field("ownerReferences")->element()->map_type(), MapType::Atomic);
    EXPECT_EQ(metadata->field("nope"), nullptr);
    EXPECT_EQ(schema.type_model().field("kind")->kind(), TypeKind::Scalar);
}

TEST(TypeModel, follows_the_value_where_there_is_no_schema) {
    EXPECT_EQ(shaped_like(deduced_type(), json::parse("{}")).kind(), TypeKind::Map);
    EXPECT_EQ(shaped_like(deduced_type(), json::parse("{}")).field("x"), &deduced_type());
    EXPECT_EQ(shaped_like(deduced_type(), json::parse("[]")).kind(), TypeKind::List);
    EXPECT_EQ(shaped_like(deduced_type(), json::parse("1")).kind(), TypeKind::Scalar);
    EXPECT_EQ(&shaped_like(scalar_type(), json::parse("{}")), &scalar_type());
}

}  // namespace
}  // namespace devcluster::schema
