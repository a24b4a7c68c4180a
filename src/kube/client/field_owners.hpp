// Who owns which fields of an object: metadata.managedFields, which no other read keeps.
#pragma once

#include <string>
#include <vector>

#include "kube/json/json.hpp"
#include "kube/meta/object_meta.hpp"

namespace kube {

/// One entry of metadata.managedFields: what a manager wrote by one operation (Kubernetes API concepts, "Server-Side
/// Apply").
struct FieldOwner {
    std::string manager;
    /// "Apply" or "Update".
    std::string operation;
    std::string apiVersion;
    /// As the server wrote it.
    std::string time;
    /// Empty for the object itself.
    std::string subresource;
    /// fieldsV1: a tree of "f:name", "k:{...}", "v:..." and ".".
    json::Value fields;
};

/// All of them, of one version of an object.
struct FieldOwners {
    ObjectMeta metadata;
    std::vector<FieldOwner> owners;
};

}  // namespace kube
