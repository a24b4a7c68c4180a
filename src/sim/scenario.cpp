#include "sim/scenario.hpp"

#include <algorithm>
#include <array>
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
    return {
        .kind = kind,
        .at = at,
        .object = std::move(object),
        .image = std::move(image),
        .replicas = replicas,
        .claim = {},
        .is_retained = false,
        .story = 0
    };
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

constexpr const char* kClaim = "disk";

Act create_on(milliseconds at, std::string node, std::string image, std::string claim) {
    Act made = act(ActKind::Create, at, std::move(node), std::move(image));
    made.claim = std::move(claim);
    return made;
}

/// n1 is to have the claim that n0 has, and waits until n0 is gone. In a race they come within one second, the one with
/// the better right, which goes by the name then, after the other.
void plan_handover(kube::Random& random, std::vector<Act>& acts, bool is_race) {
    const bool is_late = !is_race && one_in(random, 3);
    const bool is_copied = !is_race && !is_late && one_in(random, 2);
    const milliseconds first = between(random, 200, is_race ? 500 : 2'000);
    const milliseconds second = first + (is_race ? between(random, 20, 400) : between(random, 1'000, 30'000));
    acts.push_back(act(ActKind::ProvideClaim, is_late ? between(random, 2'500, 15'000) : milliseconds{0}, kClaim));
    if (is_copied) {
        acts.push_back(act(ActKind::StartCopy, milliseconds{100}, kClaim));
        acts.push_back(act(ActKind::StopCopy, first + between(random, 1'000, 15'000), kClaim));
    }
    acts.push_back(create_on(is_race ? second : first, "n0", kFirstImage, kClaim));
    acts.push_back(create_on(is_race ? first : second, "n1", kFirstImage, kClaim));
    if (one_in(random, 3)) pause_for_a_while(random, acts, one_in(random, 2) ? "n0" : "n1");
    const milliseconds gone = second + between(random, 3'000, 40'000);
    if (one_in(random, 2))
        acts.push_back(act(ActKind::SetImage, gone - between(random, 50, 2'500), "n1", kSecondImage));
    delete_perhaps_held(random, acts, gone, "n0");
    if (one_in(random, 2)) acts.push_back(act(ActKind::SetImage, gone + between(random, 10, 9'000), "n1", kThirdImage));
}

/// n0 goes, and another node, or one of its name, is to have its claim at once.
void plan_rename(kube::Random& random, std::vector<Act>& acts) {
    acts.push_back(act(ActKind::ProvideClaim, milliseconds{0}, kClaim));
    acts.push_back(create_on(between(random, 100, 2'000), "n0", kFirstImage, kClaim));
    if (one_in(random, 2)) acts.push_back(act(ActKind::Await, milliseconds{2'100}, "n0"));
    const milliseconds gone = between(random, 4'000, 40'000);
    delete_perhaps_held(random, acts, gone, "n0");
    acts.push_back(create_on(gone + between(random, 10, 2'000), "n1", kSecondImage, kClaim));
    if (!one_in(random, 3)) return;
    acts.push_back(act(ActKind::Await, gone + milliseconds{2'500}, "n1"));
    acts.push_back(act(ActKind::Delete, gone + milliseconds{3'000}, "n1"));
    acts.push_back(create_on(gone + milliseconds{3'050}, "n0", kThirdImage, kClaim));
}

/// The claim is none that a node could use, is replaced, and is deleted and made again while n0 is on it. n1 is told
/// that it cannot have it.
void plan_replaced_claim(kube::Random& random, std::vector<Act>& acts) {
    const ActKind wrong = one_in(random, 2) ? ActKind::ProvideSmallClaim : ActKind::ProvideReadOnlyClaim;
    const milliseconds provided = between(random, 0, 3'000);
    acts.push_back(act(wrong, provided, kClaim));
    acts.push_back(create_on(between(random, 0, 3'000), "n0", kFirstImage, kClaim));
    const milliseconds replaced = provided + between(random, 100, 12'000);
    acts.push_back(act(ActKind::DeleteClaim, replaced, kClaim));
    acts.push_back(act(ActKind::ProvideClaim, replaced + milliseconds{50}, kClaim));
    acts.push_back(act(ActKind::Await, replaced + milliseconds{100}, "n0"));
    const milliseconds settled = replaced + between(random, 1'000, 30'000);
    const bool has_rival = one_in(random, 2);
    if (has_rival) acts.push_back(create_on(settled, "n1", kFirstImage, kClaim));
    if (!one_in(random, 3)) {
        const milliseconds gone = settled + between(random, 10, 8'000);
        acts.push_back(act(ActKind::DeleteClaim, gone, kClaim));
        acts.push_back(act(ActKind::SetImage, gone + between(random, 10, 5'000), "n0", kSecondImage));
        acts.push_back(act(ActKind::ProvideClaim, gone + milliseconds{5'500}, kClaim));
    }
}

/// n1 has a claim of its own, and is given the one that n0 has.
void plan_move(kube::Random& random, std::vector<Act>& acts) {
    acts.push_back(act(ActKind::ProvideClaim, milliseconds{0}, kClaim));
    acts.push_back(create_on(between(random, 100, 2'000), "n0", kFirstImage, kClaim));
    acts.push_back(act(ActKind::Create, between(random, 100, 2'000), "n1", kFirstImage));
    acts.push_back(act(ActKind::Await, milliseconds{2'100}, "n0"));
    acts.push_back(act(ActKind::Await, milliseconds{2'200}, "n1"));
    const milliseconds given = between(random, 6'000, 30'000);
    Act give = act(ActKind::SetImport, given, "n1");
    give.claim = kClaim;
    acts.push_back(std::move(give));
    const milliseconds gone = given + between(random, 1'000, 30'000);
    acts.push_back(act(ActKind::SetImage, given + between(random, 10, 900), "n1", kSecondImage));
    delete_perhaps_held(random, acts, gone, "n0");
    if (one_in(random, 2)) acts.push_back(act(ActKind::SetImage, gone + between(random, 10, 9'000), "n1", kThirdImage));
}

/// n2 goes and leaves its claim, and the next n2 takes it; n3 imports it meanwhile, perhaps.
void plan_retained(kube::Random& random, std::vector<Act>& acts, bool is_imported) {
    const bool is_retained_late = one_in(random, 2);
    Act first = act(ActKind::Create, between(random, 0, 2'000), "n2", kFirstImage);
    first.is_retained = !is_retained_late;
    acts.push_back(std::move(first));
    // The import is of a claim that is there.
    const bool is_awaited = is_imported || one_in(random, 2);
    if (is_awaited) acts.push_back(act(ActKind::Await, milliseconds{2'100}, "n2"));
    const milliseconds gone = between(random, 3'000, 40'000);
    if (is_retained_late) acts.push_back(act(ActKind::SetRetain, gone - between(random, 10, 800), "n2"));
    if (one_in(random, 2))
        acts.push_back(act(ActKind::SetImage, gone - between(random, 10, 2'500), "n2", kSecondImage));
    const milliseconds free = delete_perhaps_held(random, acts, gone, "n2");
    const milliseconds again = free + between(random, 10, 9'000);
    Act second = act(ActKind::Create, again, "n2", kSecondImage);
    second.is_retained = one_in(random, 2);
    acts.push_back(std::move(second));
    if (is_imported) {
        const bool is_before = one_in(random, 2);
        const milliseconds imported = is_before ? gone + between(random, 10, 3'000) : again + between(random, 10, 900);
        acts.push_back(create_on(imported, "n3", kFirstImage, "data-n2"));
        acts.push_back(act(ActKind::Delete, std::max(imported, again) + between(random, 3'000, 30'000), "n3"));
    }
    if (one_in(random, 2))
        acts.push_back(act(ActKind::SetImage, again + between(random, 10, 30'000), "n2", kThirdImage));
}

/// Two stories, which do not wait for each other: of a claim that nodes import, and of one that its node leaves.
void plan_volumes(kube::Random& random, Scenario& scenario) {
    constexpr std::array kModesOfVolumes{
        NodeMode::BlockSync,
        NodeMode::StateSync,
        NodeMode::Archive,
        NodeMode::Replayer,
        NodeMode::Validator,
        NodeMode::Bootstrapped
    };
    const auto mode = [&] { return kModesOfVolumes[random.next() % kModesOfVolumes.size()]; };
    const NodeMode of_importers = mode();
    const NodeMode of_retained = mode();
    const bool is_retained_imported = one_in(random, 2);
    scenario.has_volumes = true;
    scenario.nodes = {"n0", "n1", "n2"};
    scenario.modes = {of_importers, of_importers, of_retained};
    if (is_retained_imported) {
        scenario.nodes.emplace_back("n3");
        scenario.modes.push_back(of_retained);
    }
    switch (scenario.variant % 4) {
        case 0:
            plan_handover(random, scenario.acts, scenario.variant % 8 == 0);
            break;
        case 1:
            plan_rename(random, scenario.acts);
            break;
        case 2:
            plan_replaced_claim(random, scenario.acts);
            break;
        default:
            plan_move(random, scenario.acts);
            break;
    }
    std::vector<Act> of_second;
    plan_retained(random, of_second, is_retained_imported);
    for (Act& one : of_second) {
        one.story = 1;
        scenario.acts.push_back(std::move(one));
    }
}

}  // namespace

Scenario make_scenario(std::uint64_t variant) {
    kube::Random random{variant * 7919 + 1};
    Scenario scenario;
    scenario.variant = variant;
    scenario.with_peers = one_in(random, 3);
    if (variant >= kFirstOfVolumes) {
        plan_volumes(random, scenario);
    } else if (variant >= kFirstChain) {
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
    std::string text = scenario.has_volumes ? "volumes of users, nodes" : "nodes";
    for (const NodeMode mode : scenario.modes) text += fmt::format(" {}", boost::describe::enum_to_string(mode, ""));
    return text;
}

std::string to_string(const Act& act) {
    std::string text = fmt::format("{} {}", boost::describe::enum_to_string(act.kind, ""), act.object);
    if (!act.image.empty()) text += " " + act.image;
    if (act.replicas > 0) text += fmt::format(" to {}", act.replicas);
    if (!act.claim.empty()) text += " on " + act.claim;
    if (act.is_retained) text += ", to leave its claim";
    return text;
}

}  // namespace sim
