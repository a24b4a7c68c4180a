// sei-sim: runs seeds, shows what fails, and cuts it down. sei-sim-mutants is the same with planted bugs.
#include <algorithm>
#include <cstdio>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "report.hpp"
#include "sim/planted_bugs.hpp"
#include "sim/run.hpp"

namespace {

using simulation::Stopwatch;

struct Options {
    std::optional<std::uint64_t> seed;
    std::uint64_t every = 1;
    std::uint64_t count = 0;
    double seconds = 10;
    std::string bug;
    std::string faults;
    std::string about;
    bool until_found = false;
    bool trace = false;
    bool coverage = false;
    std::optional<std::uint64_t> scenario;
    bool bugs = false;
};

constexpr std::size_t kFailuresMax = 20;

sim::MakeTampering tampering_of(const std::string& bug) {
    if (bug.empty()) return {};
    for (const sim::PlantedBug& one : sim::planted_bugs()) {
        if (one.name == bug) return one.tamper;
    }
    throw std::invalid_argument{"there is no planted bug " + bug + "; --bugs lists them"};
}

/// The faults named in "1,4", "none", or all of them where nothing is named.
sim::FaultPlan chosen(sim::FaultPlan plan, const std::string& faults) {
    if (faults.empty()) return plan;
    std::vector<std::size_t> numbers;
    if (faults != "none") {
        for (const std::string& number : CLI::detail::split(faults, ',')) numbers.push_back(std::stoul(number));
    }
    return sim::only(plan, numbers);
}

bool is_about(const sim::RunPlan& plan, const std::string& what) {
    return sim::to_string(plan.scenario).find(what) != std::string::npos;
}

/// One seed, with everything that happened in it where that is asked for or something failed.
int run_one(const Options& options, const sim::MakeTampering& tamper) {
    sim::References references;
    sim::RunPlan plan = sim::plan_of(*options.seed);
    plan.faults = chosen(std::move(plan.faults), options.faults);
    sim::RunResult result = sim::run(plan, references, tamper, sim::Trace::No);
    if (result.failure && options.faults.empty()) plan = sim::minimised(plan, references, tamper);
    result = sim::run(plan, references, tamper, sim::Trace::Yes);
    simulation::show_trace(result, options.trace);
    simulation::show(plan, result, options.bug);
    if (result.failure && result.failure->oracle == sim::kSameEnd) {
        simulation::show_ends(references.final_state_of(plan.scenario.variant), result.final_state);
    }
    if (options.coverage) simulation::show(result.coverage);
    return result.failure ? 1 : 0;
}

/// Seed after seed. The last line is for people; "counts" before it is for tools/sim.
int run_many(const Options& options, const sim::MakeTampering& tamper) {
    sim::References references;
    const Stopwatch watch;
    simulation::Totals totals;
    std::uint64_t seed = *options.seed;
    while (options.count > 0 ? totals.runs < options.count : watch.seconds() < options.seconds) {
        const sim::RunPlan plan = sim::plan_of(seed);
        seed += options.every;
        if (!is_about(plan, options.about)) continue;
        const sim::RunResult result = sim::run(plan, references, tamper, sim::Trace::No);
        totals.add(plan, result);
        if (!result.failure) continue;
        simulation::show_failure(plan, *result.failure, options.bug);
        if (totals.failed >= kFailuresMax) {
            fmt::print("{} failures: the rest is left out\n", totals.failed);
            break;
        }
    }
    if (options.coverage) simulation::show(totals.coverage);
    simulation::show(totals, *options.seed, watch.seconds());
    return totals.failed == 0 ? 0 : 1;
}

/// Seeds until one fails with the bug and passes without it. One line with tabs between: bug, seed, oracle, seeds
/// needed, what the oracle said.
int search(const Options& options, const sim::MakeTampering& tamper) {
    sim::References references;
    for (std::uint64_t needed = 1; needed <= options.count; ++needed) {
        const sim::RunPlan plan = sim::plan_of(*options.seed + needed - 1);
        const auto failure = sim::run(plan, references, tamper, sim::Trace::No).failure;
        if (!failure) continue;
        if (const auto control = sim::run(plan, references, {}, sim::Trace::No).failure) {
            fmt::print(stderr, "seed {} fails without a planted bug too ({})\n", plan.seed, control->oracle);
            continue;
        }
        fmt::print("{}\t{}\t{}\t{}\t{}\n", options.bug, plan.seed, failure->oracle, needed, failure->how);
        return 0;
    }
    fmt::print("{}\t-\tNOT FOUND\t{}\tno oracle objected\n", options.bug, options.count);
    return 1;
}

int list_bugs() {
    for (const sim::PlantedBug& bug : sim::planted_bugs()) {
        fmt::print("{}\t{}\t{}\n", bug.name, bug.mistake, bug.found == sim::Found::Soon ? "soon" : "rarely");
    }
    return 0;
}

int run(Options options, bool is_one) {
    if (options.bugs) return list_bugs();
    if (!options.seed) {
        options.seed = std::random_device{}();
        fmt::print("fresh seed {}\n", *options.seed);
    }
    const sim::MakeTampering tamper = tampering_of(options.bug);
    if (options.until_found) return search(options, tamper);
    return is_one ? run_one(options, tamper) : run_many(options, tamper);
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{
        sim::can_plant_all() ? "The deterministic simulator, with planted bugs." : "The deterministic simulator."
    };
    app.add_option(
        "--seed", options.seed, "The first seed, and the only one without --count and --seconds; else a fresh one"
    );
    app.add_option(
        "--every", options.every, "The next seed is so much higher: for several processes at work on one range"
    );
    app.add_option("--count", options.count, "So many seeds");
    app.add_option("--seconds", options.seconds, "Seeds for so long, where --count is left out");
    app.add_option("--faults", options.faults, "Only these faults of the seed's plan: 1,4 or none");
    app.add_option(
        "--about", options.about, "Only seeds whose scenario is told with this word: fleet, chain, nodes, volumes"
    );
    app.add_flag("--coverage", options.coverage, "Count what the seeds got to: faults, judgements, plans, situations");
    app.add_flag("--trace", options.trace, "Show everything that happened in one seed");
    app.add_option("--scenario", options.scenario, "Show this scenario without faults, which others are compared with");
    app.add_flag("--bugs", options.bugs, "List the planted bugs");
    app.add_option("--bug", options.bug, "Plant this bug");
    app.add_flag("--until-found", options.until_found, "Stop at the first of --count seeds that finds the planted bug");
    CLI11_PARSE(app, argc, argv);
    if (options.scenario) {
        sim::References references;
        const sim::RunResult result = sim::run_without_faults(*options.scenario, references, sim::Trace::Yes);
        for (const std::string& line : result.trace) fmt::print("{}\n", line);
        if (result.failure) fmt::print("FAILED {}: {}\n", result.failure->oracle, result.failure->how);
        return result.failure ? 1 : 0;
    }
    const bool is_one = options.seed && options.count == 0 && app.count("--seconds") == 0;
    try {
        return run(std::move(options), is_one);
    } catch (const std::logic_error& error) {
        fmt::print(stderr, "sei-sim: {}\n", error.what());
        return 2;
    }
}
