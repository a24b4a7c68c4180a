// What is wrong with a field, in the words of a Kubernetes API server.
#pragma once

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace devcluster::schema {

enum class FieldErrorType : std::uint8_t {
    Invalid,
    Required,
    NotSupported,
    TypeInvalid,
    TooLong,
    TooMany,
    Duplicate,
    Forbidden,
    Internal,
};

/// One cause of a Status with reason Invalid.
struct FieldError {
    FieldErrorType type = FieldErrorType::Invalid;
    std::string field;  ///< The path: `spec.peers[0].label`; `<nil>` for the object as a whole.
    std::string
        message;  ///< Without the path: `Invalid value: 0: spec.x in body should be greater than or equal to 1`.

    bool operator==(const FieldError&) const = default;
};

/// `details.causes[].reason` of a Status, such as `FieldValueRequired`.
[[nodiscard]] std::string_view reason_of(FieldErrorType type);

/// Path and message: `spec.chainId: Required value`.
[[nodiscard]] std::string to_string(const FieldError& error);

/// All of them in one line, repetitions left out: the part of a Status message after `is invalid: `. One error stands
/// alone, several stand in brackets.
[[nodiscard]] std::string describe(std::span<const FieldError> errors);

/// What strict field validation says of pruned paths: `unknown field "spec.a", unknown field "spec.b"`. Behind
/// `strict decoding error: ` it is the message of the refusal.
[[nodiscard]] std::string describe_unknown_fields(std::span<const std::string> paths);

// One function per kind of error, named as in Kubernetes' field package; `value` is shown as Go shows it.

[[nodiscard]] FieldError invalid(std::string field, const boost::json::value& value, std::string_view detail);
[[nodiscard]] FieldError type_invalid(std::string field, const boost::json::value& value, std::string_view detail);
[[nodiscard]] FieldError required(std::string field, std::string_view detail);
[[nodiscard]] FieldError forbidden(std::string field, std::string_view detail);
[[nodiscard]] FieldError duplicate(std::string field, const boost::json::value& value);
[[nodiscard]] FieldError not_supported(
    std::string field, const boost::json::value& value, std::span<const std::string> supported
);
[[nodiscard]] FieldError too_long(std::string field, std::int64_t length_max);
[[nodiscard]] FieldError too_many(std::string field, std::int64_t count, std::int64_t count_max);

/// A string as Go's `%q` prints it, with its quotes.
[[nodiscard]] std::string quote(std::string_view text);

/// A value as errors show it: strings quoted, numbers bare, the rest as Go marshals JSON (keys sorted, `<`, `>` and `&`
/// escaped).
[[nodiscard]] std::string show(const boost::json::value& value);

}  // namespace devcluster::schema
