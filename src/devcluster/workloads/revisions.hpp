// The remembered templates of a StatefulSet: which ControllerRevision its template is, and what has to be written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "devcluster/workloads/objects.hpp"
#include "kube/client/snapshot.hpp"
#include "kube/types/controller_revision.hpp"

namespace devcluster::workloads {

/// The `data` of a revision: {"spec": {"template": {…, "$patch": "replace"}}}, keys sorted and nulls dropped, so that
/// equal templates give equal bytes however they were written.
[[nodiscard]] kube::json::Value revision_data(const kube::json::Value& pod_template);
/// The template that a revision remembers; null when its data is none of ours.
[[nodiscard]] kube::json::Value template_of(const kube::ControllerRevision& revision);

/// The hash in a revision's name: FNV-1 of the data's bytes (and of the count of collisions) as a decimal number, its
/// digits spelled in letters that make no words, as Kubernetes does.
[[nodiscard]] std::string revision_hash(const kube::json::Value& data, std::int32_t collision_count);
/// `<set>-<hash>`; the set's name is cut at 223 characters.
[[nodiscard]] std::string revision_name(std::string_view set, std::string_view hash);

/// The revision of the set's template as it would be created.
[[nodiscard]] kube::ControllerRevision new_revision(
    const StatefulSet& set, std::int64_t number, std::int32_t collision_count
);

/// By number, then age, then name: the order in which they came.
void sort_revisions(std::vector<kube::Snapshot<kube::ControllerRevision>>& revisions);

/// The template is the newest revision already.
struct KeepRevision {
    kube::Snapshot<kube::ControllerRevision> revision;
};
/// The template is an older revision: it becomes the newest by getting this number.
struct RenumberRevision {
    kube::Snapshot<kube::ControllerRevision> revision;
    std::int64_t number = 0;
};
/// The template was never seen.
struct CreateRevision {
    kube::ControllerRevision revision;
};
using RevisionDecision = std::variant<KeepRevision, RenumberRevision, CreateRevision>;

/// What is to be done so that the set's template is its newest revision. `revisions` are sorted.
[[nodiscard]] RevisionDecision decide_revision(
    const StatefulSet& set, const std::vector<kube::Snapshot<kube::ControllerRevision>>& revisions
);

/// The revisions that nobody uses any more, beyond the set's revisionHistoryLimit (10), oldest first. `names_in_use`
/// are those of the status and of the pods' labels.
[[nodiscard]] std::vector<kube::Snapshot<kube::ControllerRevision>> superfluous_revisions(
    const StatefulSet& set,
    const std::vector<kube::Snapshot<kube::ControllerRevision>>& revisions,
    const std::vector<std::string>& names_in_use
);

}  // namespace devcluster::workloads
