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

inline constexpr std::int32_t kEvmHttpPort = 8545;
inline constexpr std::int32_t kEvmWsPort = 8546;
inline constexpr std::int32_t kGrpcPort = 9090;
inline constexpr std::int32_t kRestPort = 1317;
inline constexpr std::int32_t kP2pPort = 26656;
inline constexpr std::int32_t kRpcPort = 26657;
/// Of the seid container, in every mode.
inline constexpr std::array kSeidPorts{
    NamedPort{"evm-rpc", kEvmHttpPort},
    NamedPort{"evm-ws", kEvmWsPort},
    NamedPort{"grpc", kGrpcPort},
    NamedPort{"rest", kRestPort},
    NamedPort{"p2p", kP2pPort},
    NamedPort{"rpc", kRpcPort},
    NamedPort{"metrics", 26660},
};
/// Of the metrics exporter.
inline constexpr std::int32_t kExporterPort = 9300;

}  // namespace sei::api
