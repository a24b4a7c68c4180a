#include "sei/tasks/node_memory.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace sei::tasks {
namespace {

void count_attempt(Trouble& trouble, std::string_view reason, std::string error, bool report_at_once) {
    trouble.attempts += 1;
    trouble.reason = reason;
    trouble.error = std::move(error);
    trouble.report_at_once = report_at_once;
}

Trouble first_trouble(std::string_view subject, kube::MonotonicTime now) {
    return Trouble{.subject = std::string{subject}, .since = now, .tried_since = now};
}

}  // namespace

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
    auto& troubles = memory.upkeep_troubles;
    const auto known = std::ranges::find(troubles, subject, &Trouble::subject);
    if (known == troubles.end()) {
        troubles.push_back(first_trouble(subject, now));
    } else {
        std::rotate(known, std::next(known), troubles.end());
    }
    count_attempt(troubles.back(), reason, std::move(error), report_at_once);
}

void forget_trouble(NodeMemory& memory, std::string_view subject) {
    std::erase_if(memory.upkeep_troubles, [&](const Trouble& trouble) { return trouble.subject == subject; });
}

Trouble& note_task_trouble(
    NodeMemory& memory,
    kube::MonotonicTime now,
    std::string_view task_id,
    std::string_view reason,
    std::string error,
    bool report_at_once
) {
    if (!memory.trouble || memory.trouble->subject != task_id) memory.trouble = first_trouble(task_id, now);
    count_attempt(*memory.trouble, reason, std::move(error), report_at_once);
    return *memory.trouble;
}

}  // namespace sei::tasks
