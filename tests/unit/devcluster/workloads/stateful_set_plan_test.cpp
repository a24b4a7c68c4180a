#include "devcluster/workloads/stateful_set_plan.hpp"

#include <gtest/gtest.h>

#include "devcluster/workloads/stateful_set_pod.hpp"
#include "testkit/snapshot_of.hpp"

namespace devcluster::workloads {
namespace {

constexpr kube::WallTime kNow{std::chrono::days{20'000}};

enum class State { Ready, Unready, Failed, Terminating };

kube::Snapshot<kube::Pod> a_pod(int ordinal, std::string revision, State state = State::Ready) {
    kube::Pod pod;
    pod.metadata.name = fmt::format("web-{}", ordinal);
    pod.metadata.uid = fmt::format("uid-{}", ordinal);
    pod.metadata.labels["controller-revision-hash"] = std::move(revision);
    pod.status.phase = state == State::Failed ? "Failed" : "Running";
    if (state == State::Terminating) pod.metadata.deletionTimestamp = kube::Time::of(kNow);
    pod.status.conditions.push_back(
        {.type = "Ready",
         .status = state == State::Ready || state == State::Terminating ? "True" : "False",
         .lastTransitionTime = kube::Time::of(kNow)}
    );
    return testkit::snapshot_of(std::move(pod));
}

StatefulSet a_set(int replicas, std::string strategy = "RollingUpdate", std::string policy = "OrderedReady") {
    StatefulSet set;
    set.metadata.name = "web";
    set.metadata.generation = 7;
    set.spec.replicas = replicas;
    set.spec.updateStrategy.type = std::move(strategy);
    set.spec.podManagementPolicy = std::move(policy);
    set.status.currentRevision = "old";
    set.status.currentReplicas = replicas;
    return set;
}

DeletePod deletion_of(int ordinal, bool is_condemned = false) {
    return {fmt::format("web-{}", ordinal), fmt::format("uid-{}", ordinal), is_condemned};
}

TEST(StatefulSetPlan, acts_as_the_rules_say) {
    using Pods = std::vector<kube::Snapshot<kube::Pod>>;
    struct Case {
        std::string behaviour;
        StatefulSet set;
        Pods pods;
        std::vector<StatefulSetAction> expected;
    };
    StatefulSet deleted = a_set(2);
    deleted.metadata.deletionTimestamp = kube::Time::of(kNow);
    StatefulSet partitioned = a_set(2);
    partitioned.spec.updateStrategy.rollingUpdate = kube::RollingUpdateStatefulSetStrategy{.partition = 1};
    StatefulSet shifted = a_set(1);
    shifted.spec.ordinals = Ordinals{.start = 5};
    const std::vector<Case> cases{
        {"the first pod comes alone", a_set(2), {}, {CreatePod{0, RevisionChoice::Current}}},
        {"a new pod of OnDelete has the new template", a_set(1, "OnDelete"), {}, {CreatePod{0, RevisionChoice::Update}}
        },
        {"all pods of a parallel set come at once",
         a_set(2, "OnDelete", "Parallel"),
         {},
         {CreatePod{0, RevisionChoice::Update}, CreatePod{1, RevisionChoice::Update}}},
        {"the second pod waits for the first", a_set(2), {a_pod(0, "old", State::Unready)}, {}},
        {"a failed pod is deleted", a_set(1), {a_pod(0, "new", State::Failed)}, {deletion_of(0)}},
        {"a pod that goes is waited for", a_set(1), {a_pod(0, "old", State::Terminating)}, {}},
        {"the highest ordinal is condemned first",
         a_set(1),
         {a_pod(0, "new"), a_pod(1, "new"), a_pod(2, "new")},
         {deletion_of(2, true)}},
        {"a parallel set condemns all at once",
         a_set(1, "RollingUpdate", "Parallel"),
         {a_pod(0, "new"), a_pod(1, "new"), a_pod(2, "new")},
         {deletion_of(2, true), deletion_of(1, true)}},
        {"a rolling update begins at the highest ordinal",
         a_set(2),
         {a_pod(0, "old"), a_pod(1, "old")},
         {deletion_of(1)}},
        {"a rolling update goes on when the pod above is ready",
         a_set(2),
         {a_pod(0, "old"), a_pod(1, "new")},
         {deletion_of(0)}},
        {"a rolling update stops at the partition", partitioned, {a_pod(0, "old"), a_pod(1, "new")}, {}},
        {"OnDelete leaves old pods alone", a_set(1, "OnDelete"), {a_pod(0, "old")}, {}},
        {"a broken pod of an ordered set blocks its own update", a_set(1), {a_pod(0, "old", State::Unready)}, {}},
        {"a deleted set does nothing", deleted, {}, {}},
        {"ordinals begin where the set says", shifted, {}, {CreatePod{5, RevisionChoice::Current}}},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.behaviour);
        EXPECT_EQ(plan_stateful_set(one.set, one.pods, "old", "new", kNow).actions, one.expected);
    }
}

TEST(StatefulSetPlan, moves_the_current_revision_on_when_a_rolling_update_is_complete) {
    const auto status = plan_stateful_set(a_set(2), {a_pod(0, "new"), a_pod(1, "new")}, "old", "new", kNow).status;
    EXPECT_EQ(status.currentRevision, "new");
    EXPECT_EQ(status.currentReplicas, 2);
    EXPECT_EQ(status.observedGeneration, 7);
}

TEST(StatefulSetPlan, never_moves_the_current_revision_of_on_delete) {
    const auto status = plan_stateful_set(a_set(1, "OnDelete"), {a_pod(0, "new")}, "old", "new", kNow).status;
    EXPECT_EQ(status.currentRevision, "old");
    EXPECT_EQ(status.updateRevision, "new");
    EXPECT_EQ(status.updatedReplicas, 1);
    EXPECT_EQ(status.currentReplicas, 0);
}

TEST(StatefulSetPlan, says_when_a_ready_pod_becomes_available) {
    StatefulSet set = a_set(1);
    set.spec.minReadySeconds = 30;
    const auto plan = plan_stateful_set(set, {a_pod(0, "new")}, "new", "new", kNow + std::chrono::seconds{10});
    EXPECT_EQ(plan.status.readyReplicas, 1);
    EXPECT_EQ(plan.status.availableReplicas, 0);
    EXPECT_EQ(plan.due, std::chrono::seconds{20});
}

TEST(StatefulSetPod, hands_claims_to_the_set_or_to_a_condemned_pod_as_the_retention_policy_says) {
    StatefulSet set = a_set(1);
    set.metadata.uid = "set-uid";
    const auto pod = a_pod(0, "new");
    EXPECT_TRUE(claim_owners(set, {}, "web-0", &*pod).empty());
    set.spec.persistentVolumeClaimRetentionPolicy = ClaimRetention{.whenDeleted = "Delete", .whenScaled = "Delete"};
    const auto of_living = claim_owners(set, {}, "web-0", nullptr);
    ASSERT_EQ(of_living.size(), 1U);
    EXPECT_EQ(of_living.front().uid, "set-uid");
    const auto of_condemned = claim_owners(set, of_living, "web-0", &*pod);
    ASSERT_EQ(of_condemned.size(), 2U);
    EXPECT_EQ(of_condemned.back().uid, "uid-0");
}

}  // namespace
}  // namespace devcluster::workloads
