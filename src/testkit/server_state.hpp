// What the server has, beside what a cache shows of it.
#pragma once

#include <map>
#include <string>

#include "kube/client/client.hpp"
#include "kube/runtime/cache.hpp"

namespace testkit {

/// Name -> version of the objects of one kind in one namespace (empty: all; then "namespace/name").
using Versions = std::map<std::string, std::string>;

/// Read from the server itself, past every cache.
template <kube::Kind K>
kube::Async<Versions> versions_on_server(kube::Client& client, std::string namespace_) {
    kube::ListOptions options;
    options.namespace_ = namespace_;
    const auto list = co_await client.list<K>(std::move(options));
    Versions versions;
    for (const auto& item : list.items) {
        versions.emplace(
            namespace_.empty() ? kube::to_string(item.key()) : item->metadata.name, item->metadata.resourceVersion
        );
    }
    co_return versions;
}

template <kube::Kind K>
Versions versions_in(const kube::Cache<K>& cache, const std::string& namespace_) {
    Versions versions;
    for (const auto& item : cache.list(namespace_)) {
        versions.emplace(
            namespace_.empty() ? kube::to_string(item.key()) : item->metadata.name, item->metadata.resourceVersion
        );
    }
    return versions;
}

/// The newest of them; empty when there are none.
[[nodiscard]] inline kube::ResourceVersion newest(const Versions& versions) {
    kube::ResourceVersion found;
    for (const auto& [name, version] : versions) {
        kube::ResourceVersion one{version};
        if (one.is_at_least(found)) found = std::move(one);
    }
    return found;
}

}  // namespace testkit
