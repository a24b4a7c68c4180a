#include "sim/pass_oracles.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace sim {
namespace {

/// A key is reconciled anyway when a cache lags for longer than this: then a conflict is its author's own fault.
constexpr std::chrono::seconds kLagMax{30};

/// Three times of what 800 seeds have, all kinds of faults included: 42, to a sidecar.
constexpr unsigned kRequestsInASecondMax = 120;

struct Kind {
    std::string_view resource;
    WatchedKind kind;
};
constexpr Kind kNodes{"seinodes", WatchedKind::Node};
constexpr Kind kFleets{"seinodedeployments", WatchedKind::Deployment};

/// The kind and name of "/apis/…/seinodes/n0/status"; no name for a list.
std::pair<const Kind*, std::string> subject_of(std::string_view path) {
    for (const Kind* kind : {&kNodes, &kFleets}) {
        if (path.ends_with(kind->resource)) return {kind, {}};
        const std::size_t at = path.find(fmt::format("/{}/", kind->resource));
        if (at == std::string_view::npos) continue;
        std::string_view name = path.substr(at + kind->resource.size() + 2);
        return {kind, std::string{name.substr(0, name.find('/'))}};
    }
    return {nullptr, {}};
}

}  // namespace

void OneStatusWritePerPass::exchanged(const Exchange& exchange) {
    const auto [kind, name] = subject_of(exchange.path);
    if (kind == nullptr || exchange.status != 200) return;
    if (name.empty() && exchange.method == kube::HttpMethod::Get) {
        std::uint64_t newest = 0;
        for (const auto& object : view().all(kind->kind)) {
            newest = std::max(newest, static_cast<std::uint64_t>(object->revision()));
        }
        return shown(exchange.by, kind->resource, newest);
    }
    if (exchange.method != kube::HttpMethod::Patch || !exchange.path.ends_with("/status")) return;
    judged();
    const std::pair author{exchange.by.incarnation, std::string{exchange.path}};
    const auto before = unseen_.find(author);
    if (before != unseen_.end() && view().now() - before->second.at < kLagMax) {
        violated(fmt::format(
            "{} wrote PATCH {} before it had been shown version {}, which it wrote itself",
            exchange.by.name,
            exchange.path,
            before->second.version
        ));
    }
    unseen_.erase(author);
    const auto object = view().find(kind->kind, {"default", name});
    if (!object || !exchange.is_answered) return;
    const auto version = static_cast<std::uint64_t>(object->revision());
    if (version <= shown_[{exchange.by.incarnation, std::string{kind->resource}}]) return;  // it changed nothing
    unseen_.emplace(author, Written{version, view().now()});
}

void OneStatusWritePerPass::shown(const Process& to, std::string_view resource, std::uint64_t version) {
    std::uint64_t& newest = shown_[{to.incarnation, std::string{resource}}];
    newest = std::max(newest, version);
    std::erase_if(unseen_, [&](const auto& one) {
        return one.first.first == to.incarnation && one.second.version <= version &&
               one.first.second.find(fmt::format("/{}/", resource)) != std::string::npos;
    });
}

void NoBusyLoop::exchanged(const Exchange& exchange) {
    std::string_view object = exchange.path;
    if (constexpr std::string_view kStatus = "/status"; object.ends_with(kStatus)) {
        object.remove_suffix(kStatus.size());
    }
    count(exchange.by, std::string{object});
}

void NoBusyLoop::exchanged(const SidecarExchange& exchange) {
    count(exchange.by, "the sidecar of " + exchange.node.name);
}

void NoBusyLoop::count(const Process& by, std::string whom) {
    judged();
    if (view().now() - second_begin_ >= std::chrono::seconds{1}) {
        requests_.clear();
        second_begin_ = std::chrono::floor<std::chrono::seconds>(view().now());
    }
    const unsigned many = ++requests_[{by.incarnation, whom}];
    if (many <= kRequestsInASecondMax) return;
    violated(fmt::format("{} sent {} requests within a second: {}", by.name, many, whom));
}

}  // namespace sim
