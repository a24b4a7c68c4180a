// A cache that shows a deployment as it was before its ceremony, at the same generation: what that status would have
// made of its nodes is not made (spec 03 §13, H16e).
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "deployment_world.hpp"
#include "kube/json/json.hpp"
#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"

namespace sei::deployment::test {
namespace {

/// Until `forget_faults`, the operator's cache is shown the deployment without a status; what it reads itself is there.
void show_without_status(DeploymentWorld& world) {
    const auto live =
        world.world.run(kube::detail::unguarded(world.world.person())
                            .get(kube::KindOf<api::SeiNodeDeployment>::type, DeploymentWorld::key("fleet")));
    kube::json::Value shown_object = kube::json::copy_of(**live);
    shown_object.as_object().erase("status");
    shown_object.as_object()["metadata"].as_object()["resourceVersion"] = "1";
    // Its watch never begins.
    const auto is_of_cache = [](const kube::HttpRequest& request) {
        return request.target.starts_with("/apis/sei.io/v1alpha1/seinodedeployments?");
    };
    constexpr std::size_t kAll = 1'000'000;
    kube::HttpResponse shown;
    shown.status = 200;
    shown.headers.push_back({"content-type", "application/json"});
    shown.body = R"({"apiVersion":"sei.io/v1alpha1","kind":"SeiNodeDeploymentList","metadata":{"resourceVersion":"1"},)"
                 R"("items":[)" +
                 kube::json::serialize(shown_object) + "]}";
    world.world.calls().answer(is_of_cache, shown, kAll);
}

/// A deployment that lost fleet-1 while its operator was away, which has begun anew from an old view of it.
void start_from_an_old_view(DeploymentWorld& world) {
    world.world.erase<api::SeiNode>(DeploymentWorld::key("fleet-1"));
    show_without_status(world);
    world.world.start_operator();
    world.world.run_until([] { return false; }, std::chrono::seconds{60});
    ASSERT_GT(world.world.calls().times_fired(), 0U);
    const auto& requests = world.world.calls().requests();
    ASSERT_TRUE(std::ranges::any_of(requests, [](const auto& request) {
        return !request.is_write() && request.path().ends_with("/seinodedeployments/fleet");
    })) << "the deployment was looked at before anything was made";
}

TEST(ParticipantThatIsGone, is_not_made_again_by_who_has_not_seen_its_ceremony_begin) {
    DeploymentWorld world;
    ASSERT_TRUE(world.stop_in_ceremony(2));
    world.world.calls().forget_requests();
    start_from_an_old_view(world);
    EXPECT_FALSE(world.world.get<api::SeiNode>(DeploymentWorld::key("fleet-1")));
    EXPECT_TRUE(world.fleet().status.plan);
}

TEST(ParticipantThatIsGone, joins_the_chain_that_was_made_although_nobody_has_seen_that_yet) {
    DeploymentWorld world;
    ASSERT_TRUE(world.stop_in_ceremony(2));
    kube::Condition complete;
    complete.type = api::deployment_condition::kGenesisCeremonyComplete;
    complete.status = kube::ConditionStatus::True;
    complete.reason = api::reason::kComplete;
    world.end_plan(std::move(complete));
    world.world.calls().forget_requests();
    start_from_an_old_view(world);
    EXPECT_FALSE(world.world.get<api::SeiNode>(DeploymentWorld::key("fleet-1")));
    world.world.calls().forget_faults();
    ASSERT_TRUE(world.world.run_until([&] {
        return world.world.get<api::SeiNode>(DeploymentWorld::key("fleet-1")).has_value();
    }));
    const auto made = world.world.get<api::SeiNode>(DeploymentWorld::key("fleet-1"));
    EXPECT_FALSE((*made)->spec.validator->genesisCeremony) << "nobody would collect its part";
}

}  // namespace
}  // namespace sei::deployment::test
