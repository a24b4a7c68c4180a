#include "sim/run.hpp"

#include <algorithm>
#include <utility>

#include "sim/final_state.hpp"

namespace sim {
namespace {

using namespace std::chrono_literals;

/// After the last fault, everything has to be as it should be within this time: the longest back-off of anything.
constexpr auto kSettlingMax = 20min;
constexpr auto kRest = 90s;
constexpr auto kGoingMax = 5min;

Failure failure_of(const Oracle& oracle) {
    return {std::string{oracle.name()}, *oracle.violation()};
}

std::optional<Failure> live(World& world, const RunPlan& plan, References* references, std::string& final_state) {
    world.begin(plan.scenario, plan.faults);
    const auto objection = [&]() -> std::optional<Failure> {
        if (const Oracle* oracle = world.objection()) return failure_of(*oracle);
        return std::nullopt;
    };
    const auto faults_end = std::chrono::duration_cast<std::chrono::seconds>(kFaultsEnd);
    if (!plan.faults.empty()) static_cast<void>(world.run_until([] { return false; }, faults_end));
    if (auto failure = objection()) return failure;
    world.calm_down();
    if (!world.run_until([&] { return world.has_settled(); }, kSettlingMax)) {
        if (auto failure = objection()) return failure;
        return Failure{kEveryWaitEnds, world.unsettled() + ", 20 minutes after the last fault"};
    }
    // What is on its way when everything looks settled (an event, a last watch) may still arrive.
    static_cast<void>(world.run_until([] { return false; }, 35s));
    if (auto failure = objection()) return failure;
    world.rest_begins();
    static_cast<void>(world.run_until([] { return false; }, kRest));
    if (auto failure = objection()) return failure;
    if (!world.has_settled()) return Failure{kEveryWaitEnds, world.unsettled() + ", at rest"};
    world.rest_ends();
    final_state = world.final_state();
    if (references != nullptr && !has_ended_as(final_state, references->final_state_of(plan.scenario.variant))) {
        return Failure{kSameEnd, "the objects differ from those of a run without faults"};
    }
    world.delete_everything();
    if (!world.run_until([&] { return world.is_empty(); }, kGoingMax)) {
        if (auto failure = objection()) return failure;
        return Failure{kDeletedGoesAway, "objects are left 5 minutes after everything was deleted"};
    }
    return objection();
}

/// Without a comparison: the run that others are compared with.
enum class Compare { No, Yes };

RunResult run_with(
    const RunPlan& plan,
    References& references,
    Compare compare,
    const MakeTampering& tamper,
    Trace trace,
    SeededLoop::Order order
) {
    RunResult result;
    std::unique_ptr<Ground> ground = references.take_ground();
    ground->begin(plan.seed, order);
    bool has_ended = false;
    {
        World world{
            {.seed = plan.seed,
             .order = order,
             .operators = plan.operators,
             .tamper = tamper,
             .with_trace = trace == Trace::Yes},
            *ground
        };
        result.failure = live(world, plan, compare == Compare::Yes ? &references : nullptr, result.final_state);
        has_ended = world.stop();
        result.trace = world.trace();
        result.faults_struck = world.faults_struck().size();
        result.steps = world.steps();
        result.requests = world.requests();
        result.coverage = world.coverage();
        for (const char* at_the_end : {kEveryWaitEnds, kSameEnd, kDeletedGoesAway}) {
            result.coverage.oracles[at_the_end] += result.failure ? 0 : 1;
        }
    }
    if (has_ended) references.give_back(std::move(ground));
    return result;
}

/// A sixth of the seeds is about volumes of users. They are drawn apart: the other seeds are what they were before.
std::uint64_t variant_of(std::uint64_t seed, std::uint64_t drawn) {
    kube::Random random{seed ^ 0xd15cu};
    if (random.next() % 6 != 0) return drawn % kFirstOfVolumes;
    return kFirstOfVolumes + random.next() % (kScenarios - kFirstOfVolumes);
}

}  // namespace

RunPlan plan_of(std::uint64_t seed) {
    kube::Random random{seed ^ 0x91a4u};
    RunPlan plan{.seed = seed};
    plan.scenario = make_scenario(variant_of(seed, random.next()));
    const std::uint64_t drawn = random.next() % 10;
    plan.operators = drawn < 6 ? Operators::One : drawn < 8 ? Operators::TwoElecting : Operators::TwoAtOnce;
    plan.faults = draw_fault_plan(random.next(), plan.scenario.nodes);
    return plan;
}

References::References() = default;
References::~References() = default;

std::unique_ptr<Ground> References::take_ground() {
    if (ground_) return std::exchange(ground_, nullptr);
    return std::make_unique<Ground>();
}

void References::give_back(std::unique_ptr<Ground> ground) {
    if (ground->is_free()) ground_ = std::move(ground);
}

const std::string& References::final_state_of(std::uint64_t variant) {
    const auto found = states_.find(variant);
    if (found != states_.end()) return found->second;
    RunResult result = run_without_faults(variant, *this, Trace::No);
    if (result.failure) {
        result.final_state = "a run without faults failed: " + result.failure->oracle + ": " + result.failure->how;
    }
    return states_.emplace(variant, std::move(result.final_state)).first->second;
}

RunResult run_without_faults(std::uint64_t variant, References& references, Trace trace) {
    const RunPlan plan{.seed = variant, .scenario = make_scenario(variant)};
    return run_with(plan, references, Compare::No, {}, trace, SeededLoop::Order::Fifo);
}

RunResult run(const RunPlan& plan, References& references, const MakeTampering& tamper, Trace trace) {
    // Before the run: the run itself must not be disturbed by it.
    static_cast<void>(references.final_state_of(plan.scenario.variant));
    return run_with(plan, references, Compare::Yes, tamper, trace, SeededLoop::Order::Drawn);
}

RunPlan minimised(const RunPlan& plan, References& references, const MakeTampering& tamper) {
    const auto failing = run(plan, references, tamper, Trace::No).failure;
    if (!failing) return plan;
    const auto still_fails = [&](const RunPlan& shorter) {
        const auto failure = run(shorter, references, tamper, Trace::No).failure;
        return failure && failure->oracle == failing->oracle;
    };
    RunPlan shortest = plan;
    for (bool is_shorter = true; std::exchange(is_shorter, false);) {
        for (std::size_t i = 0; i < shortest.faults.size(); ++i) {
            if (shortest.faults[i].is_off) continue;
            RunPlan candidate = shortest;
            candidate.faults[i].is_off = true;
            if (!still_fails(candidate)) continue;
            shortest = std::move(candidate);
            is_shorter = true;
        }
    }
    return shortest;
}

}  // namespace sim
