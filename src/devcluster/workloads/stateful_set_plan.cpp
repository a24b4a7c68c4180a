#include "devcluster/workloads/stateful_set_plan.hpp"

#include <algorithm>

#include "devcluster/workloads/pod_queries.hpp"

namespace devcluster::workloads {

namespace {

class Planner {
public:
    Planner(
        const StatefulSet& set,
        const std::vector<kube::Snapshot<kube::Pod>>& pods,
        const std::string& current,
        const std::string& update,
        kube::WallTime now
    )
        : set_{set}, current_{current}, update_{update}, now_{now}, min_ready_{set.spec.minReadySeconds} {
        replicas_.resize(static_cast<std::size_t>(std::max(0, set.spec.replicas.value_or(1))), nullptr);
        start_ = set.spec.ordinals.value_or(Ordinals{}).start;
        for (const auto& pod : pods) place(*pod);
        std::ranges::sort(condemned_, std::ranges::greater{}, &Placed::ordinal);
    }

    [[nodiscard]] StatefulSetPlan plan() && {
        plan_.status = set_.status;
        plan_.status.observedGeneration = set_.metadata.generation;
        plan_.status.currentRevision = current_;
        plan_.status.updateRevision = update_;
        plan_.status.collisionCount = set_.status.collisionCount.value_or(0);
        count();
        if (!set_.metadata.deletionTimestamp && serve_replicas() && remove_condemned()) roll();
        complete();
        return std::move(plan_);
    }

private:
    struct Placed {
        int ordinal = 0;
        const kube::Pod* pod = nullptr;
    };

    void place(const kube::Pod& pod) {
        all_.push_back(&pod);
        const auto ordinal = ordinal_of(pod, set_.metadata.name);
        if (!ordinal) return;
        const int index = *ordinal - start_;
        if (index >= 0 && static_cast<std::size_t>(index) < replicas_.size()) {
            replicas_[static_cast<std::size_t>(index)] = &pod;
        } else {
            condemned_.push_back({*ordinal, &pod});
        }
    }

    void count() {
        kube::StatefulSetStatus& status = plan_.status;
        status.replicas = status.readyReplicas = status.availableReplicas = 0;
        status.currentReplicas = status.updatedReplicas = 0;
        for (const kube::Pod* pod : all_) {
            if (is_created(*pod)) ++status.replicas;
            if (const auto left = time_until_available(*pod, min_ready_, now_)) {
                ++status.readyReplicas;
                if (left->count() == 0) {
                    ++status.availableReplicas;
                } else {
                    plan_.due = std::min(plan_.due.value_or(*left), *left);
                }
            }
            if (!is_created(*pod) || is_terminating(*pod)) continue;
            if (revision_of(*pod) == current_) ++status.currentReplicas;
            if (revision_of(*pod) == update_) ++status.updatedReplicas;
        }
    }

    [[nodiscard]] bool is_one_at_a_time() const { return set_.spec.podManagementPolicy != "Parallel"; }
    [[nodiscard]] bool is_rolling() const { return set_.spec.updateStrategy.type != "OnDelete"; }
    [[nodiscard]] bool is_unavailable(const kube::Pod* pod) const {
        return pod == nullptr || is_terminating(*pod) || !is_available(*pod, min_ready_, now_);
    }
    [[nodiscard]] std::optional<int> partition() const {
        const auto& rolling = set_.spec.updateStrategy.rollingUpdate;
        if (!rolling) return std::nullopt;
        return rolling->partition.value_or(0);
    }

    /// A pod that is missing while a rolling update has not reached its ordinal comes back as it was.
    [[nodiscard]] RevisionChoice choice_for(int ordinal) const {
        const bool keeps_current = is_rolling() && ordinal - start_ < partition().value_or(set_.status.currentReplicas);
        return keeps_current ? RevisionChoice::Current : RevisionChoice::Update;
    }

    /// True when every replica is as it should be, so that others may go.
    [[nodiscard]] bool serve_replicas() {
        for (std::size_t index = 0; index < replicas_.size(); ++index) {
            const int ordinal = start_ + static_cast<int>(index);
            if (!serve(ordinal, replicas_[index]) && is_one_at_a_time()) return false;
        }
        return true;
    }

    /// False when the next ordinal has to wait for this one.
    [[nodiscard]] bool serve(int ordinal, const kube::Pod* pod) {
        if (pod == nullptr) {
            plan_.actions.emplace_back(CreatePod{ordinal, choice_for(ordinal)});
            return false;
        }
        if (is_finished(*pod)) {
            if (!is_terminating(*pod)) erase(*pod, false);
            return false;
        }
        if (pod->status.phase == "Pending") plan_.actions.emplace_back(EnsureClaims{ordinal});
        return !is_unavailable(pod);
    }

    void erase(const kube::Pod& pod, bool is_condemned) {
        plan_.actions.emplace_back(DeletePod{pod.metadata.name, pod.metadata.uid, is_condemned});
    }

    /// True when nothing was condemned, or all of it is on its way.
    [[nodiscard]] bool remove_condemned() {
        const kube::Pod* first_unavailable = nullptr;
        for (const kube::Pod* pod : replicas_) {
            if (first_unavailable == nullptr && is_unavailable(pod)) first_unavailable = pod;
        }
        for (auto placed = condemned_.rbegin(); placed != condemned_.rend(); ++placed) {
            if (first_unavailable == nullptr && is_unavailable(placed->pod)) first_unavailable = placed->pod;
        }
        for (const Placed& placed : condemned_) {
            const bool is_going = is_terminating(*placed.pod);
            if (is_one_at_a_time()) {
                const bool may_go = !is_unavailable(placed.pod) || placed.pod == first_unavailable;
                if (!is_going && may_go) erase(*placed.pod, true);
                return false;
            }
            if (!is_going) erase(*placed.pod, true);
        }
        return true;
    }

    /// The largest ordinal of another revision goes, when all above it are available.
    void roll() {
        if (!is_rolling()) return;
        for (int index = static_cast<int>(replicas_.size()) - 1; index >= partition().value_or(0); --index) {
            const kube::Pod* pod = replicas_[static_cast<std::size_t>(index)];
            if (pod == nullptr) return;
            if (revision_of(*pod) != update_ && !is_terminating(*pod) && !is_finished(*pod)) {
                erase(*pod, false);
                plan_.status.currentReplicas = std::max(0, plan_.status.currentReplicas - 1);
                return;
            }
            if (is_unavailable(pod)) return;
        }
    }

    void complete() {
        kube::StatefulSetStatus& status = plan_.status;
        const auto wanted = static_cast<std::int32_t>(replicas_.size());
        const bool is_complete =
            status.updatedReplicas == wanted && status.readyReplicas == wanted && status.replicas == wanted;
        if (!is_rolling() || !is_complete) return;
        status.currentReplicas = status.updatedReplicas;
        status.currentRevision = status.updateRevision;
    }

    const StatefulSet& set_;
    const std::string& current_;
    const std::string& update_;
    kube::WallTime now_;
    std::chrono::seconds min_ready_;
    int start_ = 0;
    std::vector<const kube::Pod*> all_;
    std::vector<const kube::Pod*> replicas_;  // by ordinal; null where there is none
    std::vector<Placed> condemned_;           // largest ordinal first
    StatefulSetPlan plan_;
};

}  // namespace

StatefulSetPlan plan_stateful_set(
    const StatefulSet& set,
    const std::vector<kube::Snapshot<kube::Pod>>& pods,
    const std::string& current,
    const std::string& update,
    kube::WallTime now
) {
    return Planner{set, pods, current, update, now}.plan();
}

}  // namespace devcluster::workloads
