// What sei-sim says about runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "sim/run.hpp"

namespace simulation {

class Stopwatch {
public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    }

private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// Of many runs.
struct Totals {
    std::uint64_t runs = 0;
    std::uint64_t failed = 0;
    std::uint64_t faults = 0;
    std::uint64_t faults_struck = 0;
    std::uint64_t requests = 0;
    sim::Coverage coverage;

    void add(const sim::RunPlan& plan, const sim::RunResult& result);
};

/// The one command that repeats a run. `bug` may be empty.
[[nodiscard]] std::string command_of(const sim::RunPlan& plan, const std::string& bug);

void show(const sim::RunPlan& plan, const sim::RunResult& result, const std::string& bug);
void show_failure(const sim::RunPlan& plan, const sim::Failure& failure, const std::string& bug);
/// All of it, or the end of it where something failed.
void show_trace(const sim::RunResult& result, bool is_wanted);
/// The objects of which only one of two ends has this form.
void show_ends(const std::string& without_faults, const std::string& with_faults);
void show(const sim::Coverage& coverage);
void show(const Totals& totals, std::uint64_t first, double seconds);

}  // namespace simulation
