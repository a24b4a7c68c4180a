// How the kubelet asks a container how it is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/int_or_string.hpp"

namespace kube {

struct ExecAction {
    std::vector<std::string> command;
    bool operator==(const ExecAction&) const = default;
};
BOOST_DESCRIBE_STRUCT(ExecAction, (), (command))

struct HttpGetAction {
    std::string path;
    IntOrString port;
    std::string scheme;
    static constexpr std::array required{"port"};
    bool operator==(const HttpGetAction&) const = default;
};
BOOST_DESCRIBE_STRUCT(HttpGetAction, (), (path, port, scheme))

struct TcpSocketAction {
    IntOrString port;
    static constexpr std::array required{"port"};
    bool operator==(const TcpSocketAction&) const = default;
};
BOOST_DESCRIBE_STRUCT(TcpSocketAction, (), (port))

/// Exactly one of the three actions is set. Zero leaves a time to the API server's default.
struct Probe {
    std::optional<ExecAction> exec;
    std::optional<HttpGetAction> httpGet;
    std::optional<TcpSocketAction> tcpSocket;
    std::int32_t initialDelaySeconds = 0;
    std::int32_t timeoutSeconds = 0;
    std::int32_t periodSeconds = 0;
    std::int32_t successThreshold = 0;
    std::int32_t failureThreshold = 0;
    bool operator==(const Probe&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    Probe,
    (),
    (exec, httpGet, tcpSocket, initialDelaySeconds, timeoutSeconds, periodSeconds, successThreshold, failureThreshold)
)

}  // namespace kube
