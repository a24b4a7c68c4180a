#include "kube/async/scope.hpp"

#include <cstdio>
#include <cstdlib>
#include <list>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "kube/async/wait_list.hpp"

namespace kube {

namespace asio = boost::asio;

namespace {

struct Spawned {
    std::string name;
    asio::cancellation_signal cancel;
    bool is_cancelled = false;
};

bool is_abort(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (const asio::multiple_exceptions& several) {
        return is_abort(several.first_exception());
    } catch (...) {
        return false;
    }
}

[[noreturn]] void end_process(const std::string& name, const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        std::fprintf(
            stderr,
            "bug: the coroutine \"%s\" ended with an exception that nobody handles: %s\n",
            name.c_str(),
            error.what()
        );
    } catch (...) {
        std::fprintf(stderr, "bug: the coroutine \"%s\" ended with an unknown exception\n", name.c_str());
    }
    std::abort();
}

}  // namespace

struct Scope::Impl {
    asio::any_io_executor executor;
    Failed failed;
    std::list<std::shared_ptr<Spawned>> running;
    std::size_t stoppers = 0;
    WaitList draining{executor};

    void ended(const std::shared_ptr<Spawned>& spawned, std::exception_ptr failure) {
        running.remove(spawned);
        if (running.empty()) draining.wake_all(WaitList::Woken::Notified);
        if (!failure || (spawned->is_cancelled && is_abort(failure))) return;
        if (!failed) end_process(spawned->name, failure);
        failed(spawned->name, std::move(failure));
    }

    /// Each coroutine is cancelled once: one that cleans up with a fresh cancellation state is left in peace.
    void cancel_all() {
        const auto all = running;  // Cancelling may run code that spawns others.
        for (const auto& spawned : all) {
            if (std::exchange(spawned->is_cancelled, true)) continue;
            spawned->cancel.emit(asio::cancellation_type::terminal);
        }
    }
};

namespace {

/// Starts `work` in a turn of its own, unless it was cancelled before that. Never ends with an exception while the
/// coroutine is cancelled from outside of `work`: co_spawn of Boost 1.81 lets such a one escape into the loop.
Async<std::exception_ptr> run(std::shared_ptr<Spawned> spawned, Async<> work) {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await asio::post(asio::use_awaitable);
    std::exception_ptr failure;
    if (!spawned->is_cancelled) {
        co_await asio::this_coro::throw_if_cancelled(true);
        try {
            co_await std::move(work);
        } catch (...) {
            failure = std::current_exception();
        }
        co_await asio::this_coro::throw_if_cancelled(false);
    }
    co_return failure;
}

}  // namespace

Scope::Scope(asio::any_io_executor executor, Failed failed)
    : impl_{std::make_shared<Impl>(std::move(executor), std::move(failed))} {}

Scope::~Scope() {
    if (impl_->running.empty() || std::uncaught_exceptions() > 0) return;
    for (const auto& spawned : impl_->running) {
        std::fprintf(stderr, "bug: the coroutine \"%s\" outlives its scope\n", spawned->name.c_str());
    }
    std::fprintf(stderr, "await Scope::stop() before the scope is destroyed\n");
    std::abort();
}

void Scope::spawn(std::string name, Async<> work) {
    auto spawned = std::make_shared<Spawned>();
    spawned->name = std::move(name);
    spawned->is_cancelled = impl_->stoppers > 0;
    impl_->running.push_back(spawned);
    asio::co_spawn(
        impl_->executor,
        run(spawned, std::move(work)),
        asio::bind_cancellation_slot(
            spawned->cancel.slot(),
            [impl = impl_, spawned](std::exception_ptr escaped, std::exception_ptr failure) {
                impl->ended(spawned, escaped ? std::move(escaped) : std::move(failure));
            }
        )
    );
}

std::size_t Scope::running() const {
    return impl_->running.size();
}

Async<> Scope::drained() {
    const auto impl = impl_;
    while (!impl->running.empty()) co_await impl->draining.wait(impl->draining.take_ticket());
}

Async<> Scope::stop() {
    const auto impl = impl_;
    // The wait goes on when the stopper itself is cancelled: what was spawned refers to what the stopper owns.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    ++impl->stoppers;
    impl->cancel_all();
    while (!impl->running.empty()) {
        try {
            co_await impl->draining.wait(impl->draining.take_ticket());
        } catch (const boost::system::system_error&) {
            continue;
        }
    }
    --impl->stoppers;
    co_await asio::this_coro::throw_if_cancelled(throws);
}

}  // namespace kube
