#include "kube/schema/crd.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace kube::schema {
namespace {

std::string lower_case(std::string_view text) {
    std::string lower{text};
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

json::Object described(std::string_view type, std::string_view description) {
    json::Object node{{"type", type}};
    if (!description.empty()) node["description"] = description;
    return node;
}

json::Object names_of(const ResourceType& type, const CrdOptions& options) {
    json::Object names{
        {"kind", type.kind},
        {"listKind", fmt::format("{}List", type.kind)},
        {"plural", type.plural},
        {"singular", lower_case(type.kind)}
    };
    if (!options.short_names.empty()) {
        names["shortNames"] = json::Array(options.short_names.begin(), options.short_names.end());
    }
    return names;
}

json::Array columns_of(const CrdOptions& options) {
    json::Array columns;
    for (const PrinterColumn& column : options.columns) {
        json::Object entry{{"name", column.name}, {"type", column.type}, {"jsonPath", column.json_path}};
        if (column.priority != 0) entry["priority"] = column.priority;
        columns.push_back(std::move(entry));
    }
    return columns;
}

json::Object root_schema(const CrdOptions& options, json::Object spec_schema, json::Object status_schema) {
    if (!options.spec_description.empty()) spec_schema["description"] = options.spec_description;
    if (!options.status_description.empty()) status_schema["description"] = options.status_description;
    json::Object root = described("object", options.description);
    root["properties"] = json::Object{
        {"apiVersion", described("string", "The group and version of this object's schema.")},
        {"kind", described("string", "The kind of this object.")},
        {"metadata", json::Object{{"type", "object"}}},
        {"spec", std::move(spec_schema)},
        {"status", std::move(status_schema)}
    };
    return root;
}

}  // namespace

json::Object make_crd(
    const ResourceType& type, const CrdOptions& options, json::Object spec_schema, json::Object status_schema
) {
    json::Object version{
        {"name", type.version},
        {"served", true},
        {"storage", true},
        {"subresources", json::Object{{"status", json::Object{}}}},
    };
    version["schema"] =
        json::Object{{"openAPIV3Schema", root_schema(options, std::move(spec_schema), std::move(status_schema))}};
    if (!options.columns.empty()) version["additionalPrinterColumns"] = columns_of(options);

    json::Object spec{
        {"group", type.group},
        {"names", names_of(type, options)},
        {"scope", type.is_namespaced ? "Namespaced" : "Cluster"},
    };
    spec["versions"] = json::Array{std::move(version)};
    json::Object metadata{{"name", fmt::format("{}.{}", type.plural, type.group)}};
    metadata["annotations"] = json::Object{{kGeneratorAnnotation, kGeneratorVersion}};
    return {
        {"apiVersion", "apiextensions.k8s.io/v1"},
        {"kind", "CustomResourceDefinition"},
        {"metadata", std::move(metadata)},
        {"spec", std::move(spec)},
    };
}

}  // namespace kube::schema
