// The ports of a node's pod (spec 05 §1, §4.5). External monitors select them by name.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sei::api {

struct NamedPort {
    std::string_view name;
    std::int32_t port = 0;
};

inline constexpr std::int32_t kGrpcPort = 9090;
inline constexpr std::int32_t kRpcPort = 26657;
/// Of the seid container, in every mode.
inline constexpr std::array kSeidPorts{
    NamedPort{"evm-rpc", 8545},
    NamedPort{"evm-ws", 8546},
    NamedPort{"grpc", kGrpcPort},
    NamedPort{"rest", 1317},
    NamedPort{"p2p", 26656},
    NamedPort{"rpc", kRpcPort},
    NamedPort{"metrics", 26660},
};
/// Of the metrics exporter.
inline constexpr std::int32_t kExporterPort = 9300;

}  // namespace sei::api
