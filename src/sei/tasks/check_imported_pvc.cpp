#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "kube/client/api_error.hpp"
#include "kube/types/persistent_volume.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "planted/planted.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/resources/footprint.hpp"
#include "sei/sidecar/answers.hpp"
#include "sei/tasks/claim_users.hpp"
#include "sei/tasks/finding.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {
namespace {

constexpr FindingCondition kCondition{
    .type = api::node_condition::kImportPvcReady,
    .ready = api::reason::kPvcValidated,
    .not_ready = api::reason::kPvcNotReady,
    .invalid = api::reason::kPvcInvalid
};
constexpr const char* kStorage = "storage";

Finding not_ready(std::string message) {
    return {Finding::Verdict::NotReady, std::move(message)};
}
Finding invalid(std::string message) {
    return {Finding::Verdict::Invalid, std::move(message)};
}

std::optional<kube::Quantity> storage_in(const kube::ResourceList& amounts) {
    const auto found = amounts.find(kStorage);
    if (found == amounts.end()) return std::nullopt;
    return found->second;
}

bool admits_one_writer(const std::vector<std::string>& modes) {
    return std::ranges::any_of(modes, [](const std::string& mode) {
        return mode == "ReadWriteOnce" || mode == "ReadWriteOncePod";
    });
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

/// Checks 2 to 8 of spec 04 §7.1; nullopt: go on with the volume.
std::optional<Finding> claim_problem(const kube::PersistentVolumeClaim& claim, const kube::Quantity& required) {
    const std::string name = "PVC \"" + claim.metadata.name + "\"";
    if (const auto& deleted = claim.metadata.deletionTimestamp) {
        return not_ready(name + " is being deleted (deletionTimestamp=" + time_in_message(*deleted) + ")");
    }
    if (claim.status.phase == "Lost") return invalid(name + " phase is Lost; underlying PV is gone");
    if (claim.status.phase != "Bound") {
        return not_ready(name + " phase is \"" + claim.status.phase + "\", waiting for Bound");
    }
    if (!admits_one_writer(claim.spec.accessModes)) {
        return invalid(
            name + " accessModes [" + joined(claim.spec.accessModes) +
            "] must include ReadWriteOnce or ReadWriteOncePod"
        );
    }
    const auto capacity = storage_in(claim.status.capacity);
    if (!capacity) return not_ready(name + " has no status.capacity.storage reported yet");
    if (*capacity < required) {
        return invalid(name + " capacity " + capacity->canonical() + " is less than required " + required.canonical());
    }
    if (claim.spec.volumeName.empty()) return not_ready(name + " is Bound but has no spec.volumeName");
    return std::nullopt;
}

/// Checks 10 and 11.
std::optional<Finding> volume_problem(const kube::PersistentVolume& volume, const kube::PersistentVolumeClaim& claim) {
    const std::string name = "underlying PV \"" + volume.metadata.name + "\"";
    const std::string claim_name = "PVC \"" + claim.metadata.name + "\"";
    if (volume.status.phase == "Failed") return invalid(name + " for " + claim_name + " is in phase Failed");
    const auto capacity = storage_in(volume.spec.capacity);
    const auto claimed = storage_in(claim.status.capacity);
    if (!capacity || *capacity != *claimed) {
        return invalid(
            name + " capacity " + (capacity ? capacity->canonical() : "0") + " does not match " + claim_name +
            " capacity " + claimed->canonical()
        );
    }
    return std::nullopt;
}

kube::Async<Finding> check(TaskContext& context) {
    const kube::NamespacedName key = api::data_pvc_key(*context.node);
    const std::string name = "PVC \"" + key.name + "\"";
    std::string reading = name;
    try {
        const auto claim = co_await context.client.get<kube::PersistentVolumeClaim>(key);
        if (!claim) co_return not_ready(name + " not found in namespace \"" + key.namespace_ + "\"");
        const kube::Quantity& required = resources::footprint_of(*context.node, context.platform).storage_size;
        if (const auto problem = claim_problem(**claim, required)) co_return *problem;

        const std::string& volume_name = (*claim)->spec.volumeName;
        reading = "PV \"" + volume_name + "\"";
        const auto volume = co_await context.client.get<kube::PersistentVolume>({{}, volume_name});
        if (!volume) co_return not_ready("underlying " + reading + " for " + name + " not found");
        if (const auto problem = volume_problem(**volume, **claim)) co_return *problem;

        reading = "the users of " + name;
        if (auto used = co_await other_user_of_import(context)) co_return not_ready(*std::move(used));
    } catch (const kube::ApiError& error) {
        co_return not_ready("getting " + reading + ": " + sidecar::bounded_text(error.what()));
    }
    co_return Finding{Finding::Verdict::Ready, name + " passes all import requirements"};
}

}  // namespace

kube::Async<plan::TaskOutcome> check_imported_pvc(TaskContext& context) {
    const Finding finding = co_await check(context);
    co_return conclude(context, kCondition, finding);
}

kube::Async<plan::TaskOutcome> confirm_imported_pvc(TaskContext& context) {
    if (planted::has(planted::Bug::ImportNotCheckedAgain)) co_return plan::Complete{};
    plan::TaskOutcome outcome = co_await check_imported_pvc(context);
    if (!std::holds_alternative<plan::Complete>(outcome)) co_return outcome;
    if (std::optional<std::string> rival = co_await rival_for_import(context)) {
        co_return plan::Running{.waits_for = *std::move(rival), .watched = plan::Running::Watched::No};
    }
    co_return outcome;
}

}  // namespace sei::tasks
