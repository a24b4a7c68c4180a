// What the controller of deployments says in its passes (spec 07 §12).
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deployment_world.hpp"

namespace sei::deployment::test {
namespace {

TEST(LogOfDeployments, names_the_deployment_in_each_line_as_lines_of_the_runtime_do) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(1));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.edit([](auto& fleet) { fleet.spec.paused = true; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_FALSE(world.log.empty());
    for (const std::string& line : world.log) {
        EXPECT_THAT(line, ::testing::HasSubstr(R"("namespace":"default","name":"fleet")"));
    }
}

}  // namespace
}  // namespace sei::deployment::test
