#include "sim/scenario.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kube/runtime/random.hpp"

namespace sim {
namespace {

constexpr const char* kFirstImage = "example.com/seid:v1";
constexpr const char* kSecondImage = "example.com/seid:v2";
constexpr const char* kThirdImage = "example.com/seid:v3";

milliseconds between(kube::Random& random, int from_ms, int to_ms) {
    return milliseconds{from_ms + static_cast<int>(random.next() % static_cast<std::uint64_t>(to_ms - from_ms))};
}

bool one_in(kube::Random& random, std::uint64_t n) {
    return random.next() % n == 0;
}

}  // namespace

Scenario make_scenario(std::uint64_t variant) {
    kube::Random random{variant * 7919 + 1};
    Scenario scenario;
    scenario.variant = variant;
    scenario.nodes = {"n0", "n1", "n2"};
    scenario.with_peers = one_in(random, 3);
    std::vector<Act>& acts = scenario.acts;
    for (const std::string& node : scenario.nodes) {
        acts.push_back({ActKind::Create, between(random, 0, 2'000), node, kFirstImage});
    }
    // Rolled, some of them before they are up; superseded, some of them in the middle of the roll.
    const milliseconds roll = between(random, 3'000, 40'000);
    for (const std::string& node : scenario.nodes) acts.push_back({ActKind::SetImage, roll, node, kSecondImage});
    if (one_in(random, 2)) {
        const milliseconds supersede = roll + between(random, 50, 8'000);
        for (const std::string& node : scenario.nodes)
            acts.push_back({ActKind::SetImage, supersede, node, kThirdImage});
    }
    if (one_in(random, 2)) {
        const milliseconds pause = between(random, 2'500, 45'000);
        acts.push_back({ActKind::Pause, pause, "n1", {}});
        acts.push_back({ActKind::Unpause, pause + between(random, 500, 30'000), "n1", {}});
    }
    if (one_in(random, 2)) {
        const milliseconds gone = between(random, 4'000, 60'000);
        acts.push_back({ActKind::Delete, gone, "n2", {}});
        if (one_in(random, 2))
            acts.push_back({ActKind::Create, gone + between(random, 10, 15'000), "n2", kSecondImage});
    }
    if (one_in(random, 2)) {
        const milliseconds held = between(random, 2'100, 5'000);
        acts.push_back({ActKind::Hold, held, "n0", {}});
        acts.push_back({ActKind::Release, held + between(random, 50'000, 60'000), "n0", {}});
    }
    // In the order of their times; acts of one instant stay as they are.
    std::vector<Act> sorted;
    for (Act& act : acts) sorted.insert(std::ranges::upper_bound(sorted, act.at, {}, &Act::at), std::move(act));
    acts = std::move(sorted);
    return scenario;
}

std::string to_string(const Act& act) {
    return fmt::format(
        "{} {}{}{}", boost::describe::enum_to_string(act.kind, ""), act.node, act.image.empty() ? "" : " ", act.image
    );
}

}  // namespace sim
