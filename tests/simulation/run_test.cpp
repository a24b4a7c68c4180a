// A seed is all there is to a run.
#include <gtest/gtest.h>

#include "sim/planted_bugs.hpp"
#include "sim/run.hpp"

namespace {

sim::MakeTampering planted(std::string_view name) {
    for (const sim::PlantedBug& bug : sim::planted_bugs()) {
        if (bug.name == name) return bug.tamper;
    }
    throw std::invalid_argument{std::string{name}};
}

/// The numbers of the faults that are on.
std::vector<std::size_t> faults_of(const sim::RunPlan& plan) {
    std::vector<std::size_t> numbers;
    for (const sim::Fault& fault : plan.faults) {
        if (!fault.is_off) numbers.push_back(fault.number);
    }
    return numbers;
}

/// Runs it with its history.
sim::RunResult told(const sim::RunPlan& plan) {
    sim::References references;
    return sim::run(plan, references, {}, sim::Trace::Yes);
}

TEST(Run, is_the_same_again_with_the_same_seed) {
    const sim::RunPlan plan = sim::plan_of(5);
    const sim::RunResult first = told(plan);
    const sim::RunResult second = told(plan);
    EXPECT_GT(first.trace.size(), 100U);
    EXPECT_EQ(first.trace, second.trace);
    EXPECT_EQ(first.steps, second.steps);
}

TEST(Run, does_not_know_which_run_was_before_it) {
    const sim::RunPlan plan{.seed = 5, .scenario = sim::make_scenario(3)};
    sim::References references;
    static_cast<void>(sim::run({.seed = 6, .scenario = sim::make_scenario(3)}, references, {}, sim::Trace::No));
    EXPECT_EQ(sim::run(plan, references, {}, sim::Trace::Yes).trace, told(plan).trace);
}

TEST(Run, is_another_one_with_another_seed) {
    sim::RunPlan other = sim::plan_of(5);
    other.seed = 6;
    EXPECT_NE(told(sim::plan_of(5)).trace, told(other).trace);
}

TEST(Run, differs_from_one_without_faults_only_after_the_first_fault) {
    sim::RunPlan plan = sim::plan_of(5);
    while (plan.faults.empty()) plan = sim::plan_of(plan.seed + 1);
    std::chrono::milliseconds begin = plan.faults.front().at;
    for (const sim::Fault& fault : plan.faults) begin = std::min(begin, fault.at);
    const sim::RunResult with = told(plan);
    plan.faults = sim::only(plan.faults, {});
    const sim::RunResult without = told(plan);
    EXPECT_EQ(without.faults_struck, 0U);
    // Lines begin with their time in seconds.
    const auto lines_before = [&](const std::vector<std::string>& trace) {
        return std::ranges::count_if(trace, [&](const std::string& line) {
            return std::stod(line) < std::chrono::duration<double>(begin).count();
        });
    };
    const auto lines = lines_before(with.trace);
    ASSERT_EQ(lines, lines_before(without.trace));
    for (std::ptrdiff_t i = 0; i < lines; ++i) {
        ASSERT_EQ(with.trace[static_cast<std::size_t>(i)], without.trace[static_cast<std::size_t>(i)]);
    }
}

TEST(Run, that_fails_is_cut_down_to_the_faults_that_it_needs) {
    sim::References references;
    const sim::MakeTampering bug = planted("silence-taken-for-unknown");
    std::uint64_t seed = 26;  // the first that finds it
    const auto failure_of = [&](const sim::RunPlan& plan) {
        return sim::run(plan, references, bug, sim::Trace::No).failure;
    };
    while (!failure_of(sim::plan_of(seed)) && seed < 200) ++seed;
    const sim::RunPlan plan = sim::plan_of(seed);
    const auto failure = failure_of(plan);
    ASSERT_TRUE(failure) << "no oracle minds the bug";
    const sim::RunPlan shortest = sim::minimised(plan, references, bug);
    const auto needed = faults_of(shortest);
    EXPECT_LT(needed.size(), plan.faults.size());
    ASSERT_FALSE(needed.empty()) << "silence is a fault";
    const auto failure_of_shortest = failure_of(shortest);
    ASSERT_TRUE(failure_of_shortest);
    EXPECT_EQ(failure_of_shortest->oracle, failure->oracle);
    // As from a command line.
    sim::RunPlan again = sim::plan_of(seed);
    again.faults = sim::only(again.faults, needed);
    const auto failure_again = failure_of(again);
    ASSERT_TRUE(failure_again);
    EXPECT_EQ(failure_again->oracle, failure->oracle);
    EXPECT_EQ(failure_again->how, failure_of_shortest->how);
    // Without any one of them nothing fails: there is none too many.
    for (const std::size_t number : needed) {
        sim::RunPlan shorter = again;
        shorter.faults.at(number).is_off = true;
        const auto other = failure_of(shorter);
        EXPECT_TRUE(!other || other->oracle != failure->oracle) << number << " is not needed";
    }
}

}  // namespace
