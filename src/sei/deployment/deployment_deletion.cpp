// What happens to a deployment that is being deleted (spec 03 §4, spec 08 5.7).
#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kube/meta/resource_version.hpp"
#include "kube/runtime/finalizer.hpp"
#include "sei/api/events.hpp"
#include "sei/api/labels.hpp"
#include "sei/deployment/deployment_reconciler.hpp"
#include "sei/deployment/networking.hpp"
#include "sei/deployment/published.hpp"
#include "sei/sidecar/answers.hpp"

namespace sei::deployment {
namespace {

using kube::Requeue;
using DeploymentSnapshot = kube::Snapshot<api::SeiNodeDeployment>;

/// Whether it is ours cannot be seen, and nobody tells when it is repaired.
constexpr std::chrono::milliseconds kUndecodablePoll{5'000};

/// What the release of one object came to: nullopt when nothing of ours is left on it; else the version that was read,
/// because somebody wrote the object meanwhile.
using Refused = std::optional<kube::ResourceVersion>;

/// Takes our owner reference away, and nothing else.
template <class K>
kube::Async<Refused> release(kube::Client& client, kube::Snapshot<K> object, kube::Uid owner) {
    const auto is_ours = [&](const kube::OwnerReference& reference) { return reference.uid == owner.value(); };
    if (std::ranges::none_of(object->metadata.ownerReferences, is_ours)) co_return std::nullopt;
    K changed = *object;
    std::erase_if(changed.metadata.ownerReferences, is_ours);
    auto written = co_await client.patch(object, std::move(changed));
    if (written || written.error() == kube::WriteRefusal::Absent) co_return std::nullopt;
    co_return object.resource_version();
}

template <class K>
kube::Async<Refused> release_named(kube::Client& client, kube::NamespacedName key, kube::Uid owner) {
    const auto object = co_await client.get<K>(std::move(key));
    if (!object) co_return std::nullopt;
    co_return co_await release(client, *object, owner);
}

kube::Async<Refused> release_routes(kube::Client& client, std::string namespace_, kube::Uid owner) {
    Refused refused;
    try {
        const kube::ListOptions options{.namespace_ = namespace_};
        const auto routes = co_await client.list<kube::HttpRoute>(options);
        for (const auto& route : routes.items) {
            Refused one = co_await release(client, route, owner);
            if (one) refused = std::move(one);
        }
    } catch (const kube::ApiError& error) {
        if (!error.is_type_not_served()) throw;
    }
    co_return refused;
}

bool has_owner(const api::SeiNode& node, const kube::Uid& owner) {
    return std::ranges::any_of(node.metadata.ownerReferences, [&](const kube::OwnerReference& reference) {
        return reference.uid == owner.value();
    });
}

}  // namespace

/// Terminating is written once; then what the policy says, and the finalizer last. A pass that ends early is repeated
/// from the top without harm.
kube::Async<Requeue> DeploymentReconciler::finalize(DeploymentSnapshot deployment) {
    if (!deployment->metadata.has_finalizer(api::kDeploymentFinalizer)) {
        co_return Requeue::on_change("other finalizers of the deployment");
    }
    const bool is_retain = deployment->spec.deletionPolicy == api::DeletionPolicy::Retain;
    if (deployment->status.phase != api::DeploymentPhase::Terminating) {
        api::SeiNodeDeploymentStatus status = deployment->status;
        status.phase = api::DeploymentPhase::Terminating;
        auto written = co_await client_.write_status(deployment, std::move(status));
        if (!written) co_return kube::after_refusal(written.error(), deployment.resource_version());
        deployment = *written;
        metrics_.observe(*deployment);
        if (is_retain) {
            events_.record(
                kube::reference_to(*deployment),
                kube::EventType::Normal,
                std::string{api::event::kRetainResources},
                "Orphaning child SeiNodes and networking resources"
            );
        }
    }
    if (is_retain) {
        if (auto wait = co_await release_everything(deployment)) co_return std::move(*wait);
    } else {
        std::exception_ptr failure;
        std::string text;
        try {
            co_await delete_networking(client_, deployment);
        } catch (const kube::ApiError& error) {
            failure = std::current_exception();
            text = sidecar::bounded_text(error.what());
        }
        if (failure) {
            events_.record(
                kube::reference_to(*deployment),
                kube::EventType::Warning,
                std::string{api::event::kDeleteFailed},
                "Failed to clean up networking resources: " + text
            );
            std::rethrow_exception(failure);
        }
    }
    auto let_go = co_await kube::without_finalizer(client_, deployment, api::kDeploymentFinalizer);
    if (!let_go) co_return std::move(let_go.error());
    metrics_.forget(deployment.key());
    co_return Requeue::on_change("the deployment to be gone");
}

/// Nodes are listed at the API server, all of the namespace: one that lost its label, or that no cache has seen yet,
/// would be collected with the deployment. What was released is listed once more before it counts.
kube::Async<std::optional<Requeue>> DeploymentReconciler::release_everything(DeploymentSnapshot deployment) {
    const kube::Uid owner = deployment.uid();
    const kube::ListOptions options{.namespace_ = deployment->metadata.namespace_};
    const auto nodes = co_await client_.list<api::SeiNode>(options);
    Refused refused;
    bool found_any = false;
    for (const auto& node : nodes.items) {
        if (!has_owner(*node, owner)) continue;
        found_any = true;
        Refused one = co_await release(client_, node, owner);
        if (one) refused = std::move(one);
    }
    Refused external = co_await release_named<kube::Service>(client_, external_service_key(*deployment), owner);
    if (external) refused = std::move(external);
    Refused routes = co_await release_routes(client_, deployment->metadata.namespace_, owner);
    if (routes) refused = std::move(routes);
    Refused internal = co_await release_named<kube::Service>(client_, internal_service_key(*deployment), owner);
    if (internal) refused = std::move(internal);
    if (refused) co_return Requeue::when_newer_than(*std::move(refused));
    if (!nodes.undecodable.empty()) {
        const std::string name = kube::to_string(nodes.undecodable.front().key);
        co_return Requeue::after(kUndecodablePoll, "SeiNode " + name + " to fit its type: it may be one of ours");
    }
    if (!found_any) co_return std::nullopt;
    const auto again = co_await client_.list<api::SeiNode>(options);
    if (std::ranges::none_of(again.items, [&](const auto& node) { return has_owner(*node, owner); })) {
        co_return std::nullopt;
    }
    co_return Requeue::after(std::chrono::milliseconds{0}, "a node that came meanwhile to be released");
}

}  // namespace sei::deployment
