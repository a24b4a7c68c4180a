#include "devcluster/apiserver/openapi_schemas.hpp"

#include <algorithm>
#include <array>

#include "devcluster/apiserver/openapi_common.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

constexpr std::string_view kApiVersionText = "The group and version of the schema that this object follows.";
constexpr std::string_view kKindText = "What this object is, in CamelCase.";
constexpr std::string_view kMetadataText = "What all objects have: name, namespace, labels, owners and so on.";
constexpr std::string_view kListMetadataText =
    "What all lists have: the version at which they were read, and where to continue.";

/// A field whose schema differs from what the table says of how it is written.
struct Exception {
    std::string_view owner;
    std::string_view field;
    bool is_required;
};

/// Go writes these always and takes them as optional, or the other way round.
constexpr std::array kExceptions{
    Exception{"AzureFilePersistentVolumeSource", "secretNamespace", false},
    Exception{"ClusterRole", "rules", false},
    Exception{"ContainerImage", "names", false},
    Exception{"ContainerRestartRule", "action", true},
    Exception{"ContainerRestartRuleOnExitCodes", "operator", true},
    Exception{"CustomResourceDefinitionStatus", "acceptedNames", false},
    Exception{"CustomResourceDefinitionStatus", "conditions", false},
    Exception{"CustomResourceDefinitionStatus", "storedVersions", false},
    Exception{"EndpointSlice", "ports", false},
    Exception{"Event", "reportingComponent", false},
    Exception{"Event", "reportingInstance", false},
    Exception{"GRPCAction", "service", false},
    Exception{"NodeRuntimeHandler", "name", false},
    Exception{"PodCertificateProjection", "keyType", true},
    Exception{"PodCertificateProjection", "signerName", true},
    Exception{"ProjectedVolumeSource", "sources", false},
    Exception{"Role", "rules", false},
    Exception{"StatefulSetOrdinals", "start", false},
    Exception{"StatefulSetSpec", "serviceName", false},
    Exception{"StatefulSetStatus", "availableReplicas", false},
    Exception{"TypedLocalObjectReference", "apiGroup", false},
    Exception{"TypedObjectReference", "apiGroup", false},
};

bool is_required(const BuiltinType& owner, const BuiltinField& field) {
    for (const Exception& exception : kExceptions) {
        if (exception.owner == owner.name() && exception.field == field.name) return exception.is_required;
    }
    return field.is_always_written;
}

std::string struct_name(const BuiltinType& type) {
    std::string package = type.package();
    std::ranges::replace(package, '/', '.');
    std::string_view prefix = "io.k8s.api.";
    if (package == "meta.v1") prefix = "io.k8s.apimachinery.pkg.apis.";
    if (package == "apiextensions.v1") prefix = "io.k8s.apiextensions-apiserver.pkg.apis.";
    // Two packages have an EndpointPort; the table tells them apart by name.
    const std::string_view name = type.name() == "EndpointSlicePort" ? "EndpointPort" : std::string_view{type.name()};
    return fmt::format("{}{}.{}", prefix, package, name);
}

/// What stands where the table says "any JSON".
std::string_view free_form_schema(const BuiltinType& owner) {
    if (owner.name() == "ManagedFieldsEntry") return "FieldsV1";
    if (owner.name() == "CustomResourceValidation") return "JSONSchemaProps";
    return "RawExtension";
}

Object plain(std::string_view type, std::string_view format = "") {
    Object out;
    out["type"] = type;
    if (!format.empty()) out["format"] = format;
    return out;
}

/// A reference stands alone in its object (OpenAPI 3.0), so what goes beside it takes the form of an allOf.
void make_room_beside_reference(Object& schema) {
    const auto it = schema.find("$ref");
    if (it == schema.end()) return;
    Object reference;
    reference["$ref"] = it->value();
    schema.erase(it);
    schema["allOf"] = Array{std::move(reference)};
}

void describe(Object& schema, std::string_view text) {
    make_room_beside_reference(schema);
    schema["description"] = text;
}

Object described(Object schema, std::string_view text) {
    describe(schema, text);
    return schema;
}

void add_patch_strategy(Object& schema, const BuiltinField& field) {
    if (!field.merges && !field.retains_keys) return;
    make_room_beside_reference(schema);
    std::string strategy = field.merges ? "merge" : "";
    if (field.retains_keys) strategy += strategy.empty() ? "retainKeys" : ",retainKeys";
    schema["x-kubernetes-patch-strategy"] = strategy;
    if (!field.merge_key.empty()) schema["x-kubernetes-patch-merge-key"] = field.merge_key;
}

Object& made_properties(Object& schema) {
    Value& properties = schema["properties"];
    if (!properties.is_object()) properties = Object{};
    return properties.get_object();
}

void add_object_properties(Object& schema, std::string_view metadata_text) {
    Object& properties = made_properties(schema);
    properties["apiVersion"] = described(plain("string"), kApiVersionText);
    properties["kind"] = described(plain("string"), kKindText);
    properties["metadata"] = described(schema_reference(common_schema_name("ObjectMeta")), metadata_text);
}

/// Whole objects inside of others have the same three fields.
void add_embedded_properties(Object& schema) {
    const Value* embedded = schema.if_contains("x-kubernetes-embedded-resource");
    if (embedded != nullptr && embedded->is_bool() && embedded->get_bool()) {
        add_object_properties(schema, kMetadataText);
    }
    if (Value* properties = schema.if_contains("properties"); properties != nullptr && properties->is_object()) {
        for (auto& property : properties->get_object()) {
            if (property.value().is_object()) add_embedded_properties(property.value().get_object());
        }
    }
    for (const std::string_view below : {"items", "additionalProperties"}) {
        Value* value = schema.if_contains(below);
        if (value != nullptr && value->is_object()) add_embedded_properties(value->get_object());
    }
}

}  // namespace

std::string custom_schema_name(std::string_view group, std::string_view version, std::string_view kind) {
    std::string reversed;
    while (!group.empty()) {
        const std::size_t dot = group.rfind('.');
        reversed += dot == std::string_view::npos ? group : group.substr(dot + 1);
        reversed += '.';
        group = dot == std::string_view::npos ? std::string_view{} : group.substr(0, dot);
    }
    return fmt::format("{}{}.{}", reversed, version, kind);
}

Object group_version_kind(std::string_view group, std::string_view version, std::string_view kind) {
    Object out;
    out["group"] = group;
    out["version"] = version;
    out["kind"] = kind;
    return out;
}

std::string OpenApiSchemas::add_struct(const BuiltinType& type) {
    std::string name = struct_name(type);
    if (!schemas_.try_emplace(name).second) return name;
    Array required;
    Object properties;
    for (const BuiltinField& field : type.fields()) {
        if (is_required(type, field)) required.emplace_back(field.name);
        properties[field.name] = schema_of(type, field);
    }
    Object schema = plain("object");
    if (!required.empty()) schema["required"] = std::move(required);
    if (!properties.empty()) schema["properties"] = std::move(properties);
    if (type.map_type() == schema::MapType::Atomic) schema["x-kubernetes-map-type"] = "atomic";
    schemas_[name] = std::move(schema);
    return name;
}

std::string OpenApiSchemas::add_common(std::string_view name) {
    if (!is_common_schema(name)) return add_struct(types_.get(name));
    std::string full_name = common_schema_name(name);
    if (!schemas_.try_emplace(full_name).second) return full_name;
    Object schema = common_schema(name);
    add_references_of(schema);
    schemas_[full_name] = std::move(schema);
    return full_name;
}

void OpenApiSchemas::add_custom(const std::string& name, const Object* schema) {
    add_common("ObjectMeta");
    Object made = plain("object");
    if (schema != nullptr) {
        made = *schema;
        add_object_properties(made, kMetadataText);
        add_embedded_properties(made);
    }
    schemas_[name] = std::move(made);
}

std::string OpenApiSchemas::add_list(const std::string& item_name, std::string_view list_kind) {
    Object items = plain("array");
    items["items"] = schema_reference(item_name);
    Object properties;
    properties["apiVersion"] = described(plain("string"), kApiVersionText);
    properties["items"] = std::move(items);
    properties["kind"] = described(plain("string"), kKindText);
    properties["metadata"] = described(schema_reference(add_common("ListMeta")), kListMetadataText);
    Object schema = plain("object");
    schema["required"] = Array{Value("items")};
    schema["properties"] = std::move(properties);
    std::string name = fmt::format("{}{}", item_name.substr(0, item_name.rfind('.') + 1), list_kind);
    schemas_[name] = std::move(schema);
    return name;
}

void OpenApiSchemas::set_kind(
    const std::string& name, std::string_view group, std::string_view version, std::string_view kind
) {
    Object& schema = schemas_.at(name);
    schema["x-kubernetes-group-version-kind"] = Array{group_version_kind(group, version, kind)};
    if (Value* properties = schema.if_contains("properties")) {
        Object& fields = properties->as_object();
        if (Value* field = fields.if_contains("apiVersion")) describe(field->as_object(), kApiVersionText);
        if (Value* field = fields.if_contains("kind")) describe(field->as_object(), kKindText);
        Value* metadata = fields.if_contains("metadata");
        if (metadata != nullptr && !metadata->as_object().contains("description")) {
            describe(metadata->as_object(), kMetadataText);
        }
    }
}

Object OpenApiSchemas::take() && {
    Object out;
    for (auto& [name, schema] : schemas_) out[name] = std::move(schema);
    schemas_.clear();
    return out;
}

Object OpenApiSchemas::schema_of(const BuiltinType& type) {
    switch (type.scalar()) {
        case Scalar::None:
            break;
        case Scalar::String:
            return plain("string");
        case Scalar::Int32:
            return plain("integer", "int32");
        case Scalar::Int64:
            return plain("integer", "int64");
        case Scalar::Bool:
            return plain("boolean");
        case Scalar::Float:
            return plain("number", "double");
        case Scalar::Bytes:
            return plain("string", "byte");
        case Scalar::Time:
            return schema_reference(add_common("Time"));
        case Scalar::MicroTime:
            return schema_reference(add_common("MicroTime"));
        case Scalar::Quantity:
            return schema_reference(add_common("Quantity"));
        case Scalar::IntOrString:
            return schema_reference(add_common("IntOrString"));
        case Scalar::Any:
            return plain("object");
    }
    if (type.is_struct()) return schema_reference(add_struct(type));
    if (type.kind() == schema::TypeKind::Map) {
        Object map = plain("object");
        map["additionalProperties"] = schema_of(*type.element_type());
        if (type.map_type() == schema::MapType::Atomic) map["x-kubernetes-map-type"] = "atomic";
        return map;
    }
    Object list = plain("array");
    list["items"] = schema_of(*type.element_type());
    switch (type.list_type()) {
        case schema::ListType::Atomic:
            list["x-kubernetes-list-type"] = "atomic";
            break;
        case schema::ListType::Set:
            list["x-kubernetes-list-type"] = "set";
            break;
        case schema::ListType::Map: {
            Array keys;
            for (const std::string& key : type.list_keys()) keys.emplace_back(key);
            list["x-kubernetes-list-type"] = "map";
            list["x-kubernetes-list-map-keys"] = std::move(keys);
            break;
        }
    }
    return list;
}

Object OpenApiSchemas::schema_of(const BuiltinType& owner, const BuiltinField& field) {
    Object out = field.type->scalar() == Scalar::Any ? schema_reference(add_common(free_form_schema(owner)))
                                                     : schema_of(*field.type);
    if (const Value* value = field.type->default_value()) {
        make_room_beside_reference(out);
        out["default"] = *value;
    }
    add_patch_strategy(out, field);
    return out;
}

void OpenApiSchemas::add_references_of(const Value& schema) {
    if (schema.is_array()) {
        for (const Value& element : schema.get_array()) add_references_of(element);
        return;
    }
    if (!schema.is_object()) return;
    for (const auto& [key, value] : schema.get_object()) {
        if (key == "$ref" && value.is_string()) {
            const std::string_view target = value.get_string();
            add_common(target.substr(target.rfind('.') + 1));
        } else {
            add_references_of(value);
        }
    }
}

}  // namespace devcluster::apiserver
