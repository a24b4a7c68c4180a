#include "sim/fault_plan.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <boost/mp11.hpp>

#include "kube/runtime/random.hpp"

namespace sim {
namespace {

constexpr std::array<std::string_view, 5> kVerbs{"any", "write", "status", "apply", "delete"};
constexpr std::array<std::string_view, 8> kResources{
    "seinodes", "seinodedeployments", "statefulsets", "pods", "persistentvolumeclaims", "services", "configmaps", "jobs"
};

std::vector<FaultKind> all_kinds() {
    std::vector<FaultKind> kinds;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<FaultKind>>([&](auto described) {
        kinds.push_back(described.value);
    });
    return kinds;
}

template <class Options>
std::string_view one_of(kube::Random& random, const Options& options) {
    return options[random.next() % options.size()];
}

bool is_about_requests(FaultKind kind) {
    return kind <= FaultKind::CrashAfter;
}

bool is_about_a_resource(FaultKind kind) {
    return kind == FaultKind::LagOfKind || kind == FaultKind::LagOfOne || kind == FaultKind::StatesSkipped;
}

}  // namespace

FaultPlan draw_fault_plan(std::uint64_t seed, const std::vector<std::string>& nodes) {
    kube::Random random{seed ^ 0xfa17u};
    std::vector<FaultKind> known;
    const std::uint64_t share = 1 + random.next() % 4;  // of four
    for (const FaultKind kind : all_kinds()) {
        if (random.next() % 4 < share) known.push_back(kind);
    }
    FaultPlan plan;
    if (known.empty()) return plan;
    const std::size_t count = random.next() % 10;
    for (std::size_t number = 0; number < count; ++number) {
        Fault fault;
        fault.number = number;
        fault.kind = known[random.next() % known.size()];
        // Half of them while nodes come up or are rolled, where most happens.
        const std::uint64_t span = random.next() % 2 == 0 ? 12'000 : 110'000;
        fault.at = milliseconds{random.next() % span};
        fault.lasts = std::min(milliseconds{500 + random.next() % 20'000}, kFaultsEnd - fault.at);
        fault.skip = random.next() % 4 == 0 ? random.next() % 40 : random.next() % 6;
        if (is_about_requests(fault.kind)) {
            fault.target = one_of(random, kVerbs);
        } else if (is_about_a_resource(fault.kind)) {
            fault.target = one_of(random, kResources);
        } else {
            fault.target = nodes[random.next() % nodes.size()];
        }
        plan.push_back(std::move(fault));
    }
    return plan;
}

FaultPlan only(const FaultPlan& plan, const std::vector<std::size_t>& numbers) {
    FaultPlan kept = plan;
    for (Fault& fault : kept) fault.is_off = std::ranges::find(numbers, fault.number) == numbers.end();
    return kept;
}

std::string to_string(const Fault& fault) {
    std::string text = fmt::format(
        "{}: {} of {} at {:.3f}s",
        fault.number,
        boost::describe::enum_to_string(fault.kind, ""),
        fault.target,
        std::chrono::duration<double>(fault.at).count()
    );
    if (is_about_requests(fault.kind)) {
        text += fmt::format(", {} let through before", fault.skip);
    } else {
        text += fmt::format(", for {:.3f}s", std::chrono::duration<double>(fault.lasts).count());
    }
    return text;
}

}  // namespace sim
