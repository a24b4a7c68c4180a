// Pods, claims and faults as a user of the cluster sees them.
#include "test_cluster.hpp"

namespace devcluster::workloads::test {
namespace {

bool is_ready(TestCluster& cluster, const std::string& name) {
    return cluster.exists(kPods, name) && kube::is_condition_true(cluster.pod(name).status.conditions, "Ready");
}

std::string waiting_reason(TestCluster& cluster, const std::string& name) {
    const kube::Pod pod = cluster.pod(name);
    const auto* status = kube::find_container_status(pod.status, "main");
    return status != nullptr && status->state && status->state->waiting ? status->state->waiting->reason : "";
}

constexpr std::string_view kClaim =
    R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}})";
constexpr std::string_view kUsesClaim =
    R"({"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]})";

TEST(Kubelet, registers_a_machine_that_is_ready) {
    TestCluster cluster;
    cluster.run_until("the machine is ready", [&] {
        const auto status = cluster.get(kMachines, "simulated");
        const auto* conditions = kube::json::find(status, {"status", "conditions"});
        return conditions != nullptr && kube::json::find_string(conditions->as_array().front(), {"status"}) == "True";
    });
    const auto machine = cluster.get(kMachines, "simulated");
    EXPECT_FALSE(kube::json::find_string(machine, {"status", "allocatable", "pods"}).empty());
}

TEST(Kubelet, binds_and_runs_a_pod) {
    TestCluster cluster;
    cluster.create(a_pod("web"));
    cluster.run_until("the pod is ready", [&] { return is_ready(cluster, "web"); });
    const kube::Pod pod = cluster.pod("web");
    EXPECT_EQ(pod.spec.nodeName, "simulated");
    EXPECT_EQ(pod.status.hostIP, "10.0.0.10");
    EXPECT_TRUE(pod.status.podIP.starts_with("10.244.")) << pod.status.podIP;
    EXPECT_EQ(pod.status.containerStatuses.front().image, "web:v1");
}

TEST(Kubelet, gives_each_pod_an_address_of_its_own) {
    TestCluster cluster;
    cluster.create(a_pod("one"));
    cluster.create(a_pod("two"));
    cluster.run_until("both are ready", [&] { return is_ready(cluster, "one") && is_ready(cluster, "two"); });
    EXPECT_NE(cluster.pod("one").status.podIP, cluster.pod("two").status.podIP);
}

TEST(Kubelet, removes_a_pod_that_is_deleted) {
    TestCluster cluster;
    cluster.create(a_pod("web"));
    cluster.run_until("the pod is ready", [&] { return is_ready(cluster, "web"); });
    cluster.remove(kPods, "web");
    cluster.run_until("the pod is gone", [&] { return !cluster.exists(kPods, "web"); });
}

TEST(Kubelet, lets_processes_take_their_time_to_end) {
    WorkloadsOptions options;
    options.kubelet.termination_delay = std::chrono::seconds{20};
    TestCluster cluster{options};
    cluster.create(a_pod("web"));
    cluster.run_until("the pod is ready", [&] { return is_ready(cluster, "web"); });
    cluster.remove(kPods, "web");
    cluster.run_for(std::chrono::seconds{19});
    EXPECT_TRUE(cluster.exists(kPods, "web"));
    cluster.run_for(std::chrono::seconds{2});
    EXPECT_FALSE(cluster.exists(kPods, "web"));
}

TEST(Kubelet, waits_for_a_config_map) {
    TestCluster cluster;
    cluster.create(a_pod("web", "{}", R"({"volumes": [{"name": "settings", "configMap": {"name": "settings"}}]})"));
    cluster.run_until("the pod waits", [&] { return waiting_reason(cluster, "web") == "ContainerCreating"; });
    cluster.run_for(std::chrono::minutes{1});
    EXPECT_EQ(cluster.pod("web").status.phase, "Pending");
    cluster.create(R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}})");
    cluster.run_until("the pod is ready", [&] { return is_ready(cluster, "web"); });
}

TEST(Kubelet, does_not_bind_a_pod_before_its_claim_is_bound) {
    TestCluster cluster;
    cluster.create(a_pod("web", "{}", kUsesClaim));
    cluster.run_until("the pod is unschedulable", [&] {
        const kube::Pod pod = cluster.pod("web");
        const auto* scheduled = kube::find_condition(pod.status.conditions, "PodScheduled");
        return scheduled != nullptr && scheduled->reason == "Unschedulable";
    });
    EXPECT_TRUE(cluster.pod("web").spec.nodeName.empty());
    cluster.create(kClaim);
    cluster.run_until("the pod is ready", [&] { return is_ready(cluster, "web"); });
}

/// Kubernetes' own controllers write volumes, too.
TEST(ClaimBinder, binds_a_claim_although_somebody_changes_its_volume_just_before) {
    TestCluster cluster;
    int changes = 0;
    cluster.way.before_each = [&](const kube::HttpRequest& request) -> kube::Async<> {
        static constexpr std::string_view collection = "/api/v1/persistentvolumes/";
        if (request.method != kube::HttpMethod::Patch || !request.target.starts_with(collection)) co_return;
        if (++changes > 1) co_return;
        const std::string name{std::string_view{request.target}.substr(collection.size()).substr(0, 40)};
        const kube::json::Value label = kube::json::parse(R"({"metadata": {"labels": {"a": "b"}}})");
        (void)co_await kube::detail::unguarded(cluster.client).merge_patch(kVolumes, {{}, name}, {}, label.as_object());
    };
    cluster.create(kClaim);
    cluster.run_until("the claim is bound", [&] {
        return kube::json::find_string(cluster.get(kClaims, "data"), {"status", "phase"}) == "Bound";
    });
    EXPECT_GT(changes, 1);
}

TEST(Kubelet, obeys_faults_that_stand_in_annotations) {
    struct Case {
        std::string word;
        std::string waiting_reason;
    };
    for (const Case& one :
         {Case{"image-pull", "ImagePullBackOff"},
          {"crash-loop", "CrashLoopBackOff"},
          {"slow-start", "ContainerCreating"}}) {
        SCOPED_TRACE(one.word);
        TestCluster cluster;
        cluster.create(a_pod("web", fmt::format(R"({{"annotations": {{"devcluster/fault": "{}"}}}})", one.word)));
        cluster.run_until("the fault shows", [&] { return waiting_reason(cluster, "web") == one.waiting_reason; });
        cluster.merge_patch(kPods, "web", R"({"metadata": {"annotations": {"devcluster/fault": null}}})");
        cluster.run_until("the pod is ready", [&] { return is_ready(cluster, "web"); });
    }
}

TEST(Kubelet, leaves_a_pending_pod_without_a_machine) {
    TestCluster cluster;
    const auto fault = cluster.workloads->faults().add({.pod = "web"}, {FaultKind::Pending});
    cluster.create(a_pod("web"));
    cluster.run_for(std::chrono::minutes{1});
    EXPECT_TRUE(cluster.pod("web").spec.nodeName.empty());
    cluster.workloads->faults().remove(fault);
    cluster.run_until("the pod is ready", [&] { return is_ready(cluster, "web"); });
}

class Recorder final : public ContainerObserver, public PodProbe {
public:
    void container_started(const kube::Pod& pod, const std::string& container) override {
        told.push_back("start " + pod.metadata.name + "/" + container);
    }
    void container_stopped(const kube::Pod& pod, const std::string& container) override {
        told.push_back("stop " + pod.metadata.name + "/" + container);
    }
    kube::Async<bool> is_ready(kube::Snapshot<kube::Pod>, std::string) override { co_return ready; }

    std::vector<std::string> told;
    bool ready = false;
};

TEST(Kubelet, tells_of_processes_that_begin_and_end) {
    Recorder recorder;
    TestCluster cluster{{}, nullptr, &recorder};
    cluster.create(a_pod("web"));
    cluster.run_until("the pod is ready", [&] { return is_ready(cluster, "web"); });
    cluster.remove(kPods, "web");
    cluster.run_until("the pod is gone", [&] { return !cluster.exists(kPods, "web"); });
    EXPECT_EQ(recorder.told, (std::vector<std::string>{"start web/main", "stop web/main"}));
}

TEST(Kubelet, asks_the_probe_again_when_it_is_told_that_something_changed) {
    Recorder recorder;
    TestCluster cluster{{}, &recorder};
    cluster.create(a_pod(
        "web",
        "{}",
        R"({"containers": [{"name": "main", "image": "web:v1", "readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 3600}}]})"
    ));
    cluster.run_until("the pod runs", [&] { return cluster.pod("web").status.phase == "Running"; });
    EXPECT_FALSE(is_ready(cluster, "web"));
    recorder.ready = true;
    cluster.workloads->kubelet().recheck({"default", "web"});
    cluster.run_for(std::chrono::seconds{1});
    EXPECT_TRUE(is_ready(cluster, "web"));
}

TEST(ClaimBinder, makes_a_volume_for_a_claim_and_takes_it_away_with_it) {
    TestCluster cluster;
    cluster.create(kClaim);
    cluster.run_until("the claim is bound", [&] {
        return kube::json::find_string(cluster.get(kClaims, "data"), {"status", "phase"}) == "Bound";
    });
    const auto claim = cluster.get(kClaims, "data");
    const std::string volume{kube::json::find_string(claim, {"spec", "volumeName"})};
    EXPECT_EQ(kube::json::find_string(claim, {"status", "capacity", "storage"}), "1Gi");
    EXPECT_EQ(kube::json::find_string(cluster.get(kVolumes, volume), {"status", "phase"}), "Bound");
    cluster.remove(kClaims, "data");
    cluster.run_until("the volume is gone", [&] { return !cluster.exists(kVolumes, volume); });
    EXPECT_FALSE(cluster.exists(kClaims, "data"));
}

TEST(ClaimBinder, keeps_a_claim_while_a_pod_uses_it) {
    TestCluster cluster;
    cluster.create(kClaim);
    cluster.create(a_pod("web", "{}", kUsesClaim));
    cluster.run_until("the pod is ready", [&] { return is_ready(cluster, "web"); });
    cluster.remove(kClaims, "data");
    cluster.run_for(std::chrono::minutes{1});
    EXPECT_TRUE(cluster.exists(kClaims, "data"));
    cluster.remove(kPods, "web");
    cluster.run_until("the claim is gone", [&] { return !cluster.exists(kClaims, "data"); });
}

TEST(ClaimBinder, binds_a_claim_to_the_volume_that_it_names_and_releases_it) {
    TestCluster cluster;
    cluster.create(R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "imported"},
        "spec": {"accessModes": ["ReadWriteOnce"], "volumeName": "disk", "storageClassName": "",
                 "resources": {"requests": {"storage": "1Gi"}}}})");
    cluster.run_for(std::chrono::seconds{5});
    EXPECT_EQ(kube::json::find_string(cluster.get(kClaims, "imported"), {"status", "phase"}), "Pending");
    cluster.create(R"({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"},
        "spec": {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "5Gi"}, "hostPath": {"path": "/disk"},
                 "persistentVolumeReclaimPolicy": "Retain"}})");
    cluster.run_until("the claim is bound", [&] {
        return kube::json::find_string(cluster.get(kClaims, "imported"), {"status", "phase"}) == "Bound";
    });
    EXPECT_EQ(kube::json::find_string(cluster.get(kClaims, "imported"), {"status", "capacity", "storage"}), "5Gi");
    cluster.remove(kClaims, "imported");
    cluster.run_until("the volume is released", [&] {
        return kube::json::find_string(cluster.get(kVolumes, "disk"), {"status", "phase"}) == "Released";
    });
}

}  // namespace
}  // namespace devcluster::workloads::test
