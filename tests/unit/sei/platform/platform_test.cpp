#include "sei/platform/platform.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sei::platform {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// The value of a variable in `full_environment`: its name, as a name of an object may be written.
std::string value_of(std::string_view variable) {
    std::string value;
    for (const char c : variable) {
        value.push_back(c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    }
    return value;
}

/// Every variable with a value that tells it from the others.
Environment full_environment() {
    Environment environment;
    for (const Variable& variable : variables()) environment[std::string{variable.name}] = value_of(variable.name);
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
    EXPECT_EQ(platform->standard.node_pool, value_of("SEI_NODEPOOL_NAME"));
    EXPECT_EQ(platform->archive.node_pool, value_of("SEI_NODEPOOL_ARCHIVE"));
    EXPECT_EQ(platform->toleration_key, value_of("SEI_TOLERATION_KEY"));
    EXPECT_EQ(platform->service_account, value_of("SEI_SERVICE_ACCOUNT"));
    EXPECT_EQ(platform->standard.storage_class, value_of("SEI_STORAGE_CLASS_PERF"));
    EXPECT_EQ(platform->storage_class_of_other_modes, value_of("SEI_STORAGE_CLASS_DEFAULT"));
    EXPECT_EQ(platform->archive.storage_class, value_of("SEI_STORAGE_CLASS_ARCHIVE"));
    EXPECT_EQ(platform->standard.storage_size.text(), "2000Gi");
    EXPECT_EQ(platform->archive.storage_size.text(), "40Ti");
    EXPECT_EQ(platform->archive.cpu.text(), "48");
    EXPECT_EQ(platform->archive.memory.text(), "448Gi");
    EXPECT_EQ(platform->standard.cpu.text(), "4");
    EXPECT_EQ(platform->standard.memory.text(), "32Gi");
    EXPECT_EQ(platform->snapshot_bucket, value_of("SEI_SNAPSHOT_BUCKET"));
    EXPECT_EQ(platform->snapshot_region, value_of("SEI_SNAPSHOT_REGION"));
    EXPECT_EQ(platform->genesis_bucket, value_of("SEI_GENESIS_BUCKET"));
    EXPECT_EQ(platform->genesis_region, value_of("SEI_GENESIS_REGION"));
    EXPECT_EQ(platform->result_export_bucket, value_of("SEI_RESULT_EXPORT_BUCKET"));
    EXPECT_EQ(platform->result_export_region, value_of("SEI_RESULT_EXPORT_REGION"));
    EXPECT_EQ(platform->result_export_prefix, value_of("SEI_RESULT_EXPORT_PREFIX"));
    EXPECT_EQ(platform->gateway_name, value_of("SEI_GATEWAY_NAME"));
    EXPECT_EQ(platform->gateway_namespace, value_of("SEI_GATEWAY_NAMESPACE"));
    EXPECT_EQ(platform->gateway_domain, value_of("SEI_GATEWAY_DOMAIN"));
    EXPECT_EQ(platform->gateway_public_domain, value_of("SEI_GATEWAY_PUBLIC_DOMAIN"));
    EXPECT_EQ(platform->sidecar_image, value_of("SEI_SIDECAR_IMAGE"));
    EXPECT_EQ(platform->kube_rbac_proxy_image, value_of("SEI_KUBE_RBAC_PROXY_IMAGE"));
    EXPECT_EQ(platform->cosmos_exporter_image, value_of("SEI_COSMOS_EXPORTER_IMAGE"));
}

TEST(Platform, names_every_required_variable_by_name_when_nothing_is_set) {
    const auto platform = read({});
    ASSERT_FALSE(platform);
    std::vector<std::string> required;
    for (const Variable& variable : variables()) {
        if (variable.is_required) required.emplace_back(variable.name);
    }
    EXPECT_THAT(required, SizeIs(23));
    std::ranges::sort(required);
    EXPECT_EQ(names(platform.error()), required);
    for (const std::string& name : required) EXPECT_THAT(to_string(platform.error()), HasSubstr(name + " is required"));
}

TEST(Platform, says_what_a_missing_variable_is_for) {
    Environment environment = full_environment();
    environment.erase("SEI_SIDECAR_IMAGE");
    const auto platform = read(environment);
    ASSERT_FALSE(platform);
    EXPECT_EQ(
        to_string(platform.error()), "SEI_SIDECAR_IMAGE is required: it names the sidecar image of every node pod."
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

TEST(Platform, does_without_a_place_for_results) {
    Environment environment = full_environment();
    environment.erase("SEI_RESULT_EXPORT_BUCKET");
    environment.erase("SEI_RESULT_EXPORT_REGION");
    environment["SEI_RESULT_EXPORT_PREFIX"] = "";
    const auto platform = read(environment);
    ASSERT_TRUE(platform) << to_string(platform.error());
    EXPECT_EQ(platform->result_export_bucket, "");
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

struct RefusedValue {
    std::string behaviour;
    std::string variable;
    std::string value;
    std::string expected;
};

/// Each in an environment that is in order besides.
void expect_refused(const std::vector<RefusedValue>& cases) {
    for (const RefusedValue& c : cases) {
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

TEST(Platform, refuses_quantities_that_no_node_could_use) {
    expect_refused({
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
    });
}

TEST(Platform, refuses_texts_that_the_api_server_would_refuse_for_every_node) {
    expect_refused({
        {"a node pool is a label value", "SEI_NODEPOOL_NAME", "sei node", "is \"sei node\", which is no label value"},
        {"that of archive nodes, too", "SEI_NODEPOOL_ARCHIVE", std::string(64, 'a'), "which is no label value"},
        {"the key of a taint is a label key", "SEI_TOLERATION_KEY", "sei.io/", "which is no key of a taint"},
        {"a ServiceAccount is an object", "SEI_SERVICE_ACCOUNT", "Seid_Node", "which is no name of an object"},
        {"a StorageClass is an object", "SEI_STORAGE_CLASS_PERF", "gp3_10k", "which is no name of an object"},
        {"whichever one", "SEI_STORAGE_CLASS_DEFAULT", "-", "which is no name of an object"},
        {"or of whom", "SEI_STORAGE_CLASS_ARCHIVE", "a/b", "which is no name of an object"},
        {"a Gateway is an object", "SEI_GATEWAY_NAME", "gate way", "which is no name of an object"},
        {"a namespace has no dots", "SEI_GATEWAY_NAMESPACE", "a.b", "which is no name of a namespace"},
        {"a domain has no scheme", "SEI_GATEWAY_DOMAIN", "https://example.com", "which is no domain"},
        {"nor a dot at its end", "SEI_GATEWAY_PUBLIC_DOMAIN", "example.com.", "which is no domain"},
        {"an image is one word", "SEI_SIDECAR_IMAGE", "example.com/a :v1", "which is no image"},
        {"that of the proxy, too", "SEI_KUBE_RBAC_PROXY_IMAGE", "a\tb", "which is no image"},
        {"that of the exporter, too", "SEI_COSMOS_EXPORTER_IMAGE", "a b", "which is no image"},
    });
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
        ElementsAre("SEI_COSMOS_EXPORTER_IMAGE", "SEI_NODEPOOL_NAME", "SEI_STORAGE_SIZE_DEFAULT")
    );
}

TEST(Platform, lets_a_request_be_zero) {
    Environment environment = full_environment();
    environment["SEI_RESOURCE_CPU_DEFAULT"] = "0";
    EXPECT_TRUE(read(environment));
}

}  // namespace
}  // namespace sei::platform
