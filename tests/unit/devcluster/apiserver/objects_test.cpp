// Create, read, update, delete: what holds for every kind.
#include "server_under_test.hpp"

namespace devcluster::apiserver::test {
namespace {

TEST(Objects, boots_with_the_namespaces_of_a_cluster) {
    ServerUnderTest server;
    EXPECT_EQ(server.get("/api/v1/namespaces").body.at("items").as_array().size(), 4u);
}

TEST(Objects, gives_a_created_object_its_identity) {
    ServerUnderTest server;
    const Answered created = server.post(kConfigMaps, a_config_map("a"));
    EXPECT_EQ(created.code, 201u);
    EXPECT_EQ(created.text("/metadata/namespace"), "default");
    EXPECT_EQ(created.text("/metadata/uid").size(), 36u);
    EXPECT_EQ(created.text("/metadata/creationTimestamp"), "2024-10-04T00:00:00Z");
    EXPECT_EQ(server.get(kConfigMaps + "/a").body, created.body);
}

TEST(Objects, gives_the_same_identities_for_the_same_seed) {
    ServerUnderTest one{{.seed = 7}};
    ServerUnderTest other{{.seed = 7}};
    EXPECT_EQ(one.post(kConfigMaps, a_config_map("a")).body, other.post(kConfigMaps, a_config_map("a")).body);
}

TEST(Objects, appends_a_suffix_to_a_generated_name) {
    ServerUnderTest server;
    const Answered created =
        server.post(kConfigMaps, R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"x-"}})");
    EXPECT_EQ(created.text("/metadata/name").size(), 7u);
}

struct Refusal {
    std::string behaviour;
    std::string method;
    std::string target;
    std::string body;
    unsigned code;
    std::string message;
};

TEST(Objects, refuses_as_a_real_server_does) {
    const std::vector<Refusal> cases{
        {"what is not there", "get", kConfigMaps + "/nope", "", 404, "configmaps \"nope\" not found"},
        {"a second object of the same name",
         "post",
         kConfigMaps,
         a_config_map("taken"),
         409,
         "configmaps \"taken\" already exists"},
        {"a namespace that is not there",
         "post",
         "/api/v1/namespaces/nope/configmaps",
         a_config_map("a"),
         404,
         "namespaces \"nope\" not found"},
        {"another namespace than that of the path",
         "post",
         kConfigMaps,
         R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"other"}})",
         400,
         "the namespace of the provided object does not match the namespace sent on the request"},
        {"another name than that of the path",
         "put",
         kConfigMaps + "/taken",
         a_config_map("b"),
         400,
         "the name of the object (b) does not match the name on the URL (taken)"},
        {"an update from an old version",
         "put",
         kConfigMaps + "/taken",
         R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"taken","resourceVersion":"1"}})",
         409,
         "Operation cannot be fulfilled on configmaps \"taken\": the object has been modified; please apply your "
         "changes "
         "to the latest version and try again"},
        {"a wrong type",
         "post",
         kConfigMaps,
         a_config_map("a", R"({"k":1})"),
         400,
         "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct "
         "field ConfigMap.data.k of type string"},
        {"logs, which this server has not",
         "get",
         "/api/v1/namespaces/default/pods/p/log",
         "",
         501,
         "pods/log is not supported by this embedded API server"},
        {"a kind without behaviour",
         "get",
         "/apis/apps/v1/namespaces/default/deployments",
         "",
         404,
         "the server could not find the requested resource"},
    };
    ServerUnderTest server;
    server.post(kConfigMaps, a_config_map("taken"));
    for (const Refusal& refusal : cases) {
        SCOPED_TRACE(refusal.behaviour);
        const Answered answer = refusal.method == "get"    ? server.get(refusal.target)
                                : refusal.method == "post" ? server.post(refusal.target, refusal.body)
                                                           : server.put(refusal.target, refusal.body);
        EXPECT_EQ(answer.code, refusal.code);
        EXPECT_EQ(answer.message(), refusal.message);
        EXPECT_EQ(answer.text("/kind"), "Status");
    }
}

TEST(Objects, leaves_the_version_alone_when_an_update_changes_nothing) {
    ServerUnderTest server;
    const Answered created = server.post(kConfigMaps, a_config_map("a"));
    const Answered updated = server.put(kConfigMaps + "/a", a_config_map("a"));
    EXPECT_EQ(updated.text("/metadata/resourceVersion"), created.text("/metadata/resourceVersion"));
}

TEST(Objects, counts_the_generation_when_the_spec_changes_only) {
    ServerUnderTest server;
    server.post(kStatefulSets, a_stateful_set("web"));
    const std::string path = kStatefulSets + "/web";
    EXPECT_EQ(server.patch("merge", path, R"({"metadata":{"labels":{"x":"y"}}})").text("/metadata/generation"), "1");
    EXPECT_EQ(
        server.patch("merge", path + "/status", R"({"status":{"replicas":1}})").text("/metadata/generation"), "1"
    );
    EXPECT_EQ(server.patch("merge", path, R"({"spec":{"replicas":3}})").text("/metadata/generation"), "2");
}

TEST(Objects, ignores_status_on_the_main_endpoint) {
    ServerUnderTest server;
    server.post(kStatefulSets, a_stateful_set("web"));
    const Answered patched = server.patch("merge", kStatefulSets + "/web", R"({"status":{"replicas":5}})");
    EXPECT_EQ(patched.text("/status/replicas"), "0");
}

TEST(Objects, ignores_spec_on_the_status_endpoint) {
    ServerUnderTest server;
    server.post(kStatefulSets, a_stateful_set("web"));
    const Answered patched =
        server.patch("merge", kStatefulSets + "/web/status", R"({"spec":{"replicas":9},"status":{"replicas":1}})");
    EXPECT_EQ(patched.text("/spec/replicas"), "1");
    EXPECT_EQ(patched.text("/status/replicas"), "1");
}

TEST(Objects, take_a_status_patch_with_more_than_status_as_well) {
    ServerUnderTest server;
    server.post(kStatefulSets, a_stateful_set("web"));
    const std::string path = kStatefulSets + "/web/status";
    const Answered alone = server.patch("merge", path, R"({"status":{"replicas":1,"conditions":[]}})");
    const Answered both = server.patch("merge", path, R"({"spec":{},"status":{"replicas":1,"conditions":[]}})");
    EXPECT_EQ(alone.body, both.body);
}

TEST(Objects, refuse_a_status_patch_from_an_old_version) {
    ServerUnderTest server;
    server.post(kStatefulSets, a_stateful_set("web"));
    const std::string path = kStatefulSets + "/web/status";
    const Answered refused =
        server.patch("merge", path, R"({"metadata":{"resourceVersion":"1"},"status":{"replicas":1}})");
    EXPECT_EQ(refused.code, 409u);
}

TEST(Objects, stores_nothing_in_a_dry_run) {
    ServerUnderTest server;
    EXPECT_EQ(server.post(kConfigMaps + "?dryRun=All", a_config_map("a")).code, 201u);
    EXPECT_EQ(server.get(kConfigMaps + "/a").code, 404u);
}

TEST(Objects, keeps_an_object_with_finalizers_until_the_last_is_removed) {
    ServerUnderTest server;
    server.post(
        kConfigMaps, R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","finalizers":["example.com/x"]}})"
    );
    const Answered deleted = server.remove(kConfigMaps + "/a");
    EXPECT_TRUE(deleted.has("/metadata/deletionTimestamp"));
    EXPECT_EQ(server.get(kConfigMaps + "/a").code, 200u);
    server.patch("merge", kConfigMaps + "/a", R"({"metadata":{"finalizers":null}})");
    EXPECT_EQ(server.get(kConfigMaps + "/a").code, 404u);
}

TEST(Objects, refuses_new_finalizers_on_a_deleted_object) {
    ServerUnderTest server;
    server.post(
        kConfigMaps, R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","finalizers":["example.com/x"]}})"
    );
    server.remove(kConfigMaps + "/a");
    const Answered refused =
        server.patch("merge", kConfigMaps + "/a", R"({"metadata":{"finalizers":["example.com/x","example.com/y"]}})");
    EXPECT_EQ(refused.code, 422u);
    EXPECT_EQ(
        refused.message(),
        "ConfigMap \"a\" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is "
        "being deleted, found new finalizers []string{\"example.com/y\"}"
    );
}

TEST(Objects, adds_the_finalizer_of_the_propagation_policy) {
    ServerUnderTest server;
    for (const auto& [policy, finalizer] :
         std::map<std::string, std::string>{{"Foreground", "foregroundDeletion"}, {"Orphan", "orphan"}}) {
        SCOPED_TRACE(policy);
        server.post(kConfigMaps, a_config_map("a"));
        const Answered deleted =
            server.remove(kConfigMaps + "/a", fmt::format(R"({{"propagationPolicy":"{}"}})", policy));
        EXPECT_EQ(deleted.text("/metadata/finalizers/0"), finalizer);
        server.patch("merge", kConfigMaps + "/a", R"({"metadata":{"finalizers":null}})");
    }
}

TEST(Objects, deletes_only_the_object_that_the_precondition_names) {
    ServerUnderTest server;
    server.post(kConfigMaps, a_config_map("a"));
    const Answered refused = server.remove(kConfigMaps + "/a", R"({"preconditions":{"uid":"other"}})");
    EXPECT_EQ(refused.code, 409u);
    EXPECT_EQ(refused.text("/reason"), "Conflict");
}

TEST(Objects, removes_all_that_a_selector_matches) {
    ServerUnderTest server;
    server.post(kConfigMaps, R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"app":"x"}}})");
    server.post(kConfigMaps, a_config_map("b"));
    server.remove(kConfigMaps + "?labelSelector=app%3Dx");
    EXPECT_EQ(server.get(kConfigMaps).body.at("items").as_array().size(), 1u);
}

TEST(Objects, gives_a_running_pod_its_grace_period) {
    ServerUnderTest server;
    const std::string pods = "/api/v1/namespaces/default/pods";
    server.post(
        pods,
        R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},
            "spec":{"nodeName":"n","containers":[{"name":"c","image":"i"}]}})"
    );
    EXPECT_EQ(server.remove(pods + "/p").text("/metadata/deletionGracePeriodSeconds"), "30");
    server.remove(pods + "/p?gracePeriodSeconds=0");
    EXPECT_EQ(server.get(pods + "/p").code, 404u);
}

TEST(Objects, refuses_what_is_new_in_a_namespace_that_is_deleted) {
    ServerUnderTest server;
    server.post("/api/v1/namespaces", R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"t"}})");
    EXPECT_EQ(server.remove("/api/v1/namespaces/t").text("/status/phase"), "Terminating");
    const Answered refused = server.post("/api/v1/namespaces/t/configmaps", a_config_map("a"));
    EXPECT_EQ(refused.code, 403u);
    EXPECT_EQ(
        refused.message(),
        "configmaps \"a\" is forbidden: unable to create new content in namespace t because it is being terminated"
    );
}

TEST(Objects, removes_a_namespace_when_it_is_finalized) {
    ServerUnderTest server;
    server.post("/api/v1/namespaces", R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"t"}})");
    server.remove("/api/v1/namespaces/t");
    server.put(
        "/api/v1/namespaces/t/finalize",
        R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"t"},"spec":{"finalizers":[]}})"
    );
    EXPECT_EQ(server.get("/api/v1/namespaces/t").code, 404u);
}

TEST(Objects, names_unknown_fields_as_the_client_wishes) {
    const std::string body = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"dat":{},"data":{}})";
    ServerUnderTest server;
    const Answered strict = server.post(kConfigMaps + "?fieldValidation=Strict", body);
    EXPECT_EQ(strict.code, 400u);
    EXPECT_EQ(
        strict.message(),
        "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dat\""
    );
    EXPECT_EQ(server.post(kConfigMaps + "?fieldValidation=Ignore&dryRun=All", body).warning(), "");
    EXPECT_EQ(server.post(kConfigMaps, body).warning(), R"(299 - "unknown field \"dat\"")");
}

TEST(Objects, names_repeated_fields) {
    ServerUnderTest server;
    const Answered strict = server.post(
        kConfigMaps + "?fieldValidation=Strict",
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"1","x":"2"}})"
    );
    EXPECT_EQ(strict.code, 400u);
    EXPECT_TRUE(strict.message().contains("duplicate field \"data.x\"")) << strict.message();
}

TEST(Objects, requires_the_token_that_it_was_given) {
    ServerUnderTest server{{.bearer_token = "secret"}};
    EXPECT_EQ(server.get(kConfigMaps).code, 401u);
    const Answered allowed =
        server.send(kube::HttpMethod::Get, "GET", kConfigMaps, "", {{"authorization", "Bearer secret"}});
    EXPECT_EQ(allowed.code, 200u);
}

TEST(Objects, counts_requests_by_agent_and_outcome) {
    ServerUnderTest server;
    server.post(kConfigMaps, a_config_map("a"));
    server.post(kConfigMaps, a_config_map("a"));
    server.get(kConfigMaps);
    EXPECT_EQ(server.server.audit().writes("test/"), 2u);
    EXPECT_EQ(
        server.server.audit().counts().at(
            {.user_agent = "test/1.0", .verb = "create", .resource = "configmaps", .subresource = "", .code = 409}
        ),
        1u
    );
}

}  // namespace
}  // namespace devcluster::apiserver::test
