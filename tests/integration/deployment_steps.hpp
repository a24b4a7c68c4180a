// What the tests of fleets have in common: the steps that a person takes, and what is waited for after them.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "support/world.hpp"

namespace steps {

inline constexpr const char* kV1 = "example.com/seid:v1";
inline constexpr const char* kV2 = "example.com/seid:v2";
inline constexpr const char* kV3 = "example.com/seid:v3";

/// "True/TemplateChanged", or "absent".
inline std::string condition(const sei::api::SeiNodeDeployment& deployment, std::string_view type) {
    const kube::Condition* found = kube::find_condition(deployment.status.conditions, type);
    if (found == nullptr) return "absent";
    return std::string{sei::api::word_of(found->status)} + "/" + found->reason;
}

inline std::string condition(const support::World& world, const std::string& name, std::string_view type) {
    const auto deployment = world.deployment(name);
    return deployment ? condition(*deployment, type) : "absent";
}

inline std::string message_of(const support::World& world, const std::string& name, std::string_view type) {
    const auto deployment = world.deployment(name);
    const kube::Condition* found = deployment ? kube::find_condition(deployment->status.conditions, type) : nullptr;
    return found == nullptr ? std::string{} : found->message;
}

inline bool run_until_condition(
    support::World& world, const std::string& name, const std::string& type, const std::string& expected
) {
    return world.run_until(type + " of " + name + " is " + expected, [&] {
        return condition(world, name, type) == expected;
    });
}

inline bool run_until_phase(support::World& world, const std::string& name, sei::api::DeploymentPhase phase) {
    return world.run_until(name + " is " + std::string{sei::api::word_of(phase)}, [&] {
        const auto deployment = world.deployment(name);
        return deployment && deployment->status.phase == phase;
    });
}

/// Settled: every node runs the image that it is to run, and no rollout is left.
inline bool run_until_settled(support::World& world, const std::string& name, const std::string& image) {
    return world.run_until(name + " has settled at " + image, [&] {
        const auto deployment = world.deployment(name);
        if (!deployment || deployment->status.phase != sei::api::DeploymentPhase::Ready) return false;
        if (deployment->status.rollout || deployment->status.plan) return false;
        if (deployment->spec.template_.spec.image != image) return false;
        const auto nodes = world.nodes();
        return std::ssize(nodes) == deployment->spec.replicas && std::ranges::all_of(nodes, [&](const auto& node) {
                   return node.status.phase == sei::api::NodePhase::Running && node.spec.image == image &&
                          node.status.currentImage == image;
               });
    });
}

/// A node counts as settled while its pod starts; who bounds a rollout waits for the pods too, until the operator has
/// seen that they are ready.
inline bool run_until_pods_ready(support::World& world) {
    return world.run_until("the pod of every node is ready", [&] {
        return std::ranges::all_of(world.nodes(), [&](const auto& node) {
            const auto workload = world.stateful_set(node.metadata.name);
            return workload && workload->status.readyReplicas > 0;
        });
    }) && world.run_until_quiet();
}

inline bool run_until_all_paused(support::World& world, bool is_paused) {
    return world.run_until(is_paused ? "every node is paused" : "every node is released", [&] {
        return std::ranges::all_of(world.nodes(), [&](const auto& node) { return node.spec.paused == is_paused; });
    });
}

/// A fleet of this many nodes, of which one may be unavailable at a time, that runs v1 with all its pods ready.
inline bool run_until_bounded_fleet_runs(support::World& world, int replicas) {
    auto fleet = world.a_deployment("fleet", replicas);
    fleet.spec.updateStrategy.maxUnavailable = 1;
    world.create(std::move(fleet));
    return run_until_settled(world, "fleet", kV1) && run_until_pods_ready(world);
}

inline bool run_until_all_ask_for(support::World& world, const std::string& image) {
    return world.run_until("every node is to run " + image, [&] {
        return std::ranges::all_of(world.nodes(), [&](const auto& node) { return node.spec.image == image; });
    });
}

inline void set_image(support::World& world, const std::string& name, const std::string& image) {
    world.edit_deployment(name, [&](auto& spec) { spec.template_.spec.image = image; });
}

/// A fleet of this many nodes that runs v1.
inline bool run_until_fleet_runs(support::World& world, int replicas) {
    world.create(world.a_deployment("fleet", replicas));
    return run_until_settled(world, "fleet", kV1);
}

/// The same, and from then on asked to run v2, which no pod gets to: a rollout that stays under way.
inline bool run_until_rollout_is_held(support::World& world, int replicas) {
    if (!run_until_fleet_runs(world, replicas)) return false;
    world.hold_image(kV2);
    set_image(world, "fleet", kV2);
    return world.run_until("a rollout to v2 is under way", [&] {
        const auto fleet = world.deployment("fleet");
        return fleet->status.rollout && fleet->status.plan;
    });
}

inline bool was_told(const support::World& world, const std::string& name, const std::string& line) {
    return std::ranges::any_of(world.deployment_events(name), [&](const auto& told) { return told.starts_with(line); });
}

/// Events are delivered after what they tell of.
inline bool run_until_told(support::World& world, const std::string& name, const std::string& line) {
    return world.run_until(name + " tells \"" + line + "\"", [&] { return was_told(world, name, line); });
}

/// What the operator wrote, for people.
inline std::vector<std::string> writes_of(const support::World& world) {
    std::vector<std::string> writes;
    for (const auto& write : world.operator_writes()) writes.push_back(write.path() + " " + write.body);
    return writes;
}

/// The API server says no.
inline kube::HttpResponse refusal(unsigned code, const std::string& reason) {
    kube::HttpResponse response;
    response.status = code;
    response.headers.push_back({"content-type", "application/json"});
    response.body = R"({"kind":"Status","apiVersion":"v1","status":"Failure","reason":")" + reason + R"(","code":)" +
                    std::to_string(code) + R"(,"message":"not like this"})";
    return response;
}

/// Of somebody else, under a name that a fleet has a Service for.
inline kube::Service a_foreign_service(const support::World& world, const std::string& name) {
    kube::Service foreign;
    foreign.metadata.name = name;
    foreign.metadata.namespace_ = world.namespace_name();
    foreign.spec.ports.push_back({.name = "theirs", .protocol = "TCP", .port = 80});
    return foreign;
}

/// Validators that make a new chain: of a name that no sidecar knows, so that they wait for its genesis.
inline sei::api::SeiNodeDeployment a_chain(const support::World& world, int validators) {
    auto deployment = world.a_deployment("chain", validators);
    deployment.spec.template_.spec.chainId = "chain-1";
    deployment.spec.template_.spec.fullNode.reset();
    deployment.spec.template_.spec.validator.emplace();
    deployment.spec.genesis.emplace();
    deployment.spec.genesis->chainId = "chain-1";
    return deployment;
}

/// The sidecars look for the genesis until it is there: no retry waits for its time because they were too early.
inline void look_for_the_genesis_patiently(support::World& world) {
    world.sidecars().scripts().set("configure-genesis", {.outcome = devcluster::sidecar::Script::Outcome::OnceItCan});
}

/// Has a plan a retry that waits for its stored time (10 s and more)?
inline bool waits_for_retry(support::World& world, const std::optional<sei::api::TaskPlan>& plan) {
    const kube::Time now = kube::Time::of(world.clock().now());
    return plan && std::ranges::any_of(plan->tasks, [&](const sei::api::PlannedTask& task) {
               return task.notBefore && *task.notBefore > now;
           });
}

/// Brings the retries of an object's plan forward to now. True when there were any.
template <kube::Kind K>
bool bring_retries_forward(support::World& world, const K& seen) {
    if (!waits_for_retry(world, seen.status.plan)) return false;
    const auto read = world.run(world.client().get<K>(seen.metadata.key()));
    if (!read || !waits_for_retry(world, (*read)->status.plan)) return false;
    auto status = (*read)->status;
    for (sei::api::PlannedTask& task : status.plan->tasks) {
        if (task.notBefore) task.notBefore = kube::Time::of(world.clock().now());
    }
    // Whoever was faster has changed the plan: the next look will tell.
    return world.run(world.client().write_status(*read, std::move(status))).has_value();
}

/// As `run_until`, and no retry of a fleet or its nodes is waited for.
inline bool run_until_without_waiting_for_retries(
    support::World& world, const std::string& fleet, const std::string& what, const std::function<bool()>& done
) {
    const auto is_any_waiting = [&] {
        const auto deployment = world.deployment(fleet);
        return (deployment && waits_for_retry(world, deployment->status.plan)) ||
               std::ranges::any_of(world.nodes(), [&](const auto& node) {
                   return waits_for_retry(world, node.status.plan);
               });
    };
    for (int looks = 0; looks < 1000; ++looks) {
        if (!world.run_until(what, [&] { return done() || is_any_waiting(); })) return false;
        if (done()) return true;
        bool is_any = false;
        for (const auto& node : world.nodes()) is_any = bring_retries_forward(world, node) || is_any;
        if (const auto deployment = world.deployment(fleet))
            is_any = bring_retries_forward(world, *deployment) || is_any;
        // Else this test's watches have not seen yet what it wrote.
        if (is_any) world.operator_manager().wake_all();
    }
    return false;
}

}  // namespace steps
