// One volume, one writer: the bootstrap Job, the node's own pod, and volumes that came and went.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "node_world.hpp"

namespace sei::test {
namespace {

constexpr const char* kBootstrapped =
    R"({"chainId":"c","image":"seid:v1","fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot"}}})";

void settle_later(NodeWorld& world) {
    for (int i = 0; i < 3; ++i) {
        world.clock.advance_by(std::chrono::seconds{30});
        world.settle();
    }
}

void set_creation(NodeWorld& world, const char* path, const char* time) {
    world.api.edit(path, [&](json::Object& object) { object["metadata"].as_object()["creationTimestamp"] = time; });
}

TEST(BootstrapJob, that_ended_well_with_an_earlier_volume_is_done_again) {
    NodeWorld world;
    world.create_node(kBootstrapped);
    world.pass();
    // The Job is made, and nobody stores that.
    world.api.refuse_status_writes();
    EXPECT_THROW(world.pass(), kube::ApiError);
    const std::string job = world.uid_of(kJobPath);
    ASSERT_NE(job, "");
    world.api.edit(kJobPath, [](json::Object& object) {
        object["status"] =
            json::Object{{"conditions", json::Array{json::Object{{"type", "Complete"}, {"status", "True"}}}}};
    });
    set_creation(world, kJobPath, "2025-01-01T00:00:00Z");
    set_creation(world, kClaimPath, "2025-01-01T00:00:01Z");
    world.api.before = {};
    settle_later(world);
    EXPECT_NE(world.uid_of(kJobPath), "");
    EXPECT_NE(world.uid_of(kJobPath), job);
    EXPECT_EQ(world.uid_of(kSetPath), "") << "the volume of now has not been restored";
}

TEST(BootstrapJob, is_not_made_while_a_stateful_set_of_the_node_has_replicas) {
    NodeWorld world;
    world.create_node(kBootstrapped);
    world.pass();
    world.sync_caches();
    // Made by an operator whose status write was lost; the cache is late.
    world.api.put(
        kSetPath,
        json::Object{
            {"metadata",
             json::Object{
                 {"ownerReferences",
                  json::Array{json::Object{
                      {"apiVersion", "sei.io/v1alpha1"},
                      {"kind", "SeiNode"},
                      {"name", "n0"},
                      {"uid", world.uid_of(kNodePath)},
                      {"controller", true}
                  }}}
             }},
            {"spec", json::parse(R"({"replicas":1,"selector":{},"template":{"spec":{"containers":[]}}})")}
        }
    );
    world.pass_on_stale_caches();
    EXPECT_EQ(world.uid_of(kJobPath), "");
    EXPECT_NE(world.uid_of(kServicePath), "") << "it had come so far";
    settle_later(world);
    EXPECT_EQ(json::find(*world.api.find(kSetPath), {"spec", "replicas"})->to_number<int>(), 0);
    EXPECT_NE(world.uid_of(kJobPath), "") << "it is made once there are none";
}

}  // namespace
}  // namespace sei::test
