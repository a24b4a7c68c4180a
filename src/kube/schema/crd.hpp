// The CustomResourceDefinition around a schema.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kube/json/json.hpp"
#include "kube/meta/names.hpp"

namespace kube::schema {

/// A column of `kubectl get`. Priority 0 is always shown, 1 with `-o wide`.
struct PrinterColumn {
    std::string name;
    std::string type;
    std::string json_path;
    int priority = 0;
};

/// What a CRD says besides its schema.
struct CrdOptions {
    std::vector<std::string> short_names;
    std::vector<PrinterColumn> columns;
    /// Of the kind itself, for `kubectl explain`.
    std::string description;
    std::string spec_description;
    std::string status_description;
};

/// The annotation that other tools read to know how the manifest is laid out (spec 01 §2).
inline constexpr std::string_view kGeneratorAnnotation = "controller-gen.kubebuilder.io/version";
inline constexpr std::string_view kGeneratorVersion = "v0.20.1";

/// apiextensions.k8s.io/v1 CustomResourceDefinition with one version, served and stored, and a status subresource.
[[nodiscard]] json::Object make_crd(
    const ResourceType& type, const CrdOptions& options, json::Object spec_schema, json::Object status_schema
);

}  // namespace kube::schema
