// pods/binding: a scheduler gives a pod to a machine, once.
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/verbs.hpp"
#include "devcluster/apiserver/write.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

/// PodScheduled becomes true; the other conditions stay.
void set_scheduled(Object& pod, const std::string& now) {
    Object& status = made_object_in(pod, "status");
    Array kept;
    if (const Array* conditions = array_in(status, "conditions")) {
        for (const Value& condition : *conditions) {
            if (!condition.is_object() || string_in(condition.get_object(), "type") != "PodScheduled") {
                kept.push_back(condition);
            }
        }
    }
    kept.push_back(Object{{"type", "PodScheduled"}, {"status", "True"}, {"lastTransitionTime", now}});
    status["conditions"] = std::move(kept);
}

}  // namespace

Reply bind_pod(Core& core, const ResourceRequest& request) {
    const Resource& resource = *request.resource;
    const ObjectPtr before = resource.collection->find(request.key());
    if (!before) throw not_found(resource.qualified(), request.name);
    std::vector<std::string> duplicates;
    const Value body = parse_body(request.http, core.types, duplicates, core.storage());
    const std::string machine{kube::json::find_string(body, {"target", "name"})};
    const std::string_view kind = kube::json::find_string(body, {"target", "kind"});
    if (machine.empty()) throw bad_request("target.name: Required value");
    if (!kind.empty() && kind != "Node")
        throw bad_request("target.kind: Unsupported value: supported values: \"Node\"");

    Object object(before->object(), core.storage());
    const Object& metadata = metadata_of(before->object());
    const auto refuse = [&](std::string_view why) { throw conflict(resource.qualified(), request.name, why); };
    const std::string_view uid = kube::json::find_string(body, {"metadata", "uid"});
    if (!uid.empty() && uid != string_in(metadata, "uid")) refuse("the UID in the binding is that of another pod");
    if (metadata.contains("deletionTimestamp")) {
        refuse(fmt::format("pod {} is being deleted, cannot be assigned to a host", request.name));
    }
    Object& spec = made_object_in(object, "spec");
    if (const std::string_view bound = string_in(spec, "nodeName"); !bound.empty()) {
        refuse(fmt::format("pod {} is already assigned to node \"{}\"", request.name, bound));
    }
    spec["nodeName"] = machine;
    set_scheduled(object, core.now());
    const ObjectPtr stored = core.store.put(*resource.collection, before->key(), std::move(object));
    after_write(core, resource, before.get(), stored.get());
    return json_reply(
        Object{{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", Object{}}, {"status", "Success"}, {"code", 201}},
        201
    );
}

}  // namespace devcluster::apiserver
