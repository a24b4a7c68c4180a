#include "sei/resources/bootstrap_job.hpp"

#include <fmt/format.h>

#include "sei/api/node_queries.hpp"
#include "sei/resources/container_parts.hpp"
#include "sei/resources/containers.hpp"
#include "sei/resources/identity.hpp"
#include "sei/resources/pod_parts.hpp"
#include "sei/resources/scripts.hpp"

namespace sei::resources {

namespace {

constexpr std::int32_t kKeptSecondsAfterFinished = 3600;
constexpr std::int64_t kGraceSeconds = 120;

kube::Container bootstrap_sidecar(const api::SeiNode& node, const platform::Platform& platform) {
    kube::Container container = sidecar_container(node, platform);
    // No keyring, no port, no security context: what is left is what every sidecar has (spec 05 §10.2).
    std::erase_if(container.env, [](const kube::EnvVar& variable) {
        return variable.name.starts_with("SEI_KEYRING_");
    });
    container.ports.clear();
    container.volumeMounts = {mount(kDataVolume, kHome)};
    container.securityContext.reset();
    return container;
}

kube::Container bootstrap_proxy(const api::SeiNode& node, const platform::Platform& platform) {
    kube::Container container = rbac_proxy_container(node, platform);
    // Every path needs a token here.
    std::erase_if(container.args, [](const std::string& argument) { return argument.starts_with("--ignore-paths="); });
    container.livenessProbe.reset();
    container.readinessProbe.reset();
    container.startupProbe.reset();
    container.securityContext.reset();
    return container;
}

kube::Container bootstrap_seid(
    const api::SeiNode& node, const platform::Platform& platform, const std::string& image, std::int64_t halt_height
) {
    kube::Container container = seid_container(node, platform);
    container.image = image;
    container.args = {bootstrap_script(api::sidecar_port(node.spec), halt_height)};
    container.ports.clear();
    container.volumeMounts = {mount(kDataVolume, kHome)};
    container.readinessProbe.reset();
    container.startupProbe.reset();
    container.securityContext.reset();
    return container;
}

}  // namespace

std::expected<kube::Job, RenderError> render_bootstrap_job(
    const api::SeiNode& node, const platform::Platform& platform
) {
    const api::SnapshotSource* snapshot = api::snapshot_source(node.spec);
    if (snapshot == nullptr || !snapshot->s3) {
        return std::unexpected(RenderError{fmt::format(
            "bootstrap job requires an S3 snapshot source (node {}/{})", node.metadata.namespace_, node.metadata.name
        )});
    }
    const std::string& image = snapshot->bootstrapImage.empty() ? node.spec.image : snapshot->bootstrapImage;

    kube::Job job;
    job.metadata = owned_metadata(node, api::bootstrap_job_key(node), bootstrap_labels(node));
    job.spec.backoffLimit = 0;
    job.spec.ttlSecondsAfterFinished = kKeptSecondsAfterFinished;
    job.spec.template_.metadata.labels = bootstrap_labels(node);
    job.spec.template_.metadata.annotations = pod_annotations();

    kube::PodSpec& pod = job.spec.template_.spec;
    kube::Container init = seid_init_container(node);
    init.image = image;
    init.securityContext.reset();
    pod.volumes = {data_volume(node), proxy_config_volume(node)};
    pod.initContainers = {std::move(init), bootstrap_sidecar(node, platform), bootstrap_proxy(node, platform)};
    pod.containers = {bootstrap_seid(node, platform, image, api::halt_height(*snapshot->s3))};
    pod.restartPolicy = "Never";
    pod.terminationGracePeriodSeconds = kGraceSeconds;
    // With the bootstrap Service, the name that the production pod will have: one address of the sidecar for both.
    pod.hostname = api::pod_key(node).name;
    pod.subdomain = node.metadata.name;
    place(node, platform, pod);

    for (const auto& check : {check_bootstrap_isolation, check_secret_use, check_amounts}) {
        if (auto checked = check(node, pod); !checked) return std::unexpected(checked.error());
    }
    return job;
}

}  // namespace sei::resources
