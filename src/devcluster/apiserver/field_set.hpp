// A set of field paths: what a manager owns, and what a change touches (managedFields' fieldsV1).
#pragma once

#include <boost/json/fwd.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace devcluster::schema {
class TypeModel;
}

namespace devcluster::apiserver {

/// A set of paths into an object, as a tree with sorted entries.
///
/// A step of a path is spelled as in fieldsV1: `f:spec` for a field, `k:{"name":"a"}` for an element of a keyed list,
/// `v:"a"` for an element of a set. A path may be a member itself, have members below it, or both.
class FieldSet {
public:
    struct Entry;

    FieldSet();
    ~FieldSet();
    FieldSet(const FieldSet& other);
    FieldSet& operator=(const FieldSet& other);
    FieldSet(FieldSet&& other) noexcept;
    FieldSet& operator=(FieldSet&& other) noexcept;

    [[nodiscard]] bool empty() const;
    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
    /// Null when no path begins with `step`.
    [[nodiscard]] const Entry* find(std::string_view step) const;
    /// The entry of `step`, made when there is none. Valid until the next call.
    Entry& at(std::string_view step);
    /// Adds one path.
    void insert(std::initializer_list<std::string_view> path);
    /// Drops entries that hold nothing.
    void drop_empty();

    [[nodiscard]] bool operator==(const FieldSet& other) const;

    /// From entries with different steps, in any order.
    [[nodiscard]] static FieldSet of(std::vector<Entry> entries);
    /// Reads fieldsV1. Throws std::runtime_error when it is none.
    [[nodiscard]] static FieldSet from_json(const boost::json::object& fields);
    [[nodiscard]] boost::json::object to_json() const;
    /// The same as text, at the end of `text`.
    void append_text(std::string& text) const;
    /// Every member, spelled for people: `.spec.containers[name="a"].image`, in order.
    [[nodiscard]] std::vector<std::string> paths() const;

private:
    friend FieldSet set_union(const FieldSet& a, const FieldSet& b);
    friend FieldSet set_intersection(const FieldSet& a, const FieldSet& b);
    friend FieldSet set_difference(const FieldSet& a, const FieldSet& b);
    friend FieldSet set_difference_deep(const FieldSet& a, const FieldSet& b);
    friend FieldSet with_named_fields(const FieldSet& set, const schema::TypeModel& type);
    std::vector<Entry> entries_;
};

struct FieldSet::Entry {
    std::string step;
    bool is_member = false;
    FieldSet below;

    [[nodiscard]] bool operator==(const Entry& other) const = default;
};

/// Is every member of `b` one of `a`?
[[nodiscard]] bool has_all(const FieldSet& a, const FieldSet& b);
/// Do they have a member in common?
[[nodiscard]] bool has_any(const FieldSet& a, const FieldSet& b);
[[nodiscard]] FieldSet set_union(const FieldSet& a, const FieldSet& b);
[[nodiscard]] FieldSet set_intersection(const FieldSet& a, const FieldSet& b);
/// The members of `a` that are no members of `b`.
[[nodiscard]] FieldSet set_difference(const FieldSet& a, const FieldSet& b);
/// As `set_difference`, and without anything that lies below a member of `b`.
[[nodiscard]] FieldSet set_difference_deep(const FieldSet& a, const FieldSet& b);
/// `set`, with every declared field that has members below it as a member too.
[[nodiscard]] FieldSet with_named_fields(const FieldSet& set, const schema::TypeModel& type);
/// The type of the thing that `step` leads to. Null when the type does not know it.
[[nodiscard]] const schema::TypeModel* type_below(const schema::TypeModel* type, std::string_view step);
/// `step` as a person reads it: `.spec`, `[name="a"]`, `["a"]`.
[[nodiscard]] std::string readable_step(std::string_view step);

}  // namespace devcluster::apiserver
