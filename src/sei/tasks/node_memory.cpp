#include "sei/tasks/node_memory.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sei::tasks {

std::chrono::milliseconds poll_delay(unsigned n) {
    using namespace std::chrono_literals;
    static constexpr std::array<std::chrono::milliseconds, 6> kDelays{100ms, 250ms, 500ms, 1s, 2s, 5s};
    return kDelays[std::clamp<std::size_t>(n, 1, kDelays.size()) - 1];
}

std::chrono::milliseconds provision_delay(unsigned n) {
    using namespace std::chrono_literals;
    if (n <= 30) return std::min<std::chrono::milliseconds>(poll_delay(n), 1s);
    return n <= 75 ? 2s : 5s;
}

std::chrono::milliseconds attempt_delay(unsigned n, kube::MonotonicTime::duration failing_for) {
    using namespace std::chrono_literals;
    if (failing_for >= 10min) return 30s;
    if (failing_for >= 2min) return 15s;
    return poll_delay(n);
}

void note_trouble(
    NodeMemory& memory,
    kube::MonotonicTime now,
    std::string_view subject,
    std::string_view reason,
    std::string error,
    bool report_at_once
) {
    if (!memory.trouble || memory.trouble->subject != subject) {
        memory.trouble = Trouble{.subject = std::string{subject}, .since = now};
    }
    memory.trouble->attempts += 1;
    memory.trouble->reason = reason;
    memory.trouble->error = std::move(error);
    memory.trouble->report_at_once = report_at_once;
}

}  // namespace sei::tasks
