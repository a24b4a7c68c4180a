// What a spec may have wrong that the schema cannot say.
#include "sei/plan/spec_problem.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "planned_nodes.hpp"

namespace sei::plan {
namespace {

TEST(SpecProblem, names_the_field_and_the_rule) {
    struct Case {
        std::string behaviour;
        api::SeiNode node;
        std::string begins;
    };
    std::vector<Case> cases;
    {
        api::SeiNode node = full_node();
        node.spec.fullNode.reset();
        cases.push_back({"no mode", node, "spec has no mode"});
    }
    {
        api::SeiNode node = full_node();
        node.spec.fullNode->snapshot = state_sync();
        node.spec.fullNode->snapshot->bootstrapImage = "seid:boot";
        cases.push_back(
            {"a bootstrap image without S3",
             node,
             "spec.fullNode.snapshot.bootstrapImage requires s3 with targetHeight > 0"}
        );
    }
    {
        api::SeiNode node = full_node();
        node.spec.fullNode->snapshotGeneration.emplace();
        cases.push_back(
            {"snapshot generation without a member", node, "spec.fullNode.snapshotGeneration is set but has no member"}
        );
        node.spec.fullNode->snapshotGeneration = generation(1, true);
        cases.push_back(
            {"publishing with one snapshot",
             node,
             "spec.fullNode.snapshotGeneration.tendermint.keepRecent must be at least 2"}
        );
    }
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        const auto problem = problem_of(c.node);
        ASSERT_TRUE(problem.has_value());
        EXPECT_TRUE(problem->message.starts_with(c.begins)) << problem->message;
    }
}

}  // namespace
}  // namespace sei::plan
