// What the API server must accept, refuse and fill in for our kinds: data, no I/O.
//
// Every default (spec 01 §10.1), every CEL rule (§9), every immutability (§10.3) and every bound of the schema (§4-8)
// has cases here, both ways. They hold on the embedded cluster and on a real kube-apiserver.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace integration {

/// One write and what must come of it.
struct CrdCase {
    /// A sentence that says what must happen.
    std::string behaviour;
    /// "seinodes", "seinodedeployments" or "seinodetasks".
    std::string_view plural;
    /// The object that is there before, without a name; nullopt: the write is a create.
    std::optional<boost::json::object> before;
    /// The object to write: a create, or an update (PUT) of `before` with its name and resourceVersion.
    boost::json::object after;
    bool is_accepted = true;
    /// Of a refusal (422 Invalid): the field of one of its causes.
    std::string field;
    /// Of a refusal: what the cause's message contains.
    std::string message;
    /// Of an acceptance: what the stored object must contain: each member that is named here, to any depth; a null says
    /// that the member must not be there. Lists are compared as a whole.
    std::optional<boost::json::object> stored;
};

/// Does `actual` contain all of `expected`, as `CrdCase::stored` means it?
[[nodiscard]] bool contains(const boost::json::value& actual, const boost::json::value& expected);

[[nodiscard]] std::vector<CrdCase> crd_cases();

}  // namespace integration
