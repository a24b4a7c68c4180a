// One node, one reconciler, an API server in memory and caches that follow it when they are told to.
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "fake_api.hpp"
#include "fake_sidecar.hpp"
#include "kube/async/manual_clock.hpp"
#include "kube/meta/condition.hpp"
#include "kube/runtime/log.hpp"
#include "kube/runtime/metrics.hpp"
#include "kube/runtime/random.hpp"
#include "sei/node/node_reconciler.hpp"

namespace sei::test {

inline constexpr const char* kNodePath = "/apis/sei.io/v1alpha1/namespaces/ns/seinodes/n0";
inline constexpr const char* kSetPath = "/apis/apps/v1/namespaces/ns/statefulsets/n0";
inline constexpr const char* kJobPath = "/apis/batch/v1/namespaces/ns/jobs/n0-bootstrap";
inline constexpr const char* kServicePath = "/api/v1/namespaces/ns/services/n0";
inline constexpr const char* kConfigMapPath = "/api/v1/namespaces/ns/configmaps/n0-rbac-proxy-config";
inline constexpr const char* kClaimPath = "/api/v1/namespaces/ns/persistentvolumeclaims/data-n0";
inline constexpr const char* kPodPath = "/api/v1/namespaces/ns/pods/n0-0";

/// States of a container, as a pod's status has them.
inline json::Object running_state() {
    return json::Object{{"running", json::Object{}}};
}
inline json::Object waiting_state(std::string_view reason) {
    return json::Object{{"waiting", json::Object{{"reason", reason}}}};
}

class NodeWorld {
public:
    FakeApi api;
    FakeSidecar sidecar;
    std::vector<std::string> events;
    boost::asio::io_context loop;
    kube::ManualClock clock{loop.get_executor()};
    kube::Metrics metrics;
    /// Lines that the reconciler logged.
    std::vector<std::string> log;

    NodeWorld() : factory_{sidecar}, recorder_{events} {
        platform_.standard = {
            .node_pool = "sei-node",
            .cpu = kube::Quantity{"4"},
            .memory = kube::Quantity{"32Gi"},
            .storage_class = "gp3-10k-750",
            .storage_size = kube::Quantity{"2000Gi"}
        };
        platform_.archive = platform_.standard;
        platform_.toleration_key = "sei.io/workload";
        platform_.service_account = "seid-node";
        platform_.sidecar_image = "example.com/seictl:v1";
        platform_.kube_rbac_proxy_image = "example.com/proxy:v1";
        platform_.cosmos_exporter_image = "example.com/exporter:v1";
        restart_operator();
    }

    /// A new process: nothing is remembered.
    void restart_operator() {
        node::NodeCaches caches{
            .nodes = kube::Cache<api::SeiNode>{nodes_},
            .stateful_sets = kube::Cache<kube::StatefulSet>{sets_},
            .claims = kube::Cache<kube::PersistentVolumeClaim>{claims_},
            .pods = kube::Cache<kube::Pod>{pods_},
            .services = kube::Cache<kube::Service>{services_},
            .config_maps = kube::Cache<kube::ConfigMap>{config_maps_}
        };
        if (!reconciler_) node::add_pods_of_node_index(caches.pods);
        reconciler_ = std::make_unique<node::NodeReconciler>(
            client_,
            clock,
            recorder_,
            metrics,
            std::move(caches),
            node::NodeReconcilerDependencies{
                .platform = platform_,
                .sidecars = factory_,
                .random_bits = [this] { return random_.next(); },
                .log = kube::make_logger(clock, {}, [this](std::string_view line) { log.emplace_back(line); })
            }
        );
    }

    /// kubectl create: `fullNode: {}` unless the spec says otherwise.
    void create_node(std::string_view spec = R"({"chainId":"pacific-1","image":"seid:v1","fullNode":{}})") {
        json::Object node;
        node["apiVersion"] = "sei.io/v1alpha1";
        node["kind"] = "SeiNode";
        node["spec"] = json::parse(spec);
        node["status"] = json::Object{};
        api.put(kNodePath, std::move(node));
    }
    void set_spec(std::string_view key, const json::Value& value) {
        api.edit(kNodePath, [&](json::Object& node) { node["spec"].as_object()[key] = value; });
    }
    /// kubectl delete.
    void delete_node() {
        api.edit(kNodePath, [](json::Object& node) {
            node["metadata"].as_object()["deletionTimestamp"] = "2025-01-02T03:04:05Z";
        });
    }

    /// The caches see what the API server has.
    void sync_caches() {
        sync<api::SeiNode>(*nodes_, "/apis/sei.io/v1alpha1/");
        sync<kube::StatefulSet>(*sets_, "/apis/apps/v1/");
        sync<kube::PersistentVolumeClaim>(*claims_, "/persistentvolumeclaims/");
        sync<kube::Pod>(*pods_, "/pods/");
        sync<kube::Service>(*services_, "/services/");
        sync<kube::ConfigMap>(*config_maps_, "/configmaps/");
    }
    /// The cache of nodes sees what the API server has, as a change of what it had.
    void show_node() {
        auto decoded = std::make_shared<const api::SeiNode>(node());
        const kube::ObjectMeta* metadata = &decoded->metadata;
        nodes_->put({std::move(decoded), metadata});
    }
    /// A pass that may hang: `is_done` once it has ended, in whichever way.
    void begin_pass(bool& is_done) {
        sync_caches();
        const auto snapshot = kube::Cache<api::SeiNode>{nodes_}.get({"ns", "n0"});
        boost::asio::co_spawn(loop, kept(reconciler_->reconcile(*snapshot), begun_), [&](std::exception_ptr) {
            is_done = true;
        });
        turn();
    }
    /// All that can be done without the passing of time.
    void turn() {
        loop.restart();
        loop.poll();
    }
    /// One pass on the caches as they are. Sleeps inside it pass at once.
    kube::Requeue pass_on_stale_caches() {
        const auto node = kube::Cache<api::SeiNode>{nodes_}.get({"ns", "n0"});
        if (!node) throw std::runtime_error{"there is no node to reconcile"};
        std::optional<kube::Requeue> result;
        std::exception_ptr failure;
        boost::asio::co_spawn(loop, kept(reconciler_->reconcile(*node), result), [&](std::exception_ptr error) {
            failure = error;
        });
        loop.restart();
        loop.poll();
        while (!result && !failure) {
            const auto due = clock.next_due();
            if (!due) throw std::runtime_error{"the pass waits for nothing"};
            clock.advance_to(*due);
            loop.restart();
            loop.poll();
        }
        if (failure) std::rethrow_exception(failure);
        return *result;
    }
    kube::Requeue pass() {
        sync_caches();
        return pass_on_stale_caches();
    }
    /// Passes until one asks for no prompt further one; at most `limit`.
    kube::Requeue settle(unsigned limit = 20) {
        kube::Requeue last = pass();
        for (unsigned i = 1; i < limit && wants_prompt_pass(last); ++i) last = pass();
        return last;
    }
    static bool wants_prompt_pass(const kube::Requeue& requeue) {
        return requeue.kind() == kube::Requeue::Kind::NewerThan ||
               (requeue.kind() == kube::Requeue::Kind::After && requeue.delay().count() == 0);
    }
    void settle_running() {
        create_node();
        settle();
        ASSERT_EQ(phase(), "Running");
    }

    /// And its StatefulSet's controller has seen the template.
    void settle_observed() {
        settle_running();
        observe_stateful_set("rev-1", 1, 1);
        settle();
    }
    /// And its pod is there.
    void settle_with_pod(const json::Value& state = running_state()) {
        settle_running();
        observe_stateful_set("rev-1", 1, 1);
        put_pod("rev-1", "seid:v1", state);
        settle();
    }
    /// The sidecar is at work on the first task of a new node.
    void settle_at_work() {
        sidecar.leave_tasks_running();
        create_node();
        settle();
    }
    /// An update to v2 of a running node that the sidecar refuses at its end.
    kube::Requeue settle_failed_update() {
        sidecar.submit_answer = sidecar::Rejected{"no"};
        set_spec("image", "seid:v2");
        settle();
        observe_stateful_set("rev-2", 1, 1);
        return settle();
    }

    [[nodiscard]] api::SeiNode node() const { return json::from_json<api::SeiNode>(*api.find(kNodePath)); }
    [[nodiscard]] std::string phase() const {
        return std::string{json::find_string(*api.find(kNodePath), {"status", "phase"})};
    }
    [[nodiscard]] std::string condition(std::string_view type) const {
        const api::SeiNode read = node();
        const kube::Condition* found = kube::find_condition(read.status.conditions, type);
        if (found == nullptr) return "absent";
        const char* status = found->status == kube::ConditionStatus::True    ? "True"
                             : found->status == kube::ConditionStatus::False ? "False"
                                                                             : "Unknown";
        return status + std::string{"/"} + found->reason;
    }
    [[nodiscard]] std::string condition_message(std::string_view type) const {
        const api::SeiNode read = node();
        const kube::Condition* found = kube::find_condition(read.status.conditions, type);
        return found == nullptr ? "" : found->message;
    }
    void annotate(const std::string& key, const std::string& value) {
        api.edit(kNodePath, [&](json::Object& object) {
            object["metadata"].as_object()["annotations"] = json::Object{{key, value}};
        });
    }
    [[nodiscard]] std::string uid_of(const std::string& path) const {
        const json::Value* object = api.find(path);
        return object == nullptr ? "" : std::string{json::find_string(*object, {"metadata", "uid"})};
    }
    [[nodiscard]] api::PlannedTask task(std::string_view type) const {
        const api::SeiNode read = node();
        if (read.status.plan) {
            for (const auto& planned : read.status.plan->tasks) {
                if (planned.type == type) return planned;
            }
        }
        ADD_FAILURE() << "the stored plan has no " << type;
        return {};
    }
    /// "PATCH …/status" and the like, since the last call.
    std::vector<std::string> take_writes() {
        std::vector<std::string> lines;
        for (const auto& write : api.writes) {
            lines.push_back(write.method + " " + write.path.substr(write.path.find("/ns/") + 4));
        }
        api.writes.clear();
        return lines;
    }

    /// What the StatefulSet's controller says once it has seen the newest template.
    void observe_stateful_set(const std::string& update_revision, std::int64_t updated, std::int64_t ready) {
        api.edit(kSetPath, [&](json::Object& set) {
            set["status"] = json::Object{
                {"observedGeneration", set["metadata"].at("generation")},
                {"replicas", 1},
                {"currentRevision", "rev-1"},
                {"updateRevision", update_revision},
                {"updatedReplicas", updated},
                {"readyReplicas", ready}
            };
        });
    }
    /// A pod of the node's StatefulSet; `state` is that of its seid container.
    void put_pod(const std::string& revision, const std::string& image, const json::Value& state) {
        json::Object pod;
        pod["metadata"] = json::Object{
            {"labels", json::Object{{"sei.io/node", "n0"}, {"controller-revision-hash", revision}}},
            {"ownerReferences",
             json::Array{json::Object{
                 {"apiVersion", "apps/v1"},
                 {"kind", "StatefulSet"},
                 {"name", "n0"},
                 {"uid", uid_of(kSetPath)},
                 {"controller", true}
             }}}
        };
        pod["spec"] = json::Object{{"containers", json::Array{json::Object{{"name", "seid"}, {"image", image}}}}};
        pod["status"] = json::Object{
            {"phase", "Pending"},
            {"containerStatuses",
             json::Array{json::Object{
                 {"name", "seid"},
                 {"image", image},
                 {"imageID", ""},
                 {"ready", false},
                 {"restartCount", 0},
                 {"state", state}
             }}}
        };
        api.put(kPodPath, std::move(pod));
    }

    /// Its bootstrap Job ends well, as `kubectl get` shows it at last.
    void complete_bootstrap_job() {
        api.edit(kJobPath, [](json::Object& job) {
            job["status"] =
                json::Object{{"conditions", json::Array{json::Object{{"type", "Complete"}, {"status", "True"}}}}};
        });
    }
    /// The sidecar of that pod runs, and so the pod does.
    void run_sidecar_of_pod() {
        api.edit(kPodPath, [](json::Object& pod) {
            json::Object& status = pod["status"].as_object();
            status["phase"] = "Running";
            status["initContainerStatuses"] = json::Array{json::Object{
                {"name", "sei-sidecar"},
                {"image", "seictl"},
                {"imageID", ""},
                {"ready", true},
                {"restartCount", 0},
                {"state", json::Object{{"running", json::Object{}}}}
            }};
        });
    }
    /// And has been unready for some time.
    void leave_pod_unready() {
        api.edit(kPodPath, [](json::Object& pod) {
            pod["status"].as_object()["phase"] = "Running";
            pod["status"].as_object()["conditions"] = json::Array{
                json::Object{{"type", "Ready"}, {"status", "False"}, {"lastTransitionTime", "2001-01-01T00:00:00Z"}}
            };
        });
    }

    [[nodiscard]] FakeSidecarFactory& factory() { return factory_; }
    [[nodiscard]] node::NodeReconciler& reconciler() { return *reconciler_; }

private:
    class Recorder final : public kube::EventRecorder {
    public:
        explicit Recorder(std::vector<std::string>& events) : events_{events} {}
        void record(kube::ObjectReference, kube::EventType type, std::string reason, std::string message) override {
            events_.push_back((type == kube::EventType::Normal ? "Normal " : "Warning ") + reason + ": " + message);
        }

    private:
        std::vector<std::string>& events_;
    };
    static kube::Async<> kept(kube::Async<kube::Requeue> work, std::optional<kube::Requeue>& result) {
        result = co_await std::move(work);
    }
    template <class K>
    void sync(kube::detail::CacheStore& store, std::string_view part) {
        for (const auto& entry : store.list("")) store.erase(entry.metadata->key());
        for (const auto& [path, object] : api.objects()) {
            if (path.find(part) == std::string::npos) continue;
            auto decoded = std::make_shared<const K>(json::from_json<K>(object));
            const kube::ObjectMeta* metadata = &decoded->metadata;
            store.put({std::move(decoded), metadata});
        }
    }

    using Store = std::shared_ptr<kube::detail::CacheStore>;
    Store nodes_ = std::make_shared<kube::detail::CacheStore>(kube::KindOf<api::SeiNode>::type);
    Store sets_ = std::make_shared<kube::detail::CacheStore>(kube::KindOf<kube::StatefulSet>::type);
    Store claims_ = std::make_shared<kube::detail::CacheStore>(kube::KindOf<kube::PersistentVolumeClaim>::type);
    Store pods_ = std::make_shared<kube::detail::CacheStore>(kube::KindOf<kube::Pod>::type);
    Store services_ = std::make_shared<kube::detail::CacheStore>(kube::KindOf<kube::Service>::type);
    Store config_maps_ = std::make_shared<kube::detail::CacheStore>(kube::KindOf<kube::ConfigMap>::type);
    platform::Platform platform_;
    FakeSidecarFactory factory_;
    Recorder recorder_;
    kube::Random random_{42};
    kube::Client client_{api, {}};
    std::optional<kube::Requeue> begun_;
    std::unique_ptr<node::NodeReconciler> reconciler_;
};

}  // namespace sei::test
