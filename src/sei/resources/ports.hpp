// The ports of a node's pod (spec 05 §1, §4.5). External monitors select them by name.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sei/api/node_queries.hpp"

namespace sei::resources {

struct NamedPort {
    std::string_view name;
    std::int32_t port = 0;
};

/// Of the seid container, in every mode.
inline constexpr std::array kSeidPorts{
    NamedPort{"evm-rpc", 8545},
    NamedPort{"evm-ws", 8546},
    NamedPort{"grpc", 9090},
    NamedPort{"rest", 1317},
    NamedPort{"p2p", 26656},
    NamedPort{"rpc", 26657},
    NamedPort{"metrics", 26660},
};
inline constexpr std::int32_t kRpcPort = 26657;
inline constexpr std::int32_t kGrpcPort = 9090;
inline constexpr std::int32_t kExporterPort = 9300;
using api::kProxyPort;

}  // namespace sei::resources
