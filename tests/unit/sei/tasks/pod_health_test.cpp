// Why a pod is of no use yet: containers whose restarts say nothing of the node.
#include "sei/tasks/pod_health.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sei/api/conditions.hpp"
#include "testkit/snapshot_of.hpp"

namespace sei::tasks {
namespace {

struct Case {
    std::string behaviour;
    std::string container;
    /// Why it waits; empty: it runs.
    std::string waits;
    /// How it ended last; 0: it did not.
    std::int32_t last_exit_code = 0;
    std::string_view reason;
};

/// The health of a pod that just began to run, and of which one container is as the case has it.
PodHealth health_of(const Case& tested) {
    kube::Pod pod;
    pod.metadata.name = "n0-0";
    pod.status.phase = "Running";
    kube::ContainerStatus status;
    status.name = tested.container;
    status.state.emplace();
    if (tested.waits.empty()) {
        status.state->running.emplace();
    } else {
        status.state->waiting = kube::ContainerStateWaiting{.reason = tested.waits, .message = "why"};
    }
    if (tested.last_exit_code != 0) {
        status.lastState.emplace();
        status.lastState->terminated.emplace();
        status.lastState->terminated->exitCode = tested.last_exit_code;
    }
    pod.status.containerStatuses.push_back(std::move(status));
    return *pod_health({testkit::snapshot_of(std::move(pod))}, std::nullopt, kube::Time{});
}

TEST(PodHealth, tells_of_a_container_what_concerns_the_node) {
    const std::vector<Case> cases{
        {"seid that ended with an error", "seid", "", 1, api::reason::kCrashLooping},
        {"seid that is held back", "seid", "CrashLoopBackOff", 1, api::reason::kCrashLooping},
        {"an exporter that its probe ended", "cosmos-exporter", "", 137, api::reason::kStarting},
        {"an exporter that is held back", "cosmos-exporter", "CrashLoopBackOff", 137, api::reason::kStarting},
        {"an exporter without image", "cosmos-exporter", "ImagePullBackOff", 0, api::reason::kImagePullFailed},
        {"an exporter that cannot be made",
         "cosmos-exporter",
         "CreateContainerConfigError",
         0,
         api::reason::kContainerNotCreated},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.behaviour);
        EXPECT_EQ(health_of(tested).reason, tested.reason);
    }
}

}  // namespace
}  // namespace sei::tasks
