// Server-side apply and the owners of fields.
#include "server_under_test.hpp"

namespace devcluster::apiserver::test {
namespace {

const std::string kPath = kConfigMaps + "/a";

Answered apply(ServerUnderTest& server, const std::string& manager, const std::string& data, bool force = false) {
    return server.patch(
        "apply", kPath + "?fieldManager=" + manager + (force ? "&force=true" : ""), a_config_map("a", data)
    );
}

/// The fields of a manager, as JSON.
std::string fields_of_manager(const Answered& answer, std::string_view manager) {
    for (const kube::json::Value& entry : answer.body.at("metadata").at("managedFields").as_array()) {
        if (entry.at("manager") == kube::json::Value(manager)) return boost::json::serialize(entry.at("fieldsV1"));
    }
    return "<none>";
}

TEST(Apply, creates_what_is_not_there) {
    ServerUnderTest server;
    const Answered applied = apply(server, "one", R"({"x":"1"})");
    EXPECT_EQ(applied.code, 201u);
    EXPECT_EQ(applied.text("/metadata/managedFields/0/operation"), "Apply");
    EXPECT_EQ(fields_of_manager(applied, "one"), R"({"f:data":{"f:x":{}}})");
}

TEST(Apply, changes_nothing_when_it_is_repeated) {
    ServerUnderTest server;
    const Answered first = apply(server, "one", R"({"x":"1"})");
    server.clock.advance_by(std::chrono::hours{1});
    EXPECT_EQ(apply(server, "one", R"({"x":"1"})").body, first.body);
}

TEST(Apply, changes_nothing_when_it_is_repeated_after_defaulting) {
    ServerUnderTest server;
    const std::string target = kStatefulSets + "/web?fieldManager=one&force=true";
    const Answered first = server.patch("apply", target, a_stateful_set("web"));
    server.patch("merge", kStatefulSets + "/web/status", R"({"status":{"replicas":1}})");
    const Answered second = server.patch("apply", target, a_stateful_set("web"));
    EXPECT_EQ(second.text("/metadata/generation"), first.text("/metadata/generation"));
    EXPECT_EQ(
        server.patch("apply", target, a_stateful_set("web")).text("/metadata/resourceVersion"),
        second.text("/metadata/resourceVersion")
    );
}

TEST(Apply, notices_a_change_between_two_equal_applies) {
    ServerUnderTest server;
    apply(server, "one", R"({"x":"1"})");
    apply(server, "one", R"({"x":"1"})");
    server.patch("merge", kPath + "?fieldManager=two", R"({"data":{"x":"2"}})");
    EXPECT_EQ(apply(server, "one", R"({"x":"1"})").code, 409u);
}

TEST(Apply, refuses_a_field_of_another_manager) {
    ServerUnderTest server;
    apply(server, "one", R"({"x":"1"})");
    const Answered refused = apply(server, "two", R"({"x":"2"})");
    EXPECT_EQ(refused.code, 409u);
    EXPECT_EQ(refused.message(), "Apply failed with 1 conflict: conflict with \"one\": .data.x");
    EXPECT_EQ(refused.text("/details/causes/0/reason"), "FieldManagerConflict");
    EXPECT_EQ(refused.text("/details/causes/0/field"), ".data.x");
}

TEST(Apply, takes_a_field_by_force) {
    ServerUnderTest server;
    apply(server, "one", R"({"x":"1","y":"1"})");
    const Answered forced = apply(server, "two", R"({"x":"2"})", true);
    EXPECT_EQ(forced.text("/data/x"), "2");
    EXPECT_EQ(fields_of_manager(forced, "one"), R"({"f:data":{"f:y":{}}})");
}

TEST(Apply, shares_a_field_on_whose_value_all_agree) {
    ServerUnderTest server;
    apply(server, "one", R"({"x":"1"})");
    const Answered shared = apply(server, "two", R"({"x":"1"})");
    EXPECT_EQ(shared.code, 200u);
    EXPECT_EQ(fields_of_manager(shared, "one"), fields_of_manager(shared, "two"));
}

TEST(Apply, removes_what_it_no_longer_sets) {
    ServerUnderTest server;
    apply(server, "one", R"({"x":"1","y":"1"})");
    const Answered applied = apply(server, "one", R"({"x":"1"})");
    EXPECT_FALSE(applied.has("/data/y"));
}

TEST(Apply, leaves_what_somebody_else_owns_too) {
    ServerUnderTest server;
    apply(server, "one", R"({"x":"1","y":"1"})");
    apply(server, "two", R"({"y":"1"})");
    EXPECT_EQ(apply(server, "one", R"({"x":"1"})").text("/data/y"), "1");
}

TEST(Apply, removes_an_element_of_a_keyed_list) {
    ServerUnderTest server;
    server.server.install(kWidgetDefinition);
    const auto apply_parts = [&](const std::string& parts) {
        return server.patch(
            "apply",
            kWidgets + "/w?fieldManager=one",
            fmt::format(
                R"({{"apiVersion":"example.com/v1","kind":"Widget","metadata":{{"name":"w"}},
                    "spec":{{"size":1,"parts":{}}}}})",
                parts
            )
        );
    };
    const Answered first = apply_parts(R"([{"name":"a","count":1},{"name":"b"}])");
    EXPECT_EQ(
        fields_of_manager(first, "one"),
        R"({"f:spec":{"f:parts":{"k:{\"name\":\"a\"}":{".":{},"f:count":{},"f:name":{}},)"
        R"("k:{\"name\":\"b\"}":{".":{},"f:name":{}}},"f:size":{}}})"
    );
    EXPECT_EQ(
        boost::json::serialize(apply_parts(R"([{"name":"b"}])").body.at("spec").at("parts")), R"([{"name":"b"}])"
    );
}

TEST(Apply, merges_an_element_of_a_keyed_list_of_another_manager) {
    ServerUnderTest server;
    server.post(kStatefulSets, a_stateful_set("web"));
    const Answered applied = server.patch(
        "apply",
        kStatefulSets + "/web?fieldManager=one",
        R"({"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"web"},
            "spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"1"}]}]}}}})"
    );
    EXPECT_EQ(applied.text("/spec/template/spec/containers/0/image"), "nginx:1");
    EXPECT_EQ(applied.text("/spec/template/spec/containers/0/env/0/value"), "1");
}

TEST(Apply, refuses_a_field_that_the_type_does_not_have) {
    ServerUnderTest server;
    const Answered refused = server.patch(
        "apply",
        kPath + "?fieldManager=one",
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"dat":{}})"
    );
    EXPECT_EQ(refused.code, 500u);
    EXPECT_EQ(
        refused.message(),
        "failed to create typed patch object (default/a; v1, Kind=ConfigMap): .dat: field not declared in schema"
    );
}

TEST(Apply, needs_a_field_manager) {
    ServerUnderTest server;
    EXPECT_EQ(server.patch("apply", kPath, a_config_map("a")).code, 422u);
}

TEST(Owners, of_a_created_object_have_its_defaults_too) {
    ServerUnderTest server;
    const Answered created = server.post(kStatefulSets, a_stateful_set("web"));
    const std::string fields = fields_of_manager(created, "test");
    EXPECT_TRUE(fields.contains("f:podManagementPolicy")) << fields;
    EXPECT_TRUE(fields.contains(R"("f:selector":{})")) << fields;
    EXPECT_FALSE(fields.contains("f:status")) << fields;
}

TEST(Owners, of_status_are_entries_of_their_own) {
    ServerUnderTest server;
    server.post(kStatefulSets, a_stateful_set("web"));
    const Answered patched = server.patch("merge", kStatefulSets + "/web/status", R"({"status":{"readyReplicas":1}})");
    EXPECT_EQ(patched.text("/metadata/managedFields/1/subresource"), "status");
    EXPECT_EQ(patched.text("/metadata/managedFields/1/fieldsV1"), R"({"f:status":{"f:readyReplicas":{}}})");
}

TEST(Owners, lose_what_an_update_changes) {
    ServerUnderTest server;
    apply(server, "one", R"({"x":"1","y":"1"})");
    const Answered patched = server.patch("merge", kPath + "?fieldManager=two", R"({"data":{"x":"2"}})");
    EXPECT_EQ(fields_of_manager(patched, "one"), R"({"f:data":{"f:y":{}}})");
    EXPECT_EQ(fields_of_manager(patched, "two"), R"({"f:data":{"f:x":{}}})");
}

}  // namespace
}  // namespace devcluster::apiserver::test
