// What validators and bootstrapped nodes wait for, and in which order things are made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kSigningKeyPath = "/api/v1/namespaces/ns/secrets/sk";
constexpr const char* kNodeKeyPath = "/api/v1/namespaces/ns/secrets/nk";
constexpr const char* kBootstrapPodPath = "/api/v1/namespaces/ns/pods/n0-bootstrap-x";
constexpr const char* kValidator =
    R"({"chainId":"c","image":"seid:v1","validator":{"signingKey":{"secret":{"secretName":"sk"}},)"
    R"("nodeKey":{"secret":{"secretName":"nk"}}}})";
constexpr const char* kBootstrapped =
    R"({"chainId":"c","image":"seid:v1","fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot"}}})";
/// {"address":"1B","pub_key":{"type":"t","value":"v"},"priv_key":{"type":"t","value":"v"}}
constexpr const char* kSigningKeyFile =
    "eyJhZGRyZXNzIjoiMUIiLCJwdWJfa2V5Ijp7InR5cGUiOiJ0IiwidmFsdWUiOiJ2In0sInByaXZfa2V5Ijp7InR5cGUiOiJ0IiwidmFsdWUiOiJ2In"
    "19";
/// {"priv_key":{"type":"t","value":"v"}}
constexpr const char* kNodeKeyFile = "eyJwcml2X2tleSI6eyJ0eXBlIjoidCIsInZhbHVlIjoidiJ9fQ==";
/// {}
constexpr const char* kEmptyFile = "e30=";

void put_secret(NodeWorld& world, const char* path, const char* key, const char* content) {
    world.api.put(path, json::Object{{"data", json::Object{{key, content}}}});
}

TEST(ValidatorNode, waits_for_its_secrets_before_there_is_a_workload) {
    NodeWorld world;
    world.create_node(kValidator);
    const kube::Requeue wait = world.settle();
    EXPECT_EQ(world.condition("SigningKeyReady"), "False/SigningKeyNotReady");
    EXPECT_EQ(world.condition_message("SigningKeyReady"), R"(secret "sk" not found in namespace "ns")");
    EXPECT_EQ(world.condition("NodeKeyReady"), "absent");
    EXPECT_EQ(world.uid_of(kSetPath), "");
    EXPECT_EQ(wait.kind(), kube::Requeue::Kind::After);
    EXPECT_LE(wait.delay(), std::chrono::seconds{5}) << "nothing else tells that a Secret appeared";
}

TEST(ValidatorNode, goes_on_when_its_secrets_appear) {
    NodeWorld world;
    world.create_node(kValidator);
    world.settle();
    put_secret(world, kSigningKeyPath, "priv_validator_key.json", kSigningKeyFile);
    world.settle();
    EXPECT_EQ(world.condition("SigningKeyReady"), "True/SigningKeyValidated");
    EXPECT_EQ(world.condition("NodeKeyReady"), "False/NodeKeyNotReady");
    put_secret(world, kNodeKeyPath, "node_key.json", kNodeKeyFile);
    world.settle();
    EXPECT_EQ(world.condition("NodeKeyReady"), "True/NodeKeyValidated");
    EXPECT_EQ(world.condition("OperatorKeyringReady"), "absent") << "none is configured";
    EXPECT_EQ(world.phase(), "Running");
}

TEST(ValidatorNode, writes_nothing_while_it_waits) {
    NodeWorld world;
    world.create_node(kValidator);
    world.settle();
    world.take_writes();
    for (int i = 0; i < 10; ++i) {
        world.clock.advance_by(std::chrono::seconds{5});
        world.pass();
    }
    EXPECT_THAT(world.take_writes(), ElementsAre());
}

TEST(ValidatorNode, fails_for_a_wrong_key_without_a_workload) {
    NodeWorld world;
    put_secret(world, kSigningKeyPath, "priv_validator_key.json", kEmptyFile);
    world.create_node(kValidator);
    world.settle();
    EXPECT_EQ(world.phase(), "Failed");
    EXPECT_EQ(world.condition("SigningKeyReady"), "False/SigningKeyInvalid");
    EXPECT_THAT(world.condition_message("SigningKeyReady"), HasSubstr("missing address"));
    EXPECT_EQ(world.uid_of(kSetPath), "");
}

TEST(ValidatorNode, has_its_keys_checked_again_before_an_update_replaces_its_pod) {
    NodeWorld world;
    put_secret(world, kSigningKeyPath, "priv_validator_key.json", kSigningKeyFile);
    put_secret(world, kNodeKeyPath, "node_key.json", kNodeKeyFile);
    world.create_node(kValidator);
    world.settle();
    ASSERT_EQ(world.phase(), "Running");
    world.observe_stateful_set("rev-1", 1, 1);
    world.put_pod("rev-1", "seid:v1", running_state());
    put_secret(world, kNodeKeyPath, "node_key.json", kEmptyFile);
    world.set_spec("image", "seid:v2");
    world.observe_stateful_set("rev-2", 0, 1);
    world.settle();
    EXPECT_EQ(world.condition("NodeKeyReady"), "False/NodeKeyInvalid");
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateFailed");
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_NE(world.uid_of(kPodPath), "") << "the pod that signs is left alone";
}

void put_bootstrap_pod(NodeWorld& world) {
    json::Object pod;
    pod["metadata"] = json::Object{{"labels", json::Object{{"sei.io/node", "n0"}, {"sei.io/component", "bootstrap"}}}};
    pod["spec"] = json::Object{{"containers", json::Array{}}};
    world.api.put(kBootstrapPodPath, pod);
}

/// A bootstrap whose sidecar nobody reaches; the uid of its Job.
std::string begin_stuck_bootstrap(NodeWorld& world) {
    world.sidecar.is_unreachable = true;
    world.create_node(kBootstrapped);
    world.settle();
    return world.uid_of(kJobPath);
}
/// The sidecar is reached, and what was begun anew has had its time.
void let_bootstrap_go_on(NodeWorld& world) {
    world.sidecar.is_unreachable = false;
    world.settle();
    world.clock.advance_by(std::chrono::seconds{5});
    world.settle();
}

TEST(BootstrappedNode, has_no_workload_until_its_job_is_done_and_gone) {
    NodeWorld world;
    world.create_node(kBootstrapped);
    world.settle();
    EXPECT_NE(world.uid_of(kJobPath), "");
    EXPECT_NE(world.uid_of(kServicePath), "");
    EXPECT_EQ(world.uid_of(kSetPath), "");
    EXPECT_EQ(world.task("await-bootstrap-complete").status, api::TaskStatus::Pending);

    put_bootstrap_pod(world);
    world.complete_bootstrap_job();
    world.settle();
    EXPECT_EQ(world.uid_of(kJobPath), "");
    EXPECT_EQ(world.uid_of(kSetPath), "") << "its pod is still there";

    world.api.erase(kBootstrapPodPath);
    world.settle();
    EXPECT_NE(world.uid_of(kSetPath), "");
    EXPECT_EQ(world.phase(), "Running");
}

TEST(BootstrappedNode, keeps_a_success_that_was_seen_although_the_job_goes) {
    NodeWorld world;
    world.create_node(kBootstrapped);
    world.settle();
    world.complete_bootstrap_job();
    put_bootstrap_pod(world);
    world.settle();
    ASSERT_EQ(world.task("await-bootstrap-complete").status, api::TaskStatus::Complete);
    world.api.erase(kBootstrapPodPath);
    world.restart_operator();
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
}

TEST(BootstrappedNode, starts_over_when_its_job_went_before_the_end_was_seen) {
    NodeWorld world;
    world.create_node(kBootstrapped);
    world.settle();
    const std::string first_plan = world.node().status.plan->id;
    world.api.erase(kJobPath);
    world.settle();
    EXPECT_EQ(world.phase(), "Initializing");
    EXPECT_NE(world.node().status.plan->id, first_plan) << "the sidecar would not run the same tasks again";
    EXPECT_NE(world.uid_of(kJobPath), "");
}

/// The node is to restore the snapshot by itself.
void drop_bootstrap_image(NodeWorld& world) {
    world.set_spec("fullNode", json::parse(R"({"snapshot":{"s3":{"targetHeight":100}}})"));
}

TEST(BootstrappedNode, that_is_to_be_none_anymore_has_no_workload_beside_its_job) {
    NodeWorld world;
    world.create_node(kBootstrapped);
    world.settle();
    put_bootstrap_pod(world);
    drop_bootstrap_image(world);
    world.settle();
    EXPECT_EQ(world.uid_of(kJobPath), "");
    EXPECT_EQ(world.uid_of(kSetPath), "") << "its pod is still there (spec 08 4.2)";
    world.set_spec("podLabels", json::Object{{"a", "b"}});
    world.restart_operator();
    world.settle();
    EXPECT_EQ(world.uid_of(kSetPath), "");

    world.api.erase(kBootstrapPodPath);
    world.settle();
    EXPECT_NE(world.uid_of(kSetPath), "");
    EXPECT_EQ(world.phase(), "Running");
}

TEST(BootstrappedNode, that_failed_and_is_to_be_none_anymore_has_no_workload_beside_its_job) {
    NodeWorld world;
    world.sidecar.on_start = [](const std::string& type) {
        const auto status = type == "snapshot-restore" ? sidecar::RunStatus::Failed : sidecar::RunStatus::Completed;
        return sidecar::TaskRun{.status = status, .run = 1, .error = "no such snapshot"};
    };
    world.create_node(kBootstrapped);
    for (int i = 0; i < 50 && world.phase() != "Failed"; ++i) {
        world.settle();
        world.clock.advance_by(std::chrono::minutes{10});
    }
    ASSERT_EQ(world.phase(), "Failed");
    put_bootstrap_pod(world);
    world.sidecar.complete_tasks();
    drop_bootstrap_image(world);
    world.settle();
    EXPECT_EQ(world.uid_of(kJobPath), "");
    EXPECT_EQ(world.uid_of(kSetPath), "");
    world.api.erase(kBootstrapPodPath);
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
}

TEST(BootstrappedNode, fails_with_its_job_and_tells_why) {
    NodeWorld world;
    world.create_node(kBootstrapped);
    world.settle();
    world.api.edit(kJobPath, [](json::Object& job) {
        job["status"] = json::Object{
            {"conditions",
             json::Array{json::Object{{"type", "Failed"}, {"status", "True"}, {"message", "backoff limit"}}}}
        };
    });
    world.settle();
    EXPECT_EQ(world.phase(), "Failed");
    EXPECT_EQ(world.node().status.plan->failedTaskDetail->error, "bootstrap job failed: backoff limit");
    EXPECT_EQ(world.uid_of(kSetPath), "");
}

TEST(BootstrappedNode, does_not_wait_for_the_sidecar_of_a_job_that_failed) {
    NodeWorld world;
    world.sidecar.leave_tasks_running();
    world.create_node(kBootstrapped);
    world.settle();
    ASSERT_EQ(world.phase(), "Initializing");
    world.sidecar.is_unreachable = true;
    world.api.edit(kJobPath, [](json::Object& job) {
        job["status"] = json::Object{
            {"conditions", json::Array{json::Object{{"type", "Failed"}, {"status", "True"}, {"message", "evicted"}}}}
        };
    });
    world.settle();
    EXPECT_EQ(world.phase(), "Failed");
    EXPECT_EQ(
        world.node().status.plan->failedTaskDetail->error,
        "bootstrap job n0-bootstrap ended before snapshot-restore was done: evicted"
    );
}

TEST(BootstrappedNode, takes_the_success_of_its_job_for_an_open_gate) {
    NodeWorld world;
    world.sidecar.on_start = [](const std::string& type) {
        const bool is_slow = type == "mark-ready";
        return sidecar::TaskRun{
            .status = is_slow ? sidecar::RunStatus::Running : sidecar::RunStatus::Completed, .run = 1, .error = {}
        };
    };
    world.create_node(kBootstrapped);
    world.settle();
    ASSERT_EQ(world.task("mark-ready").status, api::TaskStatus::Pending);
    world.sidecar.is_unreachable = true;
    world.complete_bootstrap_job();
    world.settle();
    EXPECT_EQ(world.task("teardown-bootstrap").status, api::TaskStatus::Complete);
    EXPECT_NE(world.uid_of(kSetPath), "");
}

TEST(BootstrappedNode, removes_its_job_only_when_its_success_is_stored) {
    NodeWorld world;
    world.create_node(kBootstrapped);
    world.settle();
    world.complete_bootstrap_job();
    // The operator dies before it has written what it saw.
    world.api.refuse_status_writes();
    EXPECT_THROW(world.pass(), kube::ApiError);
    EXPECT_NE(world.uid_of(kJobPath), "");
    world.api.before = {};
    world.restart_operator();
    world.settle();
    EXPECT_EQ(world.uid_of(kJobPath), "");
    EXPECT_NE(world.uid_of(kSetPath), "");
    const auto jobs = std::ranges::count_if(world.api.writes, [](const FakeApi::Write& write) {
        return write.method == "POST" && write.path.ends_with("/jobs");
    });
    EXPECT_EQ(jobs, 1) << "it is not done once more";
}

TEST(BootstrappedNode, takes_the_success_of_its_job_for_all_that_came_before_the_gate) {
    NodeWorld world;
    world.sidecar.leave_tasks_running();
    world.create_node(kBootstrapped);
    world.settle();
    ASSERT_EQ(world.task("snapshot-restore").status, api::TaskStatus::Pending);
    // The passes that saw the rest of it, up to the open gate, could not write what they had seen.
    world.sidecar.is_unreachable = true;
    world.complete_bootstrap_job();
    world.settle();
    EXPECT_EQ(world.phase(), "Initializing");
    EXPECT_EQ(world.task("teardown-bootstrap").status, api::TaskStatus::Complete);
    EXPECT_NE(world.uid_of(kSetPath), "");
}

TEST(BootstrappedNode, takes_over_a_job_that_ended_well_before_anybody_stored_that_it_was_made) {
    NodeWorld world;
    world.create_node(kBootstrapped);
    world.pass();
    world.sync_caches();
    // All of the plan up to the gate, in one pass whose end is lost; and this operator's cache of nodes is late.
    world.api.refuse_status_writes();
    EXPECT_THROW(world.pass(), kube::ApiError);
    const std::string job = world.uid_of(kJobPath);
    ASSERT_NE(job, "");
    world.complete_bootstrap_job();
    EXPECT_THROW(world.pass(), kube::ApiError);
    EXPECT_EQ(world.uid_of(kJobPath), job);
    world.api.before = {};
    world.settle();
    EXPECT_EQ(world.uid_of(kJobPath), "");
    EXPECT_NE(world.uid_of(kSetPath), "");
}

TEST(BootstrappedNode, starts_over_with_a_corrected_image_while_its_job_is_stuck) {
    NodeWorld world;
    const std::string stuck = begin_stuck_bootstrap(world);
    world.set_spec(
        "fullNode", json::parse(R"({"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot:fixed"}})")
    );
    let_bootstrap_go_on(world);
    EXPECT_NE(world.uid_of(kJobPath), "");
    EXPECT_NE(world.uid_of(kJobPath), stuck);
    EXPECT_EQ(world.task("mark-ready").status, api::TaskStatus::Complete);
}

TEST(BootstrappedNode, goes_on_with_a_job_whose_script_has_another_text) {
    NodeWorld world;
    const std::string job = begin_stuck_bootstrap(world);
    world.api.edit(kJobPath, [](json::Object& object) {
        json::Array& containers =
            object["spec"].as_object()["template"].as_object()["spec"].as_object()["containers"].as_array();
        for (auto& container : containers) {
            if (container.at("name") != "seid") continue;
            container.as_object()["args"] = json::Array{"wait; seid start --halt-height 100 --home /.sei"};
        }
    });
    let_bootstrap_go_on(world);
    EXPECT_EQ(world.uid_of(kJobPath), job);
    EXPECT_EQ(world.task("mark-ready").status, api::TaskStatus::Complete);
}

TEST(BootstrappedNode, starts_over_with_a_job_of_another_height) {
    NodeWorld world;
    const std::string job = begin_stuck_bootstrap(world);
    world.set_spec("fullNode", json::parse(R"({"snapshot":{"s3":{"targetHeight":1000},"bootstrapImage":"boot"}})"));
    let_bootstrap_go_on(world);
    EXPECT_NE(world.uid_of(kJobPath), job);
}

TEST(BootstrappedNode, replaces_a_failed_job_once_its_spec_is_corrected) {
    NodeWorld world;
    world.create_node(kBootstrapped);
    world.settle();
    const std::string first_job = world.uid_of(kJobPath);
    world.api.edit(kJobPath, [](json::Object& job) {
        job["status"] = json::Object{{"conditions", json::Array{json::Object{{"type", "Failed"}, {"status", "True"}}}}};
    });
    world.settle();
    ASSERT_EQ(world.phase(), "Failed");
    world.set_spec(
        "fullNode", json::parse(R"({"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot:fixed"}})")
    );
    world.settle();
    world.clock.advance_by(std::chrono::seconds{5});
    world.settle();
    EXPECT_EQ(world.phase(), "Initializing");
    EXPECT_NE(world.uid_of(kJobPath), "");
    EXPECT_NE(world.uid_of(kJobPath), first_job);
}

TEST(GenesisMember, makes_and_uploads_its_part_then_waits_for_the_chain) {
    NodeWorld world;
    world.create_node(R"({"chainId":"local-1","image":"seid:v1","validator":{"genesisCeremony":{"chainId":"local-1",)"
                      R"("stakingAmount":"10usei","accountBalance":"100usei","index":0}}})");
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_THAT(
        world.sidecar.submitted_types(),
        ElementsAre(
            "generate-identity",
            "generate-gentx",
            "upload-genesis-artifacts",
            "configure-genesis",
            "config-apply",
            "set-genesis-peers",
            "config-validate",
            "mark-ready"
        )
    );
    EXPECT_EQ(
        kube::json::serialize_canonical(*world.sidecar.submissions[1].params),
        R"({"accountBalance":"100usei","chainId":"local-1","stakingAmount":"10usei"})"
    );
}

}  // namespace
}  // namespace sei::test
