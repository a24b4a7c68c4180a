// The one simulated machine: its Node object.
#pragma once

#include <chrono>
#include <string>

#include "kube/async/clock.hpp"
#include "kube/client/client.hpp"

namespace devcluster::workloads {

struct MachineOptions {
    std::string name = "simulated";
    std::string address = "10.0.0.10";
    /// Besides kubernetes.io/hostname, os and arch. The real scheduler matches node selectors and affinities with them.
    kube::StringMap labels;
    int pods_max = 5'000;
    std::string cpu = "10000";
    std::string memory = "100Ti";
    std::string storage = "1Pi";
    /// Renews the Lease in kube-node-lease every 10 s: needed where a real node lifecycle controller looks on.
    bool renews_lease = false;
};

/// Sees that the Node exists, is Ready and has room, and takes the not-ready taint from it, as the node lifecycle
/// controller would. False when others kept changing it meanwhile.
[[nodiscard]] kube::Async<bool> register_machine(kube::Client& client, kube::Clock& clock, MachineOptions options);

/// Renews the machine's Lease until it is cancelled.
[[nodiscard]] kube::Async<> renew_lease(kube::Client& client, kube::Clock& clock, std::string machine);

}  // namespace devcluster::workloads
