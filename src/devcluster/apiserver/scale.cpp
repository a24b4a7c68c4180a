// The scale subresource: an autoscaling/v1 Scale in front of an object's replicas.
#include "devcluster/apiserver/json_patch.hpp"
#include "devcluster/apiserver/json_path.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/verbs.hpp"
#include "devcluster/apiserver/write.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Object;
using kube::json::Value;

std::int64_t number_at(const Object& object, std::string_view path) {
    const auto found = json_path(object, path);
    return !found.empty() && found.front()->is_int64() ? found.front()->get_int64() : 0;
}

std::string selector_text(const Object& object, const std::string& path) {
    const auto found = json_path(object, path);
    if (found.empty()) return "";
    if (found.front()->is_string()) return std::string{found.front()->get_string()};
    std::string out;
    if (!found.front()->is_object()) return out;
    if (const Object* labels = object_in(found.front()->get_object(), "matchLabels")) {
        for (const auto& [key, value] : *labels) {
            if (value.is_string())
                out += fmt::format(
                    "{}{}={}", out.empty() ? "" : ",", std::string_view{key}, std::string_view{value.get_string()}
                );
        }
    }
    return out;
}

Object scale_of(const Object& object, const ScalePaths& paths) {
    const Object& from = metadata_of(object);
    Object metadata;
    for (const std::string_view key : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
        copy_field(metadata, from, key);
    }
    Object status{{"replicas", number_at(object, paths.status_replicas)}};
    if (const std::string selector = selector_text(object, paths.label_selector); !selector.empty()) {
        status["selector"] = selector;
    }
    Object spec;
    if (const std::int64_t replicas = number_at(object, paths.spec_replicas); replicas != 0)
        spec["replicas"] = replicas;
    return Object{
        {"kind", "Scale"},
        {"apiVersion", "autoscaling/v1"},
        {"metadata", std::move(metadata)},
        {"spec", std::move(spec)},
        {"status", std::move(status)}
    };
}

void set_replicas(Object& object, std::string_view path, std::int64_t replicas) {
    Object* at = &object;
    path.remove_prefix(1);
    for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
        at = &made_object_in(*at, path.substr(0, dot));
        path.remove_prefix(dot + 1);
    }
    (*at)[path] = replicas;
}

}  // namespace

Reply scale_object(Core& core, const ResourceRequest& request) {
    const Resource& resource = *request.resource;
    const ObjectPtr before = resource.collection->find(request.key());
    if (!before) throw not_found(resource.qualified(), request.name);
    const InVersion view{*before, resource};
    const Object& old = view.object();
    Value scale(scale_of(old, *resource.scale));
    if (request.http.method == kube::HttpMethod::Get) return json_reply(scale);

    std::vector<std::string> duplicates;
    const Value body = parse_body(request.http, core.types, duplicates, core.storage());
    const std::string_view type = request.http.header("content-type");
    if (request.http.method == kube::HttpMethod::Put) {
        scale = body;
    } else if (type.starts_with("application/json-patch+json")) {
        try {
            apply_json_patch(scale, body);
        } catch (const std::runtime_error& error) {
            throw bad_request(error.what());
        }
    } else if (type.starts_with("application/merge-patch+json") ||
               type.starts_with("application/strategic-merge-patch+json")) {
        kube::json::apply_merge_patch(scale, body);
    } else {
        throw unsupported_media_type({"application/json-patch+json", "application/merge-patch+json"});
    }
    const Value* replicas = kube::json::find(scale, {"spec", "replicas"});
    if (replicas != nullptr && !replicas->is_int64()) throw bad_request("spec.replicas must be an integer");
    const std::int64_t wanted = replicas != nullptr ? replicas->get_int64() : 0;
    if (wanted < 0) {
        FieldErrors errors;
        errors.invalid("spec.replicas", Value(wanted), "must be greater than or equal to 0");
        errors.throw_if_any("autoscaling", "Scale", request.name);
    }
    Object object(old, core.storage());
    set_replicas(object, resource.scale->spec_replicas, wanted);
    const std::string_view version = kube::json::find_string(scale, {"metadata", "resourceVersion"});
    if (!version.empty()) metadata_of(object)["resourceVersion"] = version;
    ManagedFields managed = tracked_update(core, request, old, object, &before->managed());
    const ObjectPtr stored = commit_update(core, request, before, std::move(object), std::move(managed));
    return json_reply(scale_of(stored->object(), *resource.scale));
}

}  // namespace devcluster::apiserver
