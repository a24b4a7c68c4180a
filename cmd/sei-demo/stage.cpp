#include "stage.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "kube/async/scope.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/client/client.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/http/https_transport.hpp"
#include "kube/process/child_process.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/stateful_set.hpp"

namespace sei_demo {
namespace {

using namespace std::chrono_literals;
using sei::api::SeiNode;
using sei::api::SeiNodeDeployment;

constexpr std::chrono::seconds kStartLimit{60};
constexpr std::chrono::seconds kEndLimit{10};

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

/// A folder for logs and the kubeconfig.
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

std::string& image_of(SeiNodeDeployment& deployment) {
    return deployment.spec.template_.spec.image;
}
std::string& image_of(SeiNode& node) {
    return node.spec.image;
}

}  // namespace

struct Stage::Impl {
    explicit Impl(StageOptions stage_options) : options{std::move(stage_options)}, clock{loop.get_executor()} {}

    void start_cluster(const std::filesystem::path& env_file) {
        cluster = std::make_unique<kube::ChildProcess>(kube::ChildProcess::Options{
            .program = options.binaries / "sei-devcluster",
            .arguments =
                {"--port=0",
                 "--kubeconfig-out=" + (folder.path() / "kubeconfig").string(),
                 "--env-out=" + env_file.string(),
                 "--crds=" + options.crds.string(),
                 "--sidecar-task-ms=" + std::to_string(options.sidecar_task.count())},
            .environment = {},
            .log = folder.path() / "sei-devcluster.log",
            .inherit = kube::ChildProcess::Inherit::Nothing
        });
    }

    void start_operator(const std::string& sidecars) {
        operator_ = std::make_unique<kube::ChildProcess>(kube::ChildProcess::Options{
            .program = options.binaries / "sei-operator",
            .arguments =
                {"--kubeconfig=" + (folder.path() / "kubeconfig").string(),
                 "--leader-elect=false",
                 "--metrics-bind-address=127.0.0.1:0",
                 "--health-probe-bind-address=127.0.0.1:0"},
            .environment = operator_environment(sidecars),
            .log = folder.path() / "sei-operator.log",
            .inherit = kube::ChildProcess::Inherit::Nothing
        });
    }

    void start_looking() {
        kube::TransportConfig config;
        config.origin = url;
        config.proxy_settings.reset();
        config.user_agent = "sei-demo";
        pool = std::make_unique<kube::ConnectionPool>(loop.get_executor(), clock);
        transport = std::make_unique<kube::HttpsTransport>(*pool, config);
        manager = std::make_unique<kube::Manager>(loop.get_executor(), clock, *transport, kube::ManagerOptions{});
        deployments.emplace(manager->cache<SeiNodeDeployment>());
        nodes.emplace(manager->cache<SeiNode>());
        sets.emplace(manager->cache<kube::StatefulSet>());
        claims.emplace(manager->cache<kube::PersistentVolumeClaim>());
        scope.spawn("observer", manager->run());
    }

    void check_processes() {
        for (const auto& process : {cluster.get(), operator_.get()}) {
            if (process == nullptr || process->is_running()) continue;
            throw std::runtime_error{
                process->log_path().stem().string() + " ended: see " + process->log_path().string()
            };
        }
    }

    template <class K>
    kube::Async<> create(K object) {
        (void)co_await manager->client().create(std::move(object));
    }
    /// Whoever writes in between is waited for: the next version is in the cache soon.
    template <class K>
    kube::Async<> set_image(kube::Cache<K> cache, std::string image) {
        while (const auto seen = cache.get(followed)) {
            K changed = **seen;
            image_of(changed) = image;
            if (co_await manager->client().patch(*seen, std::move(changed))) co_return;
            co_await clock.sleep_for(5ms);
        }
    }
    template <class K>
    kube::Async<> remove(kube::Snapshot<K> object) {
        (void)co_await manager->client().template delete_object<K>(
            object.key(), {.uid = object.uid(), .resource_version = {}}
        );
    }

    StageOptions options;
    WorkFolder folder;
    std::string url;
    kube::NamespacedName followed;
    bool is_deployment = false;
    std::optional<SeiNodeDeployment> last_deployment;
    std::unique_ptr<kube::ChildProcess> cluster;
    std::unique_ptr<kube::ChildProcess> operator_;
    boost::asio::io_context loop{1};
    kube::SystemClock clock;
    std::unique_ptr<kube::ConnectionPool> pool;
    std::unique_ptr<kube::HttpsTransport> transport;
    std::unique_ptr<kube::Manager> manager;
    std::optional<kube::Cache<SeiNodeDeployment>> deployments;
    std::optional<kube::Cache<SeiNode>> nodes;
    std::optional<kube::Cache<kube::StatefulSet>> sets;
    std::optional<kube::Cache<kube::PersistentVolumeClaim>> claims;
    kube::Scope scope{loop.get_executor()};
};

Stage::Stage(StageOptions options) : impl_{std::make_unique<Impl>(std::move(options))} {}
Stage::~Stage() = default;

void Stage::open() {
    const auto env_file = impl_->folder.path() / "env";
    impl_->start_cluster(env_file);
    run_until("the embedded cluster serves", kStartLimit, [&] { return std::filesystem::exists(env_file); });
    const auto env = read_env_file(env_file);
    impl_->url = env.at("SEI_DEVCLUSTER");
    impl_->start_operator(env.at("HTTP_PROXY"));
    impl_->start_looking();
    run_until("the caches are filled", kStartLimit, [this] { return impl_->manager->is_ready(); });
}

void Stage::close() {
    if (impl_->manager) {
        impl_->manager->stop();
        const auto give_up_at = std::chrono::steady_clock::now() + kEndLimit;
        while (impl_->scope.running() > 0 && std::chrono::steady_clock::now() < give_up_at) {
            impl_->loop.restart();
            impl_->loop.run_one_for(100ms);
        }
    }
    if (impl_->operator_) (void)impl_->operator_->end(kEndLimit);
    if (impl_->cluster) (void)impl_->cluster->end(kEndLimit);
}

const std::filesystem::path& Stage::folder() const {
    return impl_->folder.path();
}
std::filesystem::path Stage::kubeconfig() const {
    return folder() / "kubeconfig";
}
void Stage::keep_folder() {
    impl_->folder.keep();
}
const std::string& Stage::url() const {
    return impl_->url;
}

void Stage::create(SeiNodeDeployment deployment) {
    impl_->followed = deployment.metadata.key();
    impl_->is_deployment = true;
    impl_->scope.spawn("create", impl_->create(std::move(deployment)));
}
void Stage::create(SeiNode node) {
    impl_->followed = node.metadata.key();
    impl_->scope.spawn("create", impl_->create(std::move(node)));
}

void Stage::set_image(const std::string& image) {
    if (impl_->is_deployment) {
        impl_->scope.spawn("set image", impl_->set_image(*impl_->deployments, image));
    } else {
        impl_->scope.spawn("set image", impl_->set_image(*impl_->nodes, image));
    }
}

void Stage::remove() {
    if (impl_->is_deployment) {
        if (const auto seen = impl_->deployments->get(impl_->followed)) {
            impl_->scope.spawn("delete", impl_->remove(*seen));
        }
    } else if (const auto seen = impl_->nodes->get(impl_->followed)) {
        impl_->scope.spawn("delete", impl_->remove(*seen));
    }
}

World Stage::look() const {
    World world;
    if (impl_->is_deployment) {
        const auto seen = impl_->deployments->get(impl_->followed);
        if (seen) impl_->last_deployment = **seen;
        world.is_deployment_gone = !seen;
        if (seen || !impl_->nodes->list(impl_->followed.namespace_).empty()) world.deployment = impl_->last_deployment;
    }
    for (const auto& node : impl_->nodes->list(impl_->followed.namespace_)) {
        const auto set = impl_->sets->get(node.key());
        world.workloads[node->metadata.name] = {
            .has_stateful_set = set.has_value(), .is_pod_ready = set && (*set)->status.readyReplicas >= 1
        };
        world.nodes.push_back(*node);
    }
    return world;
}

bool Stage::is_empty() const {
    const std::string& namespace_ = impl_->followed.namespace_;
    return !impl_->deployments->get(impl_->followed) && impl_->nodes->list(namespace_).empty() &&
           impl_->sets->list(namespace_).empty() && impl_->claims->list(namespace_).empty();
}

void Stage::run_until(const std::string& what, std::chrono::seconds limit, const std::function<bool()>& at_each_turn) {
    const auto give_up_at = std::chrono::steady_clock::now() + limit;
    while (!at_each_turn()) {
        if (std::chrono::steady_clock::now() > give_up_at) {
            throw std::runtime_error{"waited " + std::to_string(limit.count()) + " s in vain until " + what};
        }
        impl_->check_processes();
        impl_->loop.restart();
        impl_->loop.run_one_for(5ms);
    }
}

void Stage::run_until_signal() {
    bool is_asked_to_end = false;
    boost::asio::signal_set signals{impl_->loop, SIGINT, SIGTERM};
    signals.async_wait([&](const boost::system::error_code& error, int) { is_asked_to_end = !error; });
    impl_->loop.restart();
    while (!is_asked_to_end) impl_->loop.run_one();
}

}  // namespace sei_demo
