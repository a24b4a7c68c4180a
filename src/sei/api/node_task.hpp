// SeiNodeTask: one thing to be done to one SeiNode (spec 01 §8).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/condition.hpp"
#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "sei/api/phases.hpp"

namespace sei::api {

enum class TaskKind { GovSoftwareUpgrade, GovVote, AwaitCondition, UpdateNodeImage, AwaitNodesAtHeight };
BOOST_DESCRIBE_ENUM(TaskKind, GovSoftwareUpgrade, GovVote, AwaitCondition, UpdateNodeImage, AwaitNodesAtHeight)

enum class AwaitAction { SIGTERM_SEID };
BOOST_DESCRIBE_ENUM(AwaitAction, SIGTERM_SEID)

struct NodeRef {
    std::string name;
    static constexpr std::array required{"name"};
    bool operator==(const NodeRef&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodeRef, (), (name))

struct TaskTarget {
    NodeRef nodeRef;
    /// Unset: Running.
    std::optional<NodePhase> requirePhase;
    /// A duration as the client wrote it; unset: 5 minutes. Text until it is asked: see `require_phase_timeout`.
    std::optional<std::string> requirePhaseTimeout;
    static constexpr std::array required{"nodeRef"};
    bool operator==(const TaskTarget&) const = default;
};
BOOST_DESCRIBE_STRUCT(TaskTarget, (), (nodeRef, requirePhase, requirePhaseTimeout))

struct GovSoftwareUpgradePayload {
    std::string chainId;
    std::string keyName;
    std::string title;
    std::string description;
    std::string upgradeName;
    std::int64_t upgradeHeight = 0;
    std::string upgradeInfo;
    std::string initialDeposit;
    std::string memo;
    std::string fees;
    std::int64_t gas = 0;
    static constexpr std::array required{
        "chainId", "description", "fees", "gas", "initialDeposit", "title", "upgradeHeight", "upgradeName"
    };
    bool operator==(const GovSoftwareUpgradePayload&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    GovSoftwareUpgradePayload,
    (),
    (chainId, keyName, title, description, upgradeName, upgradeHeight, upgradeInfo, initialDeposit, memo, fees, gas)
)

struct GovVotePayload {
    std::string chainId;
    std::string keyName;
    std::int64_t proposalId = 0;
    /// yes, no, abstain, no_with_veto or no-with-veto.
    std::string option;
    std::string memo;
    std::string fees;
    std::int64_t gas = 0;
    static constexpr std::array required{"chainId", "fees", "gas", "option", "proposalId"};
    bool operator==(const GovVotePayload&) const = default;
};
BOOST_DESCRIBE_STRUCT(GovVotePayload, (), (chainId, keyName, proposalId, option, memo, fees, gas))

struct HeightCondition {
    std::int64_t targetHeight = 0;
    static constexpr std::array required{"targetHeight"};
    bool operator==(const HeightCondition&) const = default;
};
BOOST_DESCRIBE_STRUCT(HeightCondition, (), (targetHeight))

struct AwaitConditionPayload {
    std::optional<HeightCondition> height;
    /// What to do when the condition holds; unset: nothing.
    std::optional<AwaitAction> action;
    bool operator==(const AwaitConditionPayload&) const = default;
};
BOOST_DESCRIBE_STRUCT(AwaitConditionPayload, (), (height, action))

struct UpdateNodeImagePayload {
    std::string image;
    static constexpr std::array required{"image"};
    bool operator==(const UpdateNodeImagePayload&) const = default;
};
BOOST_DESCRIBE_STRUCT(UpdateNodeImagePayload, (), (image))

struct AwaitNodesAtHeightPayload {
    std::int64_t targetHeight = 0;
    static constexpr std::array required{"targetHeight"};
    bool operator==(const AwaitNodesAtHeightPayload&) const = default;
};
BOOST_DESCRIBE_STRUCT(AwaitNodesAtHeightPayload, (), (targetHeight))

/// The payload that belongs to `kind`, and no other, is set.
struct SeiNodeTaskSpec {
    TaskKind kind = TaskKind::GovSoftwareUpgrade;
    TaskTarget target;
    /// From `status.startedAt`; 0: no limit.
    std::int32_t timeoutSeconds = 0;
    std::optional<GovSoftwareUpgradePayload> govSoftwareUpgrade;
    std::optional<GovVotePayload> govVote;
    std::optional<AwaitConditionPayload> awaitCondition;
    std::optional<UpdateNodeImagePayload> updateNodeImage;
    std::optional<AwaitNodesAtHeightPayload> awaitNodesAtHeight;
    static constexpr std::array required{"kind", "target"};
    bool operator==(const SeiNodeTaskSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    SeiNodeTaskSpec,
    (),
    (kind, target, timeoutSeconds, govSoftwareUpgrade, govVote, awaitCondition, updateNodeImage, awaitNodesAtHeight)
)

/// The one task behind a SeiNodeTask.
struct BackingTask {
    /// UUID v5 of `<uid>/<kind>/0`.
    std::string id;
    TaskStatus status = TaskStatus::Pending;
    /// `err`, not `error`.
    std::string err;
    std::optional<kube::Time> submittedAt;
    static constexpr std::array required{"id", "status"};
    bool operator==(const BackingTask&) const = default;
};
BOOST_DESCRIBE_STRUCT(BackingTask, (), (id, status, err, submittedAt))

struct GovSoftwareUpgradeOutput {
    std::string txHash;
    std::int64_t height = 0;
    std::int64_t proposalId = 0;
    bool operator==(const GovSoftwareUpgradeOutput&) const = default;
};
BOOST_DESCRIBE_STRUCT(GovSoftwareUpgradeOutput, (), (txHash, height, proposalId))

struct GovVoteOutput {
    std::string txHash;
    std::int64_t height = 0;
    bool operator==(const GovVoteOutput&) const = default;
};
BOOST_DESCRIBE_STRUCT(GovVoteOutput, (), (txHash, height))

struct AwaitConditionOutput {
    std::int64_t observedValue = 0;
    bool operator==(const AwaitConditionOutput&) const = default;
};
BOOST_DESCRIBE_STRUCT(AwaitConditionOutput, (), (observedValue))

struct UpdateNodeImageOutput {
    std::string appliedImage;
    bool operator==(const UpdateNodeImageOutput&) const = default;
};
BOOST_DESCRIBE_STRUCT(UpdateNodeImageOutput, (), (appliedImage))

struct AwaitNodesAtHeightOutput {
    std::int64_t currentHeight = 0;
    bool operator==(const AwaitNodesAtHeightOutput&) const = default;
};
BOOST_DESCRIBE_STRUCT(AwaitNodesAtHeightOutput, (), (currentHeight))

struct TaskOutputs {
    std::optional<GovSoftwareUpgradeOutput> govSoftwareUpgrade;
    std::optional<GovVoteOutput> govVote;
    std::optional<AwaitConditionOutput> awaitCondition;
    std::optional<UpdateNodeImageOutput> updateNodeImage;
    std::optional<AwaitNodesAtHeightOutput> awaitNodesAtHeight;
    bool operator==(const TaskOutputs&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    TaskOutputs, (), (govSoftwareUpgrade, govVote, awaitCondition, updateNodeImage, awaitNodesAtHeight)
)

struct SeiNodeTaskStatus {
    std::int64_t observedGeneration = 0;
    std::optional<TaskPhase> phase;
    std::optional<BackingTask> task;
    std::optional<TaskOutputs> outputs;
    std::optional<kube::Time> phaseTransitionTime;
    /// The first reconcile: where `timeoutSeconds` counts from.
    std::optional<kube::Time> startedAt;
    /// First seen outside `requirePhase`; unset again once the phase is met.
    std::optional<kube::Time> targetFirstObservedAt;
    std::vector<kube::Condition> conditions;
    bool operator==(const SeiNodeTaskStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    SeiNodeTaskStatus,
    (),
    (observedGeneration, phase, task, outputs, phaseTransitionTime, startedAt, targetFirstObservedAt, conditions)
)

struct SeiNodeTask {
    kube::ObjectMeta metadata;
    SeiNodeTaskSpec spec;
    SeiNodeTaskStatus status;
    static constexpr std::array required{"metadata", "spec", "status"};
    bool operator==(const SeiNodeTask&) const = default;
};
BOOST_DESCRIBE_STRUCT(SeiNodeTask, (), (metadata, spec, status))

}  // namespace sei::api

template <>
struct kube::KindOf<sei::api::SeiNodeTask> {
    static constexpr ResourceType type{"sei.io", "v1alpha1", "SeiNodeTask", "seinodetasks"};
};
