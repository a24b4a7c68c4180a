// Questions about a pod, each asked once.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "kube/async/clock.hpp"
#include "kube/types/pod.hpp"

namespace devcluster::workloads {

/// Has the API server stored it? (Every stored pod has a phase.)
[[nodiscard]] bool is_created(const kube::Pod& pod);
[[nodiscard]] bool is_terminating(const kube::Pod& pod);
/// Succeeded or Failed: it will never run again.
[[nodiscard]] bool is_finished(const kube::Pod& pod);
/// Phase Running with a true Ready condition.
[[nodiscard]] bool is_running_and_ready(const kube::Pod& pod);

/// Ready for so long that it counts as available, or the time until then; nullopt when it is not ready.
[[nodiscard]] std::optional<std::chrono::microseconds> time_until_available(
    const kube::Pod& pod, std::chrono::seconds min_ready, kube::WallTime now
);
[[nodiscard]] bool is_available(const kube::Pod& pod, std::chrono::seconds min_ready, kube::WallTime now);

/// The number in `<set>-<number>`; nullopt when the pod's name is none of the set's.
[[nodiscard]] std::optional<int> ordinal_of(const kube::Pod& pod, std::string_view set);
/// The label controller-revision-hash, or an empty view.
[[nodiscard]] std::string_view revision_of(const kube::Pod& pod);

}  // namespace devcluster::workloads
