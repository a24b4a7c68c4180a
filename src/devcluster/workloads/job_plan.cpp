#include "devcluster/workloads/job_plan.hpp"

#include <algorithm>

#include "devcluster/workloads/pod_queries.hpp"

namespace devcluster::workloads {

namespace {

using std::chrono::microseconds;

constexpr std::int32_t kBackoffLimitByDefault = 6;
constexpr std::chrono::seconds kRetryDelayMin{10};
constexpr std::chrono::seconds kRetryDelayMax{600};

struct Outcome {
    std::string reason;
    std::string message;
};

class Planner {
public:
    Planner(const Job& job, const std::vector<kube::Snapshot<kube::Pod>>& pods, kube::WallTime now)
        : job_{job}, now_{now} {
        plan_.status = job.status;
        for (const auto& pod : pods) sort_in(pod);
    }

    [[nodiscard]] JobPlan plan() && {
        if (is_condition_true(plan_.status.conditions, "Complete") ||
            is_condition_true(plan_.status.conditions, "Failed")) {
            expire();
            return std::move(plan_);
        }
        if (job_.metadata.deletionTimestamp) return std::move(plan_);
        count();
        if (const auto failure = why_failed()) {
            end("FailureTarget", "Failed", *failure);
        } else if (is_successful()) {
            end("SuccessCriteriaMet", "Complete", {"CompletionsReached", "Reached expected number of succeeded pods"});
        } else if (job_.spec.suspend.value_or(false)) {
            suspend();
        } else {
            work();
        }
        return std::move(plan_);
    }

private:
    void sort_in(const kube::Snapshot<kube::Pod>& pod) {
        if (pod->status.phase == "Succeeded") {
            ++succeeded_;
        } else if (pod->status.phase == "Failed") {
            ++failed_;
            last_failure_ = std::max(last_failure_, finished_at(*pod));
        } else if (is_terminating(*pod)) {
            // Whoever deletes a pod of a Job makes it fail: it may go without ever saying so.
            ++terminating_;
            ++failed_;
            last_failure_ = std::max(last_failure_, pod->metadata.deletionTimestamp->at);
        } else {
            active_.push_back(pod);
            if (kube::is_condition_true(pod->status.conditions, "Ready")) ++ready_;
        }
        for (const auto& container : pod->status.containerStatuses) restarts_ += container.restartCount;
    }

    [[nodiscard]] static std::chrono::sys_seconds finished_at(const kube::Pod& pod) {
        std::chrono::sys_seconds latest{};
        for (const auto& container : pod.status.containerStatuses) {
            if (container.state && container.state->terminated && container.state->terminated->finishedAt) {
                latest = std::max(latest, container.state->terminated->finishedAt->at);
            }
        }
        return latest;
    }

    void count() {
        kube::JobStatus& status = plan_.status;
        status.active = static_cast<std::int32_t>(active_.size());
        status.ready = ready_;
        status.succeeded = std::max(status.succeeded, succeeded_);
        status.failed = std::max(status.failed, failed_);
        if (!status.startTime && !job_.spec.suspend.value_or(false)) status.startTime = kube::Time::of(now_);
    }

    void set_condition(const std::string& type, const std::string& value, const Outcome& why) {
        auto& conditions = plan_.status.conditions;
        const auto found = std::ranges::find(conditions, type, &kube::WorkloadCondition::type);
        kube::WorkloadCondition& condition = found == conditions.end() ? conditions.emplace_back() : *found;
        if (condition.status == value) return;
        condition = {
            .type = type,
            .status = value,
            .lastTransitionTime = kube::Time::of(now_),
            .reason = why.reason,
            .message = why.message
        };
    }

    [[nodiscard]] std::optional<Outcome> why_failed() {
        if (const auto* target = kube::find_condition(plan_.status.conditions, "FailureTarget")) {
            return Outcome{target->reason, target->message};
        }
        const std::int32_t limit = job_.spec.backoffLimit.value_or(kBackoffLimitByDefault);
        const bool restarts_in_place =
            kube::json::find_string(job_.spec.template_, {"spec", "restartPolicy"}) == "OnFailure";
        const bool has_restarted_enough = restarts_in_place && restarts_ > 0 && restarts_ >= limit;
        if (plan_.status.failed > limit || has_restarted_enough) {
            return Outcome{"BackoffLimitExceeded", "Job has reached the specified backoff limit"};
        }
        if (job_.spec.activeDeadlineSeconds && plan_.status.startTime) {
            const auto left =
                plan_.status.startTime->at + std::chrono::seconds{*job_.spec.activeDeadlineSeconds} - now_;
            if (left <= microseconds{0}) {
                return Outcome{"DeadlineExceeded", "Job was active longer than specified deadline"};
            }
            wait_for(left);
        }
        return std::nullopt;
    }

    [[nodiscard]] int parallelism() const { return std::max(0, job_.spec.parallelism.value_or(1)); }
    /// Absent with a parallelism: the first success ends the Job.
    [[nodiscard]] std::optional<int> completions() const {
        if (job_.spec.completions) return *job_.spec.completions;
        if (job_.spec.parallelism) return std::nullopt;
        return 1;
    }
    [[nodiscard]] bool is_successful() const {
        if (is_condition_true(plan_.status.conditions, "SuccessCriteriaMet")) return true;
        const auto wanted = completions();
        if (!wanted) return plan_.status.succeeded > 0 && active_.empty();
        return plan_.status.succeeded >= *wanted;
    }

    /// The outcome is known; it is final when nothing runs any more.
    void end(const std::string& interim, const std::string& final, const Outcome& why) {
        set_condition(interim, "True", why);
        plan_.pods_to_delete = active_;
        if (!active_.empty() || terminating_ > 0) return;
        set_condition(final, "True", why);
        plan_.status.active = 0;
        plan_.status.ready = 0;
        if (final == "Complete") plan_.status.completionTime = kube::Time::of(now_);
        expire();
    }

    void suspend() {
        set_condition("Suspended", "True", {"JobSuspended", "Job suspended"});
        plan_.pods_to_delete = active_;
        plan_.status.startTime.reset();
    }

    void work() {
        if (kube::is_condition_true(plan_.status.conditions, "Suspended")) {
            set_condition("Suspended", "False", {"JobResumed", "Job resumed"});
            plan_.status.startTime = kube::Time::of(now_);
        }
        int wanted = parallelism();
        if (const auto all = completions()) {
            wanted = std::min(wanted, *all - plan_.status.succeeded);
        } else if (plan_.status.succeeded > 0) {
            wanted = 0;
        }
        const int missing = wanted - static_cast<int>(active_.size());
        if (missing < 0) plan_.pods_to_delete.assign(active_.end() + missing, active_.end());
        if (missing <= 0) return;
        if (const auto left = retry_delay_left(); left > microseconds{0}) {
            wait_for(left);
            return;
        }
        plan_.pods_to_create = missing;
    }

    [[nodiscard]] microseconds retry_delay_left() const {
        if (failed_ == 0) return microseconds{0};
        auto delay = kRetryDelayMin;
        for (int i = 1; i < failed_ && delay < kRetryDelayMax; ++i) delay *= 2;
        return last_failure_ + std::min(delay, kRetryDelayMax) - now_;
    }

    void expire() {
        if (!job_.spec.ttlSecondsAfterFinished) return;
        for (const auto& condition : plan_.status.conditions) {
            const bool is_final = condition.type == "Complete" || condition.type == "Failed";
            if (!is_final || condition.status != "True" || !condition.lastTransitionTime) continue;
            const auto left =
                condition.lastTransitionTime->at + std::chrono::seconds{*job_.spec.ttlSecondsAfterFinished} - now_;
            if (left <= microseconds{0}) {
                plan_.is_expired = true;
            } else {
                wait_for(left);
            }
        }
    }

    void wait_for(microseconds left) { plan_.due = std::min(plan_.due.value_or(left), left); }

    const Job& job_;
    kube::WallTime now_;
    std::vector<kube::Snapshot<kube::Pod>> active_;
    std::int32_t ready_ = 0;
    std::int32_t succeeded_ = 0;
    std::int32_t failed_ = 0;
    std::int32_t terminating_ = 0;
    std::int32_t restarts_ = 0;
    std::chrono::sys_seconds last_failure_{};
    JobPlan plan_;
};

}  // namespace

JobPlan plan_job(const Job& job, const std::vector<kube::Snapshot<kube::Pod>>& pods, kube::WallTime now) {
    return Planner{job, pods, now}.plan();
}

std::string unsupported_in(const Job& job) {
    const bool has_other_controller =
        !job.spec.managedBy.empty() && job.spec.managedBy != "kubernetes.io/job-controller";
    if (has_other_controller) return "spec.managedBy names another controller";
    if (job.spec.completionMode == "Indexed") return "spec.completionMode Indexed is not simulated";
    if (!job.spec.podFailurePolicy.is_null()) return "spec.podFailurePolicy is not simulated";
    if (!job.spec.successPolicy.is_null()) return "spec.successPolicy is not simulated";
    return {};
}

NewPod new_job_pod(const Job& job) {
    NewPod pod;
    pod.metadata = template_metadata(job.spec.template_);
    pod.metadata.generateName = job.metadata.name + "-";
    pod.metadata.namespace_ = job.metadata.namespace_;
    for (const std::string prefix : {"", "batch.kubernetes.io/"}) {
        pod.metadata.labels[prefix + "job-name"] = job.metadata.name;
        pod.metadata.labels[prefix + "controller-uid"] = job.metadata.uid;
    }
    pod.metadata.ownerReferences.push_back(controller_reference(job));
    const kube::json::Value* spec = kube::json::find(job.spec.template_, {"spec"});
    pod.spec = spec != nullptr ? *spec : kube::json::Value{kube::json::Object{}};
    return pod;
}

}  // namespace devcluster::workloads
