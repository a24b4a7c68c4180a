// Deployments and their nodes, as the tests of this room need them.
#pragma once

#include <string>
#include <vector>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/deployment/child.hpp"
#include "sei/deployment/fleet.hpp"
#include "testkit/snapshot_of.hpp"

namespace sei::deployment::test {

inline constexpr const char* kV1 = "ghcr.io/sei-protocol/seid:v1.0.0";
inline constexpr const char* kV2 = "ghcr.io/sei-protocol/seid:v2.0.0";
inline constexpr const char* kV3 = "ghcr.io/sei-protocol/seid:v3.0.0";

inline api::SeiNodeDeployment a_deployment(std::int32_t replicas, const std::string& image = kV1) {
    api::SeiNodeDeployment deployment;
    deployment.metadata.name = "web";
    deployment.metadata.namespace_ = "ns";
    deployment.metadata.uid = "uid-of-web";
    deployment.metadata.generation = 1;
    deployment.spec.replicas = replicas;
    deployment.spec.template_.spec.chainId = "pacific-1";
    deployment.spec.template_.spec.image = image;
    deployment.spec.template_.spec.fullNode.emplace();
    return deployment;
}

inline void set(api::SeiNode& node, std::string_view type, kube::ConditionStatus status, std::string_view reason) {
    kube::Condition condition;
    condition.type = type;
    condition.status = status;
    condition.reason = reason;
    condition.message = "because";
    condition.observedGeneration = node.metadata.generation;
    kube::set_condition(node.status.conditions, std::move(condition));
}

/// A node that runs what it is asked for.
inline api::SeiNode a_node(const api::SeiNodeDeployment& deployment, std::int32_t ordinal) {
    api::SeiNode node = desired_child(deployment, ordinal, nullptr, Images::OfTemplate, {});
    node.metadata.uid = "uid-" + std::to_string(ordinal);
    node.metadata.generation = 1;
    node.status.phase = api::NodePhase::Running;
    node.status.currentImage = node.spec.image;
    set(node, api::node_condition::kPaused, kube::ConditionStatus::False, api::reason::kNotPaused);
    return node;
}

inline std::vector<NodeSnapshot> nodes_of(const api::SeiNodeDeployment& deployment) {
    std::vector<NodeSnapshot> nodes;
    for (std::int32_t i = 0; i < deployment.spec.replicas; ++i)
        nodes.push_back(testkit::snapshot_of(a_node(deployment, i)));
    return nodes;
}

}  // namespace sei::deployment::test
