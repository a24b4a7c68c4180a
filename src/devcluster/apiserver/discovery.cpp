#include "devcluster/apiserver/discovery.hpp"

#include "devcluster/apiserver/served_api.hpp"
#include "kube/http/header_text.hpp"

namespace devcluster::apiserver {
namespace {

using kube::take_until;
using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

constexpr std::string_view kAggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// What of an Accept header matters here.
struct Accepted {
    bool plain = false;
    bool aggregated = false;
};

/// As kube-apiserver: the aggregated form wins wherever it stands, and needs group, version and kind all right.
Accepted read_accept(std::string_view accept) {
    if (kube::trimmed(accept).empty()) return {.plain = true};
    Accepted out;
    while (!accept.empty()) {
        std::string_view range = take_until(',', accept);
        const std::string_view type = take_until(';', range);
        if (type != "application/json" && type != "application/*" && type != "*/*") continue;
        std::string_view group;
        std::string_view version;
        std::string_view as;
        while (!range.empty()) {
            std::string_view value = take_until(';', range);
            const std::string_view name = take_until('=', value);
            if (name == "g") group = value;
            if (name == "v") version = value;
            if (name == "as") as = value;
        }
        if (as.empty()) {
            out.plain = true;
        } else if (as == "APIGroupDiscoveryList" && group == "apidiscovery.k8s.io" && version == "v2") {
            out.aggregated = true;
        }
    }
    return out;
}

void require_plain(const Accepted& accepted) {
    if (accepted.plain) return;
    throw StatusError{406, "NotAcceptable", "only the following media types are accepted: application/json"};
}

Array strings(std::span<const std::string_view> items) {
    Array out;
    for (const std::string_view item : items) out.emplace_back(item);
    return out;
}

Array strings(const std::vector<std::string>& items) {
    Array out;
    for (const std::string& item : items) out.emplace_back(item);
    return out;
}

Object kind_of_response(std::string_view group, std::string_view version, std::string_view kind) {
    Object out;
    out["group"] = group;
    out["version"] = version;
    out["kind"] = kind;
    return out;
}

/// A resource of an APIGroupDiscovery. kube-apiserver leaves group and version of its own kinds empty there, which
/// clients read as those of the list.
Object aggregated_resource(const Resource& resource) {
    const std::string_view group = resource.is_builtin ? std::string_view{} : resource.group;
    const std::string_view version = resource.is_builtin ? std::string_view{} : resource.version;
    Object out;
    out["resource"] = resource.plural;
    out["responseKind"] = kind_of_response(group, version, resource.kind);
    out["scope"] = resource.is_namespaced ? "Namespaced" : "Cluster";
    out["singularResource"] = resource.singular;
    out["verbs"] = strings(verbs_of(resource));
    if (!resource.short_names.empty()) out["shortNames"] = strings(resource.short_names);
    if (!resource.categories.empty()) out["categories"] = strings(resource.categories);
    Array subresources;
    for (const ServedSubresource& served : subresources_of(resource)) {
        Object one;
        one["subresource"] = served.name;
        one["responseKind"] = served.group.empty() ? kind_of_response(group, version, served.kind)
                                                   : kind_of_response(served.group, served.version, served.kind);
        one["verbs"] = strings(served.verbs);
        subresources.emplace_back(std::move(one));
    }
    if (!subresources.empty()) out["subresources"] = std::move(subresources);
    return out;
}

Object aggregated_group(const Registry& registry, const ServedGroup& group) {
    Object metadata;
    if (!group.name.empty()) metadata["name"] = group.name;
    Array versions;
    for (const std::string& version : group.versions) {
        Array resources;
        for (const ResourcePtr& resource : resources_in(registry, group.name, version)) {
            resources.emplace_back(aggregated_resource(*resource));
        }
        Object one;
        one["version"] = version;
        one["resources"] = std::move(resources);
        one["freshness"] = "Current";
        versions.emplace_back(std::move(one));
    }
    Object out;
    out["metadata"] = std::move(metadata);
    out["versions"] = std::move(versions);
    return out;
}

/// The core group is told at /api, all others at /apis.
Value aggregated_list(const Registry& registry, bool is_core) {
    Array items;
    for (const ServedGroup& group : served_groups(registry)) {
        if (group.name.empty() == is_core) items.emplace_back(aggregated_group(registry, group));
    }
    Object out;
    out["kind"] = "APIGroupDiscoveryList";
    out["apiVersion"] = "apidiscovery.k8s.io/v2";
    out["metadata"] = Object{};
    out["items"] = std::move(items);
    return out;
}

Value api_versions(const Registry& registry, std::string_view server_address) {
    Array versions;
    for (const ServedGroup& group : served_groups(registry)) {
        if (group.name.empty()) versions = strings(group.versions);
    }
    Object address;
    address["clientCIDR"] = "0.0.0.0/0";
    address["serverAddress"] = server_address;
    Object out;
    out["kind"] = "APIVersions";
    out["versions"] = std::move(versions);
    out["serverAddressByClientCIDRs"] = Array{std::move(address)};
    return out;
}

Object api_group(const ServedGroup& group) {
    Array versions;
    for (const std::string& version : group.versions) {
        Object one;
        one["groupVersion"] = group_version(group.name, version);
        one["version"] = version;
        versions.emplace_back(std::move(one));
    }
    Object out;
    out["name"] = group.name;
    out["preferredVersion"] = versions.front();
    out["versions"] = std::move(versions);
    return out;
}

Value api_group_list(const Registry& registry) {
    Array groups;
    for (const ServedGroup& group : served_groups(registry)) {
        if (!group.name.empty()) groups.emplace_back(api_group(group));
    }
    Object out;
    out["kind"] = "APIGroupList";
    out["apiVersion"] = "v1";
    out["groups"] = std::move(groups);
    return out;
}

Value one_api_group(const Registry& registry, std::string_view name) {
    for (const ServedGroup& group : served_groups(registry)) {
        if (group.name != name || name.empty()) continue;
        Object out;
        out["kind"] = "APIGroup";
        out["apiVersion"] = "v1";
        for (auto& [key, value] : api_group(group)) out[key] = std::move(value);
        return out;
    }
    throw no_such_path();
}

Object api_resource(std::string_view name, const Resource& resource, std::string_view kind) {
    Object out;
    out["name"] = name;
    out["singularName"] = "";
    out["namespaced"] = resource.is_namespaced;
    out["kind"] = kind;
    return out;
}

Value api_resource_list(const Registry& registry, std::string_view group, std::string_view version) {
    Array resources;
    for (const ResourcePtr& resource : resources_in(registry, group, version)) {
        Object one = api_resource(resource->plural, *resource, resource->kind);
        one["singularName"] = resource->singular;
        one["verbs"] = strings(verbs_of(*resource));
        if (!resource->short_names.empty()) one["shortNames"] = strings(resource->short_names);
        if (!resource->categories.empty()) one["categories"] = strings(resource->categories);
        resources.emplace_back(std::move(one));
        for (const ServedSubresource& served : subresources_of(*resource)) {
            Object below = api_resource(fmt::format("{}/{}", resource->plural, served.name), *resource, served.kind);
            if (!served.group.empty()) {
                below["group"] = served.group;
                below["version"] = served.version;
            }
            below["verbs"] = strings(served.verbs);
            resources.emplace_back(std::move(below));
        }
    }
    if (resources.empty()) throw no_such_path();
    Object out;
    out["kind"] = "APIResourceList";
    out["apiVersion"] = "v1";
    out["groupVersion"] = group_version(group, version);
    out["resources"] = std::move(resources);
    return out;
}

Value version_info() {
    Object out;
    out["major"] = "1";
    out["minor"] = "34";
    out["emulationMajor"] = "1";
    out["emulationMinor"] = "34";
    out["minCompatibilityMajor"] = "1";
    out["minCompatibilityMinor"] = "33";
    out["gitVersion"] = kGitVersion;
    out["gitCommit"] = "";
    out["gitTreeState"] = "clean";
    out["buildDate"] = "1970-01-01T00:00:00Z";
    out["goVersion"] = "none";
    out["compiler"] = "clang";
#if defined(__aarch64__)
    out["platform"] = "linux/arm64";
#else
    out["platform"] = "linux/amd64";
#endif
    return out;
}

Value root_paths(const Registry& registry) {
    Array paths;
    for (const std::string_view path : {"/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"}) {
        paths.emplace_back(path);
    }
    for (const ServedGroup& group : served_groups(registry)) {
        const std::string prefix = group.name.empty() ? "/api" : "/apis/" + group.name;
        if (!group.name.empty()) paths.emplace_back(prefix);
        for (const std::string& version : group.versions) paths.emplace_back(prefix + "/" + version);
    }
    std::ranges::sort(paths, {}, [](const Value& path) -> std::string_view { return path.get_string(); });
    Object out;
    out["paths"] = std::move(paths);
    return out;
}

Value document_at(const std::vector<std::string>& segments, const Registry& registry, std::string_view host) {
    if (segments.empty()) return root_paths(registry);
    if (segments[0] == "version") return version_info();
    if (segments[0] == "api") {
        return segments.size() == 1 ? api_versions(registry, host) : api_resource_list(registry, "", segments[1]);
    }
    if (segments.size() == 1) return api_group_list(registry);
    if (segments.size() == 2) return one_api_group(registry, segments[1]);
    return api_resource_list(registry, segments[1], segments[2]);
}

}  // namespace

bool is_discovery_path(const std::vector<std::string>& segments) {
    if (segments.empty()) return true;
    if (segments[0] == "version") return segments.size() == 1;
    if (segments[0] == "api") return segments.size() <= 2;
    return segments[0] == "apis" && segments.size() <= 3;
}

Reply discover(Core& core, const kube::ServedRequest& http) {
    if (http.method_name != "GET" && http.method_name != "HEAD") {
        throw StatusError{405, "MethodNotAllowed", "the server does not allow this method on the requested resource"};
    }
    const std::vector<std::string> segments = Target::parse(http.target).segments;
    const Accepted accepted = read_accept(http.header("accept"));
    const Registry& registry = core.registry;
    Reply reply;
    if (accepted.aggregated && segments.size() == 1 && segments[0] != "version") {
        const bool is_core = segments[0] == "api";
        reply.content_type = kAggregated;
        reply.body = core.documents.get(is_core ? "aggregated/api" : "aggregated/apis", registry.changes(), [&] {
            return boost::json::serialize(aggregated_list(registry, is_core)) + "\n";
        });
        return reply;
    }
    require_plain(accepted);
    return json_reply(document_at(segments, registry, http.header("host")));
}

}  // namespace devcluster::apiserver
