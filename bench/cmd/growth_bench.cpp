// How a fleet's creation grows with the fleet: real processes on the embedded cluster, from the first write to the last
// node Running. What is linear has the same figures per node in every row.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <boost/asio/io_context.hpp>

#include "kube/async/scope.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/http/https_transport.hpp"
#include "kube/runtime/manager.hpp"
#include "sei/api/deployment.hpp"
#include "sei/platform/platform.hpp"
#include "support/child_process.hpp"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using sei::api::SeiNodeDeployment;

constexpr int kReplicas = 10;
constexpr auto kStartLimit = 30s;
constexpr auto kFleetLimit = 900s;

/// Seconds of both processors that a process has used so far.
double cpu_seconds(pid_t pid) {
    std::ifstream file{fmt::format("/proc/{}/stat", pid)};
    std::stringstream text;
    text << file.rdbuf();
    std::istringstream fields{text.str().substr(text.str().rfind(')') + 2)};
    std::string ignored;
    for (int i = 0; i < 11; ++i) fields >> ignored;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double peak_megabytes(pid_t pid) {
    std::ifstream file{fmt::format("/proc/{}/status", pid)};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
    }
    return 0;
}

/// Cluster, operator, and a client that writes deployments and watches them.
class World {
public:
    bool start() {
        cluster_ = std::make_unique<support::ChildProcess>(support::ChildProcess::Options{
            .program = SEI_BINARY_DIR "/bin/sei-devcluster",
            .arguments =
                {"--crds",
                 SEI_SOURCE_DIR "/config/crd",
                 "--kubeconfig-out",
                 (folder_.path() / "kubeconfig").string(),
                 "--env-out",
                 (folder_.path() / "env").string()},
            .environment = {},
            .log = folder_.path() / "cluster.log"
        });
        if (!run_until(kStartLimit, [&] { return std::filesystem::exists(folder_.path() / "env"); })) return false;
        const std::string env = support::read_file(folder_.path() / "env");
        std::map<std::string, std::string> environment;
        for (const sei::platform::Variable& variable : sei::platform::variables()) {
            environment[std::string{variable.name}] = "1";  // good as a quantity and as a name
        }
        environment["HTTP_PROXY"] = value_of(env, "HTTP_PROXY");
        operator_ = std::make_unique<support::ChildProcess>(support::ChildProcess::Options{
            .program = SEI_BINARY_DIR "/bin/sei-operator",
            .arguments =
                {"--kubeconfig",
                 (folder_.path() / "kubeconfig").string(),
                 "--leader-elect=false",
                 "--metrics-bind-address=0",
                 "--health-probe-bind-address=0"},
            .environment = environment,
            .log = folder_.path() / "operator.log"
        });
        kube::TransportConfig config;
        config.origin = value_of(env, "SEI_DEVCLUSTER");
        config.proxy_settings.reset();
        transport_ = std::make_unique<kube::HttpsTransport>(pool_, config);
        manager_ = std::make_unique<kube::Manager>(loop_.get_executor(), clock_, *transport_, kube::ManagerOptions{});
        fleets_ = std::make_unique<kube::Cache<SeiNodeDeployment>>(manager_->cache<SeiNodeDeployment>());
        scope_.spawn("observer", manager_->run());
        return run_until(kStartLimit, [&] { return manager_->is_ready(); });
    }

    /// Writes deployments of 10 nodes each, and waits until all are Ready.
    bool create(int nodes) {
        scope_.spawn("create", create_fleets(nodes / kReplicas));
        return run_until(kFleetLimit, [&] { return are_ready(nodes / kReplicas); });
    }

    void stop() {
        if (manager_) manager_->stop();
        (void)run_until(5s, [&] { return scope_.running() == 0; });
        if (operator_) (void)operator_->end(10s);
        (void)cluster_->end(10s);
    }
    [[nodiscard]] double operator_cpu() const { return cpu_seconds(operator_->pid()); }
    [[nodiscard]] double operator_memory() const { return peak_megabytes(operator_->pid()); }
    [[nodiscard]] double cluster_cpu() const { return cpu_seconds(cluster_->pid()); }

private:
    static std::string value_of(const std::string& env, const std::string& name) {
        const std::size_t begin = env.find(name + "=") + name.size() + 1;
        return env.substr(begin, env.find('\n', begin) - begin);
    }
    kube::Async<> create_fleets(int count) {
        for (int i = 0; i < count; ++i) {
            SeiNodeDeployment fleet;
            fleet.metadata.name = fmt::format("fleet-{}", i);
            fleet.metadata.namespace_ = "default";
            fleet.spec.replicas = kReplicas;
            fleet.spec.template_.spec.chainId = "pacific-1";
            fleet.spec.template_.spec.image = "example.com/seid:v1";
            fleet.spec.template_.spec.fullNode.emplace();
            (void)co_await manager_->client().create(std::move(fleet));
        }
    }
    [[nodiscard]] bool are_ready(int count) const {
        const auto fleets = fleets_->list("default");
        if (std::ssize(fleets) != count) return false;
        for (const auto& fleet : fleets) {
            if (fleet->status.phase != sei::api::DeploymentPhase::Ready) return false;
        }
        return true;
    }
    /// The loop runs meanwhile; the question is asked some fifty times a second, so that asking costs nothing.
    template <class Is>
    bool run_until(std::chrono::seconds limit, Is is_there) {
        const auto give_up_at = Clock::now() + limit;
        while (!is_there()) {
            const bool is_alive = (!operator_ || operator_->is_running()) && cluster_->is_running();
            if (!is_alive || Clock::now() > give_up_at) return false;
            loop_.restart();
            loop_.run_for(20ms);
        }
        return true;
    }

    support::TemporaryFolder folder_;
    std::unique_ptr<support::ChildProcess> cluster_;
    std::unique_ptr<support::ChildProcess> operator_;
    boost::asio::io_context loop_{1};
    kube::SystemClock clock_{loop_.get_executor()};
    kube::ConnectionPool pool_{loop_.get_executor(), clock_};
    std::unique_ptr<kube::HttpsTransport> transport_;
    std::unique_ptr<kube::Manager> manager_;
    std::unique_ptr<kube::Cache<SeiNodeDeployment>> fleets_;
    kube::Scope scope_{loop_.get_executor()};
};

/// Deployments of 10 nodes each, `nodes` in all, from the first write until every deployment is Ready.
void creation(benchmark::State& state) {
    const int nodes = static_cast<int>(state.range(0));
    for (auto _ : state) {
        World world;
        if (!world.start()) {
            state.SkipWithError("cluster or operator did not start");
            world.stop();
            break;
        }
        const double operator_before = world.operator_cpu();
        const double cluster_before = world.cluster_cpu();
        const auto started = Clock::now();
        if (!world.create(nodes)) {
            state.SkipWithError("not all deployments became Ready");
            world.stop();
            break;
        }
        state.SetIterationTime(std::chrono::duration<double>(Clock::now() - started).count());
        const double each = 1000.0 / nodes;
        state.counters["operator_cpu_ms_per_node"] = (world.operator_cpu() - operator_before) * each;
        state.counters["cluster_cpu_ms_per_node"] = (world.cluster_cpu() - cluster_before) * each;
        state.counters["operator_peak_mb"] = world.operator_memory();
        world.stop();
    }
}
BENCHMARK(creation)->Arg(50)->Arg(400)->Arg(2000)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
