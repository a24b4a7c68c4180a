// One finalizer of an object, put on and taken off: all others stay as they were read.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "kube/client/client.hpp"
#include "kube/runtime/requeue.hpp"

namespace kube {

/// `object` with `finalizer`: as it was given, or as a write that carries its version returned it. Where that is
/// refused, what wakes the key.
template <Kind K>
[[nodiscard]] Async<std::expected<Snapshot<K>, Requeue>> with_finalizer(
    Client& client, Snapshot<K> object, std::string_view finalizer
) {
    if (object->metadata.has_finalizer(finalizer)) co_return object;
    std::vector<std::string> finalizers = object->metadata.finalizers;
    finalizers.emplace_back(finalizer);
    auto written = co_await client.write_finalizers(object, std::move(finalizers));
    if (!written) co_return std::unexpected(after_refusal(written.error(), object.resource_version()));
    co_return *std::move(written);
}

/// `object` without `finalizer`, likewise.
template <Kind K>
[[nodiscard]] Async<std::expected<Snapshot<K>, Requeue>> without_finalizer(
    Client& client, Snapshot<K> object, std::string_view finalizer
) {
    std::vector<std::string> finalizers = object->metadata.finalizers;
    if (std::erase(finalizers, finalizer) == 0) co_return object;
    auto written = co_await client.write_finalizers(object, std::move(finalizers));
    if (!written) co_return std::unexpected(after_refusal(written.error(), object.resource_version()));
    co_return *std::move(written);
}

}  // namespace kube
