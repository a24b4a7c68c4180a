// What happens to a node that is being deleted (spec 02 §5, 08 5.2, 5.3, 5.4).
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kube/runtime/finalizer.hpp"
#include "sei/api/events.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/node/node_reconciler.hpp"
#include "sei/resources/retained_data.hpp"

namespace sei::node {
namespace {

using kube::Requeue;

/// The node's data claim as it is now. Nullopt where there is nothing to do about it: it is imported, gone or going.
kube::Async<std::optional<kube::Snapshot<kube::PersistentVolumeClaim>>> read_data_volume_claim(
    kube::Client& client, kube::Snapshot<api::SeiNode> node
) {
    if (!api::imported_pvc_name(node->spec).empty()) co_return std::nullopt;
    auto claim = co_await client.get<kube::PersistentVolumeClaim>(api::data_pvc_key(*node));
    if (claim && (*claim)->metadata.deletionTimestamp) co_return std::nullopt;
    co_return claim;
}

}  // namespace

/// Terminating is written once; then our own claim goes, or is let go of, and the finalizer last. The rest belongs to
/// the garbage collector. A pass that ends early is repeated from the top without harm.
kube::Async<Requeue> NodeReconciler::finalize(kube::Snapshot<api::SeiNode> node) {
    if (!node->metadata.has_finalizer(api::kNodeFinalizer)) {
        co_return Requeue::on_change("other finalizers of the node");
    }
    if (node->status.phase != api::NodePhase::Terminating) {
        api::SeiNodeStatus status = node->status;
        status.phase = api::NodePhase::Terminating;
        auto written = co_await client_.write_status(node, std::move(status));
        if (!written) co_return kube::after_refusal(written.error(), node.resource_version());
        node = *written;
    }
    if (node->spec.dataVolume && node->spec.dataVolume->retain) {
        if (auto wait = co_await release_data_volume_claim(node)) co_return std::move(*wait);
    } else {
        co_await delete_data_volume_claim(node);
    }

    auto finalized = co_await kube::without_finalizer(client_, node, api::kNodeFinalizer);
    if (!finalized) co_return std::move(finalized.error());
    metrics_.forget(node.key());
    co_return Requeue::on_change("the node to be gone");
}

kube::Async<> NodeReconciler::delete_data_volume_claim(kube::Snapshot<api::SeiNode> node) {
    const auto claim = co_await read_data_volume_claim(client_, node);
    if (!claim || !(*claim)->metadata.is_controlled_by(node.uid())) co_return;
    const kube::DeletePrecondition precondition{.uid = claim->uid(), .resource_version = std::nullopt};
    static_cast<void>(co_await client_.delete_object<kube::PersistentVolumeClaim>(claim->key(), precondition));
}

/// A claim that an earlier node left, and that this one has not taken, is marked anew: whoever is just taking it for
/// this node finds it changed, and gives it no owner who is gone.
kube::Async<std::optional<Requeue>> NodeReconciler::release_data_volume_claim(kube::Snapshot<api::SeiNode> node) {
    const auto claim = co_await read_data_volume_claim(client_, node);
    if (!claim) co_return std::nullopt;
    const bool is_own = (*claim)->metadata.is_controlled_by(node.uid());
    if (!is_own && !resources::is_retained_for((*claim)->metadata, *node)) co_return std::nullopt;
    kube::PersistentVolumeClaim changed = **claim;
    resources::let_go(changed, *node);
    if (changed == **claim) co_return std::nullopt;
    const auto written = co_await client_.patch(*claim, std::move(changed));
    if (!written && written.error() == kube::WriteRefusal::Conflict) {
        co_return Requeue::after(std::chrono::milliseconds{0}, "the data claim to be read again");
    }
    if (!written) co_return std::nullopt;
    const std::string name = (*claim)->metadata.name;
    log_.info(
        "data claim retained",
        {{"SeiNode", node.key()}, {"namespace", node.key().namespace_}, {"name", node.key().name}, {"claim", name}}
    );
    events_.record(
        kube::reference_to(*node),
        kube::EventType::Normal,
        std::string{api::event::kDataRetained},
        "PVC " + name + " is kept: a SeiNode " + node->metadata.name +
            " of the same chain and mode takes it again; delete the PVC when its data are not needed"
    );
    co_return std::nullopt;
}

}  // namespace sei::node
