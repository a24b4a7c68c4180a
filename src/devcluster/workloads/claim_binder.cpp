#include "devcluster/workloads/claim_binder.hpp"

#include <algorithm>

#include "devcluster/workloads/claim_binding.hpp"
#include "devcluster/workloads/pod_needs.hpp"
#include "kube/runtime/controller.hpp"

namespace devcluster::workloads {

namespace {

using Claim = kube::Snapshot<kube::PersistentVolumeClaim>;
using Volume = kube::Snapshot<kube::PersistentVolume>;

constexpr const char* kClaimIndex = "claims";
constexpr const char* kVolumeIndex = "volume";

std::vector<kube::NamespacedName> claims_of(const kube::Pod& pod) {
    std::vector<kube::NamespacedName> keys;
    for (const kube::Volume& volume : pod.spec.volumes) {
        if (volume.persistentVolumeClaim) {
            keys.push_back({pod.metadata.namespace_, volume.persistentVolumeClaim->claimName});
        }
    }
    return keys;
}

}  // namespace

struct ClaimBinder::Impl {
    struct Claims final : kube::Reconciler<kube::PersistentVolumeClaim> {
        explicit Claims(Impl& impl_) : impl{impl_} {}
        [[nodiscard]] kube::Async<kube::Requeue> reconcile(Claim claim) override;
        void forget(const kube::NamespacedName&) override {}
        Impl& impl;
    };
    struct Volumes final : kube::Reconciler<kube::PersistentVolume> {
        explicit Volumes(Impl& impl_) : impl{impl_} {}
        [[nodiscard]] kube::Async<kube::Requeue> reconcile(Volume volume) override;
        void forget(const kube::NamespacedName&) override {}
        Impl& impl;
    };

    explicit Impl(kube::Manager& manager)
        : client{manager.client()},
          pods{manager.cache<kube::Pod>()},
          claims{manager.cache<kube::PersistentVolumeClaim>()},
          volumes{manager.cache<kube::PersistentVolume>()} {}

    [[nodiscard]] bool is_used(const kube::PersistentVolumeClaim& claim) const {
        const auto users = pods.by_index(kClaimIndex, need_of_claim(claim.metadata.key()));
        return std::ranges::any_of(users, [](const auto& pod) { return !pod->spec.nodeName.empty(); });
    }
    [[nodiscard]] kube::Async<kube::Requeue> unprotect(Claim claim);
    [[nodiscard]] kube::Async<std::optional<Volume>> volume_of(Claim claim);
    [[nodiscard]] kube::Async<std::optional<Volume>> reserve(Claim claim, Volume volume);
    [[nodiscard]] kube::Async<kube::Requeue> write_phase(Claim claim, std::string phase, std::string waits_for);

    kube::Client& client;
    kube::Cache<kube::Pod> pods;
    kube::Cache<kube::PersistentVolumeClaim> claims;
    kube::Cache<kube::PersistentVolume> volumes;
    Claims claim_reconciler{*this};
    Volumes volume_reconciler{*this};
};

kube::Async<kube::Requeue> ClaimBinder::Impl::unprotect(Claim claim) {
    if (!claim->metadata.has_finalizer(kClaimProtection)) {
        co_return kube::Requeue::on_change("others to take their finalizers from the claim");
    }
    if (is_used(*claim)) co_return kube::Requeue::on_change("the pods that use the claim to go");
    std::vector<std::string> finalizers = claim->metadata.finalizers;
    std::erase(finalizers, kClaimProtection);
    const auto written = co_await client.write_finalizers(claim, std::move(finalizers));
    if (!written) co_return kube::after_refusal(written.error(), claim.resource_version());
    co_return kube::Requeue::on_change("the claim to go");
}

/// Makes a volume belong to the claim that names it.
kube::Async<std::optional<Volume>> ClaimBinder::Impl::reserve(Claim claim, Volume volume) {
    if (!may_bind(*claim, *volume)) co_return std::nullopt;
    kube::PersistentVolume reserved = *volume;
    reserved.spec.claimRef = kube::reference_to(*claim);
    reserved.spec.claimRef->resourceVersion.clear();
    const auto written = co_await client.patch(volume, std::move(reserved));
    if (!written) co_return std::nullopt;
    kube::PersistentVolumeStatus status = (*written)->status;
    status.phase = "Bound";
    const auto bound = co_await client.write_status(*written, std::move(status));
    if (!bound) co_return std::nullopt;
    co_return *bound;
}

kube::Async<std::optional<Volume>> ClaimBinder::Impl::volume_of(Claim claim) {
    if (!claim->spec.volumeName.empty()) {
        const auto named = volumes.get({{}, claim->spec.volumeName});
        if (!named) co_return std::nullopt;
        co_return co_await reserve(claim, *named);
    }
    NewVolume made = volume_for(*claim);
    const kube::NamespacedName key = made.metadata.key();
    (void)co_await client.create(std::move(made));
    const auto present = co_await client.get<kube::PersistentVolume>(key);
    if (!present) co_return std::nullopt;
    co_return co_await reserve(claim, *present);
}

kube::Async<kube::Requeue> ClaimBinder::Impl::write_phase(Claim claim, std::string phase, std::string waits_for) {
    kube::PersistentVolumeClaimStatus status = claim->status;
    status.phase = std::move(phase);
    const auto written = co_await client.write_status(claim, std::move(status));
    if (!written) co_return kube::after_refusal(written.error(), claim.resource_version());
    co_return kube::Requeue::on_change(std::move(waits_for));
}

kube::Async<kube::Requeue> ClaimBinder::Impl::Claims::reconcile(Claim claim) {
    if (claim->metadata.deletionTimestamp) co_return co_await impl.unprotect(claim);
    const bool was_bound = claim->metadata.annotations.contains("pv.kubernetes.io/bind-completed");
    if (was_bound && claim->status.phase == "Bound") {
        if (impl.volumes.get({{}, claim->spec.volumeName})) co_return kube::Requeue::on_change("nothing: it is bound");
        const auto present = co_await impl.client.get<kube::PersistentVolume>({{}, claim->spec.volumeName});
        if (present) co_return kube::Requeue::on_change("nothing: it is bound");
        co_return co_await impl.write_phase(claim, "Lost", "the volume of that name");
    }
    const auto volume = co_await impl.volume_of(claim);
    if (!volume) co_return co_await impl.write_phase(claim, "Pending", "the volume that the claim names to be free");
    const auto bound = co_await impl.client.patch(claim, bound_claim(*claim, (*volume)->metadata.name));
    if (!bound) co_return kube::after_refusal(bound.error(), claim.resource_version());
    const auto written = co_await impl.client.write_status(*bound, bound_status(**bound, **volume));
    if (!written) co_return kube::after_refusal(written.error(), (*bound).resource_version());
    co_return kube::Requeue::on_change("nothing: it is bound");
}

kube::Async<kube::Requeue> ClaimBinder::Impl::Volumes::reconcile(Volume volume) {
    const auto& holder = volume->spec.claimRef;
    if (!holder || holder->uid.empty()) {
        if (volume->status.phase == "Available" || volume->metadata.deletionTimestamp) {
            co_return kube::Requeue::on_change("a claim");
        }
        kube::PersistentVolumeStatus status = volume->status;
        status.phase = "Available";
        const auto written = co_await impl.client.write_status(volume, std::move(status));
        if (!written) co_return kube::after_refusal(written.error(), volume.resource_version());
        co_return kube::Requeue::on_change("a claim");
    }
    const kube::NamespacedName key{holder->namespace_, holder->name};
    auto claim = impl.claims.get(key);
    if (!claim || (*claim)->metadata.uid != holder->uid) {
        claim = co_await impl.client.get<kube::PersistentVolumeClaim>(key);
    }
    const bool has_claim = claim && (*claim)->metadata.uid == holder->uid;
    if (has_claim) co_return kube::Requeue::on_change("the claim to go");
    if (volume->metadata.deletionTimestamp) {
        std::vector<std::string> finalizers = volume->metadata.finalizers;
        std::erase(finalizers, kVolumeProtection);
        if (finalizers.size() == volume->metadata.finalizers.size()) co_return kube::Requeue::on_change("others");
        const auto written = co_await impl.client.write_finalizers(volume, std::move(finalizers));
        if (!written) co_return kube::after_refusal(written.error(), volume.resource_version());
        co_return kube::Requeue::on_change("the volume to go");
    }
    if (volume->spec.persistentVolumeReclaimPolicy == "Delete") {
        const kube::DeletePrecondition precondition{volume.uid(), std::nullopt};
        (void)co_await impl.client.delete_object<kube::PersistentVolume>(volume.key(), precondition);
        co_return kube::Requeue::on_change("the volume to go");
    }
    kube::PersistentVolumeStatus status = volume->status;
    status.phase = "Released";
    const auto written = co_await impl.client.write_status(volume, std::move(status));
    if (!written) co_return kube::after_refusal(written.error(), volume.resource_version());
    co_return kube::Requeue::on_change("somebody to free the volume");
}

ClaimBinder::ClaimBinder(kube::Manager& manager) : impl_{std::make_unique<Impl>(manager)} {
    impl_->pods.add_index(kClaimIndex, [](const kube::Pod& pod) {
        std::vector<std::string> needs;
        for (const auto& key : claims_of(pod)) needs.push_back(need_of_claim(key));
        return needs;
    });
    impl_->claims.add_index(kVolumeIndex, [](const kube::PersistentVolumeClaim& claim) {
        return claim.spec.volumeName.empty() ? std::vector<std::string>{} : std::vector{claim.spec.volumeName};
    });
    kube::ControllerBuilder<kube::PersistentVolumeClaim>{manager, "persistentvolumeclaim"}
        .watches<kube::Pod>(
            claims_of,
            [](const kube::Pod& before, const kube::Pod& after) {
                return before.metadata.deletionTimestamp != after.metadata.deletionTimestamp;
            }
        )
        // Others write volumes, too: a write that was refused is made again when the volume's newer version is seen,
        // and a claim may not name its volume yet.
        .watches<kube::PersistentVolume>([claims = impl_->claims](const kube::PersistentVolume& volume) {
            std::vector<kube::NamespacedName> keys;
            if (const auto& holder = volume.spec.claimRef) keys.push_back({holder->namespace_, holder->name});
            for (const Claim& claim : claims.by_index(kVolumeIndex, volume.metadata.name)) keys.push_back(claim.key());
            return keys;
        })
        .build(impl_->claim_reconciler);
    kube::ControllerBuilder<kube::PersistentVolume>{manager, "persistentvolume"}
        .watches<kube::PersistentVolumeClaim>([](const kube::PersistentVolumeClaim& claim) {
            if (claim.spec.volumeName.empty()) return std::vector<kube::NamespacedName>{};
            return std::vector{kube::NamespacedName{{}, claim.spec.volumeName}};
        })
        .build(impl_->volume_reconciler);
}

ClaimBinder::~ClaimBinder() = default;

}  // namespace devcluster::workloads
