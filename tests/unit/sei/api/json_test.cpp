// What is written of our kinds, and what is left out (spec 01 §4-8, column Emit; §12).
#include <gtest/gtest.h>

#include "kube/json/json.hpp"
#include "sei/api/deployment.hpp"
#include "sei/api/node.hpp"
#include "sei/api/node_task.hpp"

namespace sei::api {
namespace {

using kube::json::from_json;
using kube::json::parse;
using kube::json::to_json;
using kube::json::Value;

constexpr std::string_view kNode = R"({
  "metadata": {"name": "val-0", "namespace": "sei", "uid": "u", "resourceVersion": "7", "generation": 2,
               "creationTimestamp": "2026-01-02T15:04:05Z", "labels": {"a": "b"}, "finalizers": ["sei.io/seinode-finalizer"]},
  "spec": {
    "chainId": "pacific-1", "image": "seid:v1",
    "peers": [{"ec2Tags": {"region": "us-east-2", "tags": {"Chain": "pacific-1"}}},
              {"static": {"addresses": ["id@host:26656"]}},
              {"label": {"selector": {"sei.io/chain": "pacific-1"}, "namespace": "other"}}],
    "overrides": {"evm.http_port": "8545"}, "externalAddress": "val-0.example.com:26656",
    "sidecar": {"image": "seictl:v1", "port": 7777,
                "resources": {"claims": [{"name": "c"}], "limits": {"cpu": "1"}, "requests": {"memory": "1Gi"}}},
    "podLabels": {"team": "infra"},
    "dataVolume": {"import": {"pvcName": "old-data"}},
    "validator": {
      "snapshot": {"s3": {"targetHeight": 5, "haltHeight": 6}, "trustPeriod": "9999h0m0s", "backfillBlocks": 3,
                   "witnesses": ["a.example.com:26657", "b.example.com:26657"], "bootstrapImage": "seid:v0"},
      "genesisCeremony": {"chainId": "c", "stakingAmount": "1usei", "accountBalance": "2usei", "index": 0},
      "signingKey": {"secret": {"secretName": "sk"}}, "nodeKey": {"secret": {"secretName": "nk"}},
      "operatorKeyring": {"secret": {"secretName": "ok", "keyName": "node_admin",
                                     "passphraseSecretRef": {"secretName": "pp", "key": "passphrase"}}}},
    "paused": true},
  "status": {
    "phase": "Initializing", "currentImage": "seid:v0",
    "conditions": [{"type": "Paused", "status": "False", "observedGeneration": 2,
                    "lastTransitionTime": "2026-01-02T15:04:05Z", "reason": "NotPaused", "message": ""}],
    "phaseTransitionTime": "2026-01-02T15:04:06Z",
    "plan": {"id": "p", "phase": "Failed", "targetPhase": "Running", "failedPhase": "Failed", "failedTaskIndex": 0,
             "failedTaskDetail": {"type": "t", "id": "i", "error": "", "retryCount": 0, "maxRetries": 0},
             "tasks": [{"type": "config-apply", "id": "i", "status": "Pending", "params": {"mode": "full", "deep": [null]},
                        "submittedAt": "2026-01-02T15:04:07Z", "error": "e", "maxRetries": 3, "retryCount": 1},
                       {"type": "mark-ready", "id": "j", "status": "Complete", "params": {}}]},
    "resolvedPeers": ["b-0.b.sei.svc.cluster.local"], "externalAddress": "h:1",
    "statefulSet": {"name": "val-0", "uid": "su"}}
})";

TEST(SeiNode, comes_back_as_it_went) {
    const auto node = from_json<SeiNode>(parse(kNode));
    EXPECT_EQ(to_json(node), parse(kNode));
    EXPECT_EQ(from_json<SeiNode>(to_json(node)), node);
}

TEST(SeiNode, keeps_modes_and_presence_members_as_empty_objects) {
    const std::string_view text = R"({"chainId": "c", "image": "i",
        "fullNode": {"snapshot": {"stateSync": {}},
                     "snapshotGeneration": {"tendermint": {"keepRecent": 2, "publish": {}}}}})";
    EXPECT_EQ(to_json(from_json<NodeSpec>(parse(text))), parse(text));
    const std::string_view bare = R"({"chainId": "c", "image": "i", "archive": {}, "sidecar": {}, "dataVolume": {}})";
    EXPECT_EQ(to_json(from_json<NodeSpec>(parse(bare))), parse(bare));
}

TEST(SeiNode, normalises_explicit_zeros_of_its_spec) {
    const auto spec = from_json<NodeSpec>(parse(R"({"chainId": "c", "image": "i", "paused": false, "peers": [],
        "overrides": {}, "podLabels": {}, "fullNode": {"snapshot": {"s3": {"targetHeight": 1}, "backfillBlocks": 0,
        "trustPeriod": "", "bootstrapImage": ""}}})"));
    EXPECT_EQ(
        to_json(spec), parse(R"({"chainId": "c", "image": "i", "fullNode": {"snapshot": {"s3": {"targetHeight": 1}}}})")
    );
}

TEST(SeiNode, drops_unknown_fields) {
    const auto spec = from_json<NodeSpec>(parse(R"({"chainId": "c", "image": "i", "genesis": {}, "storage": {}})"));
    EXPECT_EQ(to_json(spec), parse(R"({"chainId": "c", "image": "i"})"));
}

TEST(SeiNode, writes_the_top_level_members_even_when_there_is_nothing_in_them) {
    EXPECT_EQ(to_json(SeiNode{}), parse(R"({"metadata": {}, "spec": {"chainId": "", "image": ""}, "status": {}})"));
}

TEST(SeiNode, removes_a_finished_plan_with_an_explicit_null) {
    auto before = from_json<SeiNode>(parse(kNode)).status;
    auto after = before;
    after.plan.reset();
    after.currentImage.clear();
    EXPECT_EQ(
        Value(kube::json::merge_patch(to_json(before).as_object(), to_json(after).as_object())),
        parse(R"({"plan": null, "currentImage": null})")
    );
}

TEST(TaskPlan, writes_its_required_members_even_when_empty) {
    EXPECT_EQ(to_json(TaskPlan{}), parse(R"({"phase": "Active", "tasks": []})"));
    EXPECT_EQ(to_json(PlannedTask{}), parse(R"({"type": "", "id": "", "status": "Pending"})"));
}

constexpr std::string_view kDeployment = R"({
  "metadata": {"name": "rpc", "namespace": "sei"},
  "spec": {
    "replicas": 3, "deletionPolicy": "Retain", "networking": {}, "updateStrategy": {"type": "InPlace"}, "paused": true,
    "template": {"metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}},
                 "spec": {"chainId": "c", "image": "i", "validator": {}}},
    "genesis": {"chainId": "new-1", "stakingAmount": "1usei", "accountBalance": "2usei",
                "accounts": [{"address": "sei1x", "balance": "3usei"}],
                "overrides": {"app_state.x": {"y": [1, "2", null]}, "z": null, "n": 0.5},
                "maxCeremonyDuration": "forever"}},
  "status": {
    "observedGeneration": 4, "templateHash": "0123456789abcdef", "phase": "Upgrading", "replicas": 3, "readyReplicas": 2,
    "nodes": [{"name": "rpc-0", "phase": "Running"}, {"name": "rpc-1"}],
    "plan": {"phase": "Active", "tasks": []}, "genesisHash": "h", "genesisS3URI": "s3://x", "incumbentNodes": ["rpc-0"],
    "rollout": {"targetHash": "fedcba9876543210", "startedAt": "2026-01-02T15:04:05Z"},
    "networkingStatus": {"routes": [{"hostname": "h", "protocol": "evm"}]},
    "internalService": {"name": "rpc-internal", "namespace": "sei", "ports": {"rpc": 26657, "evmHttp": 8545, "rest": 1317}},
    "perPodServices": [{"name": "rpc-0", "namespace": "sei", "ports": {"evmHttp": 8545, "evmWs": 8546}}],
    "endpoints": {"tendermintRpc": "http://a", "tendermintRest": "http://b",
                  "nodes": [{"name": "rpc-0", "evmJsonRpc": "http://c", "evmWs": "ws://d"}]},
    "conditions": [{"type": "Paused", "status": "True", "observedGeneration": 4,
                    "lastTransitionTime": "2026-01-02T15:04:05Z", "reason": "Paused", "message": "m"}]}
})";

TEST(SeiNodeDeployment, comes_back_as_it_went) {
    const auto deployment = from_json<SeiNodeDeployment>(parse(kDeployment));
    EXPECT_EQ(to_json(deployment), parse(kDeployment));
    EXPECT_EQ(from_json<SeiNodeDeployment>(to_json(deployment)), deployment);
}

TEST(SeiNodeDeployment, leaves_out_counts_that_are_zero) {
    SeiNodeDeploymentStatus status;
    status.replicas = 3;
    EXPECT_EQ(to_json(status), parse(R"({"replicas": 3})"));
}

TEST(SeiNodeDeployment, writes_the_members_of_what_is_present_even_when_empty) {
    SeiNodeDeploymentStatus status;
    status.internalService.emplace();
    status.networkingStatus.emplace();
    status.rollout.emplace();
    EXPECT_EQ(
        to_json(status),
        parse(R"({"internalService": {"name": "", "namespace": "", "ports": {"rpc": 0, "evmHttp": 0, "rest": 0}},
                  "networkingStatus": {}, "rollout": {"targetHash": "", "startedAt": "1970-01-01T00:00:00Z"}})")
    );
}

constexpr std::string_view kTask = R"({
  "metadata": {"name": "vote", "namespace": "sei"},
  "spec": {
    "kind": "GovVote", "timeoutSeconds": 60,
    "target": {"nodeRef": {"name": "val-0"}, "requirePhase": "Running", "requirePhaseTimeout": "5m"},
    "govSoftwareUpgrade": {"chainId": "c", "keyName": "k", "title": "t", "description": "d", "upgradeName": "u",
                           "upgradeHeight": 1, "upgradeInfo": "i", "initialDeposit": "1usei", "memo": "m", "fees": "f",
                           "gas": 2},
    "govVote": {"chainId": "c", "keyName": "k", "proposalId": 9007199254740993, "option": "no-with-veto", "memo": "m",
                "fees": "1usei", "gas": 9223372036854775807},
    "awaitCondition": {"height": {"targetHeight": 1}, "action": "SIGTERM_SEID"},
    "updateNodeImage": {"image": "seid:v2"}, "awaitNodesAtHeight": {"targetHeight": 7}},
  "status": {
    "observedGeneration": 1, "phase": "Complete", "phaseTransitionTime": "2026-01-02T15:04:05Z",
    "startedAt": "2026-01-02T15:04:05Z", "targetFirstObservedAt": "2026-01-02T15:04:05Z",
    "task": {"id": "i", "status": "Failed", "err": "timeout", "submittedAt": "2026-01-02T15:04:05Z"},
    "outputs": {"govSoftwareUpgrade": {"txHash": "x", "height": 1, "proposalId": 2}, "govVote": {"txHash": "x", "height": 1},
                "awaitCondition": {"observedValue": 5}, "updateNodeImage": {"appliedImage": "seid:v2"},
                "awaitNodesAtHeight": {"currentHeight": 7}}}
})";

TEST(SeiNodeTask, comes_back_as_it_went) {
    const auto task = from_json<SeiNodeTask>(parse(kTask));
    EXPECT_EQ(to_json(task), parse(kTask));
    EXPECT_EQ(from_json<SeiNodeTask>(to_json(task)), task);
}

TEST(SeiNodeTask, keeps_a_malformed_duration_as_text) {
    const auto task = from_json<SeiNodeTask>(
        parse(R"({"spec": {"kind": "GovVote", "target": {"nodeRef": {"name": "n"}, "requirePhaseTimeout": "soon"}}})")
    );
    EXPECT_EQ(task.spec.target.requirePhaseTimeout, "soon");
}

TEST(Decoding, says_which_field_of_an_object_is_wrong) {
    try {
        (void
        )from_json<SeiNode>(parse(R"({"status": {"plan": {"phase": "Active", "tasks": [{}, {"maxRetries": "3"}]}}})"));
        FAIL() << "a wrong type was taken";
    } catch (const kube::json::DecodeError& error) {
        EXPECT_STREQ(error.what(), "status.plan.tasks[1].maxRetries: expected an integer, got a string");
    }
}

}  // namespace
}  // namespace sei::api
