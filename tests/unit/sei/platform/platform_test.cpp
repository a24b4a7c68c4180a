#include "sei/platform/platform.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sei::platform {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// Every variable with a value that tells it from the others.
Environment full_environment() {
    Environment environment;
    for (const Variable& variable : variables()) {
        environment[std::string{variable.name}] = "value of " + std::string{variable.name};
    }
    environment["SEI_STORAGE_SIZE_DEFAULT"] = "2000Gi";
    environment["SEI_STORAGE_SIZE_ARCHIVE"] = "40Ti";
    environment["SEI_RESOURCE_CPU_ARCHIVE"] = "48";
    environment["SEI_RESOURCE_MEM_ARCHIVE"] = "448Gi";
    environment["SEI_RESOURCE_CPU_DEFAULT"] = "4";
    environment["SEI_RESOURCE_MEM_DEFAULT"] = "32Gi";
    return environment;
}

std::vector<std::string> names(const std::vector<Problem>& problems) {
    std::vector<std::string> names;
    for (const Problem& problem : problems) names.push_back(problem.variable);
    return names;
}

TEST(Platform, puts_each_variable_where_it_belongs) {
    const auto platform = read(full_environment());
    ASSERT_TRUE(platform) << to_string(platform.error());
    EXPECT_EQ(platform->standard.node_pool, "value of SEI_NODEPOOL_NAME");
    EXPECT_EQ(platform->archive.node_pool, "value of SEI_NODEPOOL_ARCHIVE");
    EXPECT_EQ(platform->toleration_key, "value of SEI_TOLERATION_KEY");
    EXPECT_EQ(platform->service_account, "value of SEI_SERVICE_ACCOUNT");
    EXPECT_EQ(platform->standard.storage_class, "value of SEI_STORAGE_CLASS_PERF");
    EXPECT_EQ(platform->storage_class_of_other_modes, "value of SEI_STORAGE_CLASS_DEFAULT");
    EXPECT_EQ(platform->archive.storage_class, "value of SEI_STORAGE_CLASS_ARCHIVE");
    EXPECT_EQ(platform->standard.storage_size.text(), "2000Gi");
    EXPECT_EQ(platform->archive.storage_size.text(), "40Ti");
    EXPECT_EQ(platform->archive.cpu.text(), "48");
    EXPECT_EQ(platform->archive.memory.text(), "448Gi");
    EXPECT_EQ(platform->standard.cpu.text(), "4");
    EXPECT_EQ(platform->standard.memory.text(), "32Gi");
    EXPECT_EQ(platform->snapshot_bucket, "value of SEI_SNAPSHOT_BUCKET");
    EXPECT_EQ(platform->snapshot_region, "value of SEI_SNAPSHOT_REGION");
    EXPECT_EQ(platform->genesis_bucket, "value of SEI_GENESIS_BUCKET");
    EXPECT_EQ(platform->genesis_region, "value of SEI_GENESIS_REGION");
    EXPECT_EQ(platform->result_export_bucket, "value of SEI_RESULT_EXPORT_BUCKET");
    EXPECT_EQ(platform->result_export_region, "value of SEI_RESULT_EXPORT_REGION");
    EXPECT_EQ(platform->result_export_prefix, "value of SEI_RESULT_EXPORT_PREFIX");
    EXPECT_EQ(platform->gateway_name, "value of SEI_GATEWAY_NAME");
    EXPECT_EQ(platform->gateway_namespace, "value of SEI_GATEWAY_NAMESPACE");
    EXPECT_EQ(platform->gateway_domain, "value of SEI_GATEWAY_DOMAIN");
    EXPECT_EQ(platform->gateway_public_domain, "value of SEI_GATEWAY_PUBLIC_DOMAIN");
    EXPECT_EQ(platform->sidecar_image, "value of SEI_SIDECAR_IMAGE");
    EXPECT_EQ(platform->kube_rbac_proxy_image, "value of SEI_KUBE_RBAC_PROXY_IMAGE");
    EXPECT_EQ(platform->cosmos_exporter_image, "value of SEI_COSMOS_EXPORTER_IMAGE");
}

TEST(Platform, names_every_required_variable_when_nothing_is_set) {
    const auto platform = read({});
    ASSERT_FALSE(platform);
    std::vector<std::string> required;
    for (const Variable& variable : variables()) {
        if (variable.is_required) required.emplace_back(variable.name);
    }
    EXPECT_THAT(required, SizeIs(26));
    EXPECT_EQ(names(platform.error()), required);
    for (const std::string& name : required) EXPECT_THAT(to_string(platform.error()), HasSubstr(name));
}

TEST(Platform, says_what_a_missing_variable_is_for) {
    Environment environment = full_environment();
    environment.erase("SEI_SIDECAR_IMAGE");
    const auto platform = read(environment);
    ASSERT_FALSE(platform);
    EXPECT_EQ(
        to_string(platform.error()),
        "SEI_SIDECAR_IMAGE is not set. It names the sidecar image of every node pod and has no default; set it in "
        "config/manager/manager.yaml."
    );
}

TEST(Platform, takes_a_blank_value_for_a_missing_one) {
    Environment environment = full_environment();
    environment["SEI_GATEWAY_DOMAIN"] = " \t\n";
    const auto platform = read(environment);
    ASSERT_FALSE(platform);
    EXPECT_THAT(names(platform.error()), ElementsAre("SEI_GATEWAY_DOMAIN"));
}

TEST(Platform, does_without_a_public_domain) {
    Environment environment = full_environment();
    environment.erase("SEI_GATEWAY_PUBLIC_DOMAIN");
    const auto platform = read(environment);
    ASSERT_TRUE(platform) << to_string(platform.error());
    EXPECT_EQ(platform->gateway_public_domain, "");
}

TEST(Platform, takes_no_white_space_around_a_value) {
    Environment environment = full_environment();
    environment["SEI_STORAGE_CLASS_PERF"] = " gp3 ";
    environment["SEI_STORAGE_SIZE_ARCHIVE"] = "40Ti\n";
    const auto platform = read(environment);
    ASSERT_TRUE(platform) << to_string(platform.error());
    EXPECT_EQ(platform->standard.storage_class, "gp3");
    EXPECT_EQ(platform->archive.storage_size.text(), "40Ti");
}

TEST(Platform, refuses_quantities_that_no_node_could_use) {
    struct Case {
        std::string behaviour;
        std::string variable;
        std::string value;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"a word is no quantity",
         "SEI_RESOURCE_CPU_DEFAULT",
         "four",
         "SEI_RESOURCE_CPU_DEFAULT is \"four\", which is no"},
        {"a unit is no quantity", "SEI_RESOURCE_MEM_ARCHIVE", "448GB", "SEI_RESOURCE_MEM_ARCHIVE is \"448GB\", which"},
        {"white space inside is no quantity",
         "SEI_STORAGE_SIZE_ARCHIVE",
         "40 Ti",
         "SEI_STORAGE_SIZE_ARCHIVE is \"40 Ti\""},
        {"a request is not negative", "SEI_RESOURCE_CPU_ARCHIVE", "-1", "is \"-1\", which must not be negative"},
        {"a volume has a size", "SEI_STORAGE_SIZE_DEFAULT", "0Gi", "is \"0Gi\", which must be greater than zero"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        Environment environment = full_environment();
        environment[c.variable] = c.value;
        const auto platform = read(environment);
        EXPECT_FALSE(platform);
        if (platform) continue;
        EXPECT_THAT(names(platform.error()), ElementsAre(c.variable));
        EXPECT_THAT(to_string(platform.error()), HasSubstr(c.expected));
    }
}

TEST(Platform, tells_missing_and_broken_variables_together) {
    Environment environment = full_environment();
    environment.erase("SEI_NODEPOOL_NAME");
    environment["SEI_STORAGE_SIZE_DEFAULT"] = "large";
    environment.erase("SEI_COSMOS_EXPORTER_IMAGE");
    const auto platform = read(environment);
    ASSERT_FALSE(platform);
    EXPECT_THAT(
        names(platform.error()),
        ElementsAre("SEI_NODEPOOL_NAME", "SEI_STORAGE_SIZE_DEFAULT", "SEI_COSMOS_EXPORTER_IMAGE")
    );
}

TEST(Platform, lets_a_request_be_zero) {
    Environment environment = full_environment();
    environment["SEI_RESOURCE_CPU_DEFAULT"] = "0";
    EXPECT_TRUE(read(environment));
}

}  // namespace
}  // namespace sei::platform
