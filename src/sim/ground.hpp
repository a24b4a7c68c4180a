// What a world stands on, and what the next world can stand on again: the loop, the time, and the API server.
#pragma once

#include <memory>

#include "devcluster/apiserver/api_server.hpp"
#include "kube/async/manual_clock.hpp"
#include "sim/seeded_loop.hpp"

namespace sim {

/// A loop without steps, a clock at the beginning of time, and an API server that has just begun, with the operator's
/// CRDs. To make it costs more than a whole run: schemas are parsed, checked and compiled. So it is made once, and
/// `begin` brings it back to where it was.
class Ground {
public:
    Ground();
    Ground(const Ground&) = delete;
    Ground& operator=(const Ground&) = delete;

    /// As if it had just been made, for a run with this seed.
    void begin(std::uint64_t seed, SeededLoop::Order order);
    /// Did the last world leave nothing on it? Else it cannot be used again.
    [[nodiscard]] bool is_free() const;

    [[nodiscard]] SeededLoop& loop() { return loop_; }
    [[nodiscard]] kube::ManualClock& clock() { return clock_; }
    [[nodiscard]] devcluster::apiserver::ApiServer& server() { return server_; }

private:
    SeededLoop loop_;
    kube::ManualClock clock_;
    devcluster::apiserver::ApiServer server_;
    devcluster::apiserver::Store::Contents at_first_;
};

}  // namespace sim
