// Where things go that must block: name lookups, file reads, running a program.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

#include "kube/async/async.hpp"

namespace kube {

/// A few helper threads, started when needed, that run blocking functions for coroutines of the loop.
///
/// A coroutine that is cancelled meanwhile goes on at once; the function runs to its end and its result is dropped.
/// The destructor does not wait for functions that are still running: they must own whatever they use. The pool must be
/// destroyed before the loop whose coroutines it serves.
class BlockingPool {
public:
    explicit BlockingPool(std::size_t threads_max = 4);
    ~BlockingPool();
    BlockingPool(const BlockingPool&) = delete;
    BlockingPool& operator=(const BlockingPool&) = delete;

    /// Runs `work()` on a helper thread and returns its value, or throws its exception, back on the loop.
    template <class Work>
    [[nodiscard]] Async<std::invoke_result_t<Work>> run(Work work) {
        using Value = std::invoke_result_t<Work>;
        using Kept = std::conditional_t<std::is_void_v<Value>, std::monostate, Value>;
        struct Outcome {
            std::variant<std::exception_ptr, Kept> result;
        };
        auto outcome = std::make_shared<Outcome>();
        std::function<void()> job = [outcome, shared = std::make_shared<Work>(std::move(work))] {
            try {
                if constexpr (std::is_void_v<Value>) {
                    (*shared)();
                    outcome->result.template emplace<1>();
                } else {
                    outcome->result.template emplace<1>((*shared)());
                }
            } catch (...) {
                outcome->result.template emplace<0>(std::current_exception());
            }
        };
        co_await run_job(std::move(job));
        if (outcome->result.index() == 0) std::rethrow_exception(std::get<0>(outcome->result));
        if constexpr (!std::is_void_v<Value>) co_return std::move(std::get<1>(outcome->result));
    }

private:
    [[nodiscard]] Async<> run_job(std::function<void()> job);

    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace kube
