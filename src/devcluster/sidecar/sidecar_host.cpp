#include "devcluster/sidecar/sidecar_host.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace devcluster::sidecar {

namespace {

using Answer = kube::HttpHandler::Answer;

Answer plain(unsigned status, std::string body) {
    Answer answer;
    answer.response.status = status;
    answer.response.body = std::move(body);
    if (!answer.response.body.empty()) {
        answer.response.headers.push_back({"content-type", "text/plain; charset=utf-8"});
    }
    return answer;
}

Answer json(unsigned status, const boost::json::value& body) {
    Answer answer;
    answer.response.status = status;
    answer.response.headers.push_back({"content-type", "application/json"});
    answer.response.body = boost::json::serialize(body) + "\n";
    return answer;
}

Answer error(unsigned status, std::string_view text) {
    return json(status, boost::json::object{{"error", text}});
}

/// Where a request goes: its host, and its path without the query.
struct Destination {
    std::string_view host;
    std::string_view path;
    std::string_view query;
};

Destination destination_of(const kube::ServedRequest& request) {
    Destination destination{.host = request.header("host"), .path = request.target};
    constexpr std::string_view kScheme = "http://";
    if (destination.path.starts_with(kScheme)) {
        destination.path.remove_prefix(kScheme.size());
        const std::size_t slash = std::min(destination.path.find('/'), destination.path.size());
        destination.host = destination.path.substr(0, slash);
        destination.path.remove_prefix(slash);
    }
    const std::size_t question = destination.path.find('?');
    if (question != std::string_view::npos) {
        destination.query = destination.path.substr(question + 1);
        destination.path = destination.path.substr(0, question);
    }
    return destination;
}

/// A request that hangs sleeps from one to the next, until its client gives up.
constexpr std::chrono::hours kOneDay{24};

constexpr std::string_view kTasks = "/v0/tasks";
constexpr std::string_view kTaskPrefix = "/v0/tasks/";

struct Route {
    Endpoint endpoint = Endpoint::Unknown;
    bool is_known_path = false;
};

/// Which methods a path knows is told apart from which paths there are: 405 and 404.
Route route_of(std::string_view method, std::string_view path) {
    const auto get_only = [&](Endpoint endpoint) {
        return Route{method == "GET" || method == "HEAD" ? endpoint : Endpoint::Unknown, true};
    };
    if (path == kTasks) {
        if (method == "POST") return {Endpoint::SubmitTask, true};
        return get_only(Endpoint::ListTasks);
    }
    if (path.starts_with(kTaskPrefix) && path.size() > kTaskPrefix.size() &&
        path.find('/', kTaskPrefix.size()) == std::string_view::npos) {
        if (method == "DELETE") return {Endpoint::DeleteTask, true};
        return get_only(Endpoint::GetTask);
    }
    if (path == "/v0/healthz" || path == "/v0/startupz") return get_only(Endpoint::Healthz);
    if (path == "/v0/livez") return get_only(Endpoint::Livez);
    if (path == "/v0/status") return get_only(Endpoint::Status);
    if (path == "/v0/node-id") return get_only(Endpoint::NodeId);
    if (path == "/v0/metrics") return get_only(Endpoint::Metrics);
    return {};
}

/// The four paths that need no authentication (spec 05 §15.4 S3).
bool is_open(Endpoint endpoint) {
    return endpoint == Endpoint::Healthz || endpoint == Endpoint::Livez || endpoint == Endpoint::Metrics;
}

/// What the proxy, or the sidecar where the proxy has no text of its own, sends with a status.
Answer faulty(unsigned status, const kube::ServedRequest& request) {
    constexpr std::string_view kUser = "system:serviceaccount:sei-system:sei-controller-manager";
    switch (status) {
        case 401:
            return plain(401, "Unauthorized\n");
        case 403:
            return plain(
                403,
                fmt::format(
                    "Forbidden (user={}, verb={}, resource=seinodetasks, subresource=)\n",
                    kUser,
                    request.method_name == "POST" ? "create" : "get"
                )
            );
        case 500:
            return plain(500, fmt::format("Authorization error (user={})\n", kUser));
        case 400:
            return error(400, "scripted refusal");
        default:
            return plain(status, "");
    }
}

}  // namespace

std::optional<kube::NamespacedName> node_of_host(std::string_view host) {
    host = host.substr(0, host.find(':'));
    constexpr std::string_view kSuffix = ".svc.cluster.local";
    if (!host.ends_with(kSuffix)) return std::nullopt;
    host.remove_suffix(kSuffix.size());
    const std::size_t dot = host.rfind('.');
    if (dot == std::string_view::npos || dot + 1 == host.size()) return std::nullopt;
    const std::string_view namespace_ = host.substr(dot + 1);
    const std::string_view pod = host.substr(0, dot);  // <name>-0.<name>
    if (pod.size() < 5 || pod.size() % 2 == 0) return std::nullopt;
    const std::string_view name = pod.substr((pod.size() + 3) / 2);
    if (pod != fmt::format("{0}-0.{0}", name)) return std::nullopt;
    return kube::NamespacedName{std::string{namespace_}, std::string{name}};
}

SidecarHost::SidecarHost(kube::Clock& clock, SidecarHostOptions options)
    : clock_{clock}, options_{std::move(options)} {}

NodeSidecar& SidecarHost::node(const kube::NamespacedName& key) {
    auto& node = nodes_[key];
    if (!node) {
        node = std::make_unique<NodeSidecar>(key, clock_, buckets_, scripts_);
        if (!options_.serves_without_pod) node->stop();
    }
    return *node;
}

kube::Async<Answer> SidecarHost::handle(kube::ServedRequest request) {
    ++requests_;
    const Destination destination = destination_of(request);
    const auto key = node_of_host(destination.host);
    if (!key) {
        co_return plain(
            502,
            fmt::format(
                "no node's sidecar is at \"{}\": ask <node>-0.<node>.<namespace>.svc.cluster.local\n", destination.host
            )
        );
    }
    const Endpoint endpoint = route_of(request.method_name, destination.path).endpoint;
    if (const auto fault = faults_.take(*key, endpoint)) {
        switch (faults_[*fault].kind) {
            case HttpFault::Kind::Status:
                co_return faulty(faults_[*fault].status, request);
            case HttpFault::Kind::Garbage: {
                Answer garbage = json(endpoint == Endpoint::SubmitTask ? 201 : 200, nullptr);
                garbage.response.body = "{\"id\":";
                co_return garbage;
            }
            case HttpFault::Kind::Hang:
                while (true) co_await clock_.sleep_for(kOneDay);
            case HttpFault::Kind::Hold:
                co_await faults_.cleared(*fault);
                break;
        }
    }
    Answer answered = answer(*key, request);
    notice_ready(*key);
    co_return answered;
}

void SidecarHost::notice_ready(const kube::NamespacedName& key) {
    if (!on_ready_) return;
    NodeSidecar& sidecar = node(key);
    if (!sidecar.is_serving() || !sidecar.is_ready()) {
        known_ready_.erase(key);
    } else if (known_ready_.insert(key).second) {
        on_ready_(key);
    }
}

std::optional<Answer> SidecarHost::refused(const kube::ServedRequest& request, Endpoint endpoint) const {
    if (options_.authentication == Authentication::None || is_open(endpoint)) return std::nullopt;
    if (options_.authentication == Authentication::BearerToken) {
        constexpr std::string_view kBearer = "Bearer ";
        std::string_view token = request.header("authorization");
        if (!token.starts_with(kBearer)) return plain(401, "Unauthorized\n");
        token.remove_prefix(kBearer.size());
        const bool is_accepted = options_.accepted_tokens.empty() || options_.accepted_tokens.contains(token);
        if (token.empty() || !is_accepted) return plain(401, "Unauthorized\n");
        return std::nullopt;
    }
    std::vector<std::string_view> users;
    for (const kube::HttpHeader& header : request.headers) {
        if (header.name == "x-remote-user") users.push_back(header.value);
    }
    if (users.empty()) return error(401, "missing X-Remote-User header");
    if (users.size() > 1) {
        return error(401, "expected exactly one X-Remote-User header — proxy must overwrite, not append");
    }
    if (users.front().empty()) return error(401, "empty X-Remote-User header");
    return std::nullopt;
}

Answer SidecarHost::answer(const kube::NamespacedName& key, const kube::ServedRequest& request) {
    NodeSidecar& sidecar = node(key);
    const Destination destination = destination_of(request);
    const auto [endpoint, is_known_path] = route_of(request.method_name, destination.path);
    const std::string_view id =
        destination.path.starts_with(kTaskPrefix) ? destination.path.substr(kTaskPrefix.size()) : std::string_view{};
    if (auto refusal = refused(request, endpoint)) return std::move(*refusal);
    if (!sidecar.is_serving()) return plain(502, "");

    switch (endpoint) {
        case Endpoint::SubmitTask:
            return submit(key, request);
        case Endpoint::GetTask: {
            const auto row = sidecar.get(id);
            return row ? json(200, row->to_json()) : error(404, "task not found");
        }
        case Endpoint::ListTasks: {
            boost::json::array rows;
            for (const TaskRow& row : sidecar.list()) rows.push_back(row.to_json());
            return json(200, rows);
        }
        case Endpoint::DeleteTask:
            return sidecar.erase(id) ? plain(204, "") : error(404, "task not found");
        case Endpoint::Healthz:
            return plain(sidecar.is_ready() ? 200 : 503, "");
        case Endpoint::Livez:
            return plain(200, "");
        case Endpoint::Status:
            return json(200, boost::json::object{{"status", sidecar.is_ready() ? "Ready" : "Initializing"}});
        case Endpoint::NodeId: {
            const auto node_id = sidecar.node_id();
            return node_id ? json(200, boost::json::object{{"nodeId", *node_id}}) : error(500, node_id.error());
        }
        case Endpoint::Metrics:
            return plain(200, fmt::format("# TYPE seictl_tasks gauge\nseictl_tasks {}\n", sidecar.list().size()));
        case Endpoint::Any:
        case Endpoint::Unknown:
            break;
    }
    return is_known_path ? plain(405, "Method Not Allowed\n") : plain(404, "404 page not found\n");
}

Answer SidecarHost::submit(const kube::NamespacedName& key, const kube::ServedRequest& request) {
    boost::system::error_code broken;
    boost::json::stream_parser parser;
    // What follows the first value is not looked at.
    parser.write_some(request.body, broken);
    if (!broken && !parser.done()) parser.finish(broken);
    const boost::json::value body = broken ? boost::json::value{} : parser.release();
    if (!body.is_object()) return error(400, "invalid request body");

    std::string id;
    std::string type;
    boost::json::object params;
    const auto read_text = [&](std::string_view name, std::string& into) {
        const boost::json::value* found = body.as_object().if_contains(name);
        if (found == nullptr || found->is_null()) return true;
        if (!found->is_string()) return false;
        into = found->as_string();
        return true;
    };
    if (!read_text("id", id) || !read_text("type", type)) return error(400, "invalid request body");
    if (const auto* found = body.as_object().if_contains("params"); found != nullptr && !found->is_null()) {
        if (!found->is_object()) return error(400, "invalid request body");
        params = found->as_object();
    }

    const auto accepted = node(key).submit(std::move(id), type, params);
    if (!accepted) return error(400, accepted.error());
    submissions_.push_back({key, *accepted, std::move(type), std::move(params)});
    return json(201, boost::json::object{{"id", *accepted}});
}

}  // namespace devcluster::sidecar
