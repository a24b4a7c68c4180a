// "host:port" as flags say it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kube {

/// Where a server listens.
struct ListenAddress {
    /// An IP address; "::" (all of both families) where the text names no host.
    std::string host;
    unsigned short port = 0;
};

/// "host:port", ":port" or "[v6]:port"; "localhost" is 127.0.0.1. Nullopt for "0" and "", which mean: no server. Throws
/// std::invalid_argument saying what is wrong.
[[nodiscard]] std::optional<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace kube
