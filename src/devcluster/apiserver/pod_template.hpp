// What pods, stateful sets and jobs have in common: the defaults and rules of a pod's spec.
#pragma once

#include "devcluster/apiserver/status_error.hpp"
#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// The defaults of PodSpec, its containers, probes and volumes.
void default_pod_spec(kube::json::Object& spec);
/// `spec.template.spec`, with metadata present.
void default_pod_template(kube::json::Object& owner_spec);
/// The defaults of PersistentVolumeClaimSpec.
void default_claim_spec(kube::json::Object& spec);
/// The main rules: containers with names and images, unique names, mounts that have a volume, quantities that fit.
void validate_pod_spec(const kube::json::Object& spec, std::string_view path, FieldErrors& errors);
/// BestEffort, Burstable or Guaranteed.
[[nodiscard]] std::string_view quality_of_service(const kube::json::Object& pod_spec);
/// "a,b": one field of every container, for the columns CONTAINERS and IMAGES.
[[nodiscard]] std::string container_fields(const kube::json::Object& pod_spec, std::string_view field);
/// Does the selector (LabelSelector) match the template's labels? Reports when it does not, or is empty.
void validate_selector(const kube::json::Object& spec, std::string_view path, FieldErrors& errors);

}  // namespace devcluster::apiserver
