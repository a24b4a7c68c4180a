#include "sei/plan/spec_problem.hpp"

#include <utility>

#include "sei/api/node_queries.hpp"

namespace sei::plan {
namespace {

using Kind = SpecProblem::Kind;
using Problem = std::optional<SpecProblem>;

SpecProblem invalid(std::string message) {
    return {Kind::InvalidSpec, std::move(message)};
}

Problem snapshot_generation_problem(
    const std::string& mode, const std::optional<api::SnapshotGenerationConfig>& generation
) {
    if (!generation) return std::nullopt;
    const std::string field = "spec." + mode + ".snapshotGeneration";
    if (!generation->tendermint) {
        return invalid(field + " is set but has no member (tendermint); omit it to disable snapshot generation");
    }
    if (generation->tendermint->publish && generation->tendermint->keepRecent < 2) {
        return invalid(
            field +
            ".tendermint.keepRecent must be at least 2 when publish is set: the second-newest snapshot is uploaded"
        );
    }
    return std::nullopt;
}

Problem bootstrap_problem(const std::string& mode, const std::optional<api::SnapshotSource>& snapshot) {
    if (!snapshot || snapshot->bootstrapImage.empty()) return std::nullopt;
    if (!snapshot->s3 || snapshot->s3->targetHeight <= 0) {
        return invalid("spec." + mode + ".snapshot.bootstrapImage requires s3 with targetHeight > 0");
    }
    return SpecProblem{
        Kind::Unsupported, "spec." + mode + ".snapshot.bootstrapImage: bootstrap Jobs are not served by this version"
    };
}

Problem full_node_problem(const api::FullNodeSpec& full_node) {
    if (Problem problem = bootstrap_problem("fullNode", full_node.snapshot)) return problem;
    return snapshot_generation_problem("fullNode", full_node.snapshotGeneration);
}

SpecProblem unsupported_mode(const std::string& mode) {
    return {Kind::Unsupported, "spec." + mode + ": this mode is not served by this version; fullNode is"};
}

}  // namespace

std::optional<SpecProblem> problem_of(const api::SeiNode& node) {
    const api::NodeSpec& spec = node.spec;
    if (!api::imported_pvc_name(spec).empty()) {
        return SpecProblem{
            Kind::Unsupported, "spec.dataVolume.import: imported volumes are not served by this version"
        };
    }
    if (spec.fullNode) return full_node_problem(*spec.fullNode);
    if (spec.archive) return unsupported_mode("archive");
    if (spec.replayer) return unsupported_mode("replayer");
    if (spec.validator) return unsupported_mode("validator");
    return invalid("spec has no mode: exactly one of fullNode, archive, replayer, validator must be set");
}

}  // namespace sei::plan
