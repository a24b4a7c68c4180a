// The loop of a simulation: of all steps that are ready, a seed chooses the next one.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include "kube/runtime/random.hpp"

namespace sim {

/// Takes the place of an io_context for everything that runs in a simulated world: no threads, no sockets, no time.
///
/// An io_context runs what is ready in the order of its arrival. Nothing may depend on that order, so this loop draws
/// lots: with `Order::Drawn`, each step is chosen among all that are ready. `Order::Fifo` keeps the order of arrival,
/// for comparison.
class SeededLoop final : public boost::asio::execution_context {
public:
    enum class Order { Drawn, Fifo };
    SeededLoop(std::uint64_t seed, Order order) : random_{seed}, order_{order} {}
    ~SeededLoop();
    SeededLoop(const SeededLoop&) = delete;
    SeededLoop& operator=(const SeededLoop&) = delete;

    /// Runs one step; false when none is ready.
    bool run_one();
    [[nodiscard]] bool is_idle() const { return ready_.empty(); }
    [[nodiscard]] std::uint64_t steps() const { return steps_; }
    /// Begins anew, as if it had just been made. Nothing may be ready.
    void restart(std::uint64_t seed, Order order);

    class Executor;
    [[nodiscard]] boost::asio::any_io_executor executor();

private:
    using Step = std::move_only_function<void()>;

    kube::Random random_;
    Order order_;
    std::deque<Step> ready_;
    std::uint64_t steps_ = 0;
    bool is_in_step_ = false;
};

/// Refers to its loop; satisfies Asio's executor requirements. As that of an io_context, it runs at once what is
/// dispatched from inside of a step, and what is posted later.
class SeededLoop::Executor {
public:
    explicit Executor(SeededLoop& loop) : loop_{&loop} {}
    [[nodiscard]] boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
        return *loop_;
    }
    [[nodiscard]] boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
        if (may_run_at_once_) return boost::asio::execution::blocking.possibly;
        return boost::asio::execution::blocking.never;
    }
    [[nodiscard]] Executor require(boost::asio::execution::blocking_t::possibly_t) const noexcept {
        return Executor{*loop_, true};
    }
    [[nodiscard]] Executor require(boost::asio::execution::blocking_t::never_t) const noexcept {
        return Executor{*loop_, false};
    }
    template <class Function>
    void execute(Function function) const {
        if (may_run_at_once_ && loop_->is_in_step_) {
            std::move(function)();
        } else {
            loop_->ready_.emplace_back(std::move(function));
        }
    }
    bool operator==(const Executor&) const noexcept = default;

private:
    Executor(SeededLoop& loop, bool may_run_at_once) : loop_{&loop}, may_run_at_once_{may_run_at_once} {}
    SeededLoop* loop_;
    bool may_run_at_once_ = true;
};

}  // namespace sim
