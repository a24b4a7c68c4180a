#include "devcluster/apiserver/audit.hpp"

namespace devcluster::apiserver {

std::uint64_t Audit::writes(std::string_view agent_prefix) const {
    std::uint64_t sum = 0;
    for (const auto& [key, count] : counts_) {
        const bool is_read = key.verb.empty() || key.verb == "get" || key.verb == "list" || key.verb == "watch";
        if (!is_read && key.user_agent.starts_with(agent_prefix)) sum += count;
    }
    return sum;
}

kube::json::Array Audit::to_json() const {
    kube::json::Array list;
    for (const auto& [key, count] : counts_) {
        list.push_back(kube::json::Object{
            {"userAgent", key.user_agent},
            {"verb", key.verb},
            {"resource", key.resource},
            {"subresource", key.subresource},
            {"code", key.code},
            {"count", count}
        });
    }
    return list;
}

}  // namespace devcluster::apiserver
