// A bootstrap that is disrupted from outside: its pod is evicted, or its Service is deleted (spec 05 §19, 15).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kJobPod = "/api/v1/namespaces/ns/pods/n0-bootstrap-x";
constexpr const char* kSpec =
    R"({"chainId":"c","image":"seid:v1","fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot"}}})";

void put_job_pod(NodeWorld& world, const json::Object& status) {
    world.api.put(
        kJobPod,
        json::Object{
            {"metadata",
             json::Object{
                 {"labels", json::Object{{"sei.io/node", "n0"}, {"sei.io/component", "bootstrap"}}},
                 {"ownerReferences",
                  json::Array{json::Object{
                      {"apiVersion", "batch/v1"},
                      {"kind", "Job"},
                      {"name", "n0-bootstrap"},
                      {"uid", world.uid_of(kJobPath)},
                      {"controller", true}
                  }}}
             }},
            {"spec", json::Object{{"containers", json::Array{}}}},
            {"status", status}
        }
    );
}

/// As the Job's controller says it as soon as its one pod has failed.
void fail_job(NodeWorld& world) {
    world.api.edit(kJobPath, [&](json::Object& job) {
        job["status"] = json::Object{
            {"failed", 1},
            {"conditions",
             json::Array{
                 json::Object{{"type", "FailureTarget"}, {"status", "True"}},
                 json::Object{
                     {"type", "Failed"},
                     {"status", "True"},
                     {"message", "backoff limit"},
                     {"lastTransitionTime", kube::to_string(kube::Time::of(world.clock.now()))}
                 }
             }}
        };
    });
}

json::Object running_pod() {
    return json::Object{{"phase", "Running"}};
}
json::Object failed_pod() {
    return json::Object{{"phase", "Failed"}};
}
json::Object evicted_pod() {
    json::Object status = failed_pod();
    status["conditions"] = json::Array{json::Object{{"type", "DisruptionTarget"}, {"status", "True"}}};
    return status;
}

/// Its seid ended at that time.
json::Object ended_seid(const char* at) {
    json::Object status = failed_pod();
    status["containerStatuses"] = json::Array{json::Object{
        {"name", "seid"}, {"state", json::Object{{"terminated", json::Object{{"exitCode", 1}, {"finishedAt", at}}}}}
    }};
    return status;
}

/// As of 03:04:05.
void delete_job_pod(NodeWorld& world, const json::Object& status = running_pod()) {
    put_job_pod(world, status);
    world.api.edit(kJobPod, [](json::Object& pod) {
        pod["metadata"].as_object()["deletionTimestamp"] = "2025-01-02T03:04:35Z";
        pod["metadata"].as_object()["deletionGracePeriodSeconds"] = 30;
    });
}

/// What becomes of the pod of a Job, and whether that is the node's failure.
struct Case {
    std::string behaviour;
    std::function<void(NodeWorld&)> happens;
    bool fails_node = false;
};

std::vector<Case> cases() {
    return {
        {"a pod that was evicted", [](NodeWorld& world) { put_job_pod(world, evicted_pod()); }},
        {"a pod that was evicted and is gone",
         [](NodeWorld& world) {
             put_job_pod(world, evicted_pod());
             world.settle();
             world.api.erase(kJobPod);
         }},
        {"a pod that is gone", [](NodeWorld& world) { world.api.erase(kJobPod); }},
        {"a pod that was deleted at work",
         [](NodeWorld& world) {
             delete_job_pod(world);
             world.settle();
             put_job_pod(world, failed_pod());
         }},
        {"a pod that was deleted at work, and has ended since it was last seen",
         [](NodeWorld& world) { delete_job_pod(world, ended_seid("2025-01-02T03:04:06Z")); }},
        {"a pod that was deleted after it had failed",
         [](NodeWorld& world) { delete_job_pod(world, ended_seid("2025-01-02T03:00:00Z")); },
         true},
        {"a pod that failed", [](NodeWorld& world) { put_job_pod(world, failed_pod()); }, true},
        {"a pod that failed and is gone",
         [](NodeWorld& world) {
             put_job_pod(world, failed_pod());
             world.settle();
             world.api.erase(kJobPod);
         },
         true},
        {"a pod that nobody has seen",
         [](NodeWorld& world) {
             world.restart_operator();
             world.api.erase(kJobPod);
         },
         true},
    };
}

void expect_begun_again_after_a_pause(NodeWorld& world, const std::string& first_plan, const std::string& first_job) {
    EXPECT_EQ(world.phase(), "Initializing");
    EXPECT_EQ(world.node().status.plan->id, first_plan) << "not at once: it may be evicted again and again";
    EXPECT_EQ(world.condition("Stalled"), "True/TaskNotProgressing");
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("bootstrap job n0-bootstrap was disrupted"));
    world.clock.advance_by(std::chrono::minutes{2});
    world.settle();
    EXPECT_NE(world.node().status.plan->id, first_plan) << "the sidecar would not run the same tasks again";
    world.api.erase(kJobPod);
    for (int i = 0; i < 5; ++i) {
        world.clock.advance_by(std::chrono::seconds{5});
        world.settle();
    }
    EXPECT_NE(world.uid_of(kJobPath), "");
    EXPECT_NE(world.uid_of(kJobPath), first_job);
    EXPECT_EQ(world.phase(), "Initializing");
}

TEST(DisruptedBootstrap, is_begun_again_while_seid_was_at_work) {
    for (const Case& tested : cases()) {
        SCOPED_TRACE(tested.behaviour);
        NodeWorld world;
        world.create_node(kSpec);
        world.settle();
        ASSERT_EQ(world.task("mark-ready").status, api::TaskStatus::Complete);
        const std::string plan = world.node().status.plan->id;
        const std::string job = world.uid_of(kJobPath);
        put_job_pod(world, running_pod());
        world.settle();
        tested.happens(world);
        fail_job(world);
        world.settle();
        if (tested.fails_node) {
            EXPECT_EQ(world.phase(), "Failed");
        } else {
            expect_begun_again_after_a_pause(world, plan, job);
        }
    }
}

TEST(DisruptedBootstrap, is_begun_again_while_its_sidecar_was_at_work) {
    for (const Case& tested : cases()) {
        SCOPED_TRACE(tested.behaviour);
        NodeWorld world;
        world.sidecar.on_start = [](const std::string&) {
            return sidecar::TaskRun{.status = sidecar::RunStatus::Running, .run = 1, .error = {}};
        };
        world.create_node(kSpec);
        world.settle();
        ASSERT_EQ(world.task("snapshot-restore").status, api::TaskStatus::Pending);
        const std::string plan = world.node().status.plan->id;
        const std::string job = world.uid_of(kJobPath);
        put_job_pod(world, running_pod());
        world.settle();
        tested.happens(world);
        fail_job(world);
        world.sidecar.is_unreachable = true;
        world.settle();
        if (tested.fails_node) {
            EXPECT_EQ(world.phase(), "Failed");
        } else {
            expect_begun_again_after_a_pause(world, plan, job);
        }
    }
}

TEST(DisruptedBootstrap, restores_nothing_beside_the_restore_that_its_volume_remembers) {
    NodeWorld world;
    world.sidecar.leave_tasks_running();
    world.create_node(kSpec);
    world.settle();
    ASSERT_EQ(world.sidecar.submitted_types(), std::vector<std::string>{"snapshot-restore"});
    const std::string plan = world.node().status.plan->id;
    const std::string job = world.uid_of(kJobPath);
    put_job_pod(world, evicted_pod());
    fail_job(world);
    world.settle();
    expect_begun_again_after_a_pause(world, plan, job);
    EXPECT_EQ(world.task("deploy-bootstrap-job").status, api::TaskStatus::Complete);
    EXPECT_EQ(world.sidecar.submitted_types(), std::vector<std::string>{"snapshot-restore"});
    world.sidecar.end("snapshot-restore", sidecar::RunStatus::Completed);
    world.clock.advance_by(std::chrono::minutes{1});
    world.settle();
    EXPECT_EQ(world.sidecar.submitted_types(), (std::vector<std::string>{"snapshot-restore", "snapshot-restore"}));
}

TEST(DisruptedBootstrap, that_was_told_is_begun_again_by_another_process) {
    NodeWorld world;
    world.create_node(kSpec);
    world.settle();
    const std::string plan = world.node().status.plan->id;
    const std::string job = world.uid_of(kJobPath);
    put_job_pod(world, running_pod());
    world.settle();
    world.api.erase(kJobPod);
    fail_job(world);
    world.settle();
    world.restart_operator();
    world.settle();
    expect_begun_again_after_a_pause(world, plan, job);
}

TEST(ServiceOfBootstrap, that_was_deleted_is_made_again) {
    NodeWorld world;
    world.sidecar.is_unreachable = true;
    world.create_node(kSpec);
    world.settle();
    const json::Value selector = world.api.find(kServicePath)->at("spec").at("selector");
    world.api.erase(kServicePath);
    world.settle();
    ASSERT_NE(world.api.find(kServicePath), nullptr);
    EXPECT_EQ(world.api.find(kServicePath)->at("spec").at("selector"), selector);
    world.take_writes();
    for (int i = 0; i < 10; ++i) world.pass();
    EXPECT_THAT(world.take_writes(), ::testing::Not(::testing::Contains(HasSubstr("services/"))));
}

}  // namespace
}  // namespace sei::test
