// The formats of strings (`format: date-time`).
#pragma once

#include "devcluster/schema/detail/node.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace devcluster::schema::detail {

/// The format that `name` stands for; None for names that kube-apiserver ignores too (int32, int64, anything unknown).
/// The error says which format this server does not check although kube-apiserver does.
[[nodiscard]] std::expected<Format, std::string> parse_format(std::string_view name);

/// Whether `text` has the format.
[[nodiscard]] bool has_format(Format format, std::string_view text);

}  // namespace devcluster::schema::detail
