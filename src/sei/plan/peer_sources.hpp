// Where a node's peers come from, and whether that has changed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "sei/api/node.hpp"

namespace sei::plan {

/// The sources in the order of `spec.peers` (spec 02 §18.4): {"Sources": [...]}. A label source
/// carries all resolved peers, and is left out while there are none (spec 08 7.3).
[[nodiscard]] boost::json::object peer_sources(const api::NodeSpec& spec, const api::SeiNodeStatus& status);

/// Tells whether the sources changed; of which peers they consist now does not count. 12 hexadecimal digits, or
/// nothing where there are none.
[[nodiscard]] std::string peers_digest(const std::vector<api::PeerSource>& peers);
/// What `appliedConfig.peers` says of a file that was made anew and has no peers yet: nothing is to start with it.
inline constexpr std::string_view kNoPeersYet = "none";
/// And of one whose peers are not those of the spec.
inline constexpr std::string_view kUnknownPeers = "unknown";
/// Do the stored parameters of `discover-peers` name the sources of the spec? Which peers a label stood for does not
/// count.
[[nodiscard]] bool names_sources(const kube::json::Value& params, const api::SeiNode& node);
/// The same, but for labels, which parameters may leave out: then they stood for nobody yet.
[[nodiscard]] bool names_sources_but_labels(const kube::json::Value& params, const api::SeiNode& node);

}  // namespace sei::plan
