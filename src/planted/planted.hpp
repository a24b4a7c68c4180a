// Places in the code where a mistake can be switched on, to see that the simulator finds it.
#pragma once

namespace planted {

/// Mistakes that cannot be made from outside, by what stands between the operator and its servers. What each of them
/// is, and the others: `sim/planted_bugs.hpp`.
enum class Bug : unsigned char {
    SetComparedWithDefaults,
    ImpostorJudgedFromCache,
    OwnWritesNotAwaited,
    SubmittedOnEveryPoll,
    EventBeforeWrite,
    GateWithoutWakeUp,
    PlanStartedBeforeStored,
    HashAdvancedTooEarly,
    UnreadyNodesUncounted,
    TeardownNotAwaited,
    ImportNotCheckedAgain,
    ImportInTemplateAtOnce,
    PodsOnClaimUnasked,
    EarlierNodeForgotten,
};

/// Is this mistake switched on? A constant `false`, so that nothing is left of the question, in everything but the
/// program sei-sim-mutants: that compiles the few files that ask once more for itself.
#ifdef SEI_PLANTED_BUGS
[[nodiscard]] bool has(Bug bug);
#else
[[nodiscard]] consteval bool has(Bug) {
    return false;
}
#endif

}  // namespace planted
