#include "devcluster/workloads/revisions.hpp"

#include <algorithm>
#include <tuple>

namespace devcluster::workloads {

namespace {

constexpr std::size_t kNamePrefixCharactersMax = 223;
constexpr std::int32_t kRevisionsKeptByDefault = 10;

/// Without nulls, keys sorted, at every level.
kube::json::Value in_order(const kube::json::Value& value) {
    if (value.is_object()) {
        std::vector<const kube::json::Object::value_type*> members;
        members.reserve(value.get_object().size());
        for (const auto& member : value.get_object()) {
            if (!member.value().is_null()) members.push_back(&member);
        }
        std::ranges::sort(members, {}, [](const kube::json::Object::value_type* member) {
            return std::string_view{member->key()};
        });
        kube::json::Object kept;
        kept.reserve(members.size());
        for (const auto* member : members) kept.emplace(member->key(), in_order(member->value()));
        return kept;
    }
    if (value.is_array()) {
        kube::json::Array kept;
        kept.reserve(value.get_array().size());
        for (const auto& element : value.get_array()) kept.push_back(in_order(element));
        return kept;
    }
    return kube::json::Value(value, {});  // braces would make a list
}

bool is_remembered(const kube::json::Value& value, const kube::json::Value& remembered);

/// Is every member of `object` in `remembered`, which has `extra` members more?
bool is_remembered(const kube::json::Object& object, const kube::json::Object& remembered, std::size_t extra) {
    std::size_t members = 0;
    for (const auto& [key, member] : object) {
        if (member.is_null()) continue;
        ++members;
        const kube::json::Value* theirs = remembered.if_contains(key);
        if (theirs == nullptr || !is_remembered(member, *theirs)) return false;
    }
    return members + extra == remembered.size();
}

/// Are they equal but for nulls in `value`?
bool is_remembered(const kube::json::Value& value, const kube::json::Value& remembered) {
    if (value.is_object() && remembered.is_object()) {
        return is_remembered(value.get_object(), remembered.get_object(), 0);
    }
    if (value.is_array() && remembered.is_array()) {
        return std::ranges::equal(
            value.get_array(),
            remembered.get_array(),
            [](const kube::json::Value& mine, const kube::json::Value& theirs) { return is_remembered(mine, theirs); }
        );
    }
    return value.kind() == remembered.kind() && value == remembered;
}

/// Is `data` what `revision_data` makes of the template?
bool is_data_of(const kube::json::Value& data, const kube::json::Value& pod_template) {
    const kube::json::Value* spec = kube::json::find(data, {"spec"});
    const kube::json::Value* remembered = kube::json::find(data, {"spec", "template"});
    if (remembered == nullptr || !remembered->is_object() ||
        kube::json::find_string(*remembered, {"$patch"}) != "replace")
        return false;
    if (data.get_object().size() != 1 || spec->get_object().size() != 1) return false;
    if (!pod_template.is_object()) return remembered->get_object().size() == 1;
    // A template has no key of this name: the API server would refuse it.
    return is_remembered(pod_template.get_object(), remembered->get_object(), 1);
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
    kube::json::Object written{{"$patch", "replace"}};  // It comes before all letters.
    if (pod_template.is_object()) {
        kube::json::Value ordered = in_order(pod_template);
        for (auto& [key, member] : ordered.get_object()) written.emplace(key, std::move(member));
    }
    kube::json::Object spec;
    spec["template"] = std::move(written);
    kube::json::Object data;
    data["spec"] = std::move(spec);
    return data;
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
    for (auto revision = revisions.rbegin(); revision != revisions.rend(); ++revision) {
        if (!is_data_of((*revision)->data, set.spec.template_)) continue;
        if (revision == revisions.rbegin()) return KeepRevision{*revision};
        return RenumberRevision{*revision, next_number};
    }
    return CreateRevision{new_revision(set, next_number, set.status.collisionCount.value_or(0))};
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
