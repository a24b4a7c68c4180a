// Reading the text of headers: names in any case, and lists of values with parameters ("text/plain;q=0.5, */*").
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace kube {

/// ASCII only, as names of headers and of hosts are.
[[nodiscard]] inline std::string to_lower(std::string_view text) {
    std::string lower{text};
    for (auto& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

/// Without the blanks around it.
[[nodiscard]] inline std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Takes what stands before `separator`, trimmed, and the separator off `left`.
[[nodiscard]] inline std::string_view take_until(char separator, std::string_view& left) {
    const auto end = std::min(left.find(separator), left.size());
    const std::string_view taken = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    return trimmed(taken);
}

}  // namespace kube
