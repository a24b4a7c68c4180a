// What a person can count on when something went wrong: repairs take effect, reasons are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kOtherOverride = R"({"evm.http_port":"9545"})";

TEST(ActivePlan, gives_way_to_one_for_the_changed_spec) {
    NodeWorld world;
    world.sidecar.is_unreachable = true;
    world.create_node();
    world.settle();
    const std::string first = world.node().status.plan->id;
    world.set_spec("overrides", json::parse(kOtherOverride));
    world.settle();
    EXPECT_NE(world.node().status.plan->id, first);
    EXPECT_THAT(kube::json::serialize(world.task("config-apply").params), HasSubstr("9545"));
    world.sidecar.is_unreachable = false;
    world.clock.advance_by(std::chrono::seconds{5});
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
}

TEST(ActivePlan, stays_when_the_changed_spec_asks_for_the_same_work) {
    NodeWorld world;
    world.sidecar.is_unreachable = true;
    world.create_node();
    world.settle();
    const std::string first = world.node().status.plan->id;
    world.set_spec("podLabels", json::parse(R"({"a":"b"})"));
    world.settle();
    EXPECT_EQ(world.node().status.plan->id, first);
}

TEST(ActivePlan, is_replaced_only_when_the_sidecar_is_not_busy_with_it) {
    NodeWorld world;
    world.settle_at_work();
    const std::string first = world.node().status.plan->id;
    world.set_spec("overrides", json::parse(kOtherOverride));
    const kube::Requeue wait = world.settle();
    EXPECT_EQ(world.node().status.plan->id, first);
    EXPECT_THAT(wait.waits_for(), HasSubstr("the sidecar to end configure-genesis"));
    world.sidecar.end("configure-genesis", sidecar::RunStatus::Completed);
    world.settle();
    EXPECT_NE(world.node().status.plan->id, first);
}

TEST(ActivePlan, is_not_replaced_beside_a_task_whose_acceptance_was_not_stored) {
    NodeWorld world;
    world.sidecar.leave_tasks_running();
    world.create_node();
    world.pass();
    // Somebody edits the node before the write that tells of the submission.
    world.api.before =
        [&world](const kube::HttpRequest&, const std::string& path) -> std::optional<kube::HttpResponse> {
        if (path.ends_with("/status") && !world.sidecar.submissions.empty()) {
            world.api.before = {};
            world.set_spec("overrides", json::parse(kOtherOverride));
        }
        return std::nullopt;
    };
    world.settle();
    ASSERT_THAT(world.sidecar.submitted_types(), ElementsAre("configure-genesis"));
    world.settle();
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("configure-genesis"))
        << "a second one would run beside it";
    world.sidecar.end("configure-genesis", sidecar::RunStatus::Completed);
    world.settle();
    EXPECT_THAT(kube::json::serialize(world.task("config-apply").params), HasSubstr("9545"));
}

TEST(ActivePlan, does_not_wait_for_the_upload_of_snapshots_to_end) {
    NodeWorld world;
    world.sidecar.on_start = [](const std::string& type) {
        const bool ends = type != "snapshot-upload" && type != "mark-ready";
        return sidecar::TaskRun{
            .status = ends ? sidecar::RunStatus::Completed : sidecar::RunStatus::Running, .run = 1, .error = {}
        };
    };
    world.create_node(
        R"({"chainId":"c","image":"seid:v1",
            "fullNode":{"snapshotGeneration":{"tendermint":{"keepRecent":5,"publish":{}}}}})"
    );
    // Somebody edits the node before the write that tells of the upload, which never ends.
    world.api.before =
        [&world](const kube::HttpRequest&, const std::string& path) -> std::optional<kube::HttpResponse> {
        const auto types = world.sidecar.submitted_types();
        if (path.ends_with("/status") && !types.empty() && types.back() == "mark-ready") {
            world.api.before = {};
            world.set_spec("overrides", json::parse(kOtherOverride));
            world.sidecar.runs.erase(world.sidecar.submissions.back().id);  // nor was mark-ready stored
        }
        return std::nullopt;
    };
    world.settle();
    ASSERT_FALSE(world.api.before) << "there was no such moment";
    world.clock.advance_by(std::chrono::seconds{5});
    world.settle();
    EXPECT_THAT(kube::json::serialize(world.task("config-apply").params), HasSubstr("9545"));
}

TEST(ActivePlan, waits_a_while_for_a_sidecar_that_cannot_say_what_it_does) {
    NodeWorld world;
    world.settle_at_work();
    const std::string first = world.node().status.plan->id;
    world.sidecar.lookup_answer = FakeSidecar::no_connection();
    world.set_spec("overrides", json::parse(kOtherOverride));
    world.settle();
    EXPECT_EQ(world.node().status.plan->id, first);
    world.clock.advance_by(std::chrono::minutes{1});
    world.settle();
    EXPECT_NE(world.node().status.plan->id, first) << "the change may be what brings it back";
}

/// A plan for a changed spec replaces one whose sidecar was at configure-genesis, and could not be asked.
void replace_plan_of_silent_sidecar(NodeWorld& world) {
    world.settle_at_work();
    const std::string first = world.node().status.plan->id;
    world.sidecar.is_unreachable = true;
    world.set_spec("overrides", json::parse(kOtherOverride));
    world.settle();
    world.clock.advance_by(std::chrono::minutes{1});
    world.settle();
    ASSERT_NE(world.node().status.plan->id, first);
    world.sidecar.is_unreachable = false;
}

TEST(SuccessorOfPlan, begins_nothing_beside_what_the_sidecar_goes_on_with) {
    NodeWorld world;
    replace_plan_of_silent_sidecar(world);
    for (int i = 0; i < 5; ++i) {
        world.clock.advance_by(std::chrono::seconds{20});
        world.settle();
    }
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("configure-genesis"));
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("of an earlier plan"));
    world.restart_operator();
    world.clock.advance_by(std::chrono::seconds{20});
    world.settle();
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("configure-genesis"));

    world.sidecar.complete_tasks();
    world.sidecar.end("configure-genesis", sidecar::RunStatus::Completed);
    world.clock.advance_by(std::chrono::minutes{1});
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_THAT(
        world.sidecar.submitted_types(),
        ElementsAre("configure-genesis", "configure-genesis", "config-apply", "config-validate", "mark-ready")
    );
}

TEST(SuccessorOfPlan, goes_on_when_the_sidecar_knows_nothing_of_the_earlier_plan) {
    NodeWorld world;
    replace_plan_of_silent_sidecar(world);
    world.sidecar.runs.clear();
    world.sidecar.complete_tasks();
    world.clock.advance_by(std::chrono::minutes{1});
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
}

TEST(SuccessorOfPlan, waits_for_what_every_earlier_plan_may_have_left) {
    NodeWorld world;
    replace_plan_of_silent_sidecar(world);
    const std::string second = world.node().status.plan->id;
    world.sidecar.is_unreachable = true;
    world.set_spec("overrides", json::parse(R"({"evm.http_port":"9546"})"));
    world.settle();
    ASSERT_NE(world.node().status.plan->id, second);
    world.sidecar.is_unreachable = false;
    world.clock.advance_by(std::chrono::minutes{1});
    world.settle();
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("configure-genesis"));
}

TEST(SuccessorOfPlan, of_one_that_failed_for_lack_of_time_waits_for_its_task) {
    NodeWorld world;
    world.settle_at_work();
    world.clock.advance_by(std::chrono::hours{25});
    world.settle();
    ASSERT_EQ(world.phase(), "Failed");
    world.set_spec("overrides", json::parse(kOtherOverride));
    world.settle();
    EXPECT_EQ(world.phase(), "Initializing");
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("configure-genesis"));
}

TEST(Pause, uses_up_no_time_of_the_task_that_it_interrupts) {
    NodeWorld world;
    world.settle_at_work();
    ASSERT_TRUE(world.task("configure-genesis").deadline);
    world.set_spec("paused", true);
    world.settle();
    world.clock.advance_by(std::chrono::hours{25});
    world.settle();
    world.set_spec("paused", false);
    world.settle();
    EXPECT_EQ(world.phase(), "Initializing");
    world.clock.advance_by(std::chrono::hours{25});
    world.settle();
    EXPECT_EQ(world.phase(), "Failed") << "its time begins anew, and ends";
}

TEST(SuccessorOfPlan, comes_at_the_latest_when_the_task_in_its_way_is_out_of_time) {
    NodeWorld world;
    world.settle_at_work();
    world.set_spec("overrides", json::parse(kOtherOverride));
    world.settle();
    const std::string first = world.node().status.plan->id;
    world.clock.advance_by(std::chrono::hours{25});
    world.settle();
    EXPECT_EQ(world.phase(), "Initializing");
    EXPECT_NE(world.node().status.plan->id, first);
    EXPECT_THAT(kube::json::serialize(world.task("config-apply").params), HasSubstr("9545"));
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("configure-genesis"));
}

TEST(ActivePlan, is_still_questioned_when_the_write_of_its_successor_was_refused) {
    NodeWorld world;
    world.sidecar.is_unreachable = true;
    world.create_node();
    world.settle();
    world.sidecar.is_unreachable = false;
    world.sidecar.leave_tasks_running();
    const std::string first = world.node().status.plan->id;
    // The pass that hears of the change gets no further than the workload; the one after it is refused its write.
    world.api.refuse_patches_of(kSetPath);
    world.set_spec("overrides", json::parse(kOtherOverride));
    world.set_spec("podLabels", json::parse(R"({"a":"b"})"));
    EXPECT_THROW(world.settle(), kube::ApiError);
    world.api.before =
        [&world](const kube::HttpRequest&, const std::string& path) -> std::optional<kube::HttpResponse> {
        if (path.ends_with("/status")) {
            world.api.before = {};
            world.annotate("somebody", "else");
        }
        return std::nullopt;
    };
    world.settle();
    EXPECT_NE(world.node().status.plan->id, first);
}

TEST(FailedNode, is_tried_again_although_the_pass_that_hears_of_the_change_ends_early) {
    NodeWorld world;
    world.sidecar.on_start = [](const std::string& type) {
        const auto status = type == "config-apply" ? sidecar::RunStatus::Failed : sidecar::RunStatus::Completed;
        return sidecar::TaskRun{.status = status, .run = 1, .error = "no"};
    };
    world.create_node();
    for (int i = 0; i < 50 && world.phase() != "Failed"; ++i) {
        world.settle();
        world.clock.advance_by(std::chrono::minutes{10});
    }
    ASSERT_EQ(world.phase(), "Failed");
    world.sidecar.complete_tasks();
    world.api.erase(kSetPath);
    world.set_spec("overrides", json::parse(kOtherOverride));
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
}

TEST(FailedNode, is_scaled_down_by_a_pause_and_tried_again_after_it) {
    NodeWorld world;
    bool fails = true;
    world.sidecar.on_start = [&fails](const std::string& type) {
        const bool does = fails && type == "config-apply";
        return sidecar::TaskRun{
            .status = does ? sidecar::RunStatus::Failed : sidecar::RunStatus::Completed, .run = 1, .error = "no"
        };
    };
    world.create_node();
    world.settle();
    ASSERT_EQ(world.phase(), "Failed");
    ASSERT_EQ(*json::find(*world.api.find(kSetPath), {"spec", "replicas"}), 1);
    fails = false;
    world.set_spec("paused", true);
    world.settle();
    EXPECT_EQ(world.phase(), "Failed");
    EXPECT_EQ(*json::find(*world.api.find(kSetPath), {"spec", "replicas"}), 0);
    world.set_spec("paused", false);
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(*json::find(*world.api.find(kSetPath), {"spec", "replicas"}), 1);
}

TEST(FailedNode, is_tried_again_when_somebody_asks_for_it) {
    NodeWorld world;
    world.sidecar.on_start = [](const std::string& type) {
        const bool fails = type == "config-apply";
        return sidecar::TaskRun{
            .status = fails ? sidecar::RunStatus::Failed : sidecar::RunStatus::Completed, .run = 1, .error = "no"
        };
    };
    world.create_node();
    world.settle();
    ASSERT_EQ(world.phase(), "Failed");
    const std::string claim = world.uid_of(kClaimPath);
    world.sidecar.complete_tasks();
    world.settle();
    EXPECT_EQ(world.phase(), "Failed") << "not by itself";
    world.api.edit(kNodePath, [](json::Object& node) {
        node["metadata"].as_object()["annotations"] = json::Object{{"sei.io/retry", "now"}};
    });
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(world.uid_of(kClaimPath), claim);
    EXPECT_TRUE(world.node().metadata.annotations.empty()) << "one request, one attempt";
}

TEST(PodOfNode, tells_why_its_image_does_not_run_without_flapping) {
    NodeWorld world;
    world.settle_running();
    world.observe_stateful_set("rev-1", 1, 1);
    EXPECT_EQ(world.condition("PodReady"), "absent") << "nothing was ever wrong";
    world.put_pod("rev-1", "seid:v1", waiting_state("ErrImagePull"));
    world.settle();
    EXPECT_EQ(world.condition("PodReady"), "False/ImagePullFailed");
    EXPECT_EQ(world.condition_message("PodReady"), "container seid of pod n0-0: image seid:v1 cannot be pulled");
    world.take_writes();
    world.put_pod("rev-1", "seid:v1", waiting_state("ImagePullBackOff"));
    world.settle();
    EXPECT_THAT(world.take_writes(), ::testing::IsEmpty());
    EXPECT_EQ(world.phase(), "Running") << "phase is lifecycle";
}

TEST(PodOfNode, is_told_to_be_well_again) {
    NodeWorld world;
    world.settle_with_pod(waiting_state("CrashLoopBackOff"));
    EXPECT_EQ(world.condition("PodReady"), "False/CrashLooping");
    world.put_pod("rev-1", "seid:v1", running_state());
    world.api.edit(kPodPath, [](json::Object& pod) {
        pod["status"].as_object()["conditions"] = json::Array{json::Object{{"type", "Ready"}, {"status", "True"}}};
    });
    world.settle();
    EXPECT_EQ(world.condition("PodReady"), "True/Ready");
    world.api.erase(kPodPath);
    world.settle();
    EXPECT_EQ(world.condition("PodReady"), "False/NoPod");
}

TEST(PodOfNode, is_told_to_be_unready_once_that_lasts) {
    NodeWorld world;
    world.settle_running();
    world.observe_stateful_set("rev-1", 1, 1);
    world.put_pod("rev-1", "seid:v1", running_state());
    world.leave_pod_unready();
    world.settle();
    EXPECT_EQ(world.condition("PodReady"), "False/NotReady");
}

TEST(PodOfNode, is_unready_on_purpose_while_the_gate_is_closed) {
    NodeWorld world;
    world.settle_at_work();
    world.observe_stateful_set("rev-1", 1, 0);
    world.put_pod("rev-1", "seid:v1", waiting_state("ErrImagePull"));
    world.settle();
    ASSERT_EQ(world.condition("PodReady"), "False/ImagePullFailed");
    world.put_pod("rev-1", "seid:v1", running_state());
    world.leave_pod_unready();
    world.settle();
    EXPECT_EQ(world.condition("PodReady"), "False/GateClosed") << "spec 08 3.2";
}

TEST(PodOfNode, is_unready_on_purpose_where_it_was_told_to_halt) {
    NodeWorld world;
    world.create_node(R"({"chainId":"c","image":"seid:v1","fullNode":{},"overrides":{"chain.halt_height":"100"}})");
    world.settle();
    ASSERT_EQ(world.phase(), "Running");
    world.observe_stateful_set("rev-1", 1, 1);
    world.put_pod("rev-1", "seid:v1", waiting_state("ErrImagePull"));
    world.settle();
    ASSERT_EQ(world.condition("PodReady"), "False/ImagePullFailed") << "a halt excuses nothing else";
    world.put_pod("rev-1", "seid:v1", running_state());
    world.leave_pod_unready();
    world.settle();
    EXPECT_EQ(world.condition("PodReady"), "False/HaltedByIntention");
}

TEST(PodOfNode, is_told_to_be_unschedulable) {
    NodeWorld world;
    world.settle_running();
    world.observe_stateful_set("rev-1", 1, 1);
    world.put_pod("rev-1", "seid:v1", json::Object{});
    world.api.edit(kPodPath, [](json::Object& pod) {
        pod["status"].as_object()["conditions"] =
            json::Array{json::Object{{"type", "PodScheduled"}, {"status", "False"}, {"message", "no machine"}}};
    });
    world.settle();
    EXPECT_EQ(world.condition("PodReady"), "False/Unschedulable");
    EXPECT_THAT(world.condition_message("PodReady"), HasSubstr("no machine"));
}

void set_sidecar_of_pod(NodeWorld& world, const std::string& image) {
    world.api.edit(kPodPath, [&](json::Object& pod) {
        pod["spec"].as_object()["initContainers"] =
            json::Array{json::Object{{"name", "sei-sidecar"}, {"image", image}}};
    });
}

TEST(SidecarOfNode, is_replaced_when_its_image_changes) {
    NodeWorld world;
    world.settle_running();
    world.observe_stateful_set("rev-1", 1, 1);
    world.put_pod("rev-1", "seid:v1", running_state());
    set_sidecar_of_pod(world, "example.com/seictl:v1");
    world.settle();
    EXPECT_FALSE(world.node().status.plan);
    world.set_spec("sidecar", json::parse(R"({"image":"example.com/seictl:v2"})"));
    world.pass();
    world.observe_stateful_set("rev-2", 0, 0);
    world.settle();
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "True/UpdateStarted");
    EXPECT_EQ(
        world.condition_message("NodeUpdateInProgress"),
        "sidecar image drift detected: spec=example.com/seictl:v2 current=example.com/seictl:v1"
    );
    EXPECT_EQ(world.uid_of(kPodPath), "") << "it is replaced";
}

TEST(SidecarOfNode, that_was_never_observed_is_not_replaced) {
    NodeWorld world;
    world.settle_running();
    world.observe_stateful_set("rev-1", 1, 1);
    world.put_pod("rev-1", "seid:v1", running_state());
    world.settle();
    EXPECT_FALSE(world.node().status.plan) << "the pod shows no sidecar";
    EXPECT_NE(world.uid_of(kPodPath), "");
}

TEST(SidecarOfNode, that_does_not_come_up_is_replaced_by_a_corrected_one) {
    NodeWorld world;
    world.settle_with_pod();
    world.set_spec("sidecar", json::parse(R"({"image":"example.com/seictl:broken"})"));
    set_sidecar_of_pod(world, "example.com/seictl:v1");
    world.pass();
    world.observe_stateful_set("rev-2", 0, 0);
    world.settle();
    ASSERT_EQ(world.uid_of(kPodPath), "");
    world.sidecar.is_unreachable = true;
    world.put_pod("rev-2", "seid:v1", running_state());
    set_sidecar_of_pod(world, "example.com/seictl:broken");
    world.settle();
    world.clock.advance_by(std::chrono::seconds{5});  // progress is told with the next step, or a little later
    world.settle();
    ASSERT_EQ(world.task("observe-image").status, api::TaskStatus::Complete) << "the gate is all that is left";
    ASSERT_EQ(world.task("mark-ready").status, api::TaskStatus::Pending);
    world.set_spec("sidecar", json::parse(R"({"image":"example.com/seictl:v3"})"));
    world.pass();
    world.observe_stateful_set("rev-3", 0, 0);
    world.settle();
    EXPECT_EQ(world.uid_of(kPodPath), "") << "its pod would wait for a mark-ready that nobody answers";
    world.sidecar.is_unreachable = false;
    world.put_pod("rev-3", "seid:v1", running_state());
    set_sidecar_of_pod(world, "example.com/seictl:v3");
    world.settle();
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateComplete");
}

TEST(PodOfNode, of_an_older_template_is_replaced_when_it_gets_nowhere) {
    NodeWorld world;
    world.settle_running();
    world.observe_stateful_set("rev-1", 1, 0);
    world.put_pod("rev-1", "seid:v1", waiting_state("CrashLoopBackOff"));
    world.settle();
    ASSERT_NE(world.uid_of(kPodPath), "") << "there is nothing newer";
    world.set_spec("sidecar", json::parse(R"({"resources":{"limits":{"memory":"8Gi"}}})"));
    world.pass();
    world.observe_stateful_set("rev-2", 0, 0);
    world.settle();
    EXPECT_EQ(world.uid_of(kPodPath), "");
    world.put_pod("rev-2", "seid:v1", running_state());
    world.settle();
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateComplete");
    EXPECT_NE(world.uid_of(kPodPath), "");
}

TEST(NodeUpdate, gives_up_on_a_sidecar_that_falls_silent_before_the_pod_is_replaced) {
    NodeWorld world;
    world.settle_with_pod();
    world.sidecar.on_start = [&](const std::string& type) {
        world.sidecar.is_unreachable = type == "config-apply";  // from then on
        return sidecar::TaskRun{.status = sidecar::RunStatus::Completed, .run = 1, .error = {}};
    };
    world.api.edit(kNodePath, [](json::Object& node) {
        json::Object& spec = node["spec"].as_object();
        spec["image"] = "seid:v2";
        spec["overrides"] = json::Object{{"evm.http_port", "9546"}};
    });
    world.pass();
    world.observe_stateful_set("rev-2", 0, 1);
    world.settle();
    ASSERT_NE(world.uid_of(kPodPath), "");
    for (int i = 0; i < 30; ++i) {
        world.clock.advance_by(std::chrono::seconds{5});
        world.settle();
    }
    EXPECT_EQ(world.uid_of(kPodPath), "") << "an urgent image waits for no sidecar that is gone";
}

}  // namespace
}  // namespace sei::test
