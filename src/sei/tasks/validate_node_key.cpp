#include <string>
#include <utility>

#include "sei/api/conditions.hpp"
#include "sei/tasks/key_secrets.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {
namespace {

constexpr FindingCondition kCondition{
    .type = api::node_condition::kNodeKeyReady,
    .ready = api::reason::kNodeKeyValidated,
    .not_ready = api::reason::kNodeKeyNotReady,
    .invalid = api::reason::kNodeKeyInvalid
};

}  // namespace

kube::Async<plan::TaskOutcome> validate_node_key(TaskContext& context, std::string secret_name) {
    if (secret_name.empty()) {
        const Finding nameless{Finding::Verdict::Invalid, "validate-node-key: secretName is empty"};
        co_return conclude(context, kCondition, nameless);
    }
    const auto secret = co_await read_secret(context, std::move(secret_name));
    const Finding finding = secret ? check_node_key(**secret) : secret.error();
    co_return conclude(context, kCondition, finding);
}

}  // namespace sei::tasks
