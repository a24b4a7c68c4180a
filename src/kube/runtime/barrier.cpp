#include "kube/runtime/barrier.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace kube {

namespace {

std::optional<unsigned> whole_number(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number > 1'000'000) return std::nullopt;
    return number;
}

bool is_decimal(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Takes one parameter in; says what is wrong with it, or nothing.
std::optional<std::string> take(BarrierRequest& request, std::string_view name, std::string value) {
    if (name == "kind") {
        request.question.kind = std::move(value);
    } else if (name == "namespace") {
        request.question.namespace_ = std::move(value);
    } else if (name == "resourceVersion") {
        if (!is_decimal(value)) return "resourceVersion is a decimal number";
        request.question.version = ResourceVersion{std::move(value)};
    } else if (name == "pollsWithinMilliseconds") {
        const auto number = whole_number(value);
        if (!number) return "pollsWithinMilliseconds is a whole number";
        request.question.polls_within = std::chrono::milliseconds{*number};
    } else if (name == "events") {
        if (value != "true" && value != "false") return "events is true or false";
        request.question.wants_events_delivered = value == "true";
    } else if (name == "timeoutSeconds") {
        const auto number = whole_number(value);
        if (!number || *number > kBarrierTimeMax.count()) return "timeoutSeconds is a whole number of at most 60";
        request.time_limit = std::chrono::seconds{*number};
    } else {
        return "unknown parameter " + std::string{name} +
               "; known are kind, resourceVersion, namespace, pollsWithinMilliseconds, events, timeoutSeconds";
    }
    return std::nullopt;
}

}  // namespace

json::Object to_json(const BarrierAnswer& answer) {
    json::Object out{{"reached", answer.is_reached}};
    if (!answer.reason.empty()) out["reason"] = answer.reason;
    if (!answer.seen_version.empty()) out["seenVersion"] = answer.seen_version.value();
    return out;
}

std::expected<BarrierRequest, std::string> parse_barrier_request(std::string_view query) {
    BarrierRequest request;
    while (!query.empty()) {
        const std::string_view one = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), one.size() + 1));
        if (one.empty()) continue;
        const std::size_t equals = std::min(one.find('='), one.size());
        std::string value{one.substr(std::min(equals + 1, one.size()))};
        if (auto problem = take(request, one.substr(0, equals), std::move(value))) {
            return std::unexpected(std::move(*problem));
        }
    }
    if (!request.question.version.empty() && request.question.kind.empty()) {
        return std::unexpected("resourceVersion needs the kind that it is a version of");
    }
    return request;
}

}  // namespace kube
