// What one attempt at a task came to.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace sei::plan {

/// The task is done; the next one may start in the same pass.
struct Complete {};

/// Accepted and under way. What is looked at next, and how soon, follows from `watched`.
struct Running {
    /// Is there a watch that tells the end? Else it is polled for.
    enum class Watched { Yes, No };
    /// For people: "the sidecar runs config-apply".
    std::string waits_for;
    Watched watched = Watched::No;
    /// A task that had been accepted before was forgotten, and is submitted anew (spec 08 1.3).
    bool resubmitted = false;
    /// The sidecar's number of the run; 0 where there is none.
    std::int64_t run = 0;
};

/// A run ended without success: counted against the retry budget.
struct Failed {
    std::string error;
    /// The sidecar's number of the run; 0 where there is none.
    std::int64_t run = 0;
};

/// It can never succeed: the plan fails at once, whatever the budget.
struct Terminal {
    std::string error;
};

/// The attempt came to nothing, nothing is known to be wrong with the task: it is attempted again, with back-off.
struct Transient {
    std::string error;
    /// Not something that passes by itself in a moment: worth a condition at once.
    bool report_at_once = false;
};

/// What the plan had reached is gone: it is to be built anew, with fresh task ids.
struct StartOver {
    std::string why;
};

using TaskOutcome = std::variant<Complete, Running, Failed, Terminal, Transient, StartOver>;

}  // namespace sei::plan
