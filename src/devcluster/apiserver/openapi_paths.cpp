#include "devcluster/apiserver/openapi_paths.hpp"

#include <array>
#include <span>

#include "devcluster/apiserver/openapi_common.hpp"
#include "devcluster/apiserver/openapi_schemas.hpp"
#include "devcluster/apiserver/served_api.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

/// A parameter of the query.
struct Parameter {
    std::string_view name;
    std::string_view type;
};

constexpr std::array kListParameters{
    Parameter{"allowWatchBookmarks", "boolean"},
    Parameter{"continue", "string"},
    Parameter{"fieldSelector", "string"},
    Parameter{"labelSelector", "string"},
    Parameter{"limit", "integer"},
    Parameter{"resourceVersion", "string"},
    Parameter{"resourceVersionMatch", "string"},
    Parameter{"sendInitialEvents", "boolean"},
    Parameter{"timeoutSeconds", "integer"},
    Parameter{"watch", "boolean"},
};
constexpr std::array kWriteParameters{
    Parameter{"dryRun", "string"},
    Parameter{"fieldManager", "string"},
    Parameter{"fieldValidation", "string"},
};
constexpr std::array kPatchParameters{
    Parameter{"dryRun", "string"},
    Parameter{"fieldManager", "string"},
    Parameter{"fieldValidation", "string"},
    Parameter{"force", "boolean"},
};
constexpr std::array kDeleteParameters{
    Parameter{"dryRun", "string"},
    Parameter{"gracePeriodSeconds", "integer"},
    Parameter{"orphanDependents", "boolean"},
    Parameter{"propagationPolicy", "string"},
};
constexpr std::array kDeleteCollectionParameters{
    Parameter{"dryRun", "string"},
    Parameter{"fieldSelector", "string"},
    Parameter{"gracePeriodSeconds", "integer"},
    Parameter{"labelSelector", "string"},
    Parameter{"orphanDependents", "boolean"},
    Parameter{"propagationPolicy", "string"},
};
constexpr std::span<const Parameter> kNoParameters;

constexpr std::string_view kJson = "application/json";
constexpr std::array<std::string_view, 3> kCustomPatches{
    "application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"
};
constexpr std::array<std::string_view, 4> kBuiltinPatches{
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json"
};

std::string with_capital(std::string_view text) {
    std::string out{text};
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
}

/// "rbacAuthorization" of "rbac.authorization.k8s.io".
std::string group_word(std::string_view group) {
    if (group.empty()) return "core";
    if (group.ends_with(".k8s.io")) group.remove_suffix(7);
    std::string out;
    while (!group.empty()) {
        const std::string_view label = group.substr(0, group.find('.'));
        out += out.empty() ? std::string{label} : with_capital(label);
        group.remove_prefix(std::min(label.size() + 1, group.size()));
    }
    return out;
}

Object parameter(std::string_view name, std::string_view in, std::string_view type) {
    Object schema;
    schema["type"] = type;
    schema["uniqueItems"] = true;
    Object out;
    out["name"] = name;
    out["in"] = in;
    if (in == "path") out["required"] = true;
    out["schema"] = std::move(schema);
    return out;
}

Object content(std::span<const std::string_view> media_types, std::string_view schema) {
    Object out;
    for (const std::string_view type : media_types) {
        Object body;
        body["schema"] = schema_reference(schema);
        out[type] = std::move(body);
    }
    return out;
}

/// What an operation is, beside where it stands.
struct Operation {
    /// How kube-apiserver names it: `x-kubernetes-action`, and the first word of the operation's id.
    std::string_view action;
    std::string_view id_word;
    std::span<const Parameter> parameters;
    std::string_view body;
    std::string_view result;
    /// The answer may say that something was made.
    bool may_create = false;
};

/// Writes the operations of one resource, or of one of its subresources.
class Paths {
public:
    Paths(Object& paths, const Resource& resource, const ResourceSchemas& schemas)
        : paths_{paths}, resource_{resource}, schemas_{schemas} {
        root_ = resource.group.empty() ? fmt::format("/api/{}", resource.version)
                                       : fmt::format("/apis/{}/{}", resource.group, resource.version);
        collection_ = resource.is_namespaced ? fmt::format("{}/namespaces/{{namespace}}/{}", root_, resource.plural)
                                             : fmt::format("{}/{}", root_, resource.plural);
        scope_ = resource.is_namespaced ? "Namespaced" : "";
        kind_ = group_version_kind(resource.group, resource.version, resource.kind);
    }

    void add_review() {
        Object item = path_item("");
        item["post"] = operation({"post", "create", kWriteParameters, schemas_.object, schemas_.object, true}, "");
        paths_[collection_] = std::move(item);
    }

    void add_collection() {
        const Operation list{"list", "list", kListParameters, "", schemas_.list};
        Object item = path_item("");
        item["get"] = operation(list, "");
        item["post"] = operation({"post", "create", kWriteParameters, schemas_.object, schemas_.object, true}, "");
        if (std::ranges::find(verbs_of(resource_), "deletecollection") != verbs_of(resource_).end()) {
            const Operation all{
                "deletecollection", "delete", kDeleteCollectionParameters, schemas_.delete_options, schemas_.status
            };
            item["delete"] = operation(all, "Collection");
        }
        paths_[collection_] = std::move(item);
        if (!resource_.is_namespaced) return;
        Object everywhere;
        everywhere["get"] = operation(list, "");
        everywhere["get"].as_object()["operationId"] = operation_id("list", "", "", "ForAllNamespaces");
        paths_[fmt::format("{}/{}", root_, resource_.plural)] = std::move(everywhere);
    }

    void add_object() {
        Object item = path_item("name");
        add_reading_and_writing(item, kVerbs, schemas_.object, "");
        item["delete"] =
            operation({"delete", "delete", kDeleteParameters, schemas_.delete_options, schemas_.status}, "");
        paths_[collection_ + "/{name}"] = std::move(item);
    }

    void add_subresource(const ServedSubresource& below) {
        // What is only posted to (a pod's binding) takes a kind that is not described.
        if (!below.has_verb("get") && !below.has_verb("update")) return;
        const bool is_scale = below.name == "scale";
        if (is_scale) kind_ = group_version_kind(below.group, below.version, below.kind);
        Object item = path_item("name");
        add_reading_and_writing(
            item, below.verbs, is_scale ? schemas_.scale : schemas_.object, with_capital(below.name)
        );
        paths_[fmt::format("{}/{{name}}/{}", collection_, below.name)] = std::move(item);
        kind_ = group_version_kind(resource_.group, resource_.version, resource_.kind);
    }

private:
    static constexpr std::array<std::string_view, 3> kVerbs{"get", "patch", "update"};

    void add_reading_and_writing(
        Object& item, std::span<const std::string_view> verbs, std::string_view schema, std::string_view suffix
    ) {
        for (const std::string_view verb : verbs) {
            if (verb == "get") item["get"] = operation({"get", "read", kNoParameters, "", schema}, suffix);
            if (verb == "update") {
                item["put"] = operation({"put", "replace", kWriteParameters, schema, schema, true}, suffix);
            }
            if (verb == "patch") {
                item["patch"] = operation({"patch", "patch", kPatchParameters, schemas_.patch, schema, true}, suffix);
            }
        }
    }

    Object path_item(std::string_view name) const {
        Array parameters;
        if (!name.empty()) parameters.emplace_back(parameter(name, "path", "string"));
        if (resource_.is_namespaced) parameters.emplace_back(parameter("namespace", "path", "string"));
        Object out;
        if (!parameters.empty()) out["parameters"] = std::move(parameters);
        return out;
    }

    /// "patchAppsV1NamespacedStatefulSetStatus".
    std::string operation_id(
        std::string_view word, std::string_view many, std::string_view scope, std::string_view suffix
    ) const {
        return fmt::format(
            "{}{}{}{}{}{}{}",
            word,
            with_capital(group_word(resource_.group)),
            with_capital(resource_.version),
            many,
            scope,
            resource_.kind,
            suffix
        );
    }

    Object operation(const Operation& what, std::string_view suffix) const {
        Array parameters;
        for (const Parameter& one : what.parameters) parameters.emplace_back(parameter(one.name, "query", one.type));
        Object out;
        out["tags"] = Array{Value(fmt::format("{}_{}", group_word(resource_.group), resource_.version))};
        const bool is_many = what.action == "deletecollection";
        out["operationId"] = operation_id(what.id_word, is_many ? suffix : "", scope_, is_many ? "" : suffix);
        if (!parameters.empty()) out["parameters"] = std::move(parameters);
        if (!what.body.empty()) out["requestBody"] = request_body(what);
        out["responses"] = responses(what);
        out["x-kubernetes-action"] = what.action;
        out["x-kubernetes-group-version-kind"] = kind_;
        return out;
    }

    Object request_body(const Operation& what) const {
        Object out;
        if (what.action == "patch") {
            out["content"] =
                resource_.is_builtin ? content(kBuiltinPatches, what.body) : content(kCustomPatches, what.body);
        } else {
            out["content"] = content(std::span{&kJson, 1}, what.body);
        }
        if (!what.action.starts_with("delete")) out["required"] = true;
        return out;
    }

    static Object responses(const Operation& what) {
        Object ok;
        ok["description"] = "OK";
        ok["content"] = content(std::span{&kJson, 1}, what.result);
        Object out;
        out["200"] = ok;
        if (what.may_create) {
            ok["description"] = "Created";
            out["201"] = std::move(ok);
        }
        return out;
    }

    Object& paths_;
    const Resource& resource_;
    const ResourceSchemas& schemas_;
    std::string root_;
    std::string collection_;
    std::string_view scope_;
    Object kind_;
};

}  // namespace

void add_openapi_paths(Object& paths, const Resource& resource, const ResourceSchemas& schemas) {
    Paths writer{paths, resource, schemas};
    if (resource.is_review) {
        writer.add_review();
        return;
    }
    writer.add_collection();
    writer.add_object();
    for (const ServedSubresource& below : subresources_of(resource)) writer.add_subresource(below);
}

}  // namespace devcluster::apiserver
