// /healthz and /readyz, from a thread of their own.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/clock.hpp"
#include "kube/runtime/listen_address.hpp"

namespace kube {

/// Answers probes (spec 07 §8), GET /debug/controllers and, on demand, GET /debug/barrier.
///
/// The one thread that runs everything cannot say that it is wedged. So this server has a thread and a loop of its own,
/// and shares three things with the main loop: the time of its last heartbeat (atomic), whether it is ready (posted
/// from there), and questions that are posted to it and given up after two seconds.
class HealthServer {
public:
    /// Binds at once: TransportError when the address is taken. `clock` is the machine's: it is read by two threads.
    HealthServer(
        Clock& clock,
        boost::asio::any_io_executor main_loop,
        const ListenAddress& address,
        std::chrono::milliseconds wedged_after
    );
    /// Stops, and waits for the thread.
    ~HealthServer();
    HealthServer(const HealthServer&) = delete;
    HealthServer& operator=(const HealthServer&) = delete;

    /// The answer to a question: status and JSON. To be called once, from any thread.
    using Reply = std::function<void(unsigned status, std::string body)>;
    /// Serves GET /debug/barrier, too; before `start`. `ask` runs on the main loop, and may reply later.
    void serve_barrier(std::function<void(std::string query, Reply reply)> ask);
    /// `controllers` runs on the main loop and gives the JSON of /debug/controllers.
    void start(std::function<std::string()> controllers);
    void stop();
    /// The main loop turns. To be called more often than `wedged_after`.
    void beat();
    /// Empty: ready. Else why not, which is told to those who ask for `?verbose`. Not ready before the first call.
    void set_ready(std::string why_not);
    [[nodiscard]] unsigned short port() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kube
