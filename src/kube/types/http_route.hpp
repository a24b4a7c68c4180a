// Gateway API: which host names lead to which Service.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/json/json.hpp"
#include "kube/meta/condition.hpp"
#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"

namespace kube {

/// A Gateway that serves the route. What is left out is defaulted by the API server.
struct RouteParent {
    std::string group;
    std::string kind;
    std::string namespace_;
    std::string name;
    std::string sectionName;
    std::int32_t port = 0;
    bool operator==(const RouteParent&) const = default;
};
BOOST_DESCRIBE_STRUCT(RouteParent, (), (group, kind, namespace_, name, sectionName, port))

struct RoutePathMatch {
    std::string type;
    std::string value;
    bool operator==(const RoutePathMatch&) const = default;
};
BOOST_DESCRIBE_STRUCT(RoutePathMatch, (), (type, value))

struct RouteHeaderMatch {
    std::string type;
    std::string name;
    std::string value;
    bool operator==(const RouteHeaderMatch&) const = default;
};
BOOST_DESCRIBE_STRUCT(RouteHeaderMatch, (), (type, name, value))

struct RouteMatch {
    std::optional<RoutePathMatch> path;
    std::vector<RouteHeaderMatch> headers;
    /// Never written here.
    json::Value queryParams;
    std::string method;
    bool operator==(const RouteMatch&) const = default;
};
BOOST_DESCRIBE_STRUCT(RouteMatch, (), (path, headers, queryParams, method))

struct RouteBackend {
    std::string group;
    std::string kind;
    std::string name;
    std::string namespace_;
    std::int32_t port = 0;
    std::optional<std::int32_t> weight;
    /// Never written here.
    json::Value filters;
    bool operator==(const RouteBackend&) const = default;
};
BOOST_DESCRIBE_STRUCT(RouteBackend, (), (group, kind, name, namespace_, port, weight, filters))

struct RouteRule {
    std::vector<RouteMatch> matches;
    std::vector<RouteBackend> backendRefs;
    /// The rest is never written here, but seen when somebody else does: a route is one whole.
    std::string name;
    json::Value filters;
    json::Value timeouts;
    json::Value retry;
    json::Value sessionPersistence;
    bool operator==(const RouteRule&) const = default;
};
BOOST_DESCRIBE_STRUCT(RouteRule, (), (matches, backendRefs, name, filters, timeouts, retry, sessionPersistence))

struct HttpRouteSpec {
    std::vector<RouteParent> parentRefs;
    std::vector<std::string> hostnames;
    std::vector<RouteRule> rules;
    bool operator==(const HttpRouteSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(HttpRouteSpec, (), (parentRefs, hostnames, rules))

/// What one Gateway says of the route: conditions Accepted and ResolvedRefs.
struct RouteParentStatus {
    RouteParent parentRef;
    std::string controllerName;
    std::vector<Condition> conditions;
    bool operator==(const RouteParentStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(RouteParentStatus, (), (parentRef, controllerName, conditions))

struct HttpRouteStatus {
    std::vector<RouteParentStatus> parents;
    bool operator==(const HttpRouteStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(HttpRouteStatus, (), (parents))

/// gateway.networking.k8s.io/v1 HTTPRoute, with all that its spec may hold.
struct HttpRoute {
    ObjectMeta metadata;
    HttpRouteSpec spec;
    HttpRouteStatus status;
    static constexpr std::array required{"metadata", "spec"};
    bool operator==(const HttpRoute&) const = default;
};
BOOST_DESCRIBE_STRUCT(HttpRoute, (), (metadata, spec, status))

template <>
struct KindOf<HttpRoute> {
    static constexpr ResourceType type{"gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes"};
};

}  // namespace kube
