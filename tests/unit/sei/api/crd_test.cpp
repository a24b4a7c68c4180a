// The CRDs, against the schemas that the contract gives as data and against what is committed.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/schema/yaml.hpp"
#include "sei/api/schema/crds.hpp"

namespace sei::api {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

std::string read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// Without what the contract leaves to us: descriptions, and messages of CEL rules.
void strip_sentences(Value& schema, bool is_properties = false) {
    if (schema.is_array()) {
        for (Value& item : schema.get_array()) strip_sentences(item);
    } else if (schema.is_object()) {
        Object& object = schema.get_object();
        if (!is_properties) {
            object.erase("description");
            if (object.contains("rule")) object.erase("message");
        }
        for (auto& member : object) strip_sentences(member.value(), !is_properties && member.key() == "properties");
    }
}

/// Calls `see(path, node)` for each node of a schema.
template <class See>
void walk(const Object& node, const std::string& path, See see) {
    see(path, node);
    if (const Value* properties = node.if_contains("properties")) {
        for (const auto& [name, property] : properties->as_object()) {
            walk(property.as_object(), path + "." + std::string{name}, see);
        }
    }
    if (const Value* items = node.if_contains("items")) walk(items->as_object(), path + "[]", see);
    if (const Value* values = node.if_contains("additionalProperties")) walk(values->as_object(), path + "{}", see);
}

/// The schema node at a path such as "status.rollout" or "status.plan.tasks[]".
Object& schema_at(Value& spec, std::string_view path) {
    Value* node = &spec.at("versions").at(0).at("schema").at("openAPIV3Schema");
    while (!path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        std::string_view part = path.substr(0, dot);
        const bool is_element = part.ends_with("[]");
        if (is_element) part.remove_suffix(2);
        node = &node->at("properties").at(part);
        if (is_element) node = &node->at("items");
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return node->as_object();
}

/// Takes away what testdata/additions.yaml records as ours. Each record has to be there.
void take_additions_away(Value& spec, const std::string& plural) {
    static const Value all =
        kube::schema::from_yaml(read_file(std::string{SEI_SOURCE_DIR} + "/tests/unit/sei/api/testdata/additions.yaml"));
    const Value* additions = kube::json::find(all, {plural});
    if (additions == nullptr) return;
    for (const Value& field : additions->at("fields").as_array()) {
        const std::string path{field.as_string()};
        const std::size_t dot = path.rfind('.');
        Object& properties = schema_at(spec, path.substr(0, dot)).at("properties").as_object();
        EXPECT_EQ(properties.erase(path.substr(dot + 1)), 1U) << path << " is recorded, but no addition";
    }
    for (const Value& addition : additions->at("rules").as_array()) {
        Array& rules =
            schema_at(spec, std::string{addition.at("at").as_string()}).at("x-kubernetes-validations").as_array();
        const std::string_view start = addition.at("starts_with").as_string();
        const auto found = std::ranges::find_if(rules, [&](const Value& rule) {
            return std::string_view{rule.at("rule").as_string()}.starts_with(start);
        });
        ASSERT_NE(found, rules.end()) << start << " is recorded, but no addition";
        rules.erase(found);
    }
}

const Object& root_of(const CrdManifest& manifest) {
    return manifest.crd.at("spec").at("versions").at(0).at("schema").at("openAPIV3Schema").as_object();
}

TEST(Crd, has_the_schema_names_and_columns_of_the_contract) {
    for (const CrdManifest& manifest : crd_manifests()) {
        SCOPED_TRACE(manifest.file_name);
        const std::string plural{manifest.crd.at("spec").at("names").at("plural").as_string()};
        const Value expected = kube::schema::from_yaml(
            read_file(std::string{SEI_SOURCE_DIR} + "/tests/unit/sei/api/testdata/" + plural + ".yaml")
        );
        Value actual = manifest.crd.at("spec");
        EXPECT_EQ(actual.at("group"), Value("sei.io"));
        actual.as_object().erase("group");
        strip_sentences(actual);
        take_additions_away(actual, plural);
        EXPECT_EQ(actual, expected) << "from the contract to ours: "
                                    << kube::json::merge_patch(expected.as_object(), actual.as_object());
    }
}

TEST(Crd, is_committed_as_it_is_made) {
    for (const CrdManifest& manifest : crd_manifests()) {
        const std::string committed = read_file(std::string{SEI_SOURCE_DIR} + "/config/crd/" + manifest.file_name);
        EXPECT_TRUE(committed == manifest_text(manifest)) << manifest.file_name << " is stale: run make crds";
    }
}

TEST(Crd, comes_back_from_its_yaml) {
    for (const CrdManifest& manifest : crd_manifests()) {
        SCOPED_TRACE(manifest.file_name);
        EXPECT_EQ(kube::schema::from_yaml(manifest_text(manifest)), Value(manifest.crd));
    }
}

TEST(Crd, is_named_and_annotated_as_other_tools_expect) {
    std::vector<std::string> names;
    for (const CrdManifest& manifest : crd_manifests()) {
        const Object& metadata = manifest.crd.at("metadata").as_object();
        names.emplace_back(metadata.at("name").as_string());
        EXPECT_EQ(metadata.at("annotations").at("controller-gen.kubebuilder.io/version"), Value("v0.20.1"));
    }
    EXPECT_THAT(names, testing::ElementsAre("seinodes.sei.io", "seinodedeployments.sei.io", "seinodetasks.sei.io"));
}

TEST(Crd, describes_every_field_in_a_sentence) {
    for (const CrdManifest& manifest : crd_manifests()) {
        walk(root_of(manifest), manifest.file_name, [](const std::string& path, const Object& node) {
            // metadata is the API server's; values and elements of a simple type are described by their list or map.
            if (path.ends_with(".metadata") && !path.contains(".spec")) return;
            if ((path.ends_with("{}") || path.ends_with("[]")) && !node.contains("properties")) return;
            const std::string sentence =
                node.contains("description") ? std::string{node.at("description").as_string()} : "";
            EXPECT_TRUE(sentence.size() > 10 && sentence.ends_with('.')) << path << ": \"" << sentence << '"';
        });
    }
}

TEST(Crd, explains_every_rule_with_the_field_first) {
    std::size_t rule_count = 0;
    for (const CrdManifest& manifest : crd_manifests()) {
        walk(root_of(manifest), manifest.file_name, [&](const std::string& path, const Object& node) {
            const Value* rules = node.if_contains("x-kubernetes-validations");
            if (rules == nullptr) return;
            for (const Value& rule : rules->as_array()) {
                ++rule_count;
                const std::string message{rule.at("message").as_string()};
                EXPECT_THAT(message, testing::MatchesRegex("^[a-z][A-Za-z0-9.]+[ ,:].*")) << path;
            }
        });
    }
    EXPECT_GT(rule_count, 50U);
}

}  // namespace
}  // namespace sei::api
