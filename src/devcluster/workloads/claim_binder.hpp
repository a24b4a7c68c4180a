// Claims get volumes, and volumes go with their claims.
#pragma once

#include <memory>

#include "kube/runtime/manager.hpp"
#include "kube/runtime/reconciler.hpp"
#include "kube/types/persistent_volume.hpp"
#include "kube/types/persistent_volume_claim.hpp"

namespace devcluster::workloads {

/// Binds claims, protects those that pods use, releases and deletes volumes.
///
/// Simplified: a claim that names no volume always gets a new one, whatever its storage class is, at once
/// (WaitForFirstConsumer is not simulated), and no volume that exists is ever chosen for it; classes, selectors and
/// resizing are not looked at.
class ClaimBinder {
public:
    /// Registers two controllers with the manager, before it runs. The manager is destroyed first.
    explicit ClaimBinder(kube::Manager& manager);
    ~ClaimBinder();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace devcluster::workloads
