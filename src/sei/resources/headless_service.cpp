#include "sei/resources/headless_service.hpp"

#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/api/ports.hpp"
#include "sei/resources/identity.hpp"

namespace sei::resources {

namespace {

kube::ServicePort service_port(const api::NamedPort& port) {
    kube::ServicePort out{.name = std::string{port.name}, .protocol = "TCP", .port = port.port};
    out.targetPort = port.port;
    if (port.name == "grpc") out.appProtocol = std::string{api::kGrpcAppProtocol};
    return out;
}

}  // namespace

kube::Service render_headless_service(const api::SeiNode& node) {
    kube::Service service;
    service.metadata = owned_metadata(node, api::workload_key(node), resource_labels(node));
    service.spec.clusterIP = "None";
    service.spec.selector = selector_labels(node);
    service.spec.publishNotReadyAddresses = true;
    for (const api::NamedPort& port : api::kSeidPorts) service.spec.ports.push_back(service_port(port));
    service.spec.ports.push_back(service_port({"api", api::kProxyPort}));
    return service;
}

}  // namespace sei::resources
