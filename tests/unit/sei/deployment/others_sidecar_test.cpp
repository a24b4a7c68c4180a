// A sidecar is the template's to say: what somebody else wrote of one goes (spec 03 §7.2).
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "deployment_world.hpp"

namespace sei::deployment::test {
namespace {

constexpr const char* kTheirs = "example.com/sidecar:theirs";

/// As `kubectl apply --server-side` does, under a name of its own.
void apply_sidecar(DeploymentWorld& world, api::SidecarConfig sidecar) {
    api::SeiNode theirs;
    theirs.metadata.name = "fleet-0";
    theirs.metadata.namespace_ = "default";
    theirs.spec.chainId = "pacific-1";  // no node is sent without these
    theirs.spec.image = world.nodes()[0]->spec.image;
    theirs.spec.sidecar.emplace(std::move(sidecar));
    (void)world.world.run(world.world.person().apply(std::move(theirs), kube::FieldManager{"kubectl"}, kube::Force::Yes)
    );
}

TEST(OthersSidecar, goes_where_the_template_has_none) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(1));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    apply_sidecar(world, {.image = kTheirs, .port = 7777, .resources = {}});
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_FALSE(world.nodes()[0]->spec.sidecar);
}

TEST(OthersSidecar, goes_without_an_image_too) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(1));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    apply_sidecar(world, {.image = {}, .port = 7778, .resources = {}});
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_FALSE(world.nodes()[0]->spec.sidecar);
}

TEST(OthersSidecar, image_goes_where_the_template_says_no_more_than_a_port) {
    DeploymentWorld world;
    auto fleet = DeploymentWorld::a_fleet(1);
    fleet.spec.template_.spec.sidecar.emplace().port = 7779;
    world.world.create(std::move(fleet));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    apply_sidecar(world, {.image = kTheirs, .port = 7779, .resources = {}});
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    ASSERT_TRUE(world.nodes()[0]->spec.sidecar);
    EXPECT_EQ(world.nodes()[0]->spec.sidecar->image, "");
    EXPECT_EQ(world.nodes()[0]->spec.sidecar->port, 7779);
}

TEST(OthersSidecar, is_not_removed_from_a_version_that_nobody_has_read) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(1));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    int touched = 0;
    const auto touch = [&](std::string target) -> kube::Async<> {
        const bool is_removal = target.contains("/seinodes/fleet-0?") && target.contains("fieldManager=manager");
        if (!is_removal || touched++ > 0) co_return;
        const auto read = co_await world.world.person().get<api::SeiNode>(DeploymentWorld::key("fleet-0"));
        api::SeiNode changed = **read;
        changed.metadata.annotations["example.com/touched"] = "yes";
        (void)co_await world.world.person().patch(*read, std::move(changed));
    };
    world.world.calls().before_each = [&](const kube::HttpRequest& request) { return touch(request.target); };
    apply_sidecar(world, {.image = kTheirs, .port = 7777, .resources = {}});
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.calls().before_each = {};
    EXPECT_EQ(touched, 2) << "one that was refused, one that was not";
    EXPECT_FALSE(world.nodes()[0]->spec.sidecar);
}

}  // namespace
}  // namespace sei::deployment::test
