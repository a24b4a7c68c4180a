// SeiNodeDeployment: a fleet of equal SeiNodes (spec 01 §7).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/json/json.hpp"
#include "kube/meta/condition.hpp"
#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "sei/api/node_spec.hpp"
#include "sei/api/phases.hpp"
#include "sei/api/plan.hpp"

namespace sei::api {

/// What happens to children and networking when a deployment is deleted.
enum class DeletionPolicy { Delete, Retain };
BOOST_DESCRIBE_ENUM(DeletionPolicy, Delete, Retain)

enum class UpdateStrategyType { InPlace };
BOOST_DESCRIBE_ENUM(UpdateStrategyType, InPlace)

struct UpdateStrategy {
    UpdateStrategyType type = UpdateStrategyType::InPlace;
    /// An addition: how many nodes may be unavailable at once during a rollout. Unset: all are updated at once.
    std::optional<std::int32_t> maxUnavailable;
    /// An addition: how long a rollout may make no progress before its condition says so. Unset: 600.
    std::optional<std::int32_t> progressDeadlineSeconds;
    static constexpr std::array required{"type"};
    bool operator==(const UpdateStrategy&) const = default;
};
BOOST_DESCRIBE_STRUCT(UpdateStrategy, (), (type, maxUnavailable, progressDeadlineSeconds))

struct TemplateMetadata {
    kube::StringMap labels;
    kube::StringMap annotations;
    bool operator==(const TemplateMetadata&) const = default;
};
BOOST_DESCRIBE_STRUCT(TemplateMetadata, (), (labels, annotations))

struct SeiNodeTemplate {
    std::optional<TemplateMetadata> metadata;
    NodeSpec spec;
    static constexpr std::array required{"spec"};
    bool operator==(const SeiNodeTemplate&) const = default;
};
BOOST_DESCRIBE_STRUCT(SeiNodeTemplate, (), (metadata, spec))

struct GenesisAccount {
    /// Bech32, "sei1…".
    std::string address;
    std::string balance;
    static constexpr std::array required{"address", "balance"};
    bool operator==(const GenesisAccount&) const = default;
};
BOOST_DESCRIBE_STRUCT(GenesisAccount, (), (address, balance))

/// A new chain, made in a ceremony of the deployment's validators. Immutable once set.
struct GenesisConfig {
    std::string chainId;
    std::string stakingAmount;
    std::string accountBalance;
    std::vector<GenesisAccount> accounts;
    /// Dotted path in genesis.json to any JSON value.
    std::map<std::string, kube::json::Value> overrides;
    /// Go's duration syntax. Unset: no limit.
    std::optional<std::string> maxCeremonyDuration;
    static constexpr std::array required{"chainId"};
    bool operator==(const GenesisConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    GenesisConfig, (), (chainId, stakingAmount, accountBalance, accounts, overrides, maxCeremonyDuration)
)

/// A public Service and routes. Its presence is all it says.
struct NetworkingConfig {
    bool operator==(const NetworkingConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(NetworkingConfig, (), ())

struct SeiNodeDeploymentSpec {
    std::int32_t replicas = 0;
    SeiNodeTemplate template_;
    /// Unset: Delete.
    std::optional<DeletionPolicy> deletionPolicy;
    std::optional<GenesisConfig> genesis;
    std::optional<NetworkingConfig> networking;
    UpdateStrategy updateStrategy;
    bool paused = false;
    static constexpr std::array required{"replicas", "template", "updateStrategy"};
    bool operator==(const SeiNodeDeploymentSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    SeiNodeDeploymentSpec, (), (replicas, template_, deletionPolicy, genesis, networking, updateStrategy, paused)
)

struct DeploymentNodeStatus {
    std::string name;
    std::optional<NodePhase> phase;
    static constexpr std::array required{"name"};
    bool operator==(const DeploymentNodeStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(DeploymentNodeStatus, (), (name, phase))

struct RolloutStatus {
    std::string targetHash;
    kube::Time startedAt;
    /// An addition: how many nodes have come to run the target, at most at once.
    std::int32_t updatedNodes = 0;
    /// An addition: when `updatedNodes` last grew; unset until it does.
    std::optional<kube::Time> lastProgressAt;
    static constexpr std::array required{"startedAt", "targetHash"};
    bool operator==(const RolloutStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(RolloutStatus, (), (targetHash, startedAt, updatedNodes, lastProgressAt))

struct RouteStatus {
    std::string hostname;
    std::string protocol;
    static constexpr std::array required{"hostname"};
    bool operator==(const RouteStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(RouteStatus, (), (hostname, protocol))

struct NetworkingStatus {
    std::vector<RouteStatus> routes;
    bool operator==(const NetworkingStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(NetworkingStatus, (), (routes))

struct InternalServicePorts {
    std::int32_t rpc = 0;
    std::int32_t evmHttp = 0;
    std::int32_t rest = 0;
    static constexpr std::array required{"evmHttp", "rest", "rpc"};
    bool operator==(const InternalServicePorts&) const = default;
};
BOOST_DESCRIBE_STRUCT(InternalServicePorts, (), (rpc, evmHttp, rest))

struct InternalServiceStatus {
    std::string name;
    std::string namespace_;
    InternalServicePorts ports;
    static constexpr std::array required{"name", "namespace", "ports"};
    bool operator==(const InternalServiceStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(InternalServiceStatus, (), (name, namespace_, ports))

struct PerPodServicePorts {
    std::int32_t evmHttp = 0;
    std::int32_t evmWs = 0;
    static constexpr std::array required{"evmHttp", "evmWs"};
    bool operator==(const PerPodServicePorts&) const = default;
};
BOOST_DESCRIBE_STRUCT(PerPodServicePorts, (), (evmHttp, evmWs))

struct PerPodServiceStatus {
    std::string name;
    std::string namespace_;
    PerPodServicePorts ports;
    static constexpr std::array required{"name", "namespace", "ports"};
    bool operator==(const PerPodServiceStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(PerPodServiceStatus, (), (name, namespace_, ports))

struct NodeEndpoints {
    std::string name;
    std::string evmJsonRpc;
    std::string evmWs;
    static constexpr std::array required{"name"};
    bool operator==(const NodeEndpoints&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodeEndpoints, (), (name, evmJsonRpc, evmWs))

struct EndpointsStatus {
    std::string tendermintRpc;
    std::string tendermintRest;
    std::vector<NodeEndpoints> nodes;
    bool operator==(const EndpointsStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(EndpointsStatus, (), (tendermintRpc, tendermintRest, nodes))

struct SeiNodeDeploymentStatus {
    std::int64_t observedGeneration = 0;
    std::string templateHash;
    std::optional<DeploymentPhase> phase;
    std::int32_t replicas = 0;
    std::int32_t readyReplicas = 0;
    std::vector<DeploymentNodeStatus> nodes;
    std::optional<TaskPlan> plan;
    std::string genesisHash;
    std::string genesisS3URI;
    std::vector<std::string> incumbentNodes;
    std::optional<RolloutStatus> rollout;
    std::optional<NetworkingStatus> networkingStatus;
    std::optional<InternalServiceStatus> internalService;
    std::vector<PerPodServiceStatus> perPodServices;
    std::optional<EndpointsStatus> endpoints;
    std::vector<kube::Condition> conditions;
    bool operator==(const SeiNodeDeploymentStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    SeiNodeDeploymentStatus,
    (),
    (observedGeneration,
     templateHash,
     phase,
     replicas,
     readyReplicas,
     nodes,
     plan,
     genesisHash,
     genesisS3URI,
     incumbentNodes,
     rollout,
     networkingStatus,
     internalService,
     perPodServices,
     endpoints,
     conditions)
)

struct SeiNodeDeployment {
    kube::ObjectMeta metadata;
    SeiNodeDeploymentSpec spec;
    SeiNodeDeploymentStatus status;
    static constexpr std::array required{"metadata", "spec", "status"};
    bool operator==(const SeiNodeDeployment&) const = default;
};
BOOST_DESCRIBE_STRUCT(SeiNodeDeployment, (), (metadata, spec, status))

}  // namespace sei::api

template <>
struct kube::KindOf<sei::api::SeiNodeDeployment> {
    static constexpr ResourceType type{"sei.io", "v1alpha1", "SeiNodeDeployment", "seinodedeployments"};
};
