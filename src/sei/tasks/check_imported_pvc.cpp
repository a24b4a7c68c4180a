#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kube/client/api_error.hpp"
#include "kube/types/persistent_volume.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/resources/footprint.hpp"
#include "sei/sidecar/answers.hpp"
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

/// Has `other` a better right to the claim than `node`, which imports it? It has when it was made for it, when it has a
/// workload on it, and when it came first: of two that wait for each other, one goes on.
bool goes_before(const api::SeiNode& other, const api::SeiNode& node) {
    if (api::imported_pvc_name(other.spec).empty() || other.status.statefulSet) return true;
    if (other.metadata.creationTimestamp != node.metadata.creationTimestamp) {
        return other.metadata.creationTimestamp < node.metadata.creationTimestamp;
    }
    return other.metadata.name < node.metadata.name;
}

/// Two pods on one volume write over each other's chain (spec 03 H30).
kube::Async<std::optional<Finding>> other_user(TaskContext& context, kube::NamespacedName claim) {
    kube::ListOptions options;
    options.namespace_ = claim.namespace_;
    const kube::List<api::SeiNode> nodes = co_await context.client.list<api::SeiNode>(std::move(options));
    for (const auto& other : nodes.items) {
        if (other->metadata.uid == context.node->metadata.uid || api::data_pvc_key(*other) != claim) continue;
        if (!goes_before(*other, *context.node)) continue;
        co_return not_ready(
            "PVC \"" + claim.name + "\" is the data volume of SeiNode \"" + other->metadata.name +
            "\": two nodes must not write to it, delete one of the two"
        );
    }
    co_return std::nullopt;
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

        reading = "SeiNodes";
        if (const auto used = co_await other_user(context, key)) co_return *used;
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

}  // namespace sei::tasks
