// Who owns a spawned coroutine: a Scope, until it is stopped.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/async.hpp"

namespace kube {

/// Owns coroutines that run beside their creator. Nothing is detached: what was spawned is stopped and waited for.
///
/// `stop` cancels everything and returns when the last one has ended. A coroutine that ends with an exception other
/// than the cancellation it was sent is reported to `failed` (by default: the process ends with the text, as a bug).
class Scope {
public:
    using Failed = std::function<void(const std::string& name, std::exception_ptr)>;
    explicit Scope(boost::asio::any_io_executor executor, Failed failed = {});
    /// Checks that nothing is left: `stop` was awaited, or nothing was spawned.
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    /// Runs `work` from the next turn of the loop on. `name` appears in reports.
    void spawn(std::string name, Async<> work);
    [[nodiscard]] std::size_t running() const;
    /// Returns when nothing runs any more; does not cancel.
    [[nodiscard]] Async<> drained();
    /// Cancels all, then waits for all.
    [[nodiscard]] Async<> stop();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace kube
