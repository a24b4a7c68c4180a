#include "devcluster/workloads/namespace_controller.hpp"

#include "devcluster/workloads/api_requests.hpp"
#include "devcluster/workloads/served_types.hpp"
#include "kube/runtime/controller.hpp"

namespace devcluster::workloads {

namespace {

/// What is left may have finalizers or grace; nothing tells when the last of so many kinds is gone.
constexpr std::chrono::milliseconds kLookAgain{250};

constexpr kube::ResourceType kEvents{"", "v1", "Event", "events"};

}  // namespace

NamespaceController::NamespaceController(kube::Manager& manager, kube::Transport& transport)
    : transport_{transport},
      client_{transport, {.field_manager = kube::FieldManager{"simulated-namespace-controller"}}} {
    kube::ControllerBuilder<kube::Namespace>{manager, "namespace"}.build(*this);
}

kube::Async<std::size_t> NamespaceController::delete_all(kube::ResourceType type, std::string namespace_) {
    std::size_t present = 0;
    kube::detail::Paging paging{client_, type, {.namespace_ = std::move(namespace_)}};
    while (const auto page = co_await paging.next()) {
        if (page->is_first) present = 0;
        for (const kube::json::Value& item : page->items()) {
            ++present;
            if (kube::json::find(item, {"metadata", "deletionTimestamp"}) != nullptr) continue;
            const auto metadata = kube::json::from_json<kube::ObjectMeta>(item.at("metadata"));
            const kube::DeletePrecondition precondition{kube::Uid{metadata.uid}, std::nullopt};
            (void)co_await client_.delete_object(type, metadata.key(), precondition, kube::Propagation::Background);
        }
    }
    co_return present;
}

kube::Async<kube::Requeue> NamespaceController::reconcile(kube::Snapshot<kube::Namespace> object) {
    if (!object->metadata.deletionTimestamp) co_return kube::Requeue::on_change("the deletion of the namespace");
    const Discovery discovery = co_await discover(transport_);
    if (!discovery.errors.empty()) {
        throw std::runtime_error{"not all types could be discovered: " + discovery.errors.front()};
    }
    std::size_t present = co_await delete_all(kEvents, object->metadata.name);
    for (const ServedType& served : discovery.types) {
        if (served.is_namespaced) present += co_await delete_all(served.type(), object->metadata.name);
    }
    if (present > 0) co_return kube::Requeue::after(kLookAgain, fmt::format("{} objects to go", present));
    co_await finalize_namespace(transport_, object->metadata.name);
    co_return kube::Requeue::on_change("the namespace to go");
}

}  // namespace devcluster::workloads
