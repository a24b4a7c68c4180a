// Two nodes must not have one volume: each of them would write its own chain to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kOtherPath = "/apis/sei.io/v1alpha1/namespaces/ns/seinodes/data-owner";
constexpr const char* kImporting =
    R"({"chainId":"c","image":"seid:v1","fullNode":{},"dataVolume":{"import":{"pvcName":"data-data-owner"}}})";
constexpr const char* kPlain = R"({"chainId":"c","image":"seid:v1","fullNode":{}})";

void put_claim_and_volume(NodeWorld& world) {
    world.api.put(
        "/api/v1/namespaces/ns/persistentvolumeclaims/data-data-owner",
        json::parse(
            R"({"metadata":{},"spec":{"accessModes":["ReadWriteOnce"],"volumeName":"pv0"},
                "status":{"phase":"Bound","capacity":{"storage":"2000Gi"}}})"
        )
    );
    world.api.put(
        "/api/v1/persistentvolumes/pv0",
        json::parse(R"({"spec":{"capacity":{"storage":"2000Gi"}},"status":{"phase":"Bound"}})")
    );
}

void put_other(NodeWorld& world, const std::string& spec, const std::string& created, const std::string& status) {
    world.api.put(
        kOtherPath,
        json::Object{
            {"apiVersion", "sei.io/v1alpha1"},
            {"kind", "SeiNode"},
            {"metadata", json::Object{{"creationTimestamp", created}}},
            {"spec", json::parse(spec)},
            {"status", json::parse(status)}
        }
    );
    world.api.edit(kOtherPath, [&](json::Object& node) {
        node["metadata"].as_object()["creationTimestamp"] = created;
    });
}

TEST(ImportedClaim, of_another_node_is_waited_for) {
    struct Case {
        std::string behaviour;
        std::string spec;
        std::string created;
        std::string status;
        bool is_free = false;
    };
    const std::string earlier = "2001-01-01T00:00:00Z";
    const std::string later = "2901-01-01T00:00:00Z";
    const std::string with_workload = R"({"statefulSet":{"name":"data-owner","uid":"u"}})";
    const std::vector<Case> cases{
        {"that which it was made for", kPlain, later, "{}"},
        {"one that imported it earlier", kImporting, earlier, "{}"},
        {"one that has a workload with it", kImporting, later, with_workload},
        {"one that comes later waits itself", kImporting, later, "{}", true},
        {"one with another claim",
         R"({"chainId":"c","image":"i","fullNode":{},"dataVolume":{"import":{"pvcName":"x"}}})",
         earlier,
         with_workload,
         true},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.behaviour);
        NodeWorld world;
        put_claim_and_volume(world);
        put_other(world, tested.spec, tested.created, tested.status);
        world.create_node(kImporting);
        world.api.edit(kNodePath, [](json::Object& node) {
            node["metadata"].as_object()["creationTimestamp"] = "2025-01-01T00:00:00Z";
        });
        world.settle();
        EXPECT_EQ(world.condition("ImportPVCReady"), tested.is_free ? "True/PVCValidated" : "False/PVCNotReady");
        if (tested.is_free) continue;
        EXPECT_THAT(
            world.condition_message("ImportPVCReady"),
            HasSubstr("PVC \"data-data-owner\" is the data volume of SeiNode \"data-owner\"")
        );
        world.api.erase(kOtherPath);
        world.clock.advance_by(std::chrono::seconds{30});
        world.settle();
        EXPECT_EQ(world.condition("ImportPVCReady"), "True/PVCValidated");
    }
}

}  // namespace
}  // namespace sei::test
