// What the caches know of one node's objects.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kube/client/snapshot.hpp"
#include "kube/types/config_map.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/pod.hpp"
#include "kube/types/service.hpp"
#include "kube/types/stateful_set.hpp"

namespace sei::tasks {

/// Reads that cost nothing and may be behind: never enough to destroy something, or to fail a plan for good.
class Observed {
public:
    virtual ~Observed() = default;
    /// The object of the StatefulSet's name, whoever owns it.
    [[nodiscard]] virtual std::optional<kube::Snapshot<kube::StatefulSet>> stateful_set() const = 0;
    /// The pods that carry the node's label.
    [[nodiscard]] virtual std::vector<kube::Snapshot<kube::Pod>> pods() const = 0;
    /// The claim of the node's data volume.
    [[nodiscard]] virtual std::optional<kube::Snapshot<kube::PersistentVolumeClaim>> data_volume_claim() const = 0;
    /// The objects of the names that the headless Service and the proxy's configuration have, whoever owns them.
    [[nodiscard]] virtual std::optional<kube::Snapshot<kube::Service>> service() const = 0;
    [[nodiscard]] virtual std::optional<kube::Snapshot<kube::ConfigMap>> proxy_config() const = 0;
};

}  // namespace sei::tasks
