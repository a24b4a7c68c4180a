// What users do in one run, when nothing goes wrong: the short life of a fleet, or of single nodes of several modes.
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
    DisruptBootstrap
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
    std::vector<Act> acts;
};

/// There are so many scenarios; what distinguishes runs of one scenario is what goes wrong, and the order of steps.
/// Few, because each is also run without faults once, to know how it has to end.
inline constexpr std::uint64_t kScenarios = 40;

/// Of the first 32, three of four are about a fleet that is created, rolled, superseded; the others about single nodes.
/// The last eight are about a fleet that makes a chain.
[[nodiscard]] Scenario make_scenario(std::uint64_t variant);
/// "Fleet", or the modes of the nodes.
[[nodiscard]] std::string to_string(const Scenario& scenario);
[[nodiscard]] std::string to_string(const Act& act);

}  // namespace sim
