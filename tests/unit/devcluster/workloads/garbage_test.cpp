// What goes away when something else does: owners and namespaces; and the faker of statuses.
#include "kube/async/signal.hpp"
#include "test_cluster.hpp"

namespace devcluster::workloads::test {
namespace {

std::string uid_of(const kube::json::Value& object) {
    return std::string{kube::json::find_string(object, {"metadata", "uid"})};
}

std::string a_map(std::string_view name, std::string_view metadata = "{}") {
    kube::json::Value map = kube::json::parse(R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}})");
    kube::json::apply_merge_patch(map.at("metadata"), kube::json::parse(metadata));
    map.at("metadata").as_object()["name"] = name;
    return kube::json::serialize(map);
}

std::string owned_by(const kube::json::Value& owner, bool blocks = false) {
    return fmt::format(
        R"({{"ownerReferences": [{{"apiVersion": "v1", "kind": "ConfigMap", "name": "{}", "uid": "{}", "blockOwnerDeletion": {}}}]}})",
        kube::json::find_string(owner, {"metadata", "name"}),
        uid_of(owner),
        blocks
    );
}

TEST(GarbageCollector, deletes_what_a_gone_owner_owned) {
    TestCluster cluster;
    const auto owner = cluster.create(a_map("owner"));
    const auto child = cluster.create(a_map("child", owned_by(owner)));
    cluster.create(a_map("grandchild", owned_by(child)));
    cluster.create(a_map("stranger"));
    cluster.remove(kMaps, "owner");
    cluster.run_until("the descendants are gone", [&] { return !cluster.exists(kMaps, "grandchild"); });
    EXPECT_FALSE(cluster.exists(kMaps, "child"));
    EXPECT_TRUE(cluster.exists(kMaps, "stranger"));
}

TEST(GarbageCollector, deletes_what_was_created_for_an_owner_that_had_gone_before) {
    TestCluster cluster;
    const auto owner = cluster.create(a_map("owner"));
    cluster.remove(kMaps, "owner");
    cluster.create(a_map("late", owned_by(owner)));
    cluster.run_until("it is gone", [&] { return !cluster.exists(kMaps, "late"); });
}

TEST(GarbageCollector, takes_an_owner_of_the_same_name_for_another_one) {
    TestCluster cluster;
    const auto owner = cluster.create(a_map("owner"));
    cluster.remove(kMaps, "owner");
    cluster.create(a_map("owner"));
    cluster.create(a_map("child", owned_by(owner)));
    cluster.run_until("it is gone", [&] { return !cluster.exists(kMaps, "child"); });
    EXPECT_TRUE(cluster.exists(kMaps, "owner"));
}

TEST(GarbageCollector, deletes_in_the_foreground_children_first) {
    TestCluster cluster;
    const auto owner = cluster.create(a_map("owner"));
    cluster.create(a_map("child", owned_by(owner, true)));
    cluster.merge_patch(kMaps, "child", R"({"metadata": {"finalizers": ["example.com/hold"]}})");
    cluster.remove(kMaps, "owner", kube::Propagation::Foreground);
    cluster.run_until("the child is being deleted", [&] {
        return kube::json::find(cluster.get(kMaps, "child"), {"metadata", "deletionTimestamp"}) != nullptr;
    });
    cluster.run_for(std::chrono::minutes{1});
    EXPECT_TRUE(cluster.exists(kMaps, "owner"));
    cluster.merge_patch(kMaps, "child", R"({"metadata": {"finalizers": null}})");
    cluster.run_until("the owner is gone", [&] { return !cluster.exists(kMaps, "owner"); });
}

TEST(GarbageCollector, lets_orphans_live) {
    TestCluster cluster;
    const auto owner = cluster.create(a_map("owner"));
    cluster.create(a_map("child", owned_by(owner)));
    cluster.remove(kMaps, "owner", kube::Propagation::Orphan);
    cluster.run_until("the owner is gone", [&] { return !cluster.exists(kMaps, "owner"); });
    cluster.run_for(std::chrono::minutes{1});
    ASSERT_TRUE(cluster.exists(kMaps, "child"));
    EXPECT_EQ(kube::json::find(cluster.get(kMaps, "child"), {"metadata", "ownerReferences"}), nullptr);
}

TEST(GarbageCollector, collects_custom_resources_that_are_installed_while_it_runs) {
    TestCluster cluster;
    cluster.create_manifest(R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
)");
    cluster.run_for(std::chrono::seconds{5});
    constexpr kube::ResourceType kWidgets{"example.com", "v1", "Widget", "widgets"};
    const auto widget = cluster.run(
        kube::detail::unguarded(cluster.client)
            .create(
                kWidgets,
                "default",
                kube::json::parse(R"({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}})")
                    .as_object()
            )
    );
    ASSERT_TRUE(widget);
    cluster.create(a_map(
        "child",
        fmt::format(
            R"({{"ownerReferences": [{{"apiVersion": "example.com/v1", "kind": "Widget", "name": "w", "uid": "{}"}}]}})",
            uid_of(**widget)
        )
    ));
    cluster.run_for(std::chrono::minutes{1});
    EXPECT_TRUE(cluster.exists(kMaps, "child"));
    cluster.remove(kWidgets, "w");
    cluster.run_until("the child is gone", [&] { return !cluster.exists(kMaps, "child"); });
}

TEST(NamespaceController, empties_a_namespace_that_is_deleted_and_lets_it_go) {
    TestCluster cluster;
    cluster.create(R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "gone"}})");
    kube::json::Value set = kube::json::parse(a_stateful_set("web"));
    set.at("metadata").as_object()["namespace"] = "gone";
    cluster.create(kube::json::serialize(set));
    cluster.run_until("its pod runs", [&] {
        return kube::json::find_string(cluster.get(kPods, "web-0", "gone"), {"status", "phase"}) == "Running";
    });
    cluster.remove(kNamespaces, "gone");
    cluster.run_until("the namespace is gone", [&] { return !cluster.exists(kNamespaces, "gone"); });
    EXPECT_TRUE(cluster.list(kPods).empty());
    EXPECT_TRUE(cluster.list(kSets).empty());
}

TEST(StatusFaker, plays_statuses_without_any_pod) {
    TestCluster cluster{WorkloadsOptions::faker_only()};
    cluster.create(a_stateful_set("web", R"({"replicas": 3})"));
    cluster.create(a_job("work"));
    cluster.create(R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}})");
    cluster.run_until("all is played", [&] {
        return cluster.stateful_set("web").status.readyReplicas == 3 &&
               kube::json::find(cluster.get(kJobs, "work"), {"status", "succeeded"}) != nullptr &&
               kube::json::find_string(cluster.get(kClaims, "data"), {"status", "phase"}) == "Bound";
    });
    EXPECT_TRUE(cluster.list(kPods).empty());
    cluster.remove(kClaims, "data");
    cluster.run_until("the claim is gone", [&] { return !cluster.exists(kClaims, "data"); });
}

TEST(StatusFaker, stands_still_from_the_moment_that_pause_returns) {
    TestCluster cluster{WorkloadsOptions::faker_only()};
    cluster.create(a_stateful_set("web"));
    cluster.run_until("the set is played", [&] { return cluster.stateful_set("web").status.readyReplicas == 1; });
    StatusFaker& faker = cluster.workloads->status_faker();
    cluster.run(faker.pause("default"));
    EXPECT_TRUE(faker.is_paused("default"));
    cluster.merge_patch(kSets, "web", R"({"spec": {"replicas": 2}})");
    cluster.run_for(std::chrono::minutes{1});
    EXPECT_EQ(cluster.stateful_set("web").status.readyReplicas, 1);
    faker.resume("default");
    cluster.run_until("the set is played", [&] { return cluster.stateful_set("web").status.readyReplicas == 2; });
}

kube::Async<> pause_and_tell(StatusFaker& faker, bool& is_paused) {
    co_await faker.pause("default");
    is_paused = true;
}

TEST(StatusFaker, lets_a_write_that_is_under_way_end_before_pause_returns) {
    TestCluster cluster{WorkloadsOptions::faker_only()};
    kube::Signal released{cluster.loop.get_executor()};
    bool is_held = true;
    bool is_under_way = false;
    cluster.way.before_each = [&](const kube::HttpRequest& request) -> kube::Async<> {
        if (request.method != kube::HttpMethod::Patch || !request.target.contains("/statefulsets/web/status")) {
            co_return;
        }
        is_under_way = true;
        while (is_held) co_await released.wait();
    };
    cluster.create(a_stateful_set("web"));
    cluster.run_until("the write is under way", [&] { return is_under_way; });
    bool has_paused = false;
    cluster.scope.spawn("pause", pause_and_tell(cluster.workloads->status_faker(), has_paused));
    cluster.run_for(std::chrono::seconds{5});
    EXPECT_FALSE(has_paused) << "a write was under way";
    EXPECT_EQ(cluster.stateful_set("web").status.readyReplicas, 0);
    is_held = false;
    released.notify_all();
    cluster.run_until("pause has returned", [&] { return has_paused; });
    EXPECT_EQ(cluster.stateful_set("web").status.readyReplicas, 1);
    const auto at_pause = cluster.revision();
    cluster.run_for(std::chrono::minutes{1});
    EXPECT_EQ(cluster.revision(), at_pause) << "something was written after the pause";
}

}  // namespace
}  // namespace devcluster::workloads::test
