// Nodes that plans are made for.
#pragma once

#include <cstdint>

#include "sei/api/node.hpp"
#include "sei/plan/node_config.hpp"
#include "sei/plan/peer_sources.hpp"
#include "sei/plan/task_id.hpp"

namespace sei::plan {

inline api::SeiNode full_node() {
    api::SeiNode node;
    node.metadata.name = "n0";
    node.metadata.namespace_ = "ns";
    node.spec.chainId = "pacific-1";
    node.spec.image = "seid:v1";
    node.spec.fullNode.emplace();
    return node;
}

inline api::SnapshotSource s3_snapshot() {
    api::SnapshotSource snapshot;
    snapshot.s3 = api::S3Snapshot{.targetHeight = 100'000'000};
    snapshot.trustPeriod = "9999h0m0s";
    return snapshot;
}

inline api::SnapshotSource state_sync() {
    api::SnapshotSource snapshot;
    snapshot.stateSync.emplace();
    return snapshot;
}

inline api::SnapshotGenerationConfig generation(std::int32_t keep_recent, bool publish) {
    api::SnapshotGenerationConfig config;
    config.tendermint.emplace();
    config.tendermint->keepRecent = keep_recent;
    if (publish) config.tendermint->publish.emplace();
    return config;
}

inline api::SeiNode publishing_node() {
    api::SeiNode node = full_node();
    node.spec.fullNode->snapshotGeneration = api::SnapshotGenerationConfig{};
    node.spec.fullNode->snapshotGeneration->tendermint.emplace();
    node.spec.fullNode->snapshotGeneration->tendermint->publish.emplace();
    return node;
}

/// A running full node that was given the configuration of `applied`.
inline api::SeiNode configured_node(const kube::StringMap& applied) {
    api::SeiNode node = full_node();
    node.spec.overrides = applied;
    const ConfigIntent intent = config_intent(node);
    node.status.appliedConfig =
        api::AppliedConfig{.mode = intent.mode, .overrides = intent.overrides, .peers = peers_digest(node.spec.peers)};
    return node;
}

/// Every plan has the same one.
inline UuidSource fixed_ids() {
    return UuidSource{[] { return std::uint64_t{0}; }};
}

}  // namespace sei::plan
