// The data of a node that outlive it, and the node that takes them again (spec 08 5.4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kRetaining =
    R"({"chainId":"pacific-1","image":"seid:v1","fullNode":{},"dataVolume":{"retain":true}})";
constexpr const char* kPlain = R"({"chainId":"pacific-1","image":"seid:v1","fullNode":{}})";
constexpr const char* kBootstrapped =
    R"({"chainId":"pacific-1","image":"seid:v1","fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot"}}})";
constexpr const char* kForeignPodPath = "/api/v1/namespaces/ns/pods/old-pod";
constexpr const char* kOtherPath = "/apis/sei.io/v1alpha1/namespaces/ns/seinodes/other";

std::string annotation(const NodeWorld& world, const char* key) {
    const json::Value* claim = world.api.find(kClaimPath);
    return claim == nullptr ? "" : std::string{json::find_string(*claim, {"metadata", "annotations", key})};
}

/// The uid of the claim's controller; empty: there is none.
std::string owner(const NodeWorld& world) {
    const auto claim = json::from_json<kube::PersistentVolumeClaim>(*world.api.find(kClaimPath));
    const kube::OwnerReference* controller = claim.metadata.controller();
    return controller == nullptr ? "" : controller->uid;
}

/// A claim as a node left it that is gone.
void put_retained(NodeWorld& world, const std::string& data, const std::string& last_image = "") {
    json::Object annotations{{"sei.io/retained-data", data}, {"sei.io/retained-from", "gone"}};
    if (!last_image.empty()) annotations["sei.io/last-image"] = last_image;
    world.api.put(
        kClaimPath,
        json::Object{
            {"metadata", json::Object{{"annotations", annotations}, {"creationTimestamp", "2025-01-01T00:00:00Z"}}},
            {"spec", json::Object{}}
        }
    );
}

void settle_retaining(NodeWorld& world) {
    world.create_node(kRetaining);
    world.settle();
    world.observe_stateful_set("rev-1", 1, 1);
    world.put_pod("rev-1", "seid:v1", running_state());
    world.settle();
    ASSERT_EQ(world.phase(), "Running");
    ASSERT_EQ(world.node().status.currentImage, "seid:v1");
    world.take_writes();
    world.events.clear();
}

/// What the garbage collector does of a node that is gone.
void collect_garbage(NodeWorld& world) {
    for (const char* path : {kSetPath, kServicePath, kConfigMapPath, kPodPath}) world.api.erase(path);
}

void settle_later(NodeWorld& world) {
    for (int i = 0; i < 3; ++i) {
        world.clock.advance_by(std::chrono::seconds{30});
        world.settle();
    }
}

TEST(RetainedData, stay_in_a_claim_without_an_owner_that_says_whose_they_are) {
    NodeWorld world;
    settle_retaining(world);
    const std::string uid = world.uid_of(kNodePath);
    world.delete_node();
    world.pass();
    EXPECT_THAT(
        world.take_writes(),
        ElementsAre("PATCH seinodes/n0/status", "PATCH persistentvolumeclaims/data-n0", "PATCH seinodes/n0")
    );
    EXPECT_EQ(world.api.find(kNodePath), nullptr);
    ASSERT_NE(world.api.find(kClaimPath), nullptr);
    const json::Value* owners = json::find(*world.api.find(kClaimPath), {"metadata", "ownerReferences"});
    EXPECT_TRUE(owners == nullptr || owners->as_array().empty()) << "the garbage collector goes by every reference";
    EXPECT_EQ(annotation(world, "sei.io/retained-data"), "pacific-1/node");
    EXPECT_EQ(annotation(world, "sei.io/retained-from"), uid);
    EXPECT_EQ(annotation(world, "sei.io/last-image"), "seid:v1");
    EXPECT_THAT(world.events, ElementsAre(StartsWith("Normal DataRetained: PVC data-n0 is kept")));
}

TEST(RetainedData, are_taken_again_by_a_node_of_the_name) {
    NodeWorld world;
    settle_retaining(world);
    const std::string claim = world.uid_of(kClaimPath);
    world.delete_node();
    world.pass();
    collect_garbage(world);
    world.create_node(kRetaining);
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(world.uid_of(kClaimPath), claim);
    EXPECT_EQ(owner(world), world.uid_of(kNodePath));
    EXPECT_EQ(annotation(world, "sei.io/retained-data"), "");
    EXPECT_EQ(annotation(world, "sei.io/retained-from"), "");
    EXPECT_THAT(world.events, Contains(StartsWith("Normal DataAdopted: PVC data-n0")));
}

TEST(RetainedData, go_with_the_next_node_when_that_does_not_retain_them) {
    NodeWorld world;
    put_retained(world, "pacific-1/node");
    world.create_node(kPlain);
    world.settle();
    EXPECT_EQ(owner(world), world.uid_of(kNodePath));
    world.delete_node();
    world.pass();
    EXPECT_EQ(world.api.find(kClaimPath), nullptr);
}

TEST(RetainedData, are_not_taken_by_a_node_that_they_are_not_of) {
    struct Case {
        std::string behaviour;
        std::string data;
        std::string spec;
        std::string told;
    };
    const std::vector<Case> cases{
        {"of another chain", "atlantic-2/node", kPlain, "holds data of atlantic-2/node"},
        {"of another mode", "pacific-1/archive", kPlain, "holds data of pacific-1/archive"},
        {"of a ceremony, which begins without data",
         "pacific-1/validator",
         R"({"chainId":"pacific-1","image":"seid:v1","validator":{"genesisCeremony":{"chainId":"pacific-1",)"
         R"("stakingAmount":"1usei","accountBalance":"1usei","index":0}}})",
         "a genesis ceremony begins with none"},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.behaviour);
        NodeWorld world;
        put_retained(world, tested.data);
        world.create_node(tested.spec);
        world.settle();
        EXPECT_EQ(world.condition("Stalled"), "True/TaskNotProgressing");
        EXPECT_THAT(world.condition_message("Stalled"), HasSubstr(tested.told));
        EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("set spec.dataVolume.import.pvcName"));
        EXPECT_EQ(owner(world), "");
        EXPECT_EQ(annotation(world, "sei.io/retained-data"), tested.data);
    }
}

TEST(RetainedData, of_a_node_that_let_nothing_go_are_not_told_by_the_name) {
    NodeWorld world;
    world.api.put(kClaimPath, json::Object{{"spec", json::Object{}}});
    world.create_node(kRetaining);
    world.settle();
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("is not owned by SeiNode \"n0\""));
    world.delete_node();
    world.take_writes();
    world.pass();
    EXPECT_THAT(world.take_writes(), Not(Contains(HasSubstr("persistentvolumeclaims"))));
}

TEST(RetainedData, are_waited_for_while_a_pod_of_the_earlier_node_is_at_them) {
    NodeWorld world;
    put_retained(world, "pacific-1/node");
    world.api.put(
        kForeignPodPath,
        json::parse(
            R"({"metadata":{"labels":{"sei.io/node":"n0"},"ownerReferences":[{"apiVersion":"batch/v1","kind":"Job",
                    "name":"n0-bootstrap","uid":"gone","controller":true}]},
                "spec":{"containers":[],"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"data-n0"}}]},
                "status":{"phase":"Running"}})"
        )
    );
    world.create_node(kPlain);
    settle_later(world);
    EXPECT_EQ(owner(world), "");
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("is mounted by pod \"old-pod\""));
    world.api.erase(kForeignPodPath);
    settle_later(world);
    EXPECT_EQ(owner(world), world.uid_of(kNodePath));
}

TEST(RetainedData, are_not_written_to_while_the_sidecar_is_at_a_task_of_the_earlier_node) {
    NodeWorld world;
    put_retained(world, "pacific-1/node");
    world.sidecar.runs["earlier"] = {
        "snapshot-restore", {.status = sidecar::RunStatus::Running, .run = 1, .error = {}}
    };
    // Nobody waits for these: they go on for as long as the node does.
    world.sidecar.runs["uploads"] = {"snapshot-upload", {.status = sidecar::RunStatus::Running, .run = 1, .error = {}}};
    world.create_node(kPlain);
    world.api.edit(kNodePath, [](json::Object& node) {
        node["metadata"].as_object()["creationTimestamp"] = "2025-01-01T00:00:01Z";
    });
    settle_later(world);
    EXPECT_TRUE(world.sidecar.submissions.empty());
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("(snapshot-restore) of an earlier node"));
    world.sidecar.end("snapshot-restore", sidecar::RunStatus::Completed);
    settle_later(world);
    EXPECT_EQ(world.phase(), "Running");
}

TEST(RetainedData, that_another_node_imported_stay_with_it) {
    NodeWorld world;
    put_retained(world, "pacific-1/node");
    world.api.put(
        kOtherPath,
        json::parse(
            R"({"apiVersion":"sei.io/v1alpha1","kind":"SeiNode","metadata":{"creationTimestamp":"2025-01-01T00:00:00Z"},
                "spec":{"chainId":"pacific-1","image":"i","fullNode":{},"dataVolume":{"import":{"pvcName":"data-n0"}}},
                "status":{"conditions":[{"type":"ImportPVCReady","status":"True","reason":"PVCValidated","message":"",
                    "lastTransitionTime":"2025-01-01T00:00:00Z"}]}})"
        )
    );
    world.create_node(kPlain);
    settle_later(world);
    EXPECT_EQ(owner(world), "");
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("was imported by SeiNode \"other\""));
}

TEST(RetainedData, of_an_imported_claim_are_nobodys_to_mark) {
    NodeWorld world;
    world.create_node(
        R"({"chainId":"pacific-1","image":"i","fullNode":{},"dataVolume":{"retain":true,"import":{"pvcName":"old"}}})"
    );
    world.settle();
    world.api.put("/api/v1/namespaces/ns/persistentvolumeclaims/old", json::Object{{"spec", json::Object{}}});
    world.delete_node();
    world.take_writes();
    world.pass();
    EXPECT_EQ(world.api.find(kNodePath), nullptr);
    EXPECT_THAT(world.take_writes(), Not(Contains(HasSubstr("persistentvolumeclaims"))));
}

TEST(RetainedData, are_let_go_once_when_the_deletion_is_interrupted) {
    NodeWorld world;
    settle_retaining(world);
    world.delete_node();
    world.api.refuse_patches_of("/seinodes/n0");
    EXPECT_THROW(world.pass(), kube::ApiError);
    EXPECT_EQ(owner(world), "");
    world.api.before = {};
    world.take_writes();
    world.pass();
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH seinodes/n0"));
    EXPECT_EQ(annotation(world, "sei.io/retained-data"), "pacific-1/node");
}

TEST(RetainedData, that_were_let_go_stay_although_the_node_is_told_not_to_retain_them_then) {
    NodeWorld world;
    settle_retaining(world);
    world.delete_node();
    world.api.refuse_patches_of("/seinodes/n0");
    EXPECT_THROW(world.pass(), kube::ApiError);
    world.api.before = {};
    world.set_spec("dataVolume", json::Object{});
    world.pass();
    EXPECT_EQ(world.api.find(kNodePath), nullptr);
    EXPECT_NE(world.api.find(kClaimPath), nullptr);
}

TEST(RetainedData, hold_the_node_while_somebody_writes_their_claim) {
    NodeWorld world;
    settle_retaining(world);
    world.delete_node();
    bool is_written = false;
    world.api.before = [&](const kube::HttpRequest& request, const std::string& path) {
        if (request.method == kube::HttpMethod::Patch && path == kClaimPath && !is_written) {
            is_written = true;
            world.api.edit(kClaimPath, [](json::Object& claim) {
                claim["metadata"].as_object()["labels"] = json::Object{{"by", "somebody"}};
            });
        }
        return std::optional<kube::HttpResponse>{};
    };
    EXPECT_TRUE(NodeWorld::wants_prompt_pass(world.pass()));
    ASSERT_TRUE(is_written);
    EXPECT_NE(world.api.find(kNodePath), nullptr) << "its end would let the garbage collector take the claim";
    world.settle();
    EXPECT_EQ(world.api.find(kNodePath), nullptr);
    EXPECT_EQ(owner(world), "");
}

/// Two operators: one deletes the node, the other is just taking the claim for it.
TEST(RetainedData, that_the_node_had_not_taken_yet_are_marked_anew_when_it_goes) {
    NodeWorld world;
    put_retained(world, "pacific-1/node", "seid:v0");
    world.create_node(kRetaining);
    world.pass();  // the plan is stored, and nothing of it is done
    ASSERT_EQ(owner(world), "");
    const std::string uid = world.uid_of(kNodePath);
    world.delete_node();
    world.pass();
    EXPECT_EQ(world.api.find(kNodePath), nullptr);
    EXPECT_EQ(annotation(world, "sei.io/retained-from"), uid);
    EXPECT_EQ(annotation(world, "sei.io/last-image"), "seid:v0") << "it ran nothing on them itself";
}

TEST(RetainedData, are_not_taken_for_a_node_that_is_being_deleted_meanwhile) {
    NodeWorld world;
    put_retained(world, "pacific-1/node");
    world.create_node(kRetaining);
    world.pass();
    bool was_deleted = false;
    world.api.before = [&](const kube::HttpRequest& request, const std::string& path) {
        if (request.method == kube::HttpMethod::Get && path == kClaimPath && !was_deleted) {
            was_deleted = true;
            world.delete_node();
        }
        return std::optional<kube::HttpResponse>{};
    };
    world.pass();
    ASSERT_TRUE(was_deleted);
    EXPECT_EQ(owner(world), "") << "the owner would be gone at once, and the claim collected";
}

TEST(RetainedData, that_a_node_ran_on_are_not_prepared_by_a_bootstrap_again) {
    NodeWorld world;
    put_retained(world, "pacific-1/node", "seid:v1");
    world.create_node(kBootstrapped);
    world.pass();
    // The claim is taken, and nobody stores that.
    world.api.refuse_status_writes();
    EXPECT_THROW(world.pass(), kube::ApiError);
    ASSERT_EQ(owner(world), world.uid_of(kNodePath));
    world.api.before = {};
    settle_later(world);
    EXPECT_THAT(world.take_writes(), Not(Contains(HasSubstr("jobs"))));
    EXPECT_EQ(world.phase(), "Running");
}

TEST(RetainedData, that_no_node_ran_on_are_prepared_by_the_bootstrap) {
    NodeWorld world;
    put_retained(world, "pacific-1/node");
    world.create_node(kBootstrapped);
    world.settle();
    EXPECT_NE(world.uid_of(kJobPath), "");
}

}  // namespace
}  // namespace sei::test
