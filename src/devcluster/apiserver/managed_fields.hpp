// Who owns which fields of an object (metadata.managedFields), and how applying and updating move ownership.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "devcluster/apiserver/field_set.hpp"
#include "devcluster/schema/type_model.hpp"
#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// One entry of managedFields.
struct ManagedEntry {
    std::string manager;
    bool is_applied = false;  ///< operation Apply; else Update
    std::string api_version;
    std::string subresource;
    std::string time;  ///< RFC 3339; empty when none
    /// Shared between the versions of an object: replaced, never changed. Not null.
    std::shared_ptr<const FieldSet> fields = no_fields();

    [[nodiscard]] static const std::shared_ptr<const FieldSet>& no_fields();
    /// The fields as text; made once for each set.
    [[nodiscard]] const std::string& fields_text() const;
    /// The same manager doing the same thing? Applying is one manager across versions.
    [[nodiscard]] bool is_same_manager(const ManagedEntry& other) const;
    [[nodiscard]] bool operator==(const ManagedEntry& other) const;

    struct Text {
        std::shared_ptr<const FieldSet> of;
        std::string text;
    };
    mutable std::shared_ptr<const Text> text = nullptr;
};

/// All entries of one object.
class ManagedFields {
public:
    /// Empty when the list is absent or no managedFields (as the API server treats it).
    [[nodiscard]] static ManagedFields from_json(const kube::json::Value* list);
    /// Sorted as the API server does: operation, time, manager, version, subresource.
    [[nodiscard]] kube::json::Array to_json() const;
    /// The same as text, at the end of `text`.
    void append_text(std::string& text) const;
    [[nodiscard]] bool empty() const { return entries.empty(); }
    /// Equal but for the times?
    [[nodiscard]] bool is_same_but_for_times(const ManagedFields& other) const;
    [[nodiscard]] ManagedEntry* find(const ManagedEntry& like);

    std::vector<ManagedEntry> entries;

private:
    [[nodiscard]] std::vector<const ManagedEntry*> sorted() const;
};

/// Who writes, how and when: an entry without its fields.
struct Writing {
    ManagedEntry as;
    const schema::TypeModel& type;
    /// What the endpoint resets and nobody can own through it (status on the main resource, spec on /status).
    const FieldSet& ignored;
};

/// Tracks a create, update or patch: what changed from `before` to `after` now belongs to the writer, and to nobody
/// else. managedFields themselves belong to nobody.
void track_update(
    ManagedFields& managed, const kube::json::Object& before, const kube::json::Object& after, const Writing& writing
);

enum class Force { No, Yes };

/// Server-side apply: merges `config` into `live`, removes what the manager applied before and nobody owns any more.
/// Returns the merged object; throws StatusError 409 with FieldManagerConflict causes where another manager owns a
/// field that would change, unless forced.
[[nodiscard]] kube::json::Value apply_configuration(
    ManagedFields& managed,
    const kube::json::Object& live,
    const kube::json::Value& config,
    const Writing& writing,
    Force force
);

}  // namespace devcluster::apiserver
