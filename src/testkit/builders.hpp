// Built-in objects for tests: complete enough for a real API server, as short as the test is about them.
#pragma once

#include <string>

#include "kube/client/snapshot.hpp"
#include "kube/meta/names.hpp"
#include "kube/types/config_map.hpp"
#include "kube/types/pod.hpp"
#include "kube/types/stateful_set.hpp"

namespace testkit {

[[nodiscard]] kube::ConfigMap a_config_map(const kube::NamespacedName& key, kube::StringMap data = {});
/// One replica, one container "main", selected by the label app=<name>.
[[nodiscard]] kube::StatefulSet a_stateful_set(const kube::NamespacedName& key, std::string image);
/// One container "main".
[[nodiscard]] kube::Pod a_pod(const kube::NamespacedName& key, std::string image);

/// `object`, controlled by `owner`.
template <class K, kube::Kind Owner>
[[nodiscard]] K controlled_by(K object, const kube::Snapshot<Owner>& owner) {
    object.metadata.ownerReferences = {{
        .apiVersion = kube::KindOf<Owner>::type.api_version(),
        .kind = std::string{kube::KindOf<Owner>::type.kind},
        .name = owner->metadata.name,
        .uid = owner->metadata.uid,
        .controller = true,
    }};
    return object;
}

}  // namespace testkit
