// What a pass does to Services and routes (spec 03 §14, spec 08 §12): applied where something is missing, released
// where it is ours and no longer wanted, and nothing of anybody else touched.
#pragma once

#include "kube/async/async.hpp"
#include "sei/deployment/deployment_context.hpp"

namespace sei::deployment {

/// The Service in front of all nodes, always there, and `status.internalService` with it.
[[nodiscard]] kube::Async<> keep_internal_service(DeploymentContext& context);

/// External Service and routes as `spec.networking` asks for. What comes of it is for the condition, and holds nothing
/// up: DNS is looked at last, and not oftener than every 10 s (spec 08 11.3).
[[nodiscard]] kube::Async<NetworkingOutcome> keep_networking(DeploymentContext& context);

/// Deletes the external Service and the routes that the deployment controls, as the API server has them.
[[nodiscard]] kube::Async<> delete_networking(kube::Client& client, kube::Snapshot<api::SeiNodeDeployment> deployment);

/// How soon DNS, or an API that is not installed, is looked at again.
inline constexpr std::chrono::milliseconds kNetworkingPoll{10'000};

}  // namespace sei::deployment
