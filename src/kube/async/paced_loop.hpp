// Running a loop that is woken all the time without paying for each wake-up.
#pragma once

#include <chrono>

#include <boost/asio/io_context.hpp>

#include "kube/async/clock.hpp"

namespace kube {

/// How eagerly a loop answers when it is woken again and again.
struct PaceLimits {
    /// Wake-ups that are answered at once, one after the other: what a single object needs, with room to spare.
    unsigned at_once_max = 64;
    /// How soon one of them is regained.
    std::chrono::milliseconds regained_after{50};
    /// The pause before each further wake-up, as a multiple of the time that the last one took: what arrives meanwhile
    /// is handled together. So an idle loop hardly pauses, and one that works through a fleet does.
    unsigned rest_per_work = 30;
    std::chrono::microseconds rest_max{16'000};
};

/// Tells how long to rest: a bucket of wake-ups that leaks, and a share of the time.
class Pace {
public:
    explicit Pace(PaceLimits limits) : limits_{limits} {}
    /// Counts a wake-up that took `worked` and ended at `now`: the pause before the next one; zero for none.
    [[nodiscard]] MonotonicTime::duration rest_after(MonotonicTime::duration worked, MonotonicTime now);

private:
    PaceLimits limits_;
    /// When all that was used will have been regained.
    MonotonicTime regained_at_{};
};

/// As `loop.run()`. A process that shares its machine with a busy API server finds its caches cold at each wake-up, and
/// most of a small wake-up is that: under steady traffic the loop therefore rests shortly, and then handles all that
/// has come. A loop that is woken now and then answers at once.
void run_paced(boost::asio::io_context& loop, PaceLimits limits = {});

}  // namespace kube
