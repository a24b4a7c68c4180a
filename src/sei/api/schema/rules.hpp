// Which types have rules. Each is defined in the .cpp that is named after the type's header.
#pragma once

#include "kube/schema/condition_rules.hpp"
#include "kube/schema/schema_of.hpp"
#include "sei/api/deployment.hpp"
#include "sei/api/node.hpp"
#include "sei/api/node_task.hpp"

namespace kube::schema {

// node_spec.hpp
template <>
struct Rules<sei::api::Ec2TagsPeerSource> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::StaticPeerSource> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::LabelPeerSource> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::PeerSource> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::SidecarConfig> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::DataVolumeImport> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::DataVolumeSpec> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::FullNodeSpec> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::ArchiveSpec> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::ShadowResult> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::ResultExport> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::ReplayerSpec> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::NodeSpec> {
    static void add(SchemaNode schema);
};

// snapshot.hpp
template <>
struct Rules<sei::api::S3Snapshot> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::StateSync> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::SnapshotSource> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::SnapshotPublish> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::TendermintSnapshotGeneration> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::SnapshotGenerationConfig> {
    static void add(SchemaNode schema);
};

// validator.hpp
template <>
struct Rules<sei::api::GenesisCeremonyNodeConfig> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::KeySecret> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::SigningKeySource> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::NodeKeySource> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::PassphraseSecretRef> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::SecretOperatorKeyring> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::OperatorKeyringSource> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::ValidatorSpec> {
    static void add(SchemaNode schema);
};

// plan.hpp
template <>
struct Rules<sei::api::PlannedTask> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::FailedTaskInfo> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::TaskPlan> {
    static void add(SchemaNode schema);
};

// node.hpp
template <>
struct Rules<sei::api::StatefulSetIdentity> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::AppliedConfig> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::SeiNodeStatus> {
    static void add(SchemaNode schema);
};

// deployment.hpp
template <>
struct Rules<sei::api::UpdateStrategy> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::TemplateMetadata> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::SeiNodeTemplate> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::GenesisAccount> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::GenesisConfig> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::NetworkingConfig> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::SeiNodeDeploymentSpec> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::DeploymentNodeStatus> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::RolloutStatus> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::RouteStatus> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::NetworkingStatus> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::InternalServicePorts> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::InternalServiceStatus> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::PerPodServicePorts> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::PerPodServiceStatus> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::NodeEndpoints> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::EndpointsStatus> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::SeiNodeDeploymentStatus> {
    static void add(SchemaNode schema);
};

// node_task.hpp
template <>
struct Rules<sei::api::NodeRef> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::TaskTarget> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::GovSoftwareUpgradePayload> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::GovVotePayload> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::HeightCondition> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::AwaitConditionPayload> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::UpdateNodeImagePayload> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::AwaitNodesAtHeightPayload> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::SeiNodeTaskSpec> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::BackingTask> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::GovSoftwareUpgradeOutput> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::GovVoteOutput> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::AwaitConditionOutput> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::UpdateNodeImageOutput> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::AwaitNodesAtHeightOutput> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::TaskOutputs> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<sei::api::SeiNodeTaskStatus> {
    static void add(SchemaNode schema);
};

// kube/types/container.hpp
template <>
struct Rules<kube::ResourceClaim> {
    static void add(SchemaNode schema);
};
template <>
struct Rules<kube::ResourceRequirements> {
    static void add(SchemaNode schema);
};

}  // namespace kube::schema
