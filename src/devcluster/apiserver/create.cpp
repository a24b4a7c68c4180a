// create and update: whole objects.
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/verbs.hpp"
#include "devcluster/apiserver/write.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Object;
using kube::json::Value;

Object object_in_body(const Core& core, const ResourceRequest& request, std::vector<std::string>& duplicates) {
    Value body = parse_body(request.http, core.types, duplicates);
    if (!body.is_object()) throw bad_request("the request body must be an object");
    return std::move(body.get_object());
}

}  // namespace

Reply create_object(Core& core, const ResourceRequest& request) {
    std::vector<std::string> duplicates;
    Object object = object_in_body(core, request, duplicates);
    decode_object(request, object, duplicates);
    const Object empty = request.resource->behaviour->empty_object().as_object();
    keep_to_endpoint(*request.resource, Endpoint::Main, object, empty);
    const Value* given = metadata_of(std::as_const(object)).if_contains("managedFields");
    ManagedFields managed = tracked_update(core, request, given, empty, object);
    const ObjectPtr stored = commit_create(core, request, std::move(object), std::move(managed));
    return object_reply(core, request, *stored, 201);
}

Reply update_object(Core& core, const ResourceRequest& request) {
    std::vector<std::string> duplicates;
    Object object = object_in_body(core, request, duplicates);
    decode_object(request, object, duplicates);
    const ObjectPtr before = request.resource->collection->find(request.key());
    if (!before) throw not_found(request.resource->qualified(), request.name);
    const Object old = in_version(*before, *request.resource);
    const Value* given_managed = metadata_of(std::as_const(object)).if_contains("managedFields");
    const Value managed_in_body = given_managed != nullptr ? *given_managed : Value{};
    keep_to_endpoint(*request.resource, request.endpoint(), object, old);
    ManagedFields managed = tracked_update(core, request, &managed_in_body, old, object);
    const ObjectPtr stored = commit_update(core, request, before, std::move(object), std::move(managed));
    return object_reply(core, request, *stored);
}

}  // namespace devcluster::apiserver
