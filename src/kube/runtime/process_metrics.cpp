// process_*: what Linux knows of this process.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

#include "kube/runtime/metrics.hpp"

namespace kube {

namespace {

struct ProcessFacts {
    double cpu_seconds = 0;
    double virtual_bytes = 0;
    double resident_bytes = 0;
    double start_seconds_since_boot = 0;
};

/// Fields of proc(5), /proc/[pid]/stat, counted from 1.
ProcessFacts read_facts() {
    std::ifstream file{"/proc/self/stat"};
    std::string text;
    std::getline(file, text);
    const std::size_t name_end = text.rfind(')');
    ProcessFacts facts;
    if (name_end == std::string::npos) return facts;
    std::istringstream fields{text.substr(name_end + 1)};
    const auto ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
    std::string field;
    for (int number = 3; fields >> field; ++number) {
        if (number == 14 || number == 15) facts.cpu_seconds += std::stod(field) / ticks_per_second;
        if (number == 22) facts.start_seconds_since_boot = std::stod(field) / ticks_per_second;
        if (number == 23) facts.virtual_bytes = std::stod(field);
        if (number == 24) {
            facts.resident_bytes = std::stod(field) * static_cast<double>(::sysconf(_SC_PAGESIZE));
            break;
        }
    }
    return facts;
}

/// Unix time at which the machine booted.
double boot_seconds() {
    std::ifstream file{"/proc/stat"};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("btime ")) return std::stod(line.substr(6));
    }
    return 0;
}

double open_descriptors() {
    std::error_code failed;
    double count = 0;
    for (auto at = std::filesystem::directory_iterator{"/proc/self/fd", failed};
         !failed && at != std::filesystem::directory_iterator{};
         at.increment(failed)) {
        ++count;
    }
    return count;
}

}  // namespace

void add_process_metrics(Metrics& metrics) {
    Counter& cpu = metrics.counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.");
    Gauge& resident = metrics.gauge("process_resident_memory_bytes", "Resident memory size in bytes.");
    Gauge& virtual_memory = metrics.gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.");
    Gauge& open = metrics.gauge("process_open_fds", "Number of open file descriptors.");
    Gauge& most = metrics.gauge("process_max_fds", "Maximum number of open file descriptors.");
    Gauge& start =
        metrics.gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.");
    metrics.before_serialize([&, counted = 0.0]() mutable {
        const ProcessFacts facts = read_facts();
        cpu.add({}, facts.cpu_seconds - counted);
        counted = facts.cpu_seconds;
        resident.set({}, facts.resident_bytes);
        virtual_memory.set({}, facts.virtual_bytes);
        open.set({}, open_descriptors());
        rlimit limit{};
        if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) most.set({}, static_cast<double>(limit.rlim_cur));
        start.set({}, boot_seconds() + facts.start_seconds_since_boot);
    });
}

}  // namespace kube
