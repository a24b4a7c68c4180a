// What all verbs work on, and what they answer with.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "devcluster/apiserver/audit.hpp"
#include "devcluster/apiserver/builtin_types.hpp"
#include "devcluster/apiserver/document_cache.hpp"
#include "devcluster/apiserver/faults.hpp"
#include "devcluster/apiserver/json_memory.hpp"
#include "devcluster/apiserver/registry.hpp"
#include "devcluster/apiserver/request.hpp"
#include "devcluster/apiserver/store.hpp"
#include "devcluster/apiserver/uid_source.hpp"
#include "kube/async/clock.hpp"
#include "kube/http/server.hpp"

namespace devcluster::apiserver {

/// The state of one server.
struct Core {
    kube::Clock& clock;
    Store store;
    BuiltinTypes types;
    Registry registry;
    UidSource uids;
    Faults faults;
    Audit audit;
    DocumentCache documents{};
    /// Of the JSON that one request works on: gone with the beginning of the next.
    std::unique_ptr<JsonMemory> scratch = std::make_unique<JsonMemory>(kScratchBytes);
    static constexpr std::size_t kScratchBytes = 64U << 10U;

    [[nodiscard]] boost::json::storage_ptr storage() const { return scratch->storage(); }

    /// Now, as it is written into objects.
    [[nodiscard]] std::string now() const;
};

/// An answer before it is HTTP.
struct Reply {
    unsigned status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::vector<std::string> warnings;
    std::function<kube::Async<>(kube::ResponseWriter&)> stream;
};

/// A JSON document as an answer.
[[nodiscard]] Reply json_reply(const kube::json::Value& value, unsigned status = 200);
/// One object, in the form that the request asks for.
[[nodiscard]] Reply object_reply(
    const Core& core, const ResourceRequest& request, const StoredObject& object, unsigned status = 200
);

}  // namespace devcluster::apiserver
