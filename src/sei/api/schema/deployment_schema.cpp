#include "sei/api/schema/rules.hpp"

namespace kube::schema {

void Rules<sei::api::UpdateStrategy>::add(SchemaNode schema) {
    schema.describe("How a changed template reaches the nodes.");
    schema.field("type").describe("InPlace: each node is updated where it is, and keeps its data.");
    schema.field("maxUnavailable")
        .describe(
            "How many nodes may be unavailable at once during a rollout, which then goes by ordinal; all at once "
            "where it is left out."
        )
        .minimum(1);
    schema.field("progressDeadlineSeconds")
        .describe("How long a rollout may make no progress before its condition says so; 600 where it is left out.")
        .minimum(1);
}

void Rules<sei::api::TemplateMetadata>::add(SchemaNode schema) {
    schema.describe("Metadata for each node.");
    schema.field("labels").describe("Labels for each node and its pod; the operator's own win.");
    schema.field("annotations").describe("The annotations of each node.");
}

void Rules<sei::api::SeiNodeTemplate>::add(SchemaNode schema) {
    schema.describe("What each node is made from.");
    schema.field("metadata").describe("Metadata for each node.");
    schema.field("spec").describe("What each node is to be.");
}

void Rules<sei::api::GenesisAccount>::add(SchemaNode schema) {
    schema.describe("An account that exists from the first block.");
    schema.field("address").describe("The account's bech32 address, sei1 and so on.").min_length(1);
    schema.field("balance").describe("Its first balance, for example 1000usei.").min_length(1);
}

void Rules<sei::api::GenesisConfig>::add(SchemaNode schema) {
    schema.describe("Makes a new chain of the deployment's validators.");
    schema.field("chainId")
        .describe("The ID of the new chain.")
        .min_length(1)
        .max_length(64)
        .pattern("^[a-z0-9][a-z0-9-]*[a-z0-9]$");
    schema.field("stakingAmount").describe("Each validator's self-delegation.").default_value("10000000usei");
    schema.field("accountBalance")
        .describe("The first balance of each validator's account.")
        .default_value("1000000000000000000000usei,1000000000000000000000uusdc,1000000000000000000000uatom");
    schema.field("accounts").describe("More accounts that exist from the first block.");
    schema.field("overrides").describe("Values for genesis.json by dotted path; each may be any JSON.");
    schema.field("overrides").element().describe("Any JSON value.");
    schema.field("maxCeremonyDuration")
        .describe("How long the ceremony may take at most, for example 30m; no limit where it is left out.");
}

void Rules<sei::api::NetworkingConfig>::add(SchemaNode schema) {
    schema.describe("Makes the deployment reachable from outside the cluster.");
}

void Rules<sei::api::SeiNodeDeploymentSpec>::add(SchemaNode schema) {
    schema.describe("What the fleet is to be.")
        .rule(
            "!has(self.genesis) || has(self.template.spec.validator)",
            "spec.genesis is meaningful only for validators: set spec.template.spec.validator, or remove spec.genesis "
            "(full nodes get their genesis from what the validators' ceremony uploads)"
        )
        .rule(
            "!has(oldSelf.genesis) || (has(self.genesis) && self.genesis == oldSelf.genesis)",
            "spec.genesis is immutable once set: the chain ID, the validators' gentxs and the account balances are "
            "part "
            "of the chain's state, which an edited spec cannot rewrite"
        )
        .rule(
            "self.template.spec.chainId == oldSelf.template.spec.chainId",
            "spec.template.spec.chainId is immutable: the nodes hold the data of their chain"
        )
        .rule(
            "has(self.template.spec.fullNode) == has(oldSelf.template.spec.fullNode) && "
            "has(self.template.spec.archive) == has(oldSelf.template.spec.archive) && "
            "has(self.template.spec.replayer) == has(oldSelf.template.spec.replayer) && "
            "has(self.template.spec.validator) == has(oldSelf.template.spec.validator)",
            "spec.template.spec fullNode, archive, replayer, validator: the mode is immutable, since the nodes' data "
            "were made for it"
        )
        .rule(
            // That one which stays is the same is a rule of its own, of pvcName.
            "(!has(oldSelf.template.spec.dataVolume) || !has(oldSelf.template.spec.dataVolume.import) || "
            "(has(self.template.spec.dataVolume) && has(self.template.spec.dataVolume.import))) && "
            "(!has(self.template.spec.dataVolume) || !has(self.template.spec.dataVolume.import) || "
            "(has(oldSelf.template.spec.dataVolume) && has(oldSelf.template.spec.dataVolume.import)))",
            "spec.template.spec.dataVolume.import is immutable: the nodes keep the volumes that they started with"
        )
        .rule(
            "self.replicas == 1 || !has(self.template.spec.validator) || "
            "!has(self.template.spec.validator.signingKey)",
            "spec.replicas must be 1 where the template has a signingKey: two validators with one key sign twice"
        )
        .rule(
            "!has(self.template.spec.externalAddress)",
            "spec.template.spec.externalAddress cannot be set: every node would tell its peers the same address; set "
            "spec.externalAddress of each SeiNode, which the deployment leaves alone"
        );
    schema.field("replicas")
        .describe("How many nodes there are to be, named <name>-0 and so on.")
        .default_value(1)
        .minimum(1)
        .maximum(100);
    schema.field("template").describe("What each node is made from.");
    schema.field("deletionPolicy")
        .describe("What becomes of nodes and networking when the deployment is deleted: Delete, or Retain.")
        .default_value("Delete");
    schema.field("genesis").describe("Makes a new chain of the deployment's validators; immutable once set.");
    schema.field("networking")
        .describe("When set, even if empty, a Service and routes make the deployment reachable from outside.");
    schema.field("updateStrategy").describe("How a changed template reaches the nodes.");
    schema.field("paused").describe("Freezes the fleet: no plan and no rollout advances, and every node is paused.");
}

void Rules<sei::api::DeploymentNodeStatus>::add(SchemaNode schema) {
    schema.describe("One node of the fleet.");
    schema.field("name").describe("The name of the SeiNode.");
    schema.field("phase").describe("The phase of the SeiNode.");
}

void Rules<sei::api::RolloutStatus>::add(SchemaNode schema) {
    schema.describe("The rollout in progress.");
    schema.field("targetHash").describe("The hash of the template that is being rolled out.");
    schema.field("startedAt").describe("When the changed template was noticed.");
    schema.field("updatedNodes")
        .describe("How many nodes have come to run the template that is being rolled out, at most at once.");
    schema.field("lastProgressAt").describe("When one more node was last seen to run it, or a pause ended.");
}

void Rules<sei::api::RouteStatus>::add(SchemaNode schema) {
    schema.describe("One public host name.");
    schema.field("hostname").describe("The host name.");
    schema.field("protocol").describe("What is served there: evm, rpc, rest or grpc.");
}

void Rules<sei::api::NetworkingStatus>::add(SchemaNode schema) {
    schema.describe("What is reachable from outside the cluster.");
    schema.field("routes").describe("The public host names, by protocol.");
}

void Rules<sei::api::InternalServicePorts>::add(SchemaNode schema) {
    schema.describe("The Service's ports.");
    schema.field("rpc").describe("Tendermint RPC.");
    schema.field("evmHttp").describe("EVM JSON-RPC over HTTP.");
    schema.field("rest").describe("The Cosmos REST API.");
}

void Rules<sei::api::InternalServiceStatus>::add(SchemaNode schema) {
    schema.describe("The Service in front of all nodes, within the cluster.");
    schema.field("name").describe("The name of the Service.");
    schema.field("namespace").describe("The namespace of the Service.");
    schema.field("ports").describe("The ports of the Service.");
}

void Rules<sei::api::PerPodServicePorts>::add(SchemaNode schema) {
    schema.describe("The Service's ports.");
    schema.field("evmHttp").describe("EVM JSON-RPC over HTTP.");
    schema.field("evmWs").describe("EVM JSON-RPC over WebSocket.");
}

void Rules<sei::api::PerPodServiceStatus>::add(SchemaNode schema) {
    schema.describe("The Service of one node.");
    schema.field("name").describe("The name of the Service, which is the node's.");
    schema.field("namespace").describe("The namespace of the Service.");
    schema.field("ports").describe("The ports of the Service.");
}

void Rules<sei::api::NodeEndpoints>::add(SchemaNode schema) {
    schema.describe("The URLs of one node.");
    schema.field("name").describe("The name of the SeiNode.").min_length(1);
    schema.field("evmJsonRpc").describe("EVM JSON-RPC over HTTP.");
    schema.field("evmWs").describe("EVM JSON-RPC over WebSocket.");
}

void Rules<sei::api::EndpointsStatus>::add(SchemaNode schema) {
    schema.describe("URLs within the cluster.");
    schema.field("tendermintRpc").describe("Tendermint RPC of any node.");
    schema.field("tendermintRest").describe("The Cosmos REST API of any node.");
    schema.field("nodes").describe("The URLs of each node.").keyed_by({"name"});
}

void Rules<sei::api::SeiNodeDeploymentStatus>::add(SchemaNode schema) {
    schema.describe("What the operator last saw and did.");
    schema.field("observedGeneration")
        .describe("The metadata.generation that was last carried out; held back while a plan or rollout runs.");
    schema.field("templateHash").describe("The hash of the template that the nodes were last brought to.");
    schema.field("phase").describe("The state of the fleet in one word.");
    schema.field("replicas").describe("How many nodes there are to be.");
    schema.field("readyReplicas").describe("How many nodes are Running.");
    schema.field("nodes").describe("The nodes of the fleet.").keyed_by({"name"});
    schema.field("plan").describe("The plan in progress.");
    schema.field("genesisHash").describe("Reserved for the hash of genesis.json.");
    schema.field("genesisS3URI").describe("Reserved for the place of genesis.json in S3.");
    schema.field("incumbentNodes").describe("The names of the nodes that the deployment owns.");
    schema.field("rollout").describe("The rollout in progress.");
    schema.field("networkingStatus").describe("What is reachable from outside the cluster.");
    schema.field("internalService").describe("The Service in front of all nodes, within the cluster.");
    schema.field("perPodServices").describe("The Service of each node, by ordinal.").keyed_by({"name"});
    schema.field("endpoints").describe("URLs within the cluster.");
    schema.field("conditions").describe("The deployment's conditions.").keyed_by({"type"});
}

}  // namespace kube::schema
