// What an HTTP answer of a sidecar means: the table of spec 04 §8.8, as pure functions.
#pragma once

#include <cstddef>
#include <exception>
#include <expected>
#include <string>
#include <string_view>

#include "kube/http/transport.hpp"
#include "sei/sidecar/sidecar.hpp"

namespace sei::sidecar {

/// The longest text that is taken over from an answer: it may end in a status.
inline constexpr std::size_t kTextBytesMax = 1024;

[[nodiscard]] SubmitOutcome read_submission(std::string_view task_type, const kube::HttpResponse& response);
[[nodiscard]] LookupOutcome read_lookup(std::string_view id, const kube::HttpResponse& response);
[[nodiscard]] AtWorkOutcome read_tasks_at_work(const kube::HttpResponse& response);
[[nodiscard]] HealthOutcome read_health(const kube::HttpResponse& response);
[[nodiscard]] std::expected<std::string, Unavailable> read_node_id(const kube::HttpResponse& response);

/// An answer that never came. The text says what kind of failure it was and leaves out what differs from try to try
/// (addresses, ephemeral ports: spec 02 D26).
[[nodiscard]] Unavailable no_answer(std::string_view asked, const kube::TransportError& error);

/// White space trimmed, cut on a UTF-8 boundary to `kTextBytesMax`.
[[nodiscard]] std::string bounded_text(std::string_view text);
/// The same of what an exception says; one that is no std::exception goes on.
[[nodiscard]] std::string bounded_text(const std::exception_ptr& failure);

}  // namespace sei::sidecar
