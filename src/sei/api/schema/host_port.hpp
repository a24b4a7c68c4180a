// What the schema admits as host:port.
#pragma once

#include <cstdint>
#include <string_view>

namespace kube::schema {

/// A name or an address of version 4, or one of version 6 in brackets; no scheme; a port from 1 to 65535.
inline constexpr std::string_view kHostPortPattern =
    R"(^([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]))"
    R"(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$)";

/// The longest DNS name, a colon and a port.
inline constexpr std::int64_t kHostPortCharactersMax = 253 + 1 + 5;

}  // namespace kube::schema
