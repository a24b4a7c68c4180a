// What counts where the ends of two runs are compared, and what does not.
#include "sim/final_state.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "kube/json/json.hpp"

namespace sim {
namespace {

std::string end_of(std::string_view object) {
    return without_accidents(kube::json::parse(object));
}

TEST(SameEnd, is_not_that_of_a_plan_which_has_got_further) {
    const std::string waits =
        end_of(R"({"status":{"plan":{"tasks":[{"type":"ensure-data-pvc","status":"Pending"}]}}})");
    EXPECT_NE(waits, end_of(R"({"status":{"plan":{"tasks":[{"type":"ensure-data-pvc","status":"Complete"}]}}})"));
    EXPECT_NE(waits, end_of(R"({"status":{"plan":{"tasks":[{"type":"mark-ready","status":"Pending"}]}}})"));
    EXPECT_NE(waits, end_of(R"({"status":{}})"));
}

TEST(SameEnd, is_that_of_a_plan_with_other_ids_and_attempts) {
    EXPECT_EQ(
        end_of(R"({"status":{"plan":{"id":"1","tasks":[{"id":"2","type":"mark-ready","status":"Pending"}]}}})"),
        end_of(
            R"({"status":{"plan":{"id":"3","tasks":[{"id":"4","type":"mark-ready","status":"Pending","attempts":7}]}}})"
        )
    );
}

TEST(SameEnd, is_that_of_an_object_with_other_versions_and_times) {
    EXPECT_EQ(
        end_of(R"({"metadata":{"name":"n","uid":"a","resourceVersion":"1"},"status":{"phase":"Running"}})"),
        end_of(R"({"metadata":{"name":"n","uid":"b","resourceVersion":"2"},"status":{"phase":"Running"}})")
    );
}

TEST(SameEnd, is_not_that_of_an_object_whose_condition_is_True_no_more) {
    const auto node = [](std::string_view status) {
        return end_of(
            R"({"status":{"conditions":[{"type":"SidecarReady","lastTransitionTime":"t","status":")" +
            std::string{status} + R"("}]}})"
        );
    };
    EXPECT_NE(node("True"), node("False"));
}

TEST(SameEnd, needs_each_condition_that_is_False_there_and_may_have_more) {
    const std::string state = "SeiNode n {}\n" + std::string{kFalse} + "SeiNode n ImportPVCReady\n";
    EXPECT_TRUE(has_ended_as(state, state));
    EXPECT_TRUE(has_ended_as(state, "SeiNode n {}\n"));
    EXPECT_FALSE(has_ended_as("SeiNode n {}\n", state));
    EXPECT_FALSE(has_ended_as(state + "SeiNode m {}\n", state));
}

}  // namespace
}  // namespace sim
