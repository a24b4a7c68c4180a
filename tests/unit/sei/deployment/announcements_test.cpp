// Which events a changed status is told by (spec 03 §16).
#include "sei/deployment/announcements.hpp"

#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fleet_of_test.hpp"
#include "sei/deployment/deployment_conditions.hpp"

namespace sei::deployment {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Status = api::SeiNodeDeploymentStatus;

std::vector<std::string> told(const Status& before, const Status& after) {
    std::vector<std::string> lines;
    for (const kube::Announcement& one : announcements(before, after)) {
        const char* kind = one.type == kube::EventType::Warning ? "Warning " : "Normal ";
        lines.push_back(kind + one.reason + " " + one.message);
    }
    return lines;
}

struct Case {
    std::string behaviour;
    std::function<void(Status&, DeploymentConditions&)> before;
    std::function<void(Status&, DeploymentConditions&)> after;
    std::vector<std::string> expected;
};

api::SeiNodeDeployment paused(bool is_paused) {
    auto deployment = test::a_deployment(1);
    deployment.spec.paused = is_paused;
    return deployment;
}

void store_rollout(Status& status, const std::string& target) {
    status.rollout = api::RolloutStatus{.targetHash = target, .startedAt = {}};
}
void store_plan(Status& status, const std::string& id) {
    status.plan.emplace();
    status.plan->id = id;
}

TEST(Announcements, tell_each_change_in_words) {
    const auto nothing = [](Status&, DeploymentConditions&) {};
    const std::vector<Case> cases{
        {"nothing changed: nothing is told", nothing, nothing, {}},
        {"a rollout begins",
         nothing,
         [](Status& status, DeploymentConditions& conditions) {
             store_rollout(status, "0123456789abcdef");
             store_plan(status, "p");
             conditions.set_plan_started();
         },
         {"Normal RolloutStarted InPlace rollout started (target: 01234567)",
          "Normal PlanStarted Plan execution started"}},
        {"a rollout is superseded: the old target is named in full",
         [](Status& status, DeploymentConditions&) {
             store_rollout(status, "0123456789abcdef");
             store_plan(status, "p");
         },
         [](Status& status, DeploymentConditions&) {
             store_rollout(status, "fedcba9876543210");
             store_plan(status, "q");
         },
         {"Normal RolloutSuperseded Spec changed during active rollout, replacing plan (old target: 0123456789abcdef)",
          "Normal RolloutStarted InPlace rollout started (target: fedcba98)",
          "Normal PlanStarted Plan execution started"}},
        {"a rollout completes",
         [](Status& status, DeploymentConditions& conditions) {
             store_rollout(status, "a");
             store_plan(status, "p");
             conditions.set_plan_started();
             conditions.set_rollout_started("b", "a");
         },
         [](Status& status, DeploymentConditions& conditions) {
             status.rollout.reset();
             status.plan.reset();
             conditions.set_rollout_complete();
             conditions.set_plan_complete();
         },
         {"Normal RolloutComplete Deployment rollout completed successfully",
          "Normal PlanComplete Plan completed successfully"}},
        {"a plan fails",
         [](Status& status, DeploymentConditions& conditions) {
             store_plan(status, "p");
             conditions.set_plan_started();
         },
         [](Status& status, DeploymentConditions& conditions) {
             status.plan.reset();
             conditions.set_plan_failed("no bucket");
         },
         {"Warning PlanFailed Plan failed: no bucket"}},
        {"routes are published",
         nothing,
         [](Status&, DeploymentConditions& conditions) {
             conditions.set_networking({.kind = NetworkingOutcome::Kind::Published, .routes = 4, .text = {}});
         },
         {"Normal HTTPRoutesPublished HTTPRoutes reconciled successfully"}},
        {"there is no Gateway API",
         nothing,
         [](Status&, DeploymentConditions& conditions) {
             conditions.set_networking({.kind = NetworkingOutcome::Kind::CrdMissing, .routes = 0, .text = {}});
         },
         {"Warning CRDNotInstalled Gateway API CRD (HTTPRoute) is not installed; HTTPRoute will not be created"}},
        {"something is in the way",
         nothing,
         [](Status&, DeploymentConditions& conditions) {
             conditions.set_stalled({{api::reason::kNameTaken, "SeiNode web-1 is in the way"}});
         },
         {"Warning NameTaken SeiNode web-1 is in the way"}},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.behaviour);
        const auto deployment = paused(false);
        Status before;
        DeploymentConditions conditions_before{deployment, before, {}};
        conditions_before.seed();
        one.before(before, conditions_before);
        Status after = before;
        DeploymentConditions conditions_after{deployment, after, {}};
        one.after(after, conditions_after);
        EXPECT_EQ(told(before, after), one.expected);
        EXPECT_THAT(told(after, after), IsEmpty()) << "a state is not told";
    }
}

TEST(Announcements, tell_pause_and_release) {
    Status running;
    DeploymentConditions{paused(false), running, {}}.seed();
    Status frozen = running;
    DeploymentConditions{paused(true), frozen, {}}.seed();
    EXPECT_THAT(
        told(running, frozen),
        ElementsAre("Normal Paused operator set spec.paused; controller will not advance plans, rollouts, or template "
                    "changes until unpaused")
    );
    EXPECT_THAT(
        told(frozen, running),
        ElementsAre("Normal Unpaused operator cleared spec.paused; controller resumes plan-driven orchestration")
    );
    store_plan(running, "p");
    store_plan(frozen, "p");
    EXPECT_THAT(
        told(running, frozen),
        ElementsAre("Normal Paused operator set spec.paused with active plan p; plan freezes in place until unpaused")
    );
    EXPECT_THAT(told(Status{}, frozen), ElementsAre("Normal PlanStarted Plan execution started"))
        << "made paused: no event";
}

}  // namespace
}  // namespace sei::deployment
