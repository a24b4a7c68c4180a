#include "devcluster/workloads/key_loop.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace devcluster::workloads {

namespace {

constexpr std::size_t kInFlightMax = 16;
/// A key that fails for the n-th time waits longer; there is one loop and one machine, so no jitter.
constexpr double kNoJitter = 0.0;

bool is_cancellation(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code() == boost::asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

}  // namespace

KeyLoop::KeyLoop(
    boost::asio::any_io_executor executor, kube::Clock& clock, std::string name, kube::Logger log, Work work
)
    : name_{std::move(name)},
      log_{std::move(log)},
      work_{std::move(work)},
      queue_{executor, clock},
      slots_{executor, kInFlightMax},
      scope_{executor} {}

kube::Async<> KeyLoop::run() {
    std::exception_ptr failure;
    try {
        for (;;) {
            auto permit = co_await slots_.acquire();
            auto key = co_await queue_.next();
            if (!key) break;
            scope_.spawn(name_ + " " + kube::to_string(*key), handle(std::move(*key), std::move(permit)));
        }
    } catch (...) {
        failure = std::current_exception();
    }
    co_await scope_.stop();
    if (failure) std::rethrow_exception(failure);
}

kube::Async<> KeyLoop::handle(kube::NamespacedName key, kube::Semaphore::Permit) {
    std::exception_ptr failure;
    std::optional<std::chrono::microseconds> due;
    try {
        due = co_await work_(key);
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure) {
        queue_.forget_failures(key);
        if (due) queue_.add_after(key, *due);
    } else if (!is_cancellation(failure)) {
        log_.error("Failed", failure, {{"part", name_}, {"key", key}});
        (void)queue_.add_after_failure(key, kNoJitter);
    }
    queue_.done(key);
    if (failure && is_cancellation(failure)) std::rethrow_exception(failure);
}

}  // namespace devcluster::workloads
