#include "devcluster/apiserver/openapi_common.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

constexpr std::string_view kMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.";
constexpr std::string_view kScale = "io.k8s.api.autoscaling.v1.";
constexpr std::string_view kDefinitions = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";

/// `json` is the schema itself; where it is empty, `fields` are the properties: name:TYPE[!], with TYPE s string,
/// i int32, l int64, b bool, f number, a common schema's name, or [TYPE list, {TYPE map; ! is required.
struct Common {
    std::string_view name;
    std::string_view package;
    std::string_view json;
    std::string_view fields = "";
};

constexpr std::array kCommon{
    Common{
        "DeleteOptions",
        kMeta,
        "",
        "apiVersion:s kind:s dryRun:[s gracePeriodSeconds:l ignoreStoreReadErrorWithClusterBreakingPotential:b "
        "orphanDependents:b preconditions:Preconditions propagationPolicy:s"
    },
    Common{"FieldsV1", kMeta, R"({"type":"object"})"},
    Common{"ListMeta", kMeta, "", "continue:s remainingItemCount:l resourceVersion:s selfLink:s"},
    Common{"MicroTime", kMeta, R"({"type":"string","format":"date-time"})"},
    Common{"ObjectMeta", kMeta, ""},  // a struct of the table: only its name stands here
    Common{"Patch", kMeta, R"({"type":"object"})"},
    Common{"Preconditions", kMeta, "", "resourceVersion:s uid:s"},
    Common{
        "Status",
        kMeta,
        "",
        "apiVersion:s kind:s metadata:ListMeta code:i details:StatusDetails message:s reason:s status:s"
    },
    Common{"StatusCause", kMeta, "", "field:s message:s reason:s"},
    Common{"StatusDetails", kMeta, "", "causes:[StatusCause group:s kind:s name:s retryAfterSeconds:i uid:s"},
    Common{"Time", kMeta, R"({"type":"string","format":"date-time"})"},
    Common{"Quantity", "io.k8s.apimachinery.pkg.api.resource.", R"({"oneOf":[{"type":"string"},{"type":"number"}]})"},
    Common{"RawExtension", "io.k8s.apimachinery.pkg.runtime.", R"({"type":"object"})"},
    Common{
        "IntOrString",
        "io.k8s.apimachinery.pkg.util.intstr.",
        R"({"format":"int-or-string","oneOf":[{"type":"integer"},{"type":"string"}]})"
    },
    Common{"Scale", kScale, "", "apiVersion:s kind:s metadata:ObjectMeta spec:ScaleSpec status:ScaleStatus"},
    Common{"ScaleSpec", kScale, "", "replicas:i"},
    Common{"ScaleStatus", kScale, "", "replicas:i! selector:s"},
    Common{"ExternalDocumentation", kDefinitions, "", "description:s url:s"},
    Common{"JSON", kDefinitions, "{}"},
    Common{"JSONSchemaPropsOrArray", kDefinitions, "{}"},
    Common{"JSONSchemaPropsOrBool", kDefinitions, "{}"},
    Common{"JSONSchemaPropsOrStringArray", kDefinitions, "{}"},
    Common{
        "JSONSchemaProps",
        kDefinitions,
        "",
        "$ref:s $schema:s additionalItems:JSONSchemaPropsOrBool additionalProperties:JSONSchemaPropsOrBool "
        "allOf:[JSONSchemaProps anyOf:[JSONSchemaProps default:JSON definitions:{JSONSchemaProps "
        "dependencies:{JSONSchemaPropsOrStringArray description:s enum:[JSON example:JSON exclusiveMaximum:b "
        "exclusiveMinimum:b externalDocs:ExternalDocumentation format:s id:s items:JSONSchemaPropsOrArray maxItems:l "
        "maxLength:l maxProperties:l maximum:f minItems:l minLength:l minProperties:l minimum:f multipleOf:f "
        "not:JSONSchemaProps nullable:b oneOf:[JSONSchemaProps pattern:s patternProperties:{JSONSchemaProps "
        "properties:{JSONSchemaProps required:[s title:s type:s uniqueItems:b x-kubernetes-embedded-resource:b "
        "x-kubernetes-int-or-string:b x-kubernetes-list-map-keys:[s x-kubernetes-list-type:s x-kubernetes-map-type:s "
        "x-kubernetes-preserve-unknown-fields:b x-kubernetes-validations:[ValidationRule"
    },
    Common{
        "ValidationRule",
        kDefinitions,
        "",
        "fieldPath:s message:s messageExpression:s optionalOldSelf:b reason:s rule:s!"
    },
};

const Common* find_common(std::string_view name) {
    const auto* const it = std::ranges::find(kCommon, name, &Common::name);
    return it != kCommon.end() ? &*it : nullptr;
}

const Common& get_common(std::string_view name) {
    const Common* common = find_common(name);
    if (common == nullptr) throw std::logic_error{fmt::format("there is no common OpenAPI schema {}", name)};
    return *common;
}

Object plain(std::string_view type, std::string_view format) {
    Object out;
    out["type"] = type;
    if (!format.empty()) out["format"] = format;
    return out;
}

Object schema_of(std::string_view notation) {
    if (notation == "s") return plain("string", "");
    if (notation == "i") return plain("integer", "int32");
    if (notation == "l") return plain("integer", "int64");
    if (notation == "b") return plain("boolean", "");
    if (notation == "f") return plain("number", "double");
    if (notation.starts_with('[')) {
        Object list = plain("array", "");
        list["items"] = schema_of(notation.substr(1));
        list["x-kubernetes-list-type"] = "atomic";
        return list;
    }
    if (notation.starts_with('{')) {
        Object map = plain("object", "");
        map["additionalProperties"] = schema_of(notation.substr(1));
        return map;
    }
    return schema_reference(common_schema_name(notation));
}

Object read_fields(std::string_view fields) {
    Array required;
    Object properties;
    while (!fields.empty()) {
        std::string_view token = fields.substr(0, fields.find(' '));
        fields.remove_prefix(std::min(token.size() + 1, fields.size()));
        const std::size_t colon = token.find(':');
        const std::string_view name = token.substr(0, colon);
        token.remove_prefix(colon + 1);
        if (token.ends_with('!')) {
            required.emplace_back(name);
            token.remove_suffix(1);
        }
        properties[name] = schema_of(token);
    }
    Object out = plain("object", "");
    if (!required.empty()) out["required"] = std::move(required);
    out["properties"] = std::move(properties);
    return out;
}

}  // namespace

bool is_common_schema(std::string_view name) {
    const Common* common = find_common(name);
    return common != nullptr && !(common->json.empty() && common->fields.empty());
}

std::string common_schema_name(std::string_view name) {
    return fmt::format("{}{}", get_common(name).package, name);
}

Object schema_reference(std::string_view name) {
    Object out;
    out["$ref"] = fmt::format("#/components/schemas/{}", name);
    return out;
}

Object common_schema(std::string_view name) {
    const Common& common = get_common(name);
    if (!common.json.empty()) return boost::json::parse(common.json).as_object();
    Object out = read_fields(common.fields);
    if (name == "JSONSchemaProps") {
        // The one list in here that is merged.
        Object& rules = out.at("properties").at("x-kubernetes-validations").as_object();
        rules["x-kubernetes-list-type"] = "map";
        rules["x-kubernetes-list-map-keys"] = Array{Value("rule")};
        rules["x-kubernetes-patch-strategy"] = "merge";
        rules["x-kubernetes-patch-merge-key"] = "rule";
    }
    return out;
}

}  // namespace devcluster::apiserver
