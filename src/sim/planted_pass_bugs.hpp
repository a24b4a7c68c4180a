// Planted bugs in when an operator reconciles.
#pragma once

#include <cstdint>

#include "sim/operator_process.hpp"

namespace sim {

class RequeuedAtOnce final : public Tampering, private kube::Reconciler<sei::api::SeiNode> {
public:
    explicit RequeuedAtOnce(std::uint64_t) {}
    [[nodiscard]] kube::Reconciler<sei::api::SeiNode>& reconciler(
        kube::Manager& manager, kube::Reconciler<sei::api::SeiNode>& real
    ) override;

private:
    [[nodiscard]] kube::Async<kube::Requeue> reconcile(kube::Snapshot<sei::api::SeiNode> node) override;
    void forget(const kube::NamespacedName& key) override { real_->forget(key); }
    kube::Reconciler<sei::api::SeiNode>* real_ = nullptr;
};

}  // namespace sim
