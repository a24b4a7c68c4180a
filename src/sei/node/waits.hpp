// How long a node waits before it is looked at again, where nothing wakes it earlier.
#pragma once

#include <chrono>

namespace sei::node {

/// Steady-state poll of a running node (spec 02 §1).
inline constexpr std::chrono::milliseconds kSteadyPoll{30'000};
/// What somebody else is to do to the objects of a node, or its sidecar to end.
inline constexpr std::chrono::milliseconds kWorkloadPoll{5'000};
/// Nothing can be done with the spec: only a changed one helps, and that wakes the node.
inline constexpr std::chrono::milliseconds kUnservableSpecPoll{300'000};

}  // namespace sei::node
