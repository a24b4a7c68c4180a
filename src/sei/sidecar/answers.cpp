#include "sei/sidecar/answers.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include <boost/json.hpp>

namespace sei::sidecar {
namespace {

constexpr std::string_view kNilUuid = "00000000-0000-0000-0000-000000000000";
constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";

bool is_json(const kube::HttpResponse& response) {
    std::string type{response.header("content-type")};
    std::ranges::transform(type, type.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return type.find("json") != std::string::npos;
}

std::optional<boost::json::object> parse_object(std::string_view body) {
    boost::system::error_code error;
    boost::json::value value = boost::json::parse(body, error);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.as_object());
}

std::string string_member(const boost::json::object& object, std::string_view key) {
    const boost::json::value* member = object.if_contains(key);
    return member != nullptr && member->is_string() ? std::string{member->get_string()} : std::string{};
}

/// The error body's text where there is one, else the body itself.
std::string error_text(const kube::HttpResponse& response) {
    if (const auto body = parse_object(response.body)) {
        if (std::string text = string_member(*body, "error"); !text.empty()) return bounded_text(text);
    }
    return bounded_text(response.body);
}

Unavailable::Kind kind_of(unsigned status) {
    switch (status) {
        case 401:
            return Unavailable::Kind::Unauthorized;
        case 403:
            return Unavailable::Kind::Forbidden;
        default:
            return Unavailable::Kind::Status;
    }
}

Unavailable unexpected_status(std::string_view asked, const kube::HttpResponse& response) {
    std::string text{asked};
    text.append(" returned ").append(std::to_string(response.status));
    if (const std::string body = error_text(response); !body.empty()) text.append(": ").append(body);
    return {kind_of(response.status), bounded_text(text)};
}

Unavailable garbled(std::string text) {
    return {Unavailable::Kind::Garbled, std::move(text)};
}

}  // namespace

std::string bounded_text(std::string_view text) {
    const auto first = text.find_first_not_of(kWhiteSpace);
    if (first == std::string_view::npos) return {};
    text = text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
    if (text.size() <= kTextBytesMax) return std::string{text};
    std::size_t end = kTextBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
    return std::string{text.substr(0, end)};
}

SubmitOutcome read_submission(std::string_view task_type, const kube::HttpResponse& response) {
    const std::string code = std::to_string(response.status);
    switch (response.status) {
        case 201:
        case 202: {
            if (!is_json(response)) return garbled("sidecar returned " + code + " but no task id in the response body");
            const auto body = parse_object(response.body);
            if (!body) return garbled("sidecar returned " + code + " with a body that is no JSON object");
            const std::string id = string_member(*body, "id");
            if (id.empty() || id == kNilUuid) return garbled("sidecar returned " + code + " with a nil task id");
            return Accepted{};
        }
        case 400: {
            if (is_json(response) && !parse_object(response.body)) {
                return garbled("sidecar returned 400 with a body that is no JSON object");
            }
            std::string reason = error_text(response);
            // The sidecar's own store failed: nothing is wrong with the task (spec 04 §8.5).
            if (reason.starts_with("persist task")) return Unavailable{Unavailable::Kind::Status, std::move(reason)};
            return Rejected{
                "sidecar rejected the " + std::string{task_type} + " task: " + (reason.empty() ? "no reason" : reason)
            };
        }
        default:
            return unexpected_status("sidecar " + std::string{task_type} + " submission", response);
    }
}

LookupOutcome read_lookup(std::string_view id, const kube::HttpResponse& response) {
    switch (response.status) {
        case 200: {
            if (!is_json(response)) return garbled("sidecar returned 200 for task " + std::string{id} + " but no JSON");
            const auto body = parse_object(response.body);
            if (!body) return garbled("sidecar returned 200 for task " + std::string{id} + " with broken JSON");
            TaskRun run;
            const std::string status = string_member(*body, "status");
            if (status == "completed") {
                run.status = RunStatus::Completed;
            } else if (status == "failed") {
                run.status = RunStatus::Failed;
            }
            run.error = bounded_text(string_member(*body, "error"));
            if (const boost::json::value* number = body->if_contains("run")) {
                boost::system::error_code ignored;
                run.run = number->to_number<std::int64_t>(ignored);
                if (ignored) run.run = 0;
            }
            return run;
        }
        case 404:
            if (is_json(response) && !parse_object(response.body)) {
                return garbled("sidecar returned 404 for task " + std::string{id} + " with broken JSON");
            }
            return UnknownTask{};
        default:
            return unexpected_status("sidecar task look-up", response);
    }
}

AtWorkOutcome read_tasks_at_work(const kube::HttpResponse& response) {
    if (response.status != 200) return std::unexpected(unexpected_status("sidecar list of tasks", response));
    boost::system::error_code error;
    const boost::json::value body = boost::json::parse(response.body, error);
    if (error || !body.is_array()) return std::unexpected(garbled("sidecar list of tasks is no JSON array"));
    std::vector<TaskAtWork> tasks;
    for (const boost::json::value& row : body.get_array()) {
        if (!row.is_object() || string_member(row.get_object(), "status") != "running") continue;
        tasks.push_back({string_member(row.get_object(), "id"), string_member(row.get_object(), "type")});
    }
    return tasks;
}

HealthOutcome read_health(const kube::HttpResponse& response) {
    switch (response.status) {
        case 200:
            return Ready{};
        case 503:
            return NotReady{};
        default:
            // The body may be anybody's, and another one each time: only the status says something that lasts.
            return Unavailable{kind_of(response.status), "sidecar healthz returned " + std::to_string(response.status)};
    }
}

std::expected<std::string, Unavailable> read_node_id(const kube::HttpResponse& response) {
    if (response.status != 200) return std::unexpected(unexpected_status("sidecar node-id", response));
    const auto body = parse_object(response.body);
    if (!body) return std::unexpected(garbled("sidecar node-id answer is no JSON object"));
    std::string id = string_member(*body, "nodeId");
    if (id.empty()) return std::unexpected(garbled("sidecar node-id answer has no nodeId"));
    return bounded_text(id);
}

Unavailable no_answer(std::string_view asked, const kube::TransportError& error) {
    std::string text{asked};
    text += ": ";
    switch (error.kind()) {
        case kube::TransportError::Kind::Connect:
            text += "no connection to the sidecar";
            break;
        case kube::TransportError::Kind::Tls:
            text += "TLS with the sidecar failed";
            break;
        case kube::TransportError::Kind::TimeLimit:
            text += "the sidecar did not answer in time";
            break;
        case kube::TransportError::Kind::Broken:
            text += "the connection to the sidecar broke";
            break;
        case kube::TransportError::Kind::TooLarge:
            text += "the sidecar's answer is too long";
            break;
        case kube::TransportError::Kind::Configuration:
            text += bounded_text(error.what());
            break;
    }
    return {Unavailable::Kind::NoAnswer, std::move(text)};
}

std::string bounded_text(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return bounded_text(error.what());
    }
}

}  // namespace sei::sidecar
