// The paths of an OpenAPI document: which operations a resource has, with which parameters and bodies.
#pragma once

#include <string>

#include "devcluster/apiserver/registry.hpp"
#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// Where operations find the schemas of what they take and give.
struct ResourceSchemas {
    std::string object;
    std::string list;
    std::string delete_options;
    std::string patch;
    std::string scale;
    std::string status;
};

/// Adds the paths of one resource and its subresources.
///
/// kubectl learns from them that the server validates fields (PATCH has the parameter fieldValidation) and whether it
/// takes strategic merge patches; `kubectl explain` finds the kind of a resource here.
void add_openapi_paths(kube::json::Object& paths, const Resource& resource, const ResourceSchemas& schemas);

}  // namespace devcluster::apiserver
