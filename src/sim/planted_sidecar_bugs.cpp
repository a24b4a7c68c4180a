#include "sim/planted_sidecar_bugs.hpp"

#include <utility>
#include <variant>

namespace sim {

using sei::sidecar::HealthOutcome;
using sei::sidecar::LookupOutcome;
using sei::sidecar::RunStatus;
using sei::sidecar::SubmitOutcome;
using sei::sidecar::TaskRun;
using sei::sidecar::TaskSubmission;
using sei::sidecar::Unavailable;
using sei::sidecar::UnknownTask;

class OverSidecars::One final : public sei::sidecar::Sidecar {
public:
    One(OverSidecars& whose, std::unique_ptr<sei::sidecar::Sidecar> real) : whose_{whose}, real_{std::move(real)} {}
    [[nodiscard]] kube::Async<SubmitOutcome> submit(TaskSubmission submission) override {
        whose_.tamper(submission);
        return real_->submit(std::move(submission));
    }
    [[nodiscard]] kube::Async<LookupOutcome> look_up(std::string id) override {
        LookupOutcome found = co_await real_->look_up(std::move(id));
        whose_.tamper(found);
        co_return found;
    }
    [[nodiscard]] kube::Async<sei::sidecar::AtWorkOutcome> tasks_at_work() override { return real_->tasks_at_work(); }
    [[nodiscard]] kube::Async<HealthOutcome> probe(sei::sidecar::ProbedPod pod) override { return real_->probe(pod); }
    [[nodiscard]] kube::Async<std::expected<std::string, Unavailable>> node_id() override { return real_->node_id(); }

private:
    OverSidecars& whose_;
    std::unique_ptr<sei::sidecar::Sidecar> real_;
};

sei::sidecar::SidecarFactory& OverSidecars::sidecars(sei::sidecar::SidecarFactory& real) {
    real_ = &real;
    return *this;
}

std::unique_ptr<sei::sidecar::Sidecar> OverSidecars::sidecar_of(const kube::NamespacedName& node) {
    return std::make_unique<One>(*this, real_->sidecar_of(node));
}

void RandomTaskIdentifier::tamper(TaskSubmission& submission) {
    submission.id = random_.uuid();
}

void RunningTakenForComplete::tamper(LookupOutcome& found) {
    auto* run = std::get_if<TaskRun>(&found);
    if (run != nullptr && run->status == RunStatus::Running) run->status = RunStatus::Completed;
}

void SilenceTakenForUnknown::tamper(LookupOutcome& found) {
    if (std::holds_alternative<Unavailable>(found)) found = UnknownTask{};
}

void SilenceTakenForFailure::tamper(LookupOutcome& found) {
    if (std::holds_alternative<Unavailable>(found)) found = TaskRun{.status = RunStatus::Failed};
}

}  // namespace sim
