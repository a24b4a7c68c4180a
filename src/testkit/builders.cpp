#include "testkit/builders.hpp"

#include <utility>

namespace testkit {

namespace {

kube::ObjectMeta metadata_of(const kube::NamespacedName& key) {
    kube::ObjectMeta metadata;
    metadata.namespace_ = key.namespace_;
    metadata.name = key.name;
    return metadata;
}

kube::PodSpec one_container(std::string image) {
    kube::PodSpec spec;
    spec.containers.push_back({.name = "main", .image = std::move(image)});
    return spec;
}

}  // namespace

kube::ConfigMap a_config_map(const kube::NamespacedName& key, kube::StringMap data) {
    kube::ConfigMap map;
    map.metadata = metadata_of(key);
    map.data = std::move(data);
    return map;
}

kube::StatefulSet a_stateful_set(const kube::NamespacedName& key, std::string image) {
    kube::StatefulSet set;
    set.metadata = metadata_of(key);
    set.spec.replicas = 1;
    set.spec.serviceName = key.name;
    set.spec.selector.matchLabels = {{"app", key.name}};
    set.spec.template_.metadata.labels = {{"app", key.name}};
    set.spec.template_.spec = one_container(std::move(image));
    return set;
}

kube::Pod a_pod(const kube::NamespacedName& key, std::string image) {
    kube::Pod pod;
    pod.metadata = metadata_of(key);
    pod.spec = one_container(std::move(image));
    return pod;
}

}  // namespace testkit
