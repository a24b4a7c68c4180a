#include "sei/resources/rbac_proxy_config.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "examples.hpp"

namespace sei::resources {
namespace {

TEST(RbacProxyConfig, quotes_exactly_what_a_yaml_parser_would_retype) {
    struct Case {
        std::string behaviour;
        std::string text;
        bool is_quoted;
    };
    const std::vector<Case> cases{
        {"a name", "rpc-0", false},
        {"a name with dots", "a.b.c", false},
        {"a name that begins with digits", "0a", false},
        {"null", "null", true},
        {"a boolean of YAML 1.1", "on", true},
        {"a one-letter boolean", "y", true},
        {"a word with a boolean in it", "one", false},
        {"a number", "123", true},
        {"leading zeros", "007", true},
        {"hexadecimal", "0x1f", true},
        {"a hexadecimal look-alike", "0xyz", false},
        {"an exponent", "1e3", true},
        {"an exponent with a sign", "1e-3", true},
        {"no exponent after all", "1e-3a", false},
        {"a float", "1.5", true},
        {"a version", "1.5.2", false},
        {"a date", "2001-12-14", true},
        {"no date", "2001-12-14-a", false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(yaml_scalar(c.text), c.is_quoted ? "\"" + c.text + "\"" : c.text);
    }
}

TEST(RbacProxyConfig, names_the_node_and_its_namespace) {
    api::SeiNode node = examples::full_node();
    node.metadata.name = "on";
    const kube::ConfigMap config = render_rbac_proxy_config(node);
    EXPECT_EQ(config.metadata.name, "on-rbac-proxy-config");
    EXPECT_EQ(
        config.data.at("config.yaml"),
        "authorization:\n  resourceAttributes:\n    apiGroup: sei.io\n    resource: seinodetasks\n"
        "    namespace: sei\n    name: \"on\"\n"
    );
}

}  // namespace
}  // namespace sei::resources
