// What runs around an API server: the simulated controllers on `embedded`, Kubernetes' own on `cluster`, one body for
// both, so that the first are measured against the second. The kubelet is ours on both.
#include <algorithm>

#include <gtest/gtest.h>

#include "kube/json/json.hpp"
#include "kube/types/job.hpp"
#include "support/world.hpp"

namespace {

constexpr kube::ResourceType kSets{"apps", "v1", "StatefulSet", "statefulsets"};
constexpr kube::ResourceType kPods{"", "v1", "Pod", "pods"};
constexpr kube::ResourceType kMaps{"", "v1", "ConfigMap", "configmaps"};

/// A world without the operator, where pods run.
class WorkloadsTest : public testing::Test {
protected:
    void SetUp() override {
        if (support::backend() == support::Backend::ApiServer) {
            GTEST_SKIP() << "nothing runs pods on the backend apiserver";
        }
        world = std::make_unique<support::World>(support::WorldOptions{.with_operator = false});
    }

    void create(const kube::ResourceType& type, std::string_view text) {
        const auto created =
            world->run(kube::detail::unguarded(world->client())
                           .create(type, world->namespace_name(), kube::json::parse(text).as_object()));
        ASSERT_TRUE(created);
    }
    /// Comes back when this test's own watch has seen it.
    template <kube::Kind K>
    void patch(const std::string& name, std::string_view text) {
        const auto written = world->run(
            kube::detail::unguarded(world->client())
                .merge_patch(kube::KindOf<K>::type, world->key(name), {}, kube::json::parse(text).as_object())
        );
        ASSERT_TRUE(written);
        const std::string version{kube::json::find_string(**written, {"metadata", "resourceVersion"})};
        ASSERT_TRUE(world->run_until_seen<K>(kube::ResourceVersion{version}));
    }
    void remove(const kube::ResourceType& type, const std::string& name, const std::string& uid) {
        (void)world->run(
            kube::detail::unguarded(world->client())
                .delete_object(type, world->key(name), {kube::Uid{uid}, std::nullopt}, kube::Propagation::Background)
        );
    }
    void create_set(int replicas) {
        create(
            kSets,
            fmt::format(
                R"({{"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {{"name": "web"}}, "spec": {{
                    "replicas": {}, "serviceName": "web", "selector": {{"matchLabels": {{"app": "web"}}}},
                    "volumeClaimTemplates": [{{"metadata": {{"name": "data"}}, "spec": {{
                        "accessModes": ["ReadWriteOnce"], "resources": {{"requests": {{"storage": "1Gi"}}}}}}}}],
                    "template": {{"metadata": {{"labels": {{"app": "web"}}}}, "spec": {{
                        "automountServiceAccountToken": false,
                        "initContainers": [{{"name": "side", "image": "s:v1", "restartPolicy": "Always"}}],
                        "containers": [{{"name": "main", "image": "web:v1"}}]}}}}}}}})",
                replicas
            )
        );
        ASSERT_TRUE(world->run_until("the set is rolled out", [this] { return is_rolled_out(); }));
    }
    void set_image(std::string_view image) {
        patch<kube::StatefulSet>(
            "web",
            fmt::format(
                R"({{"spec": {{"template": {{"spec": {{"containers": [{{"name": "main", "image": "{}"}}]}}}}}}}})",
                image
            )
        );
    }

    [[nodiscard]] kube::StatefulSetStatus status() const { return world->stateful_set("web")->status; }
    /// As its status has it, and as the pods are that this test has seen: of the two watches either may be ahead.
    [[nodiscard]] bool is_rolled_out() const {
        const auto set = world->stateful_set("web");
        if (!set) return false;
        const std::int32_t wanted = set->spec.replicas.value_or(1);
        std::int32_t updated = 0;
        for (const kube::Pod& one : world->pods()) {
            if (one.metadata.deletionTimestamp) return false;
            updated += one.metadata.labels.at("controller-revision-hash") == set->status.updateRevision ? 1 : 0;
        }
        return updated == wanted && set->status.observedGeneration == set->metadata.generation &&
               set->status.replicas == wanted && set->status.readyReplicas == wanted &&
               set->status.updatedReplicas == wanted;
    }
    [[nodiscard]] std::optional<kube::Pod> pod(std::string_view name) const {
        for (const kube::Pod& one : world->pods()) {
            if (one.metadata.name == name) return one;
        }
        return std::nullopt;
    }

    std::unique_ptr<support::World> world;
};

TEST_F(WorkloadsTest, a_revision_has_the_name_that_kubernetes_gives_its_template) {
    ASSERT_NO_FATAL_FAILURE(create_set(1));
    EXPECT_EQ(status().updateRevision, "web-69df4cbf67");
    EXPECT_EQ(pod("web-0")->metadata.labels.at("controller-revision-hash"), "web-69df4cbf67");
}

TEST_F(WorkloadsTest, a_rolling_update_ends_with_the_new_revision_as_the_current_one) {
    ASSERT_NO_FATAL_FAILURE(create_set(2));
    const std::string first = status().currentRevision;
    set_image("web:v2");
    ASSERT_TRUE(world->run_until("the set is rolled out", [&] {
        return is_rolled_out() && status().currentRevision == status().updateRevision &&
               status().currentRevision != first;
    }));
    for (const auto* name : {"web-0", "web-1"}) EXPECT_EQ(pod(name)->spec.containers.front().image, "web:v2") << name;
}

TEST_F(WorkloadsTest, a_set_with_on_delete_keeps_its_current_revision_and_reuses_one_that_comes_back) {
    ASSERT_NO_FATAL_FAILURE(create_set(1));
    const std::string first = status().currentRevision;
    patch<kube::StatefulSet>("web", R"({"spec": {"updateStrategy": {"type": "OnDelete", "rollingUpdate": null}}})");
    for (const std::string image : {"web:v2", "web:v1"}) {
        set_image(image);
        ASSERT_TRUE(world->run_until("the template is seen", [&] {
            return status().observedGeneration == world->stateful_set("web")->metadata.generation;
        }));
        ASSERT_TRUE(pod("web-0"));
        remove(kPods, "web-0", pod("web-0")->metadata.uid);
        ASSERT_TRUE(world->run_until("the pod has the image", [&] {
            const auto now = pod("web-0");
            return is_rolled_out() && now && now->spec.containers.front().image == image;
        }));
        EXPECT_EQ(status().currentRevision, first);
    }
    EXPECT_EQ(status().updateRevision, first);
}

TEST_F(WorkloadsTest, a_pod_that_is_told_to_crash_by_annotation_recovers_when_it_is_taken_away) {
    ASSERT_NO_FATAL_FAILURE(create_set(1));
    patch<kube::Pod>("web-0", R"({"metadata": {"annotations": {"devcluster/fault": "crash-loop"}}})");
    ASSERT_TRUE(world->run_until("the pod crashes, and the set is no longer ready", [&] {
        const auto now = pod("web-0");
        const kube::ContainerStatus* main = now ? kube::find_container_status(now->status, "main") : nullptr;
        return main != nullptr && main->state && main->state->waiting &&
               main->state->waiting->reason == "CrashLoopBackOff" && status().readyReplicas == 0;
    }));
    patch<kube::Pod>("web-0", R"({"metadata": {"annotations": {"devcluster/fault": null}}})");
    EXPECT_TRUE(world->run_until("the set is ready again", [this] { return is_rolled_out(); }));
}

TEST_F(WorkloadsTest, a_job_ends_as_the_exit_code_of_its_pod_says) {
    struct Case {
        std::string exit_code;
        std::string condition;
        std::string reason;
    };
    for (const Case& one : {Case{"0", "Complete", "CompletionsReached"}, {"3", "Failed", "BackoffLimitExceeded"}}) {
        SCOPED_TRACE(one.condition);
        const std::string name = "work-" + one.exit_code;
        create(
            kube::KindOf<kube::Job>::type,
            fmt::format(
                R"({{"apiVersion": "batch/v1", "kind": "Job", "metadata": {{"name": "{}"}}, "spec": {{"backoffLimit": 0,
                    "template": {{"metadata": {{"annotations": {{"devcluster/exit-code": "{}"}}}}, "spec": {{
                        "restartPolicy": "Never", "automountServiceAccountToken": false,
                        "containers": [{{"name": "main", "image": "work:v1"}}]}}}}}}}})",
                name,
                one.exit_code
            )
        );
        std::optional<kube::Job> job;
        ASSERT_TRUE(world->run_until("the Job has ended", [&] {
            const auto found = world->run(world->client().get<kube::Job>(world->key(name)));
            if (found) job = **found;
            return job && kube::is_condition_true(job->status.conditions, one.condition);
        }));
        EXPECT_EQ(kube::find_condition(job->status.conditions, one.condition)->reason, one.reason);
    }
}

TEST_F(WorkloadsTest, a_deleted_pod_fails_its_job_and_is_not_replaced_where_there_are_no_retries) {
    create(
        kube::KindOf<kube::Job>::type,
        R"({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "work"}, "spec": {"backoffLimit": 0,
            "template": {"metadata": {"annotations": {"devcluster/run-for": "3600s"}}, "spec": {
                "restartPolicy": "Never", "automountServiceAccountToken": false, "terminationGracePeriodSeconds": 1,
                "containers": [{"name": "main", "image": "work:v1"}]}}}})"
    );
    ASSERT_TRUE(world->run_until("the pod of the Job runs", [&] {
        const auto pods = world->pods();
        return pods.size() == 1 && pods.front().status.phase == "Running";
    }));
    const kube::ObjectMeta first = world->pods().front().metadata;
    remove(kPods, first.name, first.uid);

    std::set<std::string> others;
    ASSERT_TRUE(world->run_until("the Job has failed", [&] {
        for (const kube::Pod& pod : world->pods()) {
            if (pod.metadata.uid != first.uid) others.insert(pod.metadata.name);
        }
        const auto job = world->run(world->client().get<kube::Job>(world->key("work")));
        return job && kube::is_condition_true((*job)->status.conditions, "Failed");
    }));
    EXPECT_EQ(others, std::set<std::string>{});
}

TEST_F(WorkloadsTest, what_an_object_owns_goes_with_it) {
    create(kMaps, R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owner"}})");
    ASSERT_TRUE(world->run_until("the owner is seen", [&] { return world->config_map("owner").has_value(); }));
    const std::string uid = world->config_map("owner")->metadata.uid;
    create(
        kMaps,
        fmt::format(
            R"({{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "owned", "ownerReferences": [
                {{"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "{}"}}]}}}})",
            uid
        )
    );
    ASSERT_TRUE(world->run_until("what it owns is seen", [&] { return world->config_map("owned").has_value(); }));
    remove(kMaps, "owner", uid);
    EXPECT_TRUE(world->run_until("it is gone", [&] { return !world->config_map("owned"); }));
}

}  // namespace
