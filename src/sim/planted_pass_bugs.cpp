#include "sim/planted_pass_bugs.hpp"

#include <algorithm>
#include <utility>

namespace sim {

kube::Reconciler<sei::api::SeiNode>& RequeuedAtOnce::reconciler(
    kube::Manager& manager, kube::Reconciler<sei::api::SeiNode>& real
) {
    static_cast<void>(manager);
    real_ = &real;
    return *this;
}

kube::Async<kube::Requeue> RequeuedAtOnce::reconcile(kube::Snapshot<sei::api::SeiNode> node) {
    constexpr std::chrono::milliseconds kAtOnce{1};
    kube::Requeue next = co_await real_->reconcile(std::move(node));
    if (next.kind() != kube::Requeue::Kind::After) co_return next;
    co_return kube::Requeue::after(std::min(next.delay(), kAtOnce), next.waits_for());
}

}  // namespace sim
