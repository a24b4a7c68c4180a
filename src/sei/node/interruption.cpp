#include "sei/node/interruption.hpp"

#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sei::node {
namespace {

namespace asio = boost::asio;

sidecar::Unavailable interrupted() {
    return {sidecar::Unavailable::Kind::NoAnswer, "the node is being deleted: the sidecar is not waited for"};
}

kube::Async<> wait_for(std::shared_ptr<Interruption> interruption) {
    while (!interruption->has_come) co_await interruption->came.wait();
}

/// The answer, or `interrupted`. Whichever comes second is cancelled, and has ended when this returns.
template <class Answer>
kube::Async<Answer> either(kube::Async<Answer> question, std::shared_ptr<Interruption> interruption) {
    if (interruption->has_come) co_return interrupted();
    const auto executor = co_await asio::this_coro::executor;
    auto [order, failure, answer, wait_failure] =
        co_await asio::experimental::make_parallel_group(
            asio::co_spawn(executor, std::move(question), asio::deferred),
            asio::co_spawn(executor, wait_for(interruption), asio::deferred)
        )
            .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    if (order[0] != 0 && failure) co_return interrupted();
    if (failure) std::rethrow_exception(failure);
    co_return std::move(answer);
}

/// `expected` has no conversion from its error.
kube::Async<std::expected<std::string, sidecar::Unavailable>> either_id(
    kube::Async<std::expected<std::string, sidecar::Unavailable>> question, std::shared_ptr<Interruption> interruption
) {
    if (interruption->has_come) co_return std::unexpected(interrupted());
    co_return co_await std::move(question);
}

class InterruptibleSidecar final : public sidecar::Sidecar {
public:
    InterruptibleSidecar(std::unique_ptr<sidecar::Sidecar> inner, std::shared_ptr<Interruption> interruption)
        : inner_{std::move(inner)}, interruption_{std::move(interruption)} {}
    [[nodiscard]] kube::Async<sidecar::SubmitOutcome> submit(sidecar::TaskSubmission submission) override {
        return either(inner_->submit(std::move(submission)), interruption_);
    }
    [[nodiscard]] kube::Async<sidecar::LookupOutcome> look_up(std::string id) override {
        return either(inner_->look_up(std::move(id)), interruption_);
    }
    [[nodiscard]] kube::Async<sidecar::HealthOutcome> probe() override {
        return either(inner_->probe(), interruption_);
    }
    [[nodiscard]] kube::Async<std::expected<std::string, sidecar::Unavailable>> node_id() override {
        return either_id(inner_->node_id(), interruption_);
    }

private:
    std::unique_ptr<sidecar::Sidecar> inner_;
    std::shared_ptr<Interruption> interruption_;
};

}  // namespace

Interruptions::Interruptions(const kube::Cache<api::SeiNode>& nodes) {
    nodes.store()->on_change([passes = std::weak_ptr{passes_}](const auto* before, const auto* after) {
        const bool was_due = before != nullptr && before->metadata->deletionTimestamp;
        const bool is_due = after == nullptr || after->metadata->deletionTimestamp;
        const auto alive = passes.lock();
        if (!alive || was_due || !is_due) return;
        const auto* entry = after == nullptr ? before : after;
        const auto found = alive->find(entry->metadata->key());
        if (found == alive->end()) return;
        if (const auto pass = found->second.lock()) {
            pass->has_come = true;
            pass->came.notify_all();
        }
    });
}

std::shared_ptr<Interruption> Interruptions::begin(
    const kube::NamespacedName& node, boost::asio::any_io_executor executor
) {
    // Those of passes that have ended go with the next one of the same node; a node that is gone leaves an empty entry
    // behind, which is swept here.
    std::erase_if(*passes_, [](const auto& entry) { return entry.second.expired(); });
    auto interruption = std::make_shared<Interruption>(std::move(executor));
    (*passes_)[node] = interruption;
    return interruption;
}

std::unique_ptr<sidecar::Sidecar> interruptible(
    std::unique_ptr<sidecar::Sidecar> sidecar, std::shared_ptr<Interruption> interruption
) {
    return std::make_unique<InterruptibleSidecar>(std::move(sidecar), std::move(interruption));
}

}  // namespace sei::node
