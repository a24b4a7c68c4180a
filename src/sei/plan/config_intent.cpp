#include "sei/plan/config_intent.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "sei/api/ports.hpp"
#include "sei/plan/detail/override_keys.hpp"

namespace sei::plan {
namespace {

constexpr std::int64_t kSchemaVersionMax = 1;
constexpr std::array<std::string_view, 4> kModes{"validator", "full", "seed", "archive"};
static_assert(std::ranges::is_sorted(detail::kOverrideKeys), "is_override_key searches by halves");

/// A port of the pod that something with a fixed idea of it asks.
struct AskedPort {
    std::string_view address_key;
    /// Empty: it cannot be closed by a key of its own.
    std::string_view enable_key;
    std::int32_t port = 0;
    std::string_view who_asks;
    /// From outside of the pod: an address of the loopback interface does not answer.
    bool from_outside;
};
constexpr std::array kAskedPorts{
    AskedPort{"network.rpc.listen_address", "", api::kRpcPort, "the readiness probe", true},
    AskedPort{"api.grpc.address", "api.grpc.enable", api::kGrpcPort, "the exporter", false},
};

bool is_loopback(std::string_view host) {
    return host.starts_with("127.") || host == "localhost" || host == "[::1]";
}

/// Does `address`, such as "tcp://0.0.0.0:26657", answer those who ask?
bool answers(std::string_view address, const AskedPort& asked) {
    if (const auto scheme = address.find("://"); scheme != std::string_view::npos) address.remove_prefix(scheme + 3);
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos || address.substr(colon + 1) != std::to_string(asked.port)) return false;
    return !asked.from_outside || !is_loopback(address.substr(0, colon));
}

}  // namespace

boost::json::object to_json(const kube::StringMap& map) {
    boost::json::object object;
    for (const auto& [key, value] : map) object[key] = value;
    return object;
}

boost::json::object to_stored(const ConfigIntent& intent) {
    boost::json::object stored;
    stored["mode"] = intent.mode;
    if (!intent.overrides.empty()) stored["overrides"] = to_json(intent.overrides);
    if (intent.target_version != 0) stored["targetVersion"] = intent.target_version;
    if (intent.incremental) stored["incremental"] = true;
    return stored;
}

boost::json::object to_wire(const ConfigIntent& intent) {
    boost::json::object wire;
    wire["incremental"] = intent.incremental;
    wire["mode"] = intent.mode;
    if (!intent.overrides.empty()) wire["overrides"] = to_json(intent.overrides);
    wire["targetVersion"] = intent.target_version;
    return wire;
}

bool is_override_key(std::string_view key) {
    return std::ranges::binary_search(detail::kOverrideKeys, key);
}

std::optional<std::string> problem_of(const ConfigIntent& intent) {
    std::vector<std::string> problems;
    if (!intent.incremental) {
        if (intent.mode.empty()) {
            problems.emplace_back("mode is required for non-incremental config generation");
        } else if (std::ranges::find(kModes, intent.mode) == kModes.end()) {
            problems.push_back("mode \"" + intent.mode + "\" is unknown; it is one of validator, full, seed, archive");
        }
    }
    if (intent.target_version > kSchemaVersionMax) {
        problems.push_back(
            "targetVersion " + std::to_string(intent.target_version) + " exceeds the newest supported, " +
            std::to_string(kSchemaVersionMax)
        );
    }
    for (const auto& [key, value] : intent.overrides) {
        if (!is_override_key(key)) problems.push_back("overrides[" + key + "] is no configuration key");
    }
    if (problems.empty()) return std::nullopt;
    std::string text = problems.front();
    for (std::size_t i = 1; i < problems.size(); ++i) text += "; " + problems[i];
    return text;
}

std::vector<std::string> moved_ports(const kube::StringMap& overrides) {
    std::vector<std::string> moved;
    const auto tell = [&](std::string_view key, const std::string& value, const AskedPort& asked) {
        moved.push_back(
            fmt::format("overrides[{}] is \"{}\", and {} asks port {}", key, value, asked.who_asks, asked.port)
        );
    };
    for (const AskedPort& asked : kAskedPorts) {
        const auto address = overrides.find(std::string{asked.address_key});
        if (address != overrides.end() && !answers(address->second, asked))
            tell(address->first, address->second, asked);
        const auto enable = overrides.find(std::string{asked.enable_key});
        if (enable != overrides.end() && enable->second == "false") tell(enable->first, enable->second, asked);
    }
    return moved;
}

}  // namespace sei::plan
