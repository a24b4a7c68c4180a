// delete and deletecollection: preconditions, finalizers, grace periods.
#include "devcluster/apiserver/custom_resources.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/same_json.hpp"
#include "devcluster/apiserver/selection.hpp"
#include "devcluster/apiserver/verbs.hpp"
#include "devcluster/apiserver/write.hpp"
#include "kube/meta/time.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

struct DeleteOptions {
    std::optional<std::int64_t> grace_period_seconds;
    std::string propagation;  ///< Orphan, Background, Foreground, or empty.
    std::string uid;
    std::string resource_version;
    bool is_dry_run = false;
};

DeleteOptions options_of(const Core& core, const ResourceRequest& request) {
    DeleteOptions options;
    options.is_dry_run = request.is_dry_run();
    options.grace_period_seconds = request.query.integer("gracePeriodSeconds");
    options.propagation = request.query.get("propagationPolicy");
    if (!request.http.body.empty()) {
        std::vector<std::string> duplicates;
        const Value body = parse_body(request.http, core.types, duplicates, core.storage());
        if (const Object* given = body.if_object()) {
            if (const auto seconds = integer_in(*given, "gracePeriodSeconds")) options.grace_period_seconds = seconds;
            if (const auto policy = string_in(*given, "propagationPolicy"); !policy.empty())
                options.propagation = policy;
            if (const Value* orphan = given->if_contains("orphanDependents"); orphan != nullptr && orphan->is_bool()) {
                options.propagation = orphan->get_bool() ? "Orphan" : "Background";
            }
            if (const Object* preconditions = object_in(*given, "preconditions")) {
                options.uid = string_in(*preconditions, "uid");
                options.resource_version = string_in(*preconditions, "resourceVersion");
            }
            if (const Array* dry_run = array_in(*given, "dryRun")) {
                options.is_dry_run = options.is_dry_run || (!dry_run->empty() && dry_run->front() == Value("All"));
            }
        }
    }
    if (!options.propagation.empty() && options.propagation != "Orphan" && options.propagation != "Background" &&
        options.propagation != "Foreground") {
        FieldErrors errors;
        errors.unsupported(
            "propagationPolicy", Value(options.propagation), {"Foreground", "Background", "Orphan", "nil"}
        );
        errors.throw_if_any("meta.k8s.io", "DeleteOptions", "");
    }
    return options;
}

void check_preconditions(const Resource& resource, const StoredObject& object, const DeleteOptions& options) {
    const Object& metadata = metadata_of(object.object());
    const auto refuse = [&](std::string_view what, std::string_view given, std::string_view actual) {
        throw conflict(
            resource.qualified(),
            object.key().name,
            fmt::format("Precondition failed: {0} in precondition: {1}, {0} in object meta: {2}", what, given, actual)
        );
    };
    if (!options.uid.empty() && options.uid != string_in(metadata, "uid")) {
        refuse("UID", options.uid, string_in(metadata, "uid"));
    }
    if (!options.resource_version.empty() && options.resource_version != string_in(metadata, "resourceVersion")) {
        refuse("ResourceVersion", options.resource_version, string_in(metadata, "resourceVersion"));
    }
}

/// The finalizers that the propagation policy asks for: the garbage collector removes them when it has done its part.
void set_propagation(Object& metadata, std::string_view policy) {
    if (policy.empty()) return;
    remove_finalizer(metadata, "orphan");
    remove_finalizer(metadata, "foregroundDeletion");
    if (policy == "Orphan") add_finalizer(metadata, "orphan");
    if (policy == "Foreground") add_finalizer(metadata, "foregroundDeletion");
}

struct Deleted {
    ObjectPtr object;
    bool is_gone = false;
};

Deleted delete_one(Core& core, const Resource& resource, const ObjectPtr& before, const DeleteOptions& options) {
    check_preconditions(resource, *before, options);
    Object object(before->object(), core.storage());
    Object& metadata = metadata_of(object);
    const bool is_deleting = metadata.contains("deletionTimestamp");
    const auto grace = resource.behaviour->grace_period_seconds(object, options.grace_period_seconds);
    set_propagation(metadata, options.propagation);
    const std::int64_t seconds = grace.value_or(0);
    const bool is_namespace = resource.group.empty() && resource.plural == "namespaces";
    if (!is_deleting) {
        metadata["deletionTimestamp"] =
            kube::to_string(kube::Time::of(core.clock.now() + std::chrono::seconds{seconds}));
        metadata["deletionGracePeriodSeconds"] = seconds;
        if (const auto generation = integer_in(metadata, "generation"); generation && *generation > 0) {
            metadata["generation"] = *generation + 1;
        }
        // A definition stays until its objects are gone.
        if (resource.group == "apiextensions.k8s.io") add_finalizer(metadata, kDefinitionFinalizer);
        if (is_namespace) made_object_in(object, "status")["phase"] = "Terminating";
    } else if (grace && seconds < integer_in(metadata, "deletionGracePeriodSeconds").value_or(0)) {
        metadata["deletionTimestamp"] =
            kube::to_string(kube::Time::of(core.clock.now() + std::chrono::seconds{seconds}));
        metadata["deletionGracePeriodSeconds"] = seconds;
    }
    // A namespace keeps no grace period on itself; nothing else differs.
    if (is_namespace) metadata.erase("deletionGracePeriodSeconds");
    const bool is_removed = may_be_removed(resource, object);
    if (options.is_dry_run)
        return {
            std::make_shared<const StoredObject>(
                before->key(), std::move(object), before->revision(), before->owners()
            ),
            is_removed
        };
    if (is_removed) {
        // Watchers see the object as it was: a deletion that nothing held up leaves no deletion timestamp.
        ObjectPtr removed = core.store.remove(
            *resource.collection,
            before->key(),
            is_deleting ? Value(std::move(object)) : Value(before->value(), core.storage())
        );
        after_write(core, resource, before.get(), nullptr);
        return {removed, true};
    }
    if (same(object, before->object())) return {before, false};
    ObjectPtr stored = core.store.put(*resource.collection, before->key(), std::move(object));
    after_write(core, resource, before.get(), stored.get());
    const ObjectPtr current = resource.collection->find(before->key());
    return {current ? current : stored, current == nullptr};
}

/// Kinds whose delete answers with the object even when it is gone.
bool returns_object(const Resource& resource) {
    return resource.group.empty() && (resource.plural == "pods" || resource.plural == "persistentvolumeclaims" ||
                                      resource.plural == "persistentvolumes" || resource.plural == "serviceaccounts" ||
                                      resource.plural == "services");
}

}  // namespace

void delete_stored(Core& core, const Resource& resource, const ObjectPtr& object) {
    static_cast<void>(delete_one(core, resource, object, {}));
}

Reply delete_object(Core& core, const ResourceRequest& request) {
    const Resource& resource = *request.resource;
    const DeleteOptions options = options_of(core, request);
    const ObjectPtr before = resource.collection->find(request.key());
    if (!before) throw not_found(resource.qualified(), request.name);
    const Deleted deleted = delete_one(core, resource, before, options);
    if (!deleted.is_gone || returns_object(resource)) return object_reply(core, request, *deleted.object);
    Object details{{"name", request.name}};
    if (!resource.group.empty()) details["group"] = resource.group;
    details["kind"] = resource.plural;
    details["uid"] = string_in(metadata_of(before->object()), "uid");
    return json_reply(Object{
        {"kind", "Status"},
        {"apiVersion", "v1"},
        {"metadata", Object{}},
        {"status", "Success"},
        {"details", std::move(details)}
    });
}

Reply delete_collection(Core& core, const ResourceRequest& request) {
    const Resource& resource = *request.resource;
    const DeleteOptions options = options_of(core, request);
    const Selection selection = Selection::of(request);
    std::vector<ObjectPtr> victims;
    for (const auto& [key, object] : resource.collection->objects()) {
        if (selection.matches(*object)) victims.push_back(object);
    }
    Array items;
    for (const ObjectPtr& victim : victims) {
        const ObjectPtr current = resource.collection->find(victim->key());
        if (!current) continue;
        Object gone = delete_one(core, resource, current, options).object->whole();
        gone["apiVersion"] = resource.api_version();
        items.push_back(std::move(gone));
    }
    return json_reply(Object{
        {"kind", resource.list_kind},
        {"apiVersion", resource.api_version()},
        {"metadata", Object{{"resourceVersion", std::to_string(core.store.revision())}}},
        {"items", std::move(items)}
    });
}

}  // namespace devcluster::apiserver
