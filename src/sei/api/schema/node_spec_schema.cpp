#include "sei/api/schema/host_port.hpp"
#include "sei/api/schema/rules.hpp"

namespace kube::schema {

void Rules<kube::ResourceClaim>::add(SchemaNode schema) {
    schema.describe("A claim of the pod that the container uses.");
    schema.field("name").describe("The name of the claim among the pod's resource claims.");
    schema.field("request").describe("One request of the claim; empty for all of them.");
}

void Rules<kube::ResourceRequirements>::add(SchemaNode schema) {
    schema.describe("What the container may use, and what is set aside for it.");
    schema.field("claims").describe("Claims of the pod that the container uses.").keyed_by({"name"});
    schema.field("limits").describe("The most that the container may use, by resource.");
    schema.field("requests").describe("What is set aside for the container, by resource.");
}

void Rules<sei::api::Ec2TagsPeerSource>::add(SchemaNode schema) {
    schema.describe("Finds peers among EC2 instances.");
    schema.field("region").describe("The AWS region to look in.").min_length(1);
    schema.field("tags").describe("The tags that an instance must have, all of them.").min_properties(1);
}

void Rules<sei::api::StaticPeerSource>::add(SchemaNode schema) {
    schema.describe("Peers at known addresses.");
    schema.field("addresses").describe("The peers, each as nodeId@host:port.").min_items(1);
}

void Rules<sei::api::LabelPeerSource>::add(SchemaNode schema) {
    schema.describe("Finds peers among SeiNodes of this cluster.");
    schema.field("selector").describe("The labels that a SeiNode must have, all of them.").min_properties(1);
    schema.field("namespace").describe("The namespace to look in; empty for the node's own.");
}

void Rules<sei::api::PeerSource>::add(SchemaNode schema) {
    schema.describe("One way to find peers.")
        .rule(
            "(has(self.ec2Tags) ? 1 : 0) + (has(self.static) ? 1 : 0) + (has(self.label) ? 1 : 0) == 1",
            "ec2Tags, static, label: exactly one must be set in each peer source"
        );
    schema.field("ec2Tags").describe("Finds peers among EC2 instances.");
    schema.field("static").describe("Peers at known addresses.");
    schema.field("label").describe("Finds peers among SeiNodes of this cluster.");
}

void Rules<sei::api::SidecarConfig>::add(SchemaNode schema) {
    schema.describe("The sidecar container, which prepares and looks after seid.");
    schema.field("image").describe("The container image; empty for the platform's.");
    schema.field("port").describe("The port that the sidecar listens on, within the pod.").default_value(7777);
    schema.field("resources").describe("What the sidecar may use, and what is set aside for it.");
}

void Rules<sei::api::DataVolumeImport>::add(SchemaNode schema) {
    schema.describe("An existing volume claim that the node takes over.");
    schema.field("pvcName")
        .describe("The PersistentVolumeClaim in the node's namespace; never changed or deleted by the operator.")
        .min_length(1)
        .max_length(253)
        .pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        .rule("self == oldSelf", "pvcName is immutable: the claim holds the node's data");
}

void Rules<sei::api::DataVolumeSpec>::add(SchemaNode schema) {
    schema.describe("The volume that holds the chain's data.")
        .rule(
            "(!has(oldSelf.import) || has(self.import))",
            "import cannot be unset once configured: the imported volume holds the node's data"
        );
    schema.field("import").describe("Takes over an existing volume claim in place of a new one.");
    schema.field("retain").describe(
        "Keeps the claim data-<name> when the node is deleted. A node of the same name, chain and mode takes it again. "
        "An imported claim is kept in any case."
    );
}

void Rules<sei::api::FullNodeSpec>::add(SchemaNode schema) {
    schema.describe("A full node: follows the chain and serves its recent state.");
    schema.field("snapshot").describe("Where the first state comes from; without it the node syncs from genesis.");
    schema.field("snapshotGeneration").describe("Makes the node produce snapshots.");
}

void Rules<sei::api::ArchiveSpec>::add(SchemaNode schema) {
    schema.describe("An archive: follows the chain and keeps all of its history.");
    schema.field("snapshotGeneration").describe("Makes the node produce snapshots.");
}

void Rules<sei::api::ShadowResult>::add(SchemaNode schema) {
    schema.describe("Compares each block's result with that of the chain.");
    schema.field("canonicalRpc").describe("The RPC URL of a node of the chain to compare with.").min_length(1);
}

void Rules<sei::api::ResultExport>::add(SchemaNode schema) {
    schema.describe("Exports the results of replayed blocks.");
    schema.field("shadowResult").describe("Compares each block's result with that of the chain.");
}

void Rules<sei::api::ReplayerSpec>::add(SchemaNode schema) {
    schema.describe("A replayer: executes blocks again, from a snapshot on.");
    schema.field("snapshot").describe("Where the replay starts; it must be from s3.");
    schema.field("resultExport").describe("Kept for manifests that have it: results are not exported.");
}

void Rules<sei::api::NodeSpec>::add(SchemaNode schema) {
    schema.describe("What the node is to be.")
        .rule(
            "(has(self.fullNode) ? 1 : 0) + (has(self.archive) ? 1 : 0) + (has(self.replayer) ? 1 : 0) + "
            "(has(self.validator) ? 1 : 0) == 1",
            "fullNode, archive, replayer, validator: exactly one must be set, since each is a mode of the node"
        )
        .rule(
            "!has(self.replayer) || (has(self.peers) && size(self.peers) > 0)",
            "peers is required when replayer is set: a replayer gets its blocks from peers"
        )
        // Beyond the contract: its own rules do not see a parent that goes, and comes back with another name.
        .rule(
            "!has(oldSelf.dataVolume) || !has(oldSelf.dataVolume.import) || "
            "(has(self.dataVolume) && has(self.dataVolume.import))",
            "dataVolume.import cannot be unset once configured: the imported volume holds the node's data"
        )
        .rule(
            "!has(oldSelf.validator) || !has(oldSelf.validator.signingKey) || "
            "(has(self.validator) && has(self.validator.signingKey))",
            "validator.signingKey cannot be unset once configured: a validator keeps the key that it started with"
        );
    schema.field("chainId").describe("The ID of the chain that the node belongs to.").min_length(1);
    schema.field("image").describe("The container image of seid.").min_length(1).max_length(512);
    schema.field("peers").describe("Where to find peers; all sources together.");
    schema.field("overrides").describe("Settings of seid by dotted key, over the defaults of the node's mode.");
    schema.field("externalAddress")
        .describe(
            "Where the node's peers reach it, as host:port; without it the node tells them what its status has, if "
            "anything."
        )
        .max_length(kHostPortCharactersMax)
        .pattern(kHostPortPattern);
    schema.field("sidecar").describe("The sidecar container; the platform's settings where it is left out.");
    schema.field("podLabels").describe("Labels for the node's pod, besides the operator's own, which win.");
    schema.field("dataVolume")
        .describe("The volume for the chain's data; a new claim data-<name> where it is left out.");
    schema.field("fullNode").describe("A full node: follows the chain and serves its recent state.");
    schema.field("archive").describe("An archive: follows the chain and keeps all of its history.");
    schema.field("replayer").describe("A replayer: executes blocks again, from a snapshot on.");
    schema.field("validator").describe("A validator: takes part in consensus.");
    schema.field("paused").describe(
        "Freezes the node: no plan advances, and its pod is stopped, also that of a node that has failed."
    );
}

}  // namespace kube::schema
