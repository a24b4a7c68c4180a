// Whom a state sync asks, and how many there are at least (spec 08 7.6).
#include "sei/plan/witnesses.hpp"

#include <gtest/gtest.h>

namespace sei::plan {
namespace {

api::PeerSource static_peers(std::vector<std::string> addresses) {
    api::PeerSource source;
    source.static_ = api::StaticPeerSource{.addresses = std::move(addresses)};
    return source;
}

TEST(Witnesses, are_those_of_the_snapshot_that_is_used) {
    api::NodeSpec spec;
    spec.validator.emplace();
    EXPECT_EQ(witnesses_of(spec), nullptr);
    spec.validator->snapshot.emplace().witnesses = {"a:1", "b:1"};
    ASSERT_NE(witnesses_of(spec), nullptr);
    EXPECT_EQ(*witnesses_of(spec), (std::vector<std::string>{"a:1", "b:1"}));
    spec.validator->genesisCeremony.emplace();
    EXPECT_EQ(witnesses_of(spec), nullptr) << "a ceremony uses no snapshot";
}

TEST(KnownPeerHosts, are_counted_once_each_from_every_source_that_is_known) {
    api::NodeSpec spec;
    api::SeiNodeStatus status;
    EXPECT_EQ(known_peer_hosts(spec, status), 0U);
    spec.peers = {static_peers({"id@a.example.com:26656", "other@a.example.com:26666"})};
    EXPECT_EQ(known_peer_hosts(spec, status), 1U);
    spec.overrides["network.p2p.persistent_peers"] = "id@a.example.com:26656";
    EXPECT_EQ(known_peer_hosts(spec, status), 1U);
    spec.overrides["network.p2p.persistent_peers"] = "id@a.example.com:26656,id@c.example.com:26656";
    EXPECT_EQ(known_peer_hosts(spec, status), 2U);
    spec.overrides.clear();
    status.resolvedPeers = {"b-0.b.ns.svc.cluster.local"};
    EXPECT_EQ(known_peer_hosts(spec, status), 2U);
}

TEST(KnownPeerHosts, are_unknown_where_the_sidecar_finds_some_by_tags) {
    api::NodeSpec spec;
    spec.peers = {static_peers({"id@a.example.com:26656"})};
    spec.peers.emplace_back().ec2Tags.emplace();
    EXPECT_EQ(known_peer_hosts(spec, {}), std::nullopt);
}

}  // namespace
}  // namespace sei::plan
