// sei-sim: runs seeds, shows what fails, and cuts it down.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "sim/run.hpp"

namespace {

using Stopwatch = std::chrono::steady_clock;

struct Options {
    std::optional<std::uint64_t> seed;
    std::uint64_t count = 0;
    double seconds = 10;
    std::string mutant;
    std::vector<std::size_t> faults;
    bool all_faults = true;
    bool trace = false;
    bool mutants = false;
    bool list = false;
};

double seconds_since(Stopwatch::time_point begin) {
    return std::chrono::duration<double>(Stopwatch::now() - begin).count();
}

std::string command_of(const sim::RunPlan& plan, const std::string& mutant) {
    std::vector<std::size_t> numbers;
    for (const sim::Fault& fault : plan.faults) {
        if (!fault.is_off) numbers.push_back(fault.number);
    }
    std::string command = fmt::format(
        "sei-sim --seed {} --faults {}",
        plan.seed,
        numbers.empty() ? "none" : fmt::format("{}", fmt::join(numbers, ","))
    );
    if (!mutant.empty()) command += " --mutant " + mutant;
    return command;
}

void show(const sim::RunPlan& plan, const sim::RunResult& result, const std::string& mutant) {
    fmt::print(
        "seed {}: scenario {}, {} operator(s)\n",
        plan.seed,
        plan.scenario.variant,
        plan.operators == sim::Operators::One           ? "one"
        : plan.operators == sim::Operators::TwoElecting ? "two electing"
                                                        : "two at once"
    );
    for (const sim::Act& act : plan.scenario.acts)
        fmt::print("  {:8.3f}s {}\n", static_cast<double>(act.at.count()) / 1000, sim::to_string(act));
    for (const sim::Fault& fault : plan.faults) {
        if (!fault.is_off) fmt::print("  fault {}\n", sim::to_string(fault));
    }
    if (result.failure) {
        fmt::print("FAILED {}: {}\n", result.failure->oracle, result.failure->how);
        fmt::print("reproduce: {}\n", command_of(plan, mutant));
    }
}

int run_one(const Options& options, sim::References& references, const sim::MakeTampering& tamper) {
    sim::RunPlan plan = sim::plan_of(*options.seed);
    if (!options.all_faults) plan.faults = sim::only(plan.faults, options.faults);
    sim::RunResult result = sim::run(plan, references, tamper, sim::Trace::No);
    if (result.failure && options.all_faults) plan = sim::minimised(plan, references, tamper);
    result = sim::run(plan, references, tamper, sim::Trace::Yes);
    if (options.trace || result.failure) {
        const std::size_t shown = options.trace ? result.trace.size() : std::min<std::size_t>(result.trace.size(), 120);
        for (std::size_t i = result.trace.size() - shown; i < result.trace.size(); ++i)
            fmt::print("{}\n", result.trace[i]);
    }
    show(plan, result, options.mutant);
    if (result.failure && result.failure->oracle == sim::kSameEnd) {
        fmt::print(
            "---- without faults\n{}---- this run\n{}",
            references.final_state_of(plan.scenario.variant),
            result.final_state
        );
    }
    if (!result.failure)
        fmt::print(
            "passed; {} steps, {} requests, {} faults struck\n", result.steps, result.requests, result.faults_struck
        );
    return result.failure ? 1 : 0;
}

int run_many(const Options& options, sim::References& references, const sim::MakeTampering& tamper) {
    const std::uint64_t first = options.seed.value_or(0);
    for (std::uint64_t variant = 0; variant < sim::kScenarios; ++variant)
        static_cast<void>(references.final_state_of(variant));
    const auto begin = Stopwatch::now();
    std::uint64_t runs = 0;
    std::uint64_t faults = 0;
    std::uint64_t struck = 0;
    std::uint64_t requests = 0;
    std::vector<std::uint64_t> failed;
    while (options.count > 0 ? runs < options.count : seconds_since(begin) < options.seconds) {
        const sim::RunPlan plan = sim::plan_of(first + runs);
        const sim::RunResult result = sim::run(plan, references, tamper, sim::Trace::No);
        ++runs;
        faults += plan.faults.size();
        struck += result.faults_struck;
        requests += result.requests;
        if (!result.failure) continue;
        failed.push_back(plan.seed);
        fmt::print(
            "seed {} FAILED {}: {}\n  reproduce: {}\n",
            plan.seed,
            result.failure->oracle,
            result.failure->how,
            command_of(plan, options.mutant)
        );
        std::fflush(stdout);
        if (failed.size() >= 20) break;
    }
    const double took = seconds_since(begin);
    fmt::print(
        "{} seeds from {} in {:.1f} s: {:.1f} scenarios/s, {} of {} faults struck, {:.0f} requests each; {} failed\n",
        runs,
        first,
        took,
        static_cast<double>(runs) / took,
        struck,
        faults,
        static_cast<double>(requests) / static_cast<double>(runs),
        failed.size()
    );
    return failed.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    std::string faults;
    CLI::App app{"The deterministic simulator."};
    app.add_option("--seed", options.seed, "The first seed; a fresh one when left out");
    app.add_option("--count", options.count, "So many seeds, one after another");
    app.add_option("--seconds", options.seconds, "Seeds for so long, where --count is left out");
    app.add_option("--faults", faults, "Only these faults of the seed's plan: 1,4 or none");
    app.add_flag("--trace", options.trace, "Show everything that happened in one seed");
    CLI11_PARSE(app, argc, argv);
    if (!faults.empty()) {
        options.all_faults = false;
        if (faults != "none") {
            for (const std::string& number : CLI::detail::split(faults, ','))
                options.faults.push_back(std::stoul(number));
        }
    }
    sim::References references;
    sim::MakeTampering tamper;
    const bool is_one = options.seed && options.count == 0 && app.count("--seconds") == 0;
    if (!options.seed) {
        options.seed = std::random_device{}();
        fmt::print("fresh seed {}\n", *options.seed);
    }
    return is_one ? run_one(options, references, tamper) : run_many(options, references, tamper);
}
