// Does a plan that was made for an earlier spec still do what the spec asks for?
#pragma once

#include "sei/api/node.hpp"

namespace sei::plan {

/// Does the plan give the node the configuration that its spec asks for now, or does the node have it already?
[[nodiscard]] bool serves_configuration(const api::TaskPlan& plan, const api::SeiNode& node);
/// Does the plan check the keys that the spec names now, and no others?
[[nodiscard]] bool serves_key_checks(const api::TaskPlan& plan, const api::SeiNode& node);
/// Does the plan ask for the same as `next`, which was built for the node as it is: the same tasks in the same order
/// with the same parameters? Which peers a label stood for does not count.
[[nodiscard]] bool is_same_work(const api::TaskPlan& plan, const api::TaskPlan& next, const api::SeiNode& node);

}  // namespace sei::plan
