// The schemas of real CRDs compile: ours, and Gateway API's where Go's module cache has them.
#include "devcluster/schema/schema.hpp"
#include "kube/schema/yaml.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace devcluster::schema {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

json::value read_yaml(const fs::path& path) {
    std::ifstream file(path);
    return kube::schema::from_yaml(std::string{std::istreambuf_iterator<char>(file), {}});
}

/// Compiles every version of the CRD in each YAML file of `folder`; how many there were.
int compile_all(const fs::path& folder) {
    int compiled = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() != ".yaml") continue;
        const json::value crd = read_yaml(entry.path());
        if (!crd.is_object() || !crd.get_object().contains("kind") || crd.at("kind") != "CustomResourceDefinition")
            continue;
        for (const json::value& version : crd.at("spec").at("versions").as_array()) {
            SCOPED_TRACE(entry.path().filename().string());
            const auto schema = Schema::compile(version.at("schema").at("openAPIV3Schema"));
            EXPECT_TRUE(schema.has_value()) << describe(schema.error());
            ++compiled;
        }
    }
    return compiled;
}

/// The folder of Gateway API's standard CRDs in Go's module cache, or an empty path.
fs::path gateway_api_crds() {
    const char* const home = std::getenv("HOME");
    const char* const go_path = std::getenv("GOPATH");
    const char* const cache = std::getenv("GOMODCACHE");
    const fs::path modules = cache != nullptr     ? fs::path(cache)
                             : go_path != nullptr ? fs::path(go_path) / "pkg/mod"
                                                  : fs::path(home == nullptr ? "/root" : home) / "go/pkg/mod";
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(modules / "sigs.k8s.io", error)) {
        const fs::path folder = entry.path() / "config/crd/standard";
        if (entry.path().filename().string().starts_with("gateway-api@") && fs::exists(folder)) return folder;
    }
    return {};
}

TEST(Crds, of_this_repository_compile) {
    EXPECT_EQ(compile_all(fs::path(SEI_SOURCE_DIR) / "config/crd"), 3);
}

TEST(Crds, of_the_gateway_api_compile) {
    const fs::path folder = gateway_api_crds();
    if (folder.empty())
        GTEST_SKIP() << "sigs.k8s.io/gateway-api is not in Go's module cache; go mod download brings it";
    EXPECT_GE(compile_all(folder), 4);
}

TEST(Crds, of_the_gateway_api_judge_routes) {
    const fs::path folder = gateway_api_crds();
    if (folder.empty())
        GTEST_SKIP() << "sigs.k8s.io/gateway-api is not in Go's module cache; go mod download brings it";
    const json::value crd = read_yaml(folder / "gateway.networking.k8s.io_httproutes.yaml");
    const auto schema = Schema::compile(crd.at("spec").at("versions").at(0).at("schema").at("openAPIV3Schema"));
    ASSERT_TRUE(schema.has_value()) << describe(schema.error());
    json::value route = json::parse(R"({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "r"},
        "spec": {
            "parentRefs": [{"name": "g", "namespace": "n"}],
            "hostnames": ["a.example.com"],
            "rules": [{"matches": [{"path": {"type": "PathPrefix", "value": "/a"}}], "backendRefs": [{"name": "s", "port": 80}]}]
        }
    })");
    EXPECT_TRUE(schema->prune(route).empty());
    schema->apply_defaults(route);
    EXPECT_EQ(route.at("spec").at("parentRefs").at(0).at("kind"), "Gateway");
    EXPECT_EQ(describe(schema->validate(route, nullptr)), "[]");

    struct Case {
        std::string behaviour;
        json::value rule;
        std::string field;
        FieldErrorType type;
    };
    const std::vector<Case> cases{
        {"a path must begin with a slash",
         json::parse(R"({"matches": [{"path": {"type": "PathPrefix", "value": "a"}}]})"),
         "spec.rules[0].matches[0].path",
         FieldErrorType::Invalid},
        {"a path may not have two slashes in a row",
         json::parse(R"({"matches": [{"path": {"type": "Exact", "value": "/a//b"}}]})"),
         "spec.rules[0].matches[0].path",
         FieldErrorType::Invalid},
        {"a redirect may not stand beside backends",
         json::parse(
             R"({"backendRefs": [{"name": "s", "port": 80}], "filters": [{"type": "RequestRedirect", "requestRedirect": {}}]})"
         ),
         "spec.rules[0]",
         FieldErrorType::Invalid},
        {"a filter must have the member of its type",
         json::parse(R"({"filters": [{"type": "URLRewrite"}]})"),
         "spec.rules[0].filters[0]",
         FieldErrorType::Invalid},
        {"a backend timeout may not be longer than the whole",
         json::parse(R"({"timeouts": {"request": "1s", "backendRequest": "2s"}})"),
         "spec.rules[0].timeouts",
         FieldErrorType::Invalid},
        {"a Service needs a port",
         json::parse(R"({"backendRefs": [{"name": "s"}]})"),
         "spec.rules[0].backendRefs[0]",
         FieldErrorType::Invalid},
        {"an unknown type of path is not supported",
         json::parse(R"({"matches": [{"path": {"type": "Nope", "value": "/"}}]})"),
         "spec.rules[0].matches[0].path.type",
         FieldErrorType::NotSupported},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.behaviour);
        json::value changed = route;
        changed.at("spec").as_object()["rules"] = json::array{test.rule};
        (void)schema->prune(changed);
        schema->apply_defaults(changed);
        const auto errors = schema->validate(changed, nullptr);
        ASSERT_FALSE(errors.empty());
        EXPECT_EQ(errors.front().field, test.field) << describe(errors);
        EXPECT_EQ(errors.front().type, test.type) << describe(errors);
    }
}

}  // namespace
}  // namespace devcluster::schema
