#include "kube/async/blocking_pool.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kube {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// One job. The handler is touched on the loop only; threads hand the job back by posting it.
struct Job {
    std::function<void()> work;
    asio::any_io_executor executor;
    std::move_only_function<void(error_code)> handler;

    void complete(error_code error) {
        if (auto waiting = std::exchange(handler, nullptr)) waiting(error);
    }
};

}  // namespace

struct BlockingPool::Impl {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<std::shared_ptr<Job>> queue;
    std::set<std::shared_ptr<Job>> running;
    std::size_t threads_max = 1;
    std::size_t threads = 0;
    std::size_t idle = 0;
    bool is_closed = false;

    void add(const std::shared_ptr<Impl>& self, std::shared_ptr<Job> job) {
        const std::scoped_lock lock{mutex};
        queue.push_back(std::move(job));
        if (idle < queue.size() && threads < threads_max) {
            ++threads;
            std::thread{[self] { self->serve(); }}.detach();
        } else {
            wake.notify_one();
        }
    }

    void serve() {
        std::unique_lock lock{mutex};
        while (!is_closed) {
            if (queue.empty()) {
                ++idle;
                wake.wait(lock);
                --idle;
                continue;
            }
            auto job = std::move(queue.front());
            queue.pop_front();
            running.insert(job);
            lock.unlock();
            job->work();
            job->work = {};
            lock.lock();
            // While the pool is open its loop exists. Once closed, the loop may be gone: the result is dropped.
            if (!is_closed) asio::post(job->executor, [job] { job->complete({}); });
            running.erase(job);
            job.reset();
        }
    }
};

BlockingPool::BlockingPool(std::size_t threads_max) : impl_{std::make_shared<Impl>()} {
    impl_->threads_max = std::max<std::size_t>(threads_max, 1);
}

BlockingPool::~BlockingPool() {
    // Handlers own coroutine frames and belong to the loop: none is left to a thread that outlives it.
    std::vector<Job> left;
    {
        const std::scoped_lock lock{impl_->mutex};
        impl_->is_closed = true;
        for (const auto& job : impl_->queue) left.push_back(std::move(*job));
        for (const auto& job : impl_->running) {
            left.emplace_back();
            left.back().executor = std::exchange(job->executor, {});
            left.back().handler = std::exchange(job->handler, nullptr);
        }
        impl_->queue.clear();
    }
    impl_->wake.notify_all();
}

Async<> BlockingPool::run_job(std::function<void()> job) {
    auto executor = co_await asio::this_coro::executor;
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(error_code)>(
        [](auto handler, std::shared_ptr<Impl> impl, std::function<void()> work, asio::any_io_executor loop) {
            auto entry = std::make_shared<Job>();
            entry->work = std::move(work);
            entry->executor = std::move(loop);
            auto slot = asio::get_associated_cancellation_slot(handler);
            if (slot.is_connected()) {
                slot.assign([weak = std::weak_ptr<Job>{entry}](asio::cancellation_type) {
                    const auto waiting = weak.lock();
                    if (!waiting || !waiting->handler) return;
                    asio::post(waiting->executor, [waiting] { waiting->complete(asio::error::operation_aborted); });
                });
            }
            entry->handler = std::move(handler);
            impl->add(impl, std::move(entry));
        },
        asio::use_awaitable,
        impl_,
        std::move(job),
        std::move(executor)
    );
}

}  // namespace kube
