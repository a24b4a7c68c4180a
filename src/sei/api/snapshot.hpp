// Where a node's first state comes from, and what it gives to others (spec 01 §5.4, §5.5).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace sei::api {

/// A snapshot from the platform's bucket.
struct S3Snapshot {
    std::int64_t targetHeight = 0;
    /// Where the bootstrap image halts; 0: at the target height (an addition: spec 08 4.6). See `halt_height`.
    std::int64_t haltHeight = 0;
    static constexpr std::array required{"targetHeight"};
    bool operator==(const S3Snapshot&) const = default;
};
BOOST_DESCRIBE_STRUCT(S3Snapshot, (), (targetHeight, haltHeight))

/// Tendermint state sync. Its presence is all it says.
struct StateSync {
    bool operator==(const StateSync&) const = default;
};
BOOST_DESCRIBE_STRUCT(StateSync, (), ())

/// Exactly one of `s3` and `stateSync` is set.
struct SnapshotSource {
    std::optional<S3Snapshot> s3;
    std::optional<StateSync> stateSync;
    /// For example "9999h0m0s"; passed on as it is.
    std::string trustPeriod;
    std::int64_t backfillBlocks = 0;
    /// `host:port` of those whose headers state sync trusts; empty: the sidecar takes them from the peers (an addition:
    /// spec 08 7.6).
    std::vector<std::string> witnesses;
    /// With `s3`: a one-shot Job runs this image first.
    std::string bootstrapImage;
    bool operator==(const SnapshotSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(SnapshotSource, (), (s3, stateSync, trustPeriod, backfillBlocks, witnesses, bootstrapImage))

/// Upload of the snapshots that were made. Its presence is all it says.
struct SnapshotPublish {
    bool operator==(const SnapshotPublish&) const = default;
};
BOOST_DESCRIBE_STRUCT(SnapshotPublish, (), ())

struct TendermintSnapshotGeneration {
    std::int32_t keepRecent = 0;
    std::optional<SnapshotPublish> publish;
    static constexpr std::array required{"keepRecent"};
    bool operator==(const TendermintSnapshotGeneration&) const = default;
};
BOOST_DESCRIBE_STRUCT(TendermintSnapshotGeneration, (), (keepRecent, publish))

struct SnapshotGenerationConfig {
    std::optional<TendermintSnapshotGeneration> tendermint;
    bool operator==(const SnapshotGenerationConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(SnapshotGenerationConfig, (), (tendermint))

}  // namespace sei::api
