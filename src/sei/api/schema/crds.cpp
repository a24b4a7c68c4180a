#include "sei/api/schema/crds.hpp"

#include <fmt/format.h>

#include "kube/schema/crd.hpp"
#include "kube/schema/yaml.hpp"
#include "sei/api/schema/rules.hpp"

namespace sei::api {
namespace {

using kube::schema::CrdOptions;

template <kube::Kind K>
CrdManifest manifest_of(const CrdOptions& options) {
    constexpr const kube::ResourceType& kType = kube::KindOf<K>::type;
    return {
        .file_name = fmt::format("{}_{}.yaml", kType.group, kType.plural),
        .crd = kube::schema::make_crd(
            kType, options, kube::schema::schema_of<decltype(K::spec)>(), kube::schema::schema_of<decltype(K::status)>()
        )
    };
}

CrdManifest nodes() {
    return manifest_of<SeiNode>({
        .short_names = {"snode"},
        .columns =
            {{"Phase", "string", ".status.phase"},
             {"StatefulSet", "string", ".status.statefulSet.name", 1},
             {"Age", "date", ".metadata.creationTimestamp"}},
        .description = "SeiNode is one node of a Sei chain: its pod, volume, configuration and life.",
        .spec_description = "What the node is to be.",
        .status_description = "What the operator last saw and did.",
    });
}

CrdManifest deployments() {
    return manifest_of<SeiNodeDeployment>({
        .short_names = {"snd"},
        .columns =
            {{"Ready", "integer", ".status.readyReplicas"},
             {"Replicas", "integer", ".status.replicas"},
             {"Phase", "string", ".status.phase"},
             {"Paused", "boolean", ".spec.paused"},
             {"Target", "string", ".status.rollout.targetHash", 1},
             {"Age", "date", ".metadata.creationTimestamp"}},
        .description =
            "SeiNodeDeployment is a fleet of equal SeiNodes: their number, rollouts, genesis and networking.",
        .spec_description = "What the fleet is to be.",
        .status_description = "What the operator last saw and did.",
    });
}

CrdManifest tasks() {
    return manifest_of<SeiNodeTask>({
        .short_names = {"snt"},
        .columns =
            {{"Kind", "string", ".spec.kind"},
             {"Target", "string", ".spec.target.nodeRef.name"},
             {"Phase", "string", ".status.phase"},
             {"Age", "date", ".metadata.creationTimestamp"}},
        .description = "SeiNodeTask is one thing to be done to one SeiNode, once.",
        .spec_description = "What is to be done, and to which node.",
        .status_description = "What the operator last saw and did.",
    });
}

}  // namespace

std::vector<CrdManifest> crd_manifests() {
    std::vector<CrdManifest> manifests;
    manifests.push_back(nodes());
    manifests.push_back(deployments());
    manifests.push_back(tasks());
    return manifests;
}

std::string manifest_text(const CrdManifest& manifest) {
    return "# Made by crdgen from src/sei/api. Change it there, then run: make crds\n---\n" +
           kube::schema::to_yaml(manifest.crd);
}

}  // namespace sei::api
