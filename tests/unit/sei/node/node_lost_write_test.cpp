// What must not happen when the write that tells of an effect is lost and the spec changes at that instant.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

constexpr const char* kBootstrapped =
    R"({"chainId":"c","image":"seid:v1","fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot"}}})";
constexpr std::string_view kOtherOverride = R"({"evm.http_port":"9545"})";

/// Somebody edits the node right before the next status write for which `is_due` holds: that write is refused.
void edit_before_write(NodeWorld& world, std::function<bool()> is_due, std::function<void()> edit) {
    world.api.before = [&world, is_due = std::move(is_due), edit = std::move(edit)](
                           const kube::HttpRequest& request, const std::string& path
                       ) -> std::optional<kube::HttpResponse> {
        if (request.method == kube::HttpMethod::Patch && path.ends_with("/status") && is_due()) {
            const auto now = edit;  // `before` is about to go
            world.api.before = {};
            now();
        }
        return std::nullopt;
    };
}

std::ptrdiff_t submissions_of(const NodeWorld& world, const std::string& type) {
    return std::ranges::count(world.sidecar.submitted_types(), type);
}

std::int64_t replicas(const NodeWorld& world) {
    return world.api.find(kSetPath)->at("spec").at("replicas").as_int64();
}

void settle_until_bootstrap_has_ended(NodeWorld& world) {
    world.create_node(kBootstrapped);
    world.settle();
    world.complete_bootstrap_job();
    world.sidecar.leave_tasks_running();
}
/// What the sidecar of the node's own pod is at ends.
void end_tasks(NodeWorld& world) {
    world.sidecar.complete_tasks();
    world.sidecar.end("configure-genesis", sidecar::RunStatus::Completed);
    for (int i = 0; i < 5; ++i) {
        world.clock.advance_by(std::chrono::seconds{5});
        world.settle();
    }
}

TEST(WorkloadWhoseRecordingWasLost, obeys_a_pause) {
    NodeWorld world;
    settle_until_bootstrap_has_ended(world);
    edit_before_write(world, [&] { return world.uid_of(kSetPath) != ""; }, [&] { world.set_spec("paused", true); });
    world.settle();
    ASSERT_FALSE(world.api.before) << "there was no such moment";
    EXPECT_EQ(replicas(world), 0);
}

TEST(BootstrapThatSucceeded, is_not_done_again_for_a_changed_spec) {
    NodeWorld world;
    settle_until_bootstrap_has_ended(world);
    edit_before_write(
        world,
        [&] { return world.uid_of(kSetPath) != ""; },
        [&] { world.set_spec("overrides", json::parse(kOtherOverride)); }
    );
    world.take_writes();
    world.settle();
    ASSERT_FALSE(world.api.before) << "there was no such moment";
    end_tasks(world);
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(submissions_of(world, "config-apply"), 2) << "of the new plan";
    EXPECT_THAT(world.take_writes(), Not(Contains("POST jobs"))) << "its image cannot read what came after it";
    EXPECT_EQ(submissions_of(world, "snapshot-restore"), 1);
    EXPECT_EQ(replicas(world), 1);
}

TEST(BootstrapThatSucceeded, is_done_again_when_its_volume_is_gone) {
    NodeWorld world;
    settle_until_bootstrap_has_ended(world);
    world.settle();
    ASSERT_EQ(submissions_of(world, "configure-genesis"), 2) << "of the node's own pod";
    world.sidecar.is_unreachable = true;
    world.set_spec("overrides", json::parse(kOtherOverride));
    world.api.erase(kClaimPath);
    for (int i = 0; i < 20; ++i) {
        world.clock.advance_by(std::chrono::seconds{10});
        world.settle();
    }
    EXPECT_NE(world.api.find(kClaimPath), nullptr);
    EXPECT_EQ(world.task("await-bootstrap-complete").status, api::TaskStatus::Pending);
    EXPECT_NE(world.uid_of(kJobPath), "");
}

TEST(BootstrapThatSucceeded, is_done_again_to_another_height) {
    for (const std::string heights : {R"("targetHeight":200)", R"("targetHeight":100,"haltHeight":200)"}) {
        SCOPED_TRACE(heights);
        NodeWorld world;
        settle_until_bootstrap_has_ended(world);
        edit_before_write(
            world,
            [&] { return world.uid_of(kSetPath) != ""; },
            [&] {
                world.set_spec(
                    "fullNode", json::parse(R"({"snapshot":{"s3":{)" + heights + R"(},"bootstrapImage":"boot"}})")
                );
            }
        );
        world.settle();
        ASSERT_FALSE(world.api.before) << "there was no such moment";
        end_tasks(world);
        EXPECT_NE(world.uid_of(kJobPath), "");
        EXPECT_EQ(replicas(world), 0) << "no pod beside that of the Job";
    }
}

TEST(GateThatWasOpened, ends_its_plan_whatever_the_spec_has_become) {
    NodeWorld world;
    world.create_node();
    edit_before_write(
        world,
        [&] { return submissions_of(world, "mark-ready") == 1; },
        [&] { world.set_spec("overrides", json::parse(kOtherOverride)); }
    );
    world.settle();
    ASSERT_FALSE(world.api.before) << "there was no such moment";
    world.observe_stateful_set("rev-1", 1, 1);
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(submissions_of(world, "config-apply"), 1) << "seid runs on what it started with";
    EXPECT_EQ(world.condition("RestartPending").substr(0, 4), "True");
}

TEST(GateThatWasOpened, ends_its_plan_also_when_another_process_hears_of_it) {
    NodeWorld world;
    world.create_node(kBootstrapped);
    world.settle();
    world.complete_bootstrap_job();
    edit_before_write(
        world,
        [&] { return submissions_of(world, "mark-ready") == 2; },
        [&] { world.set_spec("overrides", json::parse(kOtherOverride)); }
    );
    for (int i = 0; i < 5 && world.api.before; ++i) {
        world.clock.advance_by(std::chrono::seconds{5});
        world.settle(1);
    }
    ASSERT_FALSE(world.api.before) << "there was no such moment";
    world.restart_operator();
    world.take_writes();
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_THAT(world.take_writes(), Not(Contains("POST jobs")));
}

TEST(ImageThatIsTakenBack, does_not_keep_the_pod_that_a_new_configuration_is_for) {
    NodeWorld world;
    world.settle_with_pod();
    const std::string pod = world.uid_of(kPodPath);
    world.sidecar.leave_tasks_running();
    world.set_spec("overrides", json::parse(kOtherOverride));
    world.set_spec("image", "seid:v2");
    world.settle();
    world.observe_stateful_set("rev-2", 0, 1);
    world.settle();
    ASSERT_EQ(submissions_of(world, "config-apply"), 2);
    world.set_spec("image", "seid:v1");
    world.settle();
    world.observe_stateful_set("rev-1", 1, 1);
    world.sidecar.complete_tasks();
    world.sidecar.end("config-apply", sidecar::RunStatus::Completed);
    for (int i = 0; i < 3; ++i) {
        world.clock.advance_by(std::chrono::seconds{5});
        world.settle();
    }
    EXPECT_NE(world.uid_of(kPodPath), pod) << "it would run on the old configuration, and nobody would know";
}

TEST(GateOfRunningNode, is_opened_while_an_update_that_fails_waits_for_its_next_attempt) {
    NodeWorld world;
    world.settle_with_pod();
    world.sidecar.on_start = [](const std::string& type) {
        const auto status = type == "config-apply" ? sidecar::RunStatus::Failed : sidecar::RunStatus::Completed;
        return sidecar::TaskRun{.status = status, .run = 1, .error = "bad port"};
    };
    world.set_spec("overrides", json::parse(kOtherOverride));
    world.set_spec("image", "seid:v2");
    world.settle();
    ASSERT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateFailed");
    const auto attempts = submissions_of(world, "config-apply");
    const auto gates = submissions_of(world, "mark-ready");

    world.sidecar.health = sidecar::NotReady{};
    world.clock.advance_by(std::chrono::seconds{10});
    world.pass();
    world.sidecar.health = sidecar::Ready{};
    world.settle();
    EXPECT_EQ(submissions_of(world, "mark-ready"), gates + 1) << "what is on the volume is valid";
    EXPECT_EQ(submissions_of(world, "config-apply"), attempts) << "not before its time";
    EXPECT_FALSE(world.node().status.plan);

    world.clock.advance_by(std::chrono::seconds{30});
    world.settle();
    EXPECT_EQ(submissions_of(world, "config-apply"), attempts + 1);
}

TEST(Retry, is_kept_until_a_plan_serves_it) {
    NodeWorld world;
    world.settle_with_pod();
    world.set_spec("overrides", json::parse(kOtherOverride));
    world.settle();
    ASSERT_EQ(world.condition("RestartPending").substr(0, 4), "True");
    world.sidecar.health = sidecar::NotReady{};
    world.sidecar.leave_tasks_running();
    world.clock.advance_by(std::chrono::seconds{30});
    world.settle();
    ASSERT_TRUE(world.node().status.plan) << "for the gate";
    world.annotate("sei.io/retry", "1");
    world.settle();
    EXPECT_TRUE(world.node().metadata.annotations.contains("sei.io/retry"));
    world.sidecar.health = sidecar::Ready{};
    world.sidecar.complete_tasks();
    world.sidecar.end("mark-ready", sidecar::RunStatus::Completed);
    world.clock.advance_by(std::chrono::seconds{5});
    world.settle();
    EXPECT_EQ(submissions_of(world, "config-apply"), 2);
}

TEST(InitialPlan, begins_anew_when_its_claim_is_gone) {
    NodeWorld world;
    world.settle_at_work();
    const std::string plan = world.node().status.plan->id;
    world.observe_stateful_set("rev-1", 0, 0);
    world.api.erase(kClaimPath);
    world.put_pod("rev-1", "seid:v1", json::Object{});
    world.sidecar.complete_tasks();
    world.sidecar.runs.clear();
    world.clock.advance_by(std::chrono::seconds{5});
    world.settle();
    EXPECT_NE(world.api.find(kClaimPath), nullptr);
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_FALSE(world.node().status.plan && world.node().status.plan->id == plan);
}

TEST(BootstrapOfAnOlderSpec, does_not_begin_anew_for_a_spec_that_cannot_be_served) {
    NodeWorld world;
    world.sidecar.leave_tasks_running();
    world.create_node(kBootstrapped);
    world.settle();
    const std::string plan = world.node().status.plan->id;
    world.set_spec("overrides", json::parse(R"({"no.such.key":"1"})"));
    world.set_spec("fullNode", json::parse(R"({"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"other"}})"));
    world.settle();
    EXPECT_EQ(world.condition("SpecValid"), "False/SpecRejected");
    EXPECT_EQ(world.phase(), "Initializing");
    EXPECT_EQ(world.node().status.plan->id, plan);
    world.set_spec("overrides", json::Object{});
    world.settle();
    EXPECT_NE(world.node().status.plan->id, plan);
}

TEST(ChangedSpec, is_asked_about_by_another_process_when_the_pass_that_saw_it_ended_early) {
    NodeWorld world;
    world.sidecar.is_unreachable = true;
    world.create_node();
    world.settle();
    const std::string first = world.node().status.plan->id;
    world.api.refuse_patches_of(kSetPath);
    world.set_spec("overrides", json::parse(kOtherOverride));
    world.set_spec("podLabels", json::parse(R"({"a":"b"})"));
    EXPECT_THROW((void)world.settle(), std::exception);
    world.api.before = {};
    world.restart_operator();
    world.settle();
    EXPECT_NE(world.node().status.plan->id, first);
}

TEST(TaskThatTheSidecarForgot, is_not_begun_again_by_who_has_not_seen_that_it_was_done) {
    NodeWorld world;
    world.settle_at_work();
    ASSERT_EQ(world.sidecar.submitted_types().back(), "configure-genesis");
    world.sync_caches();
    world.api.edit(kNodePath, [](json::Object& node) {
        for (json::Value& task : node["status"].at("plan").at("tasks").as_array())
            if (task.at("type") == "configure-genesis") task.as_object()["status"] = "Complete";
    });
    world.sidecar.runs.clear();
    world.restart_operator();
    world.pass_on_stale_caches();
    EXPECT_EQ(submissions_of(world, "configure-genesis"), 1);
    world.settle();
    EXPECT_EQ(submissions_of(world, "configure-genesis"), 1);
    EXPECT_EQ(submissions_of(world, "config-apply"), 1) << "what is due";
}

TEST(TaskThatTheSidecarForgot, is_begun_again_when_it_is_still_due) {
    NodeWorld world;
    world.settle_at_work();
    world.sidecar.runs.clear();
    world.restart_operator();
    world.pass();
    EXPECT_EQ(submissions_of(world, "configure-genesis"), 2);
}

}  // namespace
}  // namespace sei::test
