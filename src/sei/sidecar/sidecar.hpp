// The sidecar of a node's pod, as the controllers see it: five questions, each with its possible answers.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

#include "kube/async/async.hpp"
#include "kube/meta/names.hpp"

namespace sei::sidecar {

/// What is handed to `POST /v0/tasks` (spec 04 §8.5). Submitting an id again starts a new run only when the last run of
/// that id failed; it changes nothing while the id runs or when it is completed.
struct TaskSubmission {
    /// The deterministic task id: the sidecar's idempotency key.
    std::string id;
    /// The task type on the wire, such as "config-apply".
    std::string type;
    /// Left out of the request when there are none to send.
    std::optional<boost::json::object> params;
};

/// No usable answer: the sidecar was not reached, or answered with what says nothing about the task. Trying again later
/// may help.
struct Unavailable {
    enum class Kind {
        /// No connection, no answer in time, no token to send.
        NoAnswer,
        /// 401: the proxy does not accept the operator's token.
        Unauthorized,
        /// 403: the operator may not use this sidecar (the proxy keeps such a decision for 30 s).
        Forbidden,
        /// Any other status: 404, 409, 5xx.
        Status,
        /// An answer that is not what the protocol says.
        Garbled,
    };
    Kind kind = Kind::NoAnswer;
    /// For people; at most `kTextBytesMax` bytes, without what changes from one try to the next where that is known.
    std::string text;
};

/// The sidecar has the task: it was stored, or it had been before. The answer's own id is not looked at.
struct Accepted {};
/// 400: this submission will never be accepted as it is.
struct Rejected {
    std::string reason;
};
using SubmitOutcome = std::variant<Accepted, Rejected, Unavailable>;

enum class RunStatus { Running, Completed, Failed };
/// The newest run of a task.
struct TaskRun {
    RunStatus status = RunStatus::Running;
    /// Counted from 1; 0 where the sidecar does not tell.
    std::int64_t run = 0;
    /// Why it failed; may be empty.
    std::string error;
};
/// 404: the sidecar does not know the id.
struct UnknownTask {};
using LookupOutcome = std::variant<TaskRun, UnknownTask, Unavailable>;

/// A task that the sidecar works at, whoever asked for it.
struct TaskAtWork {
    std::string id;
    std::string type;
};
using AtWorkOutcome = std::expected<std::vector<TaskAtWork>, Unavailable>;

/// 200.
struct Ready {};
/// 503: no `mark-ready` since the sidecar started.
struct NotReady {};
using HealthOutcome = std::variant<Ready, NotReady, Unavailable>;
/// Whose sidecar is probed. The proxy of a node's own pod lets probes through to the sidecar with all their headers, so
/// that they carry no token; that of a bootstrap pod lets nobody in without one (spec 04 §8.3, §13 22).
enum class ProbedPod { Node, Bootstrap };

/// One node's sidecar. Every call has a deadline of its own, so that one that hangs delays only its own node.
class Sidecar {
public:
    virtual ~Sidecar() = default;
    [[nodiscard]] virtual kube::Async<SubmitOutcome> submit(TaskSubmission submission) = 0;
    [[nodiscard]] virtual kube::Async<LookupOutcome> look_up(std::string id) = 0;
    /// Of the 100 tasks that were begun last.
    [[nodiscard]] virtual kube::Async<AtWorkOutcome> tasks_at_work() = 0;
    [[nodiscard]] virtual kube::Async<HealthOutcome> probe(ProbedPod pod) = 0;
    /// The node's P2P id, 40 hexadecimal digits.
    [[nodiscard]] virtual kube::Async<std::expected<std::string, Unavailable>> node_id() = 0;
};

/// Where a node's sidecar comes from. Production makes HTTP clients; tests and the simulator give theirs.
class SidecarFactory {
public:
    virtual ~SidecarFactory() = default;
    /// The sidecar of the SeiNode with this key. May outlive a later `forget`.
    [[nodiscard]] virtual std::unique_ptr<Sidecar> sidecar_of(const kube::NamespacedName& node) = 0;
    /// The node is gone: drop its connections.
    virtual void forget(const kube::NamespacedName& node) = 0;
};

}  // namespace sei::sidecar
