// Over a JSON value without parsing it.
#pragma once

#include <optional>
#include <string_view>

namespace kube::json {

/// The list or object that `text` begins with, to its closing bracket; nullopt when it does not end.
///
/// Only brackets and strings are looked at, many bytes at a time: for what is thrown away unread. Whether the value is
/// well-formed otherwise remains unknown.
[[nodiscard]] std::optional<std::string_view> leading_container(std::string_view text);

}  // namespace kube::json
