#include "sei/plan/task_type.hpp"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sei::plan {
namespace {

TEST(TaskType, is_read_back_from_its_own_word) {
    std::set<std::string_view> words;
    for (const TaskType type : all_task_types()) {
        SCOPED_TRACE(to_wire(type));
        EXPECT_EQ(parse_task_type(to_wire(type)), type);
        words.insert(to_wire(type));
    }
    EXPECT_EQ(words.size(), all_task_types().size());
}

TEST(TaskType, does_not_know_what_only_the_sidecar_does) {
    const std::vector<std::string> words{"config-patch", "config-reload", "result-export", "", "Mark-Ready"};
    for (const std::string& word : words) {
        SCOPED_TRACE(word);
        EXPECT_EQ(parse_task_type(word), std::nullopt);
    }
}

TEST(TaskType, has_a_retry_budget_only_where_the_specification_gives_one) {
    for (const TaskType type : all_task_types()) {
        SCOPED_TRACE(to_wire(type));
        std::int32_t expected = 0;
        if (type == TaskType::ConfigureGenesis || type == TaskType::AssembleAndUploadGenesis) expected = 180;
        if (type == TaskType::DiscoverPeers) expected = 20;
        if (type == TaskType::ReplacePod) expected = 3;
        EXPECT_EQ(max_retries(type), expected);
    }
}

TEST(TaskType, never_repeats_a_signed_transaction) {
    for (const TaskType type : all_task_types()) {
        SCOPED_TRACE(to_wire(type));
        const bool is_signed = type == TaskType::GovVote || type == TaskType::GovSoftwareUpgrade;
        EXPECT_EQ(repeatable(type), is_signed ? Repeatable::No : Repeatable::Yes);
    }
}

TEST(TaskType, has_a_time_limit_unless_it_waits_for_people_or_a_whole_fleet) {
    std::vector<TaskType> unlimited;
    for (const TaskType type : all_task_types()) {
        const auto limit = time_limit(type);
        if (!limit) {
            unlimited.push_back(type);
        } else {
            EXPECT_GE(*limit, std::chrono::hours{24}) << to_wire(type);
            EXPECT_GT(*limit, retry_delay(max_retries(type)) * max_retries(type)) << "the budget comes first";
        }
    }
    EXPECT_THAT(
        unlimited,
        testing::ElementsAre(
            TaskType::EnsureDataPvc,
            TaskType::ValidateSigningKey,
            TaskType::ValidateNodeKey,
            TaskType::ValidateOperatorKeyring,
            TaskType::UpdateNodeSpecs,
            TaskType::AwaitSpecUpdate
        )
    );
}

TEST(RetryDelay, doubles_from_ten_seconds_to_thirty) {
    const std::vector<std::pair<std::int32_t, int>> cases{{0, 5}, {1, 10}, {2, 20}, {3, 30}, {4, 30}, {180, 30}};
    for (const auto& [count, seconds] : cases) {
        SCOPED_TRACE(count);
        EXPECT_EQ(retry_delay(count), std::chrono::seconds{seconds});
    }
}

}  // namespace
}  // namespace sei::plan
