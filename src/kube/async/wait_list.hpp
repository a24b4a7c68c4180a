// Suspended coroutines in the order in which they came: what Signal, Semaphore and ManualClock are made of.
#pragma once

#include <cstdint>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/async.hpp"

namespace kube {

/// Coroutines that are parked until somebody names them.
///
/// A woken coroutine goes on in a later turn of its loop, never inside `wake`. A cancelled one gets operation_aborted,
/// and its ticket is gone at once: nobody can wake it any more, so that nothing handed over is lost.
class WaitList {
public:
    using Ticket = std::uint64_t;
    enum class Woken { Notified, TimedOut };

    explicit WaitList(boost::asio::any_io_executor executor);
    ~WaitList();
    WaitList(const WaitList&) = delete;
    WaitList& operator=(const WaitList&) = delete;

    /// A ticket for one `wait`; later tickets are higher. Taking one reserves nothing.
    [[nodiscard]] Ticket take_ticket();
    [[nodiscard]] Async<Woken> wait(Ticket ticket);
    /// Wakes the holder of `ticket`; false when nobody waits with it.
    bool wake(Ticket ticket, Woken how);
    /// Wakes the one that has waited longest; false when nobody waits.
    bool wake_first(Woken how);
    /// Wakes all that wait now, in the order of their tickets.
    void wake_all(Woken how);
    [[nodiscard]] std::size_t size() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace kube
