// What the variants of a mode have in common: how a node gets its data changes none of its objects (spec 05 §5.11).
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "examples.hpp"
#include "sei/resources/bootstrap_job.hpp"
#include "sei/resources/data_volume_claim.hpp"
#include "sei/resources/headless_service.hpp"
#include "sei/resources/rbac_proxy_config.hpp"
#include "sei/resources/stateful_set.hpp"

namespace sei::resources {
namespace {

constexpr const char* kBootstrap =
    R"("snapshot":{"s3":{"targetHeight":100},"trustPeriod":"9999h0m0s","bootstrapImage":"ghcr.io/sei-protocol/seid:v6.4.1"})";

api::SeiNode node_of(const std::string& members) {
    return examples::node_from("n0", "9", R"({"chainId":"pacific-1","image":"seid:v1",)" + members + "}");
}

template <class Rendered>
std::string text_of(const Rendered& rendered) {
    if (!rendered) return "nothing";
    return kube::json::serialize_canonical(examples::body_of(*rendered));
}

/// Everything that outlives the bootstrap, as it is sent.
std::vector<std::string> objects_of(const api::SeiNode& node) {
    const platform::Platform platform = examples::platform_p();
    return {
        text_of(render_stateful_set(node, platform)),
        text_of(render_data_volume_claim(node, platform)),
        kube::json::serialize_canonical(examples::body_of(render_headless_service(node))),
        kube::json::serialize_canonical(examples::body_of(render_rbac_proxy_config(node)))
    };
}

TEST(Variants, of_a_mode_have_the_same_objects) {
    struct Case {
        std::string behaviour;
        std::string plain;
        std::string variant;
    };
    const std::string boot{kBootstrap};
    const std::vector<Case> cases{
        {"a full node of a snapshot",
         R"("fullNode":{})",
         R"("fullNode":{"snapshot":{"s3":{"targetHeight":100},"trustPeriod":"9999h0m0s"}})"},
        {"a full node that syncs state", R"("fullNode":{})", R"("fullNode":{"snapshot":{"stateSync":{}}})"},
        {"a full node with a bootstrap Job", R"("fullNode":{})", R"("fullNode":{)" + boot + "}"},
        {"a full node that publishes",
         R"("fullNode":{})",
         R"("fullNode":{"snapshotGeneration":{"tendermint":{"keepRecent":5,"publish":{}}}})"},
        {"a full node with peers and overrides",
         R"("fullNode":{})",
         R"("fullNode":{},"peers":[{"static":{"addresses":["id@h:1"]}}],"overrides":{"evm.http_port":"9545"})"},
        {"an archive that publishes",
         R"("archive":{})",
         R"("archive":{"snapshotGeneration":{"tendermint":{"keepRecent":5,"publish":{}}}})"},
        {"a replayer with a bootstrap Job and an export",
         R"("replayer":{"snapshot":{"s3":{"targetHeight":1}}})",
         R"("replayer":{)" + boot + R"(,"resultExport":{"shadowResult":{"canonicalRpc":"http://h"}}})"},
        {"a validator with a bootstrap Job", R"("validator":{})", R"("validator":{)" + boot + "}"},
        {"a validator of a genesis ceremony",
         R"("validator":{})",
         R"("validator":{"genesisCeremony":{"chainId":"c","stakingAmount":"1usei","accountBalance":"1usei","index":0}})"
        },
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(objects_of(node_of(c.variant)), objects_of(node_of(c.plain)));
    }
}

TEST(Variants, of_the_bootstrap_job_differ_in_the_node_alone) {
    const std::string boot{kBootstrap};
    const auto job_of = [](const std::string& members) {
        return text_of(render_bootstrap_job(node_of(members), examples::platform_p()));
    };
    const std::string of_full_node = job_of(R"("fullNode":{)" + boot + "}");
    EXPECT_NE(of_full_node, "nothing");
    EXPECT_EQ(job_of(R"("replayer":{)" + boot + "}"), of_full_node);
    EXPECT_EQ(job_of(R"("validator":{)" + boot + "}"), of_full_node);
    EXPECT_EQ(
        job_of(
            R"("validator":{"signingKey":{"secret":{"secretName":"sk"}},"nodeKey":{"secret":{"secretName":"nk"}},)"
            R"("operatorKeyring":{"secret":{"secretName":"kr","passphraseSecretRef":{"secretName":"pp","key":"p"}}},)" +
            boot + "}"
        ),
        of_full_node
    ) << "no key of a validator is in it";
}

}  // namespace
}  // namespace sei::resources
