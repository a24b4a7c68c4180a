// Keys, and what is done for each: for parts whose wake-ups are no watch events alone.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/clock.hpp"
#include "kube/async/scope.hpp"
#include "kube/async/semaphore.hpp"
#include "kube/runtime/log.hpp"
#include "kube/runtime/work_queue.hpp"

namespace devcluster::workloads {

/// Calls `work` for each key that is due: several keys at once, never twice at once for one. A failure is logged and
/// tried again with back-off. At rest there is no timer.
class KeyLoop {
public:
    /// Returns when the key is due again without anybody asking; nullopt: when somebody asks.
    using Work = std::function<kube::Async<std::optional<std::chrono::microseconds>>(kube::NamespacedName key)>;
    KeyLoop(boost::asio::any_io_executor executor, kube::Clock& clock, std::string name, kube::Logger log, Work work);

    void add(const kube::NamespacedName& key) { queue_.add(key); }
    void add_after(const kube::NamespacedName& key, std::chrono::microseconds delay) { queue_.add_after(key, delay); }

    /// Until `stop`; then waits for what is in flight. Cancelling it cancels what is in flight.
    [[nodiscard]] kube::Async<> run();
    void stop() { queue_.close(); }
    /// Is nothing in flight, and nothing due now?
    [[nodiscard]] bool is_at_rest() const { return queue_.in_flight() == 0 && queue_.depth() == 0; }

private:
    [[nodiscard]] kube::Async<> handle(kube::NamespacedName key, kube::Semaphore::Permit permit);

    std::string name_;
    kube::Logger log_;
    Work work_;
    kube::WorkQueue queue_;
    kube::Semaphore slots_;
    kube::Scope scope_;
};

}  // namespace devcluster::workloads
