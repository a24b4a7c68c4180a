#include "devcluster/apiserver/served_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_core.hpp"

namespace devcluster::apiserver {
namespace {

using ::testing::ElementsAre;

TEST(ServedApi, prefers_versions_as_kubernetes_does) {
    std::vector<std::string> versions{
        "foo10", "v1", "v1alpha1", "v10", "v11beta2", "v12alpha1", "v2", "v3beta1", "foo1"
    };
    std::ranges::sort(versions, is_preferred_version);
    EXPECT_THAT(
        versions, ElementsAre("v10", "v2", "v1", "v11beta2", "v3beta1", "v12alpha1", "v1alpha1", "foo1", "foo10")
    );
}

TEST(ServedApi, lists_a_groups_preferred_version_first) {
    ServedCore served;
    for (const char* version : {"v1alpha1", "v1", "v2"}) served.serve(version);
    EXPECT_THAT(served_groups(served.core.registry).back().versions, ElementsAre("v2", "v1", "v1alpha1"));
}

TEST(ServedApi, lists_built_in_groups_before_custom_ones) {
    ServedCore served;
    served.serve("v1");
    const auto groups = served_groups(served.core.registry);
    EXPECT_EQ(groups.at(0).name, "");
    EXPECT_EQ(groups.at(1).name, "apps");
    EXPECT_EQ(groups.back().name, "example.com");
}

TEST(ServedApi, knows_every_subresource_of_the_built_in_kinds) {
    ServedCore served;
    std::size_t count = 0;
    for (const ResourcePtr& resource : served.core.registry.all()) count += subresources_of(*resource).size();
    EXPECT_GT(count, 8u);
}

}  // namespace
}  // namespace devcluster::apiserver
