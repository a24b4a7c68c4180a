// The conditions of a SeiNodeDeployment, set in memory (spec 03 §5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/meta/time.hpp"
#include "sei/api/deployment.hpp"
#include "sei/deployment/fleet.hpp"
#include "sei/deployment/rollout.hpp"

namespace sei::deployment {

/// Something that cannot be made as the spec says: a reason of the condition Stalled, and a sentence.
struct Problem {
    std::string_view reason;
    std::string message;
};

/// How public networking stands at the end of a pass: one value, so that the condition is set once.
struct NetworkingOutcome {
    enum class Kind { Disabled, NoRoutes, CrdMissing, DnsPending, Published, NameTaken, Refused, NotServed };
    Kind kind = Kind::Disabled;
    std::size_t routes = 0;
    /// Of NameTaken, Refused and NotServed.
    std::string text;
};

/// A working copy of a deployment's status, with what every condition written to it carries.
class DeploymentConditions {
public:
    DeploymentConditions(const api::SeiNodeDeployment& deployment, api::SeiNodeDeploymentStatus& status, kube::Time now)
        : deployment_{deployment}, status_{status}, now_{now} {}

    /// The four that are there from the first pass, in the order of the contract. Paused mirrors the spec; the others
    /// are only added where they are absent.
    void seed();
    /// All six that there always are (spec 01 §15.2), where they are absent, and nothing of those that are there.
    void seed_absent(const Fleet& fleet);
    void set_plan_started();
    void set_plan_complete();
    void set_plan_failed(const std::string& why);
    void set_rollout_started(const std::string& from, const std::string& to);
    /// While a rollout runs: how far it is, and whether it is overdue. `from` is the baseline.
    void set_rollout_progress(const RolloutProgress& progress, bool is_overdue);
    void set_rollout_complete();
    void set_rollout_failed(const std::string& why);
    void set_ceremony_complete();
    /// What a ceremony that is not complete waits for. Untouched once it is (the latch). `leaving` are the names of
    /// participants that nobody wants any more, `held` those of nodes that are not made before its end.
    void set_ceremony_pending(
        bool is_running,
        const std::vector<std::string>& leaving,
        const std::vector<std::string>& held,
        const std::optional<std::string>& problem
    );
    void set_networking(const NetworkingOutcome& outcome);
    void set_nodes_ready(const Fleet& fleet);
    void set_stalled(const std::vector<Problem>& problems);

private:
    void set(std::string_view type, kube::ConditionStatus status, std::string_view reason, std::string message);
    [[nodiscard]] bool is_there(std::string_view type) const;
    void set_paused();
    void seed_plan_and_rollout();
    const api::SeiNodeDeployment& deployment_;
    api::SeiNodeDeploymentStatus& status_;
    kube::Time now_;
};

}  // namespace sei::deployment
