// The operator's command line (spec 07 §2).
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "kube/runtime/log.hpp"

namespace sei_operator {

/// What the command line says, or the defaults.
struct Flags {
    std::string metrics_bind_address = ":8080";
    bool metrics_secure = false;
    std::string metrics_cert_path;
    std::string metrics_cert_name = "tls.crt";
    std::string metrics_cert_key = "tls.key";
    bool enable_http2 = false;
    std::string health_probe_bind_address = ":8081";
    bool leader_elect = true;
    bool debug_barrier = false;
    std::string kubeconfig;
    /// From the --zap-* flags: the preset, then what overrides it.
    kube::LogOptions log;
};

/// Why the program ends before it begins.
struct EarlyExit {
    /// 0 after --help, 2 for a bad command line.
    int code = 2;
    /// For standard error: what is wrong, then the usage.
    std::string text;
};

/// Reads Go-style flags: "-name" and "--name" alike, "=value" or the next argument, booleans bare or "=true|false".
[[nodiscard]] std::expected<Flags, EarlyExit> parse_flags(
    const std::string& program, const std::vector<std::string>& arguments
);

/// Every flag with its default and meaning.
[[nodiscard]] std::string usage(const std::string& program);

}  // namespace sei_operator
