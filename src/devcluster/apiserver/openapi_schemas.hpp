// The component schemas of an OpenAPI document: built-in structs, what is common to all groups, custom resources.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "devcluster/apiserver/builtin_types.hpp"
#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// "com.example.v1.Widget" of "example.com", "v1", "Widget": a custom kind's name among the components.
[[nodiscard]] std::string custom_schema_name(std::string_view group, std::string_view version, std::string_view kind);

/// {"group", "version", "kind"}, as `x-kubernetes-group-version-kind` has it.
[[nodiscard]] kube::json::Object group_version_kind(
    std::string_view group, std::string_view version, std::string_view kind
);

/// The components of one document. What is added brings along everything that it refers to; each is there once.
class OpenApiSchemas {
public:
    explicit OpenApiSchemas(const BuiltinTypes& types) : types_{types} {}

    /// Adds a struct of the table; returns its name, such as "io.k8s.api.apps.v1.StatefulSet".
    std::string add_struct(const BuiltinType& type);
    /// Adds a common schema ("Status"); returns its name among the components.
    std::string add_common(std::string_view name);
    /// Adds a custom kind. `schema` is the openAPIV3Schema of its definition; null when it has none.
    void add_custom(const std::string& name, const kube::json::Object* schema);
    /// Adds the list of a kind that stands beside it ("io.k8s.api.core.v1.Pod", "PodList"); returns the list's name.
    std::string add_list(const std::string& item_name, std::string_view list_kind);
    /// Marks a schema as that of a kind.
    void set_kind(const std::string& name, std::string_view group, std::string_view version, std::string_view kind);
    /// All of them, by name.
    [[nodiscard]] kube::json::Object take() &&;

private:
    [[nodiscard]] kube::json::Object schema_of(const BuiltinType& type);
    [[nodiscard]] kube::json::Object schema_of(const BuiltinType& owner, const BuiltinField& field);
    void add_references_of(const kube::json::Value& schema);

    const BuiltinTypes& types_;
    std::map<std::string, kube::json::Object> schemas_;
};

}  // namespace devcluster::apiserver
