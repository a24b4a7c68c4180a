#include "devcluster/apiserver/openapi.hpp"

#include "devcluster/apiserver/served_api.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

/// "io.k8s.api.core.v1.Pod" for a type of the table.
std::string schema_name(const BuiltinType& type) {
    const std::string& package = type.package();
    const std::size_t slash = package.find('/');
    const std::string group = package.substr(0, slash);
    const std::string version = package.substr(slash + 1);
    if (group == "meta") return "io.k8s.apimachinery.pkg.apis.meta.v1." + type.name();
    if (group == "apiextensions") {
        return fmt::format("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.{}.{}", version, type.name());
    }
    return fmt::format("io.k8s.api.{}.{}.{}", group, version, type.name());
}

/// "io.sei.v1alpha1.SeiNode" for a custom resource: the group's parts in reverse.
std::string schema_name(const Resource& resource) {
    if (resource.builtin != nullptr) return schema_name(*resource.builtin);
    std::string reversed;
    std::string_view group = resource.group;
    while (!group.empty()) {
        const std::size_t dot = group.rfind('.');
        const std::string_view part = dot == std::string_view::npos ? group : group.substr(dot + 1);
        reversed += fmt::format("{}.", part);
        group = dot == std::string_view::npos ? std::string_view{} : group.substr(0, dot);
    }
    return fmt::format("{}{}.{}", reversed, resource.version, resource.kind);
}

Object reference(const std::string& name) {
    return {{"$ref", "#/components/schemas/" + name}};
}

/// Writes the schemas of built-in types, each once.
class SchemaWriter {
public:
    explicit SchemaWriter(Object& schemas) : schemas_{schemas} {}

    Object& write(const BuiltinType& type) {
        const std::string name = schema_name(type);
        if (Value* known = schemas_.if_contains(name)) return known->as_object();
        schemas_[name] = Object{{"type", "object"}};
        Object properties;
        Array required;
        for (const BuiltinField& field : type.fields()) {
            Object property = schema_of(*field.type);
            if (field.merges || field.retains_keys) {
                property["x-kubernetes-patch-strategy"] = field.merges && field.retains_keys ? "merge,retainKeys"
                                                          : field.merges                     ? "merge"
                                                                                             : "retainKeys";
                if (!field.merge_key.empty()) property["x-kubernetes-patch-merge-key"] = field.merge_key;
            }
            properties[field.name] = std::move(property);
            if (field.is_always_written && field.name != "status") required.push_back(Value{field.name});
        }
        Object& schema = schemas_.at(name).as_object();
        if (!properties.empty()) schema["properties"] = std::move(properties);
        if (!required.empty()) schema["required"] = std::move(required);
        if (type.map_type() == schema::MapType::Atomic) schema["x-kubernetes-map-type"] = "atomic";
        return schema;
    }

private:
    Object schema_of(const BuiltinType& type) {
        if (type.is_struct()) {
            write(type);
            return {{"allOf", Array{reference(schema_name(type))}}};
        }
        if (type.kind() == schema::TypeKind::Map) {
            return {{"type", "object"}, {"additionalProperties", schema_of(*type.element_type())}};
        }
        if (type.kind() == schema::TypeKind::List) {
            Object list{{"type", "array"}, {"items", schema_of(*type.element_type())}};
            switch (type.list_type()) {
                case schema::ListType::Atomic:
                    list["x-kubernetes-list-type"] = "atomic";
                    break;
                case schema::ListType::Set:
                    list["x-kubernetes-list-type"] = "set";
                    break;
                case schema::ListType::Map: {
                    list["x-kubernetes-list-type"] = "map";
                    Array keys;
                    for (const std::string& key : type.list_keys()) keys.push_back(Value{key});
                    list["x-kubernetes-list-map-keys"] = std::move(keys);
                    break;
                }
            }
            return list;
        }
        switch (type.scalar()) {
            case Scalar::String:
                return {{"type", "string"}};
            case Scalar::Int32:
                return {{"type", "integer"}, {"format", "int32"}};
            case Scalar::Int64:
                return {{"type", "integer"}, {"format", "int64"}};
            case Scalar::Bool:
                return {{"type", "boolean"}};
            case Scalar::Float:
                return {{"type", "number"}, {"format", "double"}};
            case Scalar::Time:
            case Scalar::MicroTime:
                return {{"type", "string"}, {"format", "date-time"}};
            case Scalar::Quantity:
                return {{"oneOf", Array{Object{{"type", "string"}}, Object{{"type", "number"}}}}};
            case Scalar::IntOrString:
                return {
                    {"format", "int-or-string"},
                    {"oneOf", Array{Object{{"type", "integer"}}, Object{{"type", "string"}}}}
                };
            case Scalar::Bytes:
                return {{"type", "string"}, {"format", "byte"}};
            case Scalar::Any:
            case Scalar::None:
                break;
        }
        return {{"type", "object"}};
    }

    Object& schemas_;
};

Object group_version_kind(const Resource& resource) {
    return {{"group", resource.group}, {"version", resource.version}, {"kind", resource.kind}};
}

Object query_parameter(std::string_view name, std::string_view type) {
    return {{"name", name}, {"in", "query"}, {"schema", Object{{"type", type}, {"uniqueItems", true}}}};
}

Object path_of(const Resource& resource, bool is_object) {
    const Object gvk = group_version_kind(resource);
    const Object body{{"content", Object{{"application/json", Object{{"schema", reference(schema_name(resource))}}}}}};
    const auto operation = [&](std::string_view action) {
        return Object{
            {"x-kubernetes-action", action},
            {"x-kubernetes-group-version-kind", gvk},
            {"responses", Object{{"200", Object{{"description", "OK"}, {"content", body.at("content")}}}}}
        };
    };
    const Array write_parameters{
        query_parameter("dryRun", "string"),
        query_parameter("fieldManager", "string"),
        query_parameter("fieldValidation", "string")
    };
    const auto write = [&](std::string_view action) {
        Object out = operation(action);
        out["parameters"] = write_parameters;
        out["requestBody"] = body;
        return out;
    };
    if (!is_object) {
        if (resource.is_review) return {{"post", write("post")}};
        return {{"get", operation("list")}, {"post", write("post")}, {"delete", operation("deletecollection")}};
    }
    Object patch = operation("patch");
    Array parameters = write_parameters;
    parameters.push_back(query_parameter("force", "boolean"));
    patch["parameters"] = std::move(parameters);
    Object content;
    const Object any{{"schema", Object{{"type", "object"}}}};
    content["application/apply-patch+yaml"] = any;
    content["application/json-patch+json"] = any;
    content["application/merge-patch+json"] = any;
    if (resource.is_builtin) content["application/strategic-merge-patch+json"] = any;
    patch["requestBody"] = Object{{"content", std::move(content)}, {"required", true}};
    return {
        {"get", operation("get")}, {"put", write("put")}, {"patch", std::move(patch)}, {"delete", operation("delete")}
    };
}

void write_resource(const Core& core, const Resource& resource, Object& paths, Object& schemas) {
    SchemaWriter writer{schemas};
    const std::string root =
        resource.group.empty() ? "/api/v1/" : fmt::format("/apis/{}/{}/", resource.group, resource.version);
    const std::string collection =
        resource.is_namespaced ? root + "namespaces/{namespace}/" + resource.plural : root + resource.plural;
    paths[collection] = path_of(resource, false);
    if (!resource.is_review) paths[collection + "/{name}"] = path_of(resource, true);
    const std::string name = schema_name(resource);
    const Array gvk{group_version_kind(resource)};
    if (resource.builtin != nullptr) {
        writer.write(*resource.builtin)["x-kubernetes-group-version-kind"] = gvk;
    } else {
        Object schema = resource.openapi && resource.openapi->is_object() ? resource.openapi->get_object() : Object{};
        const BuiltinType& meta = core.types.get("ObjectMeta");
        writer.write(meta);
        Value& properties = schema["properties"];
        if (!properties.is_object()) properties = Object{};
        properties.get_object()["apiVersion"] = Object{{"type", "string"}};
        properties.get_object()["kind"] = Object{{"type", "string"}};
        properties.get_object()["metadata"] = Object{{"allOf", Array{reference(schema_name(meta))}}};
        schema["x-kubernetes-group-version-kind"] = gvk;
        schemas[name] = std::move(schema);
    }
    if (resource.is_review) return;
    schemas[name + "List"] = Object{
        {"type", "object"},
        {"required", Array{Value{"items"}}},
        {"properties",
         Object{
             {"apiVersion", Object{{"type", "string"}}},
             {"kind", Object{{"type", "string"}}},
             {"metadata", Object{{"type", "object"}}},
             {"items", Object{{"type", "array"}, {"items", Object{{"allOf", Array{reference(name)}}}}}}
         }},
        {"x-kubernetes-group-version-kind",
         Array{Object{{"group", resource.group}, {"version", resource.version}, {"kind", resource.list_kind}}}}
    };
}

Reply openapi_index(const Core& core) {
    Object paths;
    for (const ServedGroup& group : served_groups(core.registry)) {
        for (const std::string& version : group.versions) {
            const std::string path =
                group.name.empty() ? "api/" + version : fmt::format("apis/{}/{}", group.name, version);
            paths[path] =
                Object{{"serverRelativeURL", fmt::format("/openapi/v3/{}?hash={:016X}", path, core.registry.changes())}
                };
        }
    }
    return json_reply(Object{{"paths", std::move(paths)}});
}

Reply openapi_document(const Core& core, std::string_view group, std::string_view version) {
    if (!core.registry.has_version(group, version)) throw no_such_path();
    Object paths;
    Object schemas;
    for (const ResourcePtr& resource : core.registry.all()) {
        if (resource->group == group && resource->version == version) {
            write_resource(core, *resource, paths, schemas);
        }
    }
    return json_reply(Object{
        {"openapi", "3.0.0"},
        {"info", Object{{"title", "Kubernetes"}, {"version", "v1.34.4+devcluster"}}},
        {"paths", std::move(paths)},
        {"components", Object{{"schemas", std::move(schemas)}}}
    });
}

}  // namespace

bool is_openapi_path(const std::vector<std::string>& segments) {
    return segments.size() >= 2 && segments[0] == "openapi" && segments[1] == "v3";
}

Reply openapi(Core& core, const kube::ServedRequest& http) {
    const std::vector<std::string> path = Target::parse(http.target).segments;
    if (path.size() == 2) return openapi_index(core);
    if (path.size() == 4 && path[2] == "api") return openapi_document(core, "", path[3]);
    if (path.size() == 5 && path[2] == "apis") return openapi_document(core, path[3], path[4]);
    throw no_such_path();
}

}  // namespace devcluster::apiserver
