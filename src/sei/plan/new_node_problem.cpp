#include "sei/plan/new_node_problem.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "kube/meta/name_syntax.hpp"
#include "sei/api/duration.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/api/ports.hpp"

namespace sei::plan {
namespace {

using Problem = std::optional<SpecProblem>;

/// Of a label value, less the revision of a pod ("-" and ten digits): the StatefulSet's controller gives its pods
/// label `controller-revision-hash`.
constexpr std::size_t kNameCharactersMax = 52;
/// The sidecar reads numbers as IEEE doubles: beyond 2^53 it would read another one (spec 04 §13, 28).
constexpr std::int64_t kExactIntegerMax = std::int64_t{1} << 53;
constexpr std::int32_t kPortMax = 65535;
/// Whatever `spec.podLabels` has for these, the operator's own value wins.
constexpr std::array kOwnLabels{api::kNodeLabel, api::kChainLabel, api::kRoleLabel};
/// A longer text is shown by its beginning.
constexpr std::size_t kShownCharactersMax = 80;

SpecProblem invalid(std::string message) {
    return {std::move(message)};
}

/// In quotes, with "?" for whatever is not to be printed.
std::string shown(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text.substr(0, kShownCharactersMax)) quoted += c >= ' ' && c <= '~' ? c : '?';
    return quoted + (text.size() > kShownCharactersMax ? "...\"" : "\"");
}

Problem name_problem(const std::string& name) {
    if (name.size() > kNameCharactersMax) {
        return invalid(
            "metadata.name has " + std::to_string(name.size()) + " characters, at most " +
            std::to_string(kNameCharactersMax) + " can be served: with its revision it is a label of the node's pod"
        );
    }
    if (!kube::is_service_name(name)) {
        return invalid(
            "metadata.name " + shown(name) +
            " cannot be served: lower-case letters, digits and \"-\", beginning with a letter, are the name of a "
            "Service, too"
        );
    }
    return std::nullopt;
}

Problem chain_problem(const std::string& chain_id) {
    // An empty one is refused by the schema, and makes no label.
    if (kube::is_label_value(chain_id)) return std::nullopt;
    return invalid(
        "spec.chainId " + shown(chain_id) +
        " must match [A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?: it is a label of all that the node owns"
    );
}

/// Who else listens there in the node's pod; empty: nobody.
std::string owner_of_port(std::int32_t port) {
    if (port == api::kProxyPort) return "of the proxy in front of the sidecar";
    if (port == api::kExporterPort) return "of the metrics exporter";
    const auto found = std::ranges::find(api::kSeidPorts, port, &api::NamedPort::port);
    return found == api::kSeidPorts.end() ? std::string{} : "of seid (" + std::string{found->name} + ")";
}

/// Services and monitors reach the ports of seid past the proxy, and the sidecar trusts whoever reaches it.
Problem sidecar_port_problem(const api::NodeSpec& spec) {
    const std::int32_t port = api::sidecar_port(spec);
    const std::string field = "spec.sidecar.port " + std::to_string(port);
    if (port < 1 || port > kPortMax) return invalid(field + " is no port: it must be from 1 to 65535");
    const std::string owner = owner_of_port(port);
    if (owner.empty()) return std::nullopt;
    return invalid(field + " is the port " + owner + " in the same pod: leave it out, or choose another");
}

Problem pod_labels_problem(const kube::StringMap& labels) {
    for (const auto& [key, value] : labels) {
        if (std::ranges::find(kOwnLabels, key) != kOwnLabels.end()) continue;
        if (!kube::is_label_key(key)) return invalid("spec.podLabels: " + shown(key) + " is no key of a label");
        if (!kube::is_label_value(value)) {
            return invalid(
                "spec.podLabels[" + key + "]: " + shown(value) +
                " is no value of a label: at most 63 letters, digits, \"-\", \"_\" and \".\", with a letter or a digit "
                "at both ends"
            );
        }
    }
    return std::nullopt;
}

Problem inexact_integer_problem(const std::string& field, std::int64_t value) {
    if (value <= kExactIntegerMax) return std::nullopt;
    return invalid(
        field + " " + std::to_string(value) + " is larger than " + std::to_string(kExactIntegerMax) +
        ": the sidecar would read another number"
    );
}

/// A negative `backfillBlocks` is none, as it has always been (spec 04 §7).
Problem snapshot_problem(const api::NodeSpec& spec) {
    const api::SnapshotSource* snapshot = api::snapshot_source(spec);
    if (snapshot == nullptr || api::is_genesis_validator(spec)) return std::nullopt;  // a ceremony restores nothing
    const std::string mode = spec.fullNode ? "fullNode" : spec.validator ? "validator" : "replayer";
    const std::string field = "spec." + mode + ".snapshot.";
    if (!snapshot->trustPeriod.empty() && !api::parse_duration(snapshot->trustPeriod)) {
        return invalid(
            field + "trustPeriod " + shown(snapshot->trustPeriod) +
            " is no duration: write one such as 168h or 9999h0m0s"
        );
    }
    if (snapshot->s3) {
        if (Problem problem = inexact_integer_problem(field + "s3.targetHeight", snapshot->s3->targetHeight)) {
            return problem;
        }
    }
    return inexact_integer_problem(field + "backfillBlocks", snapshot->backfillBlocks);
}

}  // namespace

std::optional<SpecProblem> problem_of_new_node(const api::SeiNode& node) {
    if (Problem problem = name_problem(node.metadata.name)) return problem;
    if (Problem problem = chain_problem(node.spec.chainId)) return problem;
    if (Problem problem = sidecar_port_problem(node.spec)) return problem;
    if (Problem problem = pod_labels_problem(node.spec.podLabels)) return problem;
    return snapshot_problem(node.spec);
}

std::optional<SpecProblem> problem_of_next_pod(const api::NodeSpec& spec) {
    Problem problem = sidecar_port_problem(spec);
    if (problem) problem->message += "; the pod that runs is left alone, its successor would not come up";
    return problem;
}

}  // namespace sei::plan
