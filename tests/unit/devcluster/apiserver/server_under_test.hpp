// An API server on virtual time, called directly: one line per request.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include "devcluster/apiserver/api_server.hpp"
#include "kube/async/manual_clock.hpp"
#include "kube/http/server.hpp"
#include "kube/json/json.hpp"

namespace devcluster::apiserver::test {

/// An answer, with its body as JSON.
struct Answered {
    unsigned code = 0;
    kube::json::Value body;
    std::vector<kube::HttpHeader> headers;

    [[nodiscard]] std::string text(std::string_view pointer) const {
        boost::system::error_code error;
        const kube::json::Value* found = body.find_pointer(pointer, error);
        if (found == nullptr) return "<absent>";
        return found->is_string() ? std::string{found->get_string()} : boost::json::serialize(*found);
    }
    [[nodiscard]] bool has(std::string_view pointer) const {
        boost::system::error_code error;
        return body.find_pointer(pointer, error) != nullptr;
    }
    [[nodiscard]] std::string message() const { return text("/message"); }
    [[nodiscard]] std::string warning() const {
        for (const kube::HttpHeader& header : headers) {
            if (header.name == "warning") return header.value;
        }
        return "";
    }
};

/// The lines of a watch, as they come.
class WatchLines final : public kube::ResponseWriter {
public:
    kube::Async<> write(std::string chunk) override {
        buffer += chunk;
        co_return;
    }
    /// "ADDED a, MODIFIED b": type and name of each event.
    [[nodiscard]] std::string events() const {
        std::string out;
        for (const kube::json::Value& event : lines()) {
            const std::string_view name = kube::json::find_string(event, {"object", "metadata", "name"});
            if (!out.empty()) out += ", ";
            out += kube::json::find_string(event, {"type"});
            if (!name.empty()) out += fmt::format(" {}", name);
        }
        return out;
    }
    [[nodiscard]] std::vector<kube::json::Value> lines() const {
        std::vector<kube::json::Value> out;
        std::string_view rest = buffer;
        while (!rest.empty()) {
            const std::size_t end = rest.find('\n');
            out.push_back(kube::json::parse(rest.substr(0, end)));
            rest.remove_prefix(end + 1);
        }
        return out;
    }

    std::string buffer;
    bool has_ended = false;
};

class ServerUnderTest {
public:
    explicit ServerUnderTest(ApiServerOptions options = {})
        : clock{loop.get_executor()}, server{loop.get_executor(), clock, std::move(options)} {}
    ~ServerUnderTest() {
        server.end_watches();
        settle();
    }

    Answered get(const std::string& target, const std::string& accept = "application/json") {
        return send(kube::HttpMethod::Get, "GET", target, "", {{"accept", accept}});
    }
    Answered post(const std::string& target, const std::string& body) {
        return send(kube::HttpMethod::Post, "POST", target, body, {{"content-type", "application/json"}});
    }
    Answered put(const std::string& target, const std::string& body) {
        return send(kube::HttpMethod::Put, "PUT", target, body, {{"content-type", "application/json"}});
    }
    /// `kind` of patch: merge, json, strategic, apply.
    Answered patch(const std::string& kind, const std::string& target, const std::string& body) {
        const std::string type = kind == "merge"       ? "application/merge-patch+json"
                                 : kind == "json"      ? "application/json-patch+json"
                                 : kind == "strategic" ? "application/strategic-merge-patch+json"
                                                       : "application/apply-patch+yaml";
        return send(kube::HttpMethod::Patch, "PATCH", target, body, {{"content-type", type}});
    }
    Answered remove(const std::string& target, const std::string& body = "") {
        return send(kube::HttpMethod::Delete, "DELETE", target, body, {{"content-type", "application/json"}});
    }

    Answered send(
        kube::HttpMethod method,
        std::string name,
        std::string target,
        std::string body,
        std::vector<kube::HttpHeader> headers
    ) {
        headers.push_back({"user-agent", "test/1.0"});
        const auto answer = ask(
            {.method = method,
             .method_name = std::move(name),
             .target = std::move(target),
             .headers = std::move(headers),
             .body = std::move(body)}
        );
        Answered out{.code = answer.response.status, .body = {}, .headers = answer.response.headers};
        boost::system::error_code error;
        out.body = boost::json::parse(answer.response.body, error);
        return out;
    }

    /// Opens a watch, which goes on until the server is gone.
    std::shared_ptr<WatchLines> watch(const std::string& target) {
        auto lines = std::make_shared<WatchLines>();
        auto answer = std::make_shared<kube::HttpHandler::Answer>(
            ask({.target = target, .headers = {{"accept", "application/json"}}, .body = ""})
        );
        EXPECT_EQ(answer->response.status, 200u) << answer->response.body;
        if (!answer->stream) return lines;
        boost::asio::co_spawn(loop, answer->stream(*lines), [lines, answer](std::exception_ptr) {
            lines->has_ended = true;
        });
        settle();
        return lines;
    }

    /// Runs everything that can run now.
    void settle() {
        loop.restart();
        loop.poll();
    }

    boost::asio::io_context loop;
    kube::ManualClock clock;
    ApiServer server;

private:
    kube::HttpHandler::Answer ask(kube::ServedRequest request) {
        kube::HttpHandler::Answer out;
        bool is_done = false;
        boost::asio::co_spawn(
            loop,
            server.handler().handle(std::move(request)),
            [&](std::exception_ptr error, kube::HttpHandler::Answer answer) {
                if (error) std::rethrow_exception(error);
                out = std::move(answer);
                is_done = true;
            }
        );
        settle();
        EXPECT_TRUE(is_done) << "the request waits for something";
        return out;
    }
};

inline const std::string kConfigMaps = "/api/v1/namespaces/default/configmaps";
inline const std::string kStatefulSets = "/apis/apps/v1/namespaces/default/statefulsets";
inline const std::string kWidgets = "/apis/example.com/v1/namespaces/default/widgets";

inline std::string a_config_map(const std::string& name, const std::string& data = R"({"a":"b"})") {
    return fmt::format(R"({{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{}"}},"data":{}}})", name, data);
}

inline std::string a_stateful_set(const std::string& name) {
    return fmt::format(
        R"({{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{{"name":"{0}"}},"spec":{{"serviceName":"{0}",
        "selector":{{"matchLabels":{{"app":"{0}"}}}},"template":{{"metadata":{{"labels":{{"app":"{0}"}}}},
        "spec":{{"containers":[{{"name":"c","image":"nginx:1"}}]}}}}}}}})",
        name
    );
}

inline constexpr std::string_view kWidgetDefinition = R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    additionalPrinterColumns:
    - {name: Size, type: integer, jsonPath: .spec.size}
    - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: integer, minimum: 0}
              color: {type: string, default: red}
              parts:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items: {type: object, required: [name], properties: {name: {type: string}, count: {type: integer}}}
          status:
            type: object
            properties:
              phase: {type: string}
              conditions: {type: array, items: {type: object, properties: {type: {type: string}, status: {type: string}}}}
)";

inline std::string a_widget(const std::string& name, int size = 1) {
    return fmt::format(
        R"({{"apiVersion":"example.com/v1","kind":"Widget","metadata":{{"name":"{}"}},"spec":{{"size":{}}}}})",
        name,
        size
    );
}

}  // namespace devcluster::apiserver::test
