// A volume that is imported: what of the claim and of its volume is checked, in which order, and what is told (spec 04
// §7.1). That the required size parses is checked when the operator starts (spec 05 §3.2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kImportedPath = "/api/v1/namespaces/ns/persistentvolumeclaims/old";
constexpr const char* kVolumePath = "/api/v1/persistentvolumes/pv0";
constexpr const char* kImporting =
    R"({"chainId":"c","image":"seid:v1","fullNode":{},"dataVolume":{"import":{"pvcName":"old"}}})";

/// What somebody else has made: a claim "old" with its volume, both as they should be. Null: there is none.
struct Imported {
    json::Value claim = json::parse(
        R"({"metadata":{},"spec":{"accessModes":["ReadWriteOnce"],"volumeName":"pv0"},
            "status":{"phase":"Bound","capacity":{"storage":"2000Gi"}}})"
    );
    json::Value volume = json::parse(R"({"spec":{"capacity":{"storage":"2000Gi"}},"status":{"phase":"Bound"}})");
    /// Reading this path is answered with an error.
    std::string unreadable;

    json::Object& claim_at(std::string_view member) { return claim.as_object()[member].as_object(); }
    json::Object& volume_at(std::string_view member) { return volume.as_object()[member].as_object(); }
};

void put(NodeWorld& world, const Imported& imported) {
    world.api.erase(kImportedPath);
    world.api.erase(kVolumePath);
    if (!imported.claim.is_null()) world.api.put(kImportedPath, imported.claim);
    if (!imported.volume.is_null()) world.api.put(kVolumePath, imported.volume);
    world.api.before = [unreadable = imported.unreadable](const kube::HttpRequest&, const std::string& path) {
        std::optional<kube::HttpResponse> refused;
        if (!unreadable.empty() && path == unreadable) refused = FakeApi::refusal(403, "Forbidden", "not for you");
        return refused;
    };
}

/// A node that asks for it.
void begin_import(NodeWorld& world, const Imported& imported) {
    put(world, imported);
    world.create_node(kImporting);
    world.settle();
}

/// One thing that is wrong, and what is told of it.
struct Fault {
    std::string behaviour;
    std::function<void(Imported&)> make;
    std::string reason;
    std::string message;
};

/// In the order of the checks.
std::vector<Fault> faults() {
    const std::string not_ready = "PVCNotReady";
    const std::string invalid = "PVCInvalid";
    const auto phase = [](std::string value) {
        return [value = std::move(value)](Imported& imported) { imported.claim_at("status")["phase"] = value; };
    };
    const auto modes = [](json::Array value) {
        return [value = std::move(value)](Imported& imported) { imported.claim_at("spec")["accessModes"] = value; };
    };
    const auto volume_capacity = [](json::Object value) {
        return [value = std::move(value)](Imported& imported) { imported.volume_at("spec")["capacity"] = value; };
    };
    return {
        {"1 there is no claim",
         [](Imported& imported) { imported.claim = nullptr; },
         not_ready,
         R"(PVC "old" not found in namespace "ns")"},
        {"1 the claim cannot be read",
         [](Imported& imported) { imported.unreadable = kImportedPath; },
         not_ready,
         R"(getting PVC "old": )"},
        {"2 it is being deleted",
         [](Imported& imported) { imported.claim_at("metadata")["deletionTimestamp"] = "2025-01-02T03:04:05Z"; },
         not_ready,
         R"(PVC "old" is being deleted (deletionTimestamp=2025-01-02 03:04:05 +0000 UTC))"},
        {"3 it has lost its volume", phase("Lost"), invalid, R"(PVC "old" phase is Lost; underlying PV is gone)"},
        {"3 it is not bound yet", phase("Pending"), not_ready, R"(PVC "old" phase is "Pending", waiting for Bound)"},
        {"3 nobody has looked at it", phase(""), not_ready, R"(PVC "old" phase is "", waiting for Bound)"},
        {"4 it is for many",
         modes({"ReadWriteMany", "ReadOnlyMany"}),
         invalid,
         R"(PVC "old" accessModes [ReadWriteMany ReadOnlyMany] must include ReadWriteOnce or ReadWriteOncePod)"},
        {"4 it is for nobody",
         modes({}),
         invalid,
         R"(PVC "old" accessModes [] must include ReadWriteOnce or ReadWriteOncePod)"},
        {"6 its capacity is not known",
         [](Imported& imported) { imported.claim_at("status").erase("capacity"); },
         not_ready,
         R"(PVC "old" has no status.capacity.storage reported yet)"},
        {"7 it is too small",
         [](Imported& imported) { imported.claim_at("status")["capacity"] = json::Object{{"storage", "2047999Mi"}}; },
         invalid,
         R"(PVC "old" capacity 2047999Mi is less than required 2000Gi)"},
        {"8 it names no volume",
         [](Imported& imported) { imported.claim_at("spec")["volumeName"] = ""; },
         not_ready,
         R"(PVC "old" is Bound but has no spec.volumeName)"},
        {"9 there is no volume",
         [](Imported& imported) { imported.volume = nullptr; },
         not_ready,
         R"(underlying PV "pv0" for PVC "old" not found)"},
        {"9 the volume cannot be read",
         [](Imported& imported) { imported.unreadable = kVolumePath; },
         not_ready,
         R"(getting PV "pv0": )"},
        {"10 the volume has failed",
         [](Imported& imported) { imported.volume_at("status")["phase"] = "Failed"; },
         invalid,
         R"(underlying PV "pv0" for PVC "old" is in phase Failed)"},
        {"11 the volume has no capacity",
         volume_capacity({}),
         invalid,
         R"(underlying PV "pv0" capacity 0 does not match PVC "old" capacity 2000Gi)"},
        {"11 the volume has another capacity",
         volume_capacity({{"storage", "3000Gi"}}),
         invalid,
         R"(underlying PV "pv0" capacity 3000Gi does not match PVC "old" capacity 2000Gi)"},
    };
}

void expect_told(NodeWorld& world, const Fault& fault) {
    EXPECT_EQ(world.condition("ImportPVCReady"), "False/" + fault.reason);
    const std::string told = world.condition_message("ImportPVCReady");
    if (fault.message.ends_with(": ")) {
        EXPECT_THAT(told, StartsWith(fault.message));
        EXPECT_THAT(told, HasSubstr("not for you"));
    } else {
        EXPECT_EQ(told, fault.message);
    }
    EXPECT_EQ(world.uid_of(kSetPath), "") << "no workload before its data are there";
}

TEST(ImportedClaim, is_told_by_reason_and_message_what_is_wrong_with_it) {
    for (const Fault& fault : faults()) {
        SCOPED_TRACE(fault.behaviour);
        NodeWorld world;
        Imported imported;
        fault.make(imported);
        begin_import(world, imported);
        expect_told(world, fault);
        if (fault.reason == "PVCInvalid") {
            EXPECT_EQ(world.phase(), "Failed");
            const std::optional<api::TaskPlan> plan = world.node().status.plan;
            ASSERT_TRUE(plan && plan->failedTaskDetail);
            EXPECT_EQ(plan->failedTaskDetail->error, fault.message);
            continue;
        }
        EXPECT_EQ(world.phase(), "Initializing");
        EXPECT_EQ(world.task("ensure-data-pvc").status, api::TaskStatus::Pending);
        put(world, Imported{});
        world.settle();
        EXPECT_EQ(world.condition("ImportPVCReady"), "True/PVCValidated");
        EXPECT_EQ(world.phase(), "Running") << "it was waited for, nothing else";
    }
}

TEST(ImportedClaim, is_told_the_first_of_all_that_is_wrong_with_it) {
    const std::vector<Fault> all = faults();
    for (std::size_t first = 0; first < all.size(); ++first) {
        SCOPED_TRACE(all[first].behaviour);
        Imported imported;
        for (std::size_t i = all.size(); i > first; --i) {  // earlier ones overwrite later ones
            // What cannot be read shows no other fault.
            const bool is_refused = all[i - 1].message.ends_with(": ");
            if (i - 1 == first || !is_refused) all[i - 1].make(imported);
        }
        NodeWorld world;
        begin_import(world, imported);
        expect_told(world, all[first]);
    }
}

TEST(ImportedClaim, is_waited_for_without_a_write) {
    for (const Fault& fault : faults()) {
        if (fault.reason == "PVCInvalid") continue;
        SCOPED_TRACE(fault.behaviour);
        NodeWorld world;
        Imported imported;
        fault.make(imported);
        begin_import(world, imported);
        world.take_writes();
        for (int i = 0; i < 10; ++i) {
            world.clock.advance_by(std::chrono::seconds{5});
            EXPECT_LE(world.pass().delay(), std::chrono::seconds{5});
        }
        EXPECT_THAT(world.take_writes(), IsEmpty());
    }
}

TEST(ImportedClaim, that_meets_the_contract_is_taken_over_unchanged) {
    struct Case {
        std::string behaviour;
        std::function<void(Imported&)> make;
    };
    const std::vector<Case> cases{
        {"as it should be", [](Imported&) {}},
        {"for one pod",
         [](Imported& imported) { imported.claim_at("spec")["accessModes"] = json::Array{"ReadWriteOncePod"}; }},
        {"for one among others",
         [](Imported& imported) {
             imported.claim_at("spec")["accessModes"] = json::Array{"ReadWriteMany", "ReadWriteOnce"};
         }},
        {"larger than it has to be",
         [](Imported& imported) {
             imported.claim_at("status")["capacity"] = json::Object{{"storage", "5Ti"}};
             imported.volume_at("spec")["capacity"] = json::Object{{"storage", "5Ti"}};
         }},
        {"of the same capacity in other words",
         [](Imported& imported) { imported.volume_at("spec")["capacity"] = json::Object{{"storage", "2048000Mi"}}; }},
        {"of another class, kept by its volume",
         [](Imported& imported) {
             imported.claim_at("spec")["storageClassName"] = "slow";
             imported.volume_at("spec")["persistentVolumeReclaimPolicy"] = "Delete";
         }},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        NodeWorld world;
        Imported imported;
        c.make(imported);
        begin_import(world, imported);
        EXPECT_EQ(world.condition("ImportPVCReady"), "True/PVCValidated");
        EXPECT_EQ(world.condition_message("ImportPVCReady"), R"(PVC "old" passes all import requirements)");
        EXPECT_EQ(world.phase(), "Running");
        EXPECT_EQ(world.uid_of(kClaimPath), "") << "none of its own";
        const std::vector<std::string> writes = world.take_writes();
        EXPECT_THAT(writes, Not(Contains(HasSubstr("persistentvolume"))));
        EXPECT_THAT(writes, Contains(HasSubstr("statefulsets")));
    }
}

}  // namespace
}  // namespace sei::test
