// The StatefulSet of a running node, whoever lays hands on it: the same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/nodes.hpp"

namespace {

using namespace support;
using namespace std::chrono_literals;
using sei::api::SeiNode;
using ::testing::HasSubstr;

constexpr std::string_view kHold = "example.com/hold";
/// How soon a node has its workload back, with a spec edit at the same instant.
constexpr auto kConvergence = 1s;
/// Of so many tries one has to be as quick: a machine that stood still meanwhile says nothing about the operator.
constexpr int kTries = 6;
/// A node looks at its workload after that time even if nothing wakes it.
constexpr auto kNextLook = 5s;

bool has_replicas(const World& world, int replicas) {
    const auto set = world.stateful_set("n0");
    return set && set->spec.replicas == replicas;
}

std::string image_of(const World& world) {
    const auto set = world.stateful_set("n0");
    if (!set) return "there is no StatefulSet";
    for (const auto& container : set->spec.template_.spec.containers) {
        if (container.name == "seid") return container.image;
    }
    return "there is no seid";
}

void create_running(World& world) {
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    ASSERT_TRUE(world.run_until("its StatefulSet is tracked", [&] { return is_tracked(world, "n0"); }));
}

void let_go(World& world) {
    for (;;) {
        const auto live = world.run(world.client().get<kube::StatefulSet>(world.key("n0")));
        ASSERT_TRUE(live);
        if (world.run(world.client().write_finalizers(*live, {}))) return;
    }
}

/// Another StatefulSet takes the place of the node's; the operator must be away. Its UID comes back.
std::string put_impostor(World& world, std::vector<kube::OwnerReference> owners = {}) {
    const auto ours = world.run(world.client().get<kube::StatefulSet>(world.key("n0")));
    (void)world.run(
        world.client().delete_object<kube::StatefulSet>(world.key("n0"), {.uid = ours->uid(), .resource_version = {}})
    );
    world.run_until("the node's own is gone", [&] { return !world.stateful_set("n0"); });
    kube::StatefulSet impostor;
    impostor.metadata.name = "n0";
    impostor.metadata.namespace_ = world.namespace_name();
    impostor.metadata.finalizers = {std::string{kHold}};
    impostor.metadata.ownerReferences = std::move(owners);
    impostor.spec = (*ours)->spec;
    const auto created = world.run(world.client().create(std::move(impostor)));
    return created ? (*created)->metadata.uid : "";
}

kube::Async<bool> set_image(kube::Client& client, kube::NamespacedName node, std::string image) {
    for (;;) {
        const auto read = co_await client.get<SeiNode>(node);
        SeiNode changed = **read;
        changed.spec.image = image;
        if (co_await client.patch(*read, std::move(changed))) co_return true;
    }
}

kube::Async<bool> forge_identity(kube::Client& client, kube::NamespacedName node) {
    for (;;) {
        const auto read = co_await client.get<SeiNode>(node);
        sei::api::SeiNodeStatus status = (*read)->status;
        status.statefulSet->uid = "00000000-0000-0000-0000-00000000f09e";
        if (co_await client.write_status(*read, std::move(status))) co_return true;
    }
}

kube::Async<bool> delete_workload(kube::Client& client, kube::NamespacedName node) {
    const auto read = co_await client.get<kube::StatefulSet>(node);
    co_return co_await client.delete_object<kube::StatefulSet>(node, {.uid = read->uid(), .resource_version = {}}) ==
        kube::DeleteOutcome::Accepted;
}

using Disturbance = kube::Async<bool> (*)(kube::Client& client, kube::NamespacedName node);

/// One right after the other, before the operator's first answer to either has come back.
kube::Async<bool> both(
    kube::Client& client, kube::NamespacedName node, Disturbance disturb, std::string image, bool edit_first
) {
    if (edit_first) co_await set_image(client, node, image);
    const bool is_disturbed = co_await disturb(client, node);
    if (!edit_first) co_await set_image(client, node, image);
    co_return is_disturbed;
}

/// "StatefulSet generation 1 version 12", and the same of the other objects that are applied.
std::vector<std::string> versions_of_what_is_applied(World& world) {
    std::vector<std::string> all;
    const auto note = [&](std::string kind, const auto& object) {
        if (!object) return;
        all.push_back(
            std::move(kind) + " generation " + std::to_string((*object)->metadata.generation) + " version " +
            object->resource_version().value()
        );
    };
    note("StatefulSet", world.run(world.client().get<kube::StatefulSet>(world.key("n0"))));
    note("Service", world.run(world.client().get<kube::Service>(world.key("n0"))));
    note("ConfigMap", world.run(world.client().get<kube::ConfigMap>(world.key("n0-rbac-proxy-config"))));
    return all;
}

/// Sends what the operator applied last to this object once more. The answer's status; 0 where it never applied it.
unsigned apply_again(World& world, std::string_view object) {
    std::optional<PassedRequest> last;
    for (const PassedRequest& write : world.operator_writes()) {
        const bool is_apply = write.content_type == "application/apply-patch+yaml";
        if (is_apply && write.path().ends_with(object)) last = write;
    }
    if (!last) return 0;
    kube::HttpRequest request;
    request.method = last->method;
    request.target = last->target;
    request.content_type = last->content_type;
    request.body = last->body;
    return world.run(world.operator_transport().send(std::move(request))).status;
}

TEST(Workload, is_scaled_to_zero_while_the_node_is_paused) {
    World world;
    create_running(world);
    world.edit("n0", [](sei::api::NodeSpec& spec) { spec.paused = true; });
    EXPECT_TRUE(world.run_until("there is no replica", [&] { return has_replicas(world, 0); }));
    EXPECT_TRUE(world.run_until("the node says that it is paused", [&] {
        return condition(world, "n0", "Paused") == "True/Paused";
    }));
    EXPECT_TRUE(world.run_until("there is no pod", [&] { return world.pods().empty(); }));
    EXPECT_TRUE(is_tracked(world, "n0"));
}

TEST(Workload, gets_its_replica_back_after_a_pause) {
    World world;
    create_running(world);
    world.edit("n0", [](sei::api::NodeSpec& spec) { spec.paused = true; });
    ASSERT_TRUE(world.run_until("there is no replica", [&] { return has_replicas(world, 0); }));
    world.edit("n0", [](sei::api::NodeSpec& spec) { spec.paused = false; });
    EXPECT_TRUE(world.run_until("there is a replica", [&] { return has_replicas(world, 1); }));
    EXPECT_TRUE(world.run_until("the node says so", [&] {
        return condition(world, "n0", "Paused") == "False/NotPaused";
    }));
}

/// Spec 05 §13.4, I6.
TEST(Workload, keeps_its_template_and_revision_through_a_pause) {
    World world;
    create_running(world);
    ASSERT_TRUE(world.run_until_quiet());
    const auto before = world.run(world.client().get<kube::StatefulSet>(world.key("n0")));
    ASSERT_TRUE(before);
    ASSERT_FALSE((*before)->status.updateRevision.empty());
    std::int64_t generation = (*before)->metadata.generation;
    for (const bool is_paused : {true, false}) {
        SCOPED_TRACE(is_paused ? "paused" : "released");
        world.edit("n0", [&](sei::api::NodeSpec& spec) { spec.paused = is_paused; });
        ASSERT_TRUE(world.run_until("it has as many replicas", [&] { return has_replicas(world, is_paused ? 0 : 1); }));
        ASSERT_TRUE(world.run_until_quiet());
        const auto now = world.run(world.client().get<kube::StatefulSet>(world.key("n0")));
        ASSERT_TRUE(now);
        EXPECT_EQ((*now)->metadata.generation, ++generation) << "the replicas, and nothing else";
        EXPECT_EQ((*now)->status.updateRevision, (*before)->status.updateRevision);
        EXPECT_TRUE((*now)->spec.template_ == (*before)->spec.template_);
    }
}

/// Spec 05 §13.4, I2 and I7.
TEST(AppliedObjects, stay_at_their_versions_when_they_are_applied_again) {
    World world;
    create_running(world);
    ASSERT_TRUE(world.run_until_quiet());
    const auto before = versions_of_what_is_applied(world);
    ASSERT_EQ(before.size(), 3U);
    EXPECT_EQ(apply_again(world, "/statefulsets/n0"), 200U);
    EXPECT_EQ(apply_again(world, "/services/n0"), 200U);
    EXPECT_EQ(apply_again(world, "/configmaps/n0-rbac-proxy-config"), 200U);
    EXPECT_EQ(versions_of_what_is_applied(world), before);
}

TEST(AppliedObjects, stay_at_their_versions_when_the_operator_is_restarted) {
    World world;
    create_running(world);
    ASSERT_TRUE(world.run_until_quiet());
    const auto before = versions_of_what_is_applied(world);
    ASSERT_EQ(before.size(), 3U);
    world.stop_operator();
    world.start_operator();
    ASSERT_TRUE(world.run_until("the operator is ready", [&] { return world.operator_is_ready(); }));
    ASSERT_TRUE(world.run_one_more_pass_of_everything());
    EXPECT_EQ(versions_of_what_is_applied(world), before);
}

TEST(Workload, deleted_by_somebody_is_made_anew_and_its_new_identity_recorded) {
    World world;
    create_running(world);
    const std::string first = world.stateful_set("n0")->metadata.uid;
    ASSERT_TRUE(world.run(delete_workload(world.client(), world.key("n0"))));
    EXPECT_TRUE(world.run_until("another StatefulSet is tracked", [&] {
        return is_tracked(world, "n0") && world.stateful_set("n0")->metadata.uid != first;
    }));
}

/// With an impostor in the place of the node's own, and the operator away.
void expect_replaced_in_two_steps(World& world, const std::string& impostor) {
    ASSERT_FALSE(impostor.empty());
    world.operator_transport().forget_requests();
    world.start_operator();

    // One: it is deleted, and nothing is tracked. A finalizer keeps it for now.
    ASSERT_TRUE(world.run_until("the impostor is going, and not tracked", [&] {
        const auto set = world.stateful_set("n0");
        return set && set->metadata.deletionTimestamp && !world.node("n0")->status.statefulSet;
    }));
    const auto last_look = std::chrono::steady_clock::now();
    ASSERT_TRUE(world.run_until_quiet());
    std::size_t deletes = 0;
    for (const auto& write : world.operator_writes()) {
        if (!write.path().ends_with("/statefulsets/n0")) continue;
        EXPECT_EQ(write.method, kube::HttpMethod::Delete) << "nothing is applied to what is going: " << write.body;
        EXPECT_THAT(write.body, HasSubstr(impostor));
        ++deletes;
    }
    EXPECT_EQ(deletes, 1U);

    // Two: it is gone, and one of ours takes its place.
    let_go(world);
    EXPECT_TRUE(world.run_until("a StatefulSet of ours is tracked", [&] {
        return is_tracked(world, "n0") && world.stateful_set("n0")->metadata.uid != impostor;
    }));
    // Woken by its end. Not where five real processes share the machine.
    if (backend() != Backend::Cluster) EXPECT_LT(std::chrono::steady_clock::now() - last_look, kNextLook);
    EXPECT_TRUE(world.stateful_set("n0")->metadata.is_controlled_by(kube::Uid{world.node("n0")->metadata.uid}));
}

TEST(Workload, of_a_foreign_identity_is_deleted_by_uid_then_replaced_once_it_is_gone) {
    World world;
    create_running(world);
    world.stop_operator();
    expect_replaced_in_two_steps(world, put_impostor(world));
}

TEST(Workload, of_a_foreign_identity_is_replaced_whoever_controls_it) {
    World world;
    create_running(world);
    world.stop_operator();
    kube::ConfigMap controller;
    controller.metadata.name = "another-controller";
    controller.metadata.namespace_ = world.namespace_name();
    const auto made = world.run(world.client().create(std::move(controller)));
    ASSERT_TRUE(made);
    kube::OwnerReference owner;
    owner.apiVersion = "v1";
    owner.kind = "ConfigMap";
    owner.name = (*made)->metadata.name;
    owner.uid = (*made)->metadata.uid;
    owner.controller = true;
    expect_replaced_in_two_steps(world, put_impostor(world, {std::move(owner)}));
}

TEST(Workload, is_made_only_after_its_old_identity_was_cleared) {
    World world;
    create_running(world);
    const std::string first = world.stateful_set("n0")->metadata.uid;
    world.operator_transport().forget_requests();
    ASSERT_TRUE(world.run(delete_workload(world.client(), world.key("n0"))));
    ASSERT_TRUE(world.run_until("another StatefulSet is tracked", [&] {
        return is_tracked(world, "n0") && world.stateful_set("n0")->metadata.uid != first;
    }));
    const auto writes = world.operator_writes();
    const auto cleared = std::ranges::find_if(writes, [](const PassedRequest& write) {
        return write.path().ends_with("/status") && write.body.find(R"("statefulSet":null)") != std::string::npos;
    });
    const auto applied = std::ranges::find_if(writes, [](const PassedRequest& write) {
        return write.path().ends_with("/statefulsets/n0") && write.method == kube::HttpMethod::Patch;
    });
    ASSERT_NE(cleared, writes.end());
    ASSERT_NE(applied, writes.end());
    EXPECT_LT(cleared - writes.begin(), applied - writes.begin());
}

struct Blow {
    std::string name;
    Disturbance disturb;
};

class WorkloadWithAnEdit : public ::testing::TestWithParam<Blow> {};

TEST_P(WorkloadWithAnEdit, converges_within_a_second) {
    World world;
    create_running(world);
    int image_number = 1;
    for (const bool edit_first : {false, true}) {
        SCOPED_TRACE(edit_first ? "the edit first" : "the edit second");
        auto quickest = std::chrono::steady_clock::duration::max();
        for (int tries = 0; tries < kTries && quickest >= kConvergence; ++tries) {
            const std::string before = world.stateful_set("n0")->metadata.uid;
            const std::string image = "example.com/seid:v" + std::to_string(++image_number);
            ASSERT_TRUE(world.run(both(world.client(), world.key("n0"), GetParam().disturb, image, edit_first)));
            const auto start = std::chrono::steady_clock::now();
            ASSERT_TRUE(world.run_until("another StatefulSet is tracked, with the new image", [&] {
                return is_tracked(world, "n0") && world.stateful_set("n0")->metadata.uid != before &&
                       image_of(world) == image && has_replicas(world, 1);
            }));
            quickest = std::min(quickest, std::chrono::steady_clock::now() - start);
            ASSERT_TRUE(world.run_until("the new image runs", [&] {
                return world.node("n0")->status.currentImage == image && !world.node("n0")->status.plan;
            }));
            // Where five real processes share the machine with the operator, how long it takes is theirs.
            if (backend() == Backend::Cluster) break;
        }
        if (backend() != Backend::Cluster) EXPECT_LT(quickest, kConvergence);
    }
}

INSTANTIATE_TEST_SUITE_P(
    AtTheSameInstant,
    WorkloadWithAnEdit,
    ::testing::Values(Blow{"deleted", &delete_workload}, Blow{"of_a_forged_identity", &forge_identity}),
    [](const auto& tested) { return tested.param.name; }
);

}  // namespace
