#include "devcluster/apiserver/custom_resources.hpp"

#include "devcluster/apiserver/json_path.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/same_json.hpp"
#include "devcluster/apiserver/verbs.hpp"
#include "devcluster/apiserver/write.hpp"
#include "devcluster/schema/schema.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

void report(const std::vector<schema::FieldError>& found, FieldErrors& errors) {
    for (const schema::FieldError& error : found) {
        const bool is_whole = error.field.empty() || error.field == "<nil>";
        errors.add(
            std::string{schema::reason_of(error.type)}, is_whole ? std::string{"<nil>"} : error.field, error.message
        );
    }
}

/// A kind that a definition describes.
class CustomBehaviour final : public Behaviour {
public:
    CustomBehaviour(
        schema::Schema schema,
        const BuiltinType& meta,
        std::string api_version,
        std::string kind,
        std::vector<std::string> selectable
    )
        : schema_{std::move(schema)},
          meta_{meta},
          empty_(Object{{"apiVersion", std::move(api_version)}, {"kind", std::move(kind)}}),
          selectable_{std::move(selectable)} {}

    [[nodiscard]] const schema::TypeModel& type() const { return schema_.type_model(); }

    void decode(Object& object, DecodeProblems& problems) const override {
        DecodeProblems of_metadata;
        decode_builtin(metadata_of(object), meta_, of_metadata);
        for (const std::string& field : of_metadata.unknown_fields) {
            problems.unknown_fields.push_back(fmt::format("metadata.{}", field));
        }
        Value value(std::move(object));
        for (std::string& field : schema_.prune(value)) problems.unknown_fields.push_back(std::move(field));
        object = std::move(value.get_object());
    }
    void set_defaults(Object& object) const override {
        Value value(std::move(object));
        schema_.apply_defaults(value);
        object = std::move(value.get_object());
    }
    [[nodiscard]] Value empty_object() const override { return empty_; }
    void prepare_create(Object&, const PrepareContext&) const override {}
    void prepare_update(Object&, const Object&, Endpoint, const PrepareContext&) const override {}
    void validate(const Value& object, FieldErrors& errors) const override {
        report(schema_.validate(object, nullptr), errors);
    }
    void validate_update(const Value& object, const Value& before, Endpoint endpoint, FieldErrors& errors)
        const override {
        report(
            endpoint == Endpoint::Status ? schema_.validate_status(object, before) : schema_.validate(object, &before),
            errors
        );
    }
    [[nodiscard]] std::optional<std::string> select(const Object& object, std::string_view field) const override {
        if (std::ranges::find(selectable_, field) == selectable_.end()) return std::nullopt;
        const auto found = json_path(object, fmt::format(".{}", field));
        if (found.empty()) return "";
        return found.front()->is_string() ? std::string{found.front()->get_string()}
                                          : boost::json::serialize(*found.front());
    }
    [[nodiscard]] Array cells(const Object&, const kube::Clock&) const override { return {}; }

private:
    schema::Schema schema_;
    const BuiltinType& meta_;
    Value empty_;
    std::vector<std::string> selectable_;
};

std::vector<std::string> strings(const Array* list) {
    std::vector<std::string> out;
    if (list == nullptr) return out;
    for (const Value& value : *list) {
        if (value.is_string()) out.emplace_back(value.get_string());
    }
    return out;
}

std::vector<Column> columns_of(const Object& version) {
    std::vector<Column> out{{.name = "Name", .format = "name", .description = "Name", .json_path = ".metadata.name"}};
    const Array* given = array_in(version, "additionalPrinterColumns");
    if (given == nullptr) {
        out.push_back({.name = "Age", .type = "date", .description = "Age", .json_path = ".metadata.creationTimestamp"}
        );
        return out;
    }
    for (const Value& value : *given) {
        const Object& column = value.as_object();
        out.push_back(
            {.name = std::string{string_in(column, "name")},
             .type = std::string{string_in(column, "type")},
             .format = std::string{string_in(column, "format")},
             .description = std::string{string_in(column, "description")},
             .priority = static_cast<int>(integer_in(column, "priority").value_or(0)),
             .json_path = std::string{string_in(column, "jsonPath")}}
        );
    }
    return out;
}

ResourcePtr resource_of(Core& core, const Object& definition, const Object& version) {
    const Object& spec = definition.at("spec").as_object();
    const Object& names = spec.at("names").as_object();
    auto resource = std::make_shared<Resource>();
    resource->group = string_in(spec, "group");
    resource->version = string_in(version, "name");
    resource->kind = string_in(names, "kind");
    resource->list_kind = string_in(names, "listKind");
    resource->plural = string_in(names, "plural");
    resource->singular = string_in(names, "singular");
    resource->short_names = strings(array_in(names, "shortNames"));
    resource->categories = strings(array_in(names, "categories"));
    resource->is_namespaced = string_in(spec, "scope") == "Namespaced";
    resource->has_generation = true;
    resource->may_update_unconditionally = false;
    resource->is_terminating = metadata_of(definition).contains("deletionTimestamp");
    if (const Object* subresources = object_in(version, "subresources")) {
        resource->has_status = subresources->contains("status");
        if (const Object* scale = object_in(*subresources, "scale")) {
            resource->scale = ScalePaths{
                .spec_replicas = std::string{string_in(*scale, "specReplicasPath")},
                .status_replicas = std::string{string_in(*scale, "statusReplicasPath")},
                .label_selector = std::string{string_in(*scale, "labelSelectorPath")}
            };
        }
    }
    resource->columns = columns_of(version);
    if (const Array* fields = array_in(version, "selectableFields")) {
        for (const Value& field : *fields) {
            std::string_view path = field.is_object() ? string_in(field.get_object(), "jsonPath") : "";
            if (path.starts_with('.')) path.remove_prefix(1);
            resource->selectable_fields.emplace_back(path);
        }
    }
    const Value openapi(version.at("schema").at("openAPIV3Schema"), {});  // The stored one may go.
    auto compiled = schema::Schema::compile(openapi);
    if (!compiled) {  // Validation has compiled it before; only a defect leads here.
        throw internal_error(
            fmt::format("the schema of {} cannot be served: {}", resource->plural, schema::describe(compiled.error()))
        );
    }
    resource->openapi = std::make_shared<const Value>(openapi);
    auto behaviour = std::make_shared<const CustomBehaviour>(
        std::move(*compiled),
        core.types.get("ObjectMeta"),
        resource->api_version(),
        resource->kind,
        resource->selectable_fields
    );
    resource->type = &behaviour->type();
    resource->behaviour = std::move(behaviour);
    resource->collection = &core.store.collection(resource->group, resource->plural);
    for (const Value& value : spec.at("versions").as_array()) {
        const Object& other = value.as_object();
        if (other.at("storage") == Value(true)) {
            resource->storage_api_version = fmt::format("{}/{}", resource->group, string_in(other, "name"));
        }
    }
    if (version.contains("deprecated") && version.at("deprecated") == Value(true)) {
        const std::string_view given = string_in(version, "deprecationWarning");
        resource->deprecation_warning =
            given.empty() ? fmt::format("{} {} is deprecated", resource->api_version(), resource->kind)
                          : std::string{given};
    }
    if (resource->has_status) {
        resource->reset_by_main.insert({"f:status"});
        resource->reset_by_status.insert({"f:spec"});
    }
    return resource;
}

void unserve(Core& core, const Object& definition) {
    const Object& spec = definition.at("spec").as_object();
    core.registry.remove(string_in(spec, "group"), string_in(spec.at("names").as_object(), "plural"));
}

void release(Core& core, const StoredObject& definition) {
    const ResourcePtr definitions = core.registry.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
    const ObjectPtr current = definitions->collection->find(definition.key());
    if (!current) return;
    Object object(current->object(), core.storage());
    remove_finalizer(metadata_of(object), kDefinitionFinalizer);
    if (may_be_removed(*definitions, object)) {
        core.store.remove(*definitions->collection, current->key(), std::move(object));
        unserve(core, current->object());
    } else {
        core.store.put(*definitions->collection, current->key(), std::move(object));
    }
}

}  // namespace

void serve_custom_resource(Core& core, const StoredObject* before, const StoredObject* after) {
    if (after == nullptr) {
        unserve(core, before->object());
        return;
    }
    const Object& definition = after->object();
    const bool is_same_spec = before != nullptr && same(before->object().at("spec"), definition.at("spec")) &&
                              !metadata_of(definition).contains("deletionTimestamp");
    if (is_same_spec) return;
    unserve(core, definition);
    ResourcePtr served;
    for (const Value& value : definition.at("spec").at("versions").as_array()) {
        const Object& version = value.as_object();
        if (version.at("served") != Value(true)) continue;
        served = resource_of(core, definition, version);
        core.registry.add(served);
    }
    if (!metadata_of(definition).contains("deletionTimestamp") || !served) return;
    std::vector<ObjectPtr> objects;
    for (const auto& [key, object] : served->collection->objects()) objects.push_back(object);
    for (const ObjectPtr& object : objects) {
        if (served->collection->find(object->key())) delete_stored(core, *served, object);
    }
    if (served->collection->objects().empty()) release(core, *after);
}

void finish_definition_removal(Core& core, const Resource& resource) {
    if (!resource.collection->objects().empty()) return;
    const ResourcePtr definitions = core.registry.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
    const ObjectPtr definition =
        definitions->collection->find({"", fmt::format("{}.{}", resource.plural, resource.group)});
    if (definition && metadata_of(definition->object()).contains("deletionTimestamp")) release(core, *definition);
}

}  // namespace devcluster::apiserver
