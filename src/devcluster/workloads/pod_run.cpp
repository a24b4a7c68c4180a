#include "devcluster/workloads/pod_run.hpp"

#include <algorithm>

#include "devcluster/workloads/pod_conditions.hpp"
#include "devcluster/workloads/pod_queries.hpp"

namespace devcluster::workloads {

namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr seconds kImagePullBackOffAfter{5};
constexpr seconds kProbePeriodByDefault{10};
constexpr seconds kRestartDelayMin{10};
constexpr seconds kRestartDelayMax{300};
/// Told in a container's last state, so that its end is known to be over when the fault is.
constexpr std::string_view kCrashMessage = "devcluster/fault: crash-loop";

enum class Role { Init, Sidecar, Main };

class Stepper {
public:
    Stepper(const kube::Pod& pod, const PodInputs& inputs) : pod_{pod}, in_{inputs} { step_.status = pod.status; }

    [[nodiscard]] PodStep step() && {
        if (is_finished(pod_)) return std::move(step_);
        kube::PodStatus& status = step_.status;
        if (!status.startTime) status.startTime = kube::Time::of(in_.now);
        if (status.qosClass.empty()) status.qosClass = qos_class(pod_.spec);
        status.hostIP = in_.host_ip;
        arrange();
        if (may_begin()) {
            status.podIP = in_.pod_ip;
            status.podIPs = {{in_.pod_ip}};
            if (run_init_containers()) run_containers();
        }
        conclude_pod(pod_.spec, status, kube::Time::of(in_.now));
        if (is_over()) end_sidecars();
        return std::move(step_);
    }

private:
    /// A status for every container, in the order of the spec.
    void arrange() {
        const std::string reason = pod_.spec.initContainers.empty() ? "ContainerCreating" : "PodInitializing";
        const auto arranged = [&](const std::vector<kube::Container>& containers) {
            std::vector<kube::ContainerStatus> statuses;
            for (const kube::Container& container : containers) {
                if (const auto* present = kube::find_container_status(pod_.status, container.name)) {
                    kube::ContainerStatus& kept = statuses.emplace_back(*present);
                    if (!kept.state) kept.state.emplace();
                    if (!kept.state->running && !kept.state->terminated && !kept.state->waiting) {
                        kept.state->waiting = kube::ContainerStateWaiting{.reason = reason};
                    }
                    continue;
                }
                kube::ContainerStatus status{.name = container.name, .image = container.image, .started = false};
                status.state = kube::ContainerState{.waiting = kube::ContainerStateWaiting{.reason = reason}};
                statuses.push_back(std::move(status));
            }
            return statuses;
        };
        step_.status.initContainerStatuses = arranged(pod_.spec.initContainers);
        step_.status.containerStatuses = arranged(pod_.spec.containers);
    }

    [[nodiscard]] kube::ContainerStatus& status_of(const kube::Container& container) {
        for (auto* statuses : {&step_.status.initContainerStatuses, &step_.status.containerStatuses}) {
            const auto found = std::ranges::find(*statuses, container.name, &kube::ContainerStatus::name);
            if (found != statuses->end()) return *found;
        }
        throw std::logic_error{"arrange() made a status for every container"};
    }

    /// Volumes and time first.
    [[nodiscard]] bool may_begin() {
        if (has_begun(pod_)) return true;
        std::string message;
        if (in_.missing_volume) {
            message = in_.missing_volume->message;
        } else if (const auto slow = in_.faults->of_pod(pod_, FaultKind::SlowStart)) {
            const auto left = step_.status.startTime->at + slow->duration - in_.now;
            if (left > microseconds{0}) {
                wait_for(left);
                message = "devcluster/fault: slow-start";
            }
        }
        tell_why_waiting(message);
        return message.empty();
    }

    /// The message stands in the first container that waits: so `kubectl get -o yaml` tells it, too.
    void tell_why_waiting(const std::string& message) {
        auto& statuses = step_.status.initContainerStatuses.empty() ? step_.status.containerStatuses
                                                                    : step_.status.initContainerStatuses;
        if (statuses.empty() || !statuses.front().state || !statuses.front().state->waiting) return;
        std::string& told = statuses.front().state->waiting->message;
        if (told == message) return;
        told = message;
        if (in_.missing_volume && !message.empty()) note(true, in_.missing_volume->reason, message);
    }

    /// True when the containers may start.
    [[nodiscard]] bool run_init_containers() {
        for (const kube::Container& container : pod_.spec.initContainers) {
            const Role role = is_sidecar(container) ? Role::Sidecar : Role::Init;
            kube::ContainerStatus& status = status_of(container);
            advance(container, status, role);
            const bool is_past = kube::is_condition_true(pod_.status.conditions, "Initialized");
            if (role == Role::Sidecar && !status.started.value_or(false) && !is_past) return false;
            const bool has_succeeded = status.state->terminated && status.state->terminated->exitCode == 0;
            if (role == Role::Init && !has_succeeded) return false;
        }
        return true;
    }

    void run_containers() {
        for (const kube::Container& container : pod_.spec.containers) {
            advance(container, status_of(container), Role::Main);
        }
    }

    [[nodiscard]] bool has_fault(const kube::Container& container, FaultKind kind) const {
        const std::vector<Fault> faults = in_.faults->of(pod_, container);
        return std::ranges::any_of(faults, [&](const Fault& fault) { return fault.kind == kind; });
    }

    [[nodiscard]] bool restarts_after(Role role, std::int32_t exit_code) const {
        if (role == Role::Sidecar) return true;
        const bool is_always = pod_.spec.restartPolicy.empty() || pod_.spec.restartPolicy == "Always";
        if (is_always && role == Role::Main) return true;
        return exit_code != 0 && pod_.spec.restartPolicy != "Never";
    }

    /// Nullopt for a container that runs until it is stopped.
    [[nodiscard]] std::optional<ContainerExit> exit_of(const kube::Container& container, Role role) const {
        if (role == Role::Init) return ContainerExit{};
        const bool is_always = pod_.spec.restartPolicy.empty() || pod_.spec.restartPolicy == "Always";
        if (role == Role::Sidecar || is_always) return std::nullopt;
        return in_.faults->exit_of(pod_, container);
    }

    void advance(const kube::Container& container, kube::ContainerStatus& status, Role role) {
        // A container that fails for the first time restarts at once, so it is looked at again.
        for (int turn = 0; turn < 2; ++turn) {
            if (status.state->terminated) return;
            if (status.state->waiting && !leaves_waiting(container, status)) return;
            if (!ends_now(container, status, role)) {
                probe(container, status, role);
                return;
            }
        }
    }

    [[nodiscard]] bool leaves_waiting(const kube::Container& container, kube::ContainerStatus& status) {
        const bool has_run_before = status.lastState && status.lastState->terminated;
        if (has_run_before) {
            const kube::ContainerStateTerminated& last = *status.lastState->terminated;
            const bool is_fault_over = last.message == kCrashMessage && !has_fault(container, FaultKind::CrashLoop);
            const auto restart_at = last.finishedAt.value_or(kube::Time{}).at + restart_delay(status.restartCount);
            if (!is_fault_over && restart_at > in_.now) {
                wait_for(restart_at - in_.now);
                return false;
            }
            ++status.restartCount;
        } else if (has_fault(container, FaultKind::ImagePull)) {
            fail_to_pull(container, status);
            return false;
        } else if (const auto why = in_.misconfigured.find(container.name); why != in_.misconfigured.end()) {
            kube::ContainerStateWaiting waiting{"CreateContainerConfigError", why->second};
            if (*status.state->waiting != waiting) note(true, "Failed", "Error: " + why->second);
            status.state->waiting = std::move(waiting);
            return false;
        }
        start(container, status);
        return true;
    }

    void fail_to_pull(const kube::Container& container, kube::ContainerStatus& status) {
        const auto known = in_.pull_failing_since.find(container.name);
        const bool is_backing_off = status.state->waiting->reason == "ImagePullBackOff";
        const kube::WallTime since = known != in_.pull_failing_since.end() ? known->second
                                     : is_backing_off                      ? in_.now - kImagePullBackOffAfter
                                                                           : in_.now;
        step_.pull_failing_since[container.name] = since;
        const auto left = since + kImagePullBackOffAfter - in_.now;
        kube::ContainerStateWaiting waiting;
        if (left > microseconds{0}) {
            waiting = {
                "ErrImagePull", fmt::format("failed to pull and unpack image \"{}\": not found", container.image)
            };
            wait_for(left);
        } else {
            waiting = {"ImagePullBackOff", fmt::format("Back-off pulling image \"{}\"", container.image)};
        }
        if (*status.state->waiting == waiting) return;
        if (waiting.reason == "ErrImagePull") {
            note(true, "Failed", fmt::format("Failed to pull image \"{}\": not found", container.image));
        } else {
            note(false, "BackOff", waiting.message);
        }
        status.state->waiting = std::move(waiting);
    }

    void start(const kube::Container& container, kube::ContainerStatus& status) {
        status.state = kube::ContainerState{.running = kube::ContainerStateRunning{kube::Time::of(in_.now)}};
        status.started = false;
        status.ready = false;
        status.image = container.image;
        status.imageID = "simulated://" + container.image;
        status.containerID =
            fmt::format("simulated://{}/{}/{}", pod_.metadata.uid, container.name, status.restartCount);
        step_.transitions.push_back({container.name, true});
        note(false, "Started", "Started container " + container.name);
    }

    /// True when the container's process ended; it may be running again.
    [[nodiscard]] bool ends_now(const kube::Container& container, kube::ContainerStatus& status, Role role) {
        if (has_fault(container, FaultKind::CrashLoop)) {
            end(container, status, role, 1, std::string{kCrashMessage});
            return true;
        }
        const auto exit = exit_of(container, role);
        if (!exit || !exit->after) return false;
        const auto left = status.state->running->startedAt.value_or(kube::Time{}).at + *exit->after - in_.now;
        if (exit->after->count() > 0 && left > microseconds{0}) {
            wait_for(left);
            return false;
        }
        end(container, status, role, exit->code, {});
        return true;
    }

    void end(
        const kube::Container& container,
        kube::ContainerStatus& status,
        Role role,
        std::int32_t exit_code,
        std::string message
    ) {
        kube::ContainerState ended{
            .terminated =
                kube::ContainerStateTerminated{
                    .exitCode = exit_code,
                    .reason = exit_code == 0 ? "Completed" : "Error",
                    .message = std::move(message),
                    .startedAt = status.state->running->startedAt,
                    .finishedAt = kube::Time::of(in_.now)
                }
        };
        step_.transitions.push_back({container.name, false});
        status.ready = role == Role::Init && exit_code == 0;
        status.started = false;
        if (!restarts_after(role, exit_code)) {
            status.state = std::move(ended);
            return;
        }
        status.lastState = std::move(ended);
        const seconds delay = restart_delay(status.restartCount);
        const std::string text = fmt::format(
            "back-off {}s restarting failed container={} pod={}_{}({})",
            delay.count(),
            container.name,
            pod_.metadata.name,
            pod_.metadata.namespace_,
            pod_.metadata.uid
        );
        status.state = kube::ContainerState{.waiting = kube::ContainerStateWaiting{"CrashLoopBackOff", text}};
        if (delay.count() > 0) {
            wait_for(delay);
            note(true, "BackOff", "Back-off restarting failed container " + container.name);
        }
    }

    void probe(const kube::Container& container, kube::ContainerStatus& status, Role role) {
        if (role == Role::Init) return;
        const auto known = in_.answers.find(container.name);
        const ProbeAnswers answers = known == in_.answers.end() ? ProbeAnswers{} : known->second;
        if (!status.started.value_or(false)) {
            const auto started = container.startupProbe ? answers.started : std::optional{true};
            if (!started) step_.asks.push_back({container.name, PodStep::ProbeKind::Startup});
            status.started = started.value_or(false);
            if (started && !*started) wait_for(period_of(*container.startupProbe));
        }
        if (!*status.started) {
            status.ready = false;
            return;
        }
        if (has_fault(container, FaultKind::NeverReady)) {
            status.ready = false;
            return;
        }
        const auto ready = container.readinessProbe ? answers.ready : std::optional{true};
        if (!ready) step_.asks.push_back({container.name, PodStep::ProbeKind::Readiness});
        status.ready = ready.value_or(status.ready);
        if (ready && !*ready) wait_for(period_of(*container.readinessProbe));
    }

    [[nodiscard]] static seconds period_of(const kube::Probe& probe) {
        return probe.periodSeconds > 0 ? seconds{probe.periodSeconds} : kProbePeriodByDefault;
    }

    [[nodiscard]] bool is_over() const { return step_.status.phase == "Succeeded" || step_.status.phase == "Failed"; }

    /// Sidecars end when nothing is left that they stand beside.
    void end_sidecars() {
        for (const kube::Container& container : pod_.spec.initContainers) {
            kube::ContainerStatus& status = status_of(container);
            if (!is_sidecar(container) || status.state->terminated) continue;
            if (status.state->running) step_.transitions.push_back({container.name, false});
            const auto started_at = status.state->running ? status.state->running->startedAt : std::nullopt;
            status.state = kube::ContainerState{
                .terminated =
                    kube::ContainerStateTerminated{
                        .reason = "Completed", .startedAt = started_at, .finishedAt = kube::Time::of(in_.now)
                    }
            };
            status.ready = false;
            status.started = false;
        }
    }

    void wait_for(microseconds left) { step_.due = std::min(step_.due.value_or(left), left); }
    void note(bool is_warning, std::string reason, std::string message) {
        step_.notices.push_back({is_warning, std::move(reason), std::move(message)});
    }

    const kube::Pod& pod_;
    const PodInputs& in_;
    PodStep step_;
};

}  // namespace

PodStep step_pod(const kube::Pod& pod, const PodInputs& inputs) {
    return Stepper{pod, inputs}.step();
}

bool has_begun(const kube::Pod& pod) {
    return !pod.status.podIP.empty();
}

std::chrono::seconds restart_delay(std::int32_t restarts) {
    if (restarts == 0) return seconds{0};
    seconds delay = kRestartDelayMin;
    for (std::int32_t i = 1; i < restarts && delay < kRestartDelayMax; ++i) delay *= 2;
    return std::min(delay, kRestartDelayMax);
}

std::string qos_class(const kube::PodSpec& spec) {
    bool has_any = false;
    bool is_guaranteed = true;
    for (const auto* containers : {&spec.initContainers, &spec.containers}) {
        for (const kube::Container& container : *containers) {
            const kube::ResourceRequirements resources = container.resources.value_or(kube::ResourceRequirements{});
            has_any = has_any || !resources.limits.empty() || !resources.requests.empty();
            for (const std::string name : {"cpu", "memory"}) {
                const auto limit = resources.limits.find(name);
                const auto request = resources.requests.find(name);
                const bool is_limited = limit != resources.limits.end();
                if (!is_limited || (request != resources.requests.end() && request->second != limit->second)) {
                    is_guaranteed = false;
                }
            }
        }
    }
    if (!has_any) return "BestEffort";
    return is_guaranteed ? "Guaranteed" : "Burstable";
}

}  // namespace devcluster::workloads
