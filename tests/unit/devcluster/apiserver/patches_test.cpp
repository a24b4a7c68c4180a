// JSON, merge and strategic merge patches.
#include "server_under_test.hpp"

namespace devcluster::apiserver::test {
namespace {

TEST(Patches, merge_replaces_lists_and_removes_nulls) {
    ServerUnderTest server;
    server.post(kConfigMaps, a_config_map("a", R"({"x":"1","y":"2"})"));
    const Answered patched = server.patch("merge", kConfigMaps + "/a", R"({"data":{"x":null,"z":"3"}})");
    EXPECT_EQ(boost::json::serialize(patched.body.at("data")), R"({"y":"2","z":"3"})");
}

TEST(Patches, json_applies_its_operations_in_order) {
    ServerUnderTest server;
    server.post(kConfigMaps, a_config_map("a", R"({"x":"1"})"));
    const Answered patched = server.patch(
        "json",
        kConfigMaps + "/a",
        R"([{"op":"test","path":"/data/x","value":"1"},{"op":"add","path":"/metadata/annotations","value":{}},{"op":"copy","from":"/data/x","path":"/metadata/annotations/example.com~1x"},
            {"op":"replace","path":"/data/x","value":"2"},{"op":"add","path":"/metadata/labels","value":{"k":"v"}}])"
    );
    EXPECT_EQ(patched.text("/data/x"), "2");
    EXPECT_EQ(patched.body.at("metadata").at("annotations").at("example.com/x"), "1");
}

TEST(Patches, json_is_refused_when_its_test_fails) {
    ServerUnderTest server;
    server.post(kConfigMaps, a_config_map("a", R"({"x":"1"})"));
    const Answered refused =
        server.patch("json", kConfigMaps + "/a", R"([{"op":"test","path":"/data/x","value":"2"}])");
    EXPECT_EQ(refused.code, 422u);
    EXPECT_EQ(refused.message(), "the server rejected our request due to an error in our request");
}

TEST(Patches, strategic_merges_containers_by_name) {
    ServerUnderTest server;
    server.post(kStatefulSets, a_stateful_set("web"));
    const Answered patched = server.patch(
        "strategic",
        kStatefulSets + "/web",
        R"({"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:2"},{"name":"d","image":"d:1"}]}}}})"
    );
    EXPECT_EQ(patched.text("/spec/template/spec/containers/0/image"), "nginx:2");
    EXPECT_EQ(patched.text("/spec/template/spec/containers/1/name"), "d");
    const Answered without = server.patch(
        "strategic",
        kStatefulSets + "/web",
        R"({"spec":{"template":{"spec":{"containers":[{"name":"d","$patch":"delete"}]}}}})"
    );
    EXPECT_EQ(without.body.at("spec").at("template").at("spec").at("containers").as_array().size(), 1u);
}

TEST(Patches, strategic_orders_lists_as_it_is_told) {
    ServerUnderTest server;
    server.post(kStatefulSets, a_stateful_set("web"));
    const Answered patched = server.patch(
        "strategic",
        kStatefulSets + "/web",
        R"({"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"d"},{"name":"c"}],
            "containers":[{"name":"d","image":"d:1"}]}}}})"
    );
    EXPECT_EQ(patched.text("/spec/template/spec/containers/0/name"), "d");
}

TEST(Patches, strategic_is_refused_for_custom_resources) {
    ServerUnderTest server;
    server.server.install(kWidgetDefinition);
    server.post(kWidgets, a_widget("w"));
    const Answered refused = server.patch("strategic", kWidgets + "/w", R"({"spec":{"size":2}})");
    EXPECT_EQ(refused.code, 415u);
    EXPECT_EQ(refused.text("/reason"), "UnsupportedMediaType");
}

TEST(Patches, carry_a_precondition_in_their_resource_version) {
    ServerUnderTest server;
    const std::string version = server.post(kConfigMaps, a_config_map("a")).text("/metadata/resourceVersion");
    server.patch("merge", kConfigMaps + "/a", R"({"data":{"x":"1"}})");
    const Answered refused = server.patch(
        "merge",
        kConfigMaps + "/a",
        fmt::format(R"({{"metadata":{{"resourceVersion":"{}"}},"data":{{"x":"2"}}}})", version)
    );
    EXPECT_EQ(refused.code, 409u);
}

TEST(Scale, reads_and_sets_replicas) {
    ServerUnderTest server;
    server.post(kStatefulSets, a_stateful_set("web"));
    EXPECT_EQ(server.get(kStatefulSets + "/web/scale").text("/spec/replicas"), "1");
    EXPECT_EQ(server.patch("merge", kStatefulSets + "/web/scale", R"({"spec":{"replicas":4}})").text("/kind"), "Scale");
    EXPECT_EQ(server.get(kStatefulSets + "/web").text("/spec/replicas"), "4");
    EXPECT_EQ(server.get(kStatefulSets + "/web").text("/metadata/generation"), "2");
}

}  // namespace
}  // namespace devcluster::apiserver::test
