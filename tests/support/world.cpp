#include "support/world.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <utility>

#include "devcluster/apiserver/api_server.hpp"
#include "devcluster/sidecar/pod_sidecars.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/http/https_transport.hpp"
#include "kube/http/name_lookups.hpp"
#include "kube/types/job.hpp"
#include "kube/types/namespace.hpp"
#include "sei/deployment/deployment_controller.hpp"
#include "sei/node/node_controller.hpp"
#include "sei/platform/platform.hpp"
#include "sei/sidecar/http_sidecar.hpp"
#include "support/child_process.hpp"
#include "support/one_event_at_a_time.hpp"
#include "support/real_control_plane.hpp"
#include "support/write_table.hpp"
#include "testkit/server_state.hpp"

namespace support {
namespace {

using namespace std::chrono_literals;
using sei::api::SeiNode;
using sei::api::SeiNodeDeployment;

/// A key that polls something outside sooner than this is not at rest: what it polls for may have happened.
constexpr std::chrono::milliseconds kPollsWithin = 300ms;

/// The platform of spec 05 §3.1, as the measuring instruments set it.
sei::platform::Environment test_environment() {
    sei::platform::Environment environment;
    for (const auto& variable : sei::platform::variables()) environment.emplace(variable.name, "test");
    environment["SEI_NODEPOOL_NAME"] = "sei-node";
    // The one machine of the cluster has one label: there both pools are the same.
    environment["SEI_NODEPOOL_ARCHIVE"] = backend() == Backend::Cluster ? "sei-node" : "sei-archive";
    environment["SEI_TOLERATION_KEY"] = "sei.io/workload";
    environment["SEI_STORAGE_SIZE_DEFAULT"] = "2000Gi";
    environment["SEI_STORAGE_SIZE_ARCHIVE"] = "40Ti";
    environment["SEI_RESOURCE_CPU_ARCHIVE"] = "48";
    environment["SEI_RESOURCE_MEM_ARCHIVE"] = "448Gi";
    environment["SEI_RESOURCE_CPU_DEFAULT"] = "4";
    environment["SEI_RESOURCE_MEM_DEFAULT"] = "32Gi";
    return environment;
}

sei::platform::Platform test_platform(const std::map<std::string, std::string>& wanted) {
    sei::platform::Environment environment = test_environment();
    for (const auto& [name, value] : wanted) environment[name] = value;
    auto platform = sei::platform::read(environment);
    if (!platform) throw std::runtime_error{sei::platform::to_string(platform.error())};
    return *std::move(platform);
}

/// One control plane for the whole test program: starting it takes seconds.
RealControlPlane& shared_control_plane() {
    static RealControlPlane plane{
        assets().value_or(""),
        backend() == Backend::Cluster ? RealControlPlane::Parts::WithControllers : RealControlPlane::Parts::ApiServer
    };
    return plane;
}

/// Gives requests the Host of one sidecar, as a connection to it would, after its name was looked up.
class SidecarTransport final : public kube::Transport {
public:
    SidecarTransport(World& world, std::string origin)
        : world_{world},
          below_{world.loop().get_executor(), world.sidecars(), world.clock()},
          host_{std::move(origin)} {
        if (const auto scheme = host_.find("://"); scheme != std::string::npos) host_.erase(0, scheme + 3);
    }
    [[nodiscard]] kube::Async<kube::HttpResponse> send(kube::HttpRequest request) override {
        request.headers.push_back({"host", host_});
        if (world_.names) (void)co_await world_.names->addresses_of(host_.substr(0, host_.find(':')));
        co_return co_await below_.send(std::move(request));
    }
    [[nodiscard]] kube::Async<std::unique_ptr<kube::HttpStream>> open(kube::HttpRequest request) override {
        request.headers.push_back({"host", host_});
        return below_.open(std::move(request));
    }

private:
    World& world_;
    kube::InProcessTransport below_;
    std::string host_;
};

std::vector<std::filesystem::path> crd_files() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry :
         std::filesystem::directory_iterator{std::filesystem::path{SEI_SOURCE_DIR} / "config" / "crd"}) {
        if (entry.path().filename().string().starts_with("sei.io_")) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

std::vector<std::filesystem::path> gateway_files() {
    const auto folder = gateway_api_crds();
    if (!folder) return {};
    return {*folder / "gateway.networking.k8s.io_httproutes.yaml"};
}

}  // namespace

std::optional<std::filesystem::path> gateway_api_crds() {
    const char* const folder = std::getenv("SEI_GATEWAY_API_CRDS");  // NOLINT(concurrency-mt-unsafe)
    if (folder == nullptr || *folder == '\0') return std::nullopt;
    return folder;
}

/// The API server of the backend, and the ways to it.
struct World::Cluster {
    explicit Cluster(World& world) : executor{world.loop_.get_executor()}, clock{world.clock_} {
        if (backend() == Backend::Embedded) {
            server = std::make_unique<devcluster::apiserver::ApiServer>(executor, clock);
            for (const auto& file : crd_files()) server->install(read_file(file));
            if (world.options_.with_gateway_api) {
                for (const auto& file : gateway_files()) server->install(read_file(file));
            }
            return;
        }
        pool = std::make_unique<kube::ConnectionPool>(executor, clock);
        install_crds_once();
    }

    /// A way of its own for each user, as between processes.
    [[nodiscard]] std::unique_ptr<kube::Transport> transport(const std::string& user) const {
        if (server) return std::make_unique<kube::InProcessTransport>(executor, server->handler());
        kube::TransportConfig config;
        config.origin = shared_control_plane().origin();
        config.insecure_skip_tls_verify = true;
        config.proxy_settings.reset();
        config.user_agent = user;
        config.authorizer = std::make_shared<kube::FixedAuthorizer>(kube::Credential{
            .authorization = "Bearer " + RealControlPlane::admin_token(),
            .client_certificate_pem = {},
            .client_key_pem = {}
        });
        return std::make_unique<kube::HttpsTransport>(*pool, std::move(config));
    }

    static void install_crds_once() {
        static const bool done = [] {
            const std::string kubeconfig = shared_control_plane().kubeconfig().string();
            std::vector<std::filesystem::path> files = crd_files();
            std::ranges::copy(gateway_files(), std::back_inserter(files));
            for (const auto& file : files) {
                const Finished applied = run_to_end(
                    {.program = *kubectl(),
                     .arguments = {"--kubeconfig", kubeconfig, "apply", "--server-side", "-f", file.string()}},
                    60s
                );
                if (applied.status != 0) throw std::runtime_error{applied.output};
            }
            const Finished established = run_to_end(
                {.program = *kubectl(),
                 .arguments =
                     {"--kubeconfig", kubeconfig, "wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"
                     }},
                70s
            );
            if (established.status != 0) throw std::runtime_error{established.output};
            return true;
        }();
        (void)done;
    }

    boost::asio::any_io_executor executor;
    kube::Clock& clock;
    std::unique_ptr<devcluster::apiserver::ApiServer> server;
    std::unique_ptr<kube::ConnectionPool> pool;
};

/// The test's own client and watches.
struct World::Eyes {
    explicit Eyes(World& world)
        : transport{std::make_unique<OneEventAtATime>(world.cluster_->transport("test"))},
          manager{world.loop_.get_executor(), world.clock_, *transport, {}},
          nodes{manager.cache<SeiNode>()},
          deployments{manager.cache<SeiNodeDeployment>()},
          routes{manager.cache<kube::HttpRoute>(kube::KindNeed::Optional)},
          stateful_sets{manager.cache<kube::StatefulSet>()},
          services{manager.cache<kube::Service>()},
          config_maps{manager.cache<kube::ConfigMap>()},
          claims{manager.cache<kube::PersistentVolumeClaim>()},
          pods{manager.cache<kube::Pod>()},
          events{manager.cache<kube::Event>()} {}
    std::unique_ptr<kube::Transport> transport;
    kube::Manager manager;
    kube::Cache<SeiNode> nodes;
    kube::Cache<SeiNodeDeployment> deployments;
    kube::Cache<kube::HttpRoute> routes;
    kube::Cache<kube::StatefulSet> stateful_sets;
    kube::Cache<kube::Service> services;
    kube::Cache<kube::ConfigMap> config_maps;
    kube::Cache<kube::PersistentVolumeClaim> claims;
    kube::Cache<kube::Pod> pods;
    kube::Cache<kube::Event> events;
};

/// What runs pods, or plays that it does.
struct World::Machinery {
    explicit Machinery(World& world)
        : way{world.cluster_->transport("workloads")},
          transport{*way},
          pods{*world.sidecars_},
          workloads{world.loop_.get_executor(), world.clock_, transport, options(), &pods, &pods} {
        if (runs_pods()) {
            world.sidecars_->on_ready([this](const kube::NamespacedName& node) {
                workloads.kubelet().recheck({node.namespace_, node.name + "-0"});
            });
        }
    }
    [[nodiscard]] static bool runs_pods() { return backend() != Backend::ApiServer; }
    [[nodiscard]] static devcluster::workloads::WorkloadsOptions options() {
        using devcluster::workloads::WorkloadsOptions;
        switch (backend()) {
            case Backend::Embedded:
                return {};
            case Backend::ApiServer:
                return WorkloadsOptions::faker_only();
            case Backend::Cluster: {
                WorkloadsOptions kubelet = WorkloadsOptions::kubelet_only();
                kubelet.kubelet.machine.labels["karpenter.sh/nodepool"] = "sei-node";
                return kubelet;
            }
        }
        return {};
    }
    std::unique_ptr<kube::Transport> way;
    FaultyTransport transport;
    devcluster::sidecar::PodSidecars pods;
    devcluster::workloads::Workloads workloads;
};

/// The operator as cmd/sei-operator wires it, with the test's transport in between.
struct World::Operator {
    explicit Operator(World& world_)
        : world{world_},
          way{world.front_ ? world.front_->way(world.options_.requests_through_front_max)
                           : world.cluster_->transport("sei-operator")},
          transport{*way},
          platform{test_platform(world.options_.environment)},
          sidecars{
              [this](const std::string& origin) { return std::make_unique<SidecarTransport>(world, origin); },
              world.clock_,
              "/nonexistent/token",
              [](const std::string&) {}
          } {
        transport.on_write = [this](const PassedRequest& write) { expect_in_table(write); };
    }

    void start() {
        ++starts;
        kube::ManagerOptions options;
        options.seed = starts;
        options.keeps_poll = world.options_.keeps_poll;
        options.log = kube::make_logger(world.clock_, {}, [this](std::string_view line) {
            world.operator_log_.emplace_back(line);
            if (line.find("\"level\":\"error\"") != std::string_view::npos) world.operator_errors_.emplace_back(line);
        });
        scope =
            std::make_unique<kube::Scope>(world.loop_.get_executor(), [](const std::string&, std::exception_ptr) {});
        manager = std::make_unique<kube::Manager>(world.loop_.get_executor(), world.clock_, transport, options);
        random.seed(std::random_device{}());
        reconciler = sei::node::add_controller(
            *manager,
            {.platform = platform, .sidecars = sidecars, .random_bits = [this] { return random(); }, .log = options.log}
        );
        deployment_reconciler = sei::deployment::add_controller(
            *manager,
            {.platform = platform,
             .sidecars = sidecars,
             .resolve_host = [this](std::string host) { return resolves(std::move(host)); },
             .random_bits = [this] { return random(); },
             .log = options.log}
        );
        scope->spawn("operator", manager->run());
    }

    /// As the program asks, where a test looks names up.
    kube::Async<bool> resolves(std::string host) {
        if (!world.names) co_return world.hosts_resolve;
        co_return co_await kube::host_resolves(*world.names, std::move(host), 1s);
    }

    /// Each test is a test of docs/concurrency.md, too.
    void expect_in_table(const PassedRequest& write) {
        if (transport.times_rewritten() > 0 || !rows_seen.insert(row_of(write)).second) return;
        if (const auto objection = objection_to(write)) ADD_FAILURE() << *objection;
    }

    void stop() {
        if (!manager) return;
        manager->stop();
        world.run_until("the operator has stopped", [this] { return scope->running() == 0; });
        reconciler.reset();
        deployment_reconciler.reset();
        manager.reset();
        scope.reset();
    }

    World& world;
    std::unique_ptr<kube::Transport> way;
    FaultyTransport transport;
    sei::platform::Platform platform;
    sei::sidecar::HttpSidecarFactory sidecars;
    std::unique_ptr<kube::Scope> scope;
    std::unique_ptr<kube::Manager> manager;
    std::unique_ptr<sei::node::NodeReconciler> reconciler;
    std::unique_ptr<sei::deployment::DeploymentReconciler> deployment_reconciler;
    std::mt19937_64 random;
    std::uint64_t starts = 0;
    std::set<std::string> rows_seen;
};

/// This world for programs outside this process.
struct World::Sockets {
    explicit Sockets(World& world) : sidecars{world.loop_.get_executor(), *world.sidecars_, {}} {
        if (world.cluster_->server) {
            api = std::make_unique<kube::HttpServer>(
                world.loop_.get_executor(), world.cluster_->server->handler(), kube::HttpServerOptions{}
            );
            world.scope_.spawn("api server over a socket", api->serve());
            kubeconfig = folder.path() / "kubeconfig";
            write_file(
                kubeconfig,
                fmt::format(
                    "apiVersion: v1\nkind: Config\ncurrent-context: test\n"
                    "clusters: [{{name: test, cluster: {{server: \"http://127.0.0.1:{}\"}}}}]\n"
                    "users: [{{name: test, user: {{}}}}]\n"
                    "contexts: [{{name: test, context: {{cluster: test, user: test}}}}]\n",
                    api->port()
                )
            );
        } else {
            kubeconfig = shared_control_plane().kubeconfig();
        }
        world.scope_.spawn("sidecars over a socket", sidecars.serve());
    }
    void stop() {
        if (api) api->stop();
        sidecars.stop();
    }
    TemporaryFolder folder;
    kube::HttpServer sidecars;
    std::unique_ptr<kube::HttpServer> api;
    std::filesystem::path kubeconfig;
};

World::World(WorldOptions options) : options_{options}, clock_{loop_.get_executor()}, scope_{loop_.get_executor()} {
    cluster_ = std::make_unique<Cluster>(*this);
    sidecars_ = std::make_unique<devcluster::sidecar::SidecarHost>(
        clock_,
        devcluster::sidecar::SidecarHostOptions{.accepted_tokens = {}, .serves_without_pod = !Machinery::runs_pods()}
    );
    eyes_ = std::make_unique<Eyes>(*this);
    scope_.spawn("eyes", eyes_->manager.run());
    if (options_.requests_through_front_max > 0) {
        front_ = std::make_unique<ThrottlingFront>(loop_.get_executor(), cluster_->transport("sei-operator"));
        scope_.spawn("front", front_->serve());
    }
    operator_ = std::make_unique<Operator>(*this);
    make_namespace();
    if (!run_until("the test's own watches are there", [this] { return eyes_->manager.is_ready(); })) return;
    if (options_.with_workloads) {
        machinery_ = std::make_unique<Machinery>(*this);
        scope_.spawn("workloads", machinery_->workloads.run());
        if (!run_until("the workloads are ready", [this] { return machinery_->workloads.is_ready(); })) return;
    }
    if (options_.with_operator) start_operator();
}

World::~World() {
    if (front_) front_->let_through();
    // On a shared control plane nothing of this world may go on living: the next operator would take it up.
    if (backend() != Backend::Embedded) {
        operator_->transport.restore();
        if (!operator_->manager) start_operator();
        for (const auto& deployment : eyes_->deployments.list(namespace_)) {
            delete_deployment(deployment->metadata.name);
        }
        run_until("the deployments of this test are gone", [this] {
            return eyes_->deployments.list(namespace_).empty();
        });
        for (const auto& node : eyes_->nodes.list(namespace_)) delete_node(node->metadata.name);
        run_until("the nodes of this test are gone", [this] { return eyes_->nodes.list(namespace_).empty(); });
    }
    if (second_) second_->stop();
    operator_->stop();
    if (machinery_) machinery_->workloads.stop();
    if (sockets_) sockets_->stop();
    if (front_) front_->stop();
    eyes_->manager.stop();
    run_until("everything has stopped", [this] { return scope_.running() == 0; });
    names.reset();  // before the loop
}

void World::make_namespace() {
    static unsigned count = 0;
    namespace_ = fmt::format("test-{}", ++count);
    kube::Namespace made;
    made.metadata.name = namespace_;
    (void)run(client().create(std::move(made)));
}

void World::start_operator() {
    operator_->start();
}
void World::stop_operator() {
    operator_->stop();
}

void World::crash_operator_at(std::size_t nth, FaultyTransport::Effect effect) {
    operator_->transport.crash_at(nth, effect);
}
bool World::operator_has_crashed() const {
    return operator_->transport.has_crashed();
}

void World::restart_crashed_operator() {
    operator_->stop();
    operator_->transport.restore();
    operator_->start();
}

void World::start_second_operator() {
    if (!second_) second_ = std::make_unique<Operator>(*this);
    second_->start();
}
FaultyTransport& World::second_operator_transport() {
    return second_->transport;
}
kube::Manager& World::second_operator_manager() {
    return *second_->manager;
}

namespace {
/// What becomes of the pass is the test's to see in the world.
template <class K>
kube::Async<> one_pass(kube::Reconciler<K>& reconciler, kube::Snapshot<K> object) {
    try {
        (void)co_await reconciler.reconcile(std::move(object));
    } catch (const std::exception&) {
    }
}
}  // namespace

void World::pass_beside(const SeiNode& node) {
    const auto cached = operator_->manager->cache<SeiNode>().get(node.metadata.key());
    if (cached) scope_.spawn("a pass beside", one_pass<SeiNode>(*operator_->reconciler, *cached));
}
void World::pass_beside(const SeiNodeDeployment& deployment) {
    const auto cached = operator_->manager->cache<SeiNodeDeployment>().get(deployment.metadata.key());
    if (cached) scope_.spawn("a pass beside", one_pass<SeiNodeDeployment>(*operator_->deployment_reconciler, *cached));
}

bool World::operator_is_ready() const {
    return operator_->manager && operator_->manager->is_ready();
}
FaultyTransport& World::operator_transport() {
    return operator_->transport;
}
kube::Manager& World::operator_manager() {
    return *operator_->manager;
}

std::vector<PassedRequest> World::operator_writes() const {
    std::vector<PassedRequest> found;
    for (PassedRequest& write : operator_->transport.writes()) {
        if (write.path().find("/namespaces/" + namespace_ + "/") != std::string::npos)
            found.push_back(std::move(write));
    }
    return found;
}

World::Access World::access() {
    if (!sockets_) sockets_ = std::make_unique<Sockets>(*this);
    return {sockets_->kubeconfig, fmt::format("http://127.0.0.1:{}", sockets_->sidecars.port())};
}

std::map<std::string, std::string> World::operator_environment() {
    std::map<std::string, std::string> environment;
    for (const auto& [name, value] : test_environment()) environment[name] = value;
    for (const auto& [name, value] : options_.environment) environment[name] = value;
    environment["HTTP_PROXY"] = access().sidecar_proxy;
    environment["NO_PROXY"] = "";
    return environment;
}

kube::Client& World::client() {
    return eyes_->manager.client();
}

SeiNode World::a_full_node(std::string name) const {
    SeiNode node;
    node.metadata.name = std::move(name);
    node.metadata.namespace_ = namespace_;
    node.spec.chainId = "pacific-1";
    node.spec.image = "example.com/seid:v1";
    node.spec.fullNode.emplace();
    return node;
}

kube::Snapshot<SeiNode> World::create(SeiNode node) {
    auto created = run(client().create(std::move(node)));
    if (!created) throw std::runtime_error{"a node of that name exists already"};
    (void)run_until_seen<SeiNode>(created->resource_version());
    return *created;
}

void World::edit(const std::string& name, const std::function<void(sei::api::NodeSpec&)>& change_spec) {
    change<SeiNode>(name, [&](SeiNode& node) { change_spec(node.spec); });
}

void World::delete_node(const std::string& name) {
    const auto read = run(client().get<SeiNode>(key(name)));
    if (!read) return;
    (void)run(client().delete_object<SeiNode>(key(name), {.uid = read->uid(), .resource_version = {}}));
}

SeiNodeDeployment World::a_deployment(std::string name, int replicas) const {
    SeiNodeDeployment deployment;
    deployment.metadata.name = std::move(name);
    deployment.metadata.namespace_ = namespace_;
    deployment.spec.replicas = replicas;
    deployment.spec.template_.spec = a_full_node("any").spec;
    return deployment;
}

kube::Snapshot<SeiNodeDeployment> World::create(SeiNodeDeployment deployment) {
    auto created = run(client().create(std::move(deployment)));
    if (!created) throw std::runtime_error{"a deployment of that name exists already"};
    (void)run_until_seen<SeiNodeDeployment>(created->resource_version());
    return *created;
}

void World::edit_deployment(
    const std::string& name, const std::function<void(sei::api::SeiNodeDeploymentSpec&)>& change_spec
) {
    change<SeiNodeDeployment>(name, [&](SeiNodeDeployment& deployment) { change_spec(deployment.spec); });
}

void World::delete_deployment(const std::string& name) {
    const auto read = run(client().get<SeiNodeDeployment>(key(name)));
    if (!read) return;
    (void)run(client().delete_object<SeiNodeDeployment>(key(name), {.uid = read->uid(), .resource_version = {}}));
}

namespace {
kube::Async<bool> done_after(kube::Async<> work) {
    co_await std::move(work);
    co_return true;
}
}  // namespace

void World::hold_image(const std::string& image) {
    using namespace devcluster::workloads;
    if (Machinery::runs_pods()) {
        workloads().faults().add(
            {.namespace_ = namespace_, .pod = {}, .labels = {}, .container = {}, .image = image},
            {.kind = FaultKind::SlowStart, .duration = std::chrono::hours{1}}
        );
    } else {
        (void)run(done_after(workloads().status_faker().pause(namespace_)));
    }
}

void World::let_images_run() {
    if (Machinery::runs_pods()) {
        workloads().faults().clear();
    } else {
        workloads().status_faker().resume(namespace_);
    }
}

namespace {
template <class K>
std::optional<K> value_of(const std::optional<kube::Snapshot<K>>& snapshot) {
    return snapshot ? std::optional<K>{**snapshot} : std::nullopt;
}
}  // namespace

std::optional<SeiNode> World::node(const std::string& name) const {
    return value_of(eyes_->nodes.get(key(name)));
}
std::optional<SeiNodeDeployment> World::deployment(const std::string& name) const {
    return value_of(eyes_->deployments.get(key(name)));
}
std::vector<SeiNode> World::nodes() const {
    std::vector<SeiNode> found;
    for (const auto& node : eyes_->nodes.list(namespace_)) found.push_back(*node);
    return found;
}
std::vector<kube::HttpRoute> World::routes() const {
    std::vector<kube::HttpRoute> found;
    for (const auto& route : eyes_->routes.list(namespace_)) found.push_back(*route);
    return found;
}
namespace {
template <class K>
void tell(const kube::Cache<K>& cache, std::function<void(const K*, const K*)> told) {
    cache.store()->on_change([told = std::move(told)](const auto* before, const auto* after) {
        told(
            before == nullptr ? nullptr : static_cast<const K*>(before->object.get()),
            after == nullptr ? nullptr : static_cast<const K*>(after->object.get())
        );
    });
}
}  // namespace

void World::on_node_change(std::function<void(const SeiNode*, const SeiNode*)> told) {
    tell(eyes_->nodes, std::move(told));
}
void World::on_deployment_change(std::function<void(const SeiNodeDeployment*, const SeiNodeDeployment*)> told) {
    tell(eyes_->deployments, std::move(told));
}

std::optional<kube::StatefulSet> World::stateful_set(const std::string& name) const {
    return value_of(eyes_->stateful_sets.get(key(name)));
}
std::optional<kube::Service> World::service(const std::string& name) const {
    return value_of(eyes_->services.get(key(name)));
}
std::optional<kube::ConfigMap> World::config_map(const std::string& name) const {
    return value_of(eyes_->config_maps.get(key(name)));
}
std::optional<kube::PersistentVolumeClaim> World::claim(const std::string& name) const {
    return value_of(eyes_->claims.get(key(name)));
}
std::vector<kube::Pod> World::pods() const {
    std::vector<kube::Pod> found;
    for (const auto& pod : eyes_->pods.list(namespace_)) found.push_back(*pod);
    return found;
}

std::vector<std::string> World::events() const {
    std::vector<std::string> lines;
    for (const auto& event : eyes_->events.list(namespace_)) {
        if (event->involvedObject.kind != "SeiNode") continue;
        for (int time = 0; time < std::max(event->count, 1); ++time) {
            lines.push_back(fmt::format(
                "{} {} {}/{}", event->type, event->reason, event->involvedObject.kind, event->involvedObject.name
            ));
        }
    }
    std::ranges::sort(lines);
    return lines;
}

namespace {
using EventSnapshot = kube::Snapshot<kube::Event>;

/// Those about the deployment, in the order of their first occurrence.
std::vector<EventSnapshot> of_deployment(std::vector<EventSnapshot> events, const std::string& name) {
    std::erase_if(events, [&](const EventSnapshot& event) {
        return event->involvedObject.kind != "SeiNodeDeployment" || event->involvedObject.name != name;
    });
    // Names end in the time of their first occurrence, in nanoseconds.
    std::ranges::sort(events, {}, [](const EventSnapshot& event) {
        const std::string& id = event->metadata.name;
        return std::stoull(id.substr(id.rfind('.') + 1), nullptr, 16);
    });
    return events;
}
}  // namespace

std::vector<std::string> World::deployment_events(const std::string& name) const {
    std::vector<std::string> lines;
    for (const auto& event : of_deployment(eyes_->events.list(namespace_), name)) {
        lines.push_back(event->reason + ": " + event->message);
    }
    return lines;
}

std::vector<std::string> World::deployment_events_in_full(const std::string& name) const {
    std::vector<std::string> lines;
    for (const auto& event : of_deployment(eyes_->events.list(namespace_), name)) {
        lines.push_back(fmt::format(
            "{} {}: {} (x{} by {})", event->type, event->reason, event->message, event->count, event->source.component
        ));
    }
    return lines;
}

std::vector<std::string> World::submissions(const std::string& node) const {
    std::vector<std::string> types;
    for (const auto& submission : sidecars_->submissions()) {
        if (submission.node == key(node)) types.push_back(submission.type);
    }
    return types;
}

devcluster::workloads::Workloads& World::workloads() {
    return machinery_->workloads;
}

namespace {
/// The spec only of kinds that are written whole somewhere: the others have no encoder for it.
template <class K>
std::string described(const K& object) {
    std::string text = fmt::format(
        "{} {}\n  metadata {}\n",
        kube::KindOf<K>::type.kind,
        object.metadata.name,
        kube::json::serialize(kube::json::to_json(object.metadata))
    );
    if constexpr (std::same_as<K, SeiNode> || std::same_as<K, SeiNodeDeployment>) {
        text += fmt::format("  spec {}\n", kube::json::serialize(kube::json::to_json(object.spec)));
    }
    return text + fmt::format("  status {}\n", kube::json::serialize(kube::json::to_json(object.status)));
}
}  // namespace

std::string World::what_is_there() const {
    std::string text;
    for (const auto& deployment : eyes_->deployments.list(namespace_)) text += described(*deployment);
    for (const auto& node : eyes_->nodes.list(namespace_)) text += described(*node);
    for (const auto& set : eyes_->stateful_sets.list(namespace_)) text += described(*set);
    for (const auto& pod : eyes_->pods.list(namespace_)) text += described(*pod);
    for (const auto& claim : eyes_->claims.list(namespace_)) text += described(*claim);
    if (backend() == Backend::Embedded) return text;
    text += "as the server has it:\n" + shared_control_plane().report_on(namespace_);
    return text;
}

bool World::run_until(std::string_view what, const std::function<bool()>& done) {
    const auto give_up_at = std::chrono::steady_clock::now() + kWaitLimit;
    while (!done()) {
        loop_.restart();
        (void)loop_.run_one_until(give_up_at);
        if (std::chrono::steady_clock::now() >= give_up_at) {
            ADD_FAILURE() << "waited " << kWaitLimit.count() << " s in vain until " << what
                          << "\nthe operator's errors:\n"
                          << fmt::format("{}", fmt::join(operator_errors_, "\n")) << "\nwhat is there:\n"
                          << what_is_there();
            return false;
        }
    }
    return true;
}

bool World::run_until_running(const std::string& name) {
    return run_until(name + " runs", [&] {
        const auto seen = node(name);
        return seen && seen->status.phase == sei::api::NodePhase::Running;
    });
}

std::string World::in_the_way() const {
    kube::BarrierQuestion question;
    question.namespace_ = namespace_;
    question.polls_within = kPollsWithin;
    question.wants_events_delivered = true;
    for (const Operator* one : {operator_.get(), second_.get()}) {
        if (one == nullptr || !one->manager) continue;
        if (one->transport.in_flight() > 0) return "an operator waits for an answer of the API server";
        const kube::BarrierAnswer answer = one->manager->at_barrier(question);
        if (!answer.is_reached) return answer.reason;
    }
    if (machinery_) {
        if (machinery_->transport.in_flight() > 0) return "the workloads wait for an answer of the API server";
        const kube::BarrierAnswer answer = machinery_->workloads.at_barrier({});
        if (!answer.is_reached) return "workloads: " + answer.reason;
    }
    return {};
}

std::size_t World::calls_made() const {
    return operator_->transport.passed() + (second_ ? second_->transport.passed() : 0) +
           (machinery_ ? machinery_->transport.passed() : 0);
}

template <kube::Kind K>
kube::Async<std::string> World::where_unseen(const kube::Cache<K>* eyes, bool is_watched_by_the_operator) {
    const testkit::Versions there = co_await testkit::versions_on_server<K>(client(), namespace_);
    const std::string kind{kube::KindOf<K>::type.kind};
    if (eyes != nullptr && testkit::versions_in(*eyes, namespace_) != there)
        co_return "the test has not seen a " + kind;
    for (Operator* one : {operator_.get(), second_.get()}) {
        if (!is_watched_by_the_operator || one == nullptr || !one->manager) continue;
        if (testkit::versions_in(one->manager->template cache<K>(), namespace_) != there) {
            co_return "an operator has not seen a " + kind;
        }
    }
    if (machinery_) {
        kube::BarrierQuestion question;
        question.kind = kind;
        question.version = testkit::newest(there);
        const kube::BarrierAnswer answer = machinery_->workloads.at_barrier(question);
        if (!answer.is_reached) co_return "workloads: " + answer.reason;
    }
    co_return std::string{};
}

kube::Async<std::string> World::what_is_unseen() {
    if (auto unseen = co_await where_unseen<SeiNodeDeployment>(&eyes_->deployments, true); !unseen.empty()) {
        co_return unseen;
    }
    if (auto unseen = co_await where_unseen<SeiNode>(&eyes_->nodes, true); !unseen.empty()) co_return unseen;
    if (auto unseen = co_await where_unseen<kube::StatefulSet>(&eyes_->stateful_sets, true); !unseen.empty()) {
        co_return unseen;
    }
    if (auto unseen = co_await where_unseen<kube::Job>(nullptr, true); !unseen.empty()) co_return unseen;
    if (auto unseen = co_await where_unseen<kube::Pod>(&eyes_->pods, true); !unseen.empty()) co_return unseen;
    if (auto unseen = co_await where_unseen<kube::PersistentVolumeClaim>(&eyes_->claims, true); !unseen.empty()) {
        co_return unseen;
    }
    if (auto unseen = co_await where_unseen<kube::Service>(&eyes_->services, true); !unseen.empty()) co_return unseen;
    if (auto unseen = co_await where_unseen<kube::ConfigMap>(&eyes_->config_maps, false); !unseen.empty()) {
        co_return unseen;
    }
    if (auto unseen = co_await where_unseen<kube::Event>(&eyes_->events, false); !unseen.empty()) co_return unseen;
    if (eyes_->routes.is_synced()) {
        if (auto unseen = co_await where_unseen<kube::HttpRoute>(&eyes_->routes, true); !unseen.empty()) {
            co_return unseen;
        }
    }
    if (backend() != Backend::Cluster) co_return std::string{};
    // Kubernetes' own controllers have no barrier: what they are done with shows in the status.
    for (const auto& set : eyes_->stateful_sets.list(namespace_)) {
        if (auto reason = set_in_the_way(*set); !reason.empty()) {
            co_return "the StatefulSet controller is not done with " + set->metadata.name + ": " + reason;
        }
    }
    co_return std::string{};
}

std::string World::set_in_the_way(const kube::StatefulSet& set) const {
    if (set.metadata.deletionTimestamp) return {};
    if (set.status.observedGeneration != set.metadata.generation) return "it has not seen its spec";
    std::int32_t pods = 0;
    std::int32_t ready = 0;
    std::int32_t updated = 0;
    for (const auto& pod : eyes_->pods.list(namespace_)) {
        if (!pod->metadata.is_controlled_by(kube::Uid{set.metadata.uid})) continue;
        if (pod->metadata.deletionTimestamp) return pod->metadata.name + " is still going";
        ++pods;
        ready += kube::is_condition_true(pod->status.conditions, "Ready") ? 1 : 0;
        const auto revision = pod->metadata.labels.find("controller-revision-hash");
        const bool is_updated = revision != pod->metadata.labels.end() && revision->second == set.status.updateRevision;
        updated += is_updated ? 1 : 0;
    }
    if (pods != set.spec.replicas.value_or(1)) return "it has not all of its pods";
    const kube::StatefulSetStatus& told = set.status;
    if (told.replicas != pods || told.readyReplicas != ready || told.updatedReplicas != updated) {
        return "it tells of other pods than there are";
    }
    return {};
}

bool World::has_seen(std::string_view kind, const kube::ResourceVersion& version) const {
    return eyes_->manager.at_barrier({.kind = std::string{kind}, .version = version, .namespace_ = {}}).is_reached;
}

bool World::run_until_quiet() {
    const auto give_up_at = std::chrono::steady_clock::now() + kWaitLimit;
    std::string reason;
    for (;;) {
        const bool is_at_rest = run_until("everybody is at rest", [&] {
            reason = in_the_way();
            return reason.empty();
        });
        if (!is_at_rest) break;
        const std::size_t before = calls_made();
        reason = run(what_is_unseen());
        if (reason.empty() && in_the_way().empty() && calls_made() == before) return true;
        if (std::chrono::steady_clock::now() >= give_up_at) break;
    }
    ADD_FAILURE() << "in the way of quiet: " << reason;
    return false;
}

bool World::run_one_more_pass_of_everything() {
    for (const Operator* one : {operator_.get(), second_.get()}) {
        if (one != nullptr && one->manager) one->manager->wake_all();
    }
    return run_until_quiet();
}

bool World::holds_through_passes(int passes, const std::function<bool()>& holds) {
    bool is_held = holds();
    for (int pass = 0; pass < passes && is_held; ++pass) {
        operator_->manager->wake_all();
        run_until("a pass of everything", [&] {
            is_held = is_held && holds();
            return !is_held || in_the_way().empty();
        });
        is_held = is_held && run_until_quiet() && holds();
    }
    return is_held;
}

bool World::holds_for(std::chrono::seconds time, const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
        if (!holds_through_passes(1, holds)) return false;
    }
    return true;
}

}  // namespace support
