// create and update: whole objects.
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/verbs.hpp"
#include "devcluster/apiserver/write.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Object;
using kube::json::Value;

Object object_in_body(const Core& core, const ResourceRequest& request, std::vector<std::string>& duplicates) {
    Value body = parse_body(request.http, core.types, duplicates, core.storage());
    if (!body.is_object()) throw bad_request("the request body must be an object");
    return std::move(body.get_object());
}

}  // namespace

Reply create_object(Core& core, const ResourceRequest& request) {
    std::vector<std::string> duplicates;
    Object object = object_in_body(core, request, duplicates);
    decode_object(request, object, duplicates);
    const Value empty_value = request.resource->behaviour->empty_object();
    const Object& empty = empty_value.get_object();
    keep_to_endpoint(*request.resource, Endpoint::Main, object, empty);
    ManagedFields managed = tracked_update(core, request, empty, object, nullptr);
    const ObjectPtr stored = commit_create(core, request, std::move(object), std::move(managed));
    return object_reply(core, request, *stored, 201);
}

Reply update_object(Core& core, const ResourceRequest& request) {
    std::vector<std::string> duplicates;
    Object object = object_in_body(core, request, duplicates);
    decode_object(request, object, duplicates);
    const ObjectPtr before = request.resource->collection->find(request.key());
    if (!before) throw not_found(request.resource->qualified(), request.name);
    const InVersion old{*before, *request.resource};
    keep_to_endpoint(*request.resource, request.endpoint(), object, old.object());
    ManagedFields managed = tracked_update(core, request, old.object(), object, &before->managed());
    const ObjectPtr stored = commit_update(core, request, before, std::move(object), std::move(managed));
    return object_reply(core, request, *stored);
}

}  // namespace devcluster::apiserver
