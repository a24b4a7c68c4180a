// Somebody writes a node in the moment before the deployment's own write to it arrives (spec 08 6.3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "deployment_world.hpp"

namespace sei::deployment::test {
namespace {

using namespace std::chrono_literals;

/// What a conflict may cost, of a hundred all but one.
constexpr auto kConflictCost = 50ms;

/// Comes before every merge patch of a node by the operator; before the next one of "fleet-1" it writes that node.
struct Interference {
    explicit Interference(DeploymentWorld& where) : world{where} {
        world.world.calls().before_each = [this](const kube::HttpRequest& request) { return before(request.target); };
    }
    ~Interference() { world.world.calls().before_each = {}; }
    Interference(const Interference&) = delete;
    Interference& operator=(const Interference&) = delete;

    [[nodiscard]] kube::Async<> before(std::string target) {
        const std::string path = target.substr(0, target.find('?'));
        const bool is_merge = target.find("fieldManager=manager") != std::string::npos;
        const auto name = path.find("/seinodes/fleet-");
        if (!is_merge || name == std::string::npos || path.ends_with("/status")) co_return;
        patched.push_back(path.substr(path.rfind('/') + 1));
        times.push_back(world.world.clock().monotonic());
        if (!is_due || patched.back() != "fleet-1") co_return;
        is_due = false;
        ++count;
        const auto read = co_await world.world.person().get<api::SeiNode>(DeploymentWorld::key("fleet-1"));
        api::SeiNode changed = **read;
        changed.metadata.annotations["example.com/touched"] = std::to_string(count);
        (void)co_await world.world.person().patch(*read, std::move(changed));
    }
    /// Between the refused write and the one that was not.
    [[nodiscard]] kube::MonotonicTime::duration cost() const {
        std::vector<kube::MonotonicTime> of_it;
        for (std::size_t i = 0; i < patched.size(); ++i) {
            if (patched[i] == "fleet-1") of_it.push_back(times[i]);
        }
        EXPECT_EQ(of_it.size(), 2U) << "one that was refused, one that was not";
        return of_it.back() - of_it.front();
    }
    void begin() {
        patched.clear();
        times.clear();
        is_due = true;
    }

    DeploymentWorld& world;
    bool is_due = false;
    int count = 0;
    std::vector<std::string> patched;
    std::vector<kube::MonotonicTime> times;
};

TEST(Conflict, costs_milliseconds_and_only_the_node_that_it_is_about) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(3));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    ASSERT_EQ(world.nodes().size(), 3U);
    Interference interference{world};
    std::vector<kube::MonotonicTime::duration> costs;
    for (int round = 0; round < 100; ++round) {
        const bool is_paused = round % 2 == 0;
        interference.begin();
        world.edit([&](auto& fleet) { fleet.spec.paused = is_paused; });
        ASSERT_TRUE(world.world.run_until([&] {
            return std::ranges::all_of(world.nodes(), [&](const auto& node) { return node->spec.paused == is_paused; });
        }));
        EXPECT_THAT(interference.patched, ::testing::ElementsAre("fleet-0", "fleet-1", "fleet-2", "fleet-1"));
        costs.push_back(interference.cost());
        ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    }
    EXPECT_EQ(interference.count, 100);
    std::ranges::sort(costs);
    EXPECT_LE(costs[98], kConflictCost);
}

TEST(Conflict, over_a_node_that_is_released_costs_milliseconds) {
    DeploymentWorld world;
    auto fleet = DeploymentWorld::a_fleet(2);
    fleet.spec.deletionPolicy = api::DeletionPolicy::Retain;
    world.world.create(std::move(fleet));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    Interference interference{world};
    interference.begin();
    world.world.erase<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
    ASSERT_TRUE(world.world.run_until([&] { return world.is_gone(); }));
    EXPECT_EQ(interference.count, 1);
    EXPECT_LE(interference.cost(), kConflictCost);
    ASSERT_EQ(world.nodes().size(), 2U);
    for (const auto& node : world.nodes()) EXPECT_EQ(node->metadata.controller(), nullptr);
}

TEST(Conflict, keeps_a_node_whose_turn_has_not_come_from_being_set_back_by_who_read_it_before) {
    DeploymentWorld world;
    auto fleet = DeploymentWorld::a_fleet(2);
    fleet.spec.updateStrategy.maxUnavailable = 1;
    world.world.create(std::move(fleet));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    ASSERT_EQ(world.nodes().size(), 2U);

    // Of the rollout, fleet-1 gets its label only. Before that arrives, another operator brings it to the new image.
    const std::string newer = "example.com/seid:v2";
    int times = 0;
    const auto before = [&](std::string target) -> kube::Async<> {
        const bool is_apply = target.find("seinodedeployment-controller") != std::string::npos;
        if (!is_apply || target.find("/seinodes/fleet-1?") == std::string::npos || times++ > 0) co_return;
        const auto read = co_await world.world.person().get<api::SeiNode>(DeploymentWorld::key("fleet-1"));
        api::SeiNode changed = **read;
        changed.spec.image = newer;
        (void)co_await world.world.person().patch(*read, std::move(changed));
    };
    world.world.calls().before_each = [&](const kube::HttpRequest& request) { return before(request.target); };
    world.edit([&](auto& edited) { edited.spec.template_.spec.image = newer; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.calls().before_each = {};

    EXPECT_GE(times, 2) << "it was refused once, and sent again for what was there then";
    for (const auto& node : world.nodes()) EXPECT_EQ(node->spec.image, newer) << node->metadata.name;
}

/// A pod that serves the image, as far as a deployment looks at it.
void create_workload(DeploymentWorld& world, const std::string& node, const std::string& image) {
    constexpr kube::ResourceType sets{"apps", "v1", "StatefulSet", "statefulsets"};
    auto& raw = kube::detail::unguarded(world.world.person());
    const auto body = kube::json::parse(fmt::format(
        R"({{"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {{"name": "{0}"}}, "spec": {{
            "serviceName": "{0}", "selector": {{"matchLabels": {{"sei.io/node": "{0}"}}}}, "template": {{
                "metadata": {{"labels": {{"sei.io/node": "{0}"}}}},
                "spec": {{"containers": [{{"name": "seid", "image": "{1}"}}]}}}}}}}})",
        node,
        image
    ));
    const auto status = kube::json::parse(
        R"({"status": {"observedGeneration": 1, "replicas": 1, "readyReplicas": 1, "updatedReplicas": 1}})"
    );
    (void)world.world.run(raw.create(sets, "default", body.as_object()));
    (void)world.world.run(raw.merge_patch(sets, DeploymentWorld::key(node), "status", status.as_object()));
}

TEST(Conflict, counts_a_node_that_another_operator_has_begun_with_although_the_cache_does_not_show_it_yet) {
    const std::string older = "example.com/seid:v1";
    const std::string newer = "example.com/seid:v2";
    DeploymentWorld world;
    auto fleet = DeploymentWorld::a_fleet(2);
    fleet.spec.updateStrategy.maxUnavailable = 1;
    world.world.create(std::move(fleet));
    for (const auto* node : {"fleet-0", "fleet-1"}) create_workload(world, node, older);
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();

    // Before the operator looks how the nodes are now, somebody rolls fleet-1, whose new pod is never ready.
    int times = 0;
    const auto before = [&](kube::HttpMethod method, std::string target) -> kube::Async<> {
        const bool is_look = method == kube::HttpMethod::Get && target.find("/seinodes?") != std::string::npos &&
                             target.find("labelSelector=") != std::string::npos;
        if (!is_look || times++ > 0) co_return;
        const auto read = co_await world.world.person().get<api::SeiNode>(DeploymentWorld::key("fleet-1"));
        api::SeiNode changed = **read;
        changed.spec.image = newer;
        (void)co_await world.world.person().patch(*read, std::move(changed));
    };
    world.world.calls().before_each = [&](const kube::HttpRequest& request) {
        return before(request.method, request.target);
    };
    world.edit([&](auto& edited) { edited.spec.template_.spec.image = newer; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.calls().before_each = {};

    EXPECT_GE(times, 1);
    ASSERT_EQ(world.nodes().size(), 2U);
    EXPECT_EQ(world.nodes()[0]->spec.image, older) << "fleet-1 is the one that may be unavailable";
    EXPECT_EQ(world.nodes()[1]->spec.image, newer);
}

}  // namespace
}  // namespace sei::deployment::test
