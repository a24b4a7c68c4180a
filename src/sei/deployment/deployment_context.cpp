#include "sei/deployment/deployment_context.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "sei/deployment/genesis.hpp"
#include "sei/sidecar/answers.hpp"

namespace sei::deployment {
namespace {

constexpr const char* kNodesOfDeployment = "nodes-of-deployment";

/// What a status says of the nodes that may be made, changed and deleted: the plan that they are in, what they are
/// rolled to, and whether their chain was made.
auto what_decides(const api::SeiNodeDeploymentStatus& status) {
    return std::tuple{
        status.plan ? status.plan->id : std::string{},
        status.rollout ? status.rollout->targetHash : std::string{},
        status.templateHash,
        is_ceremony_complete(status)
    };
}

}  // namespace

void add_nodes_of_deployment_index(kube::Cache<api::SeiNode>& nodes) {
    nodes.add_index(kNodesOfDeployment, [](const api::SeiNode& node) -> std::vector<std::string> {
        const kube::OwnerReference* controller = node.metadata.controller();
        if (controller == nullptr) return {};
        return {controller->uid};
    });
}

std::vector<NodeSnapshot> nodes_controlled_by(const kube::Cache<api::SeiNode>& nodes, const kube::Uid& uid) {
    return nodes.by_index(kNodesOfDeployment, uid.value());
}

void DeploymentContext::tell(std::string_view reason, std::string message) const {
    events.record(kube::reference_to(*deployment), kube::EventType::Normal, std::string{reason}, std::move(message));
}

kube::Async<bool> DeploymentContext::is_confirmed() {
    if (!confirmation) {
        const auto live = co_await client.get<api::SeiNodeDeployment>(deployment.key());
        confirmation = live && live->uid() == deployment.uid() && !(*live)->metadata.deletionTimestamp &&
                       (*live)->metadata.generation == object().metadata.generation &&
                       what_decides((*live)->status) == what_decides(object().status);
        if (!*confirmation) note_conflict(deployment.resource_version());
    }
    co_return *confirmation;
}

kube::Async<bool> DeploymentContext::is_still_confirmed() {
    confirmation.reset();
    return is_confirmed();
}

kube::Async<std::vector<NodeSnapshot>> DeploymentContext::list_nodes() const {
    kube::ListOptions of_deployment;
    of_deployment.namespace_ = object().metadata.namespace_;
    of_deployment.label_selector = std::string{api::kDeploymentLabel} + "=" + object().metadata.name;
    auto live = co_await client.list<api::SeiNode>(std::move(of_deployment));
    co_return std::move(live.items);
}

void DeploymentContext::note_conflict(kube::ResourceVersion read_at) {
    if (!refused_version || refused_version->empty()) refused_version = std::move(read_at);
}

void DeploymentContext::note_refusal(std::string_view reason, const std::string& what, const kube::ApiError& error) {
    if (error.reason() == "Conflict") return note_conflict({});
    if (error.code() < 400 || error.code() >= 500 || error.code() == 429) throw error;
    problems.push_back({reason, what + ": " + sidecar::bounded_text(error.message())});
}

}  // namespace sei::deployment
