#include "devcluster/workloads/pod_run.hpp"

#include <gtest/gtest.h>

namespace devcluster::workloads {
namespace {

using std::chrono::seconds;

/// A pod of one container on the machine, and the time.
class PodRun : public testing::Test {
protected:
    PodRun() {
        pod.metadata.name = "web-0";
        pod.metadata.namespace_ = "default";
        pod.metadata.uid = "uid-0";
        pod.spec.nodeName = "simulated";
        pod.spec.restartPolicy = "Always";
        pod.spec.containers = {a_container("main")};
        pod.status.phase = "Pending";
    }

    static kube::Container a_container(std::string name) { return {.name = std::move(name), .image = "web:v1"}; }
    static kube::Container a_sidecar(std::string name) {
        kube::Container container = a_container(std::move(name));
        container.restartPolicy = "Always";
        return container;
    }

    /// One step, whose status becomes the pod's.
    PodStep step() {
        PodInputs inputs{
            .now = now,
            .host_ip = "10.0.0.10",
            .pod_ip = "10.244.0.2",
            .missing_volume = missing,
            .faults = &faults,
            .answers = answers,
            .pull_failing_since = pull_failing_since
        };
        PodStep next = step_pod(pod, inputs);
        pod.status = next.status;
        pull_failing_since = next.pull_failing_since;
        return next;
    }

    [[nodiscard]] const kube::ContainerStatus& container(std::string_view name = "main") const {
        return *kube::find_container_status(pod.status, name);
    }
    [[nodiscard]] std::string waiting_reason(std::string_view name = "main") const {
        return container(name).state->waiting ? container(name).state->waiting->reason : "";
    }
    [[nodiscard]] std::string condition(std::string_view type) const {
        const auto* found = kube::find_condition(pod.status.conditions, type);
        return found == nullptr ? "absent" : found->status;
    }

    kube::Pod pod;
    kube::WallTime now{std::chrono::days{20'000}};
    KubeletFaults faults;
    std::optional<MissingVolume> missing;
    std::map<std::string, ProbeAnswers> answers;
    std::map<std::string, kube::WallTime> pull_failing_since;
};

TEST_F(PodRun, is_running_and_ready_at_once_when_nothing_holds_it_up) {
    const PodStep next = step();
    EXPECT_EQ(pod.status.phase, "Running");
    EXPECT_EQ(pod.status.podIP, "10.244.0.2");
    EXPECT_TRUE(container().ready);
    for (const auto* type : {"PodScheduled", "Initialized", "ContainersReady", "Ready"})
        EXPECT_EQ(condition(type), "True") << type;
    EXPECT_FALSE(next.due);
    EXPECT_EQ(next.transitions, (std::vector<PodStep::Transition>{{"main", true}}));
}

TEST_F(PodRun, changes_nothing_when_it_is_looked_at_again) {
    step();
    const kube::PodStatus before = pod.status;
    now += seconds{100};
    const PodStep next = step();
    EXPECT_EQ(pod.status, before);
    EXPECT_TRUE(next.transitions.empty());
    EXPECT_TRUE(next.notices.empty());
}

TEST_F(PodRun, waits_for_its_volumes) {
    missing = MissingVolume{.message = "configmap \"settings\" not found"};
    const PodStep next = step();
    EXPECT_EQ(pod.status.phase, "Pending");
    EXPECT_EQ(waiting_reason(), "ContainerCreating");
    ASSERT_EQ(next.notices.size(), 1U);
    EXPECT_EQ(next.notices.front().reason, "FailedMount");
    EXPECT_TRUE(step().notices.empty());
    missing.reset();
    step();
    EXPECT_EQ(pod.status.phase, "Running");
}

TEST_F(PodRun, is_pending_while_it_waits_although_the_server_writes_an_empty_last_state) {
    missing = MissingVolume{.message = "configmap \"settings\" not found"};
    step();
    pod.status.containerStatuses.front().lastState.emplace();
    step();
    EXPECT_EQ(pod.status.phase, "Pending");
}

TEST_F(PodRun, starts_its_containers_when_init_containers_have_ended_and_sidecars_have_started) {
    kube::Container sidecar = a_sidecar("beside");
    sidecar.startupProbe = kube::Probe{};
    pod.spec.initContainers = {a_container("first"), sidecar};
    const PodStep next = step();
    EXPECT_EQ(container("first").state->terminated->reason, "Completed");
    EXPECT_TRUE(container("beside").state->running);
    EXPECT_EQ(waiting_reason(), "PodInitializing");
    EXPECT_EQ(pod.status.phase, "Pending");
    ASSERT_EQ(next.asks.size(), 1U);
    EXPECT_EQ(next.asks.front().container, "beside");
    answers["beside"].started = true;
    step();
    EXPECT_EQ(pod.status.phase, "Running");
    EXPECT_EQ(condition("Initialized"), "True");
    EXPECT_EQ(condition("Ready"), "True");
}

TEST_F(PodRun, is_not_ready_until_its_readiness_probe_passes) {
    pod.spec.containers.front().readinessProbe = kube::Probe{.periodSeconds = 7};
    answers["main"].ready = false;
    const PodStep next = step();
    EXPECT_EQ(pod.status.phase, "Running");
    EXPECT_EQ(condition("Ready"), "False");
    EXPECT_EQ(next.due, seconds{7});
    answers["main"].ready = true;
    EXPECT_FALSE(step().due);
    EXPECT_EQ(condition("Ready"), "True");
}

TEST_F(PodRun, comes_to_the_back_off_when_an_image_cannot_be_pulled) {
    const auto fault = faults.add({.image = "web:v1"}, {FaultKind::ImagePull});
    const PodStep first = step();
    EXPECT_EQ(waiting_reason(), "ErrImagePull");
    ASSERT_TRUE(first.due);
    now += *first.due;
    EXPECT_FALSE(step().due);
    EXPECT_EQ(waiting_reason(), "ImagePullBackOff");
    EXPECT_EQ(pod.status.phase, "Pending");
    faults.remove(fault);
    step();
    EXPECT_EQ(pod.status.phase, "Running");
}

TEST_F(PodRun, restarts_a_crashing_container_less_and_less_often) {
    faults.add({.pod = "web-0"}, {FaultKind::CrashLoop});
    std::vector<std::pair<std::int32_t, std::int64_t>> restarts;
    for (int i = 0; i < 4; ++i) {
        const PodStep next = step();
        EXPECT_EQ(waiting_reason(), "CrashLoopBackOff");
        ASSERT_TRUE(next.due);
        restarts.emplace_back(container().restartCount, std::chrono::ceil<seconds>(*next.due).count());
        now += *next.due;
    }
    EXPECT_EQ(restarts, (std::vector<std::pair<std::int32_t, std::int64_t>>{{1, 10}, {2, 20}, {3, 40}, {4, 80}}));
    EXPECT_EQ(container().lastState->terminated->exitCode, 1);
    EXPECT_EQ(pod.status.phase, "Running");
    EXPECT_EQ(condition("Ready"), "False");
}

TEST_F(PodRun, goes_on_at_once_when_the_crash_fault_is_cleared) {
    faults.add({.pod = "web-0"}, {FaultKind::CrashLoop});
    step();
    faults.clear();
    step();
    EXPECT_TRUE(container().state->running);
    EXPECT_EQ(condition("Ready"), "True");
}

TEST_F(PodRun, crashes_when_it_is_running_already) {
    step();
    faults.add({.pod = "web-0"}, {FaultKind::CrashLoop});
    step();
    EXPECT_EQ(waiting_reason(), "CrashLoopBackOff");
}

TEST_F(PodRun, starts_slowly_when_told_so_by_annotation) {
    pod.metadata.annotations["devcluster/fault"] = "slow-start=90s";
    const PodStep next = step();
    EXPECT_EQ(waiting_reason(), "ContainerCreating");
    EXPECT_EQ(next.due, seconds{90});
    now += seconds{90};
    step();
    EXPECT_EQ(pod.status.phase, "Running");
}

TEST_F(PodRun, runs_without_getting_ready_when_told_so) {
    faults.add({.container = "main"}, {FaultKind::NeverReady});
    step();
    EXPECT_EQ(pod.status.phase, "Running");
    EXPECT_EQ(condition("Ready"), "False");
    EXPECT_EQ(kube::find_condition(pod.status.conditions, "Ready")->message, "containers with unready status: [main]");
}

TEST_F(PodRun, succeeds_when_a_container_that_does_not_restart_ends_well) {
    pod.spec.restartPolicy = "Never";
    pod.spec.initContainers = {a_sidecar("beside")};
    const PodStep next = step();
    EXPECT_EQ(pod.status.phase, "Succeeded");
    EXPECT_TRUE(container("beside").state->terminated);
    EXPECT_EQ(next.transitions.back(), (PodStep::Transition{"beside", false}));
}

TEST_F(PodRun, fails_with_the_exit_code_that_it_is_told) {
    pod.spec.restartPolicy = "Never";
    pod.metadata.annotations["devcluster/exit-code"] = "3";
    step();
    EXPECT_EQ(pod.status.phase, "Failed");
    EXPECT_EQ(container().state->terminated->exitCode, 3);
}

TEST_F(PodRun, ends_after_the_time_that_it_is_told) {
    pod.spec.restartPolicy = "OnFailure";
    pod.metadata.annotations["devcluster/run-for"] = "30s";
    EXPECT_EQ(step().due, seconds{30});
    EXPECT_EQ(pod.status.phase, "Running");
    now += seconds{30};
    step();
    EXPECT_EQ(pod.status.phase, "Succeeded");
}

TEST_F(PodRun, cannot_create_a_container_whose_environment_is_missing) {
    PodInputs inputs{
        .now = now, .pod_ip = "10.244.0.2", .misconfigured = {{"main", "secret \"key\" not found"}}, .faults = &faults
    };
    pod.status = step_pod(pod, inputs).status;
    EXPECT_EQ(waiting_reason(), "CreateContainerConfigError");
    step();
    EXPECT_EQ(pod.status.phase, "Running");
}

TEST(KubeletFaultWords, are_the_documented_ones) {
    struct Case {
        std::string word;
        std::optional<Fault> expected;
    };
    const std::vector<Case> cases{
        {"slow-start", Fault{FaultKind::SlowStart}},
        {"slow-start=5s", Fault{FaultKind::SlowStart, seconds{5}}},
        {"slow-start=soon", std::nullopt},
        {"pending", Fault{FaultKind::Pending}},
        {"image-pull", Fault{FaultKind::ImagePull}},
        {"crash-loop", Fault{FaultKind::CrashLoop}},
        {"never-ready", Fault{FaultKind::NeverReady}},
        {"", std::nullopt},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.word);
        EXPECT_EQ(parse_fault(one.word), one.expected);
    }
}

}  // namespace
}  // namespace devcluster::workloads
