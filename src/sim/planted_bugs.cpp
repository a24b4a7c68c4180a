// The list of planted bugs, and those that are switched on in the operator's own code.
#include "sim/planted_bugs.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include "planted/planted.hpp"
#include "sim/planted_pass_bugs.hpp"
#include "sim/planted_sidecar_bugs.hpp"
#include "sim/planted_write_bugs.hpp"

#ifdef SEI_PLANTED_BUGS
namespace planted {
namespace {

/// How many lives of operators have it. The one thing that is shared: worlds run one after another, on one thread.
constinit std::array<unsigned, 256> switched_on{};

}  // namespace

bool has(Bug bug) {
    return switched_on[static_cast<unsigned char>(bug)] > 0;
}

}  // namespace planted
#endif

namespace sim {
namespace {

/// Switches a bug on in the code, for as long as it lives.
class InCode final : public Tampering {
public:
#ifdef SEI_PLANTED_BUGS
    explicit InCode(planted::Bug bug) : bug_{bug} { ++planted::switched_on[static_cast<unsigned char>(bug_)]; }
    ~InCode() override { --planted::switched_on[static_cast<unsigned char>(bug_)]; }
    InCode(const InCode&) = delete;
    InCode& operator=(const InCode&) = delete;

private:
    planted::Bug bug_;
#else
    explicit InCode(planted::Bug) { throw std::logic_error{"this bug is planted in sei-sim-mutants only"}; }
#endif
};

MakeTampering in_code(planted::Bug bug) {
    return [bug](std::uint64_t, kube::Clock&) { return std::make_unique<InCode>(bug); };
}

template <class T>
MakeTampering outside() {
    return [](std::uint64_t seed, kube::Clock&) { return std::make_unique<T>(seed); };
}

}  // namespace

std::vector<PlantedBug> planted_bugs() {
    using planted::Bug;
    return {
        {"status-without-version", "a status patch carries no version", outside<StatusWithoutVersion>()},
        {"status-from-stale-base",
         "a status patch carries the version that the operator's own last write replaced",
         outside<StatusFromStaleBase>()},
        {"two-status-writes", "a pass writes its status in two pieces", outside<TwoStatusWrites>()},
        {"conflict-forced",
         "a status patch that was refused is sent again with the newest version",
         outside<ConflictForced>()},
        {"finalizers-overwritten",
         "the finalizer list is written with the own one alone",
         outside<FinalizersOverwritten>()},
        {"delete-without-identity", "a delete does not say which object it means", outside<DeleteWithoutIdentity>()},
        {"set-compared-with-defaults",
         "the stored StatefulSet is compared with the rendered one, defaults of the server included",
         in_code(Bug::SetComparedWithDefaults)},
        {"impostor-judged-from-cache",
         "an unknown StatefulSet is judged, and deleted, by what caches show",
         in_code(Bug::ImpostorJudgedFromCache),
         Found::Rarely},
        {"own-writes-not-awaited",
         "a key is reconciled before the cache shows its own writes",
         in_code(Bug::OwnWritesNotAwaited)},
        {"submitted-on-every-poll",
         "a task that runs is handed over again at each look",
         in_code(Bug::SubmittedOnEveryPoll)},
        {"random-task-identifier",
         "a task is handed over under an identifier drawn at that moment",
         outside<RandomTaskIdentifier>()},
        {"running-taken-for-complete",
         "a task counts as done once the sidecar has it",
         outside<RunningTakenForComplete>()},
        {"silence-taken-for-unknown",
         "a sidecar that does not answer is taken to have forgotten the task",
         outside<SilenceTakenForUnknown>(),
         Found::Rarely},
        {"silence-taken-for-failure",
         "a sidecar that does not answer is taken to have failed the task",
         outside<SilenceTakenForFailure>()},
        {"finalizer-kept", "the last finalizer is not removed, and counts as removed", outside<FinalizerKept>()},
        {"requeued-at-once", "a node that waits is looked at again at once", outside<RequeuedAtOnce>()},
        {"second-claim-unlabelled",
         "a claim that is made again has not the labels of the first",
         outside<SecondClaimUnlabelled>()},
        {"event-before-write", "events precede the status write that they speak of", in_code(Bug::EventBeforeWrite)},
        {"gate-without-wake-up",
         "a plan waits for a task or an attempt, and nothing ends the wait",
         in_code(Bug::GateWithoutWakeUp)},
        {"plan-started-before-stored",
         "a plan is executed in the pass that made it",
         in_code(Bug::PlanStartedBeforeStored)},
        {"hash-advanced-too-early", "a rollout's hash is recorded when it begins", in_code(Bug::HashAdvancedTooEarly)},
        {"node-without-version",
         "a fleet writes its nodes as its cache shows them, whatever was written since",
         outside<NodeWithoutVersion>(),
         Found::Rarely},
        {"unready-nodes-uncounted",
         "a bounded rollout does not count the nodes that were unready before it asked them",
         in_code(Bug::UnreadyNodesUncounted)},
        {"teardown-not-awaited",
         "a bootstrap counts as taken down once that was asked for",
         in_code(Bug::TeardownNotAwaited)},
        {"import-not-checked-again",
         "a pod is made on an imported claim, or moved to one, without asking once more who else uses it",
         in_code(Bug::ImportNotCheckedAgain),
         Found::Rarely},
        {"import-in-template-at-once",
         "an import is in the template of a node that runs before it is known to be free",
         in_code(Bug::ImportInTemplateAtOnce),
         Found::Rarely},
        {"pods-on-claim-unasked",
         "who uses an imported claim is told by nodes alone, not by pods",
         in_code(Bug::PodsOnClaimUnasked)},
        {"earlier-node-forgotten",
         "what the sidecar is at for the node that had the volume before is not waited for",
         in_code(Bug::EarlierNodeForgotten),
         Found::Rarely},
        {"retained-claim-still-owned",
         "a claim that is to outlive its node keeps its owner",
         outside<RetainedClaimStillOwned>()},
    };
}

bool can_plant_all() {
#ifdef SEI_PLANTED_BUGS
    return true;
#else
    return false;
#endif
}

}  // namespace sim
