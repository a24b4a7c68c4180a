// Counts requests: by whom, which verb, on what, with which outcome.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// What is counted together.
struct RequestKey {
    std::string user_agent;
    std::string verb;
    std::string resource;  ///< "statefulsets.apps"
    std::string subresource;
    unsigned code = 0;
    auto operator<=>(const RequestKey&) const = default;
};

/// The requests that were answered since the start, or since `clear`.
class Audit {
public:
    void count(RequestKey key) { ++counts_[std::move(key)]; }
    void clear() { counts_.clear(); }
    [[nodiscard]] const std::map<RequestKey, std::uint64_t>& counts() const { return counts_; }
    /// Requests that changed something or tried to: all verbs but get, list and watch. `agent_prefix` limits whose.
    [[nodiscard]] std::uint64_t writes(std::string_view agent_prefix = "") const;
    [[nodiscard]] kube::json::Array to_json() const;

private:
    std::map<RequestKey, std::uint64_t> counts_;
};

}  // namespace devcluster::apiserver
