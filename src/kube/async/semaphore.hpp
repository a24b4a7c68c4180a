// A bound on how many coroutines do a thing at the same time.
#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/async.hpp"

namespace kube {

/// Hands out at most `permits` permits at a time, in the order in which they were asked for.
class Semaphore {
    struct Impl;

public:
    Semaphore(boost::asio::any_io_executor executor, std::size_t permits);
    ~Semaphore();
    Semaphore(const Semaphore&) = delete;
    Semaphore& operator=(const Semaphore&) = delete;

    /// Held while the thing is done; given back when it is destroyed.
    class Permit {
    public:
        Permit(Permit&& other) noexcept = default;
        Permit& operator=(Permit&& other) noexcept;
        ~Permit();

    private:
        friend class Semaphore;
        explicit Permit(std::shared_ptr<Impl> impl);
        std::shared_ptr<Impl> impl_;
    };

    /// Returns with a permit. Throws operation_aborted when cancelled, and then holds none.
    [[nodiscard]] Async<Permit> acquire();
    [[nodiscard]] std::size_t available() const;
    [[nodiscard]] std::size_t waiting() const;

private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace kube
