// The canonical spelling of quantities: what the API server makes of "1000m" or "0.5".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace devcluster::apiserver {

/// No fraction, the largest suffix of the same family that keeps an integer mantissa; nullopt when `text` is none
/// (spec 05 §14).
[[nodiscard]] std::optional<std::string> canonical_quantity(std::string_view text);

}  // namespace devcluster::apiserver
