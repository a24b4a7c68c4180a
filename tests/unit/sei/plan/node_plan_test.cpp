// What all plans have in common, and those of a full node, as spec 02 §24 lists them. The other modes:
// node_modes_test.cpp.
#include "sei/plan/node_plan.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kube/json/json.hpp"
#include "sei/plan/spec_problem.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::plan {
namespace {

api::SeiNode full_node() {
    api::SeiNode node;
    node.metadata.name = "n0";
    node.metadata.namespace_ = "ns";
    node.spec.chainId = "pacific-1";
    node.spec.image = "seid:v1";
    node.spec.fullNode.emplace();
    return node;
}

api::SnapshotSource s3_snapshot() {
    api::SnapshotSource snapshot;
    snapshot.s3 = api::S3Snapshot{.targetHeight = 100'000'000};
    snapshot.trustPeriod = "9999h0m0s";
    return snapshot;
}

api::SnapshotSource state_sync() {
    api::SnapshotSource snapshot;
    snapshot.stateSync.emplace();
    return snapshot;
}

api::SnapshotGenerationConfig generation(std::int32_t keep_recent, bool publish) {
    api::SnapshotGenerationConfig config;
    config.tendermint.emplace();
    config.tendermint->keepRecent = keep_recent;
    if (publish) config.tendermint->publish.emplace();
    return config;
}

api::PeerSource static_peer() {
    api::PeerSource peer;
    peer.static_ = api::StaticPeerSource{.addresses = {"id@host:26656"}};
    return peer;
}

UuidSource fixed_ids() {
    return UuidSource{[] { return std::uint64_t{0}; }};
}

std::vector<std::string> types_of(const api::TaskPlan& plan) {
    std::vector<std::string> types;
    for (const auto& task : plan.tasks) types.push_back(task.type);
    return types;
}

const api::PlannedTask& task_of(const api::TaskPlan& plan, TaskType type) {
    for (const auto& task : plan.tasks) {
        if (task.type == to_wire(type)) return task;
    }
    ADD_FAILURE() << "no " << to_wire(type);
    return plan.tasks.front();
}

TEST(InitPlan, of_the_smallest_full_node_is_the_worked_example) {
    UuidSource ids = fixed_ids();
    const api::TaskPlan plan = init_plan(full_node(), ids);

    EXPECT_EQ(plan.id, "00000000-0000-4000-8000-000000000000");
    EXPECT_EQ(plan.phase, api::PlanPhase::Active);
    EXPECT_EQ(plan.targetPhase, api::NodePhase::Running);
    EXPECT_EQ(plan.failedPhase, api::NodePhase::Failed);
    const std::vector<std::string> expected{
        "ensure-data-pvc",
        "apply-rbac-proxy-config",
        "apply-statefulset",
        "apply-service",
        "configure-genesis",
        "config-apply",
        "config-validate",
        "mark-ready"
    };
    EXPECT_EQ(types_of(plan), expected);
    EXPECT_EQ(kube::json::serialize(plan.tasks[0].params), R"({"nodeName":"n0","namespace":"ns"})");
    EXPECT_EQ(kube::json::serialize(task_of(plan, TaskType::ConfigureGenesis).params), "{}");
    EXPECT_EQ(task_of(plan, TaskType::ConfigureGenesis).maxRetries, 180);
    EXPECT_EQ(
        kube::json::serialize(task_of(plan, TaskType::ConfigApply).params),
        R"({"mode":"full","overrides":{"logging.level":"info"}})"
    );
    for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
        EXPECT_EQ(plan.tasks[i].id, task_id(plan.id, plan.tasks[i].type, i));
        EXPECT_EQ(plan.tasks[i].status, api::TaskStatus::Pending);
    }
}

TEST(InitPlan, survives_being_stored_with_empty_params) {
    UuidSource ids = fixed_ids();
    const api::TaskPlan plan = init_plan(full_node(), ids);
    api::SeiNodeStatus status;
    status.plan = plan;
    const auto read = kube::json::from_json<api::SeiNodeStatus>(kube::json::to_json(status));
    ASSERT_TRUE(read.plan.has_value());
    EXPECT_EQ(*read.plan, plan);
}

TEST(InitPlan, has_the_tasks_of_each_variant) {
    struct Case {
        std::string behaviour;
        api::SeiNode node;
        std::vector<std::string> expected;
    };
    std::vector<Case> cases;
    {
        api::SeiNode node = full_node();
        node.spec.fullNode->snapshot = s3_snapshot();
        cases.push_back(
            {"an S3 snapshot without peers",
             node,
             {"ensure-data-pvc",
              "apply-rbac-proxy-config",
              "apply-statefulset",
              "apply-service",
              "snapshot-restore",
              "configure-genesis",
              "config-apply",
              "configure-state-sync",
              "config-validate",
              "mark-ready"}}
        );
        node.spec.peers.push_back(static_peer());
        cases.push_back(
            {"an S3 snapshot with a peer source",
             node,
             {"ensure-data-pvc",
              "apply-rbac-proxy-config",
              "apply-statefulset",
              "apply-service",
              "snapshot-restore",
              "configure-genesis",
              "config-apply",
              "discover-peers",
              "configure-state-sync",
              "config-validate",
              "mark-ready"}}
        );
    }
    {
        api::SeiNode node = full_node();
        node.spec.fullNode->snapshot = state_sync();
        node.spec.peers.push_back(static_peer());
        cases.push_back(
            {"state sync with peers",
             node,
             {"ensure-data-pvc",
              "apply-rbac-proxy-config",
              "apply-statefulset",
              "apply-service",
              "configure-genesis",
              "config-apply",
              "discover-peers",
              "configure-state-sync",
              "config-validate",
              "mark-ready"}}
        );
        node.spec.peers.clear();
        node.spec.fullNode->snapshotGeneration = generation(5, true);
        cases.push_back(
            {"state sync that publishes",
             node,
             {"ensure-data-pvc",
              "apply-rbac-proxy-config",
              "apply-statefulset",
              "apply-service",
              "configure-genesis",
              "config-apply",
              "configure-state-sync",
              "config-validate",
              "snapshot-upload",
              "mark-ready"}}
        );
    }
    {
        api::SeiNode node = full_node();
        node.spec.peers.emplace_back().label = api::LabelPeerSource{.selector = {{"a", "b"}}};
        cases.push_back(
            {"a label source that matches nothing yet is looked at when its turn comes",
             node,
             {"ensure-data-pvc",
              "apply-rbac-proxy-config",
              "apply-statefulset",
              "apply-service",
              "configure-genesis",
              "config-apply",
              "discover-peers",
              "config-validate",
              "mark-ready"}}
        );
    }
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        UuidSource ids = fixed_ids();
        EXPECT_EQ(types_of(init_plan(c.node, ids)), c.expected);
        EXPECT_EQ(problem_of(c.node), std::nullopt);
    }
}

TEST(InitPlan, stores_parameters_under_the_keys_of_the_specification) {
    api::SeiNode node = full_node();
    node.spec.fullNode->snapshot = s3_snapshot();
    node.spec.peers.emplace_back().ec2Tags =
        api::Ec2TagsPeerSource{.region = "eu-central-1", .tags = {{"ChainIdentifier", "pacific-1"}}};
    node.spec.peers.push_back(static_peer());
    node.spec.peers.emplace_back().label = api::LabelPeerSource{.selector = {{"a", "b"}}};
    node.status.resolvedPeers = {"seed-0-0.seed-0.ns.svc.cluster.local"};
    UuidSource ids = fixed_ids();
    const api::TaskPlan plan = init_plan(node, ids);

    EXPECT_EQ(kube::json::serialize(task_of(plan, TaskType::SnapshotRestore).params), R"({"TargetHeight":100000000})");
    EXPECT_EQ(
        kube::json::serialize(task_of(plan, TaskType::ConfigureStateSync).params),
        R"({"UseLocalSnapshot":true,"TrustPeriod":"9999h0m0s","BackfillBlocks":0})"
    );
    EXPECT_EQ(
        kube::json::serialize(task_of(plan, TaskType::DiscoverPeers).params),
        R"({"Sources":[{"type":"ec2Tags","region":"eu-central-1","tags":{"ChainIdentifier":"pacific-1"}},)"
        R"({"type":"static","addresses":["id@host:26656"]},)"
        R"({"type":"dnsEndpoints","endpoints":["seed-0-0.seed-0.ns.svc.cluster.local"]}]})"
    );
    EXPECT_EQ(task_of(plan, TaskType::DiscoverPeers).maxRetries, 20);
}

TEST(InitPlan, applies_the_configuration_again_with_the_witnesses_once_state_sync_is_configured) {
    api::SeiNode node = full_node();
    node.spec.fullNode->snapshot = state_sync();
    node.spec.fullNode->snapshot->witnesses = {"a.example.com:26657", "b.example.com:26657"};
    node.spec.peers.push_back(static_peer());
    UuidSource ids = fixed_ids();
    const api::TaskPlan plan = init_plan(node, ids);
    const std::vector<std::string> expected{
        "ensure-data-pvc",
        "apply-rbac-proxy-config",
        "apply-statefulset",
        "apply-service",
        "configure-genesis",
        "config-apply",
        "discover-peers",
        "configure-state-sync",
        "config-apply",
        "config-validate",
        "mark-ready"
    };
    ASSERT_EQ(types_of(plan), expected);
    EXPECT_EQ(
        kube::json::serialize_canonical(plan.tasks[8].params),
        R"({"incremental":true,"mode":"full","overrides":{"logging.level":"info",)"
        R"("state_sync.rpc_servers":"a.example.com:26657,b.example.com:26657"}})"
    );
    node.status.appliedConfig = {.mode = "full", .overrides = config_intent(node).overrides};
    EXPECT_TRUE(serves_configuration(plan, node));
    node.spec.fullNode->snapshot->witnesses = {"a.example.com:26657", "c.example.com:26657"};
    EXPECT_FALSE(is_same_work(plan, init_plan(node, ids), node)) << "other witnesses are another plan";
}

TEST(InitPlan, names_the_halt_height_where_it_is_not_the_target) {
    api::SeiNode node = full_node();
    node.spec.fullNode->snapshot = s3_snapshot();
    node.spec.fullNode->snapshot->bootstrapImage = "boot";
    const auto deployed = [&] {
        UuidSource ids = fixed_ids();
        const api::TaskPlan plan = init_plan(node, ids);
        EXPECT_EQ(
            kube::json::serialize(task_of(plan, TaskType::SnapshotRestore).params), R"({"TargetHeight":100000000})"
        );
        return kube::json::serialize(task_of(plan, TaskType::DeployBootstrapJob).params);
    };
    EXPECT_EQ(deployed(), R"({"jobName":"n0-bootstrap","namespace":"ns"})");
    node.spec.fullNode->snapshot->s3->haltHeight = 100'000'000;
    EXPECT_EQ(deployed(), R"({"jobName":"n0-bootstrap","namespace":"ns"})");
    node.spec.fullNode->snapshot->s3->haltHeight = 100'000'500;
    EXPECT_EQ(deployed(), R"({"jobName":"n0-bootstrap","namespace":"ns","haltHeight":100000500})");
}

TEST(ConfigIntentOfNode, layers_mode_then_user_then_the_forced_level) {
    api::SeiNode node = full_node();
    node.spec.fullNode->snapshotGeneration = generation(3, false);
    node.spec.overrides = {{"evm.http_port", "9545"}, {"logging.level", "debug"}};
    EXPECT_EQ(
        kube::json::serialize_canonical(to_stored(config_intent(node))),
        R"({"mode":"full","overrides":{"chain.min_retain_blocks":"50000","evm.http_port":"9545","logging.level":"info",)"
        R"("network.p2p.max_connections":"500","network.p2p.recv_rate":"20971520","network.p2p.send_rate":"20971520",)"
        R"("storage.pruning_keep_every":"0","storage.pruning_keep_recent":"50000","storage.snapshot_interval":"2000",)"
        R"("storage.snapshot_keep_recent":"3"}})"
    );
}

TEST(ConfigIntentOfNode, lets_the_user_replace_what_the_mode_brings) {
    api::SeiNode node = full_node();
    node.spec.fullNode->snapshotGeneration = generation(3, false);
    node.spec.overrides = {{"storage.snapshot_interval", "77"}};
    EXPECT_EQ(config_intent(node).overrides.at("storage.snapshot_interval"), "77");
}

TEST(ConfigIntentOfNode, carries_the_external_address_when_there_is_one) {
    api::SeiNode node = full_node();
    node.status.externalAddress = "1.2.3.4:26656";
    EXPECT_EQ(config_intent(node).overrides.at("network.p2p.external_address"), "1.2.3.4:26656");
    node.spec.externalAddress = "n0.example.com:26656";
    EXPECT_EQ(config_intent(node).overrides.at("network.p2p.external_address"), "n0.example.com:26656");
    node.spec.overrides["network.p2p.external_address"] = "of.the.user:1";
    EXPECT_EQ(config_intent(node).overrides.at("network.p2p.external_address"), "of.the.user:1");
}

TEST(ConfigIntentOfNode, has_the_witnesses_of_its_snapshot) {
    api::SeiNode node = full_node();
    node.spec.fullNode->snapshot = s3_snapshot();
    EXPECT_FALSE(config_intent(node).overrides.contains("state_sync.rpc_servers"));
    node.spec.fullNode->snapshot->witnesses = {"a.example.com:26657", "[::1]:26657"};
    EXPECT_EQ(config_intent(node).overrides.at("state_sync.rpc_servers"), "a.example.com:26657,[::1]:26657");
    EXPECT_EQ(problem_of(config_intent(node)), std::nullopt);
}

TEST(UpdatePlan, rolls_the_pod_then_observes_then_opens_the_gate) {
    UuidSource ids = fixed_ids();
    const api::TaskPlan plan = update_plan(full_node(), ids);
    const std::vector<std::string> expected{
        "apply-statefulset", "apply-service", "replace-pod", "observe-image", "mark-ready"
    };
    EXPECT_EQ(types_of(plan), expected);
    EXPECT_EQ(plan.targetPhase, api::NodePhase::Running);
    EXPECT_EQ(plan.failedPhase, std::nullopt);
    EXPECT_EQ(task_of(plan, TaskType::ReplacePod).maxRetries, 3);
}

/// A running full node that was given the configuration of `applied`.
api::SeiNode configured_node(const kube::StringMap& applied) {
    api::SeiNode node = full_node();
    node.spec.overrides = applied;
    const ConfigIntent intent = config_intent(node);
    node.status.appliedConfig =
        api::AppliedConfig{.mode = intent.mode, .overrides = intent.overrides, .peers = peers_digest(node.spec.peers)};
    return node;
}

TEST(ConfigDrift, is_what_the_spec_asks_for_and_the_node_was_not_given) {
    struct Case {
        std::string behaviour;
        kube::StringMap wanted;
        std::optional<ConfigDrift> drift;
    };
    const std::vector<Case> cases{
        {"the same is none", {{"evm.http_port", "1"}}, std::nullopt},
        {"another value", {{"evm.http_port", "2"}}, ConfigDrift{{"evm.http_port"}, true}},
        {"one more key", {{"evm.http_port", "1"}, {"mempool.size", "7"}}, ConfigDrift{{"mempool.size"}, true}},
        {"a key less needs the defaults", {}, ConfigDrift{{"evm.http_port"}, true, false, true}},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        api::SeiNode node = configured_node({{"evm.http_port", "1"}});
        node.spec.overrides = c.wanted;
        EXPECT_EQ(config_drift(node), c.drift);
    }
    api::SeiNode unknown = full_node();
    unknown.spec.overrides = {{"evm.http_port", "2"}};
    EXPECT_EQ(config_drift(unknown), std::nullopt) << "never observed is no drift (spec 08 2.6)";
}

TEST(UpdatePlan, applies_a_drifted_configuration_where_a_sidecar_answers) {
    using enum UpdateOptions::Configuration;
    api::SeiNode node = configured_node({{"evm.http_port", "1"}});
    node.spec.overrides = {{"evm.http_port", "2"}};
    UuidSource ids = fixed_ids();
    const std::vector<std::string> before{
        "apply-statefulset",
        "apply-service",
        "config-apply",
        "config-validate",
        "replace-pod",
        "observe-image",
        "mark-ready"
    };
    const api::TaskPlan plan = update_plan(node, ids, {.configuration = BeforeReplacement, .restarted_pod = "uid-7"});
    EXPECT_EQ(types_of(plan), before);
    EXPECT_EQ(task_of(plan, TaskType::ConfigApply).params.at("incremental"), boost::json::value(true));
    EXPECT_EQ(task_of(plan, TaskType::ReplacePod).params.at("podUid"), boost::json::value("uid-7"));
    EXPECT_TRUE(serves_configuration(plan, node));
    const std::vector<std::string> after{
        "apply-statefulset",
        "apply-service",
        "replace-pod",
        "observe-image",
        "config-apply",
        "config-validate",
        "mark-ready"
    };
    EXPECT_EQ(types_of(update_plan(node, ids, {.configuration = AfterReplacement, .restarted_pod = {}})), after);
    EXPECT_EQ(kind_of(plan), PlanKind::NodeUpdate);
    node.spec.overrides = {{"evm.http_port", "3"}};
    EXPECT_FALSE(serves_configuration(plan, node));
}

api::SeiNode publishing_node() {
    api::SeiNode node = full_node();
    node.spec.fullNode->snapshotGeneration = api::SnapshotGenerationConfig{};
    node.spec.fullNode->snapshotGeneration->tendermint.emplace();
    node.spec.fullNode->snapshotGeneration->tendermint->publish.emplace();
    return node;
}

TEST(UpdatePlan, serves_the_keys_that_it_checks_and_no_others) {
    UuidSource ids = fixed_ids();
    api::SeiNode node = full_node();
    node.spec.fullNode.reset();
    node.spec.validator.emplace();
    node.spec.validator->signingKey.emplace();
    node.spec.validator->signingKey->secret = api::KeySecret{.secretName = "sk"};
    const api::TaskPlan plan = update_plan(node, ids);
    EXPECT_TRUE(serves_key_checks(plan, node));
    api::SeiNode other = node;
    other.spec.validator->signingKey->secret->secretName = "another";
    EXPECT_FALSE(serves_key_checks(plan, other));
    other.spec.validator->signingKey.reset();
    EXPECT_FALSE(serves_key_checks(plan, other));
    EXPECT_TRUE(serves_key_checks(update_plan(full_node(), ids), full_node()));
}

TEST(NodeThatPublishes, uploads_again_whenever_its_gate_is_opened_again) {
    UuidSource ids = fixed_ids();
    const std::vector<std::string> update{
        "apply-statefulset", "apply-service", "replace-pod", "observe-image", "snapshot-upload", "mark-ready"
    };
    EXPECT_EQ(types_of(update_plan(publishing_node(), ids)), update);
    EXPECT_EQ(
        types_of(mark_ready_plan(publishing_node(), ids, ReachablePeers::Unknown)),
        (std::vector<std::string>{"snapshot-upload", "mark-ready"})
    );
    EXPECT_EQ(
        types_of(mark_ready_plan(full_node(), ids, ReachablePeers::Unknown)), (std::vector<std::string>{"mark-ready"})
    );
}

TEST(PlanKind, is_told_from_the_tasks) {
    UuidSource ids = fixed_ids();
    EXPECT_EQ(kind_of(init_plan(full_node(), ids)), PlanKind::Init);
    EXPECT_EQ(kind_of(update_plan(full_node(), ids)), PlanKind::NodeUpdate);
    EXPECT_EQ(kind_of(mark_ready_plan(full_node(), ids, ReachablePeers::Unknown)), PlanKind::MarkReady);
    EXPECT_EQ(kind_of(mark_ready_plan(publishing_node(), ids, ReachablePeers::Unknown)), PlanKind::MarkReady);
    EXPECT_EQ(kind_of(api::TaskPlan{}), PlanKind::Unknown);
}

TEST(SpecProblem, names_the_field_and_the_rule) {
    struct Case {
        std::string behaviour;
        api::SeiNode node;
        std::string begins;
    };
    std::vector<Case> cases;
    {
        api::SeiNode node = full_node();
        node.spec.fullNode.reset();
        cases.push_back({"no mode", node, "spec has no mode"});
    }
    {
        api::SeiNode node = full_node();
        node.spec.fullNode->snapshot = state_sync();
        node.spec.fullNode->snapshot->bootstrapImage = "seid:boot";
        cases.push_back(
            {"a bootstrap image without S3",
             node,
             "spec.fullNode.snapshot.bootstrapImage requires s3 with targetHeight > 0"}
        );
    }
    {
        api::SeiNode node = full_node();
        node.spec.fullNode->snapshotGeneration.emplace();
        cases.push_back(
            {"snapshot generation without a member", node, "spec.fullNode.snapshotGeneration is set but has no member"}
        );
        node.spec.fullNode->snapshotGeneration = generation(1, true);
        cases.push_back(
            {"publishing with one snapshot",
             node,
             "spec.fullNode.snapshotGeneration.tendermint.keepRecent must be at least 2"}
        );
    }
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        const auto problem = problem_of(c.node);
        ASSERT_TRUE(problem.has_value());
        EXPECT_TRUE(problem->message.starts_with(c.begins)) << problem->message;
    }
}

}  // namespace
}  // namespace sei::plan
