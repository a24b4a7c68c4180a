#include "sei/node/peers.hpp"

#include <algorithm>
#include <set>

namespace sei::node {
namespace {

bool has_labels(const api::SeiNode& node, const kube::StringMap& selector) {
    return std::ranges::all_of(selector, [&](const auto& wanted) {
        const auto found = node.metadata.labels.find(wanted.first);
        return found != node.metadata.labels.end() && found->second == wanted.second;
    });
}

}  // namespace

std::vector<std::string> resolve_peers(const api::SeiNode& node, const kube::Cache<api::SeiNode>& nodes) {
    std::set<std::string> peers;
    for (const api::PeerSource& source : node.spec.peers) {
        if (!source.label) continue;
        const std::string namespace_ =
            source.label->namespace_.empty() ? node.metadata.namespace_ : source.label->namespace_;
        for (const auto& peer : nodes.list(namespace_)) {
            if (peer.key() == node.metadata.key() || !has_labels(*peer, source.label->selector)) continue;
            // Labels may match a node of another chain, which is no peer, and one that will be gone (spec 02 §25, D31).
            if (peer->spec.chainId != node.spec.chainId || peer->metadata.deletionTimestamp) continue;
            const std::string& name = peer->metadata.name;
            peers.insert(name + "-0." + name + "." + namespace_ + ".svc.cluster.local");
        }
    }
    return {peers.begin(), peers.end()};
}

}  // namespace sei::node
