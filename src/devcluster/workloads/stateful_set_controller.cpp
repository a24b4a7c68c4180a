#include "devcluster/workloads/stateful_set_controller.hpp"

#include "devcluster/workloads/owner_index.hpp"
#include "devcluster/workloads/pod_queries.hpp"
#include "devcluster/workloads/revisions.hpp"
#include "devcluster/workloads/stateful_set_plan.hpp"
#include "devcluster/workloads/stateful_set_pod.hpp"
#include "kube/runtime/controller.hpp"
#include "kube/types/persistent_volume_claim.hpp"

namespace devcluster::workloads {

namespace {

using Set = kube::Snapshot<StatefulSet>;
using Pods = std::vector<kube::Snapshot<kube::Pod>>;
using Revision = kube::Snapshot<kube::ControllerRevision>;

/// What somebody else holds up: looked at again after this time, since no watch of ours tells.
constexpr std::chrono::milliseconds kAskAgain{500};
constexpr int kNameCollisionsMax = 10;

}  // namespace

struct StatefulSetController::Impl {
    Impl(kube::Manager& manager, Events recorded)
        : clock{manager.clock()},
          client{manager.client()},
          events{recorder(manager, "statefulset-controller", recorded)},
          pods{manager.cache<kube::Pod>()},
          revisions{manager.cache<kube::ControllerRevision>()},
          claims{manager.cache<kube::PersistentVolumeClaim>()} {}

    kube::Clock& clock;
    kube::Client& client;
    kube::EventRecorder& events;
    kube::Cache<kube::Pod> pods;
    kube::Cache<kube::ControllerRevision> revisions;
    kube::Cache<kube::PersistentVolumeClaim> claims;

    /// The revisions that a pass works with.
    struct Chosen {
        Revision current;
        Revision update;
        std::int32_t collision_count = 0;
    };
    /// What was decided last: it holds for as long as the set's generation and its newest revision are these. To render
    /// and compare templates is most of what a pass costs.
    struct Settled {
        kube::Uid uid;
        std::int64_t generation = 0;
        kube::ResourceVersion newest;
    };
    std::map<kube::NamespacedName, Settled> settled;
    /// Why a pass ends before the status is written; empty when it did all it wanted.
    using HeldUp = std::string;

    [[nodiscard]] std::vector<Revision> revisions_of(const StatefulSet& set) const {
        auto owned = controlled_by(revisions, set.metadata.uid);
        sort_revisions(owned);
        return owned;
    }

    [[nodiscard]] kube::Async<> adopt_pods(Set set);
    [[nodiscard]] kube::Async<std::optional<Chosen>> choose_revisions(Set set, std::vector<Revision> known);
    [[nodiscard]] Chosen chosen_of(const Set& set, const std::vector<Revision>& known, Revision update) const;
    [[nodiscard]] kube::Async<std::optional<Revision>> create_revision(
        Set set, kube::ControllerRevision wanted, std::int32_t& collisions
    );
    [[nodiscard]] kube::Async<HeldUp> ensure_claims(Set set, int ordinal);
    [[nodiscard]] kube::Async<HeldUp> create_pod(Set set, CreatePod action, Chosen chosen);
    [[nodiscard]] kube::Async<> delete_pod(Set set, DeletePod action);
    [[nodiscard]] kube::Async<> hand_claims_over(Set set, kube::Snapshot<kube::Pod> condemned);
    [[nodiscard]] kube::Async<HeldUp> act(Set set, std::vector<StatefulSetAction> actions, Chosen chosen);
    [[nodiscard]] kube::Async<> drop_old_revisions(Set set, Pods owned, Chosen chosen);
};

/// Pods without a controller that look like the set's, as after `kubectl delete --cascade=orphan`.
kube::Async<> StatefulSetController::Impl::adopt_pods(Set set) {
    if (set->metadata.deletionTimestamp) co_return;
    for (const auto& pod : orphans_in(pods, set->metadata.namespace_)) {
        const bool is_ours = ordinal_of(*pod, set->metadata.name) && matches(set->spec.selector, pod->metadata.labels);
        if (!is_ours || is_terminating(*pod)) continue;
        kube::Pod adopted = *pod;
        adopted.metadata.ownerReferences.push_back(controller_reference(*set));
        (void)co_await client.patch(pod, std::move(adopted));
    }
}

kube::Async<std::optional<Revision>> StatefulSetController::Impl::create_revision(
    Set set, kube::ControllerRevision wanted, std::int32_t& collisions
) {
    for (int attempt = 0; attempt < kNameCollisionsMax; ++attempt) {
        const kube::NamespacedName key = wanted.metadata.key();
        auto created = co_await client.create(wanted);
        if (created) co_return *created;
        const auto existing = co_await client.get<kube::ControllerRevision>(key);
        if (existing &&
            kube::json::serialize_canonical((*existing)->data) == kube::json::serialize_canonical(wanted.data)) {
            // The garbage collector may be about to take the one of an earlier set of this name.
            if ((*existing)->metadata.is_controlled_by(set.uid())) co_return *existing;
            co_return std::nullopt;
        }
        ++collisions;
        wanted = new_revision(*set, wanted.revision, collisions);
    }
    throw std::runtime_error{"no free name for a ControllerRevision after several collisions"};
}

kube::Async<std::optional<StatefulSetController::Impl::Chosen>> StatefulSetController::Impl::choose_revisions(
    Set set, std::vector<Revision> known
) {
    std::int32_t collisions = set->status.collisionCount.value_or(0);
    if (const auto last = settled.find(set.key()); last != settled.end() && !known.empty()) {
        const Settled& decided = last->second;
        if (decided.uid == set.uid() && decided.generation == set->metadata.generation &&
            decided.newest == known.back().resource_version()) {
            Chosen chosen = chosen_of(set, known, known.back());
            chosen.collision_count = collisions;
            co_return chosen;
        }
    }
    RevisionDecision decision = decide_revision(*set, known);
    std::optional<Revision> update;
    if (auto* keep = std::get_if<KeepRevision>(&decision)) {
        update = keep->revision;
        settled.insert_or_assign(
            set.key(), Settled{set.uid(), set->metadata.generation, keep->revision.resource_version()}
        );
    } else if (auto* renumber = std::get_if<RenumberRevision>(&decision)) {
        kube::ControllerRevision changed = *renumber->revision;
        changed.revision = renumber->number;
        auto written = co_await client.patch(renumber->revision, std::move(changed));
        if (!written) co_return std::nullopt;
        update = *written;
    } else {
        update = co_await create_revision(set, std::move(std::get<CreateRevision>(decision).revision), collisions);
        if (!update) co_return std::nullopt;
    }
    Chosen chosen = chosen_of(set, known, *update);
    chosen.collision_count = collisions;
    co_return chosen;
}

StatefulSetController::Impl::Chosen StatefulSetController::Impl::chosen_of(
    const Set& set, const std::vector<Revision>& known, Revision update
) const {
    Chosen chosen{.current = update, .update = std::move(update), .collision_count = 0};
    for (const Revision& revision : known) {
        if (revision->metadata.name == set->status.currentRevision) chosen.current = revision;
    }
    return chosen;
}

kube::Async<StatefulSetController::Impl::HeldUp> StatefulSetController::Impl::ensure_claims(Set set, int ordinal) {
    for (NewClaim& claim : claims_of_pod(*set, ordinal)) {
        const kube::NamespacedName key = claim.metadata.key();
        if (const auto present = claims.get(key)) {
            if ((*present)->metadata.deletionTimestamp) co_return fmt::format("claim {} is being deleted", key.name);
            kube::PersistentVolumeClaim changed = **present;
            changed.metadata.ownerReferences =
                claim_owners(*set, changed.metadata.ownerReferences, pod_name(*set, ordinal), nullptr);
            (void)co_await client.patch(*present, std::move(changed));
            continue;
        }
        const auto created = co_await client.create(std::move(claim));
        if (created) {
            events.record(
                kube::reference_to(*set),
                kube::EventType::Normal,
                "SuccessfulCreate",
                fmt::format(
                    "create Claim {} Pod {} in StatefulSet {} success",
                    key.name,
                    pod_name(*set, ordinal),
                    set->metadata.name
                )
            );
        }
    }
    co_return HeldUp{};
}

kube::Async<StatefulSetController::Impl::HeldUp> StatefulSetController::Impl::create_pod(
    Set set, CreatePod action, Chosen chosen
) {
    HeldUp held_up = co_await ensure_claims(set, action.ordinal);
    if (!held_up.empty()) co_return held_up;
    const Revision revision = action.revision == RevisionChoice::Current ? chosen.current : chosen.update;
    NewPod pod = new_stateful_set_pod(*set, template_of(*revision), revision->metadata.name, action.ordinal);
    const std::string name = pod.metadata.name;
    const auto created = co_await client.create(std::move(pod));
    if (!created) co_return fmt::format("another pod is called {}", name);
    events.record(
        kube::reference_to(*set),
        kube::EventType::Normal,
        "SuccessfulCreate",
        fmt::format("create Pod {} in StatefulSet {} successful", name, set->metadata.name)
    );
    co_return HeldUp{};
}

kube::Async<> StatefulSetController::Impl::hand_claims_over(Set set, kube::Snapshot<kube::Pod> condemned) {
    const auto ordinal = ordinal_of(*condemned, set->metadata.name);
    if (!ordinal) co_return;
    for (const NewClaim& claim : claims_of_pod(*set, *ordinal)) {
        const auto present = claims.get(claim.metadata.key());
        if (!present) continue;
        kube::PersistentVolumeClaim changed = **present;
        changed.metadata.ownerReferences =
            claim_owners(*set, changed.metadata.ownerReferences, condemned->metadata.name, &*condemned);
        (void)co_await client.patch(*present, std::move(changed));
    }
}

kube::Async<> StatefulSetController::Impl::delete_pod(Set set, DeletePod action) {
    const kube::NamespacedName key{set->metadata.namespace_, action.name};
    if (action.is_condemned) {
        if (const auto pod = pods.get(key)) co_await hand_claims_over(set, *pod);
    }
    const auto outcome = co_await client.delete_object<kube::Pod>(key, {kube::Uid{action.uid}, std::nullopt});
    if (outcome != kube::DeleteOutcome::Accepted) co_return;
    events.record(
        kube::reference_to(*set),
        kube::EventType::Normal,
        "SuccessfulDelete",
        fmt::format("delete Pod {} in StatefulSet {} successful", action.name, set->metadata.name)
    );
}

kube::Async<StatefulSetController::Impl::HeldUp> StatefulSetController::Impl::act(
    Set set, std::vector<StatefulSetAction> actions, Chosen chosen
) {
    HeldUp held_up;
    for (const StatefulSetAction& action : actions) {
        HeldUp now;
        if (const auto* create = std::get_if<CreatePod>(&action)) {
            now = co_await create_pod(set, *create, chosen);
        } else if (const auto* ensure = std::get_if<EnsureClaims>(&action)) {
            now = co_await ensure_claims(set, ensure->ordinal);
        } else {
            co_await delete_pod(set, std::get<DeletePod>(action));
        }
        if (held_up.empty()) held_up = std::move(now);
    }
    co_return held_up;
}

kube::Async<> StatefulSetController::Impl::drop_old_revisions(Set set, Pods owned, Chosen chosen) {
    std::vector<std::string> in_use{chosen.current->metadata.name, chosen.update->metadata.name};
    for (const auto& pod : owned) in_use.emplace_back(revision_of(*pod));
    const std::vector<Revision> known = revisions_of(*set);
    for (const Revision& revision : superfluous_revisions(*set, known, in_use)) {
        (void)co_await client.delete_object<kube::ControllerRevision>(revision.key(), {revision.uid(), std::nullopt});
    }
}

StatefulSetController::StatefulSetController(kube::Manager& manager, Events events)
    : impl_{std::make_unique<Impl>(manager, events)} {
    index_owners<kube::ControllerRevision>(manager);
    kube::ControllerBuilder<StatefulSet>{manager, "statefulset"}
        .when([](const StatefulSet& before, const StatefulSet& after) {
            return before.metadata.generation != after.metadata.generation ||
                   before.metadata.deletionTimestamp != after.metadata.deletionTimestamp;
        })
        .owns<kube::Pod>()
        .owns<kube::ControllerRevision>()
        .build(*this);
}

StatefulSetController::~StatefulSetController() = default;

void StatefulSetController::forget(const kube::NamespacedName& key) {
    impl_->settled.erase(key);
}

kube::Async<kube::Requeue> StatefulSetController::reconcile(Set set) {
    Impl& impl = *impl_;
    co_await impl.adopt_pods(set);
    auto chosen = co_await impl.choose_revisions(set, impl.revisions_of(*set));
    if (!chosen) co_return kube::Requeue::after(kAskAgain, "a ControllerRevision that another writer holds");
    const Pods owned = controlled_by(impl.pods, set->metadata.uid);
    StatefulSetPlan plan =
        plan_stateful_set(*set, owned, chosen->current->metadata.name, chosen->update->metadata.name, impl.clock.now());
    plan.status.collisionCount = chosen->collision_count;
    const std::string held_up = co_await impl.act(set, std::move(plan.actions), *chosen);
    const auto written = co_await impl.client.write_status(set, std::move(plan.status));
    if (!written) co_return kube::after_refusal(written.error(), set.resource_version());
    if (!set->metadata.deletionTimestamp) co_await impl.drop_old_revisions(set, owned, *chosen);
    if (!held_up.empty()) co_return kube::Requeue::after(kAskAgain, held_up);
    if (plan.due) {
        const auto delay = std::chrono::ceil<std::chrono::milliseconds>(*plan.due);
        co_return kube::Requeue::after(delay, "a pod to have been ready for minReadySeconds");
    }
    co_return kube::Requeue::on_change("the set or its pods");
}

}  // namespace devcluster::workloads
