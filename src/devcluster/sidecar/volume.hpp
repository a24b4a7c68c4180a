// What handlers leave behind: a node's data volume, and the buckets that all nodes share.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace devcluster::sidecar {

/// The part of a node's data volume that handlers read and write. It outlives the sidecar's process.
struct Volume {
    /// Names of marker files: their task succeeds at once from then on (spec 04 §8.6).
    std::set<std::string, std::less<>> markers;
    /// The mode of config.toml and app.toml; nullopt before the first config-apply.
    std::optional<std::string> config_mode;
    /// p2p.persistent-peers of config.toml is not empty.
    bool has_peers = false;
    /// statesync.rpc-servers of config.toml; "peers" where configure-state-sync wrote those of the peers.
    std::string rpc_servers;
    /// config/node_key.json; `seid init` makes one before the sidecar starts.
    bool has_node_key = true;
    std::optional<std::int64_t> snapshot_height;
};

/// The keys of the genesis and snapshot buckets: "my-chain/genesis.json".
struct Buckets {
    std::string genesis_name = "genesis-bucket";
    std::string snapshot_name = "snapshot-bucket";
    std::set<std::string, std::less<>> genesis;
    /// Heights of the snapshots of every chain. Empty: any snapshot that is asked for exists.
    std::set<std::int64_t> snapshot_heights;
};

}  // namespace devcluster::sidecar
