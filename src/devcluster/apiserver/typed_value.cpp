#include "devcluster/apiserver/typed_value.hpp"

#include <fmt/ranges.h>

#include "devcluster/apiserver/same_json.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;
using schema::ListType;
using schema::MapType;
using schema::TypeKind;
using schema::TypeModel;

std::string field_step(std::string_view name) {
    std::string step;
    step.reserve(name.size() + 2);
    step += "f:";
    step += name;
    return step;
}

const TypeModel& or_scalar(const TypeModel* type) {
    return type != nullptr ? *type : schema::scalar_type();
}

bool is_declared(const TypeModel& map, const TypeModel* field) {
    return field != nullptr && field != map.element();
}

bool is_atomic(const TypeModel& type) {
    switch (type.kind()) {
        case TypeKind::Map:
            return type.map_type() == MapType::Atomic;
        case TypeKind::List:
            return type.list_type() == ListType::Atomic;
        case TypeKind::Scalar:
            return true;
        case TypeKind::Deduced:
            return false;
    }
    return true;
}

/// The elements of a list by step, in order. `values` has more than one entry where a step occurs twice.
struct Elements {
    std::vector<std::pair<std::string, std::vector<const Value*>>> by_step;

    explicit Elements(const TypeModel& type, const Array* array) {
        if (array == nullptr) return;
        for (const Value& element : *array) {
            std::string step = element_step(type, element).value_or("v:" + boost::json::serialize(element));
            if (auto* found = find(step)) {
                found->push_back(&element);
            } else {
                by_step.push_back({std::move(step), {&element}});
            }
        }
    }
    [[nodiscard]] std::vector<const Value*>* find(std::string_view step) {
        for (auto& [key, values] : by_step) {
            if (key == step) return &values;
        }
        return nullptr;
    }
};

// ---- fields_of

FieldSet fields_below(const Value& value, const TypeModel& type);

/// Does a value of this type, present in its parent, count as a member by itself?
bool is_leaf(const Value& value, const TypeModel& type) {
    if (is_atomic(type)) return true;
    return value.is_null() || (value.is_object() && value.get_object().empty());
}

FieldSet fields_of_map(const Object& object, const TypeModel& type) {
    std::vector<FieldSet::Entry> entries;
    entries.reserve(object.size());
    for (const auto& [key, value] : object) {
        const TypeModel* field = type.field(key);
        const TypeModel& shaped = schema::shaped_like(or_scalar(field), value);
        const bool is_member = is_leaf(value, shaped) || !is_declared(type, field);
        FieldSet below = is_atomic(shaped) ? FieldSet{} : fields_below(value, shaped);
        if (is_member || !below.entries().empty()) {
            entries.push_back({.step = field_step(key), .is_member = is_member, .below = std::move(below)});
        }
    }
    return FieldSet::of(std::move(entries));
}

FieldSet fields_of_list(const Array& array, const TypeModel& type) {
    std::vector<FieldSet::Entry> entries;
    entries.reserve(array.size());
    for (auto& [step, values] : Elements{type, &array}.by_step) {
        const TypeModel& shaped = schema::shaped_like(or_scalar(type.element()), *values.front());
        const bool has_depth = values.size() == 1 && !is_atomic(shaped);
        entries.push_back(
            {.step = step, .is_member = true, .below = has_depth ? fields_below(*values.front(), shaped) : FieldSet{}}
        );
    }
    return FieldSet::of(std::move(entries));
}

FieldSet fields_below(const Value& value, const TypeModel& type) {
    if (type.kind() == TypeKind::Map && value.is_object()) return fields_of_map(value.get_object(), type);
    if (type.kind() == TypeKind::List && value.is_array()) return fields_of_list(value.get_array(), type);
    return {};
}

// ---- compare

/// How one place differs: itself, and what is below it.
struct Difference {
    enum class Self { Same, Added, Removed, Modified } self = Self::Same;
    Comparison below;

    [[nodiscard]] bool is_none() const {
        return self == Self::Same && below.added.entries().empty() && below.removed.entries().empty() &&
               below.modified.entries().empty();
    }
};

Difference compare_at(const Value* before, const Value* after, const TypeModel& declared);

void attach(Comparison& into, std::string_view step, Difference&& difference) {
    const auto put = [&](FieldSet& set, FieldSet&& below, bool is_member) {
        if (!is_member && below.entries().empty()) return;
        FieldSet::Entry& entry = set.at(step);
        entry.is_member = entry.is_member || is_member;
        entry.below = std::move(below);
    };
    using Self = Difference::Self;
    put(into.added, std::move(difference.below.added), difference.self == Self::Added);
    put(into.removed, std::move(difference.below.removed), difference.self == Self::Removed);
    put(into.modified, std::move(difference.below.modified), difference.self == Self::Modified);
}

void compare_maps(Comparison& into, const Object* before, const Object* after, const TypeModel& type) {
    const auto compare_field = [&](std::string_view key, const Value* left, const Value* right) {
        Difference difference = compare_at(left, right, or_scalar(type.field(key)));
        if (!difference.is_none()) attach(into, field_step(key), std::move(difference));
    };
    if (before != nullptr) {
        for (const auto& [key, value] : *before) compare_field(key, &value, after ? after->if_contains(key) : nullptr);
    }
    if (after == nullptr) return;
    for (const auto& [key, value] : *after) {
        if (before == nullptr || !before->contains(key)) compare_field(key, nullptr, &value);
    }
}

bool equal_lists(const std::vector<const Value*>& a, const std::vector<const Value*>& b) {
    return std::ranges::equal(a, b, [](const Value* left, const Value* right) { return same(*left, *right); });
}

void compare_lists(Comparison& into, const Array* before, const Array* after, const TypeModel& type) {
    Elements left{type, before};
    Elements right{type, after};
    const TypeModel& element = or_scalar(type.element());
    const auto compare_element = [&](const std::string& step, std::vector<const Value*>* l, std::vector<const Value*>* r
                                 ) {
        const bool is_repeated_before = l != nullptr && l->size() > 1;
        const bool is_repeated_after = r != nullptr && r->size() > 1;
        if (is_repeated_before && is_repeated_after) {
            if (!equal_lists(*l, *r)) into.modified.at(step).is_member = true;
            return;
        }
        const Value* one_before = l != nullptr && !is_repeated_before ? l->front() : nullptr;
        const Value* one_after = r != nullptr && !is_repeated_after ? r->front() : nullptr;
        if (one_before != nullptr || one_after != nullptr) {
            attach(into, step, compare_at(one_before, one_after, element));
        }
        if (is_repeated_before) into.removed.at(step).is_member = true;
        if (is_repeated_after) into.added.at(step).is_member = true;
    };
    for (auto& [step, values] : left.by_step) compare_element(step, &values, right.find(step));
    for (auto& [step, values] : right.by_step) {
        if (left.find(step) == nullptr) compare_element(step, nullptr, &values);
    }
}

const TypeModel& shape_of(const TypeModel& type, const Value* before, const Value* after) {
    if (after != nullptr && !after->is_null()) return schema::shaped_like(type, *after);
    if (before != nullptr) return schema::shaped_like(type, *before);
    return schema::shaped_like(type, *after);
}

Difference compare_at(const Value* before, const Value* after, const TypeModel& declared) {
    Difference difference;
    // Most of an object stays as it is; to see that needs no types.
    if (before != nullptr && after != nullptr && same(*before, *after)) return difference;
    const TypeModel& type = shape_of(declared, before, after);
    const Object* object_before = before != nullptr ? before->if_object() : nullptr;
    const Object* object_after = after != nullptr ? after->if_object() : nullptr;
    const Array* array_before = before != nullptr ? before->if_array() : nullptr;
    const Array* array_after = after != nullptr ? after->if_array() : nullptr;

    const bool is_map = type.kind() == TypeKind::Map;
    const bool is_list = type.kind() == TypeKind::List;
    const bool both_empty = is_map ? (object_before == nullptr || object_before->empty()) &&
                                         (object_after == nullptr || object_after->empty())
                            : is_list ? (array_before == nullptr || array_before->empty()) &&
                                            (array_after == nullptr || array_after->empty())
                                      : true;
    const bool is_whole = is_atomic(type) || both_empty;
    if (!is_whole && is_map) compare_maps(difference.below, object_before, object_after, type);
    const bool are_same_lists =
        is_list && array_before != nullptr && array_after != nullptr && same(*array_before, *array_after);
    if (!is_whole && is_list && !are_same_lists) compare_lists(difference.below, array_before, array_after, type);

    using Self = Difference::Self;
    if (before == nullptr) {
        difference.self = Self::Added;
    } else if (after == nullptr) {
        difference.self = Self::Removed;
    } else if (is_whole && !same(*before, *after)) {
        difference.self = Self::Modified;
    }
    return difference;
}

// ---- merge_typed

Value merge_lists(const Array& base, const Array& patch, const TypeModel& type) {
    Elements left{type, &base};
    Elements right{type, &patch};
    const TypeModel& element = or_scalar(type.element());
    std::vector<const std::string*> shared;
    for (const auto& [step, values] : right.by_step) {
        if (left.find(step) != nullptr) shared.push_back(&step);
    }
    std::size_t next_shared = 0;
    Array merged(base.storage());
    std::size_t l = 0;
    std::size_t r = 0;
    const auto emit_right = [&] {
        const auto& [step, values] = right.by_step[r++];
        const auto* mine = left.find(step);
        merged.push_back(mine != nullptr ? merge_typed(*mine->front(), *values.front(), element) : *values.front());
        if (next_shared < shared.size() && *shared[next_shared] == step) ++next_shared;
    };
    while (l < left.by_step.size() || r < right.by_step.size()) {
        if (l < left.by_step.size()) {
            const auto& [step, values] = left.by_step[l];
            if (right.find(step) == nullptr) {
                for (const Value* value : values) merged.push_back(*value);
                ++l;
                continue;
            }
            if (next_shared >= shared.size() || *shared[next_shared] != step) {  // Comes where the patch has it.
                ++l;
                continue;
            }
            if (r < right.by_step.size() && right.by_step[r].first == step) ++l;
        }
        if (r < right.by_step.size()) emit_right();
    }
    return merged;
}

void merge_object_into(Object& target, const Object& patch, const TypeModel& type);

void merge_into(Value& target, const Value& patch, const TypeModel& declared) {
    const TypeModel& type = schema::shaped_like(declared, patch);
    const bool is_replaced = is_atomic(type) || target.is_null();
    if (!is_replaced && patch.is_null()) return;
    if (!is_replaced && type.kind() == TypeKind::Map && target.is_object() && patch.is_object()) {
        merge_object_into(target.get_object(), patch.get_object(), type);
    } else if (!is_replaced && type.kind() == TypeKind::List && target.is_array() && patch.is_array()) {
        if (!same(target, patch)) target = merge_lists(target.get_array(), patch.get_array(), type);
    } else if (!same(target, patch)) {
        target = patch;
    }
}

void merge_object_into(Object& target, const Object& patch, const TypeModel& type) {
    for (const auto& [key, value] : patch) {
        if (Value* mine = target.if_contains(key)) {
            merge_into(*mine, value, or_scalar(type.field(key)));
        } else {
            target.emplace(key, value);
        }
    }
}

// ---- refusals_of

/// Where a walk is: spelled only when somebody asks.
struct Place {
    const Place* parent = nullptr;
    std::string_view field;
    std::string element;

    [[nodiscard]] std::string path() const {
        if (parent == nullptr) return "";
        return field.data() != nullptr ? fmt::format("{}.{}", parent->path(), field) : parent->path() + element;
    }
};

void collect_refusals(
    std::vector<std::string>& refusals, const Place& place, const Value& value, const TypeModel& declared
) {
    const TypeModel& type = schema::shaped_like(declared, value);
    if (value.is_null() || type.kind() == TypeKind::Scalar) return;
    if (type.kind() == TypeKind::Map) {
        if (!value.is_object()) {
            refusals.push_back(fmt::format("{}: expected map, got {}", place.path(), boost::json::serialize(value)));
            return;
        }
        for (const auto& [key, entry] : value.get_object()) {
            const Place below{.parent = &place, .field = key, .element = {}};
            const TypeModel* field = type.field(key);
            if (field == nullptr) {
                refusals.push_back(below.path() + ": field not declared in schema");
            } else {
                collect_refusals(refusals, below, entry, *field);
            }
        }
        return;
    }
    if (!value.is_array()) {
        refusals.push_back(fmt::format("{}: expected list, got {}", place.path(), boost::json::serialize(value)));
        return;
    }
    const TypeModel& element_type = or_scalar(type.element());
    const bool is_atomic_list = type.list_type() == ListType::Atomic;
    if (is_atomic_list && element_type.kind() == TypeKind::Scalar) return;
    std::set<std::string> seen;
    std::size_t index = 0;
    for (const Value& element : value.get_array()) {
        const std::size_t at = index++;
        Place below{.parent = &place, .field = {}, .element = {}};
        if (!is_atomic_list) {
            const auto step = element_step(type, element);
            if (!step) {
                refusals.push_back(fmt::format(
                    "{}: element {}: associative list with keys has an element that omits key field(s) {}",
                    place.path(),
                    at,
                    fmt::join(type.list_keys(), ", ")
                ));
                continue;
            }
            if (!seen.insert(*step).second) {
                refusals.push_back(fmt::format("{}: duplicate entries for key {}", place.path(), readable_step(*step)));
                continue;
            }
            below.element = *step;
        }
        const std::size_t known = refusals.size();
        if (is_atomic_list) below.element = "[]";
        collect_refusals(refusals, below, element, element_type);
        if (refusals.size() == known) continue;
        // Spell the element now that somebody wants to read it.
        const std::string shown = is_atomic_list ? fmt::format("[{}]", at) : readable_step(below.element);
        const std::string prefix = place.path() + below.element;
        for (std::size_t i = known; i < refusals.size(); ++i) {
            if (refusals[i].starts_with(prefix)) refusals[i].replace(0, prefix.size(), place.path() + shown);
        }
    }
}

}  // namespace

std::optional<std::string> element_step(const TypeModel& list, const Value& element) {
    if (list.list_type() == ListType::Set) return "v:" + boost::json::serialize(element);
    if (!element.is_object()) return std::nullopt;
    const Object& object = element.get_object();
    std::vector<std::pair<std::string_view, const Value*>> keys;
    keys.reserve(list.list_keys().size());
    for (const std::string& key : list.list_keys()) {
        const Value* value = object.if_contains(key);
        if (value == nullptr && list.element() != nullptr) {
            const TypeModel* field = list.element()->field(key);
            if (field != nullptr) value = field->default_value();
        }
        if (value != nullptr) keys.emplace_back(key, value);
    }
    if (keys.empty()) return std::nullopt;
    std::ranges::sort(keys, {}, [](const auto& key) { return key.first; });
    std::string step = "k:{";
    for (const auto& [key, value] : keys) {
        if (step.size() > 3) step += ',';
        step += '"';
        step += key;
        step += "\":";
        step += boost::json::serialize(*value);
    }
    return step + "}";
}

FieldSet fields_of(const Value& value, const TypeModel& type) {
    return fields_below(value, schema::shaped_like(type, value));
}

Comparison compare(const Value& before, const Value& after, const TypeModel& type) {
    return compare_at(&before, &after, type).below;
}

Comparison compare(const Object& before, const Object& after, const TypeModel& type) {
    Comparison comparison;
    compare_maps(comparison, &before, &after, type);
    return comparison;
}

Value merge_typed(const Value& base, const Value& patch, const TypeModel& type) {
    Value merged = base;
    merge_into(merged, patch, type);
    return merged;
}

Value merge_objects(const Object& base, const Object& patch, const TypeModel& type) {
    Object merged(base, patch.storage());
    merge_object_into(merged, patch, type);
    return merged;
}

Value without_fields(const Value& value, const FieldSet& unwanted, const TypeModel& declared) {
    const TypeModel& type = schema::shaped_like(declared, value);
    if (type.kind() == TypeKind::Scalar) return value;
    if (is_atomic(type)) return nullptr;
    if (type.kind() == TypeKind::Map && value.is_object()) {
        Object rest;
        for (const auto& [key, field] : value.get_object()) {
            const FieldSet::Entry* entry = unwanted.find(field_step(key));
            if (entry != nullptr && entry->is_member) continue;
            if (entry != nullptr && !entry->below.empty()) {
                rest.emplace(key, without_fields(field, entry->below, or_scalar(type.field(key))));
            } else {
                rest.emplace(key, field);
            }
        }
        if (rest.empty()) return nullptr;
        return rest;
    }
    if (type.kind() == TypeKind::List && value.is_array()) {
        Array rest;
        for (const Value& element : value.get_array()) {
            const auto step = element_step(type, element);
            const FieldSet::Entry* entry = step ? unwanted.find(*step) : nullptr;
            if (entry != nullptr && entry->is_member) continue;
            if (entry != nullptr && !entry->below.empty()) {
                rest.push_back(without_fields(element, entry->below, or_scalar(type.element())));
            } else {
                rest.push_back(element);
            }
        }
        if (rest.empty()) return nullptr;
        return rest;
    }
    return nullptr;
}

std::vector<std::string> refusals_of(const Value& value, const TypeModel& type) {
    std::vector<std::string> refusals;
    collect_refusals(refusals, Place{}, value, type);
    return refusals;
}

}  // namespace devcluster::apiserver
