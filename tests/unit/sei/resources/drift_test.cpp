// What of live objects is to be put right, and what is the server's or somebody else's.
#include "sei/resources/drift.hpp"

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sei/resources/headless_service.hpp"
#include "sei/resources/rbac_proxy_config.hpp"

namespace sei::resources {
namespace {

api::SeiNode a_node() {
    api::SeiNode node;
    node.metadata.name = "n0";
    node.metadata.namespace_ = "ns";
    node.metadata.uid = "uid-1";
    node.spec.chainId = "pacific-1";
    node.spec.podLabels = {{"team", "a"}};
    node.spec.fullNode.emplace();
    return node;
}

/// As a server returns it.
kube::Service live_service() {
    kube::Service live = render_headless_service(a_node());
    live.metadata.resourceVersion = "7";
    live.spec.type = "ClusterIP";
    return live;
}

kube::HttpRoute rendered_route() {
    kube::HttpRoute route;
    route.metadata.name = "web-evm";
    route.spec.parentRefs.push_back({.namespace_ = "gateway", .name = "sei-gateway"});
    route.spec.hostnames = {"web-evm.test.local"};
    kube::RouteRule rule;
    rule.backendRefs.push_back({.name = "web-external", .port = 8545});
    route.spec.rules.push_back(rule);
    rule.matches.push_back({.headers = {{.type = "Exact", .name = "Upgrade", .value = "websocket"}}});
    route.spec.rules.push_back(rule);
    return route;
}

/// With the server's defaults (spec 03 §14.5).
kube::HttpRoute live_route() {
    kube::HttpRoute route = rendered_route();
    route.metadata.resourceVersion = "7";
    route.spec.parentRefs[0].group = "gateway.networking.k8s.io";
    route.spec.parentRefs[0].kind = "Gateway";
    route.spec.rules[0].matches.emplace_back();
    for (kube::RouteRule& rule : route.spec.rules) {
        rule.matches[0].path = {.type = "PathPrefix", .value = "/"};
        rule.backendRefs[0].kind = "Service";
        rule.backendRefs[0].weight = 1;
    }
    return route;
}

TEST(DriftOfService, is_what_a_forced_apply_puts_right) {
    struct Case {
        std::string behaviour;
        std::function<void(kube::Service&)> edit;
        bool is_as_rendered;
    };
    const std::vector<Case> cases{
        {"defaults of the server are none", [](kube::Service&) {}, true},
        {"a label is somebody else's", [](kube::Service& live) { live.metadata.labels["theirs"] = "b"; }, true},
        {"a port is somebody else's", [](kube::Service& live) { live.spec.ports.push_back({.port = 22}); }, true},
        {"an owner is somebody else's",
         [](kube::Service& live) { live.metadata.ownerReferences.push_back({.uid = "theirs"}); },
         true},
        {"a port number of the host is the server's",
         [](kube::Service& live) { live.spec.ports[0].nodePort = 30000; },
         true},
        {"a selector is one whole", [](kube::Service& live) { live.spec.selector["x"] = "y"; }, false},
        {"a selector is changed", [](kube::Service& live) { live.spec.selector["sei.io/node"] = "n1"; }, false},
        {"a label is changed", [](kube::Service& live) { live.metadata.labels["team"] = "b"; }, false},
        {"a label is gone", [](kube::Service& live) { live.metadata.labels.erase("team"); }, false},
        {"the owner is gone", [](kube::Service& live) { live.metadata.ownerReferences.clear(); }, false},
        {"a port is gone", [](kube::Service& live) { live.spec.ports.pop_back(); }, false},
        {"a port leads elsewhere", [](kube::Service& live) { live.spec.ports[0].targetPort = 1; }, false},
        {"addresses wait for readiness", [](kube::Service& live) { live.spec.publishNotReadyAddresses = false; }, false
        },
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        kube::Service live = live_service();
        c.edit(live);
        EXPECT_EQ(is_as_rendered(live, render_headless_service(a_node())), c.is_as_rendered);
    }
}

TEST(DriftOfConfigMap, is_what_a_forced_apply_puts_right) {
    const kube::ConfigMap rendered = render_rbac_proxy_config(a_node());
    kube::ConfigMap live = rendered;
    live.data["theirs"] = "x";
    EXPECT_TRUE(is_as_rendered(live, rendered));
    live.data["config.yaml"] = "";
    EXPECT_FALSE(is_as_rendered(live, rendered));
}

TEST(DriftOfRoute, is_all_but_the_defaults_of_the_server) {
    struct Case {
        std::string behaviour;
        std::function<void(kube::HttpRoute&)> edit;
        bool is_as_rendered;
    };
    const std::vector<Case> cases{
        {"defaults of the server are none", [](kube::HttpRoute&) {}, true},
        {"nor is it one where there are none", [](kube::HttpRoute& live) { live = rendered_route(); }, true},
        {"a filter is added",
         [](kube::HttpRoute& live) { live.spec.rules[0].filters = kube::json::parse(R"([{"type":"URLRewrite"}])"); },
         false},
        {"a path is narrowed", [](kube::HttpRoute& live) { live.spec.rules[0].matches[0].path->value = "/foo"; }, false
        },
        {"a match is added", [](kube::HttpRoute& live) { live.spec.rules[0].matches.emplace_back(); }, false},
        {"a rule is added", [](kube::HttpRoute& live) { live.spec.rules.emplace_back(); }, false},
        {"a listener is named", [](kube::HttpRoute& live) { live.spec.parentRefs[0].sectionName = "http"; }, false},
        {"a gateway is added", [](kube::HttpRoute& live) { live.spec.parentRefs.push_back({.name = "b"}); }, false},
        {"a host name is added", [](kube::HttpRoute& live) { live.spec.hostnames.emplace_back("b.local"); }, false},
        {"a backend is weighed", [](kube::HttpRoute& live) { live.spec.rules[0].backendRefs[0].weight = 0; }, false},
        {"a method is asked for", [](kube::HttpRoute& live) { live.spec.rules[0].matches[0].method = "GET"; }, false},
        {"a time limit is set",
         [](kube::HttpRoute& live) { live.spec.rules[0].timeouts = kube::json::parse(R"({"request":"1s"})"); },
         false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        kube::HttpRoute live = live_route();
        c.edit(live);
        EXPECT_EQ(is_as_rendered(live, rendered_route()), c.is_as_rendered);
    }
}

TEST(KeptObject, needs_an_apply_only_where_one_could_change_something) {
    const kube::Service rendered = render_headless_service(a_node());
    const std::size_t hash = hash_of_rendering(rendered);
    kube::Service with_more = live_service();
    with_more.metadata.labels["left"] = "over";
    kube::Service drifted = live_service();
    drifted.spec.selector["x"] = "y";
    struct Case {
        std::string behaviour;
        kube::Service live;
        KeptObject kept;
        bool needs_no_apply;
    };
    const std::vector<Case> cases{
        {"as rendered, after a restart", live_service(), {}, true},
        {"a label that an earlier rendering may have left, after a restart", with_more, {}, false},
        {"the same, beside another rendering than the last", with_more, {"6", hash + 1}, false},
        {"the same, added since the rendering was applied", with_more, {"6", hash}, true},
        {"edited", drifted, {"6", hash}, false},
        {"what the server makes of the rendering", drifted, {"7", hash}, true},
        {"what the server made of another one", drifted, {"7", hash + 1}, false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(needs_no_apply(c.live, rendered, hash, c.kept), c.needs_no_apply);
    }
}

}  // namespace
}  // namespace sei::resources
