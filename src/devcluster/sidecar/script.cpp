#include "devcluster/sidecar/script.hpp"

#include <boost/asio/this_coro.hpp>

namespace devcluster::sidecar {

std::optional<Script> Scripts::take(const std::string& type) {
    const auto found = entries_.find(type);
    if (found == entries_.end()) return std::nullopt;
    Entry& entry = found->second;
    if (entry.script.times && entry.followed >= *entry.script.times) return std::nullopt;
    ++entry.followed;
    return entry.script;
}

unsigned Scripts::times_followed(const std::string& type) const {
    const auto found = entries_.find(type);
    return found == entries_.end() ? 0 : found->second.followed;
}

HttpFaults::Id HttpFaults::add(HttpFault fault) {
    entries_.push_back({std::move(fault)});
    return entries_.size() - 1;
}

void HttpFaults::clear(Id id) {
    entries_.at(id).is_cleared = true;
    if (some_cleared_) some_cleared_->notify_all();
}

kube::Async<> HttpFaults::cleared(Id id) {
    if (!some_cleared_) some_cleared_ = std::make_unique<kube::Signal>(co_await boost::asio::this_coro::executor);
    while (!entries_.at(id).is_cleared) co_await some_cleared_->wait();
}

unsigned HttpFaults::times_fired(Id id) const {
    return entries_.at(id).fired;
}

std::optional<HttpFaults::Id> HttpFaults::take(const kube::NamespacedName& node, Endpoint endpoint) {
    for (Id id = 0; id < entries_.size(); ++id) {
        Entry& entry = entries_[id];
        const HttpFault& fault = entry.fault;
        if (entry.is_cleared || (fault.times && entry.fired >= *fault.times)) continue;
        if (fault.node && *fault.node != node) continue;
        if (fault.endpoint != Endpoint::Any && fault.endpoint != endpoint) continue;
        ++entry.fired;
        return id;
    }
    return std::nullopt;
}

}  // namespace devcluster::sidecar
