// What happens to a node that is being deleted (spec 02 §5, 08 5.2, 5.3).
#include <utility>
#include <vector>

#include "kube/runtime/finalizer.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/node/node_reconciler.hpp"

namespace sei::node {

using kube::Requeue;

/// Terminating is written once; then our own claim goes, and the finalizer last. The rest belongs to the garbage
/// collector. A pass that ends early is repeated from the top without harm.
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
    co_await delete_data_volume_claim(node);

    auto let_go = co_await kube::without_finalizer(client_, node, api::kNodeFinalizer);
    if (!let_go) co_return std::move(let_go.error());
    metrics_.forget(node.key());
    co_return Requeue::on_change("the node to be gone");
}

kube::Async<> NodeReconciler::delete_data_volume_claim(kube::Snapshot<api::SeiNode> node) {
    if (!api::imported_pvc_name(node->spec).empty()) co_return;
    const kube::NamespacedName key = api::data_pvc_key(*node);
    const auto claim = co_await client_.get<kube::PersistentVolumeClaim>(key);
    if (!claim || (*claim)->metadata.deletionTimestamp || !(*claim)->metadata.is_controlled_by(node.uid())) co_return;
    const kube::DeletePrecondition precondition{.uid = claim->uid(), .resource_version = std::nullopt};
    static_cast<void>(co_await client_.delete_object<kube::PersistentVolumeClaim>(key, precondition));
}

}  // namespace sei::node
