#include "sei/deployment/deployment_status.hpp"

#include <algorithm>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/ports.hpp"

namespace sei::deployment {
namespace {

namespace type = api::deployment_condition;

api::EndpointsStatus endpoints_of(const api::SeiNodeDeploymentStatus& status) {
    api::EndpointsStatus endpoints;
    if (status.internalService) {
        const std::string base =
            "http://" + status.internalService->name + "." + status.internalService->namespace_ + ".svc:";
        endpoints.tendermintRpc = base + std::to_string(status.internalService->ports.rpc);
        endpoints.tendermintRest = base + std::to_string(status.internalService->ports.rest);
    }
    for (const api::PerPodServiceStatus& service : status.perPodServices) {
        const std::string host = service.name + "." + service.namespace_ + ".svc:";
        endpoints.nodes.push_back(
            {.name = service.name,
             .evmJsonRpc = "http://" + host + std::to_string(service.ports.evmHttp),
             .evmWs = "ws://" + host + std::to_string(service.ports.evmWs)}
        );
    }
    return endpoints;
}

}  // namespace

std::vector<std::string> names_of(const std::vector<NodeSnapshot>& nodes) {
    std::vector<std::string> names;
    for (const NodeSnapshot& node : nodes) names.push_back(node->metadata.name);
    return names;
}

api::DeploymentPhase phase_of(
    const api::SeiNodeDeployment& deployment, const api::SeiNodeDeploymentStatus& status, const Fleet& fleet
) {
    using enum api::DeploymentPhase;
    if (deployment.spec.paused) return Paused;
    if (kube::is_condition_true(status.conditions, type::kRolloutInProgress)) return Upgrading;
    if (kube::is_condition_true(status.conditions, type::kPlanInProgress)) {
        return status.rollout ? Upgrading : Initializing;
    }
    const std::vector<NodeSnapshot> nodes = fleet.wanted();
    if (nodes.empty()) return Pending;
    const auto ready = std::ranges::count_if(nodes, [](const NodeSnapshot& node) { return is_ready(*node); });
    const auto failed = std::ranges::count_if(nodes, [](const NodeSnapshot& node) {
        return node->status.phase == api::NodePhase::Failed;
    });
    if (ready == deployment.spec.replicas) return Ready;
    if (failed > 0 && failed == std::ssize(nodes)) return Failed;
    const bool is_unhealthy = std::ranges::any_of(nodes, [](const NodeSnapshot& node) {
        return node->status.phase == api::NodePhase::Running && !is_ready(*node);
    });
    if ((failed > 0 && ready > 0) || is_unhealthy) return Degraded;
    return Initializing;
}

void compute_status(
    const api::SeiNodeDeployment& deployment,
    const Fleet& fleet,
    const std::vector<EffectiveRoute>& routes,
    api::SeiNodeDeploymentStatus& status
) {
    const std::vector<NodeSnapshot> wanted = fleet.wanted();
    status.replicas = deployment.spec.replicas;
    status.readyReplicas = static_cast<std::int32_t>(std::ranges::count_if(wanted, [](const NodeSnapshot& node) {
        return is_ready(*node);
    }));
    status.incumbentNodes = names_of(wanted);
    status.nodes.clear();
    status.perPodServices.clear();
    for (const NodeSnapshot& node : fleet.all()) {
        if (node->metadata.deletionTimestamp) continue;
        status.nodes.push_back({.name = node->metadata.name, .phase = node->status.phase});
        if (!ordinal_of(*node)) continue;
        status.perPodServices.push_back(
            {.name = node->metadata.name,
             .namespace_ = node->metadata.namespace_,
             .ports = {.evmHttp = api::kEvmHttpPort, .evmWs = api::kEvmWsPort}}
        );
    }
    status.endpoints.reset();
    if (status.internalService || !status.perPodServices.empty()) status.endpoints = endpoints_of(status);
    status.networkingStatus.reset();
    if (!routes.empty()) {
        status.networkingStatus.emplace();
        for (const EffectiveRoute& route : routes) {
            for (const std::string& hostname : route.hostnames) {
                status.networkingStatus->routes.push_back({.hostname = hostname, .protocol = route.protocol});
            }
        }
    }
    status.phase = phase_of(deployment, status, fleet);
}

}  // namespace sei::deployment
