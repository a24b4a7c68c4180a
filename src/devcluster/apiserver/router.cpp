#include "devcluster/apiserver/router.hpp"

#include "devcluster/apiserver/discovery.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/openapi.hpp"
#include "devcluster/apiserver/verbs.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Object;
using kube::json::Value;

Reply text_reply(std::string text) {
    Reply reply;
    reply.body = std::move(text);
    reply.content_type = "text/plain; charset=utf-8";
    return reply;
}

/// The part of a path that names a resource, as Kubernetes reads it.
void read_resource_path(const Core& core, Routed& routed) {
    const std::vector<std::string>& path = routed.target.segments;
    if (path.empty()) return;
    RequestSummary& summary = routed.summary;
    std::size_t at = 0;
    std::string version;
    if (path[0] == "api" && path.size() > 2) {
        version = path[1];
        at = 2;
    } else if (path[0] == "apis" && path.size() > 3) {
        summary.group = path[1];
        version = path[2];
        at = 3;
    } else {
        return;
    }
    if (path[at] == "namespaces" && path.size() > at + 2 && path[at + 2] != "status" && path[at + 2] != "finalize") {
        summary.namespace_ = path[at + 1];
        at += 2;
    }
    summary.resource = path[at];
    if (path.size() > at + 1) summary.name = path[at + 1];
    if (path.size() > at + 2) summary.subresource = path[at + 2];
    for (std::size_t i = at + 3; i < path.size(); ++i) summary.subresource += "/" + path[i];
    routed.resource = core.registry.find(summary.group, version, summary.resource);
}

std::string verb_of(const kube::ServedRequest& http, const Routed& routed) {
    const bool is_object = !routed.summary.name.empty();
    if (http.method_name == "HEAD" || http.method_name == "OPTIONS") return "";
    switch (http.method) {
        case kube::HttpMethod::Get: {
            const std::string_view watch = routed.target.query.get("watch");
            if (watch == "true" || watch == "1") return "watch";
            return is_object ? "get" : "list";
        }
        case kube::HttpMethod::Post:
            return "create";
        case kube::HttpMethod::Put:
            return "update";
        case kube::HttpMethod::Patch:
            return http.header("content-type").starts_with("application/apply-patch") ? "apply" : "patch";
        case kube::HttpMethod::Delete:
            return is_object ? "delete" : "deletecollection";
    }
    return "";
}

Reply answer_other(Core& core, const Routed& routed, const kube::ServedRequest& http) {
    const std::vector<std::string>& path = routed.target.segments;
    if (is_discovery_path(path)) return discover(core, http);
    if (is_openapi_path(path)) return openapi(core, http);
    if (http.method != kube::HttpMethod::Get) throw no_such_path();
    if (path[0] == "healthz" || path[0] == "livez" || path[0] == "readyz") return text_reply("ok");
    if (path[0] == "debug" && path.size() == 2 && path[1] == "requests") {
        return json_reply(Object{{"requests", core.audit.to_json()}});
    }
    throw no_such_path();
}

bool has_subresource(const Resource& resource, std::string_view name) {
    if (name == "status") return resource.has_status;
    if (name == "scale") return resource.scale.has_value();
    return std::ranges::find(resource.other_subresources, name) != resource.other_subresources.end();
}

void check_subresource(const Resource& resource, const RequestSummary& summary) {
    if (summary.subresource.empty() || has_subresource(resource, summary.subresource)) return;
    constexpr std::array kKnownElsewhere{
        "log", "exec", "attach", "portforward", "eviction", "binding", "proxy", "resize", "ephemeralcontainers", "token"
    };
    if (std::ranges::find(kKnownElsewhere, summary.subresource) != kKnownElsewhere.end()) {
        throw StatusError{
            501,
            "NotImplemented",
            fmt::format("{}/{} is not supported by this embedded API server", summary.resource, summary.subresource)
        };
    }
    throw no_such_path();
}

Reply answer_resource(
    Core& core, const Routed& routed, const kube::ServedRequest& http, std::vector<std::string>& warnings
) {
    const Resource& resource = *routed.resource;
    const RequestSummary& summary = routed.summary;
    const bool is_binding = resource.group.empty() && resource.plural == "pods" && summary.subresource == "binding";
    if (!is_binding) check_subresource(resource, summary);
    if (!resource.is_namespaced && !summary.namespace_.empty()) throw no_such_path();
    const std::string_view verb = summary.verb;
    const bool names_all_namespaces = resource.is_namespaced && summary.namespace_.empty();
    if (names_all_namespaces && (!summary.name.empty() || verb == "create" || verb == "deletecollection")) {
        throw no_such_path();
    }
    const ResourceRequest request{
        .resource = routed.resource,
        .namespace_ = summary.namespace_,
        .name = summary.name,
        .subresource = summary.subresource,
        .query = routed.target.query,
        .http = http,
        .form = negotiate(http.header("accept")),
        .warnings = &warnings
    };
    if (resource.is_review) {
        if (verb == "create") return review(core, request);
        throw method_not_supported(resource.qualified(), verb);
    }
    if (is_binding) {
        if (verb == "create") return bind_pod(core, request);
        throw method_not_supported(resource.qualified(), verb);
    }
    if (summary.subresource == "scale") {
        if (verb == "get" || verb == "update" || verb == "patch") return scale_object(core, request);
        throw method_not_supported(resource.qualified(), verb);
    }
    const bool is_object = !summary.name.empty();
    if (verb == "get") return get_object(core, request);
    if (verb == "list") return list_objects(core, request);
    if (verb == "watch") return watch_objects(core, request);
    if (verb == "create" && !is_object) return create_object(core, request);
    if (verb == "update" && is_object) return update_object(core, request);
    if ((verb == "patch" || verb == "apply") && is_object) return patch_object(core, request);
    if (verb == "delete" && summary.subresource.empty()) return delete_object(core, request);
    if (verb == "deletecollection") return delete_collection(core, request);
    throw method_not_supported(resource.qualified(), verb);
}

}  // namespace

Routed route(const Core& core, const kube::ServedRequest& http) {
    Routed routed;
    routed.target = Target::parse(http.target);
    routed.summary.user_agent = http.header("user-agent");
    routed.summary.path = http.target;
    read_resource_path(core, routed);
    if (!routed.summary.resource.empty()) routed.summary.verb = verb_of(http, routed);
    return routed;
}

Reply answer(Core& core, const Routed& routed, const kube::ServedRequest& http) {
    core.scratch->clear();
    if (routed.resource == nullptr) {
        if (!routed.summary.resource.empty()) throw no_such_path();
        return answer_other(core, routed, http);
    }
    std::vector<std::string> warnings;
    if (!routed.resource->deprecation_warning.empty()) warnings.push_back(routed.resource->deprecation_warning);
    Reply reply;
    try {
        reply = answer_resource(core, routed, http, warnings);
    } catch (const StatusError& error) {
        reply = refusal(error);  // The warnings go along with it.
    }
    reply.warnings = std::move(warnings);
    return reply;
}

Reply refusal(const StatusError& error) {
    return json_reply(error.to_json(), error.code());
}

}  // namespace devcluster::apiserver
