// The hash that tells whether a template asks for another rollout (spec 03 §9).
#pragma once

#include <string>

#include "sei/api/deployment.hpp"

namespace sei::deployment {

/// The first 16 hexadecimal digits of SHA-256 over chain ID, image and sidecar image, without separators. The contract
/// fixes the algorithm: another one would start a rollout of every fleet.
[[nodiscard]] std::string template_hash(const api::NodeSpec& spec);

/// As people see it in events: the first 8 digits.
[[nodiscard]] std::string short_hash(const std::string& hash);

}  // namespace sei::deployment
