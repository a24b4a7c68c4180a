// The configuration that a spec asks for, and how it differs from the one that the node was given last.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sei/api/node.hpp"
#include "sei/plan/config_intent.hpp"

namespace sei::plan {

/// The configuration that a new node gets: the layers of spec 02 §21, later ones winning.
[[nodiscard]] ConfigIntent config_intent(const api::SeiNode& node);

/// How the configuration that a node was given last differs from the one that its spec asks for now (spec 08 7.1).
struct ConfigDrift {
    /// Sorted. A key that is owned no longer counts, too; so do "mode", "peers", and "config-validate" where what was
    /// given last was never found valid.
    std::vector<std::string> keys;
    /// Mode or keys, or what was given is not known to be valid: all of it is to be given again.
    bool in_values = false;
    /// The sources of peers: they are to be looked up.
    bool in_peers = false;
    /// Values became unset, or the mode changed: only a configuration made from the defaults has what they are then.
    bool needs_defaults = false;
    bool operator==(const ConfigDrift&) const = default;
};
/// Nullopt when there is none, and when it is not known what the node was given (spec 08 2.6).
[[nodiscard]] std::optional<ConfigDrift> config_drift(const api::SeiNode& node);

}  // namespace sei::plan
