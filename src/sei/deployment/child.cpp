#include "sei/deployment/child.hpp"

#include <algorithm>
#include <string>

#include "kube/json/json.hpp"
#include "kube/json/same.hpp"
#include "sei/api/labels.hpp"
#include "sei/deployment/fleet.hpp"
#include "sei/resources/drift.hpp"

namespace sei::deployment {
namespace {

kube::ObjectMeta metadata_of_child(
    const api::SeiNodeDeployment& deployment, std::int32_t ordinal, const api::SeiNode* live
) {
    kube::ObjectMeta metadata;
    metadata.name = child_name(deployment, ordinal);
    metadata.namespace_ = deployment.metadata.namespace_;
    if (live != nullptr) metadata.uid = live->metadata.uid;
    if (deployment.spec.template_.metadata) {
        metadata.labels = deployment.spec.template_.metadata->labels;
        metadata.annotations = deployment.spec.template_.metadata->annotations;
    }
    // The node takes it away once it is done: applied, it would be asked for again for ever.
    metadata.annotations.erase(std::string{api::kRetryAnnotation});
    metadata.labels[std::string{api::kDeploymentLabel}] = deployment.metadata.name;
    metadata.labels[std::string{api::kDeploymentOrdinalLabel}] = std::to_string(ordinal);
    metadata.labels[std::string{api::kRevisionLabel}] = std::to_string(deployment.metadata.generation);
    metadata.labels[std::string{api::kChainLabel}] = deployment.spec.template_.spec.chainId;
    metadata.ownerReferences = {owner_reference_to(deployment)};
    return metadata;
}

kube::StringMap pod_labels(const api::SeiNodeDeployment& deployment) {
    kube::StringMap labels;
    if (deployment.spec.template_.metadata) labels = deployment.spec.template_.metadata->labels;
    for (const auto& [key, value] : deployment.spec.template_.spec.podLabels) labels[key] = value;
    labels[std::string{api::kDeploymentLabel}] = deployment.metadata.name;
    labels.erase(std::string{api::kRevisionLabel});
    return labels;
}

/// A node that was made without a part in the ceremony gets none later, and none is made with one after it (H16d,
/// H16e).
void set_ceremony(
    api::NodeSpec& spec,
    const api::SeiNodeDeployment& deployment,
    std::int32_t ordinal,
    const api::SeiNode* live,
    const CeremonyOfFleet& ceremony
) {
    if (!deployment.spec.genesis || !spec.validator) return;
    const api::GenesisConfig& genesis = *deployment.spec.genesis;
    const bool takes_part = live == nullptr ? ceremony.takes_newcomers : takes_part_in_ceremony(*live);
    spec.validator->genesisCeremony.reset();
    if (!takes_part) return;
    spec.validator->genesisCeremony = api::GenesisCeremonyNodeConfig{
        .chainId = genesis.chainId,
        .stakingAmount = genesis.stakingAmount,
        .accountBalance = genesis.accountBalance,
        .index = ordinal
    };
}

bool has_metadata(const kube::ObjectMeta& live, const kube::ObjectMeta& desired) {
    return resources::has_entries(live.labels, desired.labels) &&
           resources::has_entries(live.annotations, desired.annotations) &&
           live.is_controlled_by(kube::Uid{desired.ownerReferences.front().uid});
}

/// Is every member of `part` in `whole`, with an equal value? Lists are equal or not: they are atomic under server-side
/// apply.
bool contains(const kube::json::Value& whole, const kube::json::Value& part) {
    if (part.is_object()) {
        if (!whole.is_object()) return false;
        return std::ranges::all_of(part.get_object(), [&](const auto& member) {
            const kube::json::Value* found = whole.get_object().if_contains(member.key());
            return found != nullptr && contains(*found, member.value());
        });
    }
    return kube::json::same(whole, part);
}

}  // namespace

kube::OwnerReference owner_reference_to(const api::SeiNodeDeployment& deployment) {
    constexpr const kube::ResourceType& kType = kube::KindOf<api::SeiNodeDeployment>::type;
    return {
        .apiVersion = kType.api_version(),
        .kind = std::string{kType.kind},
        .name = deployment.metadata.name,
        .uid = deployment.metadata.uid,
        .controller = true,
        .blockOwnerDeletion = true
    };
}

api::SeiNode desired_child(
    const api::SeiNodeDeployment& deployment,
    std::int32_t ordinal,
    const api::SeiNode* live,
    Images images,
    const CeremonyOfFleet& ceremony
) {
    api::SeiNode child;
    child.metadata = metadata_of_child(deployment, ordinal, live);
    child.spec = deployment.spec.template_.spec;
    child.spec.paused = false;
    child.spec.podLabels = pod_labels(deployment);
    set_ceremony(child.spec, deployment, ordinal, live, ceremony);
    if (deployment.spec.genesis && takes_part_in_ceremony(child)) {
        child.spec.peers.clear();
    } else if (deployment.spec.genesis && !ceremony.peers.empty()) {
        child.spec.peers = ceremony.peers;
    }
    if (live == nullptr) return child;
    child.spec.chainId = live->spec.chainId;
    if (images == Images::AsTheyAre) {
        child.spec.image = live->spec.image;
        child.spec.sidecar = live->spec.sidecar;
    }
    return child;
}

bool has_metadata_of_child(const api::SeiNode& live, const api::SeiNodeDeployment& deployment, std::int32_t ordinal) {
    return has_metadata(live.metadata, metadata_of_child(deployment, ordinal, &live));
}

bool has_sidecar(const api::SeiNode& live, const api::SeiNode& desired) {
    const auto& own = live.spec.sidecar;
    const auto& wanted = desired.spec.sidecar;
    if (!own || !wanted) return !own && !wanted;
    return own->image == wanted->image && own->port == wanted->port;
}

bool is_up_to_date(const api::SeiNode& live, const api::SeiNode& desired) {
    return has_metadata(live.metadata, desired.metadata) && has_sidecar(live, desired) &&
           contains(kube::json::to_json(live.spec), kube::json::to_json(desired.spec));
}

}  // namespace sei::deployment
