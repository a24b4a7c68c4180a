// What a test, or somebody with kubectl, makes the simulated kubelet do wrong.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/types/pod.hpp"

namespace devcluster::workloads {

enum class FaultKind {
    /// Containers stay in ContainerCreating for a while after the pod was accepted.
    SlowStart,
    /// No machine takes the pod: PodScheduled False, Unschedulable. Only where this kubelet binds pods itself.
    Pending,
    /// The image cannot be pulled: ErrImagePull, then ImagePullBackOff. Only a container that has not started minds.
    ImagePull,
    /// The container ends with an error as soon as it starts: CrashLoopBackOff with a growing restartCount.
    CrashLoop,
    /// The container runs and its readiness probe fails.
    NeverReady,
};

struct Fault {
    FaultKind kind = FaultKind::SlowStart;
    /// Of SlowStart: how long, counted from the pod's start time.
    std::chrono::seconds duration{30};
    bool operator==(const Fault&) const = default;
};

/// "slow-start", "slow-start=90s", "pending", "image-pull", "crash-loop", "never-ready"; nullopt for any other word.
[[nodiscard]] std::optional<Fault> parse_fault(std::string_view word);

/// `devcluster/fault: <word>` on a pod is a fault of all its containers; several words are separated by commas.
inline constexpr std::string_view kFaultAnnotation = "devcluster/fault";
/// Of pods that end by themselves (restartPolicy Never or OnFailure): the exit code of their containers (default 0).
inline constexpr std::string_view kExitCodeAnnotation = "devcluster/exit-code";
/// Of such pods: how long their containers run: "30s", or "forever" until the annotation is changed (default 0s).
inline constexpr std::string_view kRunForAnnotation = "devcluster/run-for";

/// How a container ends by itself.
struct ContainerExit {
    std::int32_t code = 0;
    /// Nullopt: it does not.
    std::optional<std::chrono::seconds> after = std::chrono::seconds{0};
    bool operator==(const ContainerExit&) const = default;
};

/// Which containers are meant; an empty member means any.
struct FaultTarget {
    std::string namespace_;
    std::string pod;
    kube::StringMap labels;
    std::string container;
    std::string image;

    [[nodiscard]] bool covers(const kube::Pod& pod) const;
    [[nodiscard]] bool covers(const kube::Pod& pod, const kube::Container& container) const;
};

/// The faults that are switched on. Changing them takes effect at once: the kubelet looks at all its pods again.
class KubeletFaults {
public:
    using Id = int;
    Id add(FaultTarget target, Fault fault);
    /// The latest one that covers a container counts.
    Id set_exit(FaultTarget target, ContainerExit exit);
    void remove(Id id);
    void clear();

    /// The faults of a container, the pod's annotation included.
    [[nodiscard]] std::vector<Fault> of(const kube::Pod& pod, const kube::Container& container) const;
    /// The faults that concern the pod as a whole, whichever container or image they name.
    [[nodiscard]] std::optional<Fault> of_pod(const kube::Pod& pod, FaultKind kind) const;
    [[nodiscard]] ContainerExit exit_of(const kube::Pod& pod, const kube::Container& container) const;

    void on_change(std::function<void()> changed) { changed_ = std::move(changed); }

private:
    struct Entry {
        Id id = 0;
        FaultTarget target;
        std::optional<Fault> fault;
        std::optional<ContainerExit> exit;
    };
    Id add(Entry entry);

    std::vector<Entry> entries_;
    Id next_id_ = 1;
    std::function<void()> changed_;
};

}  // namespace devcluster::workloads
