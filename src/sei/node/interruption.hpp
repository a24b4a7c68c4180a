// What makes a pass let go of a sidecar that does not answer: the node is to be deleted (spec 08 11.1).
#pragma once

#include <map>
#include <memory>

#include "kube/async/signal.hpp"
#include "kube/meta/names.hpp"
#include "kube/runtime/cache.hpp"
#include "sei/api/node.hpp"
#include "sei/sidecar/sidecar.hpp"

namespace sei::node {

/// One pass that may have to end early.
struct Interruption {
    explicit Interruption(boost::asio::any_io_executor executor) : came{std::move(executor)} {}
    bool has_come = false;
    kube::Signal came;
};

/// The passes in flight, by node.
class Interruptions {
public:
    /// Interrupts the pass of each node whose deletion `nodes` shows from now on.
    explicit Interruptions(const kube::Cache<api::SeiNode>& nodes);
    /// Of the pass that begins now. It may be interrupted for as long as somebody holds it.
    [[nodiscard]] std::shared_ptr<Interruption> begin(
        const kube::NamespacedName& node, boost::asio::any_io_executor executor
    );

private:
    using Passes = std::map<kube::NamespacedName, std::weak_ptr<Interruption>>;
    std::shared_ptr<Passes> passes_ = std::make_shared<Passes>();
};

/// Asks `sidecar`, but waits for no answer once the pass is interrupted: then there is none.
[[nodiscard]] std::unique_ptr<sidecar::Sidecar> interruptible(
    std::unique_ptr<sidecar::Sidecar> sidecar, std::shared_ptr<Interruption> interruption
);

}  // namespace sei::node
