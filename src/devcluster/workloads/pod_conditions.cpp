#include "devcluster/workloads/pod_conditions.hpp"

#include <algorithm>
#include <vector>

namespace devcluster::workloads {

namespace {

const kube::ContainerState* state_of(const kube::PodStatus& status, const std::string& container) {
    const auto* found = kube::find_container_status(status, container);
    return found != nullptr && found->state ? &*found->state : nullptr;
}

bool is_ready(const kube::PodStatus& status, const std::string& container) {
    const auto* found = kube::find_container_status(status, container);
    return found != nullptr && found->ready;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text = "[";
    for (const std::string& name : names) text += (text.size() == 1 ? "" : " ") + name;
    return text + "]";
}

/// Init containers that hold up the others.
std::vector<std::string> incomplete(const kube::PodSpec& spec, const kube::PodStatus& status) {
    std::vector<std::string> names;
    for (const kube::Container& container : spec.initContainers) {
        const auto* found = kube::find_container_status(status, container.name);
        const auto* state = state_of(status, container.name);
        const bool has_started = found != nullptr && found->started.value_or(false);
        const bool has_succeeded = state != nullptr && state->terminated && state->terminated->exitCode == 0;
        if (!(is_sidecar(container) ? has_started || has_succeeded : has_succeeded)) names.push_back(container.name);
    }
    return names;
}

std::vector<std::string> unready(const kube::PodSpec& spec, const kube::PodStatus& status) {
    std::vector<std::string> names;
    for (const kube::Container& container : spec.initContainers) {
        if (is_sidecar(container) && !is_ready(status, container.name)) names.push_back(container.name);
    }
    for (const kube::Container& container : spec.containers) {
        if (!is_ready(status, container.name)) names.push_back(container.name);
    }
    return names;
}

std::string phase_of(const kube::PodSpec& spec, const kube::PodStatus& status, bool is_initialized) {
    for (const kube::Container& container : spec.initContainers) {
        const auto* state = state_of(status, container.name);
        const bool has_failed = state != nullptr && state->terminated && state->terminated->exitCode != 0;
        if (has_failed && spec.restartPolicy == "Never") return "Failed";
    }
    if (!is_initialized) return "Pending";
    std::size_t ended = 0;
    std::size_t succeeded = 0;
    for (const kube::Container& container : spec.containers) {
        const auto* found = kube::find_container_status(status, container.name);
        if (found == nullptr || !found->state) return "Pending";
        const bool has_run_before = found->lastState && found->lastState->terminated;
        const bool has_never_run = found->state->waiting && !has_run_before;
        if (has_never_run) return "Pending";
        if (!found->state->terminated) continue;
        ++ended;
        if (found->state->terminated->exitCode == 0) ++succeeded;
    }
    if (ended < spec.containers.size() || spec.restartPolicy == "Always" || spec.restartPolicy.empty())
        return "Running";
    return succeeded == ended ? "Succeeded" : "Failed";
}

}  // namespace

bool is_sidecar(const kube::Container& container) {
    return container.restartPolicy == "Always";
}

void set_pod_condition(kube::PodStatus& status, kube::WorkloadCondition condition) {
    const auto found = std::ranges::find(status.conditions, condition.type, &kube::WorkloadCondition::type);
    if (found == status.conditions.end()) {
        status.conditions.push_back(std::move(condition));
        return;
    }
    if (found->status == condition.status) condition.lastTransitionTime = found->lastTransitionTime;
    *found = std::move(condition);
}

void conclude_pod(const kube::PodSpec& spec, kube::PodStatus& status, kube::Time now) {
    const std::vector<std::string> not_initialized = incomplete(spec, status);
    const std::vector<std::string> not_ready = unready(spec, status);
    // A pod that has been initialized stays so, even while a sidecar of it restarts.
    const bool is_initialized = not_initialized.empty() || kube::is_condition_true(status.conditions, "Initialized");
    status.phase = phase_of(spec, status, is_initialized);
    const bool is_finished = status.phase == "Succeeded" || status.phase == "Failed";

    const auto set = [&](std::string type, bool value, std::string reason, std::string message) {
        set_pod_condition(
            status,
            {.type = std::move(type),
             .status = value ? "True" : "False",
             .lastTransitionTime = now,
             .reason = value && !is_finished ? std::string{} : std::move(reason),
             .message = value ? std::string{} : std::move(message)}
        );
    };
    set("PodReadyToStartContainers", !status.podIP.empty() && !is_finished, "", "");
    if (status.phase == "Succeeded") {
        set("Initialized", true, "PodCompleted", "");
    } else {
        set("Initialized",
            is_initialized,
            is_initialized ? "" : "ContainersNotInitialized",
            "containers with incomplete status: " + joined(not_initialized));
    }
    const bool is_all_ready = is_initialized && not_ready.empty() && !is_finished;
    for (const std::string type : {"Ready", "ContainersReady"}) {
        if (is_finished) {
            set(type, false, status.phase == "Succeeded" ? "PodCompleted" : "PodFailed", "");
        } else {
            set(type, is_all_ready, "ContainersNotReady", "containers with unready status: " + joined(not_ready));
        }
    }
    set("PodScheduled", true, "", "");
}

}  // namespace devcluster::workloads
