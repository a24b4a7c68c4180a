#include "sim/operator_process.hpp"

#include <utility>

#include <fmt/format.h>

#include "sei/api/labels.hpp"
#include "sei/deployment/deployment_controller.hpp"
#include "sei/node/node_controller.hpp"

namespace sim {
namespace {

constexpr std::chrono::milliseconds kStartsAgainAfterMax{2'000};

kube::ManagerOptions manager_options(const OperatorSettings& settings, const Process& process, std::uint64_t seed) {
    kube::ManagerOptions options;
    options.seed = seed;
    if (settings.elects_leader) {
        options.leader_election = kube::LeaderElectionOptions{
            .lease_name = std::string{sei::api::kLeaderElectionLease},
            .lease_namespace = "default",
            .identity = fmt::format("{}_{}", process.name, process.incarnation)
        };
    }
    return options;
}

kube::Async<bool> every_host_resolves(std::string) {
    co_return true;
}

}  // namespace

struct OperatorProcess::Life {
    Life(OperatorProcess& whose, std::uint64_t seed)
        : process{whose},
          random{seed},
          scope{whose.around_.executor, [](const std::string&, const std::exception_ptr&) {}},
          tampering{whose.settings_.tamper ? whose.settings_.tamper(random.next(), whose.around_.clock) : nullptr},
          way{whose.around_, whose.api_server_, whose.process_, whose.changed_},
          sidecars{
              [&whose](const std::string& origin) {
                  return std::make_unique<SidecarWay>(
                      whose.around_, whose.sidecar_host_, whose.process_, origin, whose.trouble_of_
                  );
              },
              whose.around_.clock,
              "/nonexistent/token",
              [](const std::string&) {}
          },
          manager{
              whose.around_.executor,
              whose.around_.clock,
              tampering ? tampering->transport(way) : way,
              manager_options(whose.settings_, whose.process_, random.next())
          } {
        reconciler = sei::node::make_reconciler(
            manager,
            {.platform = whose.platform_,
             .sidecars = tampering ? tampering->sidecars(sidecars) : sidecars,
             .random_bits = [this] { return random.next(); },
             .log = {}}
        );
        sei::node::build_controller(manager, tampering ? tampering->reconciler(manager, *reconciler) : *reconciler);
        fleets = sei::deployment::make_reconciler(
            manager,
            {.platform = whose.platform_,
             .sidecars = tampering ? tampering->sidecars(sidecars) : sidecars,
             .resolve_host = &every_host_resolves,
             .random_bits = [this] { return random.next(); },
             .log = {}}
        );
        sei::deployment::build_controller(manager, tampering ? tampering->fleet_reconciler(manager, *fleets) : *fleets);
    }

    [[nodiscard]] kube::Async<> run() {
        try {
            co_await manager.run();
        } catch (const std::exception&) {
            has_failed = true;  // the lease is lost: the process ends
        }
        has_ended = true;
        process.changed_.notify_all();
    }

    OperatorProcess& process;
    kube::Random random;
    kube::Scope scope;
    std::unique_ptr<Tampering> tampering;
    StormyWay way;
    sei::sidecar::HttpSidecarFactory sidecars;
    std::unique_ptr<sei::node::NodeReconciler> reconciler;
    std::unique_ptr<sei::deployment::DeploymentReconciler> fleets;
    kube::Manager manager;
    bool has_ended = false;
    bool has_failed = false;
};

OperatorProcess::OperatorProcess(
    Surroundings& around,
    kube::HttpHandler& api_server,
    kube::HttpHandler& sidecar_host,
    const sei::platform::Platform& platform,
    const SidecarWay::TroubleOf& trouble_of,
    unsigned& next_incarnation,
    OperatorSettings settings
)
    : around_{around},
      api_server_{api_server},
      sidecar_host_{sidecar_host},
      platform_{platform},
      trouble_of_{trouble_of},
      next_incarnation_{next_incarnation},
      settings_{std::move(settings)},
      process_{.name = settings_.name, .is_operator = true},
      changed_{around.executor},
      random_{settings_.seed} {}

OperatorProcess::~OperatorProcess() = default;

kube::Async<> OperatorProcess::lives() {
    while (!is_retired_) {
        process_.incarnation = ++next_incarnation_;
        process_.is_dead = false;
        must_restart_ = false;
        life_ = std::make_unique<Life>(*this, random_.next());
        life_->scope.spawn(process_.name, life_->run());
        while (!is_retired_ && !must_restart_ && !process_.is_dead && !life_->has_ended) co_await changed_.wait();
        life_->manager.stop();
        co_await life_->scope.drained();
        life_.reset();
        if (is_retired_) co_return;
        co_await around_.clock.sleep_for(random_.jittered(kStartsAgainAfterMax / 4, 3));
    }
}

void OperatorProcess::retire() {
    is_retired_ = true;
    changed_.notify_all();
}

void OperatorProcess::restart() {
    must_restart_ = true;
    changed_.notify_all();
}

kube::Manager* OperatorProcess::manager() const {
    return life_ ? &life_->manager : nullptr;
}

}  // namespace sim
