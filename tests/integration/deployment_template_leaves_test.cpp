// Every single value that a template can hold is edited, and the edit taken back: it reaches the node, with a rollout
// or without, is refused, or is documented to be somebody else's (spec 08 6.1). The same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "integration/deployment_steps.hpp"
#include "kube/json/json.hpp"
#include "support/leaf_fields.hpp"
#include "support/world.hpp"

namespace {

using namespace steps;  // NOLINT(google-build-using-namespace)
using kube::json::Object;
using kube::json::Value;
using sei::api::SeiNodeDeployment;
using support::World;

enum class Becomes { Arrives, RolledOut, Refused, Ignored };

struct Row {
    std::string leaf;
    /// A merge patch of the template.
    std::string edit;
    Becomes becomes = Becomes::Arrives;
};

struct Group {
    std::string name;
    /// Each leaf of the rows has a value in it, where the others allow it.
    std::string begin;
    std::vector<Row> rows;
    bool with_genesis = false;
    /// Leaves that have their row in another group: something else becomes of them here.
    std::vector<Row> otherwise = {};
};

/// A merge patch of one member: `in("spec.sidecar", R"("port": 1)")`.
std::string in(const std::string& path, const std::string& members) {
    std::string patch = "{" + members + "}";
    std::string rest = path;
    while (!rest.empty()) {
        const std::size_t dot = rest.rfind('.');
        const std::string key = dot == std::string::npos ? rest : rest.substr(dot + 1);
        patch = R"({")" + key + R"(": )" + patch + "}";
        rest = dot == std::string::npos ? "" : rest.substr(0, dot);
    }
    return patch;
}

struct Peers {
    std::string region = "eu-1";
    std::string tag = "one";
    std::string address = "0123456789012345678901234567890123456789@one.example.com:26656";
    std::string selector = "one";
    std::string of_namespace = "one";
    [[nodiscard]] std::string text() const {
        return R"("peers": [{"ec2Tags": {"region": ")" + region + R"(", "tags": {"tag": ")" + tag +
               R"("}}}, {"static": {"addresses": [")" + address + R"("]}}, {"label": {"selector": {"name": ")" +
               selector + R"("}, "namespace": ")" + of_namespace + R"("}}])";
    }
};

std::vector<Row> of_snapshot(const std::string& at) {
    return {
        {at + ".s3.targetHeight", in(at, R"("s3": {"targetHeight": 200})")},
        {at + ".s3.haltHeight", in(at, R"("s3": {"haltHeight": 300})")},
        {at + ".stateSync", in(at, R"("s3": null, "bootstrapImage": null, "stateSync": {})")},
        {at + ".trustPeriod", in(at, R"("trustPeriod": "200h0m0s")")},
        {at + ".backfillBlocks", in(at, R"("backfillBlocks": 200)")},
        {at + ".witnesses", in(at, R"("witnesses": ["three.example.com:26657", "four.example.com:26657"])")},
        {at + ".bootstrapImage", in(at, R"("bootstrapImage": "example.com/seid:another")")},
    };
}
constexpr const char* kSnapshot = R"("snapshot": {"s3": {"targetHeight": 100, "haltHeight": 250},
    "trustPeriod": "100h0m0s", "backfillBlocks": 100, "bootstrapImage": "example.com/seid:v0",
    "witnesses": ["one.example.com:26657", "two.example.com:26657"]})";

std::vector<Row> of_snapshot_generation(const std::string& at) {
    return {
        {at + ".tendermint.keepRecent", in(at + ".tendermint", R"("keepRecent": 6)")},
        {at + ".tendermint.publish", in(at + ".tendermint", R"("publish": {})")},
    };
}
constexpr const char* kSnapshotGeneration = R"("snapshotGeneration": {"tendermint": {"keepRecent": 5}})";

std::string a_template(const std::string& mode, const std::string& chain = "pacific-1") {
    return R"({"spec": {"chainId": ")" + chain + R"(", "image": "example.com/seid:v1",)" + Peers{}.text() + "," + mode +
           "}}";
}

/// What every mode has.
Group of_every_mode() {
    return {
        .name = "of_every_mode",
        .begin = R"({"metadata": {"labels": {"team": "one"}, "annotations": {"example.com/team": "one"}},
            "spec": {"chainId": "pacific-1", "image": "example.com/seid:v1", )" +
                 Peers{}.text() + R"(, "overrides": {"network.p2p.max_connections": "40"},
            "sidecar": {"image": "example.com/sidecar:v1", "port": 7778,
                "resources": {"limits": {"memory": "2Gi"}, "requests": {"memory": "1Gi"}}},
            "podLabels": {"tier": "one"}, "dataVolume": {"import": {"pvcName": "one"}}, "fullNode": {}}})",
        .rows =
            {
                {"metadata.labels", in("metadata.labels", R"("team": null, "unit": "two")")},
                {"metadata.annotations", in("metadata.annotations", R"("example.com/team": null, "example.com/x": "y")")
                },
                {"spec.chainId", in("spec", R"("chainId": "atlantic-2")"), Becomes::Refused},
                {"spec.peers[].ec2Tags.region", in("spec", Peers{.region = "us-2"}.text())},
                {"spec.peers[].ec2Tags.tags", in("spec", Peers{.tag = "two"}.text())},
                {"spec.peers[].static.addresses",
                 in("spec", Peers{.address = "0123456789012345678901234567890123456789@two.example.com:26656"}.text())},
                {"spec.peers[].label.selector", in("spec", Peers{.selector = "two"}.text())},
                {"spec.peers[].label.namespace", in("spec", Peers{.of_namespace = "two"}.text())},
                {"spec.overrides",
                 in("spec.overrides", R"("network.p2p.max_connections": null, "chain.moniker": "two")")},
                {"spec.externalAddress", in("spec", R"("externalAddress": "one.example.com:26656")"), Becomes::Refused},
                {"spec.sidecar.port", in("spec.sidecar", R"("port": 7779)")},
                {"spec.sidecar.resources.claims[].name",
                 in("spec.sidecar.resources", R"("claims": [{"name": "two", "request": "gpu"}])")},
                {"spec.sidecar.resources.claims[].request",
                 in("spec.sidecar.resources", R"("claims": [{"name": "two", "request": "disk"}])")},
                {"spec.sidecar.resources.limits", in("spec.sidecar.resources.limits", R"("memory": null, "cpu": "3")")},
                {"spec.sidecar.resources.requests", in("spec.sidecar.resources.requests", R"("memory": "1500Mi")")},
                {"spec.podLabels", in("spec.podLabels", R"("tier": null, "floor": "two")")},
                {"spec.dataVolume.import.pvcName", in("spec.dataVolume.import", R"("pvcName": "two")"), Becomes::Refused
                },
                {"spec.dataVolume.retain", in("spec.dataVolume", R"("retain": true)")},
                {"spec.paused", in("spec", R"("paused": true)"), Becomes::Ignored},
                // Last: the nodes of this test never run, so that no rollout ends.
                {"spec.image", in("spec", R"("image": "example.com/seid:v2")"), Becomes::RolledOut},
                {"spec.sidecar.image", in("spec.sidecar", R"("image": "example.com/sidecar:v2")"), Becomes::RolledOut},
            }
    };
}

Group of_full_nodes() {
    Group group{
        .name = "of_full_nodes",
        .begin = a_template(R"("fullNode": {)" + std::string{kSnapshot} + "," + kSnapshotGeneration + "}"),
        .rows = of_snapshot("spec.fullNode.snapshot")
    };
    for (Row& row : of_snapshot_generation("spec.fullNode.snapshotGeneration")) group.rows.push_back(std::move(row));
    return group;
}

Group of_archives() {
    return {
        .name = "of_archives",
        .begin = a_template(R"("archive": {)" + std::string{kSnapshotGeneration} + "}"),
        .rows = of_snapshot_generation("spec.archive.snapshotGeneration")
    };
}

Group of_replayers() {
    Group group{
        .name = "of_replayers",
        .begin = a_template(
            R"("replayer": {)" + std::string{kSnapshot} +
            R"(, "resultExport": {"shadowResult": {"canonicalRpc": "http://one.example.com"}}})"
        ),
        .rows = of_snapshot("spec.replayer.snapshot")
    };
    group.rows.push_back(
        {"spec.replayer.resultExport.shadowResult.canonicalRpc",
         in("spec.replayer.resultExport.shadowResult", R"("canonicalRpc": "http://two.example.com")")}
    );
    return group;
}

Group of_validators() {
    const std::string keyring = "spec.validator.operatorKeyring.secret";
    const std::string another = R"("secretName": "another")";
    std::vector<Row> rows = of_snapshot("spec.validator.snapshot");
    rows.insert(
        rows.end(),
        {
            {"spec.validator.signingKey.secret.secretName",
             in("spec.validator.signingKey.secret", another),
             Becomes::Refused},
            {"spec.validator.nodeKey.secret.secretName", in("spec.validator.nodeKey.secret", another), Becomes::Refused
            },
            {keyring + ".secretName", in(keyring, another), Becomes::Refused},
            {keyring + ".keyName", in(keyring, R"("keyName": "two")")},
            {keyring + ".passphraseSecretRef.secretName",
             in(keyring + ".passphraseSecretRef", another),
             Becomes::Refused},
            {keyring + ".passphraseSecretRef.key", in(keyring + ".passphraseSecretRef", R"("key": "two")")},
        }
    );
    return {
        .name = "of_validators",
        .begin = a_template(
            R"("validator": {)" + std::string{kSnapshot} + R"(, "signingKey": {"secret": {"secretName": "one"}},
            "nodeKey": {"secret": {"secretName": "two"}}, "operatorKeyring": {"secret": {"secretName": "three",
            "keyName": "one", "passphraseSecretRef": {"secretName": "four", "key": "one"}}}})"
        ),
        .rows = std::move(rows)
    };
}

/// With `spec.genesis` the nodes' part in the ceremony is made from that, and their peers are the ceremony's.
Group of_ceremonies() {
    const std::string at = "spec.validator.genesisCeremony";
    return {
        .name = "of_ceremonies",
        .begin = a_template(
            R"("validator": {"genesisCeremony": {"chainId": "c", "stakingAmount": "1usei", "accountBalance": "1usei", "index": 7}})",
            "chain-1"
        ),
        .rows =
            {
                {at + ".chainId", in(at, R"("chainId": "another")"), Becomes::Ignored},
                {at + ".stakingAmount", in(at, R"("stakingAmount": "2usei")"), Becomes::Ignored},
                {at + ".accountBalance", in(at, R"("accountBalance": "2usei")"), Becomes::Ignored},
                {at + ".index", in(at, R"("index": 8)"), Becomes::Ignored},
            },
        .with_genesis = true,
        .otherwise =
            {
                {"spec.peers[].ec2Tags.region", in("spec", Peers{.region = "us-2"}.text()), Becomes::Ignored},
                {"spec.peers[].static.addresses",
                 in("spec", Peers{.address = "0123456789012345678901234567890123456789@two.example.com:26656"}.text()),
                 Becomes::Ignored},
                {"spec.peers[].label.selector", in("spec", Peers{.selector = "two"}.text()), Becomes::Ignored},
            }
    };
}

std::vector<Group> groups() {
    return {of_every_mode(), of_full_nodes(), of_archives(), of_replayers(), of_validators(), of_ceremonies()};
}

TEST(LeavesOfTemplate, have_a_row_each) {
    std::set<std::string> rows;
    for (const Group& group : groups()) {
        for (const Row& row : group.rows) EXPECT_TRUE(rows.insert(row.leaf).second) << row.leaf << " is there twice";
    }
    EXPECT_EQ(rows, support::leaf_fields<sei::api::SeiNodeTemplate>())
        << "a field without an edit: what becomes of it is not shown";
}

class LeavesOfTemplate : public ::testing::TestWithParam<std::size_t> {
protected:
    void begin(const Group& group) {
        if (group.with_genesis) look_for_the_genesis_patiently(world);
        SeiNodeDeployment fleet = group.with_genesis ? a_chain(world, 1) : world.a_deployment("fleet", 1);
        fleet.metadata.name = "fleet";
        Value json = kube::json::to_json(fleet);
        json.at("spec").as_object()["template"] = kube::json::parse(group.begin);
        world.create(kube::json::from_json<SeiNodeDeployment>(json));
        if (group.with_genesis) {
            // Until it is over, nothing of the template reaches the nodes.
            ASSERT_TRUE(run_until_without_waiting_for_retries(world, "fleet", "the ceremony is complete", [&] {
                return condition(world, "fleet", "GenesisCeremonyComplete") == "True/Complete";
            }));
        }
        ASSERT_TRUE(world.run_until("the node is there and the baseline stored", [&] {
            return world.node("fleet-0") && !world.deployment("fleet")->status.conditions.empty();
        }));
    }
    /// The template, as JSON.
    Value template_now() { return kube::json::to_json(*world.deployment("fleet")).at("spec").at("template"); }
    void patch(const Value& edit) {
        world.change<SeiNodeDeployment>("fleet", [&](SeiNodeDeployment& fleet) {
            Value json = kube::json::to_json(fleet);
            kube::json::apply_merge_patch(json.at("spec").as_object()["template"], edit);
            fleet = kube::json::from_json<SeiNodeDeployment>(json);
        });
    }
    /// Has the node what the patch says: would it change nothing there?
    bool has_arrived(const Value& edit) {
        const Value node = kube::json::to_json(*world.node("fleet-0"));
        Value patched = kube::json::copy_of(node);
        kube::json::apply_merge_patch(patched, edit);
        return patched == node;
    }
    void expect_there_and_back(const Row& row) {
        const Value edit = kube::json::parse(row.edit);
        const Value before = template_now();
        EXPECT_FALSE(has_arrived(edit)) << "an edit that changes nothing shows nothing";
        patch(edit);
        const Value back(kube::json::merge_patch(template_now().as_object(), before.as_object())
        );  // braces would make a list
        EXPECT_TRUE(world.run_until("the edit of " + row.leaf + " is at the node", [&] { return has_arrived(edit); }));
        EXPECT_EQ(world.deployment("fleet")->status.rollout.has_value(), row.becomes == Becomes::RolledOut);
        if (row.becomes == Becomes::RolledOut) EXPECT_TRUE(run_until_told(world, "fleet", "RolloutStarted"));
        patch(back);
        EXPECT_TRUE(world.run_until(row.leaf + " is as before at the node", [&] { return has_arrived(back); }));
    }
    void expect_refused(const Row& row) {
        try {
            patch(kube::json::parse(row.edit));
            ADD_FAILURE() << "an edit of " << row.leaf << " was accepted";
        } catch (const kube::ApiError& error) {
            EXPECT_EQ(error.code(), 422U) << error.what();
            EXPECT_TRUE(std::string{error.what()}.contains("spec.template." + row.leaf)) << error.what();
        }
    }
    /// The same edit changes another field, which shows that the node was written with it.
    void expect_ignored(const Row& row) {
        const Value edit = kube::json::parse(row.edit);
        const std::string mark = std::to_string(++marks);
        const sei::api::NodeSpec before = world.node("fleet-0")->spec;
        patch(edit);
        patch(kube::json::parse(in("spec.podLabels", R"("mark": ")" + mark + R"(")")));
        EXPECT_TRUE(world.run_until("the node has been written after the edit of " + row.leaf, [&] {
            const auto node = *world.node("fleet-0");
            return node.spec.podLabels.contains("mark") && node.spec.podLabels.at("mark") == mark;
        }));
        EXPECT_FALSE(has_arrived(edit));
        sei::api::NodeSpec after = world.node("fleet-0")->spec;
        after.podLabels = before.podLabels;
        EXPECT_EQ(kube::json::serialize(kube::json::to_json(after)), kube::json::serialize(kube::json::to_json(before)))
            << "nothing else came of it either";
    }

    World world{{.with_workloads = groups()[GetParam()].with_genesis}};
    int marks = 0;
};

TEST_P(LeavesOfTemplate, arrive_or_are_refused_or_are_somebody_elses) {
    const Group group = groups()[GetParam()];
    ASSERT_NO_FATAL_FAILURE(begin(group));
    std::vector<Row> rows = group.rows;
    rows.insert(rows.end(), group.otherwise.begin(), group.otherwise.end());
    for (const Row& row : rows) {
        SCOPED_TRACE(row.leaf);
        switch (row.becomes) {
            case Becomes::Arrives:
            case Becomes::RolledOut:
                expect_there_and_back(row);
                break;
            case Becomes::Refused:
                expect_refused(row);
                break;
            case Becomes::Ignored:
                expect_ignored(row);
                break;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Deployment,
    LeavesOfTemplate,
    ::testing::Range(std::size_t{0}, groups().size()),
    [](const ::testing::TestParamInfo<std::size_t>& about) { return groups()[about.param].name; }
);

}  // namespace
