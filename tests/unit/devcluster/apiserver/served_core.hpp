// The state of a server with its built-in kinds and one custom one, for tests that ask what is served.
#pragma once

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <vector>

#include "devcluster/apiserver/builtin_kind.hpp"
#include "devcluster/apiserver/core.hpp"
#include "kube/async/system_clock.hpp"

namespace devcluster::apiserver {

/// A server's core, without a server.
class ServedCore {
public:
    ServedCore() { register_builtin_kinds(core.registry, core.store, core.types); }

    /// Serves widgets.example.com/v1, with a definition in the store whose schema is `schema`.
    void serve_widgets(std::string_view schema, int generation = 1) {
        Collection& definitions = core.store.collection("apiextensions.k8s.io", "customresourcedefinitions");
        const std::string text = fmt::format(
            R"({{"metadata":{{"name":"widgets.example.com","uid":"u1","generation":{}}},
                "spec":{{"versions":[{{"name":"v1","schema":{{"openAPIV3Schema":{}}}}}]}}}})",
            generation,
            schema
        );
        kube::NamespacedName key;
        key.name = "widgets.example.com";
        core.store.put(definitions, key, boost::json::parse(text));
        serve("v1");
    }

    /// Serves another version of widgets.
    void serve(std::string version) {
        Resource widgets;
        widgets.group = "example.com";
        widgets.version = std::move(version);
        widgets.kind = "Widget";
        widgets.list_kind = "WidgetList";
        widgets.plural = "widgets";
        widgets.singular = "widget";
        widgets.short_names = {"wd"};
        widgets.categories = {"all"};
        widgets.has_status = true;
        widgets.scale = ScalePaths{.spec_replicas = ".spec.replicas"};
        core.registry.add(std::make_shared<const Resource>(std::move(widgets)));
    }

    [[nodiscard]] static kube::ServedRequest get(std::string target, std::string accept = "") {
        kube::ServedRequest request;
        request.target = std::move(target);
        request.headers.push_back({"host", "127.0.0.1:6443"});
        if (!accept.empty()) request.headers.push_back({"accept", std::move(accept)});
        return request;
    }

private:
    boost::asio::io_context loop_;
    kube::SystemClock clock_{loop_.get_executor()};

public:
    Core core{
        .clock = clock_,
        .store = Store{loop_.get_executor(), 100},
        .types = {},
        .registry = {},
        .uids = UidSource{1},
        .faults = {},
        .audit = {}
    };
};

/// The value at "/a/b/0".
[[nodiscard]] inline const kube::json::Value& at(const kube::json::Value& value, std::string_view pointer) {
    return value.at_pointer(pointer);
}

/// The element of a list of objects whose `key` is `value`; throws std::out_of_range when there is none.
[[nodiscard]] inline const kube::json::Value& find_in(
    const kube::json::Value& list, std::string_view key, std::string_view value
) {
    for (const kube::json::Value& element : list.as_array()) {
        if (element.at(key).as_string() == value) return element;
    }
    throw std::out_of_range{fmt::format("nothing has {} = {}", key, value)};
}

}  // namespace devcluster::apiserver
