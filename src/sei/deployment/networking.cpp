#include "sei/deployment/networking.hpp"

#include <array>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "sei/api/labels.hpp"
#include "sei/api/ports.hpp"
#include "sei/deployment/child.hpp"

namespace sei::deployment {
namespace {

struct ServicePortSpec {
    std::string_view name;
    std::int32_t port = 0;
};

std::vector<kube::ServicePort> ports(std::initializer_list<ServicePortSpec> specs) {
    std::vector<kube::ServicePort> out;
    for (const ServicePortSpec& spec : specs) {
        kube::ServicePort port{.name = std::string{spec.name}, .protocol = "TCP", .port = spec.port};
        port.targetPort = spec.port;
        if (spec.name == "grpc") port.appProtocol = std::string{api::kGrpcAppProtocol};
        out.push_back(std::move(port));
    }
    return out;
}

kube::ObjectMeta owned_metadata(const api::SeiNodeDeployment& deployment, std::string name) {
    kube::ObjectMeta metadata;
    metadata.name = std::move(name);
    metadata.namespace_ = deployment.metadata.namespace_;
    metadata.labels = {{std::string{api::kDeploymentLabel}, deployment.metadata.name}};
    metadata.ownerReferences = {owner_reference_to(deployment)};
    return metadata;
}

void mark_managed(kube::ObjectMeta& metadata) {
    metadata.annotations = {{std::string{api::kManagedByAnnotation}, std::string{api::kDeploymentControllerName}}};
}

kube::Service cluster_service(
    const api::SeiNodeDeployment& deployment, std::string name, std::vector<kube::ServicePort> service_ports
) {
    kube::Service service;
    service.metadata = owned_metadata(deployment, std::move(name));
    service.spec.type = "ClusterIP";
    service.spec.selector = {{std::string{api::kDeploymentLabel}, deployment.metadata.name}};
    service.spec.ports = std::move(service_ports);
    return service;
}

bool is_validator(const api::SeiNodeDeployment& deployment) {
    const api::NodeSpec& spec = deployment.spec.template_.spec;
    return !spec.archive && spec.validator;
}

}  // namespace

kube::NamespacedName internal_service_key(const api::SeiNodeDeployment& deployment) {
    return {deployment.metadata.namespace_, deployment.metadata.name + "-internal"};
}
kube::NamespacedName external_service_key(const api::SeiNodeDeployment& deployment) {
    return {deployment.metadata.namespace_, deployment.metadata.name + "-external"};
}

std::vector<EffectiveRoute> effective_routes(
    const api::SeiNodeDeployment& deployment, const platform::Platform& platform
) {
    if (!deployment.spec.networking || is_validator(deployment)) return {};
    static constexpr std::array kProtocols{
        ServicePortSpec{"evm", api::kEvmHttpPort},
        ServicePortSpec{"rpc", api::kRpcPort},
        ServicePortSpec{"rest", api::kRestPort},
        ServicePortSpec{"grpc", api::kGrpcPort}
    };
    std::vector<EffectiveRoute> routes;
    for (const ServicePortSpec& protocol : kProtocols) {
        const std::string name = deployment.metadata.name + "-" + std::string{protocol.name};
        EffectiveRoute route{
            .name = name,
            .protocol = std::string{protocol.name},
            .port = protocol.port,
            .hostnames = {name + "." + platform.gateway_domain}
        };
        if (!platform.gateway_public_domain.empty()) {
            route.hostnames.push_back(
                name + "." + deployment.metadata.namespace_ + "." + platform.gateway_public_domain
            );
        }
        routes.push_back(std::move(route));
    }
    return routes;
}

kube::Service render_internal_service(const api::SeiNodeDeployment& deployment) {
    kube::Service service = cluster_service(
        deployment,
        internal_service_key(deployment).name,
        ports({{"rpc", api::kRpcPort}, {"evm-http", api::kEvmHttpPort}, {"rest", api::kRestPort}})
    );
    mark_managed(service.metadata);
    return service;
}

kube::Service render_external_service(const api::SeiNodeDeployment& deployment) {
    std::vector<kube::ServicePort> published = is_validator(deployment) ? ports({{"p2p", api::kP2pPort}})
                                                                        : ports(
                                                                              {{"evm-rpc", api::kEvmHttpPort},
                                                                               {"evm-ws", api::kEvmWsPort},
                                                                               {"grpc", api::kGrpcPort},
                                                                               {"rest", api::kRestPort},
                                                                               {"p2p", api::kP2pPort},
                                                                               {"rpc", api::kRpcPort}}
                                                                          );
    return cluster_service(deployment, external_service_key(deployment).name, std::move(published));
}

kube::HttpRoute render_route(
    const api::SeiNodeDeployment& deployment, const EffectiveRoute& route, const platform::Platform& platform
) {
    const std::string service = external_service_key(deployment).name;
    const auto rule_to = [&](std::int32_t port) {
        kube::RouteRule rule;
        rule.backendRefs.push_back({.name = service, .port = port});
        return rule;
    };
    kube::HttpRoute out;
    out.metadata = owned_metadata(deployment, route.name);
    mark_managed(out.metadata);
    out.spec.parentRefs.push_back({.namespace_ = platform.gateway_namespace, .name = platform.gateway_name});
    out.spec.hostnames = route.hostnames;
    out.spec.rules.push_back(rule_to(route.port));
    if (route.protocol == "evm") {
        kube::RouteRule web_socket = rule_to(api::kEvmWsPort);
        web_socket.matches.push_back({.headers = {{.type = "Exact", .name = "Upgrade", .value = "websocket"}}});
        out.spec.rules.push_back(std::move(web_socket));
    }
    return out;
}

}  // namespace sei::deployment
