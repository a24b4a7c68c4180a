#include "sei/plan/new_node_problem.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "kube/meta/name_syntax.hpp"

namespace sei::plan {
namespace {

using Problem = std::optional<SpecProblem>;

/// Of a label value, less the revision of a pod ("-" and ten digits): the StatefulSet's controller gives its pods
/// label `controller-revision-hash`.
constexpr std::size_t kNameCharactersMax = 52;
/// A longer one is shown by its beginning.
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

}  // namespace

std::optional<SpecProblem> problem_of_new_node(const api::SeiNode& node) {
    if (Problem problem = name_problem(node.metadata.name)) return problem;
    return chain_problem(node.spec.chainId);
}

}  // namespace sei::plan
