// An embedded API server with the simulated workloads, on virtual time, in one loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "devcluster/apiserver/api_server.hpp"
#include "devcluster/workloads/workloads.hpp"
#include "kube/async/manual_clock.hpp"
#include "kube/async/scope.hpp"
#include "kube/client/client.hpp"
#include "kube/http/server.hpp"
#include "kube/types/pod.hpp"
#include "kube/types/stateful_set.hpp"
#include "testkit/faulty_transport.hpp"

namespace devcluster::workloads::test {

/// The limit of virtual time that a test waits for anything.
inline constexpr std::chrono::minutes kWaitLimit{30};

class TestCluster {
public:
    explicit TestCluster(
        WorkloadsOptions options = {}, PodProbe* probe = nullptr, ContainerObserver* observer = nullptr
    );
    ~TestCluster();

    /// Creates, or panics with the server's refusal. `text` is JSON; a namespaced object without a namespace goes into
    /// "default".
    kube::json::Value create(std::string_view text);
    void create_manifest(std::string_view yaml) { server.install(yaml); }
    /// The object, or null.
    [[nodiscard]] kube::json::Value get(
        const kube::ResourceType& type, const std::string& name, std::string namespace_ = "default"
    );
    void merge_patch(
        const kube::ResourceType& type,
        const std::string& name,
        std::string_view text,
        std::string_view subresource = {}
    );
    void remove(
        const kube::ResourceType& type,
        const std::string& name,
        kube::Propagation propagation = kube::Propagation::Background
    );
    [[nodiscard]] std::vector<kube::json::Value> list(const kube::ResourceType& type);
    [[nodiscard]] kube::Pod pod(const std::string& name);
    [[nodiscard]] kube::StatefulSet stateful_set(const std::string& name);
    [[nodiscard]] bool exists(const kube::ResourceType& type, const std::string& name);

    /// Runs the loop and moves time on, until the condition holds. Fails the test when it does not within the limit.
    void run_until(std::string_view what, const std::function<bool()>& done);
    /// Lets virtual time pass.
    void run_for(std::chrono::milliseconds time);
    /// Writes that reached the server so far.
    [[nodiscard]] apiserver::Revision revision() { return server.store().revision(); }

    template <class T>
    T run(kube::Async<T> work);
    void run(kube::Async<> work);

    boost::asio::io_context loop;
    kube::ManualClock clock{loop.get_executor()};
    apiserver::ApiServer server{loop.get_executor(), clock};
    kube::InProcessTransport transport{loop.get_executor(), server.handler()};
    kube::Client client{transport, {}};
    /// The way of the workloads alone: what happens on it happens to them.
    testkit::FaultyTransport way{transport};
    kube::Scope scope{loop.get_executor()};
    std::unique_ptr<Workloads> workloads;

private:
    /// One turn; false when there is nothing to do and nobody sleeps.
    bool turn();
};

template <class T>
T TestCluster::run(kube::Async<T> work) {
    std::optional<T> result;
    const auto keep = [](kube::Async<T> from, std::optional<T>& to) -> kube::Async<> { to = co_await std::move(from); };
    run(keep(std::move(work), result));
    return *std::move(result);
}

/// A StatefulSet of one container; `spec` is merged over its spec.
[[nodiscard]] std::string a_stateful_set(std::string_view name, std::string_view spec = "{}");
/// A Job of one container; `spec` is merged over its spec.
[[nodiscard]] std::string a_job(std::string_view name, std::string_view spec = "{}");
/// A pod of one container; `metadata` and `spec` are merged over its own.
[[nodiscard]] std::string a_pod(std::string_view name, std::string_view metadata = "{}", std::string_view spec = "{}");

inline constexpr kube::ResourceType kPods{"", "v1", "Pod", "pods"};
inline constexpr kube::ResourceType kSets{"apps", "v1", "StatefulSet", "statefulsets"};
inline constexpr kube::ResourceType kRevisions{"apps", "v1", "ControllerRevision", "controllerrevisions"};
inline constexpr kube::ResourceType kJobs{"batch", "v1", "Job", "jobs"};
inline constexpr kube::ResourceType kClaims{"", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"};
inline constexpr kube::ResourceType kVolumes{"", "v1", "PersistentVolume", "persistentvolumes", false};
inline constexpr kube::ResourceType kMaps{"", "v1", "ConfigMap", "configmaps"};
inline constexpr kube::ResourceType kSecrets{"", "v1", "Secret", "secrets"};
inline constexpr kube::ResourceType kNamespaces{"", "v1", "Namespace", "namespaces", false};
inline constexpr kube::ResourceType kMachines{"", "v1", "Node", "nodes", false};
inline constexpr kube::ResourceType kEvents{"", "v1", "Event", "events"};

}  // namespace devcluster::workloads::test
