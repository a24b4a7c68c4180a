// The plan of each mode and variant, as the worked examples of spec 02 §24 have them.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "kube/json/json.hpp"
#include "planned_nodes.hpp"
#include "sei/plan/node_plan.hpp"
#include "sei/plan/plan_kind.hpp"
#include "sei/plan/spec_problem.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::plan {
namespace {

/// A node as its manifest would have it.
api::SeiNode node_with(std::string_view spec) {
    api::SeiNode node;
    kube::json::Value value = kube::json::parse(spec);
    value.as_object()["chainId"] = "pacific-1";
    value.as_object()["image"] = "seid:v1";
    node.spec = kube::json::from_json<api::NodeSpec>(value);
    node.metadata.name = "n0";
    node.metadata.namespace_ = "ns";
    return node;
}

std::string types_of(const api::TaskPlan& plan) {
    std::string text;
    for (const auto& task : plan.tasks) text += (text.empty() ? "" : " ") + task.type;
    return text;
}

std::string params_of(const api::TaskPlan& plan, TaskType type) {
    const auto found = std::ranges::find(plan.tasks, to_wire(type), &api::PlannedTask::type);
    return found == plan.tasks.end() ? "no such task" : kube::json::serialize_canonical(found->params);
}

constexpr std::string_view kKeys =
    R"("signingKey":{"secret":{"secretName":"sk"}},"nodeKey":{"secret":{"secretName":"nk"}})";
constexpr std::string_view kKeyring =
    R"("operatorKeyring":{"secret":{"secretName":"kr","passphraseSecretRef":{"secretName":"pp","key":"passphrase"}}})";
constexpr std::string_view kPeers = R"("peers":[{"static":{"addresses":["id@host:26656"]}}])";
constexpr std::string_view kCeremony =
    R"("genesisCeremony":{"chainId":"local-1","stakingAmount":"10000000usei","accountBalance":"1000000000usei","index":0})";

std::string validator(std::string_view members) {
    return R"({"validator":{)" + std::string{members} + "}}";
}

TEST(InitPlan, of_each_mode_and_variant_is_the_worked_example) {
    struct Case {
        std::string behaviour;
        std::string spec;
        std::string expected;
    };
    const std::string peers = "," + std::string{kPeers} + "}";
    const std::vector<Case> cases{
        {"an archive starts from genesis",
         R"({"archive":{}})",
         "ensure-data-pvc apply-rbac-proxy-config apply-statefulset apply-service "
         "configure-genesis config-apply config-validate mark-ready"},
        {"an archive with peers that publishes",
         R"({"archive":{"snapshotGeneration":{"tendermint":{"keepRecent":5,"publish":{}}}})" + peers,
         "ensure-data-pvc apply-rbac-proxy-config apply-statefulset apply-service "
         "configure-genesis config-apply discover-peers config-validate snapshot-upload mark-ready"},
        {"an archive that makes snapshots for itself uploads none",
         R"({"archive":{"snapshotGeneration":{"tendermint":{"keepRecent":5}}}})",
         "ensure-data-pvc apply-rbac-proxy-config apply-statefulset apply-service "
         "configure-genesis config-apply config-validate mark-ready"},
        {"a full node with a bootstrap Job that publishes",
         R"({"fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot"},)"
         R"("snapshotGeneration":{"tendermint":{"keepRecent":5,"publish":{}}}})" +
             peers,
         "ensure-data-pvc apply-rbac-proxy-config deploy-bootstrap-service deploy-bootstrap-job "
         "snapshot-restore configure-genesis config-apply discover-peers configure-state-sync config-validate "
         "mark-ready "
         "await-bootstrap-complete teardown-bootstrap apply-statefulset apply-service "
         "configure-genesis config-apply discover-peers config-validate snapshot-upload mark-ready"},
        {"a replayer restores and synchronises",
         R"({"replayer":{"snapshot":{"s3":{"targetHeight":100000000}}},)"
         R"("peers":[{"ec2Tags":{"region":"r","tags":{"a":"b"}}}]})",
         "ensure-data-pvc apply-rbac-proxy-config apply-statefulset apply-service "
         "snapshot-restore configure-genesis config-apply discover-peers configure-state-sync config-validate "
         "mark-ready"},
        {"a replayer with a bootstrap Job",
         R"({"replayer":{"snapshot":{"s3":{"targetHeight":100000000},"bootstrapImage":"boot"}})" + peers,
         "ensure-data-pvc apply-rbac-proxy-config deploy-bootstrap-service deploy-bootstrap-job "
         "snapshot-restore configure-genesis config-apply discover-peers configure-state-sync config-validate "
         "mark-ready "
         "await-bootstrap-complete teardown-bootstrap apply-statefulset apply-service "
         "configure-genesis config-apply discover-peers config-validate mark-ready"},
        {"a full node with a bootstrap Job and witnesses sets them in the bootstrap, which alone synchronises state",
         R"({"fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot","witnesses":["a:1","b:1"]}})" +
             peers,
         "ensure-data-pvc apply-rbac-proxy-config deploy-bootstrap-service deploy-bootstrap-job "
         "snapshot-restore configure-genesis config-apply discover-peers configure-state-sync config-apply "
         "config-validate mark-ready "
         "await-bootstrap-complete teardown-bootstrap apply-statefulset apply-service "
         "configure-genesis config-apply discover-peers config-validate mark-ready"},
        {"a replayer that restores with witnesses",
         R"({"replayer":{"snapshot":{"s3":{"targetHeight":100},"witnesses":["a:1","b:1"]}})" + peers,
         "ensure-data-pvc apply-rbac-proxy-config apply-statefulset apply-service "
         "snapshot-restore configure-genesis config-apply discover-peers configure-state-sync config-apply "
         "config-validate mark-ready"},
        {"the smallest validator",
         R"({"validator":{}})",
         "ensure-data-pvc apply-rbac-proxy-config apply-statefulset apply-service "
         "configure-genesis config-apply config-validate mark-ready"},
        {"a validator with all keys and a peer",
         R"({"validator":{)" + std::string{kKeys} + "," + std::string{kKeyring} + "}" + peers,
         "ensure-data-pvc validate-signing-key validate-node-key validate-operator-keyring "
         "apply-rbac-proxy-config apply-statefulset apply-service "
         "configure-genesis config-apply discover-peers config-validate mark-ready"},
        {"a validator with a keyring alone is checked for that alone",
         validator(kKeyring),
         "ensure-data-pvc validate-operator-keyring apply-rbac-proxy-config apply-statefulset apply-service "
         "configure-genesis config-apply config-validate mark-ready"},
        {"a keyring without a Secret is not checked",
         validator(R"("operatorKeyring":{})"),
         "ensure-data-pvc apply-rbac-proxy-config apply-statefulset apply-service "
         "configure-genesis config-apply config-validate mark-ready"},
        {"a validator with keys and a bootstrap Job",
         validator(std::string{kKeys} + R"(,"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot"})"),
         "ensure-data-pvc apply-rbac-proxy-config validate-signing-key validate-node-key "
         "deploy-bootstrap-service deploy-bootstrap-job "
         "snapshot-restore configure-genesis config-apply configure-state-sync config-validate mark-ready "
         "await-bootstrap-complete teardown-bootstrap apply-statefulset apply-service "
         "configure-genesis config-apply config-validate mark-ready"},
        {"a validator that restores a snapshot by itself",
         validator(std::string{kKeys} + R"(,"snapshot":{"s3":{"targetHeight":100}})"),
         "ensure-data-pvc validate-signing-key validate-node-key apply-rbac-proxy-config apply-statefulset "
         "apply-service "
         "snapshot-restore configure-genesis config-apply configure-state-sync config-validate mark-ready"},
        {"a validator that synchronises state",
         validator(R"("snapshot":{"stateSync":{}})"),
         "ensure-data-pvc apply-rbac-proxy-config apply-statefulset apply-service "
         "configure-genesis config-apply configure-state-sync config-validate mark-ready"},
        {"a member of a genesis ceremony, which synchronises no state",
         validator(std::string{kCeremony} + R"(,"snapshot":{"stateSync":{},"witnesses":["a:1","b:1"]})"),
         "ensure-data-pvc apply-rbac-proxy-config apply-statefulset apply-service "
         "generate-identity generate-gentx upload-genesis-artifacts "
         "configure-genesis config-apply set-genesis-peers config-validate mark-ready"},
        {"a member of a genesis ceremony, whose peers come from the ceremony",
         R"({"validator":{)" + std::string{kCeremony} + "}" + peers,
         "ensure-data-pvc apply-rbac-proxy-config apply-statefulset apply-service "
         "generate-identity generate-gentx upload-genesis-artifacts "
         "configure-genesis config-apply set-genesis-peers config-validate mark-ready"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        const api::SeiNode node = node_with(c.spec);
        UuidSource ids = fixed_ids();
        const api::TaskPlan plan = init_plan(node, ids);
        EXPECT_EQ(types_of(plan), c.expected);
        EXPECT_EQ(plan.targetPhase, api::NodePhase::Running);
        EXPECT_EQ(plan.failedPhase, api::NodePhase::Failed);
        EXPECT_EQ(problem_of(node), std::nullopt);
        EXPECT_EQ(kind_of(plan), PlanKind::Init);
        for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
            EXPECT_EQ(plan.tasks[i].id, task_id(plan.id, plan.tasks[i].type, i));
        }
    }
}

TEST(InitPlan, stores_the_parameters_of_validators_under_the_keys_of_the_specification) {
    UuidSource ids = fixed_ids();
    const api::TaskPlan keys = init_plan(node_with(validator(std::string{kKeys} + "," + std::string{kKeyring})), ids);
    EXPECT_EQ(params_of(keys, TaskType::ValidateSigningKey), R"({"namespace":"ns","secretName":"sk"})");
    EXPECT_EQ(params_of(keys, TaskType::ValidateNodeKey), R"({"namespace":"ns","secretName":"nk"})");
    EXPECT_EQ(
        params_of(keys, TaskType::ValidateOperatorKeyring),
        R"({"keyName":"node_admin","namespace":"ns","passphraseSecretKey":"passphrase",)"
        R"("passphraseSecretName":"pp","secretName":"kr"})"
    );
    const api::TaskPlan ceremony = init_plan(node_with(validator(kCeremony)), ids);
    EXPECT_EQ(params_of(ceremony, TaskType::GenerateIdentity), R"({"ChainID":"local-1","Moniker":"n0"})");
    EXPECT_EQ(
        params_of(ceremony, TaskType::GenerateGentx),
        R"({"AccountBalance":"1000000000usei","ChainID":"local-1","StakingAmount":"10000000usei"})"
    );
    EXPECT_EQ(params_of(ceremony, TaskType::UploadGenesisArtifacts), R"({"NodeName":"n0"})");
    EXPECT_EQ(params_of(ceremony, TaskType::SetGenesisPeers), "{}");
    EXPECT_EQ(
        params_of(ceremony, TaskType::ConfigApply), R"({"mode":"validator","overrides":{"logging.level":"info"}})"
    );
    const api::TaskPlan bootstrap =
        init_plan(node_with(validator(R"("snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot"})")), ids);
    EXPECT_EQ(params_of(bootstrap, TaskType::DeployBootstrapService), R"({"namespace":"ns","serviceName":"n0"})");
    EXPECT_EQ(params_of(bootstrap, TaskType::DeployBootstrapJob), R"({"jobName":"n0-bootstrap","namespace":"ns"})");
    EXPECT_EQ(params_of(bootstrap, TaskType::AwaitBootstrapComplete), R"({"jobName":"n0-bootstrap","namespace":"ns"})");
    EXPECT_EQ(
        params_of(bootstrap, TaskType::TeardownBootstrap),
        R"({"jobName":"n0-bootstrap","namespace":"ns","serviceName":"n0"})"
    );
}

TEST(ConfigIntentOfNode, has_the_keys_of_its_mode) {
    struct Case {
        std::string behaviour;
        std::string spec;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"an archive", R"({"archive":{}})", R"({"mode":"archive","overrides":{"logging.level":"info"}})"},
        {"an archive that makes snapshots",
         R"({"archive":{"snapshotGeneration":{"tendermint":{"keepRecent":4}}}})",
         R"({"mode":"archive","overrides":{"logging.level":"info","storage.snapshot_interval":"2000",)"
         R"("storage.snapshot_keep_recent":"4"}})"},
        {"a replayer",
         R"({"replayer":{"snapshot":{"s3":{"targetHeight":1}}}})",
         R"({"mode":"full","overrides":{"logging.level":"info","storage.state_commit.async_commit_buffer":"100",)"
         R"("storage.state_commit.memiavl.snapshot_keep_recent":"2",)"
         R"("storage.state_commit.memiavl.snapshot_min_time_interval":"3600"}})"},
        {"a validator", R"({"validator":{}})", R"({"mode":"validator","overrides":{"logging.level":"info"}})"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(kube::json::serialize_canonical(to_stored(config_intent(node_with(c.spec)))), c.expected);
    }
}

TEST(UpdatePlan, checks_the_configured_keys_before_it_replaces_the_pod) {
    UuidSource ids = fixed_ids();
    EXPECT_EQ(
        types_of(update_plan(node_with(validator(kKeys)), ids)),
        "validate-signing-key validate-node-key apply-statefulset apply-service replace-pod observe-image mark-ready"
    );
    EXPECT_EQ(
        types_of(update_plan(node_with(R"({"validator":{}})"), ids)),
        "apply-statefulset apply-service replace-pod observe-image mark-ready"
    );
    EXPECT_EQ(kind_of(update_plan(node_with(validator(kKeys)), ids)), PlanKind::NodeUpdate);
}

TEST(SpecProblem, of_archives_replayers_and_validators_names_the_field) {
    struct Case {
        std::string spec;
        std::string begins;
    };
    const std::string keyring_of = R"("operatorKeyring":{"secret":{"secretName":")";
    const std::string passphrase_of = R"(","passphraseSecretRef":{"secretName":")";
    const auto keyring = [&](const std::string& secret, const std::string& passphrase) {
        return keyring_of + secret + passphrase_of + passphrase + R"(","key":"k"}}})";
    };
    const std::string keys{kKeys};
    const std::vector<Case> cases{
        {R"({"archive":{"snapshotGeneration":{}}})", "spec.archive.snapshotGeneration is set but has no member"},
        {R"({"archive":{"snapshotGeneration":{"tendermint":{"keepRecent":1,"publish":{}}}}})",
         "spec.archive.snapshotGeneration.tendermint.keepRecent must be at least 2"},
        {R"({"replayer":{"snapshot":{"stateSync":{}}}})", "spec.replayer.snapshot.s3 is required"},
        {R"({"replayer":{"snapshot":{"s3":{"targetHeight":0}}}})", "spec.replayer.snapshot.s3.targetHeight must be > 0"
        },
        {R"({"replayer":{"snapshot":{"s3":{"targetHeight":1}}}})", "spec.peers needs at least one source"},
        {R"({"replayer":{"snapshot":{"s3":{"targetHeight":1}},"resultExport":{}},)" + std::string{kPeers} + "}",
         "spec.replayer.resultExport is set but has no member"},
        {validator(keys + "," + std::string{kCeremony}),
         "spec.validator.signingKey and spec.validator.genesisCeremony are mutually exclusive"},
        {validator(R"("signingKey":{})"), "spec.validator.signingKey.secret.secretName is required"},
        {validator(R"("signingKey":{"secret":{"secretName":"a"}})"), "spec.validator.nodeKey is required"},
        {validator(R"("signingKey":{"secret":{"secretName":"a"}},"nodeKey":{})"),
         "spec.validator.nodeKey.secret.secretName is required"},
        {validator(R"("nodeKey":{"secret":{"secretName":"a"}})"), "spec.validator.nodeKey requires signingKey to be set"
        },
        {validator(R"("signingKey":{"secret":{"secretName":"a"}},"nodeKey":{"secret":{"secretName":"a"}})"),
         "spec.validator.signingKey and spec.validator.nodeKey both name the Secret \"a\""},
        {validator(keyring("x", "x")),
         "spec.validator.operatorKeyring.secret and spec.validator.operatorKeyring.secret.passphraseSecretRef both"},
        {validator(keys + "," + keyring("sk", "pp")),
         "spec.validator.operatorKeyring.secret and spec.validator.signingKey both name the Secret \"sk\""},
        {validator(keys + "," + keyring("kr", "sk")),
         "spec.validator.operatorKeyring.secret.passphraseSecretRef and spec.validator.signingKey both"},
        {validator(keys + "," + keyring("nk", "pp")),
         "spec.validator.operatorKeyring.secret and spec.validator.nodeKey both"},
        {validator(keys + "," + keyring("kr", "nk")),
         "spec.validator.operatorKeyring.secret.passphraseSecretRef and spec.validator.nodeKey both"},
        {validator(R"("genesisCeremony":{"chainId":"","stakingAmount":"1","accountBalance":"1","index":0})"),
         "spec.validator.genesisCeremony.chainId is required"},
        {validator(R"("genesisCeremony":{"chainId":"c","stakingAmount":"","accountBalance":"1","index":0})"),
         "spec.validator.genesisCeremony.stakingAmount is required"},
        {validator(R"("genesisCeremony":{"chainId":"c","stakingAmount":"1","accountBalance":"","index":0})"),
         "spec.validator.genesisCeremony.accountBalance is required"},
        {validator(R"("snapshot":{"stateSync":{},"bootstrapImage":"boot"})"),
         "spec.validator.snapshot.bootstrapImage requires s3 with targetHeight > 0"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.spec);
        const auto problem = problem_of(node_with(c.spec));
        ASSERT_TRUE(problem.has_value());
        EXPECT_TRUE(problem->message.starts_with(c.begins)) << problem->message;
    }
}

}  // namespace
}  // namespace sei::plan
