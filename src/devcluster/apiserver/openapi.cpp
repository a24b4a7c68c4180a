#include "devcluster/apiserver/openapi.hpp"

#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/openapi_common.hpp"
#include "devcluster/apiserver/openapi_paths.hpp"
#include "devcluster/apiserver/openapi_schemas.hpp"
#include "devcluster/apiserver/served_api.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

/// FNV-1a, over words of which none runs into the next.
class Fingerprint {
public:
    Fingerprint& add(std::string_view word) {
        for (const char c : word) mix(static_cast<unsigned char>(c));
        mix(0xffu);
        return *this;
    }
    Fingerprint& add(std::int64_t number) { return add(std::to_string(number)); }
    [[nodiscard]] std::uint64_t value() const { return value_; }

private:
    void mix(std::uint64_t byte) { value_ = (value_ ^ byte) * 0x100000001b3u; }
    std::uint64_t value_ = 0xcbf29ce484222325u;
};

/// The definition of a custom resource; null when it is gone.
ObjectPtr definition_of(Core& core, const Resource& resource) {
    Collection& definitions = core.store.collection("apiextensions.k8s.io", "customresourcedefinitions");
    kube::NamespacedName key;
    key.name = fmt::format("{}.{}", resource.plural, resource.group);
    return definitions.find(key);
}

/// The openAPIV3Schema of one version; null when there is none.
const Object* schema_in(const Object& definition, std::string_view version) {
    const Object* spec = object_in(definition, "spec");
    const Array* versions = spec != nullptr ? array_in(*spec, "versions") : nullptr;
    if (versions == nullptr) return nullptr;
    for (const Value& one : *versions) {
        if (!one.is_object() || string_in(one.get_object(), "name") != version) continue;
        const Object* schema = object_in(one.get_object(), "schema");
        return schema != nullptr ? object_in(*schema, "openAPIV3Schema") : nullptr;
    }
    return nullptr;
}

/// Changes when the document of this group version does, and, for built-in kinds, with nothing else.
std::uint64_t fingerprint_of(Core& core, std::string_view group, std::string_view version) {
    Fingerprint out;
    out.add(group).add(version);
    for (const ResourcePtr& resource : resources_in(core.registry, group, version)) {
        out.add(resource->plural);
        if (resource->is_builtin) continue;
        const ObjectPtr definition = definition_of(core, *resource);
        if (definition == nullptr) continue;
        const Object& metadata = metadata_of(definition->object());
        out.add(string_in(metadata, "uid")).add(string_in(metadata, "creationTimestamp"));
        out.add(integer_in(metadata, "generation").value_or(0));
    }
    return out.value();
}

std::string name_in_index(std::string_view group, std::string_view version) {
    return fmt::format("{}/{}", group.empty() ? "api" : "apis", group_version(group, version));
}

std::string index_text(Core& core) {
    Object paths;
    for (const ServedGroup& group : served_groups(core.registry)) {
        for (const std::string& version : group.versions) {
            const std::string name = name_in_index(group.name, version);
            Object entry;
            entry["serverRelativeURL"] =
                fmt::format("/openapi/v3/{}?hash={:016X}", name, fingerprint_of(core, group.name, version));
            paths[name] = std::move(entry);
        }
    }
    Object out;
    out["paths"] = std::move(paths);
    return boost::json::serialize(out) + "\n";
}

/// Adds the schemas of a resource; returns the names that its paths refer to.
ResourceSchemas add_schemas(Core& core, OpenApiSchemas& schemas, const Resource& resource) {
    ResourceSchemas out;
    if (resource.is_builtin) {
        out.object = schemas.add_struct(*resource.builtin);
    } else {
        out.object = custom_schema_name(resource.group, resource.version, resource.kind);
        const ObjectPtr definition = definition_of(core, resource);
        schemas.add_custom(
            out.object, definition != nullptr ? schema_in(definition->object(), resource.version) : nullptr
        );
    }
    schemas.set_kind(out.object, resource.group, resource.version, resource.kind);
    if (resource.is_review) return out;
    out.list = schemas.add_list(out.object, resource.list_kind);
    schemas.set_kind(out.list, resource.group, resource.version, resource.list_kind);
    out.delete_options = schemas.add_common("DeleteOptions");
    schemas.set_kind(out.delete_options, resource.group, resource.version, "DeleteOptions");
    out.patch = schemas.add_common("Patch");
    out.status = schemas.add_common("Status");
    schemas.set_kind(out.status, "", "v1", "Status");
    if (resource.scale) {
        out.scale = schemas.add_common("Scale");
        schemas.set_kind(out.scale, "autoscaling", "v1", "Scale");
    }
    return out;
}

std::string document_text(Core& core, std::string_view group, std::string_view version) {
    OpenApiSchemas schemas{core.types};
    Object paths;
    for (const ResourcePtr& resource : resources_in(core.registry, group, version)) {
        add_openapi_paths(paths, *resource, add_schemas(core, schemas, *resource));
    }
    Object info;
    info["title"] = "Kubernetes";
    info["version"] = "1.34";
    Object components;
    components["schemas"] = std::move(schemas).take();
    Object out;
    out["openapi"] = "3.0.0";
    out["info"] = std::move(info);
    out["paths"] = std::move(paths);
    out["components"] = std::move(components);
    return boost::json::serialize(out) + "\n";
}

struct GroupVersion {
    std::string_view group;
    std::string_view version;
};

/// {"openapi", "v3", "api", "v1"} or {"openapi", "v3", "apis", "apps", "v1"}, as views of the segments.
GroupVersion group_version_at(const std::vector<std::string>& segments) {
    if (segments.size() == 4 && segments[2] == "api") return {.group = "", .version = segments[3]};
    if (segments.size() == 5 && segments[2] == "apis") return {.group = segments[3], .version = segments[4]};
    throw no_such_path();
}

}  // namespace

bool is_openapi_path(const std::vector<std::string>& segments) {
    return !segments.empty() && segments[0] == "openapi";
}

Reply openapi(Core& core, const kube::ServedRequest& http) {
    if (http.method_name != "GET" && http.method_name != "HEAD") {
        throw StatusError{405, "MethodNotAllowed", "the server does not allow this method on the requested resource"};
    }
    const std::vector<std::string> segments = Target::parse(http.target).segments;
    if (segments.size() >= 2 && segments[1] == "v2") {
        throw StatusError{404, "NotFound", "OpenAPI v2 is not served here; use OpenAPI v3, at /openapi/v3"};
    }
    if (segments.size() < 2 || segments[1] != "v3") throw no_such_path();
    Reply reply;
    if (segments.size() == 2) {
        reply.body = core.documents.get("openapi/v3", core.registry.changes(), [&] { return index_text(core); });
        return reply;
    }
    const GroupVersion at = group_version_at(segments);
    if (!core.registry.has_version(at.group, at.version)) throw no_such_path();
    const std::string name = fmt::format("openapi/v3/{}", name_in_index(at.group, at.version));
    // A stale hash in the URL gets the document of today: what a redirect to it would get too.
    reply.body = core.documents.get(name, fingerprint_of(core, at.group, at.version), [&] {
        return document_text(core, at.group, at.version);
    });
    return reply;
}

}  // namespace devcluster::apiserver
