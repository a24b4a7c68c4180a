// Jobs as a user of the cluster sees them.
#include "test_cluster.hpp"

#include "kube/types/job.hpp"

namespace devcluster::workloads::test {
namespace {

kube::JobStatus status_of(TestCluster& cluster, const std::string& name) {
    return kube::json::from_json<kube::Job>(cluster.get(kJobs, name)).status;
}

bool is(TestCluster& cluster, const std::string& name, std::string_view condition) {
    return kube::is_condition_true(status_of(cluster, name).conditions, condition);
}

TEST(JobController, completes_when_its_pod_has_succeeded) {
    TestCluster cluster;
    cluster.create(a_job("work"));
    cluster.run_until("the Job is complete", [&] { return is(cluster, "work", "Complete"); });
    const kube::JobStatus status = status_of(cluster, "work");
    EXPECT_TRUE(kube::is_condition_true(status.conditions, "SuccessCriteriaMet"));
    EXPECT_EQ(status.succeeded, 1);
    EXPECT_EQ(status.active, 0);
    EXPECT_TRUE(status.startTime);
    EXPECT_TRUE(status.completionTime);
    const auto pods = cluster.list(kPods);
    ASSERT_EQ(pods.size(), 1U);
    EXPECT_EQ(kube::json::find_string(pods.front(), {"status", "phase"}), "Succeeded");
    EXPECT_EQ(kube::json::find_string(pods.front(), {"metadata", "labels", "batch.kubernetes.io/job-name"}), "work");
}

TEST(JobController, fails_when_its_pods_have_failed_too_often) {
    TestCluster cluster;
    cluster.workloads->faults().set_exit({.labels = {{"job-name", "work"}}}, {.code = 1});
    cluster.create(a_job("work", R"({"backoffLimit": 2})"));
    cluster.run_until("the Job has failed", [&] { return is(cluster, "work", "Failed"); });
    const kube::JobStatus status = status_of(cluster, "work");
    EXPECT_TRUE(kube::is_condition_true(status.conditions, "FailureTarget"));
    EXPECT_EQ(kube::find_condition(status.conditions, "Failed")->reason, "BackoffLimitExceeded");
    EXPECT_EQ(status.failed, 3);
    EXPECT_EQ(cluster.list(kPods).size(), 3U);
}

TEST(JobController, fails_at_its_deadline) {
    TestCluster cluster;
    cluster.workloads->faults().set_exit({}, {.after = std::nullopt});
    cluster.create(a_job("work", R"({"activeDeadlineSeconds": 60})"));
    cluster.run_until("the Job has failed", [&] { return is(cluster, "work", "Failed"); });
    EXPECT_EQ(kube::find_condition(status_of(cluster, "work").conditions, "Failed")->reason, "DeadlineExceeded");
    EXPECT_TRUE(cluster.list(kPods).empty());
}

TEST(JobController, removes_a_finished_job_with_its_pods_after_its_time_to_live) {
    TestCluster cluster;
    cluster.create(a_job("work", R"({"ttlSecondsAfterFinished": 120})"));
    cluster.run_until("the Job is complete", [&] { return is(cluster, "work", "Complete"); });
    cluster.run_for(std::chrono::seconds{100});
    EXPECT_TRUE(cluster.exists(kJobs, "work"));
    cluster.run_until("the Job is gone", [&] { return !cluster.exists(kJobs, "work"); });
    EXPECT_TRUE(cluster.list(kPods).empty());
}

TEST(JobController, replaces_a_pod_that_somebody_deleted) {
    TestCluster cluster;
    const auto forever = cluster.workloads->faults().set_exit({}, {.after = std::nullopt});
    cluster.create(a_job("work"));
    cluster.run_until("its pod is ready", [&] { return status_of(cluster, "work").ready == 1; });
    const std::string name{kube::json::find_string(cluster.list(kPods).front(), {"metadata", "name"})};
    cluster.remove(kPods, name);
    cluster.workloads->faults().remove(forever);
    cluster.run_until("the Job is complete", [&] { return is(cluster, "work", "Complete"); });
    EXPECT_FALSE(cluster.exists(kPods, name));
}

TEST(JobController, says_that_it_does_not_run_what_it_does_not_simulate) {
    TestCluster cluster;
    cluster.create(a_job("work", R"({"completionMode": "Indexed", "completions": 2, "parallelism": 2})"));
    cluster.run_until("there is an event", [&] {
        return std::ranges::any_of(cluster.list(kEvents), [](const auto& event) {
            return kube::json::find_string(event, {"reason"}) == "Unsupported";
        });
    });
    EXPECT_TRUE(cluster.list(kPods).empty());
}

}  // namespace
}  // namespace devcluster::workloads::test
