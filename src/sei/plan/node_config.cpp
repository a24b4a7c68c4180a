#include "sei/plan/node_config.hpp"

#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sei/api/node_queries.hpp"
#include "sei/plan/peer_sources.hpp"
#include "sei/plan/task_type.hpp"
#include "sei/plan/witnesses.hpp"

namespace sei::plan {
namespace {

/// The keys that the mode brings along (spec 02 §21.2).
void add_mode_overrides(const api::SeiNode& node, kube::StringMap& overrides) {
    if (const api::SnapshotGenerationConfig* generation = api::snapshot_generation(node.spec);
        generation != nullptr && generation->tendermint) {
        overrides["storage.snapshot_interval"] = "2000";
        overrides["storage.snapshot_keep_recent"] = std::to_string(generation->tendermint->keepRecent);
        if (node.spec.fullNode) {
            overrides["storage.pruning_keep_recent"] = "50000";
            overrides["storage.pruning_keep_every"] = "0";
            overrides["chain.min_retain_blocks"] = "50000";
            overrides["network.p2p.max_connections"] = "500";
            overrides["network.p2p.send_rate"] = "20971520";
            overrides["network.p2p.recv_rate"] = "20971520";
        }
    }
    if (node.spec.replayer) {
        overrides["storage.state_commit.async_commit_buffer"] = "100";
        overrides["storage.state_commit.memiavl.snapshot_keep_recent"] = "2";
        overrides["storage.state_commit.memiavl.snapshot_min_time_interval"] = "3600";
    }
}

}  // namespace

ConfigIntent config_intent(const api::SeiNode& node) {
    ConfigIntent intent;
    intent.mode = api::mode_word(node.spec);
    if (const std::string& address = api::external_address(node); !address.empty()) {
        intent.overrides["network.p2p.external_address"] = address;
    }
    add_mode_overrides(node, intent.overrides);
    if (const std::vector<std::string>* witnesses = witnesses_of(node.spec)) {
        intent.overrides["state_sync.rpc_servers"] = fmt::format("{}", fmt::join(*witnesses, ","));
    }
    for (const auto& [key, value] : node.spec.overrides) intent.overrides[key] = value;
    intent.overrides[std::string{kForcedLogLevelKey}] = kForcedLogLevel;
    return intent;
}

std::optional<ConfigDrift> config_drift(const api::SeiNode& node) {
    if (!node.status.appliedConfig) return std::nullopt;
    const api::AppliedConfig& applied = *node.status.appliedConfig;
    const ConfigIntent wanted = config_intent(node);
    std::set<std::string> keys;
    ConfigDrift drift;
    if (applied.mode != wanted.mode) {
        keys.insert("mode");
        drift.needs_defaults = true;
    }
    for (const auto& [key, value] : wanted.overrides) {
        const auto found = applied.overrides.find(key);
        if (found == applied.overrides.end() || found->second != value) keys.insert(key);
    }
    for (const auto& [key, value] : applied.overrides) {
        if (wanted.overrides.contains(key)) continue;
        keys.insert(key);
        drift.needs_defaults = true;
    }
    if (applied.unvalidated && keys.empty()) keys.insert(std::string{to_wire(TaskType::ConfigValidate)});
    drift.in_values = !keys.empty();
    const bool is_ceremony = api::is_genesis_validator(node.spec);
    if (applied.peers != (is_ceremony ? std::string{} : peers_digest(node.spec.peers))) {
        keys.insert("peers");
        drift.in_peers = true;
        // Entries of before are nobody's to remove, but where the file is made anew.
        if (!is_ceremony && node.spec.peers.empty()) drift.in_values = drift.needs_defaults = true;
    }
    if (keys.empty()) return std::nullopt;
    drift.keys.assign(keys.begin(), keys.end());
    return drift;
}

}  // namespace sei::plan
