#include "devcluster/workloads/job_controller.hpp"

#include "devcluster/workloads/job_plan.hpp"
#include "devcluster/workloads/owner_index.hpp"
#include "kube/runtime/controller.hpp"

namespace devcluster::workloads {

struct JobController::Impl {
    Impl(kube::Manager& manager, Events recorded)
        : clock{manager.clock()},
          client{manager.client()},
          events{recorder(manager, "job-controller", recorded)},
          pods{manager.cache<kube::Pod>()} {}

    kube::Clock& clock;
    kube::Client& client;
    kube::EventRecorder& events;
    kube::Cache<kube::Pod> pods;

    [[nodiscard]] kube::Async<> act(kube::Snapshot<Job> job, JobPlan plan);
    void announce(const Job& before, const Job& after);
};

kube::Async<> JobController::Impl::act(kube::Snapshot<Job> job, JobPlan plan) {
    for (const auto& pod : plan.pods_to_delete) {
        (void)co_await client.delete_object<kube::Pod>(pod.key(), {pod.uid(), std::nullopt});
    }
    for (int i = 0; i < plan.pods_to_create; ++i) {
        const auto created = co_await client.create(new_job_pod(*job));
        if (!created) continue;
        events.record(
            kube::reference_to(*job),
            kube::EventType::Normal,
            "SuccessfulCreate",
            "Created pod: " + (*created)->metadata.name
        );
    }
    if (plan.is_expired) {
        (void)co_await client.delete_object<Job>(job.key(), {job.uid(), std::nullopt}, kube::Propagation::Foreground);
    }
}

void JobController::Impl::announce(const Job& before, const Job& after) {
    const auto became = [&](std::string_view type) {
        return !kube::is_condition_true(before.status.conditions, type) &&
               kube::is_condition_true(after.status.conditions, type);
    };
    if (became("Complete")) {
        events.record(kube::reference_to(after), kube::EventType::Normal, "Completed", "Job completed");
    }
    if (became("Failed")) {
        const auto* failed = kube::find_condition(after.status.conditions, "Failed");
        events.record(kube::reference_to(after), kube::EventType::Warning, failed->reason, failed->message);
    }
}

JobController::JobController(kube::Manager& manager, Events events) : impl_{std::make_unique<Impl>(manager, events)} {
    kube::ControllerBuilder<Job>{manager, "job"}
        .when([](const Job& before, const Job& after) {
            return before.metadata.generation != after.metadata.generation ||
                   before.metadata.deletionTimestamp != after.metadata.deletionTimestamp;
        })
        .owns<kube::Pod>()
        .build(*this);
}

JobController::~JobController() = default;

void JobController::forget(const kube::NamespacedName&) {}

kube::Async<kube::Requeue> JobController::reconcile(kube::Snapshot<Job> job) {
    Impl& impl = *impl_;
    if (const std::string why = unsupported_in(*job); !why.empty()) {
        impl.events.record(kube::reference_to(*job), kube::EventType::Warning, "Unsupported", why);
        co_return kube::Requeue::on_change("the Job's spec");
    }
    JobPlan plan = plan_job(*job, controlled_by(impl.pods, job->metadata.uid), impl.clock.now());
    const auto due = plan.due;
    kube::JobStatus status = plan.status;
    co_await impl.act(job, std::move(plan));
    const auto written = co_await impl.client.write_status(job, std::move(status));
    if (!written) co_return kube::after_refusal(written.error(), job.resource_version());
    impl.announce(*job, **written);
    if (due) {
        const auto delay = std::chrono::ceil<std::chrono::milliseconds>(*due);
        co_return kube::Requeue::after(delay, "the next retry, the deadline or the end of the time to live");
    }
    co_return kube::Requeue::on_change("the Job or its pods");
}

}  // namespace devcluster::workloads
