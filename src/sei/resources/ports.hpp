// The ports of a node's pod, under the names that renderers use.
#pragma once

#include <cstdint>

#include "sei/api/node_queries.hpp"
#include "sei/api/ports.hpp"

namespace sei::resources {

using api::kExporterPort;
using api::kProxyPort;
using api::kSeidPorts;
using api::NamedPort;
inline constexpr std::int32_t kRpcPort = 26657;
inline constexpr std::int32_t kGrpcPort = 9090;

}  // namespace sei::resources
