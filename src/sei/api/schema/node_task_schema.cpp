#include "sei/api/schema/rules.hpp"

namespace kube::schema {
namespace {

constexpr std::string_view kKeyName = "^[a-zA-Z0-9_-]+$";

}  // namespace

void Rules<sei::api::NodeRef>::add(SchemaNode schema) {
    schema.describe("A SeiNode in the task's namespace.");
    schema.field("name")
        .describe("The name of the SeiNode.")
        .min_length(1)
        .max_length(253)
        .pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$");
}

void Rules<sei::api::TaskTarget>::add(SchemaNode schema) {
    schema.describe("The node that the task is for.");
    schema.field("nodeRef").describe("The SeiNode, in the task's namespace.");
    schema.field("requirePhase")
        .describe("The phase that the node must have before the task starts.")
        .default_value("Running");
    schema.field("requirePhaseTimeout")
        .describe("How long to wait for that phase, as a duration like 5m or 1h30m.")
        .default_value("5m");
}

void Rules<sei::api::GovSoftwareUpgradePayload>::add(SchemaNode schema) {
    schema.describe("Proposes a software upgrade.");
    schema.field("chainId").describe("The chain that the proposal is for.").min_length(1);
    schema.field("keyName")
        .describe("The key that signs; the node's own choice where it is left out.")
        .pattern(kKeyName);
    schema.field("title").describe("The title of the proposal.").min_length(1);
    schema.field("description").describe("The text of the proposal.").min_length(1);
    schema.field("upgradeName").describe("The name of the upgrade, as the new software knows it.").min_length(1);
    schema.field("upgradeHeight").describe("The height at which the chain halts for the upgrade.").minimum(1);
    schema.field("upgradeInfo").describe("More on the upgrade, for tools.");
    schema.field("initialDeposit").describe("What is deposited with the proposal, for example 1000usei.").min_length(1);
    schema.field("memo").describe("The memo of the transaction.");
    schema.field("fees").describe("The fees of the transaction, for example 4000usei.").min_length(1);
    schema.field("gas").describe("The gas limit of the transaction.").minimum(1);
}

void Rules<sei::api::GovVotePayload>::add(SchemaNode schema) {
    schema.describe("Votes on a proposal.");
    schema.field("chainId").describe("The chain that the proposal is on.").min_length(1);
    schema.field("keyName")
        .describe("The key that signs; the node's own choice where it is left out.")
        .pattern(kKeyName);
    schema.field("proposalId").describe("The number of the proposal.").minimum(1);
    schema.field("option")
        .describe("How to vote on the proposal.")
        .one_of({"yes", "no", "abstain", "no_with_veto", "no-with-veto"});
    schema.field("memo").describe("The memo of the transaction.");
    schema.field("fees").describe("The fees of the transaction, for example 4000usei.").min_length(1);
    schema.field("gas").describe("The gas limit of the transaction.").minimum(1);
}

void Rules<sei::api::HeightCondition>::add(SchemaNode schema) {
    schema.describe("Holds once the node has reached a height.");
    schema.field("targetHeight").describe("The height to reach.").minimum(1);
}

void Rules<sei::api::AwaitConditionPayload>::add(SchemaNode schema) {
    schema.describe("Waits until a condition holds.")
        .rule(
            "(has(self.height) ? 1 : 0) == 1",
            "awaitCondition: exactly one condition must be set, and height is the only one"
        );
    schema.field("height").describe("Waits until the node has reached a height.");
    schema.field("action").describe("What to do then; nothing where it is left out.");
}

void Rules<sei::api::UpdateNodeImagePayload>::add(SchemaNode schema) {
    schema.describe("Sets the node's image, and waits until it is rolled out.");
    schema.field("image").describe("The new container image of seid.").min_length(1).max_length(512);
}

void Rules<sei::api::AwaitNodesAtHeightPayload>::add(SchemaNode schema) {
    schema.describe("Waits until the node has reached a height.");
    schema.field("targetHeight").describe("The height to reach.").minimum(1);
}

void Rules<sei::api::SeiNodeTaskSpec>::add(SchemaNode schema) {
    schema.describe("What is to be done, and to which node.")
        .rule(
            "(has(self.govSoftwareUpgrade) ? 1 : 0) + (has(self.govVote) ? 1 : 0) + (has(self.awaitCondition) ? 1 : 0) "
            "+ "
            "(has(self.updateNodeImage) ? 1 : 0) + (has(self.awaitNodesAtHeight) ? 1 : 0) == 1",
            "govSoftwareUpgrade, govVote, awaitCondition, updateNodeImage, awaitNodesAtHeight: exactly one must be set"
        )
        .rule(
            "self.kind != 'GovSoftwareUpgrade' || has(self.govSoftwareUpgrade)",
            "spec.govSoftwareUpgrade is required when spec.kind is GovSoftwareUpgrade"
        )
        .rule("self.kind != 'GovVote' || has(self.govVote)", "spec.govVote is required when spec.kind is GovVote")
        .rule(
            "self.kind != 'AwaitCondition' || has(self.awaitCondition)",
            "spec.awaitCondition is required when spec.kind is AwaitCondition"
        )
        .rule(
            "self.kind != 'UpdateNodeImage' || has(self.updateNodeImage)",
            "spec.updateNodeImage is required when spec.kind is UpdateNodeImage"
        )
        .rule(
            "self.kind != 'AwaitNodesAtHeight' || has(self.awaitNodesAtHeight)",
            "spec.awaitNodesAtHeight is required when spec.kind is AwaitNodesAtHeight"
        )
        .rule("self.kind == oldSelf.kind", "spec.kind is immutable: create another SeiNodeTask for another kind");
    schema.field("kind").describe("What is to be done; the payload of the same name says how.");
    schema.field("target").describe("The node that the task is for.");
    schema.field("timeoutSeconds").describe("The limit for the whole task, from its start; 0 for none.").minimum(0);
    schema.field("govSoftwareUpgrade").describe("Proposes a software upgrade.");
    schema.field("govVote").describe("Votes on a proposal.");
    schema.field("awaitCondition").describe("Waits until a condition holds.");
    schema.field("updateNodeImage").describe("Sets the node's image, and waits until it is rolled out.");
    schema.field("awaitNodesAtHeight").describe("Waits until the node has reached a height.");
}

void Rules<sei::api::BackingTask>::add(SchemaNode schema) {
    schema.describe("The task as it was handed to the node.");
    schema.field("id").describe("The UUID of the task.");
    schema.field("status").describe("How far it is.");
    schema.field("err").describe("Why it failed.");
    schema.field("submittedAt").describe("When it was first handed over.");
}

void Rules<sei::api::GovSoftwareUpgradeOutput>::add(SchemaNode schema) {
    schema.describe("What came of the proposal.");
    schema.field("txHash").describe("The hash of the transaction.");
    schema.field("height").describe("The height that the transaction is in.");
    schema.field("proposalId").describe("The number of the proposal.");
}

void Rules<sei::api::GovVoteOutput>::add(SchemaNode schema) {
    schema.describe("What came of the vote.");
    schema.field("txHash").describe("The hash of the transaction.");
    schema.field("height").describe("The height that the transaction is in.");
}

void Rules<sei::api::AwaitConditionOutput>::add(SchemaNode schema) {
    schema.describe("What was seen when the condition held.");
    schema.field("observedValue").describe("The value that met the condition.");
}

void Rules<sei::api::UpdateNodeImageOutput>::add(SchemaNode schema) {
    schema.describe("What came of the update.");
    schema.field("appliedImage").describe("The image that was rolled out.");
}

void Rules<sei::api::AwaitNodesAtHeightOutput>::add(SchemaNode schema) {
    schema.describe("What was seen when the height was reached.");
    schema.field("currentHeight").describe("The height that the node had.");
}

void Rules<sei::api::TaskOutputs>::add(SchemaNode schema) {
    schema.describe("What came of the task.");
    schema.field("govSoftwareUpgrade").describe("What came of the proposal.");
    schema.field("govVote").describe("What came of the vote.");
    schema.field("awaitCondition").describe("What was seen when the condition held.");
    schema.field("updateNodeImage").describe("What came of the update.");
    schema.field("awaitNodesAtHeight").describe("What was seen when the height was reached.");
}

void Rules<sei::api::SeiNodeTaskStatus>::add(SchemaNode schema) {
    schema.describe("What the operator last saw and did.");
    schema.field("observedGeneration").describe("The metadata.generation that was last looked at.");
    schema.field("phase").describe("How far the task is; left out while it waits for its node.");
    schema.field("task").describe("The task as it was handed to the node.");
    schema.field("outputs").describe("What came of the task.");
    schema.field("phaseTransitionTime").describe("When the phase last changed.");
    schema.field("startedAt").describe("When the operator first saw the task; timeoutSeconds counts from here.");
    schema.field("targetFirstObservedAt").describe("Since when the node is waited for.");
    schema.field("conditions").describe("The task's conditions.").keyed_by({"type"});
}

}  // namespace kube::schema
