// In which form a scraper gets the metrics: what it asks for, and how that is written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kube/runtime/metrics.hpp"

namespace prometheus {
struct MetricFamily;
}

namespace kube::detail {

/// The form that a scraper likes best of those that there are, from its `Accept`; text where it asks for none of them.
[[nodiscard]] MetricsFormat metrics_format_for(std::string_view accept);
/// Does `Accept-Encoding` allow gzip?
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);
/// The value of `Content-Type`.
[[nodiscard]] std::string_view content_type(MetricsFormat format);

/// io.prometheus.client.MetricFamily messages, the length before each. The bucket of infinity is left out: it is the
/// count.
[[nodiscard]] std::string delimited_protobuf(const std::vector<prometheus::MetricFamily>& families);
/// Throws std::runtime_error when zlib has no memory.
[[nodiscard]] std::string gzip(std::string_view plain);

}  // namespace kube::detail
