#include "kube/runtime/detail/guarded_handler.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

namespace kube::detail {

namespace {

constexpr std::chrono::minutes kTokenHolds{1};
constexpr std::chrono::minutes kYesHolds{5};
constexpr std::chrono::seconds kNoHolds{30};
constexpr std::string_view kAnonymous = "system:anonymous";

char lowered(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), lowered);
    return text;
}

/// The token of "Authorization: Bearer TOKEN"; empty when there is none.
std::string bearer_token(const ServedRequest& request) {
    constexpr std::string_view scheme = "bearer ";
    const std::string_view value = request.header("authorization");
    if (lower(std::string{value.substr(0, scheme.size())}) != scheme) return {};
    std::string_view token = value.substr(scheme.size());
    while (token.starts_with(' ')) token.remove_prefix(1);
    return std::string{token};
}

HttpHandler::Answer refusal(unsigned status, std::string text) {
    return {
        .response =
            {.status = status,
             .headers = {{"content-type", "text/plain; charset=utf-8"}, {"x-content-type-options", "nosniff"}},
             .body = std::move(text) + "\n"},
        .stream = {}
    };
}

}  // namespace

Async<TokenReviewStatus> GuardedHandler::authenticate(std::string token) {
    if (const auto* known = tokens_.find(token, clock_.monotonic())) co_return *known;
    const auto answer = co_await client_.create(TokenReview{.metadata = {}, .spec = {.token = token}, .status = {}});
    if (!answer) co_return TokenReviewStatus{};
    TokenReviewStatus status = (*answer)->status;
    const auto now = clock_.monotonic();
    tokens_.keep(std::move(token), status, now, now + kTokenHolds);
    co_return status;
}

Async<bool> GuardedHandler::is_allowed(ReviewedUser user, NonResourceAttributes what) {
    std::string question = user.username + '\n' + user.uid + '\n' + what.verb + '\n' + what.path;
    for (const std::string& group : user.groups) question += '\n' + group;
    if (const auto* known = permissions_.find(question, clock_.monotonic())) co_return *known;
    SubjectAccessReview review;
    review.spec = {
        .user = std::move(user.username),
        .uid = std::move(user.uid),
        .groups = std::move(user.groups),
        .nonResourceAttributes = std::move(what)
    };
    const auto answer = co_await client_.create(std::move(review));
    const bool is_allowed = answer && (*answer)->status.allowed;
    const auto now = clock_.monotonic();
    permissions_.keep(std::move(question), is_allowed, now, now + (is_allowed ? kYesHolds : kNoHolds));
    co_return is_allowed;
}

Async<HttpHandler::Answer> GuardedHandler::handle(ServedRequest request) {
    std::string token = bearer_token(request);
    if (token.empty()) co_return refusal(401, "Unauthorized");
    std::string path = request.target.substr(0, request.target.find('?'));
    try {
        const TokenReviewStatus caller = co_await authenticate(std::move(token));
        if (!caller.error.empty()) log_.info("A token could not be reviewed", {{"reason", caller.error}});
        if (!caller.authenticated || caller.user.username == kAnonymous) co_return refusal(401, "Unauthorized");
        NonResourceAttributes what{.path = std::move(path), .verb = lower(request.method_name)};
        if (!co_await is_allowed(caller.user, std::move(what))) {
            co_return refusal(403, "Authorization denied for user " + caller.user.username);
        }
    } catch (const ApiError& error) {
        log_.error("Callers cannot be reviewed: are tokenreviews and subjectaccessreviews granted?", error.what());
        co_return refusal(500, "Authentication failed");
    } catch (const TransportError& error) {
        log_.error("Callers cannot be reviewed", error.what());
        co_return refusal(500, "Authentication failed");
    }
    co_return co_await inner_.handle(std::move(request));
}

}  // namespace kube::detail
