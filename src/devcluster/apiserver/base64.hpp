// Base64, as JSON carries bytes.
#pragma once

#include <string>
#include <string_view>

namespace devcluster::apiserver {

[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace devcluster::apiserver
