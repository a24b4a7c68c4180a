// One operator of the simulated world, through all its lives.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kube/async/scope.hpp"
#include "kube/async/signal.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/runtime/reconciler.hpp"
#include "sei/api/deployment.hpp"
#include "sei/api/node.hpp"
#include "sei/platform/platform.hpp"
#include "sei/sidecar/http_sidecar.hpp"
#include "sim/ways.hpp"

namespace sim {

/// Where a planted bug gets in between an operator and its world. Each call may return what it was given. One object
/// for one life of an operator; it outlives the manager.
class Tampering {
public:
    virtual ~Tampering() = default;
    [[nodiscard]] virtual kube::Transport& transport(kube::Transport& way) { return way; }
    [[nodiscard]] virtual sei::sidecar::SidecarFactory& sidecars(sei::sidecar::SidecarFactory& real) { return real; }
    [[nodiscard]] virtual kube::Reconciler<sei::api::SeiNode>& reconciler(
        kube::Manager& manager, kube::Reconciler<sei::api::SeiNode>& real
    ) {
        static_cast<void>(manager);
        return real;
    }
    [[nodiscard]] virtual kube::Reconciler<sei::api::SeiNodeDeployment>& fleet_reconciler(
        kube::Manager& manager, kube::Reconciler<sei::api::SeiNodeDeployment>& real
    ) {
        static_cast<void>(manager);
        return real;
    }
};
using MakeTampering = std::function<std::unique_ptr<Tampering>(std::uint64_t seed, kube::Clock& clock)>;

struct OperatorSettings {
    std::string name = "operator-a";
    std::uint64_t seed = 0;
    bool elects_leader = false;
    /// Null: no planted bug.
    MakeTampering tamper;
};

/// The operator as `cmd/sei-operator` wires it, over stormy ways. It dies, loses its lease or is restarted, and begins
/// anew with nothing remembered, until it is retired.
class OperatorProcess {
public:
    /// Everything outlives the process. `next_incarnation` is shared by all operators of the world.
    OperatorProcess(
        Surroundings& around,
        kube::HttpHandler& api_server,
        kube::HttpHandler& sidecar_host,
        const sei::platform::Platform& platform,
        const SidecarWay::TroubleOf& trouble_of,
        unsigned& next_incarnation,
        OperatorSettings settings
    );
    ~OperatorProcess();
    OperatorProcess(const OperatorProcess&) = delete;
    OperatorProcess& operator=(const OperatorProcess&) = delete;

    /// Life after life, until `retire`.
    [[nodiscard]] kube::Async<> lives();
    void retire();
    /// In order, as SIGTERM does; another life follows.
    void restart();
    [[nodiscard]] const Process& process() const { return process_; }
    /// Null between two lives.
    [[nodiscard]] kube::Manager* manager() const;

private:
    struct Life;
    Surroundings& around_;
    kube::HttpHandler& api_server_;
    kube::HttpHandler& sidecar_host_;
    const sei::platform::Platform& platform_;
    const SidecarWay::TroubleOf& trouble_of_;
    unsigned& next_incarnation_;
    OperatorSettings settings_;
    Process process_;
    kube::Signal changed_;
    kube::Random random_;
    std::unique_ptr<Life> life_;
    bool is_retired_ = false;
    bool must_restart_ = false;
};

}  // namespace sim
