#include "kube/meta/condition.hpp"

#include <gtest/gtest.h>

namespace kube {
namespace {

Time at(int seconds) {
    return Time{std::chrono::sys_seconds{std::chrono::seconds{seconds}}};
}

Condition ready(ConditionStatus status, Time now, std::string message = "") {
    return {
        .type = "Ready",
        .status = status,
        .observedGeneration = 3,
        .lastTransitionTime = now,
        .reason = "Because",
        .message = std::move(message)
    };
}

TEST(SetCondition, appends_a_new_type_at_the_end) {
    std::vector<Condition> conditions{{.type = "Paused", .status = ConditionStatus::False}};
    set_condition(conditions, ready(ConditionStatus::True, at(5)));
    ASSERT_EQ(conditions.size(), 2U);
    EXPECT_EQ(conditions[1], ready(ConditionStatus::True, at(5)));
}

TEST(SetCondition, moves_the_transition_time_when_the_status_changes) {
    std::vector<Condition> conditions{ready(ConditionStatus::False, at(5))};
    set_condition(conditions, ready(ConditionStatus::True, at(9)));
    EXPECT_EQ(conditions[0].lastTransitionTime, at(9));
}

TEST(SetCondition, keeps_the_transition_time_while_the_status_stays) {
    std::vector<Condition> conditions{ready(ConditionStatus::True, at(5), "old")};
    set_condition(conditions, ready(ConditionStatus::True, at(9), "new"));
    EXPECT_EQ(conditions[0].lastTransitionTime, at(5));
    EXPECT_EQ(conditions[0].message, "new");
}

TEST(SetCondition, cuts_a_long_message_where_a_character_ends) {
    std::vector<Condition> conditions;
    std::string message(kConditionMessageBytesMax - 1, 'x');
    message += "\u2192 and more";
    set_condition(conditions, ready(ConditionStatus::True, at(5), message));
    EXPECT_EQ(conditions[0].message, std::string(kConditionMessageBytesMax - 1, 'x'));
}

TEST(SetCondition, leaves_a_message_of_the_longest_length_alone) {
    std::vector<Condition> conditions;
    const std::string message(kConditionMessageBytesMax, 'x');
    set_condition(conditions, ready(ConditionStatus::True, at(5), message));
    EXPECT_EQ(conditions[0].message, message);
}

TEST(FindCondition, tells_absent_from_false) {
    const std::vector<Condition> conditions{ready(ConditionStatus::False, at(5))};
    EXPECT_EQ(find_condition(conditions, "Paused"), nullptr);
    ASSERT_NE(find_condition(conditions, "Ready"), nullptr);
    EXPECT_FALSE(is_condition_true(conditions, "Ready"));
    EXPECT_FALSE(is_condition_true(conditions, "Paused"));
}

}  // namespace
}  // namespace kube
