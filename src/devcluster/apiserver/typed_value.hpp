// What server-side apply does with values of a known type: which fields are set, what differs, merging, removing.
#pragma once

#include "devcluster/apiserver/field_set.hpp"
#include "devcluster/schema/type_model.hpp"
#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// How two values of one type differ. A path is in at most one of the sets.
struct Comparison {
    FieldSet added;
    FieldSet removed;
    FieldSet modified;

    [[nodiscard]] bool is_same() const { return added.empty() && removed.empty() && modified.empty(); }
};

/// The step from a list to one of its elements: its keys, or its value. Keys that the element omits take the schema's
/// default. Nullopt when a key has neither (or the element is no object): such an element has no identity.
[[nodiscard]] std::optional<std::string> element_step(const schema::TypeModel& list, const kube::json::Value& element);

/// The fields that `value` sets: leaves, atomic things as a whole, elements of keyed lists, entries of free maps.
[[nodiscard]] FieldSet fields_of(const kube::json::Value& value, const schema::TypeModel& type);

/// What changes on the way from `before` to `after`.
[[nodiscard]] Comparison compare(
    const kube::json::Value& before, const kube::json::Value& after, const schema::TypeModel& type
);

[[nodiscard]] Comparison compare(
    const kube::json::Object& before, const kube::json::Object& after, const schema::TypeModel& type
);

/// `base` with everything that `patch` sets: granular things merged, atomic ones replaced, keyed lists joined in the
/// patch's order.
[[nodiscard]] kube::json::Value merge_typed(
    const kube::json::Value& base, const kube::json::Value& patch, const schema::TypeModel& type
);

/// The same for whole objects.
[[nodiscard]] kube::json::Value merge_objects(
    const kube::json::Object& base, const kube::json::Object& patch, const schema::TypeModel& type
);

/// `value` without the members of `unwanted`. Maps and lists that become empty this way become null, and are dropped.
[[nodiscard]] kube::json::Value without_fields(
    const kube::json::Value& value, const FieldSet& unwanted, const schema::TypeModel& type
);

/// What keeps `value` from being an applied configuration of `type`: unknown fields, elements without their keys,
/// duplicates. Empty when it is one. Paths are spelled as `.spec.foo: field not declared in schema`.
[[nodiscard]] std::vector<std::string> refusals_of(const kube::json::Value& value, const schema::TypeModel& type);

}  // namespace devcluster::apiserver
