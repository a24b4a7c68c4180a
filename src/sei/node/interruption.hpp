// What makes a pass let go of a sidecar that does not answer: the node is to be deleted (spec 08 11.1).
#pragma once

#include <map>
#include <memory>

#include "kube/meta/names.hpp"
#include "kube/runtime/cache.hpp"
#include "sei/api/node.hpp"
#include "sei/sidecar/sidecar.hpp"

namespace sei::node {

/// One pass that may have to end early.
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    /// From now on nothing is waited for.
    void come();
    struct Impl;
    [[nodiscard]] Impl& impl() const { return *impl_; }

private:
    std::unique_ptr<Impl> impl_;
};

/// The passes in flight, by node.
class Interruptions {
public:
    /// Interrupts the pass of each node whose deletion `nodes` shows from now on.
    explicit Interruptions(const kube::Cache<api::SeiNode>& nodes);
    /// Of the pass that begins now. It may be interrupted for as long as somebody holds it.
    [[nodiscard]] std::shared_ptr<Interruption> begin(const kube::NamespacedName& node);

private:
    using Passes = std::map<kube::NamespacedName, std::weak_ptr<Interruption>>;
    std::shared_ptr<Passes> passes_ = std::make_shared<Passes>();
};

/// Asks `sidecar`, but waits for no answer once the pass is interrupted: then there is none.
[[nodiscard]] std::unique_ptr<sidecar::Sidecar> interruptible(
    std::unique_ptr<sidecar::Sidecar> sidecar, std::shared_ptr<Interruption> interruption
);

}  // namespace sei::node
