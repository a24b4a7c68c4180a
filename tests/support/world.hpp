// One test's world: a cluster of the backend, the operator in this process, everybody's sidecars, and eyes on all of
// it.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "devcluster/sidecar/sidecar_host.hpp"
#include "devcluster/workloads/workloads.hpp"
#include "kube/async/scope.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/client/client.hpp"
#include "kube/http/name_lookups.hpp"
#include "kube/http/server.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/types/config_map.hpp"
#include "kube/types/event.hpp"
#include "kube/types/http_route.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/pod.hpp"
#include "kube/types/service.hpp"
#include "kube/types/stateful_set.hpp"
#include "sei/api/deployment.hpp"
#include "sei/api/node.hpp"
#include "support/backend.hpp"
#include "support/faulty_transport.hpp"
#include "support/throttling_front.hpp"

namespace support {

/// How long anything in a test may take before it has failed: many times what it takes, for a slow machine is no
/// defect.
inline constexpr std::chrono::seconds kWaitLimit{120};

struct WorldOptions {
    /// Starts the operator at once.
    bool with_operator = true;
    /// Runs pods, or plays the statuses of workloads, as the backend can.
    bool with_workloads = true;
    /// Installs Gateway API's CRDs, where `gateway_api_crds` has them. On a shared control plane they always are.
    bool with_gateway_api = false;
    /// Puts `World::front` between the operator and the API server, with at most so many requests under way at once;
    /// zero: nothing is between them.
    std::size_t requests_through_front_max = 0;
    /// Variables of the operator's environment that this test wants otherwise (spec 05 §3.1).
    std::map<std::string, std::string> environment = {};
    /// As in kube::ManagerOptions, of the operator.
    std::function<bool(const kube::Requeue&)> keeps_poll = {};
};

/// Gateway API's CRDs ($SEI_GATEWAY_API_CRDS, a folder), or nothing.
[[nodiscard]] std::optional<std::filesystem::path> gateway_api_crds();

/// Nothing is shared between two worlds but, on the real backends, the control plane: each world has a namespace of its
/// own and leaves no SeiNode behind.
///
/// Everything runs on one loop, in this thread: `run_until` is the barrier of all tests. It returns as soon as what the
/// test waits for has been observed, by a watch, and fails the test after `kWaitLimit`.
class World {
public:
    explicit World(WorldOptions options = {});
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    [[nodiscard]] const std::string& namespace_name() const { return namespace_; }
    [[nodiscard]] kube::NamespacedName key(std::string name) const { return {namespace_, std::move(name)}; }

    // The operator.
    void start_operator();
    /// In order, as SIGTERM does.
    void stop_operator();
    /// Dies at the `nth` request from now; `operator_has_crashed` tells. To be followed by `restart_crashed_operator`.
    void crash_operator_at(std::size_t nth, FaultyTransport::Effect effect);
    [[nodiscard]] bool operator_has_crashed() const;
    void restart_crashed_operator();
    [[nodiscard]] bool operator_is_ready() const;
    /// Requests of the operator, and faults between it and the API server.
    [[nodiscard]] FaultyTransport& operator_transport();
    [[nodiscard]] kube::Manager& operator_manager();
    /// Only where the options ask for it.
    [[nodiscard]] ThrottlingFront& front() { return *front_; }
    /// Another operator beside the first, without leader election: as when a lease was lost and nobody noticed. Its
    /// configuration is the same; its caches, its memory and its way to the API server are its own.
    void start_second_operator();
    [[nodiscard]] FaultyTransport& second_operator_transport();
    [[nodiscard]] kube::Manager& second_operator_manager();
    /// One more pass of the first operator over what its cache shows, beside those of its controllers: two passes at
    /// once for one object, which the runtime itself never lets happen. The pass runs in the background.
    void pass_beside(const sei::api::SeiNode& node);
    void pass_beside(const sei::api::SeiNodeDeployment& deployment);
    /// Writes of the operator to objects of this world's namespace.
    [[nodiscard]] std::vector<PassedRequest> operator_writes() const;

    /// What a program outside this process needs to work in this world: a kubeconfig, and the proxy to everybody's
    /// sidecars. Serves over sockets from the first call on.
    struct Access {
        std::filesystem::path kubeconfig;
        std::string sidecar_proxy;
    };
    [[nodiscard]] Access access();
    /// The environment that a sei-operator of its own needs here.
    [[nodiscard]] std::map<std::string, std::string> operator_environment();

    // What a person does. Each returns once the test's own watches have seen what was written.
    [[nodiscard]] kube::Client& client();
    [[nodiscard]] sei::api::SeiNode a_full_node(std::string name) const;
    kube::Snapshot<sei::api::SeiNode> create(sei::api::SeiNode node);
    /// Changes an object as `kubectl edit` would: read, change, write, again on a conflict.
    template <kube::Kind K>
    void change(const std::string& name, const std::function<void(K&)>& change);
    /// The spec of a node.
    void edit(const std::string& name, const std::function<void(sei::api::NodeSpec&)>& change);
    void delete_node(const std::string& name);
    /// In place, full nodes with image v1.
    [[nodiscard]] sei::api::SeiNodeDeployment a_deployment(std::string name, int replicas) const;
    kube::Snapshot<sei::api::SeiNodeDeployment> create(sei::api::SeiNodeDeployment deployment);
    void edit_deployment(const std::string& name, const std::function<void(sei::api::SeiNodeDeploymentSpec&)>& change);
    void delete_deployment(const std::string& name);
    /// No pod gets to run this image, and no StatefulSet gets on, until `let_images_run`.
    void hold_image(const std::string& image);
    void let_images_run();
    /// Do host names of routes resolve?
    bool hosts_resolve = true;
    /// Where set, the operator looks up names of sidecars and routes here.
    std::unique_ptr<kube::NameLookups> names;

    // What is seen, by watches of this test's own.
    [[nodiscard]] std::optional<sei::api::SeiNode> node(const std::string& name) const;
    [[nodiscard]] std::optional<sei::api::SeiNodeDeployment> deployment(const std::string& name) const;
    /// Of this world's namespace, by name.
    [[nodiscard]] std::vector<sei::api::SeiNode> nodes() const;
    [[nodiscard]] std::vector<kube::HttpRoute> routes() const;
    /// Told of every version that the test's own watches show, in order; null: it is gone.
    void on_node_change(std::function<void(const sei::api::SeiNode* before, const sei::api::SeiNode* after)> told);
    void on_deployment_change(
        std::function<void(const sei::api::SeiNodeDeployment* before, const sei::api::SeiNodeDeployment* after)> told
    );
    [[nodiscard]] std::optional<kube::StatefulSet> stateful_set(const std::string& name) const;
    [[nodiscard]] std::optional<kube::Service> service(const std::string& name) const;
    [[nodiscard]] std::optional<kube::ConfigMap> config_map(const std::string& name) const;
    [[nodiscard]] std::optional<kube::PersistentVolumeClaim> claim(const std::string& name) const;
    [[nodiscard]] std::vector<kube::Pod> pods() const;
    /// "Normal PhaseTransition SeiNode/n0", sorted, each as often as it was counted.
    [[nodiscard]] std::vector<std::string> events() const;
    /// "RolloutStarted: InPlace rollout started (...)" of a deployment, in the order of their first occurrence.
    [[nodiscard]] std::vector<std::string> deployment_events(const std::string& name) const;
    /// The same with type, count and who tells it: "Normal RolloutStarted: InPlace rollout started (...) (x1 by ...)".
    [[nodiscard]] std::vector<std::string> deployment_events_in_full(const std::string& name) const;

    // Sidecars and workloads.
    [[nodiscard]] devcluster::sidecar::SidecarHost& sidecars() { return *sidecars_; }
    /// The types of the tasks that the sidecar of a node accepted, in order.
    [[nodiscard]] std::vector<std::string> submissions(const std::string& node) const;
    [[nodiscard]] devcluster::workloads::Workloads& workloads();

    // Waiting.
    /// Runs the loop until `done`; fails the test with `what` when that takes longer than `kWaitLimit`. True when done.
    bool run_until(std::string_view what, const std::function<bool()>& done);
    bool run_until_running(const std::string& name);
    /// The barrier of everybody: the operator, the workloads and the test's own watches have seen what the API server
    /// has, no key is queued, held, in flight or due soon, no call is under way, and events are delivered.
    bool run_until_quiet();
    /// Wakes every object of the operator and waits until that has come to rest: what happens at rest happens now.
    bool run_one_more_pass_of_everything();
    /// Wakes every object so often, looks after everything that was observed meanwhile, and ends in quiet: true when
    /// `holds` was true each time. What shows that something does not change, without waiting for time.
    bool holds_through_passes(int passes, const std::function<bool()>& holds);
    /// The same, pass after pass for so long. The one place where time itself is asserted, for one test: that a stuck
    /// rollout keeps its shape is specified as seconds of samples (spec 03 §18.3), and passes at once are not the same
    /// as a plan and its deadlines that get older. Everything else waits for what is observed.
    bool holds_for(std::chrono::seconds time, const std::function<bool()>& holds);
    template <class T>
    T run(kube::Async<T> work);

    /// Until the test's own watch of this kind has seen a version: what is asserted then is about that, or newer.
    template <kube::Kind K>
    bool run_until_seen(const kube::ResourceVersion& version);

    [[nodiscard]] boost::asio::io_context& loop() { return loop_; }
    [[nodiscard]] kube::Clock& clock() { return clock_; }
    /// Lines that the operator logged at level error.
    [[nodiscard]] const std::vector<std::string>& operator_errors() const { return operator_errors_; }
    /// Everything that it logged.
    [[nodiscard]] const std::vector<std::string>& operator_log() const { return operator_log_; }

private:
    struct Cluster;
    struct Eyes;
    struct Operator;
    struct Machinery;
    struct Sockets;
    void make_namespace();
    [[nodiscard]] bool has_seen(std::string_view kind, const kube::ResourceVersion& version) const;
    [[nodiscard]] std::string in_the_way() const;
    [[nodiscard]] std::string set_in_the_way(const kube::StatefulSet& set) const;
    [[nodiscard]] std::size_t calls_made() const;
    kube::Async<std::string> what_is_unseen();
    template <kube::Kind K>
    kube::Async<std::string> where_unseen(const kube::Cache<K>* eyes, bool is_watched_by_the_operator);
    /// For a test that failed.
    [[nodiscard]] std::string what_is_there() const;

    WorldOptions options_;
    boost::asio::io_context loop_{1};
    kube::SystemClock clock_;
    kube::Scope scope_;
    std::unique_ptr<Cluster> cluster_;
    std::unique_ptr<devcluster::sidecar::SidecarHost> sidecars_;
    std::unique_ptr<Eyes> eyes_;
    std::unique_ptr<Machinery> machinery_;
    std::unique_ptr<ThrottlingFront> front_;  // outlives the operator's way through it
    std::unique_ptr<Operator> operator_;
    std::unique_ptr<Operator> second_;
    std::unique_ptr<Sockets> sockets_;
    std::string namespace_;
    std::vector<std::string> operator_errors_;
    std::vector<std::string> operator_log_;
};

template <class T>
T World::run(kube::Async<T> work) {
    struct Outcome {
        std::optional<T> value;
        std::exception_ptr error;
        bool is_done = false;
    };
    const auto outcome = std::make_shared<Outcome>();
    const auto waited = [](kube::Async<T> inner, std::shared_ptr<Outcome> result) -> kube::Async<> {
        try {
            result->value.emplace(co_await std::move(inner));
        } catch (...) {
            result->error = std::current_exception();
        }
        result->is_done = true;
    };
    scope_.spawn("test", waited(std::move(work), outcome));
    if (!run_until("an answer", [&] { return outcome->is_done; })) throw std::runtime_error{"no answer in time"};
    if (outcome->error) std::rethrow_exception(outcome->error);
    return std::move(*outcome->value);
}

template <kube::Kind K>
bool World::run_until_seen(const kube::ResourceVersion& version) {
    const std::string_view kind = kube::KindOf<K>::type.kind;
    return run_until("the test has seen " + std::string{kind} + " at version " + version.value(), [&] {
        return has_seen(kind, version);
    });
}

template <kube::Kind K>
void World::change(const std::string& name, const std::function<void(K&)>& change) {
    for (;;) {
        const auto read = run(client().get<K>(key(name)));
        if (!read) throw std::runtime_error{"there is no " + std::string{kube::KindOf<K>::type.kind} + " " + name};
        K changed = **read;
        change(changed);
        const auto written = run(client().patch(*read, std::move(changed)));
        if (written) {
            (void)run_until_seen<K>(written->resource_version());
            return;
        }
        if (written.error() == kube::WriteRefusal::Absent) throw std::runtime_error{name + " is gone"};
    }
}

}  // namespace support
