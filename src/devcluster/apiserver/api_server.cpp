#include "devcluster/apiserver/api_server.hpp"

#include "devcluster/apiserver/builtin_kind.hpp"
#include "devcluster/apiserver/core.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/router.hpp"
#include "devcluster/apiserver/yaml.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

constexpr std::string_view kInstallerAgent = "devcluster";

constexpr std::string_view kBootObjects = R"(
apiVersion: v1
kind: Namespace
metadata: {name: default}
---
apiVersion: v1
kind: Namespace
metadata: {name: kube-node-lease}
---
apiVersion: v1
kind: Namespace
metadata: {name: kube-public}
---
apiVersion: v1
kind: Namespace
metadata: {name: kube-system}
---
apiVersion: v1
kind: Service
metadata:
  name: kubernetes
  namespace: default
  labels: {component: apiserver, provider: kubernetes}
spec:
  clusterIP: 10.96.0.1
  ports: [{name: https, port: 443, protocol: TCP, targetPort: 6443}]
)";

kube::HttpHandler::Answer to_answer(Reply reply) {
    kube::HttpHandler::Answer out;
    out.response.status = reply.status;
    out.response.headers.push_back({"content-type", std::move(reply.content_type)});
    out.response.headers.push_back({"cache-control", "no-cache, private"});
    for (const std::string& warning : reply.warnings) {
        out.response.headers.push_back({"warning", fmt::format("299 - {}", boost::json::serialize(Value(warning)))});
    }
    out.response.body = std::move(reply.body);
    out.stream = std::move(reply.stream);
    return out;
}

}  // namespace

struct ApiServer::Impl final : kube::HttpHandler {
    Impl(boost::asio::any_io_executor executor, kube::Clock& clock, ApiServerOptions given)
        : options{std::move(given)},
          core{
              .clock = clock,
              .store = Store{std::move(executor), options.history_events_max},
              .types = {},
              .registry = {},
              .uids = UidSource{options.seed},
              .faults = {},
              .audit = {}
          } {
        register_builtin_kinds(core.registry, core.store, core.types);
    }

    /// The answer to a request, without faults, and counted.
    Reply serve(const Routed& routed, const kube::ServedRequest& request) {
        Reply reply;
        try {
            if (!options.bearer_token.empty() && request.header("authorization") != "Bearer " + options.bearer_token) {
                throw StatusError{401, "Unauthorized", "Unauthorized"};
            }
            reply = answer(core, routed, request);
        } catch (const StatusError& error) {
            reply = refusal(error);
        } catch (const std::exception& error) {
            reply = refusal(internal_error(error.what()));
        }
        count(routed, reply.status);
        return reply;
    }

    void count(const Routed& routed, unsigned code) {
        const RequestSummary& summary = routed.summary;
        core.audit.count(
            {.user_agent = summary.user_agent,
             .verb = summary.verb,
             .resource = summary.group.empty() ? summary.resource : summary.resource + "." + summary.group,
             .subresource = summary.subresource,
             .code = code}
        );
    }

    kube::Async<Answer> handle(kube::ServedRequest request) override {
        const Routed routed = route(core, request);
        if (core.faults.empty()) co_return to_answer(serve(routed, request));
        co_return co_await handle_with_faults(request, routed);
    }

    kube::Async<Answer> handle_with_faults(kube::ServedRequest request, Routed routed) {
        const std::shared_ptr<const Fault> fault = core.faults.next_for(routed.summary);
        if (fault == nullptr) co_return to_answer(serve(routed, request));
        if (fault->delay.count() > 0) co_await core.clock.sleep_for(fault->delay);
        if (fault->struck) fault->struck(routed.summary);
        if (fault->code == 0 && !fault->drop) co_return to_answer(serve(routed, request));
        if (fault->after_effect) static_cast<void>(serve(routed, request));
        if (fault->drop)
            throw kube::TransportError{kube::TransportError::Kind::Broken, "the connection was dropped by a fault"};
        count(routed, fault->code);
        StatusError error{fault->code, reason_of(fault->code), fmt::format("a fault answers with {}", fault->code)};
        const bool asks_to_wait = fault->code == 429 || fault->code == 503;
        if (asks_to_wait) error = std::move(error).retry_after(fault->retry_after_seconds);
        Answer out = to_answer(refusal(error));
        if (asks_to_wait) out.response.headers.push_back({"retry-after", std::to_string(fault->retry_after_seconds)});
        co_return out;
    }

    static std::string reason_of(unsigned code) {
        switch (code) {
            case 401:
                return "Unauthorized";
            case 403:
                return "Forbidden";
            case 404:
                return "NotFound";
            case 409:
                return "Conflict";
            case 410:
                return "Expired";
            case 429:
                return "TooManyRequests";
            case 500:
                return "InternalError";
            case 503:
                return "ServiceUnavailable";
            case 504:
                return "Timeout";
            default:
                return "";
        }
    }

    void install_object(const Object& object) {
        if (const Array* items = array_in(object, "items");
            items != nullptr && string_in(object, "kind").ends_with("List")) {
            for (const Value& item : *items) {
                if (item.is_object()) install_object(item.get_object());
            }
            return;
        }
        const std::string_view api_version = string_in(object, "apiVersion");
        const std::size_t slash = api_version.find('/');
        const std::string_view group = slash == std::string_view::npos ? "" : api_version.substr(0, slash);
        const std::string_view version = slash == std::string_view::npos ? api_version : api_version.substr(slash + 1);
        const ResourcePtr resource = core.registry.find_kind(group, version, string_in(object, "kind"));
        if (resource == nullptr) {
            throw std::runtime_error{
                fmt::format("no matches for kind \"{}\" in version \"{}\"", string_in(object, "kind"), api_version)
            };
        }
        std::string target = group.empty() ? "/api/v1" : fmt::format("/apis/{}/{}", group, version);
        if (resource->is_namespaced) {
            const std::string_view given = string_in(metadata_of(object), "namespace");
            target += fmt::format("/namespaces/{}", given.empty() ? "default" : given);
        }
        target += "/" + resource->plural;
        kube::ServedRequest request{
            .method = kube::HttpMethod::Post,
            .method_name = "POST",
            .target = std::move(target),
            .headers = {{"content-type", "application/json"}, {"user-agent", std::string{kInstallerAgent}}},
            .body = boost::json::serialize(object)
        };
        try {
            const Reply reply = answer(core, route(core, request), request);
            if (reply.status < 300) return;
            const Value status = kube::json::parse(reply.body);
            throw std::runtime_error{std::string{kube::json::find_string(status, {"message"})}};
        } catch (const std::runtime_error& error) {
            throw std::runtime_error{fmt::format(
                "installing {} \"{}\": {}",
                string_in(object, "kind"),
                string_in(metadata_of(object), "name"),
                error.what()
            )};
        }
    }

    ApiServerOptions options;
    Core core;
};

ApiServer::ApiServer(boost::asio::any_io_executor executor, kube::Clock& clock, ApiServerOptions options)
    : impl_{std::make_unique<Impl>(std::move(executor), clock, std::move(options))} {
    install(kBootObjects);
}

ApiServer::~ApiServer() = default;

kube::HttpHandler& ApiServer::handler() {
    return *impl_;
}

void ApiServer::install(std::string_view manifest) {
    for (const Value& document : yaml_documents(manifest)) {
        if (document.is_object()) impl_->install_object(document.get_object());
    }
}

Store& ApiServer::store() {
    return impl_->core.store;
}
Faults& ApiServer::faults() {
    return impl_->core.faults;
}
Audit& ApiServer::audit() {
    return impl_->core.audit;
}
void ApiServer::compact() {
    impl_->core.store.compact();
}
void ApiServer::restore(const Store::Contents& contents, std::uint64_t seed) {
    impl_->core.store.restore(contents);
    impl_->core.uids = UidSource{seed};
    impl_->core.faults.clear();
    impl_->core.audit.clear();
}
void ApiServer::end_watches() {
    impl_->core.store.end_watches();
}

}  // namespace devcluster::apiserver
