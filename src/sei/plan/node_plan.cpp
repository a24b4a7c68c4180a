#include "sei/plan/node_plan.hpp"

#include <algorithm>
#include <ranges>
#include <string>
#include <utility>

#include "sei/api/node_queries.hpp"
#include "sei/plan/config_intent.hpp"
#include "sei/plan/key_checks.hpp"
#include "sei/plan/node_config.hpp"
#include "sei/plan/peer_sources.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::plan {
namespace {

/// From the Job's Service up to the teardown.
template <class Tasks>
std::ranges::subrange<std::ranges::iterator_t<Tasks>> bootstrap_in(Tasks& tasks) {
    const auto begin = std::ranges::find(tasks, to_wire(TaskType::DeployBootstrapService), &api::PlannedTask::type);
    const auto end =
        std::ranges::find(begin, tasks.end(), to_wire(TaskType::TeardownBootstrap), &api::PlannedTask::type);
    return {begin, end};
}

/// Nullopt: that of the snapshot.
std::optional<std::int64_t> stored_halt_height(const api::TaskPlan& plan) {
    const api::PlannedTask* deployed = find_task(plan, TaskType::DeployBootstrapJob);
    const boost::json::object* params = deployed == nullptr ? nullptr : deployed->params.if_object();
    const boost::json::value* height = params == nullptr ? nullptr : params->if_contains("haltHeight");
    if (height == nullptr || !height->is_number()) return std::nullopt;
    return height->to_number<std::int64_t>();
}

/// The tasks of a plan under construction.
class PlanBuilder {
public:
    explicit PlanBuilder(UuidSource& ids) {
        plan_.id = ids.next();
        plan_.phase = api::PlanPhase::Active;
    }

    PlanBuilder& add(TaskType type, boost::json::object params) {
        return add(type, std::move(params), max_retries(type));
    }
    PlanBuilder& add(TaskType type, boost::json::object params, std::int32_t retries) {
        const std::string wire{to_wire(type)};
        api::PlannedTask task;
        task.type = wire;
        task.id = task_id(plan_.id, wire, plan_.tasks.size());
        task.status = api::TaskStatus::Pending;
        task.params = std::move(params);
        task.maxRetries = retries;
        plan_.tasks.push_back(std::move(task));
        return *this;
    }

    /// A bootstrap that has succeeded is not done again: its end is stored, and its image may not be able to read what
    /// has become of the volume since (spec 08 4.4). Another height, of either meaning, is another bootstrap.
    void keep_bootstrap_of(const api::TaskPlan& earlier) {
        const api::PlannedTask* restored = find_task(earlier, TaskType::SnapshotRestore);
        const api::PlannedTask* wanted = find_task(plan_, TaskType::SnapshotRestore);
        if (!has_completed(earlier, TaskType::AwaitBootstrapComplete) || restored == nullptr || wanted == nullptr ||
            restored->params != wanted->params || stored_halt_height(earlier) != stored_halt_height(plan_)) {
            return;
        }
        // As they are, under the ids that the sidecar knows.
        const auto kept = bootstrap_in(earlier.tasks);
        const auto planned = bootstrap_in(plan_.tasks);
        plan_.tasks.insert(plan_.tasks.erase(planned.begin(), planned.end()), kept.begin(), kept.end());
    }

    [[nodiscard]] api::TaskPlan done() { return std::move(plan_); }
    [[nodiscard]] api::TaskPlan done(api::NodePhase target) {
        plan_.targetPhase = target;
        return std::move(plan_);
    }
    [[nodiscard]] api::TaskPlan done(api::NodePhase target, api::NodePhase failed) {
        plan_.failedPhase = failed;
        return done(target);
    }

private:
    api::TaskPlan plan_;
};

/// Informational: tasks act on the node that they belong to (spec 02 §17.2).
boost::json::object node_params(const api::SeiNode& node) {
    return {{"nodeName", node.metadata.name}, {"namespace", node.metadata.namespace_}};
}

bool publishes_snapshots(const api::SeiNode& node) {
    const api::SnapshotGenerationConfig* generation = api::snapshot_generation(node.spec);
    return generation != nullptr && generation->tendermint && generation->tendermint->publish;
}

/// Initial and update plans have the same (spec 08 4.8).
void add_key_checks(PlanBuilder& plan, const api::SeiNode& node) {
    for (KeyCheck& check : key_checks(node)) plan.add(check.type, std::move(check.params));
}

void add_workload(PlanBuilder& plan, const api::SeiNode& node) {
    plan.add(TaskType::ApplyStatefulSet, node_params(node));
    plan.add(TaskType::ApplyService, node_params(node));
}

/// The tasks that the sidecar does of one pod, up to the opened gate (spec 02 §18.2).
struct Progression {
    /// Null: nothing is restored, and no state is synchronised.
    const api::SnapshotSource* snapshot = nullptr;
    bool publishes = false;
};

/// Also of a node that has run before: an upload that a restart of the sidecar ended is begun again only by being
/// submitted again (spec 04 §13, 27).
void open_gate(PlanBuilder& plan, bool publishes) {
    if (publishes) plan.add(TaskType::SnapshotUpload, {});
    plan.add(TaskType::MarkReady, {});
}

void add_progression(PlanBuilder& plan, const api::SeiNode& node, Progression progression) {
    const api::SnapshotSource* snapshot = progression.snapshot;
    if (snapshot != nullptr && snapshot->s3) {
        plan.add(TaskType::SnapshotRestore, {{"TargetHeight", snapshot->s3->targetHeight}});
    }
    plan.add(TaskType::ConfigureGenesis, {});
    plan.add(TaskType::ConfigApply, to_stored(config_intent(node)));
    if (!node.spec.peers.empty()) plan.add(TaskType::DiscoverPeers, peer_sources(node.spec, node.status));
    if (snapshot != nullptr) {
        plan.add(
            TaskType::ConfigureStateSync,
            {{"UseLocalSnapshot", snapshot->s3.has_value()},
             {"TrustPeriod", snapshot->trustPeriod},
             {"BackfillBlocks", snapshot->backfillBlocks}}
        );
        // That task has just written those of the peers: the configuration is applied again, over it.
        if (!snapshot->witnesses.empty()) {
            ConfigIntent intent = config_intent(node);
            intent.incremental = true;
            plan.add(TaskType::ConfigApply, to_stored(intent));
        }
    }
    plan.add(TaskType::ConfigValidate, {});
    open_gate(plan, progression.publishes);
}

/// A node that starts by itself, from a snapshot or from genesis (spec 02 §18.3).
void add_base_plan(PlanBuilder& plan, const api::SeiNode& node) {
    plan.add(TaskType::EnsureDataPvc, node_params(node));
    add_key_checks(plan, node);
    plan.add(TaskType::ApplyRbacProxyConfig, node_params(node));
    add_workload(plan, node);
    add_progression(plan, node, {api::snapshot_source(node.spec), publishes_snapshots(node)});
}

boost::json::object teardown_params(const api::SeiNode& node) {
    return {
        {"jobName", api::bootstrap_job_key(node).name},
        {"serviceName", node.metadata.name},
        {"namespace", node.metadata.namespace_}
    };
}

/// Is there a bootstrap to be torn down that no plan for the spec of now would use? A plan that does it says so again.
bool leaves_bootstrap(const std::optional<api::TaskPlan>& plan) {
    if (has_bootstrap_left(plan)) return true;
    return plan && find_task(*plan, TaskType::TeardownBootstrap) != nullptr &&
           find_task(*plan, TaskType::DeployBootstrapJob) == nullptr;
}

/// A Job with another image prepares the data; its pod is gone before the node's own pod exists (spec 02 §18.3).
void add_bootstrap_plan(PlanBuilder& plan, const api::SeiNode& node) {
    const std::string& namespace_ = node.metadata.namespace_;
    const std::string job = api::bootstrap_job_key(node).name;
    const std::string& service = node.metadata.name;
    plan.add(TaskType::EnsureDataPvc, node_params(node));
    plan.add(TaskType::ApplyRbacProxyConfig, node_params(node));
    add_key_checks(plan, node);
    plan.add(TaskType::DeployBootstrapService, {{"serviceName", service}, {"namespace", namespace_}});
    boost::json::object deployment{{"jobName", job}, {"namespace", namespace_}};
    const api::S3Snapshot& snapshot = *api::snapshot_source(node.spec)->s3;
    if (api::halt_height(snapshot) != snapshot.targetHeight) deployment["haltHeight"] = api::halt_height(snapshot);
    plan.add(TaskType::DeployBootstrapJob, std::move(deployment));
    add_progression(plan, node, {api::snapshot_source(node.spec), false});
    plan.add(TaskType::AwaitBootstrapComplete, {{"jobName", job}, {"namespace", namespace_}});
    plan.add(TaskType::TeardownBootstrap, teardown_params(node));
    add_workload(plan, node);
    add_progression(plan, node, {nullptr, publishes_snapshots(node)});
}

/// A validator that takes part in making a chain (spec 02 §18.3): its peers are those of the ceremony.
void add_genesis_plan(PlanBuilder& plan, const api::SeiNode& node) {
    const api::GenesisCeremonyNodeConfig& ceremony = *node.spec.validator->genesisCeremony;
    const std::string& name = node.metadata.name;
    plan.add(TaskType::EnsureDataPvc, node_params(node));
    add_key_checks(plan, node);
    plan.add(TaskType::ApplyRbacProxyConfig, node_params(node));
    add_workload(plan, node);
    plan.add(TaskType::GenerateIdentity, {{"ChainID", ceremony.chainId}, {"Moniker", name}});
    plan.add(
        TaskType::GenerateGentx,
        {{"ChainID", ceremony.chainId},
         {"StakingAmount", ceremony.stakingAmount},
         {"AccountBalance", ceremony.accountBalance}}
    );
    plan.add(TaskType::UploadGenesisArtifacts, {{"NodeName", name}});
    plan.add(TaskType::ConfigureGenesis, {});
    plan.add(TaskType::ConfigApply, to_stored(config_intent(node)));
    plan.add(TaskType::SetGenesisPeers, {});
    plan.add(TaskType::ConfigValidate, {});
    plan.add(TaskType::MarkReady, {});
}

/// So often peers are looked for again before an update goes on without them: for a minute, not for ten (spec 08 7.4).
constexpr std::int32_t kPeerRetriesOfUpdate = 3;

/// The keys that the operator owns are applied again, and no others are touched. What becomes unset gets its default
/// back, which only a configuration made anew has: then the peers are written again, too, as the production pod of a
/// bootstrapped node gets them.
void add_configuration(PlanBuilder& plan, const api::SeiNode& node, const ConfigDrift& drift) {
    if (drift.in_values) {
        ConfigIntent intent = config_intent(node);
        intent.incremental = !drift.needs_defaults;
        plan.add(TaskType::ConfigApply, to_stored(intent));
    }
    const bool looks_for_peers = drift.in_peers || drift.needs_defaults;
    if (looks_for_peers && api::is_genesis_validator(node.spec)) {
        plan.add(TaskType::SetGenesisPeers, {});
    } else if (looks_for_peers && !node.spec.peers.empty()) {
        plan.add(TaskType::DiscoverPeers, peer_sources(node.spec, node.status), kPeerRetriesOfUpdate);
    }
    plan.add(TaskType::ConfigValidate, {});
}

/// What of the drift can be done. A file that is made anew, or was by an attempt that got no further, has no other
/// peers to go on with: it waits for them.
std::optional<ConfigDrift> feasible_drift(const api::SeiNode& node, ReachablePeers peers) {
    std::optional<ConfigDrift> drift = config_drift(node);
    if (peers == ReachablePeers::Unknown || !drift || drift->needs_defaults || !drift->in_peers) return drift;
    if (node.status.appliedConfig->peers == kNoPeersYet) return drift;
    if (!drift->in_values) return std::nullopt;
    drift->in_peers = false;
    return drift;
}

}  // namespace

api::TaskPlan init_plan(const api::SeiNode& node, UuidSource& ids) {
    PlanBuilder plan{ids};
    const bool needs_bootstrap = !api::is_genesis_validator(node.spec) && api::needs_bootstrap(node.spec);
    if (!needs_bootstrap && leaves_bootstrap(node.status.plan)) {
        plan.add(TaskType::TeardownBootstrap, teardown_params(node));
    }
    if (api::is_genesis_validator(node.spec)) {
        add_genesis_plan(plan, node);
    } else if (needs_bootstrap) {
        add_bootstrap_plan(plan, node);
        if (node.status.plan) plan.keep_bootstrap_of(*node.status.plan);
    } else {
        add_base_plan(plan, node);
    }
    return plan.done(api::NodePhase::Running, api::NodePhase::Failed);
}

void forget_bootstrap(api::TaskPlan& plan) {
    for (api::PlannedTask& task : plan.tasks) {
        if (task.type == to_wire(TaskType::AwaitBootstrapComplete)) task.status = api::TaskStatus::Pending;
    }
}

void skip_bootstrap(api::TaskPlan& plan, kube::Time now) {
    for (api::PlannedTask& task : bootstrap_in(plan.tasks)) {
        if (task.status == api::TaskStatus::Complete) continue;
        task.status = api::TaskStatus::Complete;
        task.submittedAt = now;
    }
}

api::TaskPlan update_plan(const api::SeiNode& node, UuidSource& ids, const UpdateOptions& options) {
    using enum UpdateOptions::Configuration;
    const std::optional<ConfigDrift> drift = feasible_drift(node, options.peers);
    PlanBuilder plan{ids};
    add_key_checks(plan, node);
    add_workload(plan, node);
    if (drift && options.configuration == BeforeReplacement) add_configuration(plan, node, *drift);
    boost::json::object replacement = node_params(node);
    if (!options.restarted_pod.empty()) replacement["podUid"] = options.restarted_pod;
    plan.add(TaskType::ReplacePod, std::move(replacement));
    plan.add(TaskType::ObserveImage, node_params(node));
    if (drift && options.configuration == AfterReplacement) add_configuration(plan, node, *drift);
    open_gate(plan, publishes_snapshots(node));
    return plan.done(api::NodePhase::Running);
}

api::TaskPlan mark_ready_plan(const api::SeiNode& node, UuidSource& ids, ReachablePeers peers) {
    PlanBuilder plan{ids};
    const bool is_unvalidated = node.status.appliedConfig && node.status.appliedConfig->unvalidated;
    if (const auto drift = feasible_drift(node, peers); drift && is_unvalidated) add_configuration(plan, node, *drift);
    open_gate(plan, publishes_snapshots(node));
    return plan.done(api::NodePhase::Running);
}

}  // namespace sei::plan
