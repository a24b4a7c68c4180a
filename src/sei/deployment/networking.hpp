// Services and routes of a deployment, as they are to be (spec 03 §14). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kube/types/http_route.hpp"
#include "kube/types/service.hpp"
#include "sei/api/deployment.hpp"
#include "sei/platform/platform.hpp"

namespace sei::deployment {

[[nodiscard]] kube::NamespacedName internal_service_key(const api::SeiNodeDeployment& deployment);
[[nodiscard]] kube::NamespacedName external_service_key(const api::SeiNodeDeployment& deployment);

/// One protocol that is published, with its host names: the gateway's domain first.
struct EffectiveRoute {
    std::string name;
    std::string protocol;
    std::int32_t port = 0;
    std::vector<std::string> hostnames;
};
/// What `spec.networking` asks for: none when it is absent, and none for validators.
[[nodiscard]] std::vector<EffectiveRoute> effective_routes(
    const api::SeiNodeDeployment& deployment, const platform::Platform& platform
);

/// In front of all nodes, always there.
[[nodiscard]] kube::Service render_internal_service(const api::SeiNodeDeployment& deployment);
/// There while `spec.networking` is.
[[nodiscard]] kube::Service render_external_service(const api::SeiNodeDeployment& deployment);
[[nodiscard]] kube::HttpRoute render_route(
    const api::SeiNodeDeployment& deployment, const EffectiveRoute& route, const platform::Platform& platform
);

}  // namespace sei::deployment
