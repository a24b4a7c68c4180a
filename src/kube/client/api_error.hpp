// What the API server says when it says no.
#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "kube/http/transport.hpp"

namespace kube {

/// One cause of a refusal (metav1.StatusCause).
struct ApiErrorCause {
    std::string reason;   // "FieldValueInvalid"
    std::string message;  // "Invalid value: ..."
    std::string field;    // "spec.replicas"
};

/// A refusal of the API server that is not one of the outcomes that a caller must expect (absent, conflict, already
/// there).
///
/// Carries the server's Status. `what()` reads: "PATCH /apis/…: 422 Invalid: SeiNode.sei.io \"n0\" is invalid:
/// spec.image: …".
class ApiError : public std::runtime_error {
public:
    ApiError(
        std::string request, unsigned code, std::string reason, std::string message, std::vector<ApiErrorCause> causes
    );
    [[nodiscard]] unsigned code() const { return code_; }
    /// metav1.StatusReason: "Invalid", "Forbidden", "InternalError" …; empty when the body was no Status.
    [[nodiscard]] const std::string& reason() const { return reason_; }
    /// The server's own message, without the request.
    [[nodiscard]] const std::string& message() const { return message_; }
    [[nodiscard]] const std::vector<ApiErrorCause>& causes() const { return causes_; }
    /// Does the server say no to this request (4xx), rather than being unwell or busy (5xx, 429)? The same request will
    /// get the same answer until something changes.
    [[nodiscard]] bool is_refusal() const { return code_ >= 400 && code_ < 500 && code_ != 429; }
    /// A 404 that names no object: the server does not serve this resource type at all (its CustomResourceDefinition is
    /// not installed), which is another thing than an object that is absent.
    [[nodiscard]] bool is_type_not_served() const { return is_type_not_served_; }

private:
    friend ApiError api_error_of(const std::string& request, const HttpResponse& response);
    unsigned code_;
    std::string reason_;
    std::string message_;
    std::vector<ApiErrorCause> causes_;
    bool is_type_not_served_ = false;
};

/// Reads a response that is an error. `request` is "GET /api/v1/…", for the text. A body that is no Status gives an
/// error without a reason, whose message quotes the beginning of the body.
[[nodiscard]] ApiError api_error_of(const std::string& request, const HttpResponse& response);

}  // namespace kube
