// Reads metav1.Status out of error responses, and makes the best of bodies that are none.
#include "kube/client/api_error.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "kube/json/json.hpp"

namespace kube {

namespace {

constexpr std::size_t kQuotedBodyBytesMax = 200;

std::string text_of(const std::string& request, unsigned code, const std::string& reason, const std::string& message) {
    std::string text = fmt::format("{}: {}", request, code);
    if (!reason.empty()) text += " " + reason;
    if (!message.empty()) text += ": " + message;
    return text;
}

std::string quote_body(const HttpResponse& response) {
    if (response.body.empty()) return "the response has no body";
    std::string quoted = response.body.substr(0, kQuotedBodyBytesMax);
    std::ranges::replace_if(
        quoted, [](char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f; }, ' '
    );
    quoted.erase(quoted.find_last_not_of(' ') + 1);
    if (response.body.size() > kQuotedBodyBytesMax) quoted += "…";
    return fmt::format("the response is no Status: {}", quoted);
}

std::string member(const json::Value& object, std::string_view name) {
    return std::string{json::find_string(object, {name})};
}

std::vector<ApiErrorCause> causes_of(const json::Value& status) {
    std::vector<ApiErrorCause> causes;
    const json::Value* list = json::find(status, {"details", "causes"});
    if (list == nullptr || !list->is_array()) return causes;
    for (const json::Value& cause : list->as_array()) {
        causes.push_back(
            {.reason = member(cause, "reason"), .message = member(cause, "message"), .field = member(cause, "field")}
        );
    }
    return causes;
}

}  // namespace

ApiError::ApiError(
    std::string request, unsigned code, std::string reason, std::string message, std::vector<ApiErrorCause> causes
)
    : std::runtime_error{text_of(request, code, reason, message)},
      code_{code},
      reason_{std::move(reason)},
      message_{std::move(message)},
      causes_{std::move(causes)} {}

ApiError api_error_of(const std::string& request, const HttpResponse& response) {
    json::Value status;
    try {
        status = json::parse(response.body);
    } catch (const std::exception&) {
        status = nullptr;
    }
    const bool is_status = json::find_string(status, {"kind"}) == "Status";
    const bool is_type_not_served =
        response.status == 404 && (!is_status || json::find_string(status, {"details", "name"}).empty());
    std::string message = is_status ? member(status, "message") : quote_body(response);
    if (is_type_not_served) {
        message = fmt::format(
            "the API server does not serve this resource type; is its CustomResourceDefinition installed? ({})", message
        );
    }
    ApiError error{
        request,
        response.status,
        is_status ? member(status, "reason") : std::string{},
        std::move(message),
        is_status ? causes_of(status) : std::vector<ApiErrorCause>{}
    };
    error.is_type_not_served_ = is_type_not_served;
    return error;
}

}  // namespace kube
