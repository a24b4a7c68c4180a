// Whom a state sync asks besides its primary: endpoints of the spec, else peers (spec 08 7.6).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sei/api/node.hpp"

namespace sei::plan {

/// So many distinct ones make a state sync worth its trust.
inline constexpr std::size_t kWitnessesMin = 2;

/// The endpoints that the spec names; null where it names none, or nothing of a snapshot is used (a ceremony).
[[nodiscard]] const std::vector<std::string>* witnesses_of(const api::NodeSpec& spec);

/// On how many hosts the peers are that the operator knows of: static ones, those of labels, and those of the
/// configuration. Nullopt where the sidecar may find others, by tags.
[[nodiscard]] std::optional<std::size_t> known_peer_hosts(const api::NodeSpec& spec, const api::SeiNodeStatus& status);

}  // namespace sei::plan
