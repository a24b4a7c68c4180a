#include "sei/api/schema/rules.hpp"

namespace kube::schema {

void Rules<sei::api::S3Snapshot>::add(SchemaNode schema) {
    schema.describe("Restores from the platform's snapshot bucket.");
    schema.field("targetHeight").describe("The height to sync to after the restore.").minimum(1);
}

void Rules<sei::api::StateSync>::add(SchemaNode schema) {
    schema.describe("Fetches a recent state from peers (Tendermint state sync).");
}

void Rules<sei::api::SnapshotSource>::add(SchemaNode schema) {
    schema.describe("Where the node's first state comes from.")
        .rule(
            "(has(self.s3) ? 1 : 0) + (has(self.stateSync) ? 1 : 0) == 1",
            "s3, stateSync: exactly one must be set in a snapshot source"
        );
    schema.field("s3").describe("Restores from the platform's snapshot bucket.");
    schema.field("stateSync").describe("Fetches a recent state from peers (Tendermint state sync).");
    schema.field("trustPeriod")
        .describe("How long a trusted header stays trusted, for example 9999h0m0s; handed to seid as it is.");
    schema.field("backfillBlocks").describe("How many blocks before the restored height to fetch afterwards.");
    schema.field("bootstrapImage")
        .describe("With s3: a one-shot Job runs this image up to the target height before the node itself starts.");
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
