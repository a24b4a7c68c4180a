#include "progress.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

namespace sei_demo {
namespace {

using sei::api::PlannedTask;
using sei::api::TaskStatus;
using sei::api::word_of;

std::string_view mark_of(const PlannedTask& task, bool is_current) {
    switch (task.status) {
        case TaskStatus::Complete:
            return "done";
        case TaskStatus::Failed:
            return "FAILED";
        case TaskStatus::Pending:
            return task.submittedAt ? "accepted" : is_current ? "next" : "";
    }
    return "";
}

}  // namespace

std::vector<std::string> picture(const std::optional<sei::api::SeiNode>& node, const Surroundings& surroundings) {
    if (!node) return {};
    std::vector<std::string> lines;
    const auto& status = node->status;
    const std::string_view phase = node->metadata.deletionTimestamp ? "Terminating" : word_of(status.phase);
    lines.push_back(fmt::format(
        "SeiNode {}/{}  phase {}  StatefulSet {}  pod {}",
        node->metadata.namespace_,
        node->metadata.name,
        phase.empty() ? "-" : phase,
        surroundings.has_stateful_set ? "applied" : "-",
        surroundings.is_pod_ready       ? "ready"
        : surroundings.has_stateful_set ? "starting"
                                        : "-"
    ));
    if (!status.plan) return lines;
    const auto& tasks = status.plan->tasks;
    const auto current =
        std::ranges::find_if(tasks, [](const PlannedTask& task) { return task.status != TaskStatus::Complete; });
    for (auto task = tasks.begin(); task != tasks.end(); ++task) {
        const bool is_last = std::next(task) == tasks.end();
        std::string line = fmt::format(
            "  {} {:<26} {}{}",
            is_last ? "`-" : "|-",
            task->type,
            mark_of(*task, task == current),
            task->retryCount > 0 ? fmt::format(" (retry {} of {})", task->retryCount, task->maxRetries) : ""
        );
        line.erase(line.find_last_not_of(' ') + 1);
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string Screen::stamp() const {
    const auto passed = std::chrono::steady_clock::now() - start_;
    return fmt::format("{:6.2f}s  ", std::chrono::duration<double>(passed).count());
}

void Screen::show(const std::vector<std::string>& lines) {
    if (lines == shown_) return;
    if (is_terminal_) {
        if (!shown_.empty()) fmt::print("\x1b[{}A", shown_.size());
        for (const std::string& line : lines) fmt::print("\x1b[2K{}\n", line);
        for (std::size_t rest = lines.size(); rest < shown_.size(); ++rest) fmt::print("\x1b[2K\n");
        if (shown_.size() > lines.size()) fmt::print("\x1b[{}A", shown_.size() - lines.size());
    } else {
        for (const std::string& line : lines) {
            if (std::ranges::find(shown_, line) == shown_.end()) fmt::print("{}{}\n", stamp(), line);
        }
    }
    (void)std::fflush(stdout);
    shown_ = lines;
}

void Screen::say(const std::string& line) {
    fmt::print("{}{}\n", stamp(), line);
    (void)std::fflush(stdout);
    shown_.clear();
}

}  // namespace sei_demo
