#include "sei/deployment/published.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sei/api/conditions.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/ports.hpp"
#include "sei/deployment/networking.hpp"
#include "sei/resources/drift.hpp"
#include "sei/sidecar/answers.hpp"

namespace sei::deployment {
namespace {

/// Is it free, ours, or left behind by an earlier deployment of this name?
template <class K>
bool may_be_written(const api::SeiNodeDeployment& deployment, const K& live) {
    if (live.metadata.is_controlled_by(kube::Uid{deployment.metadata.uid})) return true;
    const auto label = live.metadata.labels.find(std::string{api::kDeploymentLabel});
    return live.metadata.controller() == nullptr && label != live.metadata.labels.end() &&
           label->second == deployment.metadata.name;
}

struct NameTaken {
    std::string message;
};

/// Makes sure that the object is there as it is rendered. NameTaken when somebody else has the name.
///
/// Whose an object is that the cache does not show as ours is for the API server to say: of what nobody owns the cache
/// keeps little more than the name. A version that was found to be somebody else's is not asked about again.
template <class K>
kube::Async<std::optional<NameTaken>> keep(DeploymentContext& context, const kube::Cache<K>& cache, K rendered) {
    const kube::NamespacedName key = rendered.metadata.key();
    const std::string what = std::string{kube::KindOf<K>::type.kind} + " " + kube::to_string(key);
    const std::optional<kube::Snapshot<K>> seen = cache.get(key);
    const std::size_t rendering_hash = resources::hash_of_rendering(rendered);
    if (seen && resources::needs_no_apply(**seen, rendered, rendering_hash, context.memory.published[what])) {
        context.memory.published[what] = {(*seen)->metadata.resourceVersion, rendering_hash};
        co_return std::nullopt;
    }
    const bool is_ours = seen && (*seen)->metadata.is_controlled_by(context.deployment.uid());
    std::string& foreign_version = context.memory.foreign_versions[what];
    const bool is_foreign = seen && (*seen)->metadata.resourceVersion == foreign_version;
    std::optional<kube::Snapshot<K>> live = seen;
    if (!is_ours && !is_foreign) live = co_await context.client.get<K>(key);
    if (is_foreign || (live && !may_be_written(context.object(), **live))) {
        if (seen) foreign_version = (*seen)->metadata.resourceVersion;
        co_return NameTaken{
            what + " is in the way: it belongs to somebody else and is left alone; rename or delete it"
        };
    }
    // Nothing is claimed for an owner that is gone: it would be collected with it.
    if (!co_await context.is_still_confirmed()) co_return std::nullopt;
    // Nothing is taken from somebody who made one of this name since then.
    const kube::Force force = live ? kube::Force::Yes : kube::Force::No;
    if (live) rendered.metadata.uid = (*live)->metadata.uid;
    const kube::ObjectMeta applied =
        co_await context.client.apply_returning_metadata(std::move(rendered), field_manager(), force);
    context.memory.published[what] = {applied.resourceVersion, rendering_hash};
    co_return std::nullopt;
}

template <class K>
kube::Async<> release(DeploymentContext& context, kube::Snapshot<K> object) {
    if (object->metadata.deletionTimestamp || !co_await context.is_still_confirmed()) co_return;
    const kube::DeletePrecondition precondition{.uid = object.uid(), .resource_version = object.resource_version()};
    const auto outcome = co_await context.client.delete_object<K>(object.key(), precondition);
    if (outcome == kube::DeleteOutcome::PreconditionFailed) context.note_conflict({});
}

kube::Async<> release_external_service(DeploymentContext& context) {
    const auto live = context.caches.services.get(external_service_key(context.object()));
    if (live && (*live)->metadata.is_controlled_by(context.deployment.uid())) co_await release(context, *live);
}

kube::Async<> release_routes_but(DeploymentContext& context, std::vector<EffectiveRoute> kept) {
    for (const auto& route : context.caches.routes.list(context.object().metadata.namespace_)) {
        if (!route->metadata.is_controlled_by(context.deployment.uid())) continue;
        const bool is_kept =
            std::ranges::any_of(kept, [&](const EffectiveRoute& one) { return one.name == route->metadata.name; });
        if (!is_kept) co_await release(context, route);
    }
}

kube::Async<bool> resolves(DeploymentContext& context, std::string host) {
    DeploymentMemory& memory = context.memory;
    const kube::MonotonicTime now = context.clock.monotonic();
    const bool is_fresh = memory.host_looked_up_at && now - *memory.host_looked_up_at < kNetworkingPoll;
    if (!is_fresh) {
        memory.host_resolves = co_await context.resolve_host(std::move(host));
        memory.host_looked_up_at = context.clock.monotonic();
    }
    co_return memory.host_resolves;
}

/// What the Gateway has against a route, as it says in the route's status; empty: nothing, or it has not looked yet.
std::string refusal_by_gateway(const DeploymentContext& context, const kube::HttpRoute& route) {
    const kube::NamespacedName gateway{context.platform.gateway_namespace, context.platform.gateway_name};
    for (const kube::RouteParentStatus& parent : route.status.parents) {
        if (kube::NamespacedName{parent.parentRef.namespace_, parent.parentRef.name} != gateway) continue;
        for (const std::string_view type : {"Accepted", "ResolvedRefs"}) {
            const kube::Condition* said = kube::find_condition(parent.conditions, type);
            if (said == nullptr || said->status != kube::ConditionStatus::False) continue;
            if (said->observedGeneration < route.metadata.generation) continue;
            return fmt::format(
                "Gateway {} does not serve HTTPRoute {}: {} is False: {}: {}",
                kube::to_string(gateway),
                kube::to_string(route.metadata.key()),
                type,
                said->reason,
                said->message
            );
        }
    }
    return {};
}

kube::Async<NetworkingOutcome> keep_routes(DeploymentContext& context, std::vector<EffectiveRoute> routes) {
    using Kind = NetworkingOutcome::Kind;
    if (!context.caches.routes.is_synced()) {
        const std::string& refusal = context.caches.routes.list_refusal();
        if (refusal.empty()) co_return NetworkingOutcome{.kind = Kind::CrdMissing};
        co_return NetworkingOutcome{
            .kind = Kind::Refused,
            .text = sidecar::bounded_text("the operator may not list httproutes.gateway.networking.k8s.io: " + refusal)
        };
    }
    std::string taken;
    for (const EffectiveRoute& route : routes) {
        kube::HttpRoute rendered = render_route(context.object(), route, context.platform);
        if (auto refused = co_await keep(context, context.caches.routes, std::move(rendered))) {
            if (taken.empty()) taken = std::move(refused->message);
        }
    }
    co_await release_routes_but(context, routes);
    if (!taken.empty()) co_return NetworkingOutcome{.kind = Kind::NameTaken, .text = std::move(taken)};
    for (const EffectiveRoute& route : routes) {
        const auto seen = context.caches.routes.get({context.object().metadata.namespace_, route.name});
        std::string refusal = seen ? refusal_by_gateway(context, **seen) : std::string{};
        if (!refusal.empty()) {
            co_return NetworkingOutcome{.kind = Kind::NotServed, .text = sidecar::bounded_text(std::move(refusal))};
        }
    }
    if (!co_await resolves(context, routes.front().hostnames.front())) {
        co_return NetworkingOutcome{.kind = Kind::DnsPending};
    }
    co_return NetworkingOutcome{.kind = Kind::Published, .routes = routes.size()};
}

kube::Async<NetworkingOutcome> keep_published(DeploymentContext& context) {
    using Kind = NetworkingOutcome::Kind;
    if (!context.object().spec.networking) {
        co_await release_external_service(context);
        co_await release_routes_but(context, {});
        co_return NetworkingOutcome{.kind = Kind::Disabled};
    }
    auto taken = co_await keep(context, context.caches.services, render_external_service(context.object()));
    if (taken) co_return NetworkingOutcome{.kind = Kind::NameTaken, .text = std::move(taken->message)};
    std::vector<EffectiveRoute> routes = effective_routes(context.object(), context.platform);
    if (routes.empty()) {
        co_await release_routes_but(context, {});
        co_return NetworkingOutcome{.kind = Kind::NoRoutes};
    }
    co_return co_await keep_routes(context, std::move(routes));
}

}  // namespace

kube::Async<> keep_internal_service(DeploymentContext& context) {
    const kube::NamespacedName key = internal_service_key(context.object());
    try {
        auto taken = co_await keep(context, context.caches.services, render_internal_service(context.object()));
        if (taken) {
            context.problems.push_back({api::reason::kNameTaken, std::move(taken->message)});
            co_return;
        }
    } catch (const kube::ApiError& error) {
        context.note_refusal(
            api::reason::kNetworkingNotApplied, "Service " + kube::to_string(key) + " cannot be applied", error
        );
        co_return;
    }
    context.status.internalService = api::InternalServiceStatus{
        .name = key.name,
        .namespace_ = key.namespace_,
        .ports = {.rpc = api::kRpcPort, .evmHttp = api::kEvmHttpPort, .rest = api::kRestPort}
    };
}

kube::Async<NetworkingOutcome> keep_networking(DeploymentContext& context) {
    try {
        co_return co_await keep_published(context);
    } catch (const kube::ApiError& error) {
        if (error.is_type_not_served()) co_return NetworkingOutcome{.kind = NetworkingOutcome::Kind::CrdMissing};
        if (error.code() < 400 || error.code() >= 500 || error.code() == 429) throw;
        // Somebody was faster to make one of this name: whose it is is seen by the pass that follows at once.
        if (error.reason() == "Conflict") context.note_conflict({});
        co_return NetworkingOutcome{
            .kind = NetworkingOutcome::Kind::Refused, .text = sidecar::bounded_text(error.message())
        };
    }
}

kube::Async<> delete_networking(kube::Client& client, kube::Snapshot<api::SeiNodeDeployment> deployment) {
    const kube::NamespacedName key = external_service_key(*deployment);
    const auto service = co_await client.get<kube::Service>(key);
    if (service && (*service)->metadata.is_controlled_by(deployment.uid())) {
        const kube::DeletePrecondition precondition{.uid = service->uid(), .resource_version = std::nullopt};
        static_cast<void>(co_await client.delete_object<kube::Service>(key, precondition));
    }
    try {
        const kube::ListOptions options{.namespace_ = deployment->metadata.namespace_};
        const auto routes = co_await client.list<kube::HttpRoute>(options);
        for (const auto& route : routes.items) {
            if (!route->metadata.is_controlled_by(deployment.uid())) continue;
            const kube::DeletePrecondition precondition{.uid = route.uid(), .resource_version = std::nullopt};
            static_cast<void>(co_await client.delete_object<kube::HttpRoute>(route.key(), precondition));
        }
    } catch (const kube::ApiError& error) {
        if (!error.is_type_not_served()) throw;
    }
}

}  // namespace sei::deployment
