// Plays the statuses of StatefulSets, Jobs and claims on a server that has no controllers for them.
#pragma once

#include <memory>
#include <string>

#include "kube/http/transport.hpp"
#include "kube/runtime/log.hpp"
#include "kube/runtime/manager.hpp"

namespace devcluster::workloads {

/// Without any pod: a StatefulSet is rolled as soon as it is written, a Job is complete, a claim is bound. The
/// finalizers of Jobs and claims that are being deleted are taken away, as their controllers would.
class StatusFaker {
public:
    /// Registers its caches with the manager, before that runs. The manager is destroyed first.
    StatusFaker(kube::Manager& manager, kube::Transport& transport, kube::Logger log);
    ~StatusFaker();
    StatusFaker(const StatusFaker&) = delete;
    StatusFaker& operator=(const StatusFaker&) = delete;

    /// Until `stop`.
    [[nodiscard]] kube::Async<> run();
    void stop();

    /// Statuses of StatefulSets and Jobs stand still, everywhere or in one namespace (deletions and claims go on).
    /// When it returns, no write is under way any more.
    [[nodiscard]] kube::Async<> pause(std::string namespace_ = {});
    /// Ends every pause of the namespace; without one, all pauses.
    void resume(const std::string& namespace_ = {});
    [[nodiscard]] bool is_paused(const std::string& namespace_) const;
    /// Is no write under way, and nothing to be played now?
    [[nodiscard]] bool is_at_rest() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace devcluster::workloads
