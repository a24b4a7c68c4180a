#include "kube/meta/names.hpp"

#include <gtest/gtest.h>

#include "kube/meta/object_meta.hpp"

namespace kube {
namespace {

constexpr ResourceType kPods{"", "v1", "Pod", "pods"};
constexpr ResourceType kStatefulSets{"apps", "v1", "StatefulSet", "statefulsets"};
constexpr ResourceType kVolumes{"", "v1", "PersistentVolume", "persistentvolumes", false};

TEST(ResourceType, writes_its_api_version_as_manifests_do) {
    EXPECT_EQ(kPods.api_version(), "v1");
    EXPECT_EQ(kStatefulSets.api_version(), "apps/v1");
}

TEST(ResourceType, knows_where_it_is_served) {
    EXPECT_EQ(kPods.collection_path("sei"), "/api/v1/namespaces/sei/pods");
    EXPECT_EQ(kPods.collection_path(""), "/api/v1/pods");
    EXPECT_EQ(kStatefulSets.object_path({"sei", "rpc-0"}), "/apis/apps/v1/namespaces/sei/statefulsets/rpc-0");
    EXPECT_EQ(kVolumes.object_path({"", "pv-1"}), "/api/v1/persistentvolumes/pv-1");
}

TEST(ResourceType, percent_encodes_names) {
    EXPECT_EQ(kPods.object_path({"sei", "a/b c"}), "/api/v1/namespaces/sei/pods/a%2Fb%20c");
}

TEST(NamespacedName, is_written_with_a_slash_only_where_there_is_a_namespace) {
    EXPECT_EQ(to_string(NamespacedName{"sei", "rpc-0"}), "sei/rpc-0");
    EXPECT_EQ(to_string(NamespacedName{"", "pv-1"}), "pv-1");
}

TEST(ResourceVersion, orders_decimals_of_any_length) {
    EXPECT_TRUE(ResourceVersion{"10"}.is_at_least(ResourceVersion{"9"}));
    EXPECT_FALSE(ResourceVersion{"9"}.is_at_least(ResourceVersion{"10"}));
    EXPECT_TRUE(ResourceVersion{"10"}.is_at_least(ResourceVersion{"10"}));
    EXPECT_TRUE(ResourceVersion{"1"}.is_at_least(ResourceVersion{}));
    EXPECT_FALSE(ResourceVersion{}.is_at_least(ResourceVersion{"1"}));
    EXPECT_TRUE(ResourceVersion{"100000000000000000000"}.is_at_least(ResourceVersion{"18446744073709551615"}));
}

TEST(ObjectMeta, is_controlled_by_the_owner_that_is_marked_as_controller) {
    ObjectMeta metadata;
    metadata.ownerReferences = {{.name = "other", .uid = "u1"}, {.name = "boss", .uid = "u2", .controller = true}};
    ASSERT_NE(metadata.controller(), nullptr);
    EXPECT_EQ(metadata.controller()->name, "boss");
    EXPECT_TRUE(metadata.is_controlled_by(Uid{"u2"}));
    EXPECT_FALSE(metadata.is_controlled_by(Uid{"u1"}));
    EXPECT_FALSE(ObjectMeta{}.is_controlled_by(Uid{""}));
}

TEST(ObjectMeta, knows_its_finalizers) {
    const ObjectMeta metadata{.finalizers = {"a", "b"}};
    EXPECT_TRUE(metadata.has_finalizer("b"));
    EXPECT_FALSE(metadata.has_finalizer("c"));
}

}  // namespace
}  // namespace kube
