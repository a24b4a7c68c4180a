// The headless Service of a running node, whoever lays hands on it: the same on every backend.
#include <gtest/gtest.h>

#include <string>

#include "support/nodes.hpp"

namespace {

using namespace support;

/// Somebody else's label is on it, too.
void create_running_with_labels(World& world) {
    auto node = world.a_full_node("n0");
    node.spec.podLabels = {{"team", "a"}};
    world.create(std::move(node));
    ASSERT_TRUE(world.run_until_running("n0"));
    world.change<kube::Service>("n0", [](kube::Service& service) { service.metadata.labels["theirs"] = "x"; });
    ASSERT_TRUE(world.run_until_quiet());
}

std::string label(const World& world, const std::string& key) {
    const auto labels = world.service("n0")->metadata.labels;
    const auto found = labels.find(key);
    return found == labels.end() ? "" : found->second;
}

TEST(ServiceOfNode, has_its_selector_put_right_whole) {
    World world;
    create_running_with_labels(world);
    const kube::StringMap ours{{"sei.io/node", "n0"}};
    ASSERT_EQ(world.service("n0")->spec.selector, ours);
    world.change<kube::Service>("n0", [](kube::Service& service) { service.spec.selector["x"] = "y"; });
    EXPECT_TRUE(world.run_until("it is put right", [&] { return world.service("n0")->spec.selector == ours; }));
}

TEST(ServiceOfNode, loses_a_label_that_the_spec_no_longer_has) {
    World world;
    create_running_with_labels(world);
    ASSERT_EQ(label(world, "team"), "a");
    world.edit("n0", [](sei::api::NodeSpec& spec) { spec.podLabels.clear(); });
    EXPECT_TRUE(world.run_until("the label is gone", [&] { return label(world, "team").empty(); }));
    EXPECT_EQ(label(world, "theirs"), "x");
}

TEST(ServiceOfNode, is_not_written_by_an_update_of_the_image) {
    World world;
    create_running_with_labels(world);
    world.operator_transport().forget_requests();
    world.edit("n0", [](sei::api::NodeSpec& spec) { spec.image = "example.com/seid:v2"; });
    ASSERT_TRUE(world.run_until("it runs the new image", [&] {
        return world.node("n0")->status.currentImage == "example.com/seid:v2";
    }));
    ASSERT_TRUE(world.run_until_quiet());
    std::size_t applies_of_workload = 0;
    for (const auto& write : world.operator_writes()) {
        EXPECT_FALSE(write.path().ends_with("/services/n0"));
        applies_of_workload += write.path().ends_with("/statefulsets/n0") ? 1 : 0;
    }
    EXPECT_GT(applies_of_workload, 0U);
}

}  // namespace
