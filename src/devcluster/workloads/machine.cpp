#include "devcluster/workloads/machine.hpp"

#include "kube/types/cluster_node.hpp"
#include "kube/types/lease.hpp"

namespace devcluster::workloads {

namespace {

constexpr std::chrono::seconds kLeaseRenewInterval{10};
constexpr std::int32_t kLeaseDurationSeconds = 40;
constexpr std::string_view kNotReadyTaint = "node.kubernetes.io/not-ready";
constexpr int kAttemptsMax = 10;

kube::json::Object node_body(const MachineOptions& options) {
    kube::json::Object labels;
    for (const auto& [key, value] : options.labels) labels[key] = value;
    labels["kubernetes.io/hostname"] = options.name;
    labels["kubernetes.io/os"] = "linux";
    labels["kubernetes.io/arch"] = "amd64";
    kube::json::Object metadata;
    metadata["name"] = options.name;
    metadata["labels"] = std::move(labels);
    kube::json::Object body;
    body["apiVersion"] = "v1";
    body["kind"] = "Node";
    body["metadata"] = std::move(metadata);
    body["spec"] = kube::json::Object{};
    return body;
}

kube::json::Object named(
    std::string_view key, std::string_view type, std::string_view value_key, std::string_view value
) {
    kube::json::Object object;
    object[key] = type;
    object[value_key] = value;
    return object;
}

kube::json::Object status_body(const MachineOptions& options, kube::Time now) {
    kube::json::Object resources;
    resources["cpu"] = options.cpu;
    resources["memory"] = options.memory;
    resources["ephemeral-storage"] = options.storage;
    resources["pods"] = std::to_string(options.pods_max);
    kube::json::Object ready = named("type", "Ready", "status", "True");
    ready["reason"] = "KubeletReady";
    ready["message"] = "the simulated kubelet is posting ready status";
    ready["lastHeartbeatTime"] = kube::to_string(now);
    ready["lastTransitionTime"] = kube::to_string(now);
    kube::json::Object info;
    for (const std::string_view key : {"machineID", "systemUUID", "bootID", "kernelVersion"}) info[key] = "simulated";
    info["osImage"] = "simulated";
    info["containerRuntimeVersion"] = "simulated://1";
    info["kubeletVersion"] = "v1.34.0";
    info["kubeProxyVersion"] = "";
    info["operatingSystem"] = "linux";
    info["architecture"] = "amd64";
    kube::json::Object status;
    status["capacity"] = resources;
    status["allocatable"] = std::move(resources);
    status["conditions"] = kube::json::Array{std::move(ready)};
    status["addresses"] = kube::json::Array{
        named("type", "InternalIP", "address", options.address), named("type", "Hostname", "address", options.name)
    };
    status["nodeInfo"] = std::move(info);
    return status;
}

bool has_room(const kube::ClusterNode& node, const MachineOptions& options) {
    const auto pods = node.status.allocatable.find("pods");
    return kube::is_condition_true(node.status.conditions, "Ready") && pods != node.status.allocatable.end() &&
           pods->second == kube::Quantity{std::to_string(options.pods_max)};
}

}  // namespace

kube::Async<bool> register_machine(kube::Client& client, kube::Clock& clock, MachineOptions options) {
    const kube::ResourceType& type = kube::KindOf<kube::ClusterNode>::type;
    const kube::NamespacedName key{{}, options.name};
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        auto node = co_await client.get<kube::ClusterNode>(key);
        if (!node) {
            (void)co_await kube::detail::unguarded(client).create(type, {}, node_body(options));
            continue;
        }
        if (!has_room(**node, options)) {
            kube::json::Object metadata;
            metadata["resourceVersion"] = (*node)->metadata.resourceVersion;
            kube::json::Object patch;
            patch["metadata"] = std::move(metadata);
            patch["status"] = status_body(options, kube::Time::of(clock.now()));
            (void)co_await kube::detail::unguarded(client).merge_patch(type, key, "status", std::move(patch));
            continue;
        }
        kube::ClusterNode untainted = **node;
        std::erase_if(untainted.spec.taints, [](const kube::Taint& taint) { return taint.key == kNotReadyTaint; });
        for (const auto& [label, value] : options.labels) untainted.metadata.labels[label] = value;
        if (co_await client.patch(*node, std::move(untainted))) co_return true;
    }
    co_return false;
}

kube::Async<> renew_lease(kube::Client& client, kube::Clock& clock, std::string machine) {
    for (;;) {
        kube::Lease lease;
        lease.metadata.name = machine;
        lease.metadata.namespace_ = "kube-node-lease";
        lease.spec.holderIdentity = machine;
        lease.spec.leaseDurationSeconds = kLeaseDurationSeconds;
        lease.spec.renewTime = kube::MicroTime{clock.now()};
        try {
            (void)co_await client.apply(std::move(lease), kube::FieldManager{"simulated-kubelet"}, kube::Force::Yes);
        } catch (const kube::ApiError&) {
            // The next renewal is soon; the lease lasts for four of them.
        } catch (const kube::TransportError&) {
        }
        co_await clock.sleep_for(kLeaseRenewInterval);
    }
}

}  // namespace devcluster::workloads
