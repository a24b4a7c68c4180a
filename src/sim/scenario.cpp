#include "sim/scenario.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "kube/runtime/random.hpp"

namespace sim {
namespace {

constexpr const char* kFirstImage = "example.com/seid:v1";
constexpr const char* kSecondImage = "example.com/seid:v2";
constexpr const char* kThirdImage = "example.com/seid:v3";

constexpr std::uint64_t kModes = 7;
/// Variants from here on are about chains.
constexpr std::uint64_t kFirstChain = 32;

milliseconds between(kube::Random& random, int from_ms, int to_ms) {
    return milliseconds{from_ms + static_cast<int>(random.next() % static_cast<std::uint64_t>(to_ms - from_ms))};
}

bool one_in(kube::Random& random, std::uint64_t n) {
    return random.next() % n == 0;
}

Act act(ActKind kind, milliseconds at, std::string object, std::string image = {}, std::int32_t replicas = 0) {
    return {.kind = kind, .at = at, .object = std::move(object), .image = std::move(image), .replicas = replicas};
}

/// In half of the cases somebody else's finalizer holds the node for some time after its deletion. When it is free.
milliseconds delete_perhaps_held(kube::Random& random, std::vector<Act>& acts, milliseconds gone, std::string node) {
    milliseconds free = gone;
    if (one_in(random, 2)) {
        free = gone + between(random, 500, 8'000);
        acts.push_back(act(ActKind::Hold, gone - between(random, 200, 1'500), node));
        acts.push_back(act(ActKind::Release, free, node));
    }
    acts.push_back(act(ActKind::Delete, gone, std::move(node)));
    return free;
}

void pause_for_a_while(kube::Random& random, std::vector<Act>& acts, const std::string& object) {
    const milliseconds pause = between(random, 2'500, 45'000);
    acts.push_back(act(ActKind::Pause, pause, object));
    acts.push_back(act(ActKind::Unpause, pause + between(random, 500, 30'000), object));
}

/// Created, rolled (perhaps before it is up), superseded (perhaps in the middle of the roll), and some of what else
/// people do with a fleet.
void plan_fleet(kube::Random& random, Scenario& scenario) {
    FleetPlan& fleet = scenario.fleet.emplace();
    const std::string& name = fleet.name;
    scenario.nodes = {"f-0", "f-1", "f-2"};
    if (one_in(random, 3)) fleet.max_unavailable = 1;
    fleet.is_retained = one_in(random, 3);
    std::vector<Act>& acts = scenario.acts;
    acts.push_back(act(ActKind::Create, between(random, 0, 2'000), name, kFirstImage));
    const milliseconds roll = between(random, 3'000, 40'000);
    acts.push_back(act(ActKind::SetImage, roll, name, kSecondImage));
    if (!one_in(random, 5)) {
        acts.push_back(act(ActKind::SetImage, roll + between(random, 50, 8'000), name, kThirdImage));
    }
    if (one_in(random, 3)) pause_for_a_while(random, acts, name);
    if (one_in(random, 3)) {
        const milliseconds scaled = between(random, 4'000, 50'000);
        const bool is_down = !one_in(random, 3);
        acts.push_back(act(ActKind::Scale, scaled, name, {}, is_down ? 2 : 4));
        if (!one_in(random, 3)) {
            acts.push_back(act(ActKind::Scale, scaled + between(random, 500, 25'000), name, {}, 3));
        }
    }
    if (one_in(random, 3)) delete_perhaps_held(random, acts, between(random, 4'000, 60'000), "f-1");
    if (one_in(random, 4)) {
        const milliseconds gone = between(random, 10'000, 60'000);
        acts.push_back(act(ActKind::Delete, gone, name));
        acts.push_back(act(ActKind::Create, gone + between(random, 10, 15'000), name, kSecondImage));
    }
    if (one_in(random, 4)) {
        const milliseconds held = between(random, 2'100, 5'000);
        acts.push_back(act(ActKind::Hold, held, "f-0"));
        acts.push_back(act(ActKind::Release, held + between(random, 50'000, 60'000), "f-0"));
    }
}

/// Rolled, perhaps before its ceremony is over, and paused in it. Who takes part in a ceremony is not changed, and
/// nobody who does is deleted: the ceremony would fail for good, and rightly.
void plan_chain(kube::Random& random, Scenario& scenario) {
    FleetPlan& fleet = scenario.fleet.emplace();
    const std::string& name = fleet.name;
    fleet.is_chain = true;
    scenario.nodes = {"f-0", "f-1", "f-2"};
    if (one_in(random, 3)) fleet.max_unavailable = 1;
    fleet.is_retained = one_in(random, 3);
    std::vector<Act>& acts = scenario.acts;
    acts.push_back(act(ActKind::Create, between(random, 0, 2'000), name, kFirstImage));
    const milliseconds roll = between(random, 3'000, 90'000);
    acts.push_back(act(ActKind::SetImage, roll, name, kSecondImage));
    if (one_in(random, 2)) {
        acts.push_back(act(ActKind::SetImage, roll + between(random, 50, 8'000), name, kThirdImage));
    }
    if (one_in(random, 2)) pause_for_a_while(random, acts, name);
}

void plan_nodes(kube::Random& random, Scenario& scenario) {
    scenario.nodes = {"n0", "n1", "n2"};
    std::vector<Act>& acts = scenario.acts;
    for (const std::string& node : scenario.nodes) {
        const auto mode = static_cast<NodeMode>(random.next() % kModes);
        scenario.modes.push_back(mode);
        acts.push_back(act(ActKind::Create, between(random, 0, 2'000), node, kFirstImage));
        if (mode == NodeMode::KeyedValidator) {
            acts.push_back(act(ActKind::ProvideKeys, between(random, 0, 20'000), node));
        }
        if (mode == NodeMode::Bootstrapped) {
            const ActKind kind = one_in(random, 2) ? ActKind::DropBootstrap : ActKind::DisruptBootstrap;
            acts.push_back(act(kind, between(random, 2'000, 30'000), node));
        }
    }
    const milliseconds roll = between(random, 3'000, 40'000);
    for (const std::string& node : scenario.nodes) {
        // Before the roll, which brings them: what no update brings is pending for ever.
        if (one_in(random, 3)) acts.push_back(act(ActKind::SetPeers, roll - between(random, 50, 2'900), node));
        acts.push_back(act(ActKind::SetImage, roll, node, kSecondImage));
    }
    if (one_in(random, 2)) {
        const milliseconds supersede = roll + between(random, 50, 8'000);
        for (const std::string& node : scenario.nodes) {
            acts.push_back(act(ActKind::SetImage, supersede, node, kThirdImage));
        }
    }
    if (one_in(random, 2)) pause_for_a_while(random, acts, "n1");
    if (one_in(random, 2)) {
        const milliseconds gone = between(random, 4'000, 60'000);
        const milliseconds free = delete_perhaps_held(random, acts, gone, "n2");
        if (one_in(random, 2)) {
            acts.push_back(act(ActKind::Create, free + between(random, 10, 15'000), "n2", kSecondImage));
        }
    }
    if (one_in(random, 2)) {
        const milliseconds held = between(random, 2'100, 5'000);
        acts.push_back(act(ActKind::Hold, held, "n0"));
        acts.push_back(act(ActKind::Release, held + between(random, 50'000, 60'000), "n0"));
    }
}

}  // namespace

Scenario make_scenario(std::uint64_t variant) {
    kube::Random random{variant * 7919 + 1};
    Scenario scenario;
    scenario.variant = variant;
    scenario.with_peers = one_in(random, 3);
    if (variant >= kFirstChain) {
        plan_chain(random, scenario);
    } else if (variant % 4 == 3) {
        plan_nodes(random, scenario);
    } else {
        plan_fleet(random, scenario);
    }
    // In the order of their times; acts of one instant stay as they are.
    std::vector<Act> sorted;
    for (Act& one : scenario.acts)
        sorted.insert(std::ranges::upper_bound(sorted, one.at, {}, &Act::at), std::move(one));
    scenario.acts = std::move(sorted);
    return scenario;
}

std::string to_string(const Scenario& scenario) {
    if (scenario.fleet) {
        return fmt::format(
            "{}{}{}",
            scenario.fleet->is_chain ? "a chain" : "a fleet",
            scenario.fleet->max_unavailable ? ", one unavailable at most" : "",
            scenario.fleet->is_retained ? ", retained" : ""
        );
    }
    std::string text = "nodes";
    for (const NodeMode mode : scenario.modes) text += fmt::format(" {}", boost::describe::enum_to_string(mode, ""));
    return text;
}

std::string to_string(const Act& act) {
    std::string text = fmt::format("{} {}", boost::describe::enum_to_string(act.kind, ""), act.object);
    if (!act.image.empty()) text += " " + act.image;
    if (act.replicas > 0) text += fmt::format(" to {}", act.replicas);
    return text;
}

}  // namespace sim
