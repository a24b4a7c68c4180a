// Does a plan that was made for an earlier spec still do what the spec asks for?
#include "sei/plan/still_serves.hpp"

#include <gtest/gtest.h>

#include "planned_nodes.hpp"
#include "sei/plan/node_plan.hpp"

namespace sei::plan {
namespace {

TEST(UpdatePlan, serves_the_keys_that_it_checks_and_no_others) {
    UuidSource ids = fixed_ids();
    api::SeiNode node = full_node();
    node.spec.fullNode.reset();
    node.spec.validator.emplace();
    node.spec.validator->signingKey.emplace();
    node.spec.validator->signingKey->secret = api::KeySecret{.secretName = "sk"};
    const api::TaskPlan plan = update_plan(node, ids);
    EXPECT_TRUE(serves_key_checks(plan, node));
    api::SeiNode other = node;
    other.spec.validator->signingKey->secret->secretName = "another";
    EXPECT_FALSE(serves_key_checks(plan, other));
    other.spec.validator->signingKey.reset();
    EXPECT_FALSE(serves_key_checks(plan, other));
    EXPECT_TRUE(serves_key_checks(update_plan(full_node(), ids), full_node()));
}

}  // namespace
}  // namespace sei::plan
