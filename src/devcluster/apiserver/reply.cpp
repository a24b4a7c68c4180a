#include "devcluster/apiserver/core.hpp"
#include "devcluster/apiserver/table.hpp"
#include "kube/meta/time.hpp"

namespace devcluster::apiserver {

std::string Core::now() const {
    return kube::to_string(kube::Time::of(clock.now()));
}

Reply json_reply(const kube::json::Value& value, unsigned status) {
    Reply reply;
    reply.status = status;
    reply.body = boost::json::serialize(value);
    reply.body += '\n';
    return reply;
}

Reply object_reply(const Core& core, const ResourceRequest& request, const StoredObject& object, unsigned status) {
    switch (request.form) {
        case Form::Table: {
            kube::json::Object metadata{{"resourceVersion", std::to_string(object.revision())}};
            return json_reply(table_of(core, request, {&object}, std::move(metadata)), status);
        }
        case Form::PartialMetadata:
            return json_reply(partial_metadata(object), status);
        case Form::Object:
            break;
    }
    Reply reply;
    reply.status = status;
    reply.body = object.text(request.resource->api_version());
    reply.body += '\n';
    return reply;
}

}  // namespace devcluster::apiserver
