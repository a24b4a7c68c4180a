#include "sei/resources/drift.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace sei::resources {
namespace {

bool has_metadata(const kube::ObjectMeta& live, const kube::ObjectMeta& rendered) {
    return has_entries(live.labels, rendered.labels) && has_entries(live.annotations, rendered.annotations) &&
           std::ranges::all_of(rendered.ownerReferences, [&](const kube::OwnerReference& owner) {
               return std::ranges::find(live.ownerReferences, owner) != live.ownerReferences.end();
           });
}

bool has_more(const kube::StringMap& live, const kube::StringMap& rendered) {
    return std::ranges::any_of(live, [&](const auto& entry) { return !rendered.contains(entry.first); });
}

/// Ports are told apart by number and protocol (spec 05 §13.2).
const kube::ServicePort* find_port(const std::vector<kube::ServicePort>& ports, const kube::ServicePort& wanted) {
    const auto found = std::ranges::find_if(ports, [&](const kube::ServicePort& port) {
        return port.port == wanted.port && port.protocol == wanted.protocol;
    });
    return found == ports.end() ? nullptr : &*found;
}

bool has_port(const std::vector<kube::ServicePort>& ports, const kube::ServicePort& rendered) {
    const kube::ServicePort* live = find_port(ports, rendered);
    return live != nullptr && live->name == rendered.name && live->targetPort == rendered.targetPort &&
           (!rendered.appProtocol || live->appProtocol == rendered.appProtocol);
}

bool is_unset_or(std::string_view rendered, std::string_view live) {
    return rendered.empty() || rendered == live;
}

void set_default(std::string& text, std::string_view value) {
    if (text.empty()) text = value;
}

void set_defaults(kube::RouteMatch& match) {
    if (!match.path) match.path.emplace();
    set_default(match.path->type, "PathPrefix");
    set_default(match.path->value, "/");
    for (kube::RouteHeaderMatch& header : match.headers) set_default(header.type, "Exact");
}

/// With what the server fills in where nothing is said (spec 03 §14.5).
kube::HttpRouteSpec with_defaults(kube::HttpRouteSpec spec) {
    for (kube::RouteParent& parent : spec.parentRefs) {
        set_default(parent.group, "gateway.networking.k8s.io");
        set_default(parent.kind, "Gateway");
    }
    for (kube::RouteRule& rule : spec.rules) {
        if (rule.matches.empty()) rule.matches.emplace_back();
        for (kube::RouteMatch& match : rule.matches) set_defaults(match);
        for (kube::RouteBackend& backend : rule.backendRefs) {
            set_default(backend.kind, "Service");
            if (!backend.weight) backend.weight = 1;
        }
    }
    return spec;
}

}  // namespace

bool has_entries(const kube::StringMap& live, const kube::StringMap& rendered) {
    return std::ranges::all_of(rendered, [&](const auto& entry) {
        const auto found = live.find(entry.first);
        return found != live.end() && found->second == entry.second;
    });
}

bool is_as_rendered(const kube::Service& live, const kube::Service& rendered) {
    return has_metadata(live.metadata, rendered.metadata) && live.spec.selector == rendered.spec.selector &&
           is_unset_or(rendered.spec.clusterIP, live.spec.clusterIP) &&
           is_unset_or(rendered.spec.type, live.spec.type) &&
           (!rendered.spec.publishNotReadyAddresses || live.spec.publishNotReadyAddresses) &&
           std::ranges::all_of(rendered.spec.ports, [&](const kube::ServicePort& port) {
               return has_port(live.spec.ports, port);
           });
}
bool is_as_rendered(const kube::ConfigMap& live, const kube::ConfigMap& rendered) {
    return has_metadata(live.metadata, rendered.metadata) && has_entries(live.data, rendered.data);
}
bool is_as_rendered(const kube::HttpRoute& live, const kube::HttpRoute& rendered) {
    return has_metadata(live.metadata, rendered.metadata) && with_defaults(live.spec) == with_defaults(rendered.spec);
}

bool has_more_than_rendered(const kube::Service& live, const kube::Service& rendered) {
    return has_more(live.metadata.labels, rendered.metadata.labels) ||
           std::ranges::any_of(live.spec.ports, [&](const kube::ServicePort& port) {
               return find_port(rendered.spec.ports, port) == nullptr;
           });
}
bool has_more_than_rendered(const kube::ConfigMap& live, const kube::ConfigMap& rendered) {
    return has_more(live.metadata.labels, rendered.metadata.labels) || has_more(live.data, rendered.data);
}
bool has_more_than_rendered(const kube::HttpRoute& live, const kube::HttpRoute& rendered) {
    return has_more(live.metadata.labels, rendered.metadata.labels);
}

}  // namespace sei::resources
