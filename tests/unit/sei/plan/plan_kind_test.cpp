// What a plan is for (spec 02 §23).
#include "sei/plan/plan_kind.hpp"

#include <gtest/gtest.h>

#include "planned_nodes.hpp"
#include "sei/plan/node_plan.hpp"

namespace sei::plan {
namespace {

TEST(PlanKind, is_told_from_the_tasks) {
    UuidSource ids = fixed_ids();
    EXPECT_EQ(kind_of(init_plan(full_node(), ids)), PlanKind::Init);
    EXPECT_EQ(kind_of(update_plan(full_node(), ids)), PlanKind::NodeUpdate);
    EXPECT_EQ(kind_of(mark_ready_plan(full_node(), ids, ReachablePeers::Unknown)), PlanKind::MarkReady);
    EXPECT_EQ(kind_of(mark_ready_plan(publishing_node(), ids, ReachablePeers::Unknown)), PlanKind::MarkReady);
    EXPECT_EQ(kind_of(api::TaskPlan{}), PlanKind::Unknown);
}

}  // namespace
}  // namespace sei::plan
