// patch: JSON, merge and strategic merge patches, and server-side apply.
#include "devcluster/apiserver/json_patch.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/same_json.hpp"
#include "devcluster/apiserver/strategic_merge.hpp"
#include "devcluster/apiserver/typed_value.hpp"
#include "devcluster/apiserver/verbs.hpp"
#include "devcluster/apiserver/write.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Object;
using kube::json::Value;

/// What a client gets for a patch that does not apply.
StatusError unprocessable() {
    return StatusError{422, "Invalid", "the server rejected our request due to an error in our request"};
}

/// A value as Go prints it with %v: `map[a:1 b:[x y]]`, without what directs a strategic merge.
std::string shown_as_go(const Value& value) {
    if (const Object* object = value.if_object()) {
        std::map<std::string, std::string> entries;
        for (const auto& [key, entry] : *object) {
            if (!key.starts_with('$')) entries.emplace(key, shown_as_go(entry));
        }
        std::string out;
        for (const auto& [key, entry] : entries) out += fmt::format("{}{}:{}", out.empty() ? "" : " ", key, entry);
        return fmt::format("map[{}]", out);
    }
    if (const kube::json::Array* array = value.if_array()) {
        std::string out;
        for (const Value& element : *array) out += (out.empty() ? "" : " ") + shown_as_go(element);
        return fmt::format("[{}]", out);
    }
    if (value.is_string()) return std::string{value.get_string()};
    return value.is_null() ? "<nil>" : boost::json::serialize(value);
}

/// The patched object does not decode: the patch is to blame.
StatusError invalid_patch(const Value& patch, const StatusError& error) {
    std::string_view why = error.what();
    constexpr std::string_view kStrict = "strict decoding error: ";
    if (const auto at = why.find(kStrict); at != std::string_view::npos) why.remove_prefix(at);
    const std::string shown = boost::json::serialize(Value(shown_as_go(patch)));
    return StatusError{422, "Invalid", fmt::format(" \"\" is invalid: patch: Invalid value: {}: {}", shown, why)}
        .with_causes({{"FieldValueInvalid", fmt::format("Invalid value: {}: {}", shown, why), "patch"}});
}

std::string patch_type_of(const ResourceRequest& request) {
    std::string_view type = request.http.header("content-type");
    type = type.substr(0, type.find(';'));
    const bool is_known = type == "application/json-patch+json" || type == "application/merge-patch+json" ||
                          type == "application/apply-patch+yaml" || type == "application/apply-patch+json" ||
                          (type == "application/strategic-merge-patch+json" && request.resource->is_builtin);
    if (is_known) return std::string{type};
    std::vector<std::string> supported{"application/json-patch+json", "application/merge-patch+json"};
    if (request.resource->is_builtin) supported.emplace_back("application/strategic-merge-patch+json");
    supported.emplace_back("application/apply-patch+yaml");
    throw unsupported_media_type(supported);
}

/// Who changes from client-side to server-side apply keeps the annotation of the former, as long as it is there: the
/// server updates it for kubectl, so that one can go back.
void update_last_applied(Object& object, const Value& configuration, std::string_view manager) {
    constexpr std::string_view kAnnotation = "kubectl.kubernetes.io/last-applied-configuration";
    if (manager != "kubectl") return;
    Object* annotations = object_in(metadata_of(object), "annotations");
    if (annotations == nullptr || !annotations->contains(kAnnotation)) return;
    Value applied(configuration, {});
    if (Object* theirs = object_in(metadata_of(applied.get_object()), "annotations")) {
        theirs->erase(kAnnotation);
        if (theirs->empty()) metadata_of(applied.get_object()).erase("annotations");
    }
    (*annotations)[kAnnotation] = kube::json::serialize_canonical(applied) + "\n";
}

/// Does a merge patch speak of status alone? Preconditions may stand beside it.
bool is_of_status_only(const Value& patch) {
    const Object* object = patch.if_object();
    if (object == nullptr) return false;
    return std::ranges::all_of(*object, [](const auto& entry) {
        if (entry.key() == "status" || entry.key() == "apiVersion" || entry.key() == "kind") return true;
        if (entry.key() != "metadata" || !entry.value().is_object()) return false;
        return std::ranges::all_of(entry.value().get_object(), [](const auto& field) {
            return field.key() == "name" || field.key() == "namespace" || field.key() == "uid" ||
                   field.key() == "resourceVersion";
        });
    });
}

/// The commonest write of all, without looking at anything but status: the outcome is that of the general way.
Reply patch_status(
    Core& core,
    const ResourceRequest& request,
    const ObjectPtr& before,
    const Value& patch,
    const std::vector<std::string>& duplicates
) {
    const Resource& resource = *request.resource;
    const InVersion view{*before, resource};
    const Object& old = view.object();
    Object status_before(core.storage());
    copy_field(status_before, old, "status");
    Value part(status_before);
    part.get_object()["apiVersion"] = resource.api_version();
    part.get_object()["kind"] = resource.kind;
    Object& identity = metadata_of(part.get_object());
    identity["name"] = request.name;
    if (resource.is_namespaced) identity["namespace"] = request.namespace_;
    kube::json::apply_merge_patch(part, patch);
    Object decoded = std::move(part.get_object());
    try {
        decode_object(request, decoded, duplicates);
    } catch (const StatusError& error) {
        if (error.code() != 400) throw;
        throw invalid_patch(patch, error);
    }
    ManagedFields managed = before->managed();
    if (!managed.empty()) {
        Object status_after(core.storage());
        move_field(status_after, decoded, "status");
        track_update(
            managed,
            status_before,
            status_after,
            {.as = writer_of(core, request, false), .type = *resource.type, .ignored = resource.reset_by_status}
        );
        move_field(decoded, status_after, "status");
    }
    keep_to_endpoint(resource, Endpoint::Status, decoded, old);
    const ObjectPtr stored = commit_update(core, request, before, std::move(decoded), std::move(managed));
    return object_reply(core, request, *stored);
}

/// What tells one apply from another.
std::string identity_of_apply(const ResourceRequest& request) {
    return fmt::format(
        "{}\n{}\n{}\n{}\n{}\n{}",
        request.resource->version,
        request.subresource,
        request.query.get("fieldManager"),
        request.query.get("force"),
        request.query.get("fieldValidation"),
        request.http.body
    );
}

Reply apply_object(Core& core, const ResourceRequest& request, const Value& body) {
    const Resource& resource = *request.resource;
    if (request.query.get("fieldManager").empty()) {
        FieldErrors errors;
        errors.required("fieldManager", "is required for apply patch");
        errors.throw_if_any("meta.k8s.io", "PatchOptions", "");
    }
    if (!body.is_object()) throw bad_request("the applied configuration must be an object");
    Object config(body.get_object(), core.storage());
    if (string_in(config, "apiVersion").empty() || string_in(config, "kind").empty()) {
        throw bad_request("the applied configuration must have apiVersion and kind");
    }
    if (string_in(config, "apiVersion") != resource.api_version()) {
        throw bad_request(fmt::format(
            "Incorrect version specified in apply patch. Specified patch version: {}, expected: {}",
            string_in(config, "apiVersion"),
            resource.api_version()
        ));
    }
    if (string_in(config, "kind") != resource.kind) {
        throw bad_request(
            fmt::format("the applied configuration is a {}, not a {}", string_in(config, "kind"), resource.kind)
        );
    }
    Object& metadata = metadata_of(config);
    if (const Value* managed = metadata.if_contains("managedFields"); managed != nullptr && !managed->is_null()) {
        throw bad_request("metadata.managedFields must be nil");
    }
    if (string_in(metadata, "name").empty()) metadata["name"] = request.name;
    if (resource.is_namespaced && string_in(metadata, "namespace").empty()) metadata["namespace"] = request.namespace_;

    Value configuration(std::move(config));
    const std::vector<std::string> refusals = refusals_of(configuration, *resource.type);
    if (!refusals.empty()) {
        std::string all;
        for (const std::string& refusal : refusals) all += (all.empty() ? "" : "\n") + refusal;
        throw StatusError{
            500,
            "",
            fmt::format(
                "failed to create typed patch object ({}/{}; {}, Kind={}): {}",
                request.namespace_,
                request.name,
                resource.api_version(),
                resource.kind,
                refusals.size() == 1 ? all : "errors:\n  " + all
            )
        };
    }

    const ObjectPtr before = resource.collection->find(request.key());
    if (!before && !request.subresource.empty()) throw not_found(resource.qualified(), request.name);
    Value empty;
    if (!before) empty = resource.behaviour->empty_object();
    const std::optional<InVersion> view =
        before ? std::optional<InVersion>{std::in_place, *before, resource} : std::nullopt;
    const Object& live = view ? view->object() : empty.get_object();
    const std::string_view uid = string_in(metadata_of(configuration.as_object()), "uid");
    if (!before && !uid.empty()) {
        throw conflict(
            resource.qualified(),
            request.name,
            fmt::format("uid mismatch: the provided object specified uid {}, and no existing object was found", uid)
        );
    }
    ManagedFields managed = before ? before->managed() : ManagedFields{};
    const FieldSet& ignored = resource.reset_by(request.endpoint());
    const ManagedEntry writer = writer_of(core, request, true);
    if (before && managed.empty()) {
        ManagedEntry earlier = writer;
        earlier.manager = "before-first-apply";
        earlier.is_applied = false;
        track_update(
            managed,
            resource.behaviour->empty_object().as_object(),
            live,
            {.as = std::move(earlier), .type = *resource.type, .ignored = ignored}
        );
    }
    Value merged = apply_configuration(
        managed,
        live,
        configuration,
        {.as = writer, .type = *resource.type, .ignored = ignored},
        request.query.flag("force") ? Force::Yes : Force::No
    );
    update_last_applied(merged.get_object(), configuration, writer.manager);
    const bool is_unchanged =
        before && same(merged.get_object(), live) && managed.is_same_but_for_times(before->managed());
    if (is_unchanged) {
        if (request.subresource.empty()) before->remember_idle_apply(identity_of_apply(request));
        return object_reply(core, request, *before);
    }
    Object object = std::move(merged.as_object());
    decode_object(request, object, {});
    ObjectPtr stored;
    if (before) {
        keep_to_endpoint(resource, request.endpoint(), object, live);
        stored = commit_update(core, request, before, std::move(object), std::move(managed));
    } else {
        keep_to_endpoint(resource, Endpoint::Main, object, live);
        stored = commit_create(core, request, std::move(object), std::move(managed));
    }
    return object_reply(core, request, *stored, before ? 200 : 201);
}

}  // namespace

Reply patch_object(Core& core, const ResourceRequest& request) {
    const Resource& resource = *request.resource;
    const std::string type = patch_type_of(request);
    const ObjectPtr before = resource.collection->find(request.key());
    if (before && type.starts_with("application/apply-patch") && before->is_idle_apply(identity_of_apply(request))) {
        return object_reply(core, request, *before);
    }
    std::vector<std::string> duplicates;
    const Value body = parse_body(request.http, core.types, duplicates, core.storage());
    if (type.starts_with("application/apply-patch")) return apply_object(core, request, body);
    if (request.query.has("force")) {
        FieldErrors errors;
        errors.forbidden("force", "may not be specified for non-apply patch");
        errors.throw_if_any("meta.k8s.io", "PatchOptions", "");
    }

    if (!before) throw not_found(resource.qualified(), request.name);
    if (type == "application/merge-patch+json" && request.endpoint() == Endpoint::Status && is_of_status_only(body)) {
        return patch_status(core, request, before, body, duplicates);
    }
    const InVersion view{*before, resource};
    const Object& old = view.object();
    // Patches that speak of managedFields get to see them.
    const bool sees_owners = request.http.body.contains("managedFields");
    Value patched = sees_owners ? Value(before->whole(), core.storage()) : Value(old, core.storage());
    if (sees_owners) patched.get_object()["apiVersion"] = resource.api_version();
    try {
        if (type == "application/json-patch+json") {
            apply_json_patch(patched, body);
        } else if (!body.is_object()) {
            throw std::runtime_error{"the patch must be an object"};
        } else if (type == "application/merge-patch+json") {
            kube::json::apply_merge_patch(patched, body);
        } else {
            apply_strategic_merge(patched.get_object(), body.get_object(), *resource.builtin);
        }
    } catch (const StatusError&) {
        throw;
    } catch (const std::runtime_error&) {
        throw unprocessable();
    }
    if (!patched.is_object()) throw unprocessable();
    Object object = std::move(patched.get_object());
    try {
        decode_object(request, object, duplicates);
    } catch (const StatusError& error) {
        if (type == "application/json-patch+json" || error.code() != 400) throw;
        throw invalid_patch(body, error);
    }
    keep_to_endpoint(resource, request.endpoint(), object, old);
    ManagedFields managed = tracked_update(core, request, old, object, &before->managed());
    const ObjectPtr stored = commit_update(core, request, before, std::move(object), std::move(managed));
    return object_reply(core, request, *stored);
}

}  // namespace devcluster::apiserver
