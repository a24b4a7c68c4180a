// NodeSpec: what a node is to be. The spec of a SeiNode, and the template of a SeiNodeDeployment (spec 01 §5).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/boxed.hpp"
#include "kube/meta/object_meta.hpp"
#include "kube/types/container.hpp"
#include "sei/api/snapshot.hpp"
#include "sei/api/validator.hpp"

namespace sei::api {

struct Ec2TagsPeerSource {
    std::string region;
    kube::StringMap tags;
    static constexpr std::array required{"region", "tags"};
    bool operator==(const Ec2TagsPeerSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(Ec2TagsPeerSource, (), (region, tags))

struct StaticPeerSource {
    /// `nodeId@host:port`.
    std::vector<std::string> addresses;
    static constexpr std::array required{"addresses"};
    bool operator==(const StaticPeerSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(StaticPeerSource, (), (addresses))

struct LabelPeerSource {
    kube::StringMap selector;
    /// Empty: the node's own.
    std::string namespace_;
    static constexpr std::array required{"selector"};
    bool operator==(const LabelPeerSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(LabelPeerSource, (), (selector, namespace_))

/// Exactly one is set.
struct PeerSource {
    std::optional<Ec2TagsPeerSource> ec2Tags;
    std::optional<StaticPeerSource> static_;
    std::optional<LabelPeerSource> label;
    bool operator==(const PeerSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(PeerSource, (), (ec2Tags, static_, label))

struct SidecarConfig {
    /// Empty: the platform's.
    std::string image;
    /// 0: 7777. See `sidecar_port`.
    std::int32_t port = 0;
    kube::Boxed<kube::ResourceRequirements> resources;
    bool operator==(const SidecarConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(SidecarConfig, (), (image, port, resources))

struct DataVolumeImport {
    std::string pvcName;
    static constexpr std::array required{"pvcName"};
    bool operator==(const DataVolumeImport&) const = default;
};
BOOST_DESCRIBE_STRUCT(DataVolumeImport, (), (pvcName))

struct DataVolumeSpec {
    std::optional<DataVolumeImport> import_;
    /// The claim that was made for the node outlives it.
    bool retain = false;
    bool operator==(const DataVolumeSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(DataVolumeSpec, (), (import_, retain))

/// Follows the chain.
struct FullNodeSpec {
    /// Unset: block sync from genesis.
    std::optional<SnapshotSource> snapshot;
    std::optional<SnapshotGenerationConfig> snapshotGeneration;
    bool operator==(const FullNodeSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(FullNodeSpec, (), (snapshot, snapshotGeneration))

/// Keeps all history.
struct ArchiveSpec {
    std::optional<SnapshotGenerationConfig> snapshotGeneration;
    bool operator==(const ArchiveSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(ArchiveSpec, (), (snapshotGeneration))

struct ShadowResult {
    std::string canonicalRpc;
    static constexpr std::array required{"canonicalRpc"};
    bool operator==(const ShadowResult&) const = default;
};
BOOST_DESCRIBE_STRUCT(ShadowResult, (), (canonicalRpc))

struct ResultExport {
    std::optional<ShadowResult> shadowResult;
    bool operator==(const ResultExport&) const = default;
};
BOOST_DESCRIBE_STRUCT(ResultExport, (), (shadowResult))

/// Replays from a snapshot.
struct ReplayerSpec {
    SnapshotSource snapshot;
    std::optional<ResultExport> resultExport;
    static constexpr std::array required{"snapshot"};
    bool operator==(const ReplayerSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(ReplayerSpec, (), (snapshot, resultExport))

/// Exactly one of `fullNode`, `archive`, `replayer` and `validator` is set: see `mode_of`.
struct NodeSpec {
    std::string chainId;
    std::string image;
    std::vector<PeerSource> peers;
    /// Dotted configuration key to value, over the defaults of the mode.
    kube::StringMap overrides;
    /// `host:port` that the node tells its peers (an addition: spec 08 7.5). Empty: see `external_address`.
    std::string externalAddress;
    kube::Boxed<SidecarConfig> sidecar;
    /// Extra labels of the pod template; the operator's own win.
    kube::StringMap podLabels;
    std::optional<DataVolumeSpec> dataVolume;
    kube::Boxed<FullNodeSpec> fullNode;
    kube::Boxed<ArchiveSpec> archive;
    kube::Boxed<ReplayerSpec> replayer;
    kube::Boxed<ValidatorSpec> validator;
    bool paused = false;
    static constexpr std::array required{"chainId", "image"};
    bool operator==(const NodeSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    NodeSpec,
    (),
    (chainId,
     image,
     peers,
     overrides,
     externalAddress,
     sidecar,
     podLabels,
     dataVolume,
     fullNode,
     archive,
     replayer,
     validator,
     paused)
)

}  // namespace sei::api
