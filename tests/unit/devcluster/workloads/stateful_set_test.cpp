// StatefulSets as a user of the cluster sees them.
#include "test_cluster.hpp"

namespace devcluster::workloads::test {
namespace {

constexpr std::string_view kSecondTemplate =
    R"({"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "web:v2"}]}}}})";

std::string revision_label(const kube::Pod& pod) {
    return pod.metadata.labels.at("controller-revision-hash");
}

bool is_rolled_out(TestCluster& cluster, const std::string& name) {
    const kube::StatefulSet set = cluster.stateful_set(name);
    return set.status.observedGeneration == set.metadata.generation && set.status.readyReplicas == *set.spec.replicas &&
           set.status.updatedReplicas == *set.spec.replicas && set.status.replicas == *set.spec.replicas;
}

TEST(StatefulSetController, brings_up_pods_with_their_identity) {
    TestCluster cluster;
    cluster.create(a_stateful_set("web", R"({"replicas": 2})"));
    cluster.run_until("the set is rolled out", [&] { return is_rolled_out(cluster, "web"); });
    const kube::Pod pod = cluster.pod("web-1");
    EXPECT_EQ(pod.metadata.labels.at("statefulset.kubernetes.io/pod-name"), "web-1");
    EXPECT_EQ(pod.metadata.labels.at("apps.kubernetes.io/pod-index"), "1");
    EXPECT_EQ(pod.spec.hostname, "web-1");
    EXPECT_EQ(pod.spec.subdomain, "web");
    EXPECT_EQ(pod.status.phase, "Running");
    EXPECT_EQ(revision_label(pod), cluster.stateful_set("web").status.updateRevision);
    EXPECT_TRUE(cluster.exists(kRevisions, cluster.stateful_set("web").status.updateRevision));
}

TEST(StatefulSetController, replaces_pods_one_after_another_from_the_highest_ordinal_down) {
    TestCluster cluster;
    cluster.create(a_stateful_set("web", R"({"replicas": 2})"));
    cluster.run_until("the set is rolled out", [&] { return is_rolled_out(cluster, "web"); });
    const std::string first = cluster.stateful_set("web").status.currentRevision;
    cluster.workloads->faults().add({.image = "web:v2"}, {FaultKind::NeverReady});
    cluster.merge_patch(kSets, "web", kSecondTemplate);
    cluster.run_until("the last pod is replaced", [&] {
        return cluster.exists(kPods, "web-1") && revision_label(cluster.pod("web-1")) != first;
    });
    cluster.run_for(std::chrono::minutes{5});
    EXPECT_EQ(revision_label(cluster.pod("web-0")), first);
    EXPECT_EQ(cluster.stateful_set("web").status.currentRevision, first);
    cluster.workloads->faults().clear();
    cluster.run_until("the set is rolled out", [&] { return is_rolled_out(cluster, "web"); });
    const kube::StatefulSet set = cluster.stateful_set("web");
    EXPECT_EQ(cluster.pod("web-0").spec.containers.front().image, "web:v2");
    EXPECT_EQ(set.status.currentRevision, set.status.updateRevision);
    EXPECT_NE(set.status.currentRevision, first);
}

TEST(StatefulSetController, leaves_ordinals_below_the_partition_at_the_current_revision) {
    TestCluster cluster;
    cluster.create(a_stateful_set(
        "web", R"({"replicas": 2, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}})"
    ));
    cluster.run_until("the set is rolled out", [&] { return is_rolled_out(cluster, "web"); });
    const std::string first = cluster.stateful_set("web").status.currentRevision;
    cluster.merge_patch(kSets, "web", kSecondTemplate);
    cluster.run_until("one pod is updated", [&] {
        const kube::StatefulSetStatus status = cluster.stateful_set("web").status;
        return status.updateRevision != first && status.updatedReplicas == 1 && status.readyReplicas == 2;
    });
    cluster.remove(kPods, "web-0");
    cluster.run_until("the pod is back", [&] {
        return cluster.stateful_set("web").status.readyReplicas == 2 && cluster.exists(kPods, "web-0");
    });
    EXPECT_EQ(revision_label(cluster.pod("web-0")), first);
    EXPECT_EQ(cluster.stateful_set("web").status.currentRevision, first);
}

TEST(StatefulSetController, leaves_pods_of_on_delete_alone_until_they_are_deleted) {
    TestCluster cluster;
    cluster.create(a_stateful_set("web", R"({"updateStrategy": {"type": "OnDelete"}})"));
    cluster.run_until("the set is rolled out", [&] { return is_rolled_out(cluster, "web"); });
    const std::string first = cluster.stateful_set("web").status.currentRevision;
    cluster.merge_patch(
        kSets, "web", R"({"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "web:v2"}]}}}})"
    );
    cluster.run_until("the new revision is known", [&] {
        return cluster.stateful_set("web").status.updateRevision != first;
    });
    cluster.run_for(std::chrono::minutes{5});
    EXPECT_EQ(cluster.pod("web-0").spec.containers.front().image, "web:v1");
    EXPECT_EQ(cluster.stateful_set("web").status.updatedReplicas, 0);
    cluster.remove(kPods, "web-0");
    cluster.run_until("the set is rolled out", [&] { return is_rolled_out(cluster, "web"); });
    EXPECT_EQ(cluster.pod("web-0").spec.containers.front().image, "web:v2");
    // Only a finished RollingUpdate moves the current revision on.
    EXPECT_EQ(cluster.stateful_set("web").status.currentRevision, first);
}

TEST(StatefulSetController, takes_up_the_revision_of_a_template_that_comes_back) {
    TestCluster cluster;
    cluster.create(a_stateful_set("web"));
    cluster.run_until("the set is rolled out", [&] { return is_rolled_out(cluster, "web"); });
    const std::string first = cluster.stateful_set("web").status.updateRevision;
    for (const std::string image : {"web:v2", "web:v1"}) {
        cluster.merge_patch(
            kSets,
            "web",
            fmt::format(
                R"({{"spec": {{"template": {{"spec": {{"containers": [{{"name": "main", "image": "{}"}}]}}}}}}}})",
                image
            )
        );
        cluster.run_until("the pod has the image", [&] {
            return is_rolled_out(cluster, "web") && cluster.pod("web-0").spec.containers.front().image == image;
        });
    }
    EXPECT_EQ(cluster.stateful_set("web").status.updateRevision, first);
    EXPECT_EQ(cluster.list(kRevisions).size(), 2U);
    EXPECT_EQ(cluster.get(kRevisions, first).at("revision").as_int64(), 3);
}

TEST(StatefulSetController, scales_down_from_the_highest_ordinal) {
    TestCluster cluster;
    cluster.create(a_stateful_set("web", R"({"replicas": 3})"));
    cluster.run_until("the set is rolled out", [&] { return is_rolled_out(cluster, "web"); });
    cluster.merge_patch(kSets, "web", R"({"spec": {"replicas": 1}})");
    cluster.run_until("two pods are gone", [&] {
        return is_rolled_out(cluster, "web") && cluster.list(kPods).size() == 1;
    });
    EXPECT_TRUE(cluster.exists(kPods, "web-0"));
}

TEST(StatefulSetController, starts_the_next_pod_only_when_its_predecessor_is_ready) {
    TestCluster cluster;
    cluster.workloads->faults().add({.pod = "web-0"}, {FaultKind::NeverReady});
    cluster.create(a_stateful_set("web", R"({"replicas": 2})"));
    cluster.run_until("the first pod runs", [&] {
        return cluster.exists(kPods, "web-0") && cluster.pod("web-0").status.phase == "Running";
    });
    cluster.run_for(std::chrono::minutes{5});
    EXPECT_FALSE(cluster.exists(kPods, "web-1"));
    cluster.workloads->faults().clear();
    cluster.run_until("the set is rolled out", [&] { return is_rolled_out(cluster, "web"); });
}

TEST(StatefulSetController, starts_all_pods_at_once_with_the_parallel_policy) {
    TestCluster cluster;
    cluster.workloads->faults().add({.pod = "web-0"}, {FaultKind::NeverReady});
    cluster.create(a_stateful_set("web", R"({"replicas": 3, "podManagementPolicy": "Parallel"})"));
    cluster.run_until("the other pods are ready", [&] {
        return cluster.stateful_set("web").status.readyReplicas == 2;
    });
    EXPECT_EQ(cluster.stateful_set("web").status.replicas, 3);
}

TEST(StatefulSetController, gives_each_pod_its_claims_and_keeps_them) {
    TestCluster cluster;
    cluster.create(a_stateful_set("web", R"({"volumeClaimTemplates": [{"metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]})"));
    cluster.run_until("the set is rolled out", [&] { return is_rolled_out(cluster, "web"); });
    const kube::json::Value claim = cluster.get(kClaims, "data-web-0");
    EXPECT_EQ(kube::json::find_string(claim, {"status", "phase"}), "Bound");
    EXPECT_EQ(cluster.pod("web-0").spec.volumes.front().persistentVolumeClaim->claimName, "data-web-0");
    cluster.remove(kSets, "web");
    cluster.run_until("the pod is gone", [&] { return !cluster.exists(kPods, "web-0"); });
    EXPECT_TRUE(cluster.exists(kClaims, "data-web-0"));
}

TEST(StatefulSetController, counts_a_pod_as_available_after_min_ready_seconds) {
    TestCluster cluster;
    cluster.create(a_stateful_set("web", R"({"minReadySeconds": 60})"));
    cluster.run_until("the pod is ready", [&] { return cluster.stateful_set("web").status.readyReplicas == 1; });
    EXPECT_EQ(cluster.stateful_set("web").status.availableReplicas, 0);
    cluster.run_for(std::chrono::seconds{61});
    EXPECT_EQ(cluster.stateful_set("web").status.availableReplicas, 1);
}

TEST(StatefulSetController, rests_when_everything_is_as_it_should_be) {
    TestCluster cluster;
    cluster.create(a_stateful_set("web", R"({"replicas": 3})"));
    cluster.run_until("the set is rolled out", [&] { return is_rolled_out(cluster, "web"); });
    cluster.run_for(std::chrono::minutes{1});
    const auto before = cluster.revision();
    cluster.run_for(std::chrono::hours{1});
    EXPECT_EQ(cluster.revision(), before);
}

}  // namespace
}  // namespace devcluster::workloads::test
