#include "kube/async/paced_loop.hpp"

#include <algorithm>
#include <thread>

namespace kube {

MonotonicTime::duration Pace::rest_after(MonotonicTime::duration worked, MonotonicTime now) {
    const MonotonicTime regained_at = std::max(regained_at_, now) + limits_.regained_after;
    if (regained_at - now <= limits_.at_once_max * limits_.regained_after) {
        regained_at_ = regained_at;
        return {};
    }
    return std::min<MonotonicTime::duration>(worked * limits_.rest_per_work, limits_.rest_max);
}

void run_paced(boost::asio::io_context& loop, PaceLimits limits) {
    using std::chrono::steady_clock;
    Pace pace{limits};
    while (loop.run_one() > 0) {
        // The turn is counted without its first handler, for which it may have waited.
        const MonotonicTime began = steady_clock::now();
        loop.poll();
        if (loop.stopped()) return;
        const MonotonicTime ended = steady_clock::now();
        const auto rest = pace.rest_after(ended - began, ended);
        if (rest > MonotonicTime::duration::zero()) std::this_thread::sleep_for(rest);
    }
}

}  // namespace kube
