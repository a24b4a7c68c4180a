#include "devcluster/workloads/job_plan.hpp"
#include "testkit/snapshot_of.hpp"

#include <gtest/gtest.h>

namespace devcluster::workloads {
namespace {

using std::chrono::seconds;

constexpr kube::WallTime kNow{std::chrono::days{20'000}};

kube::Snapshot<kube::Pod> a_pod(std::string phase) {
    kube::Pod pod;
    pod.metadata.name = "work-x";
    pod.status.phase = std::move(phase);
    kube::ContainerStatus main{.name = "main"};
    if (pod.status.phase == "Failed") {
        main.state = kube::ContainerState{
            .terminated = kube::ContainerStateTerminated{.exitCode = 1, .finishedAt = kube::Time::of(kNow)}
        };
    }
    pod.status.containerStatuses.push_back(std::move(main));
    return testkit::snapshot_of(std::move(pod));
}

std::string condition_of(const JobPlan& plan, std::string_view type) {
    const auto* found = kube::find_condition(plan.status.conditions, type);
    return found == nullptr ? "absent" : found->status + " " + found->reason;
}

TEST(JobPlan, makes_a_pod_and_notes_when_it_began) {
    const JobPlan plan = plan_job({}, {}, kNow);
    EXPECT_EQ(plan.pods_to_create, 1);
    EXPECT_EQ(plan.status.startTime, kube::Time::of(kNow));
}

TEST(JobPlan, waits_longer_before_each_retry) {
    EXPECT_EQ(plan_job({}, {a_pod("Failed")}, kNow).due, seconds{10});
    EXPECT_EQ(plan_job({}, {a_pod("Failed"), a_pod("Failed")}, kNow).due, seconds{20});
    EXPECT_EQ(plan_job({}, {a_pod("Failed")}, kNow).pods_to_create, 0);
    EXPECT_EQ(plan_job({}, {a_pod("Failed")}, kNow + seconds{10}).pods_to_create, 1);
}

TEST(JobPlan, knows_its_success_before_the_last_pod_has_ended) {
    Job job;
    job.spec.parallelism = 2;
    job.spec.completions = 1;
    const JobPlan plan = plan_job(job, {a_pod("Succeeded"), a_pod("Running")}, kNow);
    EXPECT_EQ(condition_of(plan, "SuccessCriteriaMet"), "True CompletionsReached");
    EXPECT_EQ(condition_of(plan, "Complete"), "absent");
    EXPECT_EQ(plan.pods_to_delete.size(), 1U);
}

TEST(JobPlan, has_failed_for_good_only_when_no_pod_runs) {
    Job job;
    job.spec.backoffLimit = 0;
    job.spec.parallelism = 2;
    job.spec.completions = 2;
    const JobPlan running = plan_job(job, {a_pod("Failed"), a_pod("Running")}, kNow);
    EXPECT_EQ(condition_of(running, "FailureTarget"), "True BackoffLimitExceeded");
    EXPECT_EQ(condition_of(running, "Failed"), "absent");
    job.status = running.status;
    EXPECT_EQ(condition_of(plan_job(job, {a_pod("Failed")}, kNow), "Failed"), "True BackoffLimitExceeded");
}

TEST(JobPlan, counts_a_deleted_pod_as_failed_and_does_not_replace_it_without_retries) {
    Job job;
    job.spec.backoffLimit = 0;
    kube::Pod pod = *a_pod("Running");
    pod.metadata.deletionTimestamp = kube::Time::of(kNow + seconds{30});
    const JobPlan going = plan_job(job, {testkit::snapshot_of(std::move(pod))}, kNow);
    EXPECT_EQ(going.pods_to_create, 0);
    EXPECT_EQ(condition_of(going, "FailureTarget"), "True BackoffLimitExceeded");
    EXPECT_EQ(condition_of(going, "Failed"), "absent");

    job.status = going.status;
    EXPECT_EQ(condition_of(plan_job(job, {}, kNow), "Failed"), "True BackoffLimitExceeded");
}

TEST(JobPlan, remembers_successes_whose_pods_are_gone) {
    Job job;
    job.status.succeeded = 1;
    EXPECT_EQ(condition_of(plan_job(job, {}, kNow), "Complete"), "True CompletionsReached");
}

TEST(JobPlan, keeps_a_suspended_job_without_pods) {
    Job job;
    job.spec.suspend = true;
    const JobPlan plan = plan_job(job, {a_pod("Running")}, kNow);
    EXPECT_EQ(plan.pods_to_create, 0);
    EXPECT_EQ(plan.pods_to_delete.size(), 1U);
    EXPECT_EQ(condition_of(plan, "Suspended"), "True JobSuspended");
    EXPECT_FALSE(plan.status.startTime);
}

}  // namespace
}  // namespace devcluster::workloads
