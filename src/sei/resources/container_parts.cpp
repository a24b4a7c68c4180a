#include "sei/resources/container_parts.hpp"

#include <utility>

namespace sei::resources {

kube::SecurityContext seid_security_context() {
    kube::SecurityContext context;
    context.allowPrivilegeEscalation = false;
    context.capabilities = kube::Capabilities{.drop = {"ALL"}};
    context.runAsGroup = kNonRoot;
    context.runAsNonRoot = true;
    context.runAsUser = kNonRoot;
    context.seccompProfile = kube::SeccompProfile{.type = "RuntimeDefault"};
    return context;
}

kube::SecurityContext hardened_security_context() {
    kube::SecurityContext context = seid_security_context();
    context.readOnlyRootFilesystem = true;
    return context;
}

kube::ContainerPort container_port(std::string_view name, std::int32_t port) {
    return {.name = std::string{name}, .containerPort = port, .protocol = "TCP"};
}

kube::EnvVar env(std::string_view name, std::string value) {
    return {.name = std::string{name}, .value = std::move(value)};
}

kube::VolumeMount mount(std::string_view volume, std::string_view path) {
    return {.name = std::string{volume}, .mountPath = std::string{path}};
}

kube::VolumeMount mount_file(std::string_view volume, std::string path, std::string_view file) {
    return {.name = std::string{volume}, .mountPath = std::move(path), .subPath = std::string{file}, .readOnly = true};
}

kube::Probe http_probe(std::string_view path, std::int32_t port) {
    kube::Probe probe;
    probe.httpGet = kube::HttpGetAction{.path = std::string{path}, .port = port};
    return probe;
}

kube::Probe tcp_probe(std::int32_t port) {
    kube::Probe probe;
    probe.tcpSocket = kube::TcpSocketAction{.port = port};
    return probe;
}

}  // namespace sei::resources
