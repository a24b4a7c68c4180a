// What a process exposes to Prometheus, as a test reads it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "kube/runtime/metrics.hpp"

namespace support {

/// The series of a metric whose labels contain each of `labels` (`name="n0"`), with their values, as exposed.
[[nodiscard]] std::vector<std::string> series(
    const kube::Metrics& metrics, std::string_view name, std::initializer_list<std::string_view> labels
);
/// The sum of their values; 0 where there are none.
[[nodiscard]] double total(
    const kube::Metrics& metrics, std::string_view name, std::initializer_list<std::string_view> labels
);

}  // namespace support
