// A request as the verbs see it: where it points, what it asks, in which form it wants the answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "devcluster/apiserver/resource.hpp"
#include "kube/http/server.hpp"

namespace devcluster::apiserver {

/// The query of a target, decoded.
class Query {
public:
    [[nodiscard]] static Query parse(std::string_view query);
    /// The first value of `name`, or an empty view.
    [[nodiscard]] std::string_view get(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const;
    /// "true" or "1". Throws StatusError 400 for anything that is no boolean.
    [[nodiscard]] bool flag(std::string_view name) const;
    /// Nullopt when absent; StatusError 400 when it is no number.
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> values_;
};

/// A path split at slashes and decoded, and the query behind it.
struct Target {
    std::vector<std::string> segments;
    Query query;
    [[nodiscard]] static Target parse(std::string_view target);
};

/// The form of an answer, negotiated from the Accept header.
enum class Form { Object, Table, PartialMetadata };

/// A request for a resource.
struct ResourceRequest {
    ResourcePtr resource;
    std::string namespace_;
    std::string name;
    std::string subresource;
    const Query& query;
    const kube::ServedRequest& http;
    Form form = Form::Object;
    /// What the client shall be warned of, whatever becomes of the request. Null where nobody listens.
    std::vector<std::string>* warnings = nullptr;

    [[nodiscard]] kube::NamespacedName key() const { return {namespace_, name}; }
    [[nodiscard]] Endpoint endpoint() const;
    /// The fieldManager parameter, else the user agent up to its first slash.
    [[nodiscard]] std::string field_manager() const;
    /// dryRun=All. Throws StatusError 422 for another value.
    [[nodiscard]] bool is_dry_run() const;
};

/// Reads the Accept header. Throws StatusError 406 when nothing that it lists can be sent.
[[nodiscard]] Form negotiate(std::string_view accept);

/// A body as JSON: JSON; YAML or protocol buffers where the content type says so. Throws StatusError 400 or 415.
/// Duplicate keys are added to `duplicates`, as paths. JSON is read into
/// `storage`.
[[nodiscard]] kube::json::Value parse_body(
    const kube::ServedRequest& http,
    const BuiltinTypes& types,
    std::vector<std::string>& duplicates,
    boost::json::storage_ptr storage
);

}  // namespace devcluster::apiserver
