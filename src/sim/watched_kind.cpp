#include "sim/watched_kind.hpp"

#include <utility>

#include "kube/types/config_map.hpp"
#include "kube/types/controller_revision.hpp"
#include "kube/types/event.hpp"
#include "kube/types/job.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/pod.hpp"
#include "kube/types/service.hpp"
#include "kube/types/stateful_set.hpp"
#include "sei/api/deployment.hpp"
#include "sei/api/node.hpp"

namespace sim {

const kube::ResourceType& type_of(WatchedKind kind) {
    switch (kind) {
        case WatchedKind::Node:
            return kube::KindOf<sei::api::SeiNode>::type;
        case WatchedKind::StatefulSet:
            return kube::KindOf<kube::StatefulSet>::type;
        case WatchedKind::Pod:
            return kube::KindOf<kube::Pod>::type;
        case WatchedKind::Claim:
            return kube::KindOf<kube::PersistentVolumeClaim>::type;
        case WatchedKind::Service:
            return kube::KindOf<kube::Service>::type;
        case WatchedKind::ConfigMap:
            return kube::KindOf<kube::ConfigMap>::type;
        case WatchedKind::Revision:
            return kube::KindOf<kube::ControllerRevision>::type;
        case WatchedKind::Event:
            return kube::KindOf<kube::Event>::type;
        case WatchedKind::Deployment:
            return kube::KindOf<sei::api::SeiNodeDeployment>::type;
        case WatchedKind::Job:
            return kube::KindOf<kube::Job>::type;
    }
    std::unreachable();
}

}  // namespace sim
