// What goes wrong in one run: a list that a seed draws, and that can be shortened.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace sim {

using std::chrono::milliseconds;

// clang-format off: one line for each
BOOST_DEFINE_ENUM_CLASS(
    FaultKind,
    // The operator's next matching request to the API server.
    ConflictBefore,
    ErrorBefore,
    ErrorAfter,
    DropBefore,
    DropAfter,
    TimeoutBefore,
    TimeoutAfter,
    CrashBefore,
    CrashAfter,
    // The operator's view and its process.
    LagOfKind,
    LagOfOne,
    WatchesBreak,
    HistoryExpires,
    StatesSkipped,
    Restart,
    RestartOnOlderView,
    RestartOnOlderNodes,
    LeaseUnreachable,
    // Users and other controllers.
    PodDeleted,
    StatefulSetDeleted,
    StatefulSetReplaced,
    StatefulSetRelabelled,
    NodeAnnotated,
    NodeEdited,
    // A node's sidecar.
    SidecarRestarts,
    SidecarForgets,
    SidecarStops,
    SidecarErrors,
    SidecarHangs,
    SidecarGarbles,
    SidecarIsSlow,
    SidecarAnswersTooLate,
    TaskFails,
    TaskFailsSlowly,
    // A node's pod.
    ImageUnpullable,
    PodCrashes,
    PodPending,
    PodSlow
)
// clang-format on

/// One thing that goes wrong. Its time is absolute, so that leaving out another one does not move it.
struct Fault {
    /// Its place in the plan that the seed drew: how it is named on a command line.
    std::size_t number = 0;
    FaultKind kind = FaultKind::ErrorBefore;
    milliseconds at{0};
    /// Of what lasts. Requests: how many matching ones are let through first is `skip`.
    milliseconds lasts{0};
    std::size_t skip = 0;
    /// A node's name; of lags and StatesSkipped a resource ("pods"); of requests a word of the verb ("write",
    /// "status", "any").
    std::string target;
    /// It does nothing, at its time: so that leaving a fault out changes nothing that happens before it.
    bool is_off = false;
};
using FaultPlan = std::vector<Fault>;

/// No fault strikes after this time, and none lasts longer.
inline constexpr milliseconds kFaultsEnd{150'000};

/// The plan of a seed. Seeds differ in which kinds of faults they know at all and in how many there are: what every
/// plan has a little of would hide what needs much of one thing.
[[nodiscard]] FaultPlan draw_fault_plan(std::uint64_t seed, const std::vector<std::string>& nodes);
/// `plan` with all faults off but these.
[[nodiscard]] FaultPlan only(const FaultPlan& plan, const std::vector<std::size_t>& numbers);
/// "3: CrashAfter status at 12.345s, 2 let through".
[[nodiscard]] std::string to_string(const Fault& fault);

}  // namespace sim
