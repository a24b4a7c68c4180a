#include "sei/resources/bootstrap_service.hpp"

#include "sei/api/node_queries.hpp"
#include "sei/resources/identity.hpp"

namespace sei::resources {

kube::Service render_bootstrap_service(const api::SeiNode& node) {
    kube::Service service;
    service.metadata = owned_metadata(node, api::workload_key(node), bootstrap_labels(node));
    service.spec.clusterIP = "None";
    service.spec.publishNotReadyAddresses = true;
    service.spec.selector = bootstrap_labels(node);
    kube::ServicePort port{.name = "api", .protocol = "TCP", .port = api::kProxyPort};
    port.targetPort = api::kProxyPort;
    service.spec.ports = {std::move(port)};
    return service;
}

}  // namespace sei::resources
