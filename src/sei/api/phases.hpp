// The phases of the three kinds, and of plans and tasks: the words that status columns show.
#pragma once

#include <optional>
#include <string_view>
#include <type_traits>

#include <boost/describe.hpp>

namespace sei::api {

/// SeiNode `status.phase` (spec 01 §14.1). An unset phase is a node that has no plan yet; `Pending` is read like that
/// and never written.
enum class NodePhase { Pending, Initializing, Running, Failed, Terminating };
BOOST_DESCRIBE_ENUM(NodePhase, Pending, Initializing, Running, Failed, Terminating)

/// SeiNodeDeployment `status.phase` (spec 01 §14.2).
enum class DeploymentPhase { Pending, Initializing, Ready, Upgrading, Paused, Degraded, Failed, Terminating };
BOOST_DESCRIBE_ENUM(DeploymentPhase, Pending, Initializing, Ready, Upgrading, Paused, Degraded, Failed, Terminating)

/// SeiNodeTask `status.phase` (spec 01 §14.3). Unset while it waits for its target.
enum class TaskPhase { Pending, Running, Complete, Failed };
BOOST_DESCRIBE_ENUM(TaskPhase, Pending, Running, Complete, Failed)

/// `status.plan.phase` (spec 01 §4.5).
enum class PlanPhase { Active, Complete, Failed };
BOOST_DESCRIBE_ENUM(PlanPhase, Active, Complete, Failed)

/// The status of one task of a plan, and of the one task of a SeiNodeTask. There is no "Running": a task in flight is
/// Pending with `submittedAt` set.
enum class TaskStatus { Pending, Complete, Failed };
BOOST_DESCRIBE_ENUM(TaskStatus, Pending, Complete, Failed)

/// The API's word for a phase or status: "Running".
template <class E>
    requires std::is_enum_v<E>
[[nodiscard]] std::string_view word_of(E value) {
    return boost::describe::enum_to_string(value, "");
}
/// Empty when unset.
template <class E>
[[nodiscard]] std::string_view word_of(std::optional<E> value) {
    return value ? word_of(*value) : std::string_view{};
}

}  // namespace sei::api
