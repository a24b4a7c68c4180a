#include "sei/plan/node_plan.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sei/api/node_queries.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/task_type.hpp"
#include "sei/plan/witnesses.hpp"

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

struct KeyCheck {
    TaskType type = TaskType::ValidateSigningKey;
    boost::json::object params;
};

/// The checks of the key material that is configured, and of no other (spec 04 §7.7-7.9).
std::vector<KeyCheck> key_checks(const api::SeiNode& node) {
    const std::string& namespace_ = node.metadata.namespace_;
    std::vector<KeyCheck> checks;
    const auto add = [&](TaskType type, boost::json::object params) { checks.push_back({type, std::move(params)}); };
    if (const api::KeySecret* key = api::signing_key_secret(node.spec); key != nullptr && !key->secretName.empty()) {
        add(TaskType::ValidateSigningKey, {{"secretName", key->secretName}, {"namespace", namespace_}});
    }
    if (const api::KeySecret* key = api::node_key_secret(node.spec); key != nullptr && !key->secretName.empty()) {
        add(TaskType::ValidateNodeKey, {{"secretName", key->secretName}, {"namespace", namespace_}});
    }
    const api::SecretOperatorKeyring* keyring = api::operator_keyring_secret(node.spec);
    if (keyring == nullptr || keyring->secretName.empty()) return checks;
    add(TaskType::ValidateOperatorKeyring,
        {{"secretName", keyring->secretName},
         {"keyName", api::operator_key_name(node.spec)},
         {"passphraseSecretName", keyring->passphraseSecretRef.secretName},
         {"passphraseSecretKey", keyring->passphraseSecretRef.key},
         {"namespace", namespace_}});
    return checks;
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

using Overrides = kube::StringMap;

/// The keys that the mode brings along (spec 02 §21.2).
void add_mode_overrides(const api::SeiNode& node, Overrides& overrides) {
    if (const api::SnapshotGenerationConfig* generation = api::snapshot_generation(node.spec);
        generation != nullptr && generation->tendermint) {
        overrides["storage.snapshot_interval"] = "2000";
        overrides["storage.snapshot_keep_recent"] = std::to_string(generation->tendermint->keepRecent);
        if (node.spec.fullNode) {
            overrides["storage.pruning_keep_recent"] = "50000";
            overrides["storage.pruning_keep_every"] = "0";
            overrides["chain.min_retain_blocks"] = "50000";
            overrides["network.p2p.max_connections"] = "500";
            overrides["network.p2p.send_rate"] = "20971520";
            overrides["network.p2p.recv_rate"] = "20971520";
        }
    }
    if (node.spec.replayer) {
        overrides["storage.state_commit.async_commit_buffer"] = "100";
        overrides["storage.state_commit.memiavl.snapshot_keep_recent"] = "2";
        overrides["storage.state_commit.memiavl.snapshot_min_time_interval"] = "3600";
    }
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

/// Are the sources that the spec names now those of a task that is not done yet?
bool serves_peers(const api::TaskPlan& plan, const api::SeiNode& node) {
    return node.spec.peers.empty() || std::ranges::any_of(plan.tasks, [&](const api::PlannedTask& task) {
               return task.type == to_wire(TaskType::DiscoverPeers) && task.status == api::TaskStatus::Pending &&
                      (!task.submittedAt || names_sources(task.params, node));
           });
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

/// Null where the parameters are not those of `discover-peers`.
const boost::json::array* sources_in(const kube::json::Value& params) {
    const boost::json::object* object = params.if_object();
    const boost::json::value* found = object == nullptr ? nullptr : object->if_contains("Sources");
    return found == nullptr ? nullptr : found->if_array();
}

bool is_of_label(const boost::json::value& source) {
    return source.is_object() && source.as_object().contains("endpoints");
}

}  // namespace

std::string peers_digest(const std::vector<api::PeerSource>& peers) {
    if (peers.empty()) return {};
    boost::json::array sources;
    for (const api::PeerSource& peer : peers) {
        boost::json::object source;
        if (peer.ec2Tags) source["ec2Tags"] = {{"region", peer.ec2Tags->region}, {"tags", to_json(peer.ec2Tags->tags)}};
        if (peer.static_) source["static"] = boost::json::value_from(peer.static_->addresses);
        if (peer.label) {
            source["label"] = {{"namespace", peer.label->namespace_}, {"selector", to_json(peer.label->selector)}};
        }
        sources.push_back(std::move(source));
    }
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a: it compares, and protects nothing
    for (const char byte : boost::json::serialize(sources)) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    }
    return fmt::format("{:012x}", hash >> 16u);
}

bool names_sources(const kube::json::Value& params, const api::SeiNode& node) {
    const boost::json::array* stored = sources_in(params);
    const boost::json::object wanted = peer_sources(node.spec, node.status);
    return stored != nullptr &&
           std::ranges::equal(*stored, wanted.at("Sources").as_array(), [](const auto& was, const auto& is) {
               return was == is || (is_of_label(was) && is_of_label(is));
           });
}

bool names_sources_but_labels(const kube::json::Value& params, const api::SeiNode& node) {
    const boost::json::array* stored = sources_in(params);
    const boost::json::object wanted = peer_sources(node.spec, node.status);
    const auto others = std::views::filter([](const boost::json::value& source) { return !is_of_label(source); });
    return stored != nullptr && std::ranges::equal(*stored | others, wanted.at("Sources").as_array() | others);
}

boost::json::object peer_sources(const api::NodeSpec& spec, const api::SeiNodeStatus& status) {
    boost::json::array sources;
    for (const api::PeerSource& peer : spec.peers) {
        if (peer.ec2Tags) {
            sources.push_back(boost::json::object{
                {"type", "ec2Tags"}, {"region", peer.ec2Tags->region}, {"tags", to_json(peer.ec2Tags->tags)}
            });
        } else if (peer.static_) {
            boost::json::array addresses(peer.static_->addresses.begin(), peer.static_->addresses.end());
            sources.push_back(boost::json::object{{"type", "static"}, {"addresses", std::move(addresses)}});
        } else if (peer.label) {
            boost::json::array endpoints(status.resolvedPeers.begin(), status.resolvedPeers.end());
            if (endpoints.empty()) continue;  // no peers is a valid configuration (spec 08 7.3)
            sources.push_back(boost::json::object{{"type", "dnsEndpoints"}, {"endpoints", std::move(endpoints)}});
        }
    }
    return {{"Sources", std::move(sources)}};
}

PlanKind kind_of(const api::TaskPlan& plan) {
    for (const api::PlannedTask& task : plan.tasks) {
        if (task.type == to_wire(TaskType::ObserveImage)) return PlanKind::NodeUpdate;
        if (task.type == to_wire(TaskType::EnsureDataPvc)) return PlanKind::Init;
    }
    constexpr std::array kReopening{
        TaskType::ConfigApply,
        TaskType::SetGenesisPeers,
        TaskType::DiscoverPeers,
        TaskType::ConfigValidate,
        TaskType::SnapshotUpload,
        TaskType::MarkReady
    };
    const bool only_reopens = std::ranges::all_of(plan.tasks, [&](const api::PlannedTask& task) {
        const auto type = parse_task_type(task.type);
        return type && std::ranges::find(kReopening, *type) != kReopening.end();
    });
    return only_reopens && !plan.tasks.empty() ? PlanKind::MarkReady : PlanKind::Unknown;
}

std::string_view to_string(PlanKind kind) {
    switch (kind) {
        case PlanKind::Init:
            return "init";
        case PlanKind::NodeUpdate:
            return "node-update";
        case PlanKind::MarkReady:
            return "mark-ready-reapply";
        case PlanKind::Unknown:
            return "unknown";
    }
    std::unreachable();
}

ConfigIntent config_intent(const api::SeiNode& node) {
    ConfigIntent intent;
    intent.mode = api::mode_word(node.spec);
    if (const std::string& address = api::external_address(node); !address.empty()) {
        intent.overrides["network.p2p.external_address"] = address;
    }
    add_mode_overrides(node, intent.overrides);
    if (const std::vector<std::string>* witnesses = witnesses_of(node.spec)) {
        intent.overrides["state_sync.rpc_servers"] = fmt::format("{}", fmt::join(*witnesses, ","));
    }
    for (const auto& [key, value] : node.spec.overrides) intent.overrides[key] = value;
    intent.overrides[std::string{kForcedLogLevelKey}] = kForcedLogLevel;
    return intent;
}

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

std::optional<ConfigDrift> config_drift(const api::SeiNode& node) {
    if (!node.status.appliedConfig) return std::nullopt;
    const api::AppliedConfig& applied = *node.status.appliedConfig;
    const ConfigIntent wanted = config_intent(node);
    std::set<std::string> keys;
    ConfigDrift drift;
    if (applied.mode != wanted.mode) {
        keys.insert("mode");
        drift.needs_defaults = true;
    }
    for (const auto& [key, value] : wanted.overrides) {
        const auto found = applied.overrides.find(key);
        if (found == applied.overrides.end() || found->second != value) keys.insert(key);
    }
    for (const auto& [key, value] : applied.overrides) {
        if (wanted.overrides.contains(key)) continue;
        keys.insert(key);
        drift.needs_defaults = true;
    }
    if (applied.unvalidated && keys.empty()) keys.insert(std::string{to_wire(TaskType::ConfigValidate)});
    drift.in_values = !keys.empty();
    const bool is_ceremony = api::is_genesis_validator(node.spec);
    if (applied.peers != (is_ceremony ? std::string{} : peers_digest(node.spec.peers))) {
        keys.insert("peers");
        drift.in_peers = true;
        // Entries of before are nobody's to remove, but where the file is made anew.
        if (!is_ceremony && node.spec.peers.empty()) drift.in_values = drift.needs_defaults = true;
    }
    if (keys.empty()) return std::nullopt;
    drift.keys.assign(keys.begin(), keys.end());
    return drift;
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

bool serves_configuration(const api::TaskPlan& plan, const api::SeiNode& changed) {
    api::SeiNode node = changed;
    // What this plan has given, and is about to validate, is none of what a plan would be needed for.
    const api::PlannedTask* validation = find_task(plan, TaskType::ConfigValidate);
    if (node.status.appliedConfig && validation != nullptr && validation->status == api::TaskStatus::Pending) {
        node.status.appliedConfig->unvalidated = false;
    }
    const ConfigIntent wanted = config_intent(node);
    const auto last = std::ranges::find(
        plan.tasks.rbegin(), plan.tasks.rend(), to_wire(TaskType::ConfigApply), &api::PlannedTask::type
    );
    const std::optional<ConfigDrift> drift = config_drift(node);
    if (drift && drift->in_peers && !serves_peers(plan, node)) return false;
    if (last == plan.tasks.rend() || last->status == api::TaskStatus::Complete) return !drift || !drift->in_values;
    const boost::json::object* params = last->params.if_object();
    const boost::json::value* mode = params == nullptr ? nullptr : params->if_contains("mode");
    const boost::json::value* overrides = params == nullptr ? nullptr : params->if_contains("overrides");
    return mode != nullptr && *mode == boost::json::value(wanted.mode) && overrides != nullptr &&
           *overrides == boost::json::value(to_json(wanted.overrides));
}

bool is_key_check(std::string_view task_type) {
    const auto type = parse_task_type(task_type);
    return type == TaskType::ValidateSigningKey || type == TaskType::ValidateNodeKey ||
           type == TaskType::ValidateOperatorKeyring;
}

bool serves_key_checks(const api::TaskPlan& plan, const api::SeiNode& node) {
    const auto is_check = [](const api::PlannedTask& task) { return is_key_check(task.type); };
    auto planned = plan.tasks | std::views::filter(is_check);
    return std::ranges::equal(planned, key_checks(node), [](const api::PlannedTask& task, const KeyCheck& check) {
        return task.type == to_wire(check.type) && task.params == boost::json::value(check.params);
    });
}

bool is_same_work(const api::TaskPlan& plan, const api::TaskPlan& next, const api::SeiNode& node) {
    return std::ranges::equal(plan.tasks, next.tasks, [&](const api::PlannedTask& x, const api::PlannedTask& y) {
        if (x.type != y.type) return false;
        return x.params == y.params || (x.type == to_wire(TaskType::DiscoverPeers) && names_sources(x.params, node));
    });
}

api::TaskPlan mark_ready_plan(const api::SeiNode& node, UuidSource& ids, ReachablePeers peers) {
    PlanBuilder plan{ids};
    const bool is_unvalidated = node.status.appliedConfig && node.status.appliedConfig->unvalidated;
    if (const auto drift = feasible_drift(node, peers); drift && is_unvalidated) add_configuration(plan, node, *drift);
    open_gate(plan, publishes_snapshots(node));
    return plan.done(api::NodePhase::Running);
}

}  // namespace sei::plan
