#include "sei/resources/container_parts.hpp"
#include "sei/resources/containers.hpp"
#include "sei/resources/scripts.hpp"

namespace sei::resources {

kube::Container seid_init_container(const api::SeiNode& node) {
    kube::Container container;
    container.name = "seid-init";
    container.image = node.spec.image;
    container.command = {"/bin/sh", "-c", seid_init_script(node.spec.chainId)};
    container.env = {env("HOME", std::string{kHome})};
    container.resources = kube::ResourceRequirements{};
    container.volumeMounts = {mount(kDataVolume, kHome)};
    container.securityContext = seid_security_context();
    return container;
}

}  // namespace sei::resources
