// What users do in one run, when nothing goes wrong: the short life of a fleet, of single nodes of several modes, or of
// nodes whose volumes are the users' own.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "sim/fault_plan.hpp"

namespace sim {

enum class ActKind {
    Create,
    SetImage,
    Pause,
    Unpause,
    Delete,
    Hold,
    Release,
    Scale,
    ProvideKeys,
    /// The node gets other sources of peers.
    SetPeers,
    /// The node is not to be bootstrapped after all.
    DropBootstrap,
    /// Somebody deletes the pod of its bootstrap, if it is still at it.
    DisruptBootstrap,
    /// Users wait until the node is as they want it.
    Await,
    /// A claim that a node may import; `object` is the claim. It waits until an older one of that name is gone.
    ProvideClaim,
    /// The same, too small for any node.
    ProvideSmallClaim,
    /// The same, and nobody may write to it.
    ProvideReadOnlyClaim,
    DeleteClaim,
    /// A pod of somebody else has the claim, until StopCopy.
    StartCopy,
    StopCopy,
    /// The node is to be on `claim` from its next pod on.
    SetImport,
    /// The node's own claim is to outlive it.
    SetRetain,
};
BOOST_DESCRIBE_ENUM(
    ActKind,
    Create,
    SetImage,
    Pause,
    Unpause,
    Delete,
    Hold,
    Release,
    Scale,
    ProvideKeys,
    SetPeers,
    DropBootstrap,
    DisruptBootstrap,
    Await,
    ProvideClaim,
    ProvideSmallClaim,
    ProvideReadOnlyClaim,
    DeleteClaim,
    StartCopy,
    StopCopy,
    SetImport,
    SetRetain
)

struct Act {
    ActKind kind = ActKind::Create;
    milliseconds at{0};
    /// The name of the scenario's fleet, or of a node; of ProvideKeys a node whose Secrets are created.
    std::string object;
    /// Of Create and SetImage.
    std::string image;
    /// Of Scale.
    std::int32_t replicas = 0;
    /// Of Create and SetImport: the claim that the node imports.
    std::string claim;
    /// Of Create: its own claim is to outlive it.
    bool is_retained = false;
    /// Acts of one story are done one after another; stories do not wait for each other.
    std::size_t story = 0;
};

/// How a single node serves, and what it starts from: each has another initial plan.
enum class NodeMode { BlockSync, StateSync, Archive, Replayer, Validator, KeyedValidator, Bootstrapped };
BOOST_DESCRIBE_ENUM(NodeMode, BlockSync, StateSync, Archive, Replayer, Validator, KeyedValidator, Bootstrapped)

/// A SeiNodeDeployment of three nodes.
struct FleetPlan {
    std::string name = "f";
    std::optional<std::int32_t> max_unavailable;
    /// deletionPolicy Retain: its nodes outlive it, and are adopted by the next of its name.
    bool is_retained = false;
    /// Its nodes are the validators of a chain that begins with them.
    bool is_chain = false;
};

/// Acts in the order of their times. Create waits until an older object of that name is gone.
struct Scenario {
    std::uint64_t variant = 0;
    bool with_peers = false;
    std::optional<FleetPlan> fleet;
    /// The nodes that faults may hit: those of the fleet, or those that users create one by one.
    std::vector<std::string> nodes;
    /// One for each node; empty for a fleet.
    std::vector<NodeMode> modes;
    /// Users have claims of their own, and take away in the end what nodes have left.
    bool has_volumes = false;
    std::vector<Act> acts;
};

/// There are so many scenarios; what distinguishes runs of one scenario is what goes wrong, and the order of steps.
/// Few, because each is also run without faults once, to know how it has to end.
inline constexpr std::uint64_t kScenarios = 52;
/// Scenarios from here on are about volumes that users own.
inline constexpr std::uint64_t kFirstOfVolumes = 40;

/// Of the first 32, three of four are about a fleet that is created, rolled, superseded; the others about single nodes.
/// Eight are about a fleet that makes a chain, and the last twelve about claims that nodes import, or leave behind.
[[nodiscard]] Scenario make_scenario(std::uint64_t variant);
/// "Fleet", or the modes of the nodes.
[[nodiscard]] std::string to_string(const Scenario& scenario);
[[nodiscard]] std::string to_string(const Act& act);

}  // namespace sim
