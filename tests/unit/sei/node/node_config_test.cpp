// What reaches a running node with its next pod only: configuration and template (spec 08 3.8, 7.1).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const json::Value kRuns = json::Object{{"running", json::Object{}}};

/// A running node with a pod of the newest template.
void settle_with_pod(NodeWorld& world, std::string_view overrides = R"({"evm.http_port":"9545"})") {
    world.create_node(
        R"({"chainId":"pacific-1","image":"seid:v1","fullNode":{},"peers":[{"static":{"addresses":["a@b:1"]}}],
            "overrides":)" +
        std::string{overrides} + "}"
    );
    world.settle();
    ASSERT_EQ(world.phase(), "Running");
    world.observe_stateful_set("rev-1", 1, 1);
    world.put_pod("rev-1", "seid:v1", kRuns);
    world.settle();
    world.sidecar.submissions.clear();
    world.take_writes();
}

/// The rollout to the image as the cluster makes it.
void roll(NodeWorld& world, const std::string& image, const std::string& revision) {
    world.observe_stateful_set(revision, 0, 0);
    world.settle();
    EXPECT_EQ(world.uid_of(kPodPath), "") << "the outdated pod is replaced";
    world.put_pod(revision, image, kRuns);
    world.settle();
}

/// One type of task is refused as long as `fails`.
void fail_task(NodeWorld& world, const std::string& refused, const bool& fails) {
    world.sidecar.on_start = [refused, &fails](const std::string& type) {
        const auto status = fails && type == refused ? sidecar::RunStatus::Failed : sidecar::RunStatus::Completed;
        return sidecar::TaskRun{.status = status, .run = 1, .error = "bad port"};
    };
}

/// Until its pod is replaced, nobody hears from the sidecar.
void replace_pod_without_sidecar(NodeWorld& world) {
    world.sidecar.is_unreachable = true;
    for (int i = 0; i < 30 && world.uid_of(kPodPath) != ""; ++i) {
        world.clock.advance_by(world.settle().delay());
        world.observe_stateful_set("rev-2", 0, 0);
    }
    ASSERT_EQ(world.uid_of(kPodPath), "");
    world.sidecar.is_unreachable = false;
}

const FakeSidecar::Submission* submission_of(const NodeWorld& world, const std::string& type) {
    for (const auto& submission : world.sidecar.submissions) {
        if (submission.type == type) return &submission;
    }
    return nullptr;
}

TEST(ChangedOverrides, are_told_and_left_alone_until_the_next_update) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("overrides", json::parse(R"({"evm.http_port":"9546","mempool.size":"7"})"));
    world.settle();
    EXPECT_EQ(world.condition("RestartPending"), "True/ConfigChanged");
    EXPECT_THAT(world.condition_message("RestartPending"), HasSubstr("(evm.http_port, mempool.size)"));
    EXPECT_EQ(world.node().status.plan, std::nullopt) << "no other drift than images makes a plan (spec 02 §20.2)";
    EXPECT_THAT(world.sidecar.submissions, IsEmpty());
    world.take_writes();
    for (int i = 0; i < 5; ++i) world.pass();
    EXPECT_THAT(world.take_writes(), IsEmpty());
}

TEST(ChangedOverrides, come_with_the_next_update_before_the_pod_is_replaced) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("overrides", json::parse(R"({"evm.http_port":"9546"})"));
    world.settle();
    world.set_spec("image", "seid:v2");
    world.settle();
    EXPECT_THAT(
        world.condition_message("NodeUpdateInProgress"), HasSubstr("configuration drift detected: evm.http_port")
    );
    ASSERT_NE(world.uid_of(kPodPath), "");
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("config-apply", "config-validate"));
    const FakeSidecar::Submission* applied = submission_of(world, "config-apply");
    ASSERT_NE(applied, nullptr);
    EXPECT_EQ(applied->params->at("incremental"), json::Value(true)) << "no other keys are touched";
    EXPECT_EQ(applied->params->at("overrides").at("evm.http_port"), json::Value("9546"));

    roll(world, "seid:v2", "rev-2");
    EXPECT_EQ(world.node().status.currentImage, "seid:v2");
    EXPECT_EQ(world.node().status.appliedConfig->overrides.at("evm.http_port"), "9546");
    EXPECT_EQ(world.condition("RestartPending"), "False/UpToDate");
    EXPECT_EQ(world.sidecar.submitted_types().back(), "mark-ready");
}

TEST(ChangedOverrides, that_are_refused_by_the_sidecar_cost_no_pod) {
    NodeWorld world;
    settle_with_pod(world);
    world.sidecar.on_start = [](const std::string& type) {
        const bool fails = type == "config-validate";
        return sidecar::TaskRun{
            .status = fails ? sidecar::RunStatus::Failed : sidecar::RunStatus::Completed, .run = 1, .error = "bad port"
        };
    };
    world.api.edit(kNodePath, [](json::Object& node) {
        json::Object& spec = node["spec"].as_object();
        spec["image"] = "seid:v2";
        spec["overrides"] = json::Object{{"evm.http_port", "no port"}};
    });
    world.settle();
    EXPECT_NE(world.uid_of(kPodPath), "") << "spec 08 1.7";
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateFailed");
    EXPECT_THAT(world.condition_message("NodeUpdateInProgress"), HasSubstr("bad port"));
}

TEST(ChangedOverrides, that_are_refused_cost_no_pod_at_any_later_attempt) {
    NodeWorld world;
    settle_with_pod(world);
    bool fails = true;
    fail_task(world, "config-validate", fails);
    world.set_spec("overrides", json::Object{{"evm.http_port", "no port"}});
    world.set_spec("image", "seid:v2");
    world.settle();
    world.observe_stateful_set("rev-2", 0, 0);
    for (int attempt = 0; attempt < 5; ++attempt) {
        world.clock.advance_by(std::chrono::minutes{10});
        if (attempt == 3) world.restart_operator();
        world.settle();
        EXPECT_NE(world.uid_of(kPodPath), "") << "it would start with what was refused (spec 08 1.7)";
        EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateFailed");
    }
    // Back to the value of before: the volume has the refused one, and nothing but a validation says otherwise.
    fails = false;
    world.set_spec("overrides", json::Object{{"evm.http_port", "9545"}});
    world.sidecar.submissions.clear();
    world.settle();
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("config-apply", "config-validate"));
    EXPECT_EQ(world.uid_of(kPodPath), "");
    EXPECT_FALSE(world.node().status.appliedConfig->unvalidated);
}

TEST(ChangedOverrides, that_the_next_pod_refuses_do_not_open_its_gate) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("overrides", json::Object{{"evm.http_port", "no port"}});
    world.set_spec("image", "seid:v2");
    replace_pod_without_sidecar(world);
    world.sidecar.health = sidecar::NotReady{};
    const bool fails = true;
    fail_task(world, "config-validate", fails);
    world.put_pod("rev-2", "seid:v2", kRuns);
    for (int attempt = 0; attempt < 3; ++attempt) {
        world.clock.advance_by(std::chrono::minutes{10});
        world.settle();
    }
    EXPECT_EQ(submission_of(world, "mark-ready"), nullptr);
    world.sidecar.complete_tasks();
    world.set_spec("overrides", json::Object{{"evm.http_port", "9546"}});
    world.settle();
    EXPECT_EQ(world.sidecar.submitted_types().back(), "mark-ready");
}

TEST(ChangedOverrides, that_became_unset_get_their_defaults_back) {
    NodeWorld world;
    settle_with_pod(world);
    world.api.edit(kNodePath, [](json::Object& node) {
        json::Object& spec = node["spec"].as_object();
        spec["image"] = "seid:v2";
        spec.erase("overrides");
    });
    world.settle();
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("config-apply", "discover-peers", "config-validate"));
    const FakeSidecar::Submission* applied = submission_of(world, "config-apply");
    ASSERT_NE(applied, nullptr);
    EXPECT_EQ(applied->params->at("incremental"), json::Value(false)) << "made anew from the defaults";
    EXPECT_FALSE(applied->params->at("overrides").as_object().contains("evm.http_port"));
}

TEST(ChangedOverrides, that_nobody_knows_are_named_and_keep_no_image_waiting) {
    NodeWorld world;
    settle_with_pod(world);
    world.api.edit(kNodePath, [](json::Object& node) {
        json::Object& spec = node["spec"].as_object();
        spec["image"] = "seid:v2";
        spec["overrides"] = json::Object{{"evm.port", "1"}};
    });
    world.settle();
    EXPECT_EQ(world.condition("SpecValid"), "False/SpecRejected");
    EXPECT_THAT(world.condition_message("SpecValid"), HasSubstr("spec.overrides[evm.port]"));
    // Edits that follow each other while the update is under way change nothing for it.
    const std::string plan = world.node().status.plan->id;
    for (int i = 0; i < 20; ++i) {
        world.set_spec("overrides", json::Object{{"evm.port", std::to_string(i)}});
        world.settle();
    }
    EXPECT_EQ(world.node().status.plan->id, plan);
    roll(world, "seid:v2", "rev-2");
    EXPECT_EQ(world.node().status.currentImage, "seid:v2");
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("mark-ready"));
    EXPECT_EQ(world.condition("RestartPending"), "absent") << "no restart would apply it";
    world.set_spec("overrides", json::Object{{"evm.http_port", "1"}});
    world.settle();
    EXPECT_EQ(world.condition("SpecValid"), "True/SpecAccepted");
    EXPECT_EQ(world.condition("RestartPending"), "True/ConfigChanged");
}

TEST(ChangedOverrides, are_applied_at_once_when_somebody_asks_for_it) {
    NodeWorld world;
    settle_with_pod(world);
    const std::string pod = world.uid_of(kPodPath);
    world.set_spec("overrides", json::parse(R"({"evm.http_port":"9546"})"));
    world.settle();
    world.annotate("sei.io/retry", "now");
    world.settle();
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "True/UpdateStarted");
    EXPECT_TRUE(world.node().metadata.annotations.empty()) << "heeded once";
    EXPECT_EQ(world.uid_of(kPodPath), "") << "its template is the newest, its configuration is not";
    EXPECT_EQ(world.node().status.appliedConfig->overrides.at("evm.http_port"), "9546");
    world.put_pod("rev-1", "seid:v1", kRuns);
    ASSERT_NE(world.uid_of(kPodPath), pod);
    world.settle();
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateComplete");
    EXPECT_EQ(world.condition("RestartPending"), "False/UpToDate");
    EXPECT_NE(world.uid_of(kPodPath), "") << "and it is replaced once";
}

TEST(RestartedPod, whose_deletion_was_refused_is_asked_to_go_again) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("overrides", json::parse(R"({"evm.http_port":"9546"})"));
    world.annotate("sei.io/retry", "now");
    unsigned refused = 0;
    world.api.before = [&](const kube::HttpRequest& request, const std::string& path) {
        std::optional<kube::HttpResponse> refusal;
        if (request.method == kube::HttpMethod::Delete && path == kPodPath && refused++ == 0) {
            refusal = FakeApi::refusal(409, "Conflict", "the object has been modified");
        }
        return refusal;
    };
    world.settle();
    ASSERT_EQ(refused, 1u);
    ASSERT_NE(world.uid_of(kPodPath), "") << "the cache had no time to see it go: it is not asked for in the same pass";
    world.settle();
    EXPECT_EQ(world.uid_of(kPodPath), "");
}

TEST(ChangedOverrides, are_applied_at_once_when_that_was_asked_for_before_they_were_seen) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("overrides", json::parse(R"({"evm.http_port":"9546"})"));
    world.annotate("sei.io/retry", "now");
    world.settle();
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "True/UpdateStarted");
    EXPECT_TRUE(world.node().metadata.annotations.empty()) << "heeded once";
}

TEST(ChangedOverrides, in_the_middle_of_an_update_replace_its_plan) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("image", "seid:v2");
    world.settle();
    const std::string first = world.node().status.plan->id;
    world.set_spec("overrides", json::parse(R"({"evm.http_port":"9546"})"));
    world.settle();
    EXPECT_NE(world.node().status.plan->id, first);
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("config-apply", "config-validate"));
    roll(world, "seid:v2", "rev-2");
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateComplete");
}

TEST(ChangedOverrides, are_left_to_the_next_pod_when_the_sidecar_stays_away) {
    NodeWorld world;
    settle_with_pod(world);
    world.api.edit(kNodePath, [](json::Object& node) {
        json::Object& spec = node["spec"].as_object();
        spec["image"] = "seid:v2";
        spec["overrides"] = json::Object{{"evm.http_port", "9546"}};
    });
    world.sidecar.is_unreachable = true;
    for (int i = 0; i < 30 && world.uid_of(kPodPath) != ""; ++i) {
        const kube::Requeue wait = world.settle();
        world.clock.advance_by(wait.delay());
        world.observe_stateful_set("rev-2", 0, 0);
    }
    EXPECT_EQ(world.uid_of(kPodPath), "") << "a broken sidecar does not keep its own repair waiting";
    world.sidecar.is_unreachable = false;
    world.put_pod("rev-2", "seid:v2", kRuns);
    world.clock.advance_by(std::chrono::seconds{30});
    world.settle();
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("config-apply", "config-validate", "mark-ready"));
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateComplete");
}

json::Value static_peer(std::string_view address) {
    return json::Array{json::Object{{"static", json::Object{{"addresses", json::Array{address}}}}}};
}

TEST(ChangedPeers, are_told_and_restart_nothing) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("peers", static_peer("c@d:2"));
    world.settle();
    EXPECT_EQ(world.condition("RestartPending"), "True/ConfigChanged");
    EXPECT_THAT(world.condition_message("RestartPending"), HasSubstr("(peers)"));
    EXPECT_EQ(world.node().status.plan, std::nullopt);
    EXPECT_THAT(world.sidecar.submissions, IsEmpty());
}

TEST(ChangedPeers, accompany_the_next_update) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("peers", static_peer("c@d:2"));
    world.set_spec("image", "seid:v2");
    world.settle();
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("discover-peers", "config-validate"));
    const FakeSidecar::Submission* looked_up = submission_of(world, "discover-peers");
    ASSERT_NE(looked_up, nullptr);
    EXPECT_EQ(looked_up->params->at("sources").as_array().at(0).at("addresses"), json::parse(R"(["c@d:2"])"));
    roll(world, "seid:v2", "rev-2");
    EXPECT_EQ(world.condition("RestartPending"), "absent");
    world.set_spec("image", "seid:v3");
    world.sidecar.submissions.clear();
    world.settle();
    EXPECT_THAT(world.sidecar.submitted_types(), IsEmpty()) << "the node has them";
}

TEST(ChangedPeers, that_are_none_anymore_are_forgotten) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("peers", json::Array{});
    world.set_spec("image", "seid:v2");
    world.settle();
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("config-apply", "config-validate"));
    EXPECT_EQ(submission_of(world, "config-apply")->params->at("incremental"), json::Value(false));
    roll(world, "seid:v2", "rev-2");
    EXPECT_EQ(world.condition("RestartPending"), "absent");
}

TEST(ChangedPeers, that_cannot_be_reached_keep_no_image_waiting) {
    NodeWorld world;
    settle_with_pod(world);
    world.sidecar.on_start = [](const std::string& type) {
        const bool fails = type == "discover-peers";
        return sidecar::TaskRun{
            .status = fails ? sidecar::RunStatus::Failed : sidecar::RunStatus::Completed, .run = 1, .error = "no answer"
        };
    };
    world.set_spec("peers", static_peer("c@d:2"));
    world.set_spec("image", "seid:v2");
    const kube::WallTime start = world.clock.now();
    for (int i = 0; i < 30 && world.uid_of(kPodPath) != ""; ++i) {
        const kube::Requeue wait = world.settle();
        world.observe_stateful_set("rev-2", 0, 0);
        world.clock.advance_by(wait.delay());
    }
    EXPECT_EQ(world.uid_of(kPodPath), "");
    EXPECT_LT(world.clock.now() - start, std::chrono::minutes{3});
    roll(world, "seid:v2", "rev-2");
    EXPECT_EQ(world.node().status.currentImage, "seid:v2");
    EXPECT_EQ(world.condition("RestartPending"), "True/ConfigChanged") << "the next update looks for them again";
}

TEST(ChangedPeers, in_the_middle_of_an_update_replace_its_plan) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("image", "seid:v2");
    world.settle();
    world.set_spec("peers", static_peer("c@d:2"));
    world.settle();
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("discover-peers", "config-validate"));
    roll(world, "seid:v2", "rev-2");
    EXPECT_EQ(world.condition("RestartPending"), "absent");
}

TEST(ChangedPeers, that_make_the_configuration_invalid_cost_no_pod) {
    NodeWorld world;
    settle_with_pod(world);
    bool fails = true;
    fail_task(world, "config-validate", fails);
    world.set_spec("peers", static_peer("c@d:2"));
    world.set_spec("image", "seid:v2");
    for (int attempt = 0; attempt < 3; ++attempt) {
        world.settle();
        world.observe_stateful_set("rev-2", 0, 0);
        world.clock.advance_by(std::chrono::minutes{10});
    }
    EXPECT_NE(world.uid_of(kPodPath), "");
    fails = false;
    world.settle();
    EXPECT_EQ(world.uid_of(kPodPath), "");
}

TEST(ChangedPeers, that_cannot_be_reached_keep_no_gate_closed) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("overrides", json::Object{{"evm.http_port", "9546"}});
    world.set_spec("peers", static_peer("c@d:2"));
    world.set_spec("image", "seid:v2");
    replace_pod_without_sidecar(world);
    const bool fails = true;
    fail_task(world, "discover-peers", fails);
    world.sidecar.health = sidecar::NotReady{};
    world.put_pod("rev-2", "seid:v2", kRuns);
    for (int i = 0; i < 30 && submission_of(world, "mark-ready") == nullptr; ++i) {
        world.settle();
        world.clock.advance_by(std::chrono::minutes{1});
    }
    EXPECT_NE(submission_of(world, "mark-ready"), nullptr) << "the file has the peers of before";
}

TEST(ChangedOverrides, that_were_refused_and_are_unknown_now_reach_no_pod_either) {
    NodeWorld world;
    settle_with_pod(world);
    const bool fails = true;
    fail_task(world, "config-validate", fails);
    world.set_spec("overrides", json::Object{{"evm.http_port", "no port"}});
    world.set_spec("image", "seid:v2");
    world.settle();
    world.set_spec("overrides", json::Object{{"evm.port", "1"}});
    for (int attempt = 0; attempt < 3; ++attempt) {
        world.settle();
        world.observe_stateful_set("rev-2", 0, 0);
        world.clock.advance_by(std::chrono::minutes{10});
    }
    EXPECT_NE(world.uid_of(kPodPath), "");
    EXPECT_EQ(world.condition("SpecValid"), "False/SpecRejected");
}

TEST(ParticipantOfACeremony, whose_file_is_made_anew_gets_its_peers_at_whatever_attempt) {
    NodeWorld world;
    world.create_node(
        R"({"chainId":"c","image":"seid:v1","overrides":{"evm.http_port":"9545"},"validator":{"genesisCeremony":
            {"chainId":"c","stakingAmount":"1usei","accountBalance":"2usei","genesisParams":{}}}})"
    );
    world.settle();
    ASSERT_EQ(world.phase(), "Running");
    world.observe_stateful_set("rev-1", 1, 1);
    world.put_pod("rev-1", "seid:v1", kRuns);
    world.settle();
    bool fails = true;
    fail_task(world, "set-genesis-peers", fails);
    world.set_spec("overrides", json::Object{});
    world.set_spec("image", "seid:v2");
    world.settle();
    fails = false;
    world.sidecar.submissions.clear();
    world.observe_stateful_set("rev-2", 0, 0);
    world.clock.advance_by(std::chrono::minutes{10});
    world.settle();
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("config-apply", "set-genesis-peers", "config-validate"));
    EXPECT_EQ(world.uid_of(kPodPath), "");
}

/// The events of a node with these overrides, from its creation to rest and a pass more.
std::vector<std::string> events_with_overrides(const std::string& overrides) {
    NodeWorld world;
    world.create_node(R"({"chainId":"c","image":"seid:v1","fullNode":{},"overrides":)" + overrides + "}");
    world.settle();
    world.pass();
    return world.events;
}

TEST(LogLevel, that_is_not_let_through_is_told_once) {
    const auto told = ::testing::StartsWith("Warning OverrideReplaced: spec.overrides[logging.level] is \"debug\"");
    EXPECT_THAT(events_with_overrides(R"({"logging.level":"debug"})"), ::testing::Contains(told).Times(1));
    EXPECT_THAT(
        events_with_overrides(R"({"logging.level":"info"})"),
        ::testing::Not(::testing::Contains(HasSubstr("OverrideReplaced")))
    );
}

TEST(MovedPort, is_told_once_when_the_node_is_given_it) {
    EXPECT_THAT(
        events_with_overrides(R"({"api.grpc.enable":"false"})"),
        ::testing::Contains(::testing::StartsWith("Warning AskedPortMoved: spec.overrides[api.grpc.enable]")).Times(1)
    );
    EXPECT_THAT(
        events_with_overrides(R"({"evm.http_port":"9545"})"),
        ::testing::Not(::testing::Contains(HasSubstr("AskedPortMoved")))
    );
}

std::vector<std::string> events_of_state_sync(const std::string& members, const std::string& peers) {
    NodeWorld world;
    world.create_node(
        R"({"chainId":"c","image":"seid:v1","fullNode":{"snapshot":{"stateSync":{})" + members + R"(}},"peers":)" +
        peers + "}"
    );
    world.settle();
    world.pass();
    return world.events;
}

TEST(Witnesses, that_are_too_few_are_told_with_the_plan_that_needs_them) {
    const auto told = ::testing::StartsWith("Warning FewWitnesses: ");
    const std::string one = R"([{"static":{"addresses":["id@a:1"]}}])";
    const std::string two = R"([{"static":{"addresses":["id@a:1","id@b:1"]}}])";
    EXPECT_THAT(events_of_state_sync("", one), ::testing::Contains(told).Times(1));
    EXPECT_THAT(events_of_state_sync("", two), ::testing::Not(::testing::Contains(told)));
    EXPECT_THAT(events_of_state_sync(R"(,"witnesses":["c:1","d:1"])", one), ::testing::Not(::testing::Contains(told)));
    EXPECT_THAT(events_with_overrides("{}"), ::testing::Not(::testing::Contains(told))) << "it synchronises blocks";
}

TEST(Witnesses, are_sent_after_state_sync_was_configured_and_are_no_drift_afterwards) {
    NodeWorld world;
    world.create_node(
        R"({"chainId":"c","image":"seid:v1","peers":[{"static":{"addresses":["id@a:1"]}}],
            "fullNode":{"snapshot":{"s3":{"targetHeight":100},"witnesses":["c:1","d:1"]}}})"
    );
    world.settle();
    ASSERT_EQ(world.phase(), "Running");
    EXPECT_THAT(
        world.sidecar.submitted_types(),
        ElementsAre(
            "snapshot-restore",
            "configure-genesis",
            "config-apply",
            "discover-peers",
            "configure-state-sync",
            "config-apply",
            "config-validate",
            "mark-ready"
        )
    );
    EXPECT_EQ(
        kube::json::serialize_canonical(*world.sidecar.submissions.at(5).params),
        R"({"incremental":true,"mode":"full","overrides":{"logging.level":"info","state_sync.rpc_servers":"c:1,d:1"},)"
        R"("targetVersion":0})"
    );
    world.pass();
    EXPECT_EQ(world.condition("RestartPending"), "absent");
    EXPECT_FALSE(world.node().status.appliedConfig->unvalidated);
}

TEST(ExternalAddress, that_changes_on_a_running_node_comes_with_the_next_update) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("externalAddress", "n0.example.com:26656");
    world.settle();
    EXPECT_THAT(world.sidecar.submitted_types(), IsEmpty());
    EXPECT_EQ(world.condition("RestartPending"), "True/ConfigChanged");
    world.set_spec("image", "seid:v2");
    world.settle();
    roll(world, "seid:v2", "rev-2");
    const auto* sent = submission_of(world, "config-apply");
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(sent->params->at("overrides").at("network.p2p.external_address"), "n0.example.com:26656");
    EXPECT_EQ(world.condition("RestartPending"), "False/UpToDate");
}

TEST(Configuration, that_was_never_recorded_is_no_drift) {
    NodeWorld world;
    settle_with_pod(world);
    world.api.edit(kNodePath, [](json::Object& node) { node["status"].as_object().erase("appliedConfig"); });
    world.settle();
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH seinodes/n0/status")) << "spec 08 2.6";
    EXPECT_EQ(world.node().status.appliedConfig->overrides.at("evm.http_port"), "9545");
    EXPECT_EQ(world.condition("RestartPending"), "absent");
}

TEST(ChangedTemplate, is_told_until_the_pod_is_of_it) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("podLabels", json::parse(R"({"team":"a"})"));
    world.settle();
    EXPECT_EQ(world.condition("RestartPending"), "absent") << "nobody has seen the template yet";
    world.observe_stateful_set("rev-2", 0, 1);
    world.settle();
    EXPECT_EQ(world.condition("RestartPending"), "True/TemplateChanged");
    EXPECT_THAT(world.condition_message("RestartPending"), HasSubstr("pod n0-0 is of an older template"));
    EXPECT_NE(world.uid_of(kPodPath), "") << "it is not rolled";
    world.put_pod("rev-2", "seid:v1", kRuns);
    world.settle();
    EXPECT_EQ(world.condition("RestartPending"), "False/UpToDate");
}

TEST(ChangedTemplate, is_rolled_when_somebody_asks_for_it) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("podLabels", json::parse(R"({"team":"a"})"));
    world.settle();
    world.observe_stateful_set("rev-2", 0, 1);
    world.settle();
    world.annotate("sei.io/retry", "now");
    world.settle();
    EXPECT_EQ(world.uid_of(kPodPath), "");
    world.put_pod("rev-2", "seid:v1", kRuns);
    world.settle();
    EXPECT_EQ(world.condition("RestartPending"), "False/UpToDate");
    EXPECT_EQ(world.node().status.plan, std::nullopt);
}

TEST(Rollout, without_progress_for_ten_minutes_has_a_reason_that_stays) {
    NodeWorld world;
    settle_with_pod(world);
    world.set_spec("image", "seid:v2");
    world.settle();
    world.observe_stateful_set("rev-2", 0, 0);
    world.settle();
    world.put_pod("rev-2", "seid:v2", waiting_state("ImagePullBackOff"));
    world.settle();
    EXPECT_EQ(world.condition("Stalled"), "absent");
    world.clock.advance_by(std::chrono::minutes{10});
    world.settle();
    EXPECT_EQ(world.condition("Stalled"), "True/ProgressDeadlineExceeded");
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("seid:v2"));
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("ImagePullBackOff"));
    world.restart_operator();
    world.take_writes();
    world.settle();
    EXPECT_EQ(world.condition("Stalled"), "True/ProgressDeadlineExceeded");

    world.put_pod("rev-2", "seid:v2", kRuns);
    world.settle();
    EXPECT_EQ(world.condition("Stalled"), "False/Progressing");
    EXPECT_EQ(world.node().status.currentImage, "seid:v2");
}

}  // namespace
}  // namespace sei::test
