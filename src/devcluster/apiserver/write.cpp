#include "devcluster/apiserver/write.hpp"

#include "devcluster/apiserver/custom_resources.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/same_json.hpp"
#include "devcluster/apiserver/validate_metadata.hpp"
#include "kube/meta/time.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

void apply_field_validation(
    const ResourceRequest& request, const std::vector<std::string>& unknown, const std::vector<std::string>& duplicates
) {
    const std::string_view directive = request.query.get("fieldValidation");
    if (!directive.empty() && directive != "Strict" && directive != "Warn" && directive != "Ignore") {
        FieldErrors errors;
        errors.unsupported("fieldValidation", Value(directive), {"", "Ignore", "Strict", "Warn"});
        errors.throw_if_any("meta.k8s.io", "CreateOptions", "");
    }
    if (directive == "Ignore") return;
    std::vector<std::string> messages;
    for (const std::string& field : unknown) messages.push_back(fmt::format("unknown field \"{}\"", field));
    for (const std::string& field : duplicates) messages.push_back(fmt::format("duplicate field \"{}\"", field));
    if (messages.empty()) return;
    if (directive != "Strict") {
        if (request.warnings != nullptr) {
            request.warnings->insert(request.warnings->end(), messages.begin(), messages.end());
        }
        return;
    }
    std::string all;
    for (const std::string& message : messages) all += (all.empty() ? "" : ", ") + message;
    throw bad_request(fmt::format(
        "{} in version \"{}\" cannot be handled as a {}: strict decoding error: {}",
        request.resource->kind,
        request.resource->version,
        request.resource->kind,
        all
    ));
}

void drop_repeated_owners(Object& metadata) {
    Array* owners = array_in(metadata, "ownerReferences");
    if (owners == nullptr) return;
    Array unique;
    for (const Value& owner : *owners) {
        if (std::ranges::find(unique, owner) == unique.end()) unique.push_back(owner);
    }
    *owners = std::move(unique);
}

void check_name(const ResourceRequest& request, const Object& metadata) {
    const std::string_view name = string_in(metadata, "name");
    if (!request.name.empty() && name != request.name) {
        throw bad_request(
            fmt::format("the name of the object ({}) does not match the name on the URL ({})", name, request.name)
        );
    }
}

void check_namespace(const ResourceRequest& request, Object& metadata) {
    const std::string_view given = string_in(metadata, "namespace");
    if (!request.resource->is_namespaced) {
        if (!given.empty()) {
            throw bad_request("namespace is not allowed on this type");
        }
        return;
    }
    if (given.empty()) {
        metadata["namespace"] = request.namespace_;
    } else if (given != request.namespace_) {
        throw bad_request("the namespace of the provided object does not match the namespace sent on the request");
    }
}

void check_preconditions(const ResourceRequest& request, Object& metadata, const StoredObject& before) {
    const Resource& resource = *request.resource;
    const Object& old = metadata_of(before.object());
    const std::string_view uid = string_in(metadata, "uid");
    if (!uid.empty() && uid != string_in(old, "uid")) {
        throw conflict(
            resource.qualified(),
            request.name,
            fmt::format(
                "Precondition failed: UID in precondition: {}, UID in object meta: {}", uid, string_in(old, "uid")
            )
        )
            .with_uid(string_in(old, "uid"));
    }
    const std::string_view version = string_in(metadata, "resourceVersion");
    if (version.empty()) {
        if (!resource.may_update_unconditionally && request.http.method == kube::HttpMethod::Put) {
            FieldErrors errors;
            errors.add(
                "FieldValueInvalid", "metadata.resourceVersion", "Invalid value: 0x0: must be specified for an update"
            );
            errors.throw_if_any(resource.group, resource.kind, request.name);
        }
    } else if (version != string_in(old, "resourceVersion")) {
        throw conflict(
            resource.qualified(),
            request.name,
            "the object has been modified; please apply your changes to the latest version and try again"
        );
    }
}

/// What only the server sets stays as it was.
void keep_system_metadata(Object& metadata, const Object& old) {
    for (const std::string_view key :
         {"uid",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "generateName",
          "selfLink",
          "resourceVersion"}) {
        copy_field(metadata, old, key);
    }
    copy_field(metadata, old, "generation");
}

bool is_definitions(const Resource& resource) {
    return resource.group == "apiextensions.k8s.io" && resource.plural == "customresourcedefinitions";
}

/// The server itself writes the status of definitions, as a controller would through the subresource.
void track_conditions(
    const Core& core, const Resource& resource, ManagedFields& managed, const Object& before, const Object& after
) {
    Object with_status(before, after.storage());
    copy_field(with_status, after, "status");
    made_object_in(with_status, "status").erase("storedVersions");  // Not the controller's: set with the object.
    track_update(
        managed,
        before,
        with_status,
        {.as =
             {.manager = "kube-apiserver",
              .api_version = resource.api_version(),
              .subresource = "status",
              .time = core.now()},
         .type = *resource.type,
         .ignored = resource.reset_by_status}
    );
}

bool is_content_changed(const Resource& resource, const Object& object, const Object& before) {
    if (resource.is_builtin) {
        const Value* now = object.if_contains("spec");
        const Value* then = before.if_contains("spec");
        if ((now == nullptr) != (then == nullptr)) return true;
        return now != nullptr && !same(*now, *then);
    }
    if (resource.has_status) return !same_but_for(object, before, {"metadata", "status", "apiVersion", "kind"});
    return !same_but_for(object, before, {"metadata", "apiVersion", "kind"});
}

}  // namespace

void decode_object(const ResourceRequest& request, Object& object, const std::vector<std::string>& duplicates) {
    const Resource& resource = *request.resource;
    const std::string api_version = resource.api_version();
    const std::string_view given_version = string_in(object, "apiVersion");
    const std::string_view given_kind = string_in(object, "kind");
    if (!resource.is_builtin && (given_version.empty() || given_kind.empty())) {
        throw bad_request("Object 'Kind' is missing: apiVersion and kind must be set");
    }
    if (!given_version.empty() && given_version != api_version) {
        throw bad_request(fmt::format(
            "the API version in the data ({}) does not match the expected API version ({})", given_version, api_version
        ));
    }
    if (!given_kind.empty() && given_kind != resource.kind) {
        throw bad_request(fmt::format(
            "{} in version \"{}\" cannot be handled as a {}: no kind \"{}\" is registered at this path",
            given_kind,
            resource.version,
            resource.kind,
            given_kind
        ));
    }
    object["apiVersion"] = api_version;
    object["kind"] = resource.kind;
    static_cast<void>(metadata_of(object));
    DecodeProblems problems;
    try {
        resource.behaviour->decode(object, problems);
    } catch (const StatusError& error) {
        throw bad_request(fmt::format(
            "{} in version \"{}\" cannot be handled as a {}: {}",
            resource.kind,
            resource.version,
            resource.kind,
            error.what()
        ));
    }
    apply_field_validation(request, problems.unknown_fields, duplicates);
    drop_repeated_owners(metadata_of(object));
    resource.behaviour->set_defaults(object);
}

ManagedEntry writer_of(const Core& core, const ResourceRequest& request, bool is_applied) {
    const bool is_part = request.subresource == "status" || request.subresource == "scale";
    return {
        .manager = request.field_manager(),
        .is_applied = is_applied,
        .api_version = request.resource->api_version(),
        .subresource = is_part ? request.subresource : std::string{},
        .time = core.now()
    };
}

void require_namespace(const Core& core, const ResourceRequest& request, std::string_view name) {
    if (!request.resource->is_namespaced) return;
    const ResourcePtr namespaces = core.registry.find("", "v1", "namespaces");
    const ObjectPtr found = namespaces ? namespaces->collection->find({"", request.namespace_}) : nullptr;
    if (!found) throw not_found({"", "namespaces"}, request.namespace_);
    if (metadata_of(found->object()).contains("deletionTimestamp")) {
        throw forbidden(
            request.resource->qualified(),
            name,
            fmt::format(
                "unable to create new content in namespace {} because it is being terminated", request.namespace_
            )
        )
            .with_causes(
                {{"NamespaceTerminating",
                  fmt::format("namespace {} is being terminated", request.namespace_),
                  "metadata.namespace"}}
            );
    }
}

void keep_to_endpoint(const Resource& resource, Endpoint endpoint, Object& object, const Object& before) {
    if (endpoint == Endpoint::Main) {
        if (resource.has_status) copy_field(object, before, "status");
        return;
    }
    Object kept(before, object.storage());
    if (endpoint == Endpoint::Status) move_field(kept, object, "status");
    if (endpoint == Endpoint::Finalize) {
        if (const Object* spec = object_in(object, "spec"))
            copy_field(made_object_in(kept, "spec"), *spec, "finalizers");
    }
    // The preconditions of the request still count.
    Object& metadata = metadata_of(kept);
    const Object& given = metadata_of(std::as_const(object));
    for (const std::string_view key : {"name", "namespace", "uid", "resourceVersion"}) copy_field(metadata, given, key);
    object = std::move(kept);
}

ManagedFields tracked_update(
    const Core& core,
    const ResourceRequest& request,
    const Object& before,
    const Object& after,
    const ManagedFields* live
) {
    // Who sends an empty list, or a list of one empty entry, asks to forget all owners.
    const Value* in_body = metadata_of(after).if_contains("managedFields");
    const Array* given = in_body != nullptr ? in_body->if_array() : nullptr;
    const bool is_reset =
        given != nullptr &&
        (given->empty() || (given->size() == 1 && given->front().is_object() && given->front().get_object().empty()));
    if (is_reset && request.subresource.empty()) return {};
    ManagedFields managed;
    if (given != nullptr && request.subresource.empty()) managed = ManagedFields::from_json(in_body);
    if (managed.empty() && live != nullptr) managed = *live;
    if (managed.empty() && live != nullptr) return {};  // Nobody's fields are tracked until somebody applies.
    track_update(
        managed,
        before,
        after,
        {.as = writer_of(core, request, false),
         .type = *request.resource->type,
         .ignored = request.resource->reset_by(request.endpoint())}
    );
    return managed;
}

ObjectPtr commit_create(Core& core, const ResourceRequest& request, Object object, ManagedFields managed) {
    const Resource& resource = *request.resource;
    Object& metadata = metadata_of(object);
    check_namespace(request, metadata);
    require_namespace(core, request, string_in(metadata, "name"));
    if (resource.is_terminating) {
        throw StatusError{
            405, "MethodNotAllowed", "create not allowed while custom resource definition is terminating"
        };
    }
    if (!string_in(metadata, "resourceVersion").empty()) {
        throw StatusError{500, "", "resourceVersion should not be set on objects to be created"};
    }
    std::string name{string_in(metadata, "name")};
    if (name.empty() && !string_in(metadata, "generateName").empty()) {
        name = fmt::format("{}{}", string_in(metadata, "generateName").substr(0, 58), core.uids.suffix());
        metadata["name"] = name;
    }
    for (const std::string_view key :
         {"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion"}) {
        metadata.erase(key);
    }
    metadata["uid"] = core.uids.uid();
    metadata["creationTimestamp"] = core.now();
    if (resource.has_generation) {
        metadata["generation"] = 1;
    } else {
        metadata.erase("generation");
    }
    const Object unprepared = is_definitions(resource) ? object : Object{};
    resource.behaviour->prepare_create(object, {core.clock, core.store});
    if (is_definitions(resource)) track_conditions(core, resource, managed, unprepared, object);
    FieldErrors errors;
    validate_metadata(resource, metadata_of(object), errors);
    Value value(std::move(object));
    resource.behaviour->validate(value, errors);
    errors.throw_if_any(resource.group, resource.kind, name);
    object = std::move(value.get_object());

    const kube::NamespacedName key{resource.is_namespaced ? request.namespace_ : std::string{}, name};
    if (resource.collection->find(key)) throw already_exists(resource.qualified(), name);
    metadata_of(object).erase("managedFields");
    object["apiVersion"] = resource.storage_api_version;
    auto owners = std::make_shared<const ManagedFields>(std::move(managed));
    if (request.is_dry_run()) {
        return std::make_shared<const StoredObject>(key, std::move(object), core.store.revision(), std::move(owners));
    }
    ObjectPtr stored = core.store.put(*resource.collection, key, std::move(object), std::move(owners));
    after_write(core, resource, nullptr, stored.get());
    const ObjectPtr current = resource.collection->find(key);
    return current ? current : stored;
}

bool may_be_removed(const Resource& resource, const Object& object) {
    const Object& metadata = metadata_of(object);
    if (!metadata.contains("deletionTimestamp") || has_finalizers(metadata)) return false;
    if (integer_in(metadata, "deletionGracePeriodSeconds").value_or(0) != 0) return false;
    if (resource.group.empty() && resource.plural == "namespaces") {
        const Object* spec = object_in(object, "spec");
        const Array* finalizers = spec != nullptr ? array_in(*spec, "finalizers") : nullptr;
        return finalizers == nullptr || finalizers->empty();
    }
    return true;
}

ObjectPtr commit_update(
    Core& core, const ResourceRequest& request, const ObjectPtr& before, Object object, ManagedFields managed
) {
    const Resource& resource = *request.resource;
    const Endpoint endpoint = request.endpoint();
    Object& metadata = metadata_of(object);
    const Object& old_metadata = metadata_of(before->object());
    check_name(request, metadata);
    check_namespace(request, metadata);
    check_preconditions(request, metadata, *before);

    FieldErrors errors;
    validate_metadata_update(resource, metadata, old_metadata, errors);
    keep_system_metadata(metadata, old_metadata);
    resource.behaviour->prepare_update(object, before->object(), endpoint, {core.clock, core.store});
    object["apiVersion"] = resource.storage_api_version;
    if (resource.has_generation && endpoint != Endpoint::Status &&
        is_content_changed(resource, object, before->object())) {
        metadata["generation"] = integer_in(old_metadata, "generation").value_or(0) + 1;
    }
    validate_metadata(resource, metadata, errors);
    Value value(std::move(object));
    resource.behaviour->validate_update(value, before->value(), endpoint, errors);
    errors.throw_if_any(resource.group, resource.kind, request.name);
    object = std::move(value.get_object());

    Object& final_metadata = metadata_of(object);
    final_metadata.erase("managedFields");
    const bool is_same_otherwise =
        same_but_for(object, before->object(), {"metadata"}) && same(final_metadata, old_metadata);
    if (is_same_otherwise && managed.is_same_but_for_times(before->managed())) return before;
    auto owners = std::make_shared<const ManagedFields>(std::move(managed));

    const kube::NamespacedName& key = before->key();
    if (request.is_dry_run()) {
        return std::make_shared<const StoredObject>(key, std::move(object), before->revision(), std::move(owners));
    }
    if (may_be_removed(resource, object)) {
        ObjectPtr removed = core.store.remove(*resource.collection, key, std::move(object), std::move(owners));
        after_write(core, resource, before.get(), nullptr);
        return removed;
    }
    ObjectPtr stored = core.store.put(*resource.collection, key, std::move(object), std::move(owners));
    if (endpoint == Endpoint::Status) stored->inherit_idle_apply(*before);
    after_write(core, resource, before.get(), stored.get());
    const ObjectPtr current = resource.collection->find(key);
    return current ? current : stored;
}

InVersion::InVersion(const StoredObject& object, const Resource& resource) : object_{object.object()} {
    if (resource.is_builtin) return;
    const std::string wanted = resource.api_version();
    if (string_in(object_, "apiVersion") == wanted) return;
    copy_.emplace(object_, boost::json::storage_ptr{});
    (*copy_)["apiVersion"] = wanted;
}

void after_write(Core& core, const Resource& resource, const StoredObject* before, const StoredObject* after) {
    if (is_definitions(resource)) {
        serve_custom_resource(core, before, after);
    } else if (!resource.is_builtin && after == nullptr) {
        finish_definition_removal(core, resource);
    }
}

}  // namespace devcluster::apiserver
