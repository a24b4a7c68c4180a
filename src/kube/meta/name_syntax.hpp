// What names and labels may look like: the rules that the API server applies when they are written.
#pragma once

#include <string_view>

namespace kube {

/// Of Services (RFC 1035): at most 63 lower-case letters, digits and '-', beginning with a letter, not ending with '-'.
[[nodiscard]] bool is_service_name(std::string_view text);

/// Of most objects, and of domains (an RFC 1123 subdomain): at most 253 lower-case letters, digits, '-' and '.', each
/// part between dots beginning and ending with a letter or a digit.
[[nodiscard]] bool is_object_name(std::string_view text);

/// Of namespaces (an RFC 1123 label): at most 63 lower-case letters, digits and '-', which stands at neither end.
[[nodiscard]] bool is_namespace_name(std::string_view text);

/// A label's key: 1 to 63 letters, digits, '-', '_' and '.', the first and the last a letter or a digit; before it, if
/// anything, a domain of at most 253 and '/'.
[[nodiscard]] bool is_label_key(std::string_view text);

/// A label's value: empty, or like the key without its domain.
[[nodiscard]] bool is_label_value(std::string_view text);

}  // namespace kube
