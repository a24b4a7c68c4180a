// Definitions and their objects.
#include "server_under_test.hpp"

namespace devcluster::apiserver::test {
namespace {

const std::string kDefinitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

class CustomResources : public ::testing::Test {
protected:
    CustomResources() { server.server.install(kWidgetDefinition); }
    ServerUnderTest server;
};

TEST_F(CustomResources, are_established_at_once) {
    const Answered definition = server.get(kDefinitions + "/widgets.example.com");
    EXPECT_EQ(definition.text("/status/conditions/1/type"), "Established");
    EXPECT_EQ(definition.text("/status/conditions/1/status"), "True");
    EXPECT_EQ(definition.text("/status/storedVersions/0"), "v1");
}

TEST_F(CustomResources, get_defaults_and_a_generation) {
    const Answered created = server.post(kWidgets, a_widget("w"));
    EXPECT_EQ(created.text("/spec/color"), "red");
    EXPECT_EQ(created.text("/metadata/generation"), "1");
}

TEST_F(CustomResources, are_pruned_with_a_warning) {
    const Answered created = server.post(
        kWidgets, R"({"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":1,"foo":2}})"
    );
    EXPECT_FALSE(created.has("/spec/foo"));
    EXPECT_EQ(created.warning(), R"(299 - "unknown field \"spec.foo\"")");
}

TEST_F(CustomResources, are_validated) {
    const Answered refused = server.post(kWidgets, a_widget("w", -1));
    EXPECT_EQ(refused.code, 422u);
    EXPECT_EQ(
        refused.message(),
        "Widget.example.com \"w\" is invalid: spec.size: Invalid value: -1: spec.size in body should be greater than "
        "or "
        "equal to 0"
    );
}

TEST_F(CustomResources, lose_the_status_of_a_creation) {
    const Answered created = server.post(
        kWidgets,
        R"({"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":1},
            "status":{"phase":"Ok"}})"
    );
    EXPECT_FALSE(created.has("/status"));
}

TEST_F(CustomResources, take_their_status_through_its_endpoint) {
    server.post(kWidgets, a_widget("w"));
    const Answered patched = server.patch("merge", kWidgets + "/w/status", R"({"status":{"phase":"Ok"}})");
    EXPECT_EQ(patched.text("/status/phase"), "Ok");
    EXPECT_EQ(patched.text("/metadata/generation"), "1");
}

TEST_F(CustomResources, need_a_version_for_an_update) {
    server.post(kWidgets, a_widget("w"));
    const Answered refused = server.put(kWidgets + "/w", a_widget("w", 2));
    EXPECT_EQ(refused.code, 422u);
    EXPECT_EQ(
        refused.message(),
        "Widget.example.com \"w\" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an "
        "update"
    );
}

TEST_F(CustomResources, go_with_their_definition) {
    server.post(kWidgets, a_widget("w"));
    const auto watch = server.watch(kWidgets + "?watch=1");
    server.remove(kDefinitions + "/widgets.example.com");
    server.settle();
    EXPECT_EQ(server.get(kDefinitions + "/widgets.example.com").code, 404u);
    EXPECT_EQ(server.get(kWidgets).code, 404u);
    EXPECT_TRUE(watch->has_ended);
}

TEST_F(CustomResources, hold_their_definition_as_long_as_a_finalizer_holds_them) {
    server.post(
        kWidgets,
        R"({"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w","finalizers":["example.com/x"]},
            "spec":{"size":1}})"
    );
    server.remove(kDefinitions + "/widgets.example.com");
    EXPECT_EQ(server.get(kDefinitions + "/widgets.example.com").code, 200u);
    EXPECT_EQ(server.post(kWidgets, a_widget("other")).code, 405u);
    server.patch("merge", kWidgets + "/w", R"({"metadata":{"finalizers":null}})");
    EXPECT_EQ(server.get(kDefinitions + "/widgets.example.com").code, 404u);
}

TEST_F(CustomResources, show_their_printer_columns) {
    server.post(kWidgets, a_widget("w", 3));
    server.patch("merge", kWidgets + "/w/status", R"({"status":{"conditions":[{"type":"Ready","status":"True"}]}})");
    const Answered table = server.get(kWidgets, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
    EXPECT_EQ(table.text("/kind"), "Table");
    EXPECT_EQ(table.text("/columnDefinitions/1/name"), "Size");
    EXPECT_EQ(table.text("/rows/0/cells"), R"(["w",3,"True"])");
}

TEST(Definitions, are_refused_with_what_this_server_does_not_support) {
    ServerUnderTest server;
    std::string manifest{kWidgetDefinition};
    manifest.insert(manifest.find("  scope:"), "  conversion: {strategy: Webhook}\n");
    try {
        server.server.install(manifest);
        FAIL() << "a conversion webhook was accepted";
    } catch (const std::runtime_error& error) {
        EXPECT_TRUE(std::string_view{error.what()}.contains("spec.conversion.strategy")) << error.what();
    }
}

TEST(Definitions, serve_several_versions_of_one_object) {
    ServerUnderTest server;
    std::string manifest{kWidgetDefinition};
    manifest += R"(  - name: v1beta1
    served: true
    storage: false
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
)";
    server.server.install(manifest);
    server.post(kWidgets, a_widget("w"));
    const Answered read = server.get("/apis/example.com/v1beta1/namespaces/default/widgets/w");
    EXPECT_EQ(read.text("/apiVersion"), "example.com/v1beta1");
    EXPECT_EQ(read.text("/spec/size"), "1");
}

}  // namespace
}  // namespace devcluster::apiserver::test
