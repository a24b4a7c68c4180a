// The configuration that a node is to have, as `config-apply` carries it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "kube/meta/object_meta.hpp"

namespace sei::plan {

/// A config intent (spec 04 §10.1). The operator makes full ones only: `incremental` and `target_version` stay zero,
/// but are kept where a stored plan has them.
struct ConfigIntent {
    /// "validator", "full", "seed" or "archive".
    std::string mode;
    /// Dotted key to text.
    kube::StringMap overrides;
    std::int64_t target_version = 0;
    bool incremental = false;
    bool operator==(const ConfigIntent&) const = default;
};

/// Key to text, as JSON.
[[nodiscard]] boost::json::object to_json(const kube::StringMap& map);
/// The stored form: keys at their zero value are left out, but `mode` never (spec 04 §10.1).
[[nodiscard]] boost::json::object to_stored(const ConfigIntent& intent);
/// The sidecar's form: only empty `overrides` are left out (spec 04 §9.4).
[[nodiscard]] boost::json::object to_wire(const ConfigIntent& intent);

/// Is this a key that the sidecar knows? Exact and case-sensitive (spec 04 §10.3).
[[nodiscard]] bool is_override_key(std::string_view key);

/// What is wrong with the intent, naming every unknown key; nullopt when it may be sent (spec 04 §10.3).
[[nodiscard]] std::optional<std::string> problem_of(const ConfigIntent& intent);

/// Whatever the spec says (spec 02 §21.2).
inline constexpr std::string_view kForcedLogLevelKey = "logging.level";
inline constexpr std::string_view kForcedLogLevel = "info";

/// The overrides that take a port away from where the pod is asked (spec 05 §19, 20), each told for people; in the
/// order of the ports. Such a pod never becomes ready, or has an exporter that waits for ever.
[[nodiscard]] std::vector<std::string> moved_ports(const kube::StringMap& overrides);

}  // namespace sei::plan
