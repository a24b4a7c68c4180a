// How far a template has got, told from a StatefulSet and its pods.
#include "sei/tasks/rollout.hpp"
#include "testkit/snapshot_of.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sei::tasks {
namespace {

using State = Rollout::State;

struct Seen {
    std::int64_t observed_generation = 2;
    std::string update_revision = "rev-2";
    std::int32_t updated = 0;
    std::int32_t ready = 0;
};

kube::StatefulSet stateful_set(const Seen& seen) {
    kube::StatefulSet set;
    set.metadata.name = "n0";
    set.metadata.uid = "set-uid";
    set.metadata.generation = 2;
    set.spec.replicas = 1;
    set.spec.template_.spec.containers.push_back({.name = "seid", .image = "seid:v2"});
    set.status.observedGeneration = seen.observed_generation;
    set.status.currentRevision = "rev-1";
    set.status.updateRevision = seen.update_revision;
    set.status.updatedReplicas = seen.updated;
    set.status.readyReplicas = seen.ready;
    return set;
}

kube::Pod pod(const std::string& revision, const std::string& image, const std::string& waiting) {
    kube::Pod pod;
    pod.metadata.name = "n0-0";
    pod.metadata.uid = "pod-uid";
    pod.metadata.labels["controller-revision-hash"] = revision;
    pod.metadata.ownerReferences.push_back({.kind = "StatefulSet", .name = "n0", .uid = "set-uid", .controller = true});
    pod.spec.containers.push_back({.name = "seid", .image = image});
    kube::ContainerStatus status;
    status.name = "seid";
    status.state.emplace();
    if (waiting.empty()) {
        status.state->running.emplace();
    } else {
        status.state->waiting = kube::ContainerStateWaiting{.reason = waiting, .message = ""};
    }
    pod.status.containerStatuses.push_back(status);
    pod.status.phase = "Pending";
    return pod;
}

kube::Pod terminating(kube::Pod pod) {
    pod.metadata.deletionTimestamp.emplace();
    return pod;
}

kube::Pod foreign(kube::Pod pod) {
    pod.metadata.ownerReferences.front().uid = "another";
    return pod;
}

TEST(Rollout, is_judged_by_what_the_pods_are_and_do) {
    struct Case {
        std::string behaviour;
        Seen seen;
        std::vector<kube::Pod> pods;
        State expected;
        std::string waits_for;
    };
    const std::vector<Case> cases{
        {"the controller has not seen the template",
         {.observed_generation = 1},
         {},
         State::NotObserved,
         "the controller of StatefulSet n0 to observe generation 2"},
        {"the controller has named no revision yet", {.update_revision = ""}, {}, State::NotObserved, ""},
        {"an old pod is outdated", {}, {pod("rev-1", "seid:v1", "")}, State::PodsOutdated, "pod n0-0 of an older"},
        {"an old pod is outdated although the set claims to be updated",
         {.updated = 1, .ready = 1},
         {pod("rev-1", "seid:v1", "")},
         State::PodsOutdated,
         ""},
        {"an old pod that goes is no longer there",
         {.ready = 1},
         {terminating(pod("rev-1", "seid:v1", ""))},
         State::Starting,
         "a pod of StatefulSet n0"},
        {"a pod of another set does not count",
         {},
         {foreign(pod("rev-2", "seid:v2", ""))},
         State::Starting,
         "a pod of StatefulSet n0"},
        {"a pod without a revision does not count", {}, {pod("", "seid:v1", "")}, State::Starting, ""},
        {"no pod yet", {}, {}, State::Starting, "a pod of StatefulSet n0"},
        {"a new pod that cannot pull",
         {.updated = 1},
         {pod("rev-2", "seid:v2", "ImagePullBackOff")},
         State::Starting,
         "container seid of pod n0-0: ImagePullBackOff"},
        {"a new pod on its way",
         {.updated = 1},
         {pod("rev-2", "seid:v2", "PodInitializing")},
         State::Starting,
         "pod n0-0 to start (phase Pending)"},
        {"a new pod with another image does not count", {.updated = 1}, {pod("rev-2", "x", "")}, State::Starting, ""},
        {"a new pod that runs, ready or not", {.updated = 1}, {pod("rev-2", "seid:v2", "")}, State::Started, ""},
        {"no pods, but the set reports all updated and ready", {.updated = 1, .ready = 1}, {}, State::Started, ""},
        {"updated without ready is created only", {.updated = 1}, {}, State::Starting, ""},
        {"ready without updated is the old one", {.ready = 1}, {}, State::Starting, ""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        const std::vector<kube::Snapshot<kube::Pod>> pods = testkit::snapshots_of(c.pods);
        const Rollout rollout = observe_rollout(stateful_set(c.seen), pods);
        EXPECT_EQ(rollout.state, c.expected);
        EXPECT_TRUE(rollout.waits_for.starts_with(c.waits_for)) << rollout.waits_for;
        EXPECT_EQ(rollout.image, "seid:v2");
        EXPECT_EQ(rollout.outdated.size(), c.expected == State::PodsOutdated ? 1u : 0u);
    }
}

kube::StatefulSet never_changed(kube::StatefulSet set) {
    set.metadata.generation = 1;
    return set;
}

TEST(RunningImage, is_told_only_where_it_is_known) {
    struct Case {
        std::string behaviour;
        kube::StatefulSet set;
        std::vector<kube::Pod> pods;
        std::string expected;
        PodIsKnown known = PodIsKnown::FromCache;
    };
    const Seen rolled{.updated = 1, .ready = 1};
    const std::vector<Case> cases{
        {"that of a living pod", stateful_set(rolled), {pod("rev-1", "seid:v1", "")}, "seid:v1"},
        {"that of a pod which has not started is not run", stateful_set({}), {pod("rev-2", "seid:v2", "Pulling")}, ""},
        {"a changed template says nothing of a pod that is not seen", stateful_set({}), {}, ""},
        {"nor of one that goes", stateful_set({}), {terminating(pod("rev-1", "seid:v1", ""))}, ""},
        {"what is reported of an earlier template says nothing",
         stateful_set({.observed_generation = 1, .updated = 1, .ready = 1}),
         {},
         ""},
        {"all updated and ready, it is that of the template", stateful_set(rolled), {}, "seid:v2"},
        {"a template that never changed is that of a pod which answers",
         never_changed(stateful_set({})),
         {},
         "seid:v2",
         PodIsKnown::ByAnswer},
        {"but where none does it says nothing", never_changed(stateful_set({})), {}, ""},
        {"but not of one of the StatefulSet that was there before",
         never_changed(stateful_set({})),
         {terminating(pod("rev-1", "seid:v1", ""))},
         "",
         PodIsKnown::ByAnswer},
        {"that of its own pod is known before it has started, where it answers",
         never_changed(stateful_set({})),
         {pod("rev-2", "seid:v2", "Pulling")},
         "seid:v2",
         PodIsKnown::ByAnswer},
        {"but not where it does not", never_changed(stateful_set({})), {pod("rev-2", "seid:v2", "Pulling")}, ""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        const std::vector<kube::Snapshot<kube::Pod>> pods = testkit::snapshots_of(c.pods);
        EXPECT_EQ(running_image(c.set, pods, c.known), c.expected);
    }
}

TEST(ReadyPod, is_one_of_the_newest_template_with_the_image_that_is_asked_about) {
    struct Case {
        std::string behaviour;
        Seen seen;
        std::string image = "seid:v2";
        bool expected = false;
    };
    const std::vector<Case> cases{
        {.behaviour = "updated and ready", .seen = {.updated = 1, .ready = 1}, .expected = true},
        {.behaviour = "ready is the one before the rollout", .seen = {.updated = 0, .ready = 1}},
        {.behaviour = "updated and not ready yet", .seen = {.updated = 1, .ready = 0}},
        {.behaviour = "told of an earlier template", .seen = {.observed_generation = 1, .updated = 1, .ready = 1}},
        {.behaviour = "the rollout is not seen at all", .seen = {.updated = 1, .ready = 1}, .image = "seid:v3"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(has_ready_pod(stateful_set(c.seen), c.image), c.expected);
    }
}

TEST(OutdatedImage, is_that_of_a_pod_of_an_older_template_with_another_image) {
    struct Case {
        std::string behaviour;
        Seen seen;
        kube::Pod pod;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"an older template with another image", {}, pod("rev-1", "seid:v1", ""), "seid:v1"},
        {"whether it runs or not", {}, pod("rev-1", "seid:v1", "ImagePullBackOff"), "seid:v1"},
        {"an older template with the same image", {}, pod("rev-1", "seid:v2", ""), ""},
        {"somebody gave the pod another image by hand", {}, pod("rev-2", "seid:mine", ""), ""},
        {"it goes already", {}, terminating(pod("rev-1", "seid:v1", "")), ""},
        {"the template was not seen yet", {.observed_generation = 1}, pod("rev-1", "seid:v1", ""), ""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(outdated_image(stateful_set(c.seen), {testkit::snapshot_of(c.pod)}, "seid:v2"), c.expected);
    }
}

}  // namespace
}  // namespace sei::tasks
