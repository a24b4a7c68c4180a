// What the built-in kinds do in their own way: defaults, generated fields, rules, tables.
#include "server_under_test.hpp"

namespace devcluster::apiserver::test {
namespace {

constexpr const char* kTable = "application/json;as=Table;v=v1;g=meta.k8s.io";

TEST(StatefulSets, get_the_defaults_of_a_real_server) {
    ServerUnderTest server;
    const Answered created = server.post(kStatefulSets, a_stateful_set("web"));
    EXPECT_EQ(
        kube::json::serialize_canonical(created.body.at("spec")),
        R"({"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Retain","whenScaled":"Retain"},)"
        R"("podManagementPolicy":"OrderedReady","replicas":1,"revisionHistoryLimit":10,)"
        R"("selector":{"matchLabels":{"app":"web"}},"serviceName":"web","template":{"metadata":{"labels":{"app":"web"}},)"
        R"("spec":{"containers":[{"image":"nginx:1","imagePullPolicy":"IfNotPresent","name":"c","resources":{},)"
        R"("terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],)"
        R"("dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler",)"
        R"("securityContext":{},"terminationGracePeriodSeconds":30}},)"
        R"("updateStrategy":{"rollingUpdate":{"partition":0},"type":"RollingUpdate"}})"
    );
}

TEST(StatefulSets, refuse_what_may_not_change) {
    ServerUnderTest server;
    server.post(kStatefulSets, a_stateful_set("web"));
    const Answered refused = server.patch("merge", kStatefulSets + "/web", R"({"spec":{"serviceName":"other"}})");
    EXPECT_EQ(refused.code, 422u);
    EXPECT_EQ(
        refused.message(),
        "StatefulSet.apps \"web\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than "
        "'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
        "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
    );
}

TEST(StatefulSets, show_their_readiness) {
    ServerUnderTest server;
    server.post(kStatefulSets, a_stateful_set("web"));
    server.patch("merge", kStatefulSets + "/web/status", R"({"status":{"readyReplicas":1,"replicas":1}})");
    EXPECT_EQ(server.get(kStatefulSets, kTable).text("/rows/0/cells"), R"(["web","1/1","0s","c","nginx:1"])");
}

TEST(Services, get_an_address_that_stays) {
    ServerUnderTest server;
    const std::string services = "/api/v1/namespaces/default/services";
    const Answered created = server.post(
        services, R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"ports":[{"port":80}]}})"
    );
    EXPECT_EQ(created.text("/spec/clusterIP"), "10.96.0.2");
    EXPECT_EQ(created.text("/spec/ports"), R"([{"port":80,"protocol":"TCP","targetPort":80}])");
    EXPECT_EQ(created.text("/spec/ipFamilyPolicy"), "SingleStack");
    const Answered updated = server.put(
        services + "/s",
        R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"ports":[{"port":81}]}})"
    );
    EXPECT_EQ(updated.text("/spec/clusterIP"), "10.96.0.2");
    EXPECT_EQ(server.patch("merge", services + "/s", R"({"spec":{"clusterIP":"10.96.0.9"}})").code, 422u);
}

TEST(Services, may_be_headless) {
    ServerUnderTest server;
    const Answered created = server.post(
        "/api/v1/namespaces/default/services",
        R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},
            "spec":{"clusterIP":"None","publishNotReadyAddresses":true,"ports":[{"port":80}]}})"
    );
    EXPECT_EQ(created.text("/spec/clusterIPs"), R"(["None"])");
}

TEST(Jobs, get_a_selector_of_their_own) {
    ServerUnderTest server;
    const Answered created = server.post(
        "/apis/batch/v1/namespaces/default/jobs",
        R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j"},
            "spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}})"
    );
    const std::string uid = created.text("/metadata/uid");
    EXPECT_EQ(
        created.body.at("spec").at("selector").at("matchLabels").at("batch.kubernetes.io/controller-uid"), uid.c_str()
    );
    EXPECT_EQ(created.body.at("spec").at("template").at("metadata").at("labels").at("job-name"), "j");
    EXPECT_EQ(created.text("/spec/completionMode"), "NonIndexed");
    EXPECT_EQ(created.text("/spec/podReplacementPolicy"), "TerminatingOrFailed");
}

TEST(Claims, are_protected_and_keep_their_canonical_size) {
    ServerUnderTest server;
    const Answered created = server.post(
        "/api/v1/namespaces/default/persistentvolumeclaims",
        R"({"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"c"},
            "spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1.5Gi"}}}})"
    );
    EXPECT_EQ(created.text("/metadata/finalizers"), R"(["kubernetes.io/pvc-protection"])");
    EXPECT_EQ(created.text("/spec/resources/requests/storage"), "1536Mi");
    EXPECT_EQ(created.text("/spec/volumeMode"), "Filesystem");
    EXPECT_EQ(created.text("/status/phase"), "Pending");
}

TEST(Secrets, take_plain_text) {
    ServerUnderTest server;
    const Answered created = server.post(
        "/api/v1/namespaces/default/secrets",
        R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"k":"hello"}})"
    );
    EXPECT_EQ(created.text("/data/k"), "aGVsbG8=");
    EXPECT_EQ(created.text("/type"), "Opaque");
    EXPECT_FALSE(created.has("/stringData"));
}

TEST(Pods, show_what_holds_them_up) {
    struct Case {
        std::string behaviour;
        std::string status;
        std::string cells;
    };
    const std::vector<Case> cases{
        {"a pod that nobody runs", R"({"phase":"Pending"})", R"(["p","0/1","Pending","0")"},
        {"an image that cannot be pulled",
         R"({"phase":"Pending","containerStatuses":[{"name":"c","ready":false,"restartCount":0,"image":"i","imageID":"",
            "state":{"waiting":{"reason":"ImagePullBackOff"}}}]})",
         R"(["p","0/1","ImagePullBackOff","0")"},
        {"a pod that runs",
         R"({"phase":"Running","containerStatuses":[{"name":"c","ready":true,"restartCount":2,"image":"i","imageID":"",
            "state":{"running":{"startedAt":"2024-10-04T00:00:00Z"}}}]})",
         R"(["p","1/1","Running","2")"},
        {"an init container that failed",
         R"({"phase":"Pending","initContainerStatuses":[{"name":"x","ready":false,"restartCount":1,"image":"i",
            "imageID":"","state":{"terminated":{"exitCode":1,"reason":"Error"}}}]})",
         R"(["p","0/1","Init:Error","1")"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.behaviour);
        ServerUnderTest server;
        const std::string pods = "/api/v1/namespaces/default/pods";
        server.post(
            pods,
            R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}})"
        );
        server.patch("merge", pods + "/p/status", fmt::format(R"({{"status":{}}})", one.status));
        EXPECT_TRUE(server.get(pods, kTable).text("/rows/0/cells").starts_with(one.cells))
            << server.get(pods, kTable).text("/rows/0/cells");
    }
}

TEST(Pods, are_selected_by_their_machine) {
    ServerUnderTest server;
    const std::string pods = "/api/v1/namespaces/default/pods";
    server.post(
        pods,
        R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},
            "spec":{"nodeName":"n1","containers":[{"name":"c","image":"i"}]}})"
    );
    EXPECT_EQ(server.get("/api/v1/pods?fieldSelector=spec.nodeName%3Dn1").body.at("items").as_array().size(), 1u);
    EXPECT_EQ(server.get("/api/v1/pods?fieldSelector=spec.nodeName%3Dn2").body.at("items").as_array().size(), 0u);
    EXPECT_EQ(server.get("/api/v1/pods?fieldSelector=spec.nope%3Dn2").code, 400u);
}

TEST(Reviews, are_answered_without_being_stored) {
    ServerUnderTest server;
    const Answered answer = server.post(
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{}})"
    );
    EXPECT_EQ(answer.code, 201u);
    EXPECT_EQ(answer.text("/status/allowed"), "true");
}

}  // namespace
}  // namespace devcluster::apiserver::test
