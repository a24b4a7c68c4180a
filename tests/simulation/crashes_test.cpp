// Bugs that the simulator found, in words: what a process that dies at a certain write leaves behind.
#include <gtest/gtest.h>

#include "sim/run.hpp"

namespace {

/// The first scenario of a fleet that nothing but a crash disturbs.
constexpr std::uint64_t kFleet = 1;
/// A fleet of three is made by fewer status writes than this; one of them is that of the fleet itself.
constexpr std::size_t kStatusWrites = 6;

TEST(Crash, before_any_status_write_of_a_new_fleet_loses_nothing) {
    sim::References references;
    for (std::size_t number = 0; number < kStatusWrites; ++number) {
        SCOPED_TRACE(testing::Message() << "before status write " << number);
        sim::RunPlan plan{.seed = 1, .scenario = sim::make_scenario(kFleet)};
        plan.faults.push_back(
            {.kind = sim::FaultKind::CrashBefore, .at = sim::milliseconds{0}, .skip = number, .target = "status"}
        );
        const sim::RunResult result = sim::run(plan, references, {}, sim::Trace::No);
        EXPECT_EQ(result.faults_struck, 1U);
        if (result.failure) ADD_FAILURE() << result.failure->oracle << ": " << result.failure->how;
    }
}

}  // namespace
