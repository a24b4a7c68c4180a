// The manifests in config/, against the types and the configuration that they are for.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/json/json.hpp"
#include "kube/schema/yaml.hpp"
#include "sei/api/deployment.hpp"
#include "sei/api/node.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/api/node_task.hpp"
#include "sei/platform/platform.hpp"

namespace sei::api {
namespace {

using kube::json::Value;

const std::filesystem::path kConfig = std::filesystem::path{SEI_SOURCE_DIR} / "config";

Value read_manifest(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    EXPECT_TRUE(file) << path;
    return kube::schema::from_yaml(std::string{std::istreambuf_iterator<char>{file}, {}});
}

std::vector<Value> samples(std::string_view kind) {
    std::vector<Value> found;
    for (const auto& entry : std::filesystem::directory_iterator{kConfig / "samples"}) {
        if (entry.path().extension() != ".yaml") continue;
        Value manifest = read_manifest(entry.path());
        if (kube::json::find_string(manifest, {"kind"}) == kind) found.push_back(std::move(manifest));
    }
    return found;
}

/// A field that the type does not know would not come back.
template <class K>
void expect_nothing_is_unknown(const Value& manifest) {
    SCOPED_TRACE(kube::json::find_string(manifest, {"metadata", "name"}));
    EXPECT_EQ(kube::json::to_json(kube::json::from_json<K>(manifest)).at("spec"), manifest.at("spec"));
}

TEST(Samples, have_no_field_that_the_types_do_not_know) {
    for (const Value& manifest : samples("SeiNode")) expect_nothing_is_unknown<SeiNode>(manifest);
    for (const Value& manifest : samples("SeiNodeDeployment")) expect_nothing_is_unknown<SeiNodeDeployment>(manifest);
    for (const Value& manifest : samples("SeiNodeTask")) expect_nothing_is_unknown<SeiNodeTask>(manifest);
}

TEST(Samples, show_every_mode_of_a_node) {
    std::set<NodeMode> modes;
    for (const Value& manifest : samples("SeiNode")) {
        const auto mode = mode_of(kube::json::from_json<SeiNode>(manifest).spec);
        ASSERT_TRUE(mode);
        modes.insert(*mode);
    }
    EXPECT_EQ(modes.size(), 4U);
}

TEST(Samples, show_every_kind_of_task) {
    std::set<TaskKind> kinds;
    for (const Value& manifest : samples("SeiNodeTask")) {
        kinds.insert(kube::json::from_json<SeiNodeTask>(manifest).spec.kind);
    }
    EXPECT_EQ(kinds.size(), 5U);
}

TEST(ManagerManifest, sets_every_variable_that_the_operator_demands_to_a_value_that_it_takes) {
    const Value manifest = read_manifest(kConfig / "manager" / "manager.yaml");
    platform::Environment environment;
    for (const Value& variable :
         manifest.at("spec").at("template").at("spec").at("containers").at(0).at("env").as_array()) {
        const std::string name{variable.at("name").as_string()};
        if (name.starts_with("SEI_")) environment[name] = std::string{variable.at("value").as_string()};
    }
    std::vector<std::string> problems;
    if (const auto read = platform::read(environment); !read) {
        for (const auto& problem : read.error()) problems.push_back(problem.text);
    }
    EXPECT_THAT(problems, testing::IsEmpty());
    for (const auto& variable : platform::variables()) environment.erase(std::string{variable.name});
    EXPECT_TRUE(environment.empty()) << environment.begin()->first << " is read by nobody";
}

/// The texts of a list in a manifest.
std::set<std::string> texts(const Value& list) {
    std::set<std::string> found;
    for (const Value& one : list.as_array()) found.insert(std::string{one.as_string()});
    return found;
}

TEST(Roles, let_the_operator_read_secrets_one_by_one_and_no_more) {
    std::size_t rules_about_secrets = 0;
    for (const auto& entry : std::filesystem::directory_iterator{kConfig / "rbac"}) {
        const Value manifest = read_manifest(entry.path());
        const Value* rules = kube::json::find(manifest, {"rules"});
        if (rules == nullptr) continue;
        SCOPED_TRACE(entry.path().string());
        for (const Value& rule : rules->as_array()) {
            if (!rule.as_object().contains("resources")) continue;
            const std::set<std::string> resources = texts(rule.at("resources"));
            EXPECT_FALSE(resources.contains("*"));
            if (!resources.contains("secrets")) continue;
            ++rules_about_secrets;
            EXPECT_THAT(texts(rule.at("verbs")), testing::ElementsAre("get"));
        }
    }
    EXPECT_EQ(rules_about_secrets, 1U);
}

}  // namespace
}  // namespace sei::api
