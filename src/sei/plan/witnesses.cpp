#include "sei/plan/witnesses.hpp"

#include <ranges>
#include <set>
#include <string_view>

#include "sei/api/node_queries.hpp"

namespace sei::plan {
namespace {

/// "h" of "id@h:26656", of "h:26656" and of "h".
std::string_view host_of(std::string_view peer) {
    if (const auto at = peer.rfind('@'); at != std::string_view::npos) peer.remove_prefix(at + 1);
    return peer.substr(0, peer.rfind(':'));
}

}  // namespace

const std::vector<std::string>* witnesses_of(const api::NodeSpec& spec) {
    const api::SnapshotSource* snapshot = api::snapshot_source(spec);
    const bool is_used = snapshot != nullptr && !snapshot->witnesses.empty() && !api::is_genesis_validator(spec);
    return is_used ? &snapshot->witnesses : nullptr;
}

std::optional<std::size_t> known_peer_hosts(const api::NodeSpec& spec, const api::SeiNodeStatus& status) {
    std::set<std::string_view> hosts;
    for (const api::PeerSource& peer : spec.peers) {
        if (peer.ec2Tags) return std::nullopt;
        if (!peer.static_) continue;
        for (const std::string& address : peer.static_->addresses) hosts.insert(host_of(address));
    }
    for (const std::string& peer : status.resolvedPeers) hosts.insert(host_of(peer));
    if (const auto configured = spec.overrides.find("network.p2p.persistent_peers");
        configured != spec.overrides.end()) {
        for (const auto part : std::views::split(configured->second, ',')) {
            if (const std::string_view peer{part.begin(), part.end()}; !peer.empty()) hosts.insert(host_of(peer));
        }
    }
    return hosts.size();
}

}  // namespace sei::plan
