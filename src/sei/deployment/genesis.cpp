#include "sei/deployment/genesis.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/duration.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::deployment {
namespace {

/// BIP-173.
std::uint32_t bech32_polymod(const std::vector<std::uint8_t>& values) {
    constexpr std::array<std::uint32_t, 5> kGenerator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    std::uint32_t checksum = 1;
    for (const std::uint8_t value : values) {
        const std::uint32_t top = checksum >> 25u;
        checksum = ((checksum & 0x1ffffffu) << 5u) ^ value;
        for (std::size_t i = 0; i < kGenerator.size(); ++i) {
            if (((top >> i) & 1u) != 0) checksum ^= kGenerator[i];
        }
    }
    return checksum;
}

/// Has it the peers that a ceremony gives its participants, its own address among them (spec 04 §7.16)?
bool is_peer_of_itself(const api::SeiNode& node) {
    if (!takes_part_in_ceremony(node)) return false;
    const std::string& name = node.metadata.name;
    return std::ranges::any_of(node.spec.peers, [&](const api::PeerSource& source) {
        return source.static_ && std::ranges::any_of(source.static_->addresses, [&](const std::string& address) {
                   return address.contains("@" + name + "-0." + name + ".");
               });
    });
}

class PlanBuilder {
public:
    explicit PlanBuilder(plan::UuidSource& ids) {
        plan_.id = ids.next();
        plan_.phase = api::PlanPhase::Active;
    }
    void add(plan::TaskType type, kube::json::Object params) {
        api::PlannedTask task;
        task.type = std::string{plan::to_wire(type)};
        task.id = plan::task_id(plan_.id, task.type, plan_.tasks.size());
        task.params = std::move(params);
        task.maxRetries = plan::max_retries(type);
        plan_.tasks.push_back(std::move(task));
    }
    [[nodiscard]] api::TaskPlan done() { return std::move(plan_); }

private:
    api::TaskPlan plan_;
};

kube::json::Array array_of(const std::vector<std::string>& names) {
    kube::json::Array array(names.begin(), names.end());
    return array;
}

kube::json::Object group_params(const api::SeiNodeDeployment& deployment, const std::vector<std::string>& names) {
    kube::json::Object params;
    params["groupName"] = deployment.metadata.name;
    params["namespace"] = deployment.metadata.namespace_;
    params["nodeNames"] = array_of(names);
    return params;
}

kube::json::Object assembly_params(const api::SeiNodeDeployment& deployment, const std::vector<std::string>& names) {
    const api::GenesisConfig& genesis = *deployment.spec.genesis;
    kube::json::Object params;
    params["AccountBalance"] = genesis.accountBalance;
    params["Namespace"] = deployment.metadata.namespace_;
    kube::json::Array& nodes = params["Nodes"].emplace_array();
    for (const std::string& name : names) nodes.push_back(kube::json::Object{{"name", name}});
    kube::json::Array& accounts = params["Accounts"].emplace_array();
    for (const api::GenesisAccount& account : genesis.accounts) {
        accounts.push_back(kube::json::Object{{"address", account.address}, {"balance", account.balance}});
    }
    if (!genesis.overrides.empty()) {
        kube::json::Object& overrides = params["Overrides"].emplace_object();
        for (const auto& [path, value] : genesis.overrides) overrides[path] = value;
    }
    return params;
}

}  // namespace

std::optional<std::string> problem_of_address(std::string_view address) {
    constexpr std::string_view kCharset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    if (address.size() < 8 || address.size() > 1023) return "invalid bech32 length " + std::to_string(address.size());
    const auto is_one_of = [&](int (*is)(int)) {
        return std::ranges::any_of(address, [&](char c) { return is(static_cast<unsigned char>(c)) != 0; });
    };
    if (is_one_of(std::islower) && is_one_of(std::isupper)) return "bech32 text mixes upper and lower case";
    std::string text{address};
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::size_t separator = text.rfind('1');
    if (separator == std::string::npos || separator < 1 || separator + 7 > text.size()) {
        return "invalid bech32: no separator '1' with a checksum after it";
    }
    const std::string hrp = text.substr(0, separator);
    std::vector<std::uint8_t> values;
    for (const char c : hrp) {
        if (c < 33 || c > 126) return "invalid bech32: character outside of the allowed range";
        values.push_back(static_cast<std::uint8_t>(c >> 5));
    }
    values.push_back(0);
    for (const char c : hrp) values.push_back(static_cast<std::uint8_t>(c & 31));
    for (const char c : text.substr(separator + 1)) {
        const std::size_t digit = kCharset.find(c);
        if (digit == std::string_view::npos)
            return "invalid bech32: character '" + std::string{c} + "' after the prefix";
        values.push_back(static_cast<std::uint8_t>(digit));
    }
    if (bech32_polymod(values) != 1) return "invalid bech32 checksum";
    if (hrp != "sei") return "hrp \"" + hrp + "\", expected \"sei\"";
    return std::nullopt;
}

std::optional<std::string> problem_of(const api::SeiNodeDeploymentSpec& spec) {
    if (!spec.genesis) return std::nullopt;
    const api::GenesisConfig& genesis = *spec.genesis;
    const api::NodeSpec& pattern = spec.template_.spec;
    if (genesis.chainId != pattern.chainId) {
        return "spec.genesis.chainId \"" + genesis.chainId + "\" is not spec.template.spec.chainId \"" +
               pattern.chainId + "\": the validators of a ceremony run the chain that it makes";
    }
    if (pattern.validator && pattern.validator->signingKey) {
        return "spec.template.spec.validator.signingKey is set together with spec.genesis: each validator of a "
               "ceremony "
               "makes its own key";
    }
    if (genesis.stakingAmount.empty()) return "spec.genesis.stakingAmount is empty";
    if (genesis.accountBalance.empty()) return "spec.genesis.accountBalance is empty";
    for (std::size_t i = 0; i < genesis.accounts.size(); ++i) {
        const api::GenesisAccount& account = genesis.accounts[i];
        const std::string at = "spec.genesis.accounts[" + std::to_string(i) + "]";
        if (account.address.empty()) return at + ".address is empty";
        if (account.balance.empty()) return at + ".balance is empty";
        if (const auto problem = problem_of_address(account.address)) {
            return at + ".address \"" + account.address + "\": " + *problem;
        }
    }
    if (genesis.maxCeremonyDuration && !api::parse_duration(*genesis.maxCeremonyDuration)) {
        return "spec.genesis.maxCeremonyDuration is no duration: \"" + *genesis.maxCeremonyDuration +
               "\"; write for example 30m";
    }
    return std::nullopt;
}

api::TaskPlan genesis_plan(
    const api::SeiNodeDeployment& deployment, const std::vector<std::string>& participants, plan::UuidSource& ids
) {
    PlanBuilder builder{ids};
    builder.add(plan::TaskType::AssembleAndUploadGenesis, assembly_params(deployment, participants));
    builder.add(plan::TaskType::CollectAndSetPeers, group_params(deployment, participants));
    kube::json::Object await = group_params(deployment, participants);
    await["expected"] = participants.size();
    builder.add(plan::TaskType::AwaitNodesRunning, std::move(await));
    return builder.done();
}

api::TaskPlan rollout_plan(
    const api::SeiNodeDeployment& deployment, const std::vector<std::string>& nodes, plan::UuidSource& ids
) {
    PlanBuilder builder{ids};
    builder.add(plan::TaskType::UpdateNodeSpecs, group_params(deployment, nodes));
    kube::json::Object await = group_params(deployment, nodes);
    await.erase("groupName");
    builder.add(plan::TaskType::AwaitSpecUpdate, std::move(await));
    return builder.done();
}

PlanKind kind_of(const api::TaskPlan& plan) {
    for (const api::PlannedTask& task : plan.tasks) {
        const auto type = plan::parse_task_type(task.type);
        if (type == plan::TaskType::AssembleAndUploadGenesis) return PlanKind::Genesis;
        if (type == plan::TaskType::UpdateNodeSpecs || type == plan::TaskType::AwaitSpecUpdate) {
            return PlanKind::Rollout;
        }
    }
    return PlanKind::Unknown;
}

std::vector<std::string> node_names(const api::TaskPlan& plan) {
    for (const api::PlannedTask& task : plan.tasks) {
        const kube::json::Value* names = kube::json::find(task.params, {"nodeNames"});
        if (names == nullptr || !names->is_array()) continue;
        std::vector<std::string> found;
        for (const kube::json::Value& name : names->get_array()) {
            if (name.is_string()) found.emplace_back(name.get_string());
        }
        return found;
    }
    return {};
}

bool is_ceremony_complete(const api::SeiNodeDeploymentStatus& status) {
    return kube::is_condition_true(status.conditions, api::deployment_condition::kGenesisCeremonyComplete);
}

bool was_chain_made(const api::SeiNodeDeploymentStatus& status, const std::vector<NodeSnapshot>& nodes) {
    const kube::Condition* plan = kube::find_condition(status.conditions, api::deployment_condition::kPlanInProgress);
    const bool has_begun = plan != nullptr && plan->reason != api::reason::kNotStarted;
    bool is_any = false;
    for (const NodeSnapshot& node : nodes) {
        if (!takes_part_in_ceremony(*node)) continue;
        is_any = true;
        if (node->spec.peers.empty()) return false;
        if (has_begun && node->status.phase != api::NodePhase::Running) return false;
    }
    return is_any;
}

bool is_genesis_assembled(const api::SeiNodeDeploymentStatus& status, const std::vector<NodeSnapshot>& nodes) {
    if (is_ceremony_complete(status)) return false;
    const bool is_any =
        std::ranges::any_of(nodes, [](const NodeSnapshot& node) { return takes_part_in_ceremony(*node); });
    if (!is_any) return false;
    if (std::ranges::any_of(nodes, [](const NodeSnapshot& node) { return is_peer_of_itself(*node); })) return true;
    if (status.plan && kind_of(*status.plan) == PlanKind::Genesis) {
        return plan::has_completed(*status.plan, plan::TaskType::AssembleAndUploadGenesis);
    }
    const kube::Condition* plan = kube::find_condition(status.conditions, api::deployment_condition::kPlanInProgress);
    if (plan == nullptr || plan->reason != api::reason::kPlanFailed) return false;
    return std::ranges::any_of(
        std::array{plan::TaskType::CollectAndSetPeers, plan::TaskType::AwaitNodesRunning},
        [&](plan::TaskType type) { return plan->message.contains("task " + std::string{plan::to_wire(type)}); }
    );
}

std::optional<kube::Time> ceremony_deadline(
    const api::GenesisConfig& genesis, const std::vector<kube::Condition>& conditions
) {
    if (!genesis.maxCeremonyDuration) return std::nullopt;
    const auto limit = api::parse_duration(*genesis.maxCeremonyDuration);
    const kube::Condition* started = kube::find_condition(conditions, api::deployment_condition::kPlanInProgress);
    if (!limit || started == nullptr || started->status != kube::ConditionStatus::True) return std::nullopt;
    kube::Time begin = started->lastTransitionTime;
    const kube::Condition* paused = kube::find_condition(conditions, api::deployment_condition::kPaused);
    if (paused != nullptr && begin < paused->lastTransitionTime) begin = paused->lastTransitionTime;
    return kube::Time{begin.at + std::chrono::ceil<std::chrono::seconds>(*limit)};
}

}  // namespace sei::deployment
