#include "devcluster/workloads/revisions.hpp"

#include <algorithm>
#include <tuple>

namespace devcluster::workloads {

namespace {

constexpr std::size_t kNamePrefixCharactersMax = 223;
constexpr std::int32_t kRevisionsKeptByDefault = 10;

/// Without nulls, at every level.
kube::json::Value without_nulls(const kube::json::Value& value) {
    if (value.is_object()) {
        kube::json::Object kept;
        for (const auto& [key, member] : value.get_object()) {
            if (!member.is_null()) kept.emplace(key, without_nulls(member));
        }
        return kept;
    }
    if (value.is_array()) {
        kube::json::Array kept;
        for (const auto& element : value.get_array()) kept.push_back(without_nulls(element));
        return kept;
    }
    return value;
}

std::uint32_t fnv1(std::string_view bytes) {
    std::uint32_t hash = 2'166'136'261U;
    for (const char byte : bytes) {
        hash *= 16'777'619U;
        hash ^= static_cast<unsigned char>(byte);
    }
    return hash;
}

std::string spelled_safely(std::string_view text) {
    constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
    std::string spelled;
    for (const char character : text) {
        spelled += kLetters[static_cast<unsigned char>(character) % kLetters.size()];
    }
    return spelled;
}

}  // namespace

kube::json::Value revision_data(const kube::json::Value& pod_template) {
    kube::json::Value written = without_nulls(pod_template);
    if (!written.is_object()) written = kube::json::Object{};
    written.get_object()["$patch"] = "replace";
    kube::json::Object spec;
    spec["template"] = std::move(written);
    kube::json::Object data;
    data["spec"] = std::move(spec);
    return kube::json::parse(kube::json::serialize_canonical(data));
}

kube::json::Value template_of(const kube::ControllerRevision& revision) {
    const kube::json::Value* remembered = kube::json::find(revision.data, {"spec", "template"});
    if (remembered == nullptr || !remembered->is_object()) return nullptr;
    kube::json::Value pod_template = *remembered;
    pod_template.get_object().erase("$patch");
    return pod_template;
}

std::string revision_hash(const kube::json::Value& data, std::int32_t collision_count) {
    const std::string bytes = kube::json::serialize_canonical(data) + std::to_string(collision_count);
    return spelled_safely(std::to_string(fnv1(bytes)));
}

std::string revision_name(std::string_view set, std::string_view hash) {
    return fmt::format("{}-{}", set.substr(0, kNamePrefixCharactersMax), hash);
}

kube::ControllerRevision new_revision(const StatefulSet& set, std::int64_t number, std::int32_t collision_count) {
    kube::ControllerRevision revision;
    revision.data = revision_data(set.spec.template_);
    revision.revision = number;
    const std::string hash = revision_hash(revision.data, collision_count);
    revision.metadata.name = revision_name(set.metadata.name, hash);
    revision.metadata.namespace_ = set.metadata.namespace_;
    revision.metadata.labels = template_metadata(set.spec.template_).labels;
    revision.metadata.labels["controller.kubernetes.io/hash"] = hash;
    revision.metadata.annotations = set.metadata.annotations;
    revision.metadata.ownerReferences.push_back(controller_reference(set));
    return revision;
}

void sort_revisions(std::vector<kube::Snapshot<kube::ControllerRevision>>& revisions) {
    std::ranges::sort(revisions, {}, [](const kube::Snapshot<kube::ControllerRevision>& revision) {
        return std::tuple{
            revision->revision,
            revision->metadata.creationTimestamp.value_or(kube::Time{}).at,
            std::string_view{revision->metadata.name}
        };
    });
}

RevisionDecision decide_revision(
    const StatefulSet& set, const std::vector<kube::Snapshot<kube::ControllerRevision>>& revisions
) {
    const std::int64_t next_number = revisions.empty() ? 1 : revisions.back()->revision + 1;
    kube::ControllerRevision wanted = new_revision(set, next_number, set.status.collisionCount.value_or(0));
    const std::string wanted_bytes = kube::json::serialize_canonical(wanted.data);
    for (auto revision = revisions.rbegin(); revision != revisions.rend(); ++revision) {
        if (kube::json::serialize_canonical((*revision)->data) != wanted_bytes) continue;
        if (revision == revisions.rbegin()) return KeepRevision{*revision};
        return RenumberRevision{*revision, next_number};
    }
    return CreateRevision{std::move(wanted)};
}

std::vector<kube::Snapshot<kube::ControllerRevision>> superfluous_revisions(
    const StatefulSet& set,
    const std::vector<kube::Snapshot<kube::ControllerRevision>>& revisions,
    const std::vector<std::string>& names_in_use
) {
    std::vector<kube::Snapshot<kube::ControllerRevision>> history;
    for (const auto& revision : revisions) {
        if (std::ranges::find(names_in_use, revision->metadata.name) == names_in_use.end()) history.push_back(revision);
    }
    const std::int32_t limit = set.spec.revisionHistoryLimit.value_or(kRevisionsKeptByDefault);
    if (limit < 0 || history.size() <= static_cast<std::size_t>(limit)) return {};
    history.resize(history.size() - static_cast<std::size_t>(limit), history.front());
    return history;
}

}  // namespace devcluster::workloads
