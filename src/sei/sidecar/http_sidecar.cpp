#include "sei/sidecar/http_sidecar.hpp"

#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "sei/api/node_queries.hpp"
#include "sei/sidecar/answers.hpp"

namespace sei::sidecar {

HttpSidecar::HttpSidecar(std::shared_ptr<kube::Transport> transport, BearerToken& token, const kube::Clock& clock)
    : transport_{std::move(transport)}, token_{token}, clock_{clock} {}

kube::Async<std::expected<kube::HttpResponse, Unavailable>> HttpSidecar::send(
    kube::HttpRequest request, std::string asked, Token sent
) {
    const kube::MonotonicTime began = clock_.monotonic();
    request.response_body_bytes_max = kAnswerBytesMax;
    try {
        const std::optional<std::string> token = sent == Token::Sent ? token_.current() : std::nullopt;
        if (token) {
            request.headers.push_back({"Authorization", "Bearer " + *token});
        }
        kube::HttpResponse response = co_await transport_->send(std::move(request));
        if (response.status == 401 && sent == Token::Sent) token_.refused(began);
        co_return response;
    } catch (const TokenError& error) {
        co_return std::unexpected(Unavailable{Unavailable::Kind::NoAnswer, asked + ": " + error.what()});
    } catch (const kube::TransportError& error) {
        co_return std::unexpected(no_answer(asked, error));
    }
}

kube::Async<std::expected<kube::HttpResponse, Unavailable>> HttpSidecar::get(std::string path, std::string asked) {
    kube::HttpRequest request;
    request.target = std::move(path);
    request.time_limit = kCallTimeLimit;
    return send(std::move(request), std::move(asked));
}

kube::Async<SubmitOutcome> HttpSidecar::submit(TaskSubmission submission) {
    boost::json::object body;
    body["id"] = submission.id;
    if (submission.params) body["params"] = std::move(*submission.params);
    body["type"] = submission.type;
    kube::HttpRequest request;
    request.method = kube::HttpMethod::Post;
    request.target = "/v0/tasks";
    request.content_type = "application/json";
    request.body = boost::json::serialize(body);
    request.time_limit = kCallTimeLimit;
    auto response = co_await send(std::move(request), "submitting " + submission.type);
    if (!response) co_return response.error();
    co_return read_submission(submission.type, *response);
}

kube::Async<LookupOutcome> HttpSidecar::look_up(std::string id) {
    auto response = co_await get("/v0/tasks/" + id, "looking up task " + id);
    if (!response) co_return response.error();
    co_return read_lookup(id, *response);
}

kube::Async<AtWorkOutcome> HttpSidecar::tasks_at_work() {
    auto response = co_await get("/v0/tasks", "listing the tasks of the sidecar");
    if (!response) co_return std::unexpected(response.error());
    co_return read_tasks_at_work(*response);
}

kube::Async<HealthOutcome> HttpSidecar::probe(ProbedPod pod) {
    kube::HttpRequest request;
    request.target = "/v0/healthz";
    request.time_limit = kProbeTimeLimit;
    const Token token = pod == ProbedPod::Bootstrap ? Token::Sent : Token::LeftOut;
    auto response = co_await send(std::move(request), "querying sidecar healthz", token);
    if (!response) co_return response.error();
    co_return read_health(*response);
}

kube::Async<std::expected<std::string, Unavailable>> HttpSidecar::node_id() {
    auto response = co_await get("/v0/node-id", "querying node-id");
    if (!response) co_return std::unexpected(response.error());
    co_return read_node_id(*response);
}

HttpSidecarFactory::HttpSidecarFactory(
    TransportTo transport_to, const kube::Clock& clock, std::string token_file, BearerToken::Log log
)
    : transport_to_{std::move(transport_to)}, clock_{clock}, token_{clock, std::move(token_file), std::move(log)} {}

std::unique_ptr<Sidecar> HttpSidecarFactory::sidecar_of(const kube::NamespacedName& node) {
    std::shared_ptr<kube::Transport>& transport = transports_[node];
    if (!transport) transport = transport_to_(api::sidecar_url(node));
    return std::make_unique<HttpSidecar>(transport, token_, clock_);
}

void HttpSidecarFactory::forget(const kube::NamespacedName& node) {
    transports_.erase(node);
}

}  // namespace sei::sidecar
