// Reviews: everybody is who they say, and may do everything. This server has no authorizer.
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/verbs.hpp"
#include "devcluster/apiserver/write.hpp"

namespace devcluster::apiserver {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

Reply review(Core& core, const ResourceRequest& request) {
    const Resource& resource = *request.resource;
    std::vector<std::string> duplicates;
    Value body = parse_body(request.http, core.types, duplicates, core.storage());
    if (!body.is_object()) throw bad_request("the request body must be an object");
    Object object = std::move(body.get_object());
    decode_object(request, object, duplicates);
    const Object user{
        {"username", "system:admin"}, {"groups", Array{Value("system:masters"), Value("system:authenticated")}}
    };
    if (resource.kind == "TokenReview") {
        const Object* spec = object_in(object, "spec");
        const bool has_token = spec != nullptr && !string_in(*spec, "token").empty();
        object["status"] =
            has_token ? Object{{"authenticated", true}, {"user", user}} : Object{{"error", "no token was given"}};
    } else if (resource.kind == "SelfSubjectReview") {
        object["status"] = Object{{"userInfo", user}};
    } else {
        object["status"] = Object{{"allowed", true}, {"reason", "this server allows everything"}};
    }
    return json_reply(object, 201);
}

}  // namespace devcluster::apiserver
