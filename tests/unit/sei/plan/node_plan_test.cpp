// What all plans have in common, and those of a full node, as spec 02 §24 lists them. The other modes:
// node_modes_test.cpp.
#include "sei/plan/node_plan.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kube/json/json.hpp"
#include "planned_nodes.hpp"
#include "sei/plan/plan_kind.hpp"
#include "sei/plan/spec_problem.hpp"
#include "sei/plan/still_serves.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::plan {
namespace {

api::PeerSource static_peer() {
    api::PeerSource peer;
    peer.static_ = api::StaticPeerSource{.addresses = {"id@host:26656"}};
    return peer;
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

}  // namespace
}  // namespace sei::plan
