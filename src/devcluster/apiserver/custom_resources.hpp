// CustomResourceDefinitions: what installing, changing and deleting one does to what is served.
#pragma once

#include "devcluster/apiserver/core.hpp"

namespace devcluster::apiserver {

/// The finalizer that keeps a definition until its objects are gone.
inline constexpr std::string_view kDefinitionFinalizer = "customresourcecleanup.apiextensions.k8s.io";

/// Brings the registry in line with a definition that was written. `after` null: it is gone. A definition that is being
/// deleted takes its objects along.
void serve_custom_resource(Core& core, const StoredObject* before, const StoredObject* after);

/// To be called when an object of a custom resource is gone: the last one lets its definition go.
void finish_definition_removal(Core& core, const Resource& resource);

}  // namespace devcluster::apiserver
