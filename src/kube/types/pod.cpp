#include "kube/types/pod.hpp"

#include <algorithm>

#include "kube/json/codec.hpp"

namespace kube {

const ContainerStatus* find_container_status(const PodStatus& status, std::string_view name) {
    for (const auto* statuses : {&status.containerStatuses, &status.initContainerStatuses}) {
        const auto found = std::ranges::find(*statuses, name, &ContainerStatus::name);
        if (found != statuses->end()) return &*found;
    }
    return nullptr;
}

}  // namespace kube

template void kube::json::write_json(const kube::Pod&, kube::json::Value&);
template kube::Pod kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::PodSpec&, kube::json::Value&);
template kube::PodSpec kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::PodStatus&, kube::json::Value&);
template kube::PodStatus kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::PodTemplateSpec&, kube::json::Value&);
template kube::PodTemplateSpec kube::json::from_json(const kube::json::Value&);
