#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/describe.hpp>
#include <boost/mp11.hpp>

namespace simulation {
namespace {

constexpr std::size_t kTraceLinesOfFailure = 120;

std::string_view word(sim::Operators operators) {
    switch (operators) {
        case sim::Operators::One:
            return "one operator";
        case sim::Operators::TwoElecting:
            return "two operators, one of which leads";
        case sim::Operators::TwoAtOnce:
            return "two operators at once";
    }
    return "";
}

std::set<std::string> lines_of(const std::string& text) {
    std::set<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) lines.insert(line);
    return lines;
}

void show_missing(std::string_view title, const std::set<std::string>& of, const std::set<std::string>& from) {
    fmt::print("---- only {}\n", title);
    for (const std::string& line : of) {
        if (!from.contains(line)) fmt::print("{}\n", line);
    }
}

}  // namespace

void Totals::add(const sim::RunPlan& plan, const sim::RunResult& result) {
    ++runs;
    failed += result.failure ? 1 : 0;
    faults += plan.faults.size();
    faults_struck += result.faults_struck;
    requests += result.requests;
    coverage.add(result.coverage);
}

std::string command_of(const sim::RunPlan& plan, const std::string& bug) {
    std::vector<std::size_t> numbers;
    for (const sim::Fault& fault : plan.faults) {
        if (!fault.is_off) numbers.push_back(fault.number);
    }
    std::string command = fmt::format("make sim SEED={}", plan.seed);
    if (numbers.size() < plan.faults.size()) {
        command += " FAULTS=" + (numbers.empty() ? "none" : fmt::format("{}", fmt::join(numbers, ",")));
    }
    if (!bug.empty()) command += " BUG=" + bug;
    return command;
}

void show_failure(const sim::RunPlan& plan, const sim::Failure& failure, const std::string& bug) {
    fmt::print(
        "seed {} FAILED {}: {}\n  repeat it: {}\n", plan.seed, failure.oracle, failure.how, command_of(plan, bug)
    );
    std::fflush(stdout);
}

void show(const sim::RunPlan& plan, const sim::RunResult& result, const std::string& bug) {
    fmt::print(
        "seed {}: scenario {} ({}), {}\n",
        plan.seed,
        plan.scenario.variant,
        sim::to_string(plan.scenario),
        word(plan.operators)
    );
    for (const sim::Act& act : plan.scenario.acts) {
        fmt::print("  {:8.3f}s {}\n", static_cast<double>(act.at.count()) / 1000, sim::to_string(act));
    }
    for (const sim::Fault& fault : plan.faults) {
        if (!fault.is_off) fmt::print("  fault {}\n", sim::to_string(fault));
    }
    if (result.failure) return show_failure(plan, *result.failure, bug);
    fmt::print(
        "passed; {} steps, {} requests, {} faults struck\n", result.steps, result.requests, result.faults_struck
    );
}

void show_trace(const sim::RunResult& result, bool is_wanted) {
    if (!is_wanted && !result.failure) return;
    const std::size_t shown = is_wanted ? result.trace.size() : std::min(result.trace.size(), kTraceLinesOfFailure);
    if (shown < result.trace.size()) fmt::print("({} lines before; TRACE=1 shows them)\n", result.trace.size() - shown);
    for (std::size_t i = result.trace.size() - shown; i < result.trace.size(); ++i) {
        fmt::print("{}\n", result.trace[i]);
    }
}

void show_ends(const std::string& without_faults, const std::string& with_faults) {
    const std::set<std::string> expected = lines_of(without_faults);
    const std::set<std::string> actual = lines_of(with_faults);
    show_missing("without faults", expected, actual);
    show_missing("in this run", actual, expected);
}

void show(const sim::Coverage& coverage) {
    const auto table = [](std::string_view title, const std::map<std::string, std::uint64_t>& counts) {
        for (const auto& [name, count] : counts) fmt::print("coverage\t{}\t{}\t{}\n", title, name, count);
    };
    std::map<std::string, std::uint64_t> faults = coverage.faults;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<sim::FaultKind>>([&](auto kind) {
        faults[kind.name];  // those that never struck are to be seen too
    });
    table("fault", faults);
    table("oracle", coverage.oracles);
    table("plan", coverage.plans);
    table("situation", coverage.situations);
}

void show(const Totals& totals, std::uint64_t first, double seconds) {
    fmt::print("counts\t{}\t{}\t{}\t{}\n", totals.runs, totals.failed, totals.faults, totals.faults_struck);
    fmt::print(
        "{} seeds from {} in {:.1f} s: {:.1f} a second, {:.0f} requests each, {} of {} faults struck; {} failed\n",
        totals.runs,
        first,
        seconds,
        static_cast<double>(totals.runs) / seconds,
        static_cast<double>(totals.requests) / static_cast<double>(std::max<std::uint64_t>(totals.runs, 1)),
        totals.faults_struck,
        totals.faults,
        totals.failed
    );
}

}  // namespace simulation
