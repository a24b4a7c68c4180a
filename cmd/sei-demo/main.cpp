// The demo: the embedded cluster and the operator as a person would start them, one node that comes up, runs and goes.
//
//   sei-demo [--keep] [--binaries DIR] [--crds DIR]
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "kube/async/scope.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/client/client.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/http/https_transport.hpp"
#include "kube/process/child_process.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/schema/yaml.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/stateful_set.hpp"
#include "progress.hpp"
#include "sei/api/node.hpp"
#include "sei/api/node_queries.hpp"

namespace {

using namespace std::chrono_literals;
using sei::api::SeiNode;

constexpr std::chrono::seconds kStepLimit{60};

/// What the operator is told of its platform, as config/manager does; the demo's cluster has no real storage or
/// gateway.
std::map<std::string, std::string> operator_environment(const std::string& sidecars) {
    return {
        {"SEI_NODEPOOL_NAME", "sei-node"},
        {"SEI_NODEPOOL_ARCHIVE", "sei-archive"},
        {"SEI_TOLERATION_KEY", "sei.io/workload"},
        {"SEI_SERVICE_ACCOUNT", "seid-node"},
        {"SEI_STORAGE_CLASS_PERF", "gp3-10k-750"},
        {"SEI_STORAGE_CLASS_DEFAULT", "gp3"},
        {"SEI_STORAGE_CLASS_ARCHIVE", "gp3-archive"},
        {"SEI_STORAGE_SIZE_DEFAULT", "2000Gi"},
        {"SEI_STORAGE_SIZE_ARCHIVE", "40Ti"},
        {"SEI_RESOURCE_CPU_ARCHIVE", "48"},
        {"SEI_RESOURCE_MEM_ARCHIVE", "448Gi"},
        {"SEI_RESOURCE_CPU_DEFAULT", "4"},
        {"SEI_RESOURCE_MEM_DEFAULT", "32Gi"},
        {"SEI_SNAPSHOT_BUCKET", "demo-snapshots"},
        {"SEI_SNAPSHOT_REGION", "us-east-2"},
        {"SEI_GENESIS_BUCKET", "demo-genesis"},
        {"SEI_GENESIS_REGION", "us-east-2"},
        {"SEI_RESULT_EXPORT_BUCKET", "demo-results"},
        {"SEI_RESULT_EXPORT_REGION", "us-east-2"},
        {"SEI_RESULT_EXPORT_PREFIX", "results/"},
        {"SEI_GATEWAY_NAME", "sei-gateway"},
        {"SEI_GATEWAY_NAMESPACE", "gateway"},
        {"SEI_GATEWAY_DOMAIN", "demo.local"},
        {"SEI_SIDECAR_IMAGE", "example.com/seictl:v1"},
        {"SEI_KUBE_RBAC_PROXY_IMAGE", "example.com/kube-rbac-proxy:v1"},
        {"SEI_COSMOS_EXPORTER_IMAGE", "example.com/cosmos-exporter:v1"},
        {"POD_NAME", "demo"},
        {"POD_NAMESPACE", "default"},
        {"HTTP_PROXY", sidecars},
    };
}

struct Options {
    bool keep = false;
    unsigned sidecar_task_ms = 300;
    std::filesystem::path binaries = "build/release/bin";
    std::filesystem::path crds = "config/crd";
    std::filesystem::path sample = "config/samples/full-node.yaml";
};

/// A folder for logs and the kubeconfig; kept with --keep, else removed when all went well.
class WorkFolder {
public:
    WorkFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "sei-demo-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"cannot make a folder like " + pattern};
        path_ = pattern;
    }
    ~WorkFolder() {
        std::error_code ignored;
        if (!is_kept_) std::filesystem::remove_all(path_, ignored);
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    void keep() { is_kept_ = true; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    bool is_kept_ = false;
};

/// "KEY=value" lines that sei-devcluster writes once it serves.
std::map<std::string, std::string> read_env_file(const std::filesystem::path& path) {
    std::map<std::string, std::string> values;
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("export ")) line.erase(0, 7);
        const auto equals = line.find('=');
        if (equals != std::string::npos) values[line.substr(0, equals)] = line.substr(equals + 1);
    }
    return values;
}

class Demo {
public:
    explicit Demo(Options options)
        : options_{std::move(options)},
          start_{std::chrono::steady_clock::now()},
          screen_{::isatty(STDOUT_FILENO) == 1, start_},
          clock_{loop_.get_executor()} {}

    int run() {
        try {
            boot();
            create();
            follow_until("the node runs", [this] {
                return node() && node()->status.phase == sei::api::NodePhase::Running && surroundings().is_pod_ready;
            });
            screen_.say("the node runs");
            if (options_.keep) {
                stay();
            } else {
                remove();
            }
            close();
            say_what_to_try_next();
            return 0;
        } catch (const std::exception& error) {
            folder_.keep();
            close();
            std::cerr << "demo: " << error.what() << "\ndemo: the logs are in " << folder_.path().string() << "\n";
            return 1;
        }
    }

private:
    void boot() {
        const auto env_file = folder_.path() / "env";
        const auto kubeconfig = folder_.path() / "kubeconfig";
        cluster_ = std::make_unique<kube::ChildProcess>(kube::ChildProcess::Options{
            .program = options_.binaries / "sei-devcluster",
            .arguments =
                {"--port=0",
                 "--kubeconfig-out=" + kubeconfig.string(),
                 "--env-out=" + env_file.string(),
                 "--crds=" + options_.crds.string(),
                 // Slow enough to be followed by a person.
                 "--sidecar-task-ms=" + std::to_string(options_.sidecar_task_ms)},
            .environment = {},
            .log = folder_.path() / "sei-devcluster.log",
            .inherit = kube::ChildProcess::Inherit::Nothing
        });
        run_until("the embedded cluster serves", [&] {
            if (!cluster_->is_running())
                throw std::runtime_error{"sei-devcluster ended: see " + cluster_->log_path().string()};
            return std::filesystem::exists(env_file);
        });
        const auto env = read_env_file(env_file);
        screen_.say("the embedded cluster serves at " + env.at("SEI_DEVCLUSTER"));
        operator_ = std::make_unique<kube::ChildProcess>(kube::ChildProcess::Options{
            .program = options_.binaries / "sei-operator",
            .arguments =
                {"--kubeconfig=" + kubeconfig.string(),
                 "--leader-elect=false",
                 "--metrics-bind-address=127.0.0.1:0",
                 "--health-probe-bind-address=127.0.0.1:0"},
            .environment = operator_environment(env.at("HTTP_PROXY")),
            .log = folder_.path() / "sei-operator.log",
            .inherit = kube::ChildProcess::Inherit::Nothing
        });
        kube::TransportConfig config;
        config.origin = env.at("SEI_DEVCLUSTER");
        config.proxy_settings.reset();
        config.user_agent = "sei-demo";
        pool_ = std::make_unique<kube::ConnectionPool>(loop_.get_executor(), clock_);
        transport_ = std::make_unique<kube::HttpsTransport>(*pool_, config);
        manager_ = std::make_unique<kube::Manager>(loop_.get_executor(), clock_, *transport_, kube::ManagerOptions{});
        nodes_ = std::make_unique<kube::Cache<SeiNode>>(manager_->cache<SeiNode>());
        sets_ = std::make_unique<kube::Cache<kube::StatefulSet>>(manager_->cache<kube::StatefulSet>());
        claims_ =
            std::make_unique<kube::Cache<kube::PersistentVolumeClaim>>(manager_->cache<kube::PersistentVolumeClaim>());
        scope_.spawn("observer", manager_->run());
        run_until("the caches are filled", [this] { return manager_->is_ready(); });
        kubeconfig_ = kubeconfig;
    }

    void create() {
        std::ifstream file{options_.sample};
        if (!file) throw std::runtime_error{"cannot read the sample " + options_.sample.string()};
        std::ostringstream text;
        text << file.rdbuf();
        auto node = kube::json::from_json<SeiNode>(kube::schema::from_yaml(text.str()));
        node.metadata.namespace_ = "default";
        key_ = node.metadata.key();
        scope_.spawn("create", create_node(std::move(node)));
        screen_.say("applied " + options_.sample.string());
    }
    kube::Async<> create_node(SeiNode node) { (void)co_await manager_->client().create(std::move(node)); }
    kube::Async<> delete_node(kube::Snapshot<SeiNode> node) {
        (void)co_await manager_->client().delete_object<SeiNode>(
            node.key(), {.uid = node.uid(), .resource_version = {}}
        );
    }

    void remove() {
        if (const auto node = nodes_->get(key_)) scope_.spawn("delete", delete_node(*node));
        follow_until("the node is gone with all that it owned", [this] {
            return !node() && !sets_->get(key_) && claims_->list(key_.namespace_).empty();
        });
        screen_.say("deleted, and everything that it owned with it");
    }

    /// Keeps everything running until Ctrl-C.
    void stay() {
        folder_.keep();
        screen_.say("keeps running; Ctrl-C ends it. In another shell:");
        std::cout << "    export KUBECONFIG=" << kubeconfig_.string() << "\n    kubectl get seinodes -w\n"
                  << std::flush;
        bool is_asked_to_end = false;
        boost::asio::signal_set signals{loop_, SIGINT, SIGTERM};
        signals.async_wait([&](const boost::system::error_code& error, int) { is_asked_to_end = !error; });
        while (!is_asked_to_end) loop_.run_one();
    }

    void close() {
        if (manager_) {
            manager_->stop();
            const auto give_up_at = std::chrono::steady_clock::now() + 5s;
            while (scope_.running() > 0 && std::chrono::steady_clock::now() < give_up_at) {
                loop_.restart();
                loop_.run_one_for(100ms);
            }
        }
        if (operator_) (void)operator_->end(10s);
        if (cluster_) (void)cluster_->end(10s);
    }
    void say_what_to_try_next() const {
        std::cout
            << "Next: `make dev` keeps a cluster, the operator and a node running, for use with kubectl.\n"
               "Then: change config/samples/full-node.yaml, apply it, and watch with `kubectl get seinodes -w`.\n";
    }

    [[nodiscard]] std::optional<SeiNode> node() const {
        const auto snapshot = nodes_->get(key_);
        return snapshot ? std::optional{**snapshot} : std::nullopt;
    }
    [[nodiscard]] sei_demo::Surroundings surroundings() const {
        const auto set = sets_->get(key_);
        return {.has_stateful_set = set.has_value(), .is_pod_ready = set && (*set)->status.readyReplicas >= 1};
    }

    template <class Done>
    void run_until(const std::string& what, Done done) {
        const auto give_up_at = std::chrono::steady_clock::now() + kStepLimit;
        while (!done()) {
            if (std::chrono::steady_clock::now() > give_up_at) {
                throw std::runtime_error{"waited " + std::to_string(kStepLimit.count()) + " s in vain until " + what};
            }
            loop_.restart();
            loop_.run_one_for(5ms);
        }
    }
    template <class Done>
    void follow_until(const std::string& what, Done done) {
        run_until(what, [&] {
            if (operator_ && !operator_->is_running()) {
                throw std::runtime_error{"sei-operator ended: see " + operator_->log_path().string()};
            }
            screen_.show(sei_demo::picture(node(), surroundings()));
            return done();
        });
    }

    Options options_;
    std::chrono::steady_clock::time_point start_;
    sei_demo::Screen screen_;
    WorkFolder folder_;
    std::filesystem::path kubeconfig_;
    kube::NamespacedName key_;
    std::unique_ptr<kube::ChildProcess> cluster_;
    std::unique_ptr<kube::ChildProcess> operator_;
    boost::asio::io_context loop_{1};
    kube::SystemClock clock_;
    std::unique_ptr<kube::ConnectionPool> pool_;
    std::unique_ptr<kube::HttpsTransport> transport_;
    std::unique_ptr<kube::Manager> manager_;
    std::unique_ptr<kube::Cache<SeiNode>> nodes_;
    std::unique_ptr<kube::Cache<kube::StatefulSet>> sets_;
    std::unique_ptr<kube::Cache<kube::PersistentVolumeClaim>> claims_;
    kube::Scope scope_{loop_.get_executor()};
};

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"Shows a SeiNode come up, run and go, on the embedded cluster."};
    app.add_flag("--keep", options.keep, "goes on running after the node runs, for use with kubectl");
    app.add_option("--binaries", options.binaries, "the folder with sei-devcluster and sei-operator");
    app.add_option("--sample", options.sample, "the manifest of the SeiNode that is shown");
    app.add_option("--crds", options.crds, "the folder with the CRD manifests");
    app.add_option("--sidecar-task-ms", options.sidecar_task_ms, "how long each task of the node's sidecar takes");
    CLI11_PARSE(app, argc, argv);
    return Demo{std::move(options)}.run();
}
