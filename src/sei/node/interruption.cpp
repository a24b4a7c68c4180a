#include "sei/node/interruption.hpp"

#include <concepts>
#include <exception>
#include <expected>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sei::node {

namespace asio = boost::asio;

struct Interruption::Impl {
    bool has_come = false;
    /// Cancels the question under way: a pass asks one at a time.
    asio::cancellation_signal question;
};

Interruption::Interruption() : impl_{std::make_unique<Impl>()} {}
Interruption::~Interruption() = default;

void Interruption::come() {
    impl_->has_come = true;
    impl_->question.emit(asio::cancellation_type::terminal);
}

namespace {

template <class Answer>
Answer interrupted() {
    const sidecar::Unavailable why{
        sidecar::Unavailable::Kind::NoAnswer, "the node is being deleted: the sidecar is not waited for"
    };
    if constexpr (std::constructible_from<Answer, std::unexpected<sidecar::Unavailable>>) {
        return std::unexpected(why);
    } else {
        return why;
    }
}

template <class Answer>
struct Settled {
    std::optional<Answer> answer;
    std::exception_ptr failure;
};

/// Never ends with an exception: co_spawn of Boost 1.81 lets one of a cancelled coroutine escape into the loop.
template <class Answer>
kube::Async<Settled<Answer>> settle(kube::Async<Answer> question) {
    Settled<Answer> settled;
    try {
        settled.answer = co_await std::move(question);
    } catch (...) {
        settled.failure = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    co_return settled;
}

/// For as long as it lives, whoever cancels the pass cancels the question.
class PassedOn {
public:
    PassedOn(asio::cancellation_slot pass, asio::cancellation_signal& question) : pass_{pass} {
        if (pass_.is_connected()) pass_.assign([&question](asio::cancellation_type type) { question.emit(type); });
    }
    ~PassedOn() { pass_.clear(); }
    PassedOn(const PassedOn&) = delete;
    PassedOn& operator=(const PassedOn&) = delete;

private:
    asio::cancellation_slot pass_;
};

/// The answer, or `interrupted`: then the question has been cancelled, and has ended when this returns.
template <class Answer>
kube::Async<Answer> ask(kube::Async<Answer> question, std::shared_ptr<Interruption> interruption) {
    Interruption::Impl& impl = interruption->impl();
    if (impl.has_come) co_return interrupted<Answer>();
    const auto executor = co_await asio::this_coro::executor;
    const auto pass = co_await asio::this_coro::cancellation_state;
    const PassedOn passed_on{pass.slot(), impl.question};
    auto [escaped, settled] = co_await asio::co_spawn(
        executor,
        settle(std::move(question)),
        asio::bind_cancellation_slot(impl.question.slot(), asio::as_tuple(asio::use_awaitable))
    );
    if (escaped) std::rethrow_exception(escaped);
    if (settled.answer) co_return *std::move(settled.answer);
    if (impl.has_come) co_return interrupted<Answer>();
    std::rethrow_exception(settled.failure);
}

class InterruptibleSidecar final : public sidecar::Sidecar {
public:
    InterruptibleSidecar(std::unique_ptr<sidecar::Sidecar> inner, std::shared_ptr<Interruption> interruption)
        : inner_{std::move(inner)}, interruption_{std::move(interruption)} {}
    [[nodiscard]] kube::Async<sidecar::SubmitOutcome> submit(sidecar::TaskSubmission submission) override {
        return ask(inner_->submit(std::move(submission)), interruption_);
    }
    [[nodiscard]] kube::Async<sidecar::LookupOutcome> look_up(std::string id) override {
        return ask(inner_->look_up(std::move(id)), interruption_);
    }
    [[nodiscard]] kube::Async<sidecar::AtWorkOutcome> tasks_at_work() override {
        return ask(inner_->tasks_at_work(), interruption_);
    }
    [[nodiscard]] kube::Async<sidecar::HealthOutcome> probe(sidecar::ProbedPod pod) override {
        return ask(inner_->probe(pod), interruption_);
    }
    [[nodiscard]] kube::Async<std::expected<std::string, sidecar::Unavailable>> node_id() override {
        return ask(inner_->node_id(), interruption_);
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
        if (const auto pass = found->second.lock()) pass->come();
    });
}

std::shared_ptr<Interruption> Interruptions::begin(const kube::NamespacedName& node) {
    // Those of passes that have ended go with the next one of the same node; a node that is gone leaves an empty entry
    // behind, which is swept here.
    std::erase_if(*passes_, [](const auto& entry) { return entry.second.expired(); });
    auto interruption = std::make_shared<Interruption>();
    (*passes_)[node] = interruption;
    return interruption;
}

std::unique_ptr<sidecar::Sidecar> interruptible(
    std::unique_ptr<sidecar::Sidecar> sidecar, std::shared_ptr<Interruption> interruption
) {
    return std::make_unique<InterruptibleSidecar>(std::move(sidecar), std::move(interruption));
}

}  // namespace sei::node
