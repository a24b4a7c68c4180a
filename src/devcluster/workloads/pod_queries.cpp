#include "devcluster/workloads/pod_queries.hpp"

#include <algorithm>
#include <charconv>

namespace devcluster::workloads {

bool is_created(const kube::Pod& pod) {
    return !pod.status.phase.empty();
}

bool is_terminating(const kube::Pod& pod) {
    return pod.metadata.deletionTimestamp.has_value();
}

bool is_finished(const kube::Pod& pod) {
    return pod.status.phase == "Succeeded" || pod.status.phase == "Failed";
}

bool is_running_and_ready(const kube::Pod& pod) {
    return pod.status.phase == "Running" && kube::is_condition_true(pod.status.conditions, "Ready");
}

std::optional<std::chrono::microseconds> time_until_available(
    const kube::Pod& pod, std::chrono::seconds min_ready, kube::WallTime now
) {
    if (!is_running_and_ready(pod)) return std::nullopt;
    if (min_ready.count() <= 0) return std::chrono::microseconds{0};
    const auto* ready = kube::find_condition(pod.status.conditions, "Ready");
    if (!ready->lastTransitionTime) return std::nullopt;
    const auto left = std::chrono::microseconds{ready->lastTransitionTime->at + min_ready - now};
    return std::max(left, std::chrono::microseconds{0});
}

bool is_available(const kube::Pod& pod, std::chrono::seconds min_ready, kube::WallTime now) {
    const auto left = time_until_available(pod, min_ready, now);
    return left && left->count() == 0;
}

std::optional<int> ordinal_of(const kube::Pod& pod, std::string_view set) {
    std::string_view name = pod.metadata.name;
    if (!name.starts_with(set)) return std::nullopt;
    name.remove_prefix(set.size());
    if (name.size() < 2 || name.front() != '-') return std::nullopt;
    name.remove_prefix(1);
    int ordinal = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), ordinal);
    if (error != std::errc{} || end != name.data() + name.size() || ordinal < 0) return std::nullopt;
    return ordinal;
}

std::string_view revision_of(const kube::Pod& pod) {
    const auto found = pod.metadata.labels.find("controller-revision-hash");
    return found == pod.metadata.labels.end() ? std::string_view{} : std::string_view{found->second};
}

}  // namespace devcluster::workloads
