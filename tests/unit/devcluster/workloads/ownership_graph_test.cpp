#include "devcluster/workloads/ownership_graph.hpp"

#include <gtest/gtest.h>

namespace devcluster::workloads {
namespace {

struct Owned {
    std::vector<std::string> owners;
    bool blocks = false;
    std::vector<std::string> finalizers;
    bool is_deleting = false;
};

OwnershipGraph::Object an_object(const std::string& uid, const Owned& is = {}) {
    kube::ObjectMeta metadata;
    metadata.name = metadata.uid = uid;
    metadata.finalizers = is.finalizers;
    if (is.is_deleting) metadata.deletionTimestamp = kube::Time{};
    for (const std::string& owner : is.owners) {
        metadata.ownerReferences.push_back(
            {.apiVersion = "v1", .kind = "ConfigMap", .name = owner, .uid = owner, .blockOwnerDeletion = is.blocks}
        );
    }
    return {0, std::make_shared<const kube::ObjectMeta>(std::move(metadata))};
}

TEST(OwnershipGraph, keeps_what_has_an_owner) {
    OwnershipGraph graph;
    (void)graph.put(an_object("owner"));
    (void)graph.put(an_object("child", {.owners = {"owner"}}));
    EXPECT_TRUE(std::holds_alternative<DoNothing>(graph.decide("child", {})));
}

TEST(OwnershipGraph, asks_the_server_before_it_believes_that_an_owner_is_gone) {
    OwnershipGraph graph;
    (void)graph.put(an_object("child", {.owners = {"owner"}}));
    EXPECT_TRUE(std::holds_alternative<LookUp>(graph.decide("child", {})));
    EXPECT_TRUE(std::holds_alternative<DoNothing>(graph.decide("child", {{"owner", Absence::Exists}})));
    const auto decision = graph.decide("child", {{"owner", Absence::IsGone}});
    ASSERT_TRUE(std::holds_alternative<DeleteObject>(decision));
    EXPECT_EQ(std::get<DeleteObject>(decision).propagation, kube::Propagation::Background);
}

TEST(OwnershipGraph, looks_at_the_dependents_of_what_has_gone) {
    OwnershipGraph graph;
    (void)graph.put(an_object("owner"));
    (void)graph.put(an_object("child", {.owners = {"owner"}}));
    EXPECT_EQ(graph.erase("owner"), std::set<std::string>{"child"});
}

TEST(OwnershipGraph, takes_away_only_the_owners_that_are_gone_while_others_stay) {
    OwnershipGraph graph;
    (void)graph.put(an_object("stays"));
    (void)graph.put(an_object("child", {.owners = {"stays", "gone"}}));
    const auto decision = graph.decide("child", {{"gone", Absence::IsGone}});
    ASSERT_TRUE(std::holds_alternative<KeepOwners>(decision));
    ASSERT_EQ(std::get<KeepOwners>(decision).owners.size(), 1U);
    EXPECT_EQ(std::get<KeepOwners>(decision).owners.front().uid, "stays");
}

TEST(OwnershipGraph, holds_an_owner_in_foreground_deletion_until_its_blocking_dependents_are_gone) {
    OwnershipGraph graph;
    (void)graph.put(an_object("owner", {.finalizers = {kForegroundFinalizer}, .is_deleting = true}));
    (void)graph.put(an_object("child", {.owners = {"owner"}, .blocks = true}));
    EXPECT_EQ(graph.decide("owner", {}), GarbageDecision{WakeDependents{{"child"}}});
    EXPECT_EQ(graph.decide("child", {}), GarbageDecision{DeleteObject{kube::Propagation::Background}});
    EXPECT_EQ(graph.erase("child"), std::set<std::string>{"owner"});
    EXPECT_EQ(graph.decide("owner", {}), GarbageDecision{RemoveFinalizer{kForegroundFinalizer}});
}

TEST(OwnershipGraph, does_not_wait_for_dependents_that_do_not_block) {
    OwnershipGraph graph;
    (void)graph.put(an_object("owner", {.finalizers = {kForegroundFinalizer}, .is_deleting = true}));
    (void)graph.put(an_object("child", {.owners = {"owner"}}));
    EXPECT_EQ(graph.decide("owner", {}), GarbageDecision{RemoveFinalizer{kForegroundFinalizer}});
}

TEST(OwnershipGraph, deletes_a_tree_in_the_foreground_from_its_leaves) {
    OwnershipGraph graph;
    (void)graph.put(an_object("root", {.finalizers = {kForegroundFinalizer}, .is_deleting = true}));
    (void)graph.put(an_object("branch", {.owners = {"root"}, .blocks = true}));
    (void)graph.put(an_object("leaf", {.owners = {"branch"}, .blocks = true}));
    EXPECT_EQ(graph.decide("branch", {}), GarbageDecision{DeleteObject{kube::Propagation::Foreground}});
}

TEST(OwnershipGraph, lets_dependents_of_an_orphaning_owner_go_free) {
    OwnershipGraph graph;
    (void)graph.put(an_object("owner", {.finalizers = {kOrphanFinalizer}, .is_deleting = true}));
    (void)graph.put(an_object("child", {.owners = {"owner"}}));
    EXPECT_EQ(graph.decide("owner", {}), GarbageDecision{OrphanDependents{{"child"}}});
    EXPECT_EQ(graph.put(an_object("child")), std::set<std::string>{"owner"});
    EXPECT_EQ(graph.decide("owner", {}), GarbageDecision{RemoveFinalizer{kOrphanFinalizer}});
}

}  // namespace
}  // namespace devcluster::workloads
