#include "sei/deployment/children.hpp"

#include <algorithm>
#include <utility>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/events.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/deployment/child.hpp"
#include "sei/deployment/genesis.hpp"
#include "sei/deployment/handover.hpp"
#include "sei/deployment/rollout.hpp"
#include "sei/deployment/template_hash.hpp"
#include "sei/tasks/rollout.hpp"

namespace sei::deployment {
namespace {

std::string text(const kube::NamespacedName& key) {
    return "SeiNode " + kube::to_string(key);
}

void note_foreign(DeploymentContext& context, const api::SeiNode& node) {
    std::string whose = "nobody controls it, and it does not carry this deployment's labels";
    if (const kube::OwnerReference* controller = node.metadata.controller()) {
        whose = "it belongs to " + controller->kind + " " + controller->name;
    }
    context.problems.push_back(
        {api::reason::kNameTaken,
         text(node.metadata.key()) + " is in the way: " + whose + ". It is left alone; rename or delete one of them"}
    );
}

/// Is the image of the template to be written to every node now, outside of a rollout: is it what is rolled out?
bool is_template_rolled_out(const DeploymentContext& context, const Fleet& fleet) {
    if (is_ceremony_open(context.object().spec, context.status, fleet.wanted())) return true;
    const std::string hash = template_hash(context.object().spec.template_.spec);
    return context.status.templateHash.empty() || context.status.templateHash == hash;
}

/// Of nodes that were read: those at the names of ordinals below `replicas` that are ours or to be adopted, and not
/// going.
std::vector<NodeSnapshot> kept_of(const api::SeiNodeDeployment& deployment, std::vector<NodeSnapshot> read) {
    std::erase_if(read, [&](const NodeSnapshot& node) {
        const Claim claim = claim_on(deployment, &*node);
        const bool may_be_kept = claim == Claim::Ours || claim == Claim::Adoptable;
        return !may_be_kept || node->metadata.deletionTimestamp || !is_wanted_name(deployment, node->metadata.name);
    });
    return read;
}

bool has_ready_pod(const DeploymentContext& context, const api::SeiNode& node) {
    const auto workload = context.caches.stateful_sets.get(node.metadata.key());
    return workload && tasks::has_ready_pod(**workload, node.spec.image);
}

/// How many nodes of a rollout are going, gone and not made again, or not adopted yet: those of the plan, and what it
/// was made without because of that.
std::int32_t absent_nodes(const DeploymentContext& context, const Fleet& fleet) {
    std::set<std::string> absent;
    if (context.status.plan) {
        for (std::string& name : node_names(*context.status.plan)) absent.insert(std::move(name));
    }
    for (const NodeSnapshot& node : fleet.all()) {
        if (node->metadata.deletionTimestamp) absent.insert(node->metadata.name);
    }
    for (std::int32_t ordinal = 0; ordinal < context.object().spec.replicas; ++ordinal) {
        const std::string name = child_name(context.object(), ordinal);
        const auto live = context.caches.nodes.get({context.object().metadata.namespace_, name});
        // What it is doing is counted once it is ours: in the middle of an update, it may be.
        if (live && claim_on(context.object(), &**live) == Claim::Adoptable) absent.insert(name);
    }
    for (const NodeSnapshot& node : fleet.wanted()) absent.erase(node->metadata.name);
    std::int32_t many = 0;
    for (std::int32_t ordinal = 0; ordinal < context.object().spec.replicas; ++ordinal) {
        if (absent.contains(child_name(context.object(), ordinal))) ++many;
    }
    return many;
}

}  // namespace

std::optional<Bound> bound_of(const DeploymentContext& context, const Fleet& fleet) {
    const auto max_unavailable = context.object().spec.updateStrategy.maxUnavailable;
    if (!max_unavailable) return std::nullopt;
    Bound bound{.max_unavailable = *max_unavailable, .absent = absent_nodes(context, fleet), .serving = {}};
    for (const NodeSnapshot& node : fleet.wanted()) {
        if (api::is_halted_by_intention(node->spec) || has_ready_pod(context, *node))
            bound.serving.insert(node->metadata.name);
    }
    return bound;
}

namespace {

std::set<std::string> nodes_in_turn(const DeploymentContext& context, const Fleet& fleet) {
    const api::NodeSpec& target = context.object().spec.template_.spec;
    if (context.status.rollout) return nodes_to_roll(fleet.wanted(), target, bound_of(context, fleet));
    if (!is_template_rolled_out(context, fleet)) return {};
    return nodes_to_roll(fleet.wanted(), target, std::nullopt);
}

/// The same, where it begins with a node of a bounded rollout, of the nodes as they are now: one that is on its way and
/// that the cache does not show so yet would not be counted.
kube::Async<std::set<std::string>> confirmed_nodes_in_turn(DeploymentContext& context) {
    const api::SeiNodeDeployment& deployment = context.object();
    std::set<std::string> cached = nodes_in_turn(context, context.fleet);
    const bool is_bounded = context.status.rollout && deployment.spec.updateStrategy.maxUnavailable;
    const bool begins_with_any = std::ranges::any_of(context.fleet.wanted(), [&](const NodeSnapshot& node) {
        return cached.contains(node->metadata.name) && !asks_for(*node, deployment.spec.template_.spec);
    });
    if (!is_bounded || !begins_with_any) co_return cached;
    co_return nodes_in_turn(context, Fleet{deployment, co_await context.list_nodes()});
}

/// The node of this ordinal, if any, as it is seen, or as this pass wrote it where the cache does not show that yet.
std::optional<NodeSnapshot> seen_node(const DeploymentContext& context, std::int32_t ordinal) {
    const std::string name = child_name(context.object(), ordinal);
    auto seen = context.caches.nodes.get({context.object().metadata.namespace_, name});
    const NodeSnapshot* known = context.fleet.find(name);
    const bool is_older = seen && known != nullptr && seen->uid() == known->uid() &&
                          !seen->resource_version().is_at_least(known->resource_version());
    if (is_older) return *known;
    return seen;
}

/// The peers are those that the ceremony gave to the first of its participants.
CeremonyOfFleet ceremony_of(const DeploymentContext& context, const std::vector<NodeSnapshot>& kept) {
    const auto takes_part = [](const NodeSnapshot& node) { return takes_part_in_ceremony(*node); };
    const bool is_over = is_ceremony_complete(context.status);
    CeremonyOfFleet ceremony{.takes_newcomers = !is_over && std::ranges::all_of(kept, takes_part), .peers = {}};
    if (!context.object().spec.genesis) return ceremony;
    ceremony.is_closed = is_genesis_assembled(context.status, kept);
    const auto has_peers = [&](const NodeSnapshot& node) { return takes_part(node) && !node->spec.peers.empty(); };
    if (const auto found = std::ranges::find_if(kept, has_peers); found != kept.end()) {
        ceremony.peers = (*found)->spec.peers;
    }
    return ceremony;
}

/// A name that the cache shows free is looked up once more: an object of somebody else would be overwritten.
kube::Async<> make(DeploymentContext& context, std::int32_t ordinal, CeremonyOfFleet ceremony) {
    api::SeiNode child = desired_child(context.object(), ordinal, nullptr, Images::OfTemplate, ceremony);
    const kube::NamespacedName key = child.metadata.key();
    // One that is there already wakes this deployment when the cache sees it: its name is watched for.
    if (co_await context.client.get<api::SeiNode>(key)) co_return;
    if (!co_await context.is_confirmed()) co_return;
    try {
        NodeSnapshot made = co_await context.client.apply(std::move(child), field_manager(), kube::Force::No);
        context.memory.handed_over[key.name] = made->metadata.uid;
        context.fleet.put(std::move(made));
        context.tell(api::event::kNodeCreated, "Created SeiNode " + key.name);
    } catch (const kube::ApiError& error) {
        context.note_refusal(api::reason::kNodeNotApplied, text(key) + " cannot be made", error);
    }
}

/// Before the first apply to a node that this process did not make: the version to go on from, nullopt where somebody
/// writes it, too.
kube::Async<std::optional<kube::ResourceVersion>> hand_over(
    DeploymentContext& context, NodeSnapshot live, const api::SeiNode& desired
) {
    const auto known = context.memory.handed_over.find(live->metadata.name);
    if (known != context.memory.handed_over.end() && known->second == live->metadata.uid) {
        co_return live.resource_version();
    }
    auto read = co_await context.client.get_field_owners<api::SeiNode>(live.key());
    if (!read || read->metadata.uid != live->metadata.uid) {
        context.note_conflict(live.resource_version());
        co_return std::nullopt;
    }
    kube::ResourceVersion version = live.resource_version();
    if (auto owners = with_fields_handed_over(read->owners, desired)) {
        const bool is_as_seen = read->metadata.resourceVersion == live->metadata.resourceVersion;
        read->owners = *std::move(owners);
        const auto written = co_await context.client.write_field_owners<api::SeiNode>(*std::move(read));
        if (!written) {
            context.note_conflict(live.resource_version());
            co_return std::nullopt;
        }
        if (is_as_seen) version = written->resource_version();
    }
    context.memory.handed_over[live->metadata.name] = live->metadata.uid;
    co_return version;
}

/// A sidecar is the template's to say, all of it (spec 03 §7.2). What somebody else wrote of one stays theirs under
/// server-side apply: it is removed by name, from the version that the apply gave.
kube::Async<> remove_others_sidecar(DeploymentContext& context, NodeSnapshot applied, api::SeiNode child) {
    if (has_sidecar(*applied, child)) co_return;
    api::SeiNode changed = *applied;
    changed.spec.sidecar = child.spec.sidecar;
    auto written = co_await context.client.patch(applied, std::move(changed));
    if (written) {
        context.fleet.put(*written);
    } else if (written.error() == kube::WriteRefusal::Conflict) {
        context.note_conflict(applied.resource_version());
    }
}

kube::Async<> keep(
    DeploymentContext& context, NodeSnapshot live, std::int32_t ordinal, Images images, CeremonyOfFleet ceremony
) {
    const ComparedChild now{
        .uid = live->metadata.uid,
        .node_generation = live->metadata.generation,
        .deployment_generation = context.object().metadata.generation,
        .images = images
    };
    ComparedChild& compared = context.memory.compared[live->metadata.name];
    if (compared == now && has_metadata_of_child(*live, context.object(), ordinal)) co_return;
    api::SeiNode child = desired_child(context.object(), ordinal, &*live, images, ceremony);
    if (is_up_to_date(*live, child)) {
        compared = now;
        co_return;
    }
    if (!co_await context.is_confirmed()) co_return;
    // A node whose turn has not come is told the image that it was read with, which somebody may have changed since.
    // What the template says needs no such care, and must not wait for a node that is busy with its status.
    try {
        const auto version = co_await hand_over(context, live, child);
        if (!version) co_return;
        if (images == Images::AsTheyAre) child.metadata.resourceVersion = version->value();
        const NodeSnapshot applied = co_await context.client.apply(child, field_manager(), kube::Force::Yes);
        context.fleet.put(applied);
        co_await remove_others_sidecar(context, applied, std::move(child));
    } catch (const kube::ApiError& error) {
        if (error.reason() == "Conflict") {
            context.note_conflict(live.resource_version());
            co_return;
        }
        context.note_refusal(api::reason::kNodeNotApplied, text(live.key()) + " cannot be updated", error);
    }
}

}  // namespace

kube::Async<> propagate_pause(DeploymentContext& context) {
    const bool is_paused = context.object().spec.paused;
    const std::vector<NodeSnapshot> nodes = context.fleet.all();
    for (const NodeSnapshot& node : nodes) {
        if (node->spec.paused == is_paused || node->metadata.deletionTimestamp) continue;
        // An operator that has not seen a pause must not end it: the pods of a validator would sign again.
        if (!co_await context.is_confirmed()) co_return;
        api::SeiNode changed = *node;
        changed.spec.paused = is_paused;
        try {
            auto written = co_await context.client.patch(node, std::move(changed));
            if (!written) {
                if (written.error() == kube::WriteRefusal::Conflict) context.note_conflict(node.resource_version());
                continue;
            }
            context.fleet.put(*written);
        } catch (const kube::ApiError& error) {
            context.note_refusal(
                api::reason::kNodeNotApplied, text(node.key()) + " cannot be paused or resumed", error
            );
            continue;
        }
        const std::string& name = node->metadata.name;
        if (is_paused) {
            context.tell(api::event::kChildPaused, "Paused SeiNode " + name);
        } else {
            context.tell(api::event::kChildResumed, "Resumed SeiNode " + name);
        }
    }
}

kube::Async<> keep_children(DeploymentContext& context, Missing missing) {
    const std::set<std::string> in_turn = co_await confirmed_nodes_in_turn(context);
    CeremonyOfFleet ceremony = ceremony_of(context, kept_nodes(context));
    bool is_ceremony_confirmed = !context.object().spec.genesis || is_ceremony_complete(context.status);
    if (ceremony.peers != context.memory.compared_peers) {
        context.memory.compared.clear();
        context.memory.compared_peers = ceremony.peers;
    }
    std::vector<std::string> planned;
    if (missing == Missing::OfPlan && context.status.plan) planned = node_names(*context.status.plan);
    for (std::int32_t ordinal = 0; ordinal < context.object().spec.replicas; ++ordinal) {
        const std::string name = child_name(context.object(), ordinal);
        const auto live = seen_node(context, ordinal);
        switch (claim_on(context.object(), live ? &**live : nullptr)) {
            case Claim::Free:
                if (missing == Missing::All || std::ranges::find(planned, name) != planned.end()) {
                    // Nodes that are there and not shown may run already: then whoever is new takes no part.
                    if (!is_ceremony_confirmed) {
                        ceremony = ceremony_of(context, co_await read_kept_nodes(context));
                        is_ceremony_confirmed = true;
                    }
                    if (ceremony.is_closed) break;
                    co_await make(context, ordinal, ceremony);
                }
                break;
            case Claim::Foreign:
                note_foreign(context, **live);
                break;
            case Claim::Adoptable:
                if (!(*live)->metadata.deletionTimestamp)
                    co_await keep(context, *live, ordinal, Images::AsTheyAre, ceremony);
                break;
            case Claim::Ours:
                if ((*live)->metadata.deletionTimestamp) break;
                co_await keep(
                    context, *live, ordinal, in_turn.contains(name) ? Images::OfTemplate : Images::AsTheyAre, ceremony
                );
                break;
        }
    }
}

bool would_take_part(const DeploymentContext& context) {
    const api::SeiNodeDeploymentSpec& spec = context.object().spec;
    return spec.genesis && spec.template_.spec.validator && ceremony_of(context, kept_nodes(context)).takes_newcomers;
}

std::vector<NodeSnapshot> kept_nodes(const DeploymentContext& context) {
    std::vector<NodeSnapshot> seen;
    for (std::int32_t ordinal = 0; ordinal < context.object().spec.replicas; ++ordinal) {
        if (auto node = seen_node(context, ordinal)) seen.push_back(*std::move(node));
    }
    return kept_of(context.object(), std::move(seen));
}

kube::Async<std::vector<NodeSnapshot>> read_kept_nodes(const DeploymentContext& context) {
    kube::ListOptions of_namespace;
    of_namespace.namespace_ = context.object().metadata.namespace_;
    auto live = co_await context.client.list<api::SeiNode>(std::move(of_namespace));
    co_return kept_of(context.object(), std::move(live.items));
}

kube::Async<bool> are_as_made(const DeploymentContext& context) {
    const api::SeiNodeDeployment& deployment = context.object();
    const std::vector<NodeSnapshot> kept = kept_of(deployment, co_await context.list_nodes());
    co_return std::ranges::all_of(kept, [&](const NodeSnapshot& node) {
        return asks_for(*node, deployment.spec.template_.spec);
    });
}

kube::Async<> scale_down(DeploymentContext& context) {
    const std::vector<NodeSnapshot> surplus = context.fleet.surplus();
    if (surplus.empty() || context.object().spec.replicas <= 0) co_return;
    for (const NodeSnapshot& node : surplus) {
        // Whatever its label says: the name is that of a node that is to be there.
        if (is_wanted_name(context.object(), node->metadata.name)) continue;
        // What it asks for now may be on its way, also after the first of them.
        if (!co_await context.is_still_confirmed()) co_return;
        const auto seen = co_await context.client.get<api::SeiNode>(node.key());
        if (!seen || (*seen)->metadata.deletionTimestamp || claim_on(context.object(), &**seen) != Claim::Ours)
            continue;
        const auto ordinal = ordinal_of(**seen);
        if (!ordinal || *ordinal < context.object().spec.replicas) continue;
        const kube::DeletePrecondition precondition{.uid = seen->uid(), .resource_version = std::nullopt};
        const auto outcome = co_await context.client.delete_object<api::SeiNode>(node.key(), precondition);
        switch (outcome) {
            case kube::DeleteOutcome::Accepted:
                context.tell(api::event::kNodeDeleted, "Scaled down SeiNode " + node->metadata.name);
                break;
            case kube::DeleteOutcome::PreconditionFailed:
                context.note_conflict({});  // of which no event may come: asked again soon
                break;
            case kube::DeleteOutcome::Absent:
                break;
        }
    }
}

}  // namespace sei::deployment
