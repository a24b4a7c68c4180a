// CustomResourceDefinitions as objects: defaults, rules, conditions.
#include "devcluster/apiserver/builtin_kind.hpp"
#include "devcluster/apiserver/json_path.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/table.hpp"
#include "devcluster/apiserver/validate_metadata.hpp"
#include "devcluster/schema/schema.hpp"
#include "kube/meta/time.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

const Object& part_of(const Object& object, std::string_view part) {
    static const auto* const nothing = new Object{};  // Leaked: nothing to destroy at exit.
    const Object* found = object_in(object, part);
    return found != nullptr ? *found : *nothing;
}

std::string lower(std::string_view text) {
    std::string out;
    for (const char c : text) out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return out;
}

void default_definition(Object& definition) {
    Object& spec = made_object_in(definition, "spec");
    Object& names = made_object_in(spec, "names");
    const std::string kind{string_in(names, "kind")};
    if (string_in(names, "singular").empty()) names["singular"] = lower(kind);
    if (string_in(names, "listKind").empty() && !kind.empty()) names["listKind"] = kind + "List";
    set_default(made_object_in(spec, "conversion"), "strategy", "None");
}

std::vector<std::string_view> storage_versions(const Object& spec) {
    std::vector<std::string_view> out;
    if (const Array* versions = array_in(spec, "versions")) {
        for (const Value& value : *versions) {
            if (value.is_object() && value.get_object().contains("storage") &&
                value.get_object().at("storage") == Value(true)) {
                out.push_back(string_in(value.get_object(), "name"));
            }
        }
    }
    return out;
}

/// The names are taken and served at once: nothing here has to wait for controllers.
void prepare_definition(Object& definition, const PrepareContext& context) {
    const std::string now = kube::to_string(kube::Time::of(context.clock.now()));
    const Object& spec = part_of(definition, "spec");
    Array stored;
    for (const std::string_view version : storage_versions(spec)) stored.push_back(Value(version));
    definition["status"] = Object{
        {"conditions",
         Array{
             Object{
                 {"lastTransitionTime", now},
                 {"message", "no conflicts found"},
                 {"reason", "NoConflicts"},
                 {"status", "True"},
                 {"type", "NamesAccepted"}
             },
             Object{
                 {"lastTransitionTime", now},
                 {"message", "the initial names have been accepted"},
                 {"reason", "InitialNamesAccepted"},
                 {"status", "True"},
                 {"type", "Established"}
             }
         }},
        {"acceptedNames", Value(part_of(spec, "names"))},
        {"storedVersions", std::move(stored)}
    };
}

void prepare_definition_update(Object& definition, const Object&, Endpoint endpoint) {
    if (endpoint != Endpoint::Main) return;
    Object& status = made_object_in(definition, "status");
    const Object& spec = part_of(definition, "spec");
    status["acceptedNames"] = Value(part_of(spec, "names"));
    Value& stored = status["storedVersions"];
    if (!stored.is_array()) stored = Array{};
    for (const std::string_view version : storage_versions(spec)) {
        Array& list = stored.get_array();
        if (std::ranges::find(list, Value(version)) == list.end()) list.push_back(Value(version));
    }
}

void validate_columns(const Object& version, const std::string& at, FieldErrors& errors) {
    const Array* columns = array_in(version, "additionalPrinterColumns");
    if (columns == nullptr) return;
    std::size_t index = 0;
    for (const Value& value : *columns) {
        const std::string here = fmt::format("{}.additionalPrinterColumns[{}]", at, index++);
        const Object* column = value.if_object();
        if (column == nullptr) continue;
        const std::string_view type = string_in(*column, "type");
        constexpr std::array kTypes{"integer", "number", "string", "boolean", "date"};
        if (string_in(*column, "name").empty()) errors.required(here + ".name");
        if (std::ranges::find(kTypes, type) == kTypes.end()) {
            errors.invalid(here + ".type", Value(type), "must be one of boolean,date,integer,number,string");
        }
        const std::string_view path = string_in(*column, "jsonPath");
        if (path.empty()) {
            errors.required(here + ".JSONPath");
        } else if (!is_supported_json_path(path)) {
            errors.invalid(here + ".jsonPath", Value(path), "this JSONPath is not supported by this server");
        }
    }
}

void validate_version(const Object& version, const std::string& at, const std::string& schema_at, FieldErrors& errors) {
    const std::string_view name = string_in(version, "name");
    if (!is_dns_label(name)) errors.invalid(at + ".name", Value(name), kDnsLabelRule);
    const Object* schema = object_in(version, "schema");
    const Value* openapi = schema != nullptr ? schema->if_contains("openAPIV3Schema") : nullptr;
    if (openapi == nullptr) {
        errors.required(at + ".schema.openAPIV3Schema", "schemas are required");
    } else if (const auto compiled = schema::Schema::compile(*openapi, schema_at); !compiled) {
        for (const schema::FieldError& error : compiled.error()) {
            errors.add(std::string{schema::reason_of(error.type)}, error.field, error.message);
        }
    }
    validate_columns(version, at, errors);
    const Object* scale = object_in(part_of(version, "subresources"), "scale");
    if (scale == nullptr) return;
    if (!string_in(*scale, "specReplicasPath").starts_with(".spec.")) {
        errors.invalid(
            at + ".subresources.scale.specReplicasPath",
            Value(string_in(*scale, "specReplicasPath")),
            "should be a json path under .spec"
        );
    }
    if (!string_in(*scale, "statusReplicasPath").starts_with(".status.")) {
        errors.invalid(
            at + ".subresources.scale.statusReplicasPath",
            Value(string_in(*scale, "statusReplicasPath")),
            "should be a json path under .status"
        );
    }
}

void validate_definition(const Object& definition, FieldErrors& errors) {
    const Object& spec = part_of(definition, "spec");
    const Object& names = part_of(spec, "names");
    const std::string_view group = string_in(spec, "group");
    const std::string_view plural = string_in(names, "plural");
    const std::string expected = fmt::format("{}.{}", plural, group);
    if (string_in(metadata_of(definition), "name") != expected) {
        errors.invalid(
            "metadata.name",
            Value(string_in(metadata_of(definition), "name")),
            "must be spec.names.plural+\".\"+spec.group"
        );
    }
    if (group.empty()) {
        errors.required("spec.group");
    } else if (!is_dns_subdomain(group) || !group.contains('.')) {
        errors.invalid("spec.group", Value(group), "should be a domain with at least one dot");
    }
    if (!is_dns_label(plural)) errors.invalid("spec.names.plural", Value(plural), kDnsLabelRule);
    if (!is_dns_label(string_in(names, "singular"))) {
        errors.invalid("spec.names.singular", Value(string_in(names, "singular")), kDnsLabelRule);
    }
    if (!is_dns_label(lower(string_in(names, "kind")))) errors.required("spec.names.kind");
    const std::string_view scope = string_in(spec, "scope");
    if (scope.empty()) {
        errors.required("spec.scope");
    } else if (scope != "Namespaced" && scope != "Cluster") {
        errors.unsupported("spec.scope", Value(scope), {"Cluster", "Namespaced"});
    }
    if (string_in(part_of(spec, "conversion"), "strategy") != "None") {
        errors.invalid(
            "spec.conversion.strategy",
            Value(string_in(part_of(spec, "conversion"), "strategy")),
            "this server has no conversion webhooks: only None is supported"
        );
    }
    if (spec.contains("preserveUnknownFields") && spec.at("preserveUnknownFields") == Value(true)) {
        errors.invalid(
            "spec.preserveUnknownFields", Value(true), "must be false in order to use defaults in the schema"
        );
    }
    if (storage_versions(spec).size() != 1) {
        errors.invalid(
            "spec.versions",
            spec.contains("versions") ? spec.at("versions") : Value{},
            "must have exactly one version marked as storage version"
        );
    }
    const Array* versions = array_in(spec, "versions");
    if (versions == nullptr) return;
    const bool has_one_schema = std::ranges::all_of(*versions, [&](const Value& value) {
        return value.is_object() &&
               part_of(value.get_object(), "schema") == part_of(versions->front().as_object(), "schema");
    });
    std::size_t index = 0;
    for (const Value& value : *versions) {
        const std::string at = fmt::format("spec.versions[{}]", index++);
        if (!value.is_object()) continue;
        if (has_one_schema && index > 1) continue;  // Reported once.
        validate_version(
            value.get_object(),
            at,
            has_one_schema ? "spec.validation.openAPIV3Schema" : at + ".schema.openAPIV3Schema",
            errors
        );
    }
}

void validate_definition_update(const Object& definition, const Object& before, FieldErrors& errors) {
    const Object& now = part_of(definition, "spec");
    const Object& then = part_of(before, "spec");
    const auto require_same = [&](std::string_view path, std::string_view a, std::string_view b) {
        if (a != b) errors.invalid(path, Value(a), "field is immutable");
    };
    require_same("spec.group", string_in(now, "group"), string_in(then, "group"));
    require_same("spec.scope", string_in(now, "scope"), string_in(then, "scope"));
    require_same(
        "spec.names.kind", string_in(part_of(now, "names"), "kind"), string_in(part_of(then, "names"), "kind")
    );
    require_same(
        "spec.names.plural", string_in(part_of(now, "names"), "plural"), string_in(part_of(then, "names"), "plural")
    );
}

Array definition_cells(const Object& definition, const kube::Clock&) {
    const Object& metadata = metadata_of(definition);
    return {Value(string_in(metadata, "name")), Value(string_in(metadata, "creationTimestamp"))};
}

}  // namespace

BuiltinHooks definition_hooks() {
    return {
        .defaults = default_definition,
        .prepare_create = prepare_definition,
        .prepare_update = prepare_definition_update,
        .validate = validate_definition,
        .validate_update = validate_definition_update,
        .cells = definition_cells
    };
}

}  // namespace devcluster::apiserver
