// Bodies in protocol buffers, which kubectl sends for built-in kinds, as JSON.
#pragma once

#include <string_view>

#include "devcluster/apiserver/builtin_types.hpp"
#include "kube/json/json.hpp"

namespace devcluster::apiserver {

inline constexpr std::string_view kProtobufType = "application/vnd.kubernetes.protobuf";

/// Reads Kubernetes' envelope ("k8s\0", then runtime.Unknown) and the object in it, with the field numbers of the type
/// table. The result is what JSON would have carried, kind and apiVersion among it.
///
/// Throws StatusError 415 for a kind that the table does not hold whole (definitions: their schemas), 400 when the
/// bytes are no such message.
[[nodiscard]] kube::json::Object decode_protobuf(std::string_view body, const BuiltinTypes& types);

}  // namespace devcluster::apiserver
