// A node's plan as a person follows it: one line for each thing that happened, or a live picture on a terminal.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "sei/api/node.hpp"

namespace sei_demo {

/// What there is to say of a node beside its own status.
struct Surroundings {
    bool has_stateful_set = false;
    bool is_pod_ready = false;
};

/// The picture: the node, its plan task by task, and what it waits for.
[[nodiscard]] std::vector<std::string> picture(
    const std::optional<sei::api::SeiNode>& node, const Surroundings& surroundings
);

/// Shows pictures one over the other on a terminal, and elsewhere each line once, when it changed, with the time since
/// the start.
class Screen {
public:
    Screen(bool is_terminal, std::chrono::steady_clock::time_point start) : is_terminal_{is_terminal}, start_{start} {}
    void show(const std::vector<std::string>& lines);
    /// A line that stays.
    void say(const std::string& line);

private:
    [[nodiscard]] std::string stamp() const;
    bool is_terminal_;
    std::chrono::steady_clock::time_point start_;
    std::vector<std::string> shown_;
};

}  // namespace sei_demo
