// Two nodes must not have one volume: each of them would write its own chain to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kForeignPodPath = "/api/v1/namespaces/ns/pods/data-owner-0";
constexpr const char* kSigningKeyPath = "/api/v1/namespaces/ns/secrets/sk";
constexpr const char* kNodeKeyPath = "/api/v1/namespaces/ns/secrets/nk";
constexpr const char* kOtherPath = "/apis/sei.io/v1alpha1/namespaces/ns/seinodes/data-owner";
constexpr const char* kImporting =
    R"({"chainId":"c","image":"seid:v1","fullNode":{},"dataVolume":{"import":{"pvcName":"data-data-owner"}}})";
/// It waits for its keys once it has the claim.
constexpr const char* kImportingValidator =
    R"({"chainId":"c","image":"seid:v1","validator":{"signingKey":{"secret":{"secretName":"sk"}},)"
    R"("nodeKey":{"secret":{"secretName":"nk"}}},"dataVolume":{"import":{"pvcName":"data-data-owner"}}})";
constexpr const char* kImportingBootstrapped =
    R"({"chainId":"c","image":"seid:v1","dataVolume":{"import":{"pvcName":"data-data-owner"}},)"
    R"("fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot"}}})";
/// Statuses of the other node.
constexpr const char* kGranted =
    R"({"conditions":[{"type":"ImportPVCReady","status":"True","reason":"PVCValidated","message":"",)"
    R"("lastTransitionTime":"2025-01-01T00:00:00Z"}]})";
constexpr const char* kEarlier = "2001-01-01T00:00:00Z";
constexpr const char* kLater = "2901-01-01T00:00:00Z";
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
    const std::string earlier = kEarlier;
    const std::string later = kLater;
    const std::string with_workload = R"({"statefulSet":{"name":"data-owner","uid":"u"}})";
    const std::vector<Case> cases{
        {"that which it was made for", kPlain, later, "{}"},
        {"one that imported it earlier", kImporting, earlier, "{}"},
        {"one that has a workload with it", kImporting, later, with_workload},
        {"one that was granted it and has no workload yet", kImporting, later, kGranted},
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

/// A pod that mounts the claim, labelled as one of `node` and made by a StatefulSet that is no more.
void put_foreign_pod(NodeWorld& world, const std::string& node, const std::string& claim = "data-data-owner") {
    json::Object pod;
    pod["metadata"] = json::Object{
        {"labels", json::Object{{"sei.io/node", node}}},
        {"deletionTimestamp", "2025-01-02T03:04:05Z"},
        {"ownerReferences",
         json::Array{json::Object{
             {"apiVersion", "apps/v1"}, {"kind", "StatefulSet"}, {"name", node}, {"uid", "gone"}, {"controller", true}
         }}}
    };
    pod["spec"] = json::Object{
        {"nodeName", "m1"},
        {"containers", json::Array{}},
        {"volumes",
         json::Array{json::Object{{"name", "data"}, {"persistentVolumeClaim", json::Object{{"claimName", claim}}}}}}
    };
    pod["status"] = json::Object{{"phase", "Running"}};
    world.api.put(kForeignPodPath, std::move(pod));
}

void put_keys(NodeWorld& world) {
    // {"address":"1B","pub_key":{"type":"t","value":"v"},"priv_key":{"type":"t","value":"v"}}
    constexpr const char* kSigningKeyFile =
        "eyJhZGRyZXNzIjoiMUIiLCJwdWJfa2V5Ijp7InR5cGUiOiJ0IiwidmFsdWUiOiJ2In0sInByaXZfa2V5Ijp7InR5cGUiOiJ0IiwidmFsdWUiOi"
        "J2In19";
    constexpr const char* kNodeKeyFile = "eyJwcml2X2tleSI6eyJ0eXBlIjoidCIsInZhbHVlIjoidiJ9fQ==";
    world.api.put(kSigningKeyPath, json::Object{{"data", json::Object{{"priv_validator_key.json", kSigningKeyFile}}}});
    world.api.put(kNodeKeyPath, json::Object{{"data", json::Object{{"node_key.json", kNodeKeyFile}}}});
}

/// A node that has the claim, and waits for its keys.
void settle_granted(NodeWorld& world) {
    put_claim_and_volume(world);
    world.create_node(kImportingValidator);
    world.api.edit(kNodePath, [](json::Object& node) {
        node["metadata"].as_object()["creationTimestamp"] = "2025-01-01T00:00:00Z";
    });
    world.settle();
    ASSERT_EQ(world.condition("ImportPVCReady"), "True/PVCValidated");
    ASSERT_EQ(world.condition("SigningKeyReady"), "False/SigningKeyNotReady");
}

void settle_later(NodeWorld& world) {
    for (int i = 0; i < 3; ++i) {
        world.clock.advance_by(std::chrono::seconds{30});
        world.settle();
    }
}

TEST(ImportedClaim, is_waited_for_while_a_pod_of_another_mounts_it) {
    struct Case {
        std::string behaviour;
        std::function<void(NodeWorld&)> make;
        bool is_free = false;
    };
    const std::vector<Case> cases{
        {"of a node that is gone", [](NodeWorld& world) { put_foreign_pod(world, "data-owner"); }},
        {"of a predecessor of the same name", [](NodeWorld& world) { put_foreign_pod(world, "n0"); }},
        {"of nobody that is known",
         [](NodeWorld& world) {
             put_foreign_pod(world, "");
             world.api.edit(kForeignPodPath, [](json::Object& pod) {
                 pod["metadata"].as_object().erase("labels");
                 pod["metadata"].as_object().erase("ownerReferences");
             });
         }},
        {"that has ended",
         [](NodeWorld& world) {
             put_foreign_pod(world, "data-owner");
             world.api.edit(kForeignPodPath, [](json::Object& pod) {
                 pod["status"].as_object()["phase"] = "Succeeded";
             });
         },
         true},
        {"with another claim", [](NodeWorld& world) { put_foreign_pod(world, "data-owner", "x"); }, true},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.behaviour);
        NodeWorld world;
        put_claim_and_volume(world);
        tested.make(world);
        world.create_node(kImporting);
        world.settle();
        EXPECT_EQ(world.condition("ImportPVCReady"), tested.is_free ? "True/PVCValidated" : "False/PVCNotReady");
        if (tested.is_free) continue;
        EXPECT_THAT(
            world.condition_message("ImportPVCReady"),
            AllOf(
                HasSubstr("PVC \"data-data-owner\" is mounted by pod \"data-owner-0\""),
                HasSubstr("on cluster node \"m1\"")
            )
        );
        EXPECT_EQ(world.uid_of(kSetPath), "");
        world.api.erase(kForeignPodPath);
        settle_later(world);
        EXPECT_EQ(world.condition("ImportPVCReady"), "True/PVCValidated");
        EXPECT_NE(world.uid_of(kSetPath), "");
    }
}

TEST(ImportedClaim, is_looked_at_once_more_before_the_workload_is_made) {
    NodeWorld world;
    settle_granted(world);
    put_foreign_pod(world, "data-owner");
    put_keys(world);
    world.settle();
    EXPECT_EQ(world.condition("ImportPVCReady"), "False/PVCNotReady");
    EXPECT_THAT(world.condition_message("ImportPVCReady"), HasSubstr("is mounted by pod \"data-owner-0\""));
    EXPECT_EQ(world.uid_of(kSetPath), "");
    world.api.erase(kForeignPodPath);
    settle_later(world);
    EXPECT_EQ(world.condition("ImportPVCReady"), "True/PVCValidated");
    EXPECT_NE(world.uid_of(kSetPath), "");
}

TEST(ImportedClaim, is_looked_at_once_more_before_the_bootstrap_job_is_made) {
    NodeWorld world;
    put_claim_and_volume(world);
    // Somebody else's Service keeps the plan between the two looks.
    world.api.put(kServicePath, json::Object{{"spec", json::Object{}}});
    world.create_node(kImportingBootstrapped);
    world.settle();
    ASSERT_EQ(world.condition("ImportPVCReady"), "True/PVCValidated");
    ASSERT_EQ(world.uid_of(kJobPath), "");
    put_foreign_pod(world, "data-owner");
    world.api.erase(kServicePath);
    settle_later(world);
    EXPECT_EQ(world.condition("ImportPVCReady"), "False/PVCNotReady");
    EXPECT_EQ(world.uid_of(kJobPath), "");
    world.api.erase(kForeignPodPath);
    settle_later(world);
    EXPECT_NE(world.uid_of(kJobPath), "");
}

TEST(ImportedClaim, is_given_up_by_the_later_of_two_nodes_that_were_granted_it) {
    NodeWorld world;
    settle_granted(world);
    put_other(world, kImporting, kEarlier, kGranted);
    put_keys(world);
    settle_later(world);
    EXPECT_EQ(world.condition("ImportPVCReady"), "False/PVCNotReady");
    EXPECT_EQ(world.uid_of(kSetPath), "");
}

/// Somebody who comes while the workload is being made goes by what is stored.
TEST(ImportedClaim, is_stored_as_granted_before_the_workload_is_made) {
    for (const auto& [spec, made] : {std::pair{kImporting, kSetPath}, std::pair{kImportingBootstrapped, kJobPath}}) {
        SCOPED_TRACE(made);
        NodeWorld world;
        put_claim_and_volume(world);
        world.create_node(spec);
        std::string stored;
        world.api.before = [&](const kube::HttpRequest& request, const std::string& path) {
            const bool is_new = path == made || std::string{made}.starts_with(path);
            if (is_new && request.method != kube::HttpMethod::Get && world.uid_of(made).empty()) {
                stored = world.condition("ImportPVCReady");
            }
            return std::optional<kube::HttpResponse>{};
        };
        settle_later(world);
        EXPECT_NE(world.uid_of(made), "");
        EXPECT_EQ(stored, "True/PVCValidated");
    }
}

TEST(ImportedClaim, is_written_to_by_the_earlier_of_two_nodes_once_the_other_has_given_it_up) {
    NodeWorld world;
    settle_granted(world);
    put_other(world, kImporting, kLater, kGranted);
    put_keys(world);
    settle_later(world);
    EXPECT_EQ(world.condition("ImportPVCReady"), "True/PVCValidated") << "its own right is the better one";
    EXPECT_EQ(world.uid_of(kSetPath), "");
    put_other(world, kImporting, kLater, "{}");
    settle_later(world);
    EXPECT_NE(world.uid_of(kSetPath), "");
}

TEST(ImportedClaim, of_another_pod_keeps_the_pod_of_a_running_node) {
    NodeWorld world;
    world.settle_with_pod();
    put_claim_and_volume(world);
    put_foreign_pod(world, "data-owner");
    world.set_spec("dataVolume", json::parse(R"({"import":{"pvcName":"data-data-owner"}})"));
    world.set_spec("image", "seid:v2");
    world.settle();
    world.observe_stateful_set("rev-2", 0, 1);
    world.settle();
    EXPECT_NE(world.api.find(kPodPath), nullptr);
    EXPECT_EQ(world.condition("ImportPVCReady"), "False/PVCNotReady");
    world.api.erase(kForeignPodPath);
    settle_later(world);
    world.observe_stateful_set("rev-3", 0, 1);
    settle_later(world);
    EXPECT_EQ(world.api.find(kPodPath), nullptr);
    EXPECT_EQ(world.condition("ImportPVCReady"), "True/PVCValidated");
}

TEST(ImportedClaim, gets_no_workload_for_a_node_that_is_gone_and_that_an_old_view_still_shows) {
    NodeWorld world;
    put_claim_and_volume(world);
    world.create_node(kImporting);
    world.settle();
    ASSERT_NE(world.uid_of(kSetPath), "");
    world.api.erase(kNodePath);
    world.api.erase(kSetPath);
    world.take_writes();
    world.restart_operator();
    world.pass_on_stale_caches();
    EXPECT_EQ(world.uid_of(kSetPath), "");
}

TEST(Workload, of_an_older_spec_is_not_applied_by_who_began_with_an_old_view) {
    NodeWorld world;
    world.settle_with_pod();
    world.api.edit(kNodePath, [](json::Object& node) { node["spec"].as_object()["image"] = "seid:v2"; });
    world.take_writes();
    world.restart_operator();
    world.pass_on_stale_caches();
    for (const std::string& write : world.take_writes()) EXPECT_THAT(write, Not(HasSubstr("statefulsets")));
    settle_later(world);
    EXPECT_THAT(world.take_writes(), Contains(HasSubstr("statefulsets")));
}

TEST(ImportedClaim, gets_no_bootstrap_job_for_a_node_that_is_gone_and_that_an_old_view_still_shows) {
    NodeWorld world;
    put_claim_and_volume(world);
    // Somebody else's Service keeps the plan before the Job.
    world.api.put(kServicePath, json::Object{{"spec", json::Object{}}});
    world.create_node(kImportingBootstrapped);
    world.settle();
    ASSERT_EQ(world.condition("ImportPVCReady"), "True/PVCValidated");
    world.api.erase(kServicePath);
    world.sync_caches();
    world.api.before = [&](const kube::HttpRequest& request, const std::string& path) {
        // It goes when nearly all has been looked at.
        if (request.method == kube::HttpMethod::Get && path == kJobPath) world.api.erase(kNodePath);
        return std::optional<kube::HttpResponse>{};
    };
    for (int i = 0; i < 3; ++i) {
        try {
            world.pass_on_stale_caches();
        } catch (const kube::ApiError&) {  // its status is no more
        }
    }
    EXPECT_EQ(world.uid_of(kJobPath), "");
}

constexpr const char* kImport = R"({"import":{"pvcName":"data-data-owner"}})";

/// That which the node's next pod would be on, whoever deletes the one of now.
std::string claim_in_template(const NodeWorld& world) {
    const json::Value* set = world.api.find(kSetPath);
    const json::Value* volumes = set == nullptr ? nullptr : json::find(*set, {"spec", "template", "spec", "volumes"});
    if (volumes == nullptr) return "";
    for (const json::Value& volume : volumes->as_array()) {
        const std::string_view claim = json::find_string(volume, {"persistentVolumeClaim", "claimName"});
        if (!claim.empty()) return std::string{claim};
    }
    return "";
}

/// A running node is told to import a claim that a pod of another is on.
void settle_told_to_import(NodeWorld& world) {
    world.settle_with_pod();
    put_claim_and_volume(world);
    put_foreign_pod(world, "data-owner");
    world.set_spec("dataVolume", json::parse(kImport));
    settle_later(world);
}

TEST(ImportedClaim, of_another_pod_is_not_in_the_template_of_a_running_node) {
    NodeWorld world;
    settle_told_to_import(world);
    EXPECT_EQ(claim_in_template(world), "data-n0");
    world.restart_operator();
    world.set_spec("image", "seid:v2");
    settle_later(world);
    EXPECT_EQ(claim_in_template(world), "data-n0") << "with the new image, too";
    EXPECT_EQ(world.condition("ImportPVCReady"), "False/PVCNotReady");
    world.api.erase(kForeignPodPath);
    settle_later(world);
    EXPECT_EQ(claim_in_template(world), "data-data-owner");
}

TEST(ImportedClaim, comes_back_into_a_template_that_an_old_view_took_it_from) {
    NodeWorld world;
    put_claim_and_volume(world);
    world.create_node(kImporting);
    settle_later(world);
    ASSERT_EQ(claim_in_template(world), "data-data-owner");
    world.api.edit(kSetPath, [](json::Object& set) {
        json::Object& spec = set["spec"].as_object()["template"].as_object()["spec"].as_object();
        for (json::Value& volume : spec["volumes"].as_array()) {
            json::Value* claim = volume.as_object().if_contains("persistentVolumeClaim");
            if (claim != nullptr) claim->as_object()["claimName"] = "data-n0";
        }
    });
    world.restart_operator();
    settle_later(world);
    EXPECT_EQ(claim_in_template(world), "data-data-owner");
}

TEST(ImportedClaim, that_was_not_granted_is_not_in_a_template_that_is_made_anew) {
    NodeWorld world;
    settle_told_to_import(world);
    world.api.erase(kSetPath);
    settle_later(world);
    EXPECT_EQ(claim_in_template(world), "data-n0");
}

TEST(ImportedClaim, waits_for_a_restart_of_a_running_node_and_comes_when_that_is_asked_for) {
    NodeWorld world;
    settle_told_to_import(world);
    world.api.erase(kForeignPodPath);
    settle_later(world);
    EXPECT_EQ(claim_in_template(world), "data-n0");
    EXPECT_EQ(world.condition("RestartPending"), "True/TemplateChanged");
    world.annotate("sei.io/retry", "now");
    settle_later(world);
    EXPECT_EQ(claim_in_template(world), "data-data-owner");
}

void begin_restore_of_another(NodeWorld& world) {
    world.sidecar.runs["of-another"] = {
        "snapshot-restore", {.status = sidecar::RunStatus::Running, .run = 1, .error = {}}
    };
}

void expect_to_wait_for_restore_of_another(const NodeWorld& world) {
    EXPECT_TRUE(world.sidecar.submissions.empty());
    EXPECT_THAT(
        world.condition_message("Stalled"),
        HasSubstr("the sidecar is still at task of-another (snapshot-restore) of an earlier node")
    );
}

TEST(ImportedClaim, is_not_written_to_while_the_sidecar_is_at_a_task_of_another_node) {
    NodeWorld world;
    put_claim_and_volume(world);
    begin_restore_of_another(world);
    world.create_node(kImporting);
    settle_later(world);
    expect_to_wait_for_restore_of_another(world);
    world.sidecar.end("snapshot-restore", sidecar::RunStatus::Failed);
    settle_later(world);
    EXPECT_EQ(world.phase(), "Running");
}

TEST(ImportedClaim, of_a_node_that_ran_without_it_is_not_written_to_while_the_sidecar_is_at_a_task_of_another_node) {
    NodeWorld world;
    world.settle_with_pod();
    put_claim_and_volume(world);
    world.set_spec("dataVolume", json::parse(kImport));
    world.set_spec("image", "seid:v2");
    settle_later(world);
    world.observe_stateful_set("rev-2", 0, 1);
    settle_later(world);
    ASSERT_EQ(world.api.find(kPodPath), nullptr);
    begin_restore_of_another(world);
    world.sidecar.submissions.clear();
    world.put_pod("rev-2", "seid:v2", running_state());
    world.observe_stateful_set("rev-2", 1, 1);
    settle_later(world);
    expect_to_wait_for_restore_of_another(world);
    world.sidecar.end("snapshot-restore", sidecar::RunStatus::Failed);
    settle_later(world);
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("mark-ready"));
    EXPECT_EQ(world.node().status.plan, std::nullopt);
}

}  // namespace
}  // namespace sei::test
