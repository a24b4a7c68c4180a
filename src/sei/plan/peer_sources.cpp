#include "sei/plan/peer_sources.hpp"

#include <algorithm>
#include <cstdint>
#include <ranges>
#include <utility>

#include <fmt/format.h>

#include "sei/plan/config_intent.hpp"

namespace sei::plan {
namespace {

/// Null where the parameters are not those of `discover-peers`.
const boost::json::array* sources_in(const kube::json::Value& params) {
    const boost::json::object* object = params.if_object();
    const boost::json::value* found = object == nullptr ? nullptr : object->if_contains("Sources");
    return found == nullptr ? nullptr : found->if_array();
}

bool is_of_label(const boost::json::value& source) {
    return source.is_object() && source.as_object().contains("endpoints");
}

}  // namespace

boost::json::object peer_sources(const api::NodeSpec& spec, const api::SeiNodeStatus& status) {
    boost::json::array sources;
    for (const api::PeerSource& peer : spec.peers) {
        if (peer.ec2Tags) {
            sources.push_back(boost::json::object{
                {"type", "ec2Tags"}, {"region", peer.ec2Tags->region}, {"tags", to_json(peer.ec2Tags->tags)}
            });
        } else if (peer.static_) {
            boost::json::array addresses(peer.static_->addresses.begin(), peer.static_->addresses.end());
            sources.push_back(boost::json::object{{"type", "static"}, {"addresses", std::move(addresses)}});
        } else if (peer.label) {
            boost::json::array endpoints(status.resolvedPeers.begin(), status.resolvedPeers.end());
            if (endpoints.empty()) continue;  // no peers is a valid configuration (spec 08 7.3)
            sources.push_back(boost::json::object{{"type", "dnsEndpoints"}, {"endpoints", std::move(endpoints)}});
        }
    }
    return {{"Sources", std::move(sources)}};
}

std::string peers_digest(const std::vector<api::PeerSource>& peers) {
    if (peers.empty()) return {};
    boost::json::array sources;
    for (const api::PeerSource& peer : peers) {
        boost::json::object source;
        if (peer.ec2Tags) source["ec2Tags"] = {{"region", peer.ec2Tags->region}, {"tags", to_json(peer.ec2Tags->tags)}};
        if (peer.static_) source["static"] = boost::json::value_from(peer.static_->addresses);
        if (peer.label) {
            source["label"] = {{"namespace", peer.label->namespace_}, {"selector", to_json(peer.label->selector)}};
        }
        sources.push_back(std::move(source));
    }
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a: it compares, and protects nothing
    for (const char byte : boost::json::serialize(sources)) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    }
    return fmt::format("{:012x}", hash >> 16u);
}

bool names_sources(const kube::json::Value& params, const api::SeiNode& node) {
    const boost::json::array* stored = sources_in(params);
    const boost::json::object wanted = peer_sources(node.spec, node.status);
    return stored != nullptr &&
           std::ranges::equal(*stored, wanted.at("Sources").as_array(), [](const auto& was, const auto& is) {
               return was == is || (is_of_label(was) && is_of_label(is));
           });
}

bool names_sources_but_labels(const kube::json::Value& params, const api::SeiNode& node) {
    const boost::json::array* stored = sources_in(params);
    const boost::json::object wanted = peer_sources(node.spec, node.status);
    const auto others = std::views::filter([](const boost::json::value& source) { return !is_of_label(source); });
    return stored != nullptr && std::ranges::equal(*stored | others, wanted.at("Sources").as_array() | others);
}

}  // namespace sei::plan
