// A wait with a bound in real time, for the rare phases that are not a socket's: lookups, credentials.
#pragma once

#include <exception>
#include <optional>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "kube/async/clock.hpp"

namespace kube::detail {

/// (Not a variant: `||` of awaitables flattens those.)
template <class T>
struct Outcome {
    std::exception_ptr failure;
    std::optional<T> value;
};

template <class T>
Async<Outcome<T>> keep_exception(Async<T> work) {
    Outcome<T> outcome;
    try {
        outcome.value.emplace(co_await std::move(work));
    } catch (...) {
        outcome.failure = std::current_exception();
    }
    co_return outcome;
}

/// The value of `work`, or its exception; nullopt when `until` came first, and `work` was cancelled.
template <class T>
Async<std::optional<T>> bounded(Async<T> work, MonotonicTime until) {
    using boost::asio::experimental::awaitable_operators::operator||;
    boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor, until};
    auto first = co_await (keep_exception(std::move(work)) || timer.async_wait(boost::asio::use_awaitable));
    if (first.index() == 1) co_return std::nullopt;
    auto& outcome = std::get<0>(first);
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    co_return std::move(outcome.value);
}

}  // namespace kube::detail
