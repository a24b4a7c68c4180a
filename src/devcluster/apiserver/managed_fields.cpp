#include "devcluster/apiserver/managed_fields.hpp"

#include "devcluster/apiserver/same_json.hpp"
#include "devcluster/apiserver/status_error.hpp"
#include "devcluster/apiserver/typed_value.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

/// Update entries beyond this number are folded into one, oldest first.
constexpr std::size_t kUpdateManagersMax = 10;
constexpr std::string_view kOldUpdatesManager = "ancient-changes";

std::string string_at(const Object& object, std::string_view key) {
    const Value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

/// What nobody owns: identity and what the server writes itself.
FieldSet fields_of_identity() {
    FieldSet identity;
    identity.insert({"f:apiVersion"});
    identity.insert({"f:kind"});
    identity.insert({"f:metadata"});
    for (const std::string_view step :
         {"f:name",
          "f:namespace",
          "f:creationTimestamp",
          "f:selfLink",
          "f:uid",
          "f:clusterName",
          "f:generation",
          "f:managedFields",
          "f:resourceVersion"}) {
        identity.insert({"f:metadata", step});
    }
    return identity;
}

const FieldSet& identity() {
    static const auto* const fields = new FieldSet{fields_of_identity()};  // Leaked: nothing to destroy at exit.
    return *fields;
}

FieldSet without_identity(const FieldSet& fields) {
    return set_difference(fields, identity());
}

/// Does `owned` stay what it is when somebody who owns it changes `mine` and removes `removed`?
bool is_owned_already(const FieldSet& owned, const FieldSet& mine, const FieldSet& removed) {
    return has_all(owned, mine) && !has_any(owned, removed) && !has_any(owned, identity());
}

Comparison without_ignored(Comparison comparison, const FieldSet& ignored) {
    if (ignored.empty()) return comparison;
    return {
        .added = set_difference_deep(comparison.added, ignored),
        .removed = set_difference_deep(comparison.removed, ignored),
        .modified = set_difference_deep(comparison.modified, ignored)
    };
}

void drop_owners_of_nothing(ManagedFields& managed) {
    std::erase_if(managed.entries, [](const ManagedEntry& entry) { return entry.fields->empty(); });
}

/// Takes `taken` and `removed` from everybody but the entry `keeps`.
void take_from_others(
    ManagedFields& managed, const FieldSet& taken, const FieldSet& removed, const ManagedEntry* keeps
) {
    const FieldSet gone = set_union(taken, removed);
    if (gone.empty()) return;
    for (ManagedEntry& entry : managed.entries) {
        if (&entry == keeps || !has_any(*entry.fields, gone)) continue;
        entry.fields = std::make_shared<const FieldSet>(set_difference(*entry.fields, gone));
    }
}

void fold_old_updates(ManagedFields& managed) {
    std::vector<const ManagedEntry*> updates;
    for (const ManagedEntry& entry : managed.entries) {
        if (!entry.is_applied) updates.push_back(&entry);
    }
    if (updates.size() <= kUpdateManagersMax) return;
    std::ranges::sort(updates, [](const ManagedEntry* a, const ManagedEntry* b) {
        return std::tie(a->time, a->manager) < std::tie(b->time, b->manager);
    });
    // The two oldest of one version become one; there are at most two versions too many at a time.
    for (std::size_t i = 0; i < updates.size(); ++i) {
        for (std::size_t j = i + 1; j < updates.size(); ++j) {
            if (updates[i]->api_version != updates[j]->api_version) continue;
            ManagedEntry folded{
                .manager = std::string{kOldUpdatesManager},
                .api_version = updates[i]->api_version,
                .time = updates[j]->time,
                .fields = std::make_shared<const FieldSet>(set_union(*updates[i]->fields, *updates[j]->fields))
            };
            const ManagedEntry first = *updates[i];
            const ManagedEntry second = *updates[j];
            std::erase_if(managed.entries, [&](const ManagedEntry& e) { return e == first || e == second; });
            managed.entries.push_back(std::move(folded));
            return;
        }
    }
}

std::string shown_manager(const ManagedEntry& entry) {
    std::string text = fmt::format("\"{}\"", entry.manager);
    if (!entry.subresource.empty()) text += fmt::format(" with subresource \"{}\"", entry.subresource);
    if (!entry.is_applied) text += fmt::format(" using {}", entry.api_version);
    return text;
}

struct Conflicting {
    std::string manager;
    std::vector<std::string> paths;
};

[[noreturn]] void refuse_conflicts(std::vector<Conflicting> conflicts) {
    std::ranges::sort(conflicts, {}, &Conflicting::manager);
    std::vector<StatusCause> causes;
    std::string listing;
    for (const auto& [manager, paths] : conflicts) {
        if (!listing.empty()) listing += '\n';
        listing += fmt::format("conflicts with {}:", manager);
        for (const std::string& path : paths) {
            listing += fmt::format("\n- {}", path);
            causes.push_back({"FieldManagerConflict", fmt::format("conflict with {}", manager), path});
        }
    }
    const std::string message =
        causes.size() == 1
            ? fmt::format("Apply failed with 1 conflict: {}: {}", causes.front().message, causes.front().field)
            : fmt::format("Apply failed with {} conflicts: {}", causes.size(), listing);
    throw StatusError{409, "Conflict", message}.with_causes(std::move(causes));
}

/// Removes what the manager applied before, applies no more, and nobody else owns.
Value prune(
    const Value& merged,
    const FieldSet& applied_before,
    const FieldSet& applied_now,
    const ManagedFields& managed,
    const schema::TypeModel& type
) {
    const FieldSet before = with_named_fields(applied_before, type);
    const Value bare = without_fields(merged, before, type);
    FieldSet owned = applied_now;
    for (const ManagedEntry& entry : managed.entries) owned = set_union(owned, *entry.fields);
    const FieldSet all = with_named_fields(fields_of(merged, type), type);
    const FieldSet kept = set_union(with_named_fields(fields_of(bare, type), type), with_named_fields(owned, type));
    const Value with_owned = without_fields(merged, set_difference(all, kept), type);
    // What hung below a removed thing without having been applied by this manager stays.
    const FieldSet remaining = with_named_fields(fields_of(with_owned, type), type);
    return without_fields(merged, set_intersection(set_difference(all, remaining), before), type);
}

}  // namespace

bool ManagedEntry::is_same_manager(const ManagedEntry& other) const {
    return manager == other.manager && is_applied == other.is_applied && subresource == other.subresource &&
           (is_applied || api_version == other.api_version);
}

bool ManagedEntry::operator==(const ManagedEntry& other) const {
    return is_same_manager(other) && api_version == other.api_version && time == other.time && *fields == *other.fields;
}

const std::string& ManagedEntry::fields_text() const {
    if (text == nullptr || text->of != fields) {
        auto made = std::make_shared<Text>();
        made->of = fields;
        fields->append_text(made->text);
        text = std::move(made);
    }
    return text->text;
}

const std::shared_ptr<const FieldSet>& ManagedEntry::no_fields() {
    static const auto* const none =
        new auto(std::make_shared<const FieldSet>());  // Leaked: nothing to destroy at exit.
    return *none;
}

ManagedFields ManagedFields::from_json(const Value* list) {
    ManagedFields managed;
    if (list == nullptr || !list->is_array()) return managed;
    for (const Value& value : list->get_array()) {
        if (!value.is_object()) return {};
        const Object& object = value.get_object();
        const std::string operation = string_at(object, "operation");
        const Value* fields = object.if_contains("fieldsV1");
        if ((operation != "Apply" && operation != "Update") || string_at(object, "apiVersion").empty() ||
            string_at(object, "fieldsType") != "FieldsV1") {
            return {};
        }
        ManagedEntry entry{
            .manager = string_at(object, "manager"),
            .is_applied = operation == "Apply",
            .api_version = string_at(object, "apiVersion"),
            .subresource = string_at(object, "subresource"),
            .time = string_at(object, "time")
        };
        try {
            if (fields != nullptr && fields->is_object()) {
                entry.fields = std::make_shared<const FieldSet>(FieldSet::from_json(fields->get_object()));
            }
        } catch (const std::runtime_error&) {
            return {};
        }
        managed.entries.push_back(std::move(entry));
    }
    return managed;
}

std::vector<const ManagedEntry*> ManagedFields::sorted() const {
    std::vector<const ManagedEntry*> sorted;
    for (const ManagedEntry& entry : entries) sorted.push_back(&entry);
    std::ranges::sort(sorted, [](const ManagedEntry* a, const ManagedEntry* b) {
        if (a->is_applied != b->is_applied) return a->is_applied;
        return std::tie(a->time, a->manager, a->api_version, a->subresource) <
               std::tie(b->time, b->manager, b->api_version, b->subresource);
    });
    return sorted;
}

void ManagedFields::append_text(std::string& text) const {
    text += '[';
    for (const ManagedEntry* entry : sorted()) {
        if (text.back() != '[') text += ',';
        text += fmt::format(
            R"({{"manager":{},"operation":"{}","apiVersion":"{}",)",
            boost::json::serialize(Value(entry->manager)),
            entry->is_applied ? "Apply" : "Update",
            entry->api_version
        );
        if (!entry->time.empty()) text += fmt::format(R"("time":"{}",)", entry->time);
        text += R"("fieldsType":"FieldsV1","fieldsV1":)";
        text += entry->fields_text();
        if (!entry->subresource.empty()) text += fmt::format(R"(,"subresource":"{}")", entry->subresource);
        text += '}';
    }
    text += ']';
}

Array ManagedFields::to_json() const {
    const std::vector<const ManagedEntry*> sorted = this->sorted();
    Array list;
    list.reserve(sorted.size());
    for (const ManagedEntry* entry : sorted) {
        Object object{
            {"manager", entry->manager},
            {"operation", entry->is_applied ? "Apply" : "Update"},
            {"apiVersion", entry->api_version}
        };
        if (!entry->time.empty()) object["time"] = entry->time;
        object["fieldsType"] = "FieldsV1";
        object["fieldsV1"] = entry->fields->to_json();
        if (!entry->subresource.empty()) object["subresource"] = entry->subresource;
        list.push_back(std::move(object));
    }
    return list;
}

bool ManagedFields::is_same_but_for_times(const ManagedFields& other) const {
    if (entries.size() != other.entries.size()) return false;
    return std::ranges::all_of(entries, [&](const ManagedEntry& entry) {
        return std::ranges::any_of(other.entries, [&](const ManagedEntry& theirs) {
            return entry.is_same_manager(theirs) && entry.api_version == theirs.api_version &&
                   (entry.fields == theirs.fields || *entry.fields == *theirs.fields);
        });
    });
}

ManagedEntry* ManagedFields::find(const ManagedEntry& like) {
    const auto it = std::ranges::find_if(entries, [&](const ManagedEntry& e) { return e.is_same_manager(like); });
    return it != entries.end() ? &*it : nullptr;
}

void track_update(ManagedFields& managed, const Object& before, const Object& after, const Writing& writing) {
    const Comparison comparison = without_ignored(compare(before, after, writing.type), writing.ignored);
    if (comparison.is_same()) return;
    const FieldSet changed = set_union(comparison.modified, comparison.added);
    FieldSet mine = without_identity(changed);
    ManagedEntry* entry = managed.find(writing.as);
    const bool stays = entry != nullptr && is_owned_already(*entry->fields, mine, comparison.removed);
    take_from_others(managed, changed, comparison.removed, stays ? entry : nullptr);
    if (!mine.empty()) {
        if (entry != nullptr) {
            if (!stays) entry->fields = std::make_shared<const FieldSet>(set_union(*entry->fields, mine));
            entry->time = writing.as.time;
        } else {
            managed.entries.push_back(writing.as);
            managed.entries.back().fields = std::make_shared<const FieldSet>(std::move(mine));
        }
    }
    drop_owners_of_nothing(managed);
    fold_old_updates(managed);
}

Value apply_configuration(
    ManagedFields& managed, const Object& live, const Value& config, const Writing& writing, Force force
) {
    Value merged = merge_objects(live, config.get_object(), writing.type);
    FieldSet applied = fields_of(config, writing.type);
    if (!writing.ignored.empty()) applied = set_difference_deep(applied, writing.ignored);

    ManagedEntry* mine = managed.find(writing.as);
    const std::shared_ptr<const FieldSet> applied_before = mine != nullptr ? mine->fields : ManagedEntry::no_fields();
    if (mine == nullptr) {
        managed.entries.push_back(writing.as);
        mine = &managed.entries.back();
        mine->time.clear();
        mine->fields = ManagedEntry::no_fields();
    }
    mine->api_version = writing.as.api_version;
    FieldSet owned = without_identity(applied);
    if (owned != *applied_before) {
        mine->fields = std::make_shared<const FieldSet>(std::move(owned));
        if (!set_difference(*applied_before, *mine->fields).empty()) {
            merged = prune(merged, *applied_before, applied, managed, writing.type);
        }
    }
    if (same(merged.get_object(), live)) {  // Nothing changes but, maybe, who owns what.
        drop_owners_of_nothing(managed);
        return merged;
    }

    if (managed.entries.size() == 1) {  // Nobody to conflict with, nobody to take from.
        mine->time = writing.as.time;
        drop_owners_of_nothing(managed);
        return merged;
    }

    const Comparison comparison = without_ignored(compare(live, merged.get_object(), writing.type), writing.ignored);
    const FieldSet changed = set_union(comparison.modified, comparison.added);
    if (force == Force::No && !changed.empty()) {
        std::vector<Conflicting> conflicts;
        for (const ManagedEntry& entry : managed.entries) {
            if (&entry == mine) continue;
            const FieldSet contested = set_intersection(*entry.fields, changed);
            if (!contested.empty()) conflicts.push_back({shown_manager(entry), contested.paths()});
        }
        if (!conflicts.empty()) refuse_conflicts(std::move(conflicts));
    }
    take_from_others(managed, changed, comparison.removed, mine);
    mine->time = writing.as.time;
    drop_owners_of_nothing(managed);
    return merged;
}

}  // namespace devcluster::apiserver
