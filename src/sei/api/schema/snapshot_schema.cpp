#include "sei/api/schema/host_port.hpp"
#include "sei/api/schema/rules.hpp"

namespace kube::schema {

void Rules<sei::api::S3Snapshot>::add(SchemaNode schema) {
    schema.describe("Restores from the platform's snapshot bucket.");
    schema.field("targetHeight")
        .describe(
            "The newest snapshot at or below this height is restored; bootstrapImage halts here unless haltHeight is "
            "set."
        )
        .minimum(1);
    schema.field("haltHeight")
        .describe("The height at which bootstrapImage halts; targetHeight where it is left out.")
        .minimum(1);
}

void Rules<sei::api::StateSync>::add(SchemaNode schema) {
    schema.describe("Fetches a recent state from peers (Tendermint state sync).");
}

void Rules<sei::api::SnapshotSource>::add(SchemaNode schema) {
    schema.describe("Where the node's first state comes from.")
        .rule(
            "(has(self.s3) ? 1 : 0) + (has(self.stateSync) ? 1 : 0) == 1",
            "s3, stateSync: exactly one must be set in a snapshot source"
        )
        // Beyond the contract, of a field of ours.
        .rule(
            "!has(self.s3) || !has(self.s3.haltHeight) || self.s3.haltHeight >= self.s3.targetHeight",
            "s3.haltHeight must not be below s3.targetHeight: the snapshot that is restored may be of that height"
        )
        .rule(
            "!has(self.s3) || !has(self.s3.haltHeight) || (has(self.bootstrapImage) && self.bootstrapImage != '')",
            "s3.haltHeight requires bootstrapImage: only a bootstrap halts"
        );
    schema.field("s3").describe("Restores from the platform's snapshot bucket.");
    schema.field("stateSync").describe("Fetches a recent state from peers (Tendermint state sync).");
    schema.field("trustPeriod")
        .describe("How long a trusted header stays trusted, for example 9999h0m0s; handed to seid as it is.");
    schema.field("backfillBlocks").describe("How many blocks before the restored height to fetch afterwards.");
    SchemaNode witnesses =
        schema.field("witnesses")
            .describe(
                "RPC endpoints whose headers state sync trusts, each as host:port without a scheme; taken from the "
                "peers where it is left out."
            )
            .min_items(2)
            .max_items(16)
            .rule(
                "self.all(x, self.exists_one(y, y == x))",
                "witnesses must be distinct: one that is asked twice confirms nothing"
            );
    witnesses.element().max_length(kHostPortCharactersMax).pattern(kHostPortPattern);
    schema.field("bootstrapImage")
        .describe("With s3: a one-shot Job runs this image up to its halt height before the node itself starts.");
}

void Rules<sei::api::SnapshotPublish>::add(SchemaNode schema) {
    schema.describe("Uploads finished snapshots to the platform's bucket.");
}

void Rules<sei::api::TendermintSnapshotGeneration>::add(SchemaNode schema) {
    schema.describe("Produces Tendermint state-sync snapshots.");
    schema.field("keepRecent")
        .describe("How many snapshots to keep on disk; at least 2 when they are published.")
        .minimum(1);
    schema.field("publish").describe("When set, even if empty, finished snapshots are uploaded.");
}

void Rules<sei::api::SnapshotGenerationConfig>::add(SchemaNode schema) {
    schema.describe("Makes the node produce snapshots.");
    schema.field("tendermint").describe("Produces Tendermint state-sync snapshots.");
}

}  // namespace kube::schema
