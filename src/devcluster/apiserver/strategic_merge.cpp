#include "devcluster/apiserver/strategic_merge.hpp"

#include "devcluster/apiserver/metadata.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kElementOrder = "$setElementOrder/";
constexpr std::string_view kDeleteValues = "$deleteFromPrimitiveList/";

void merge_object(Object& target, const Object& patch, const BuiltinType* type);

/// What a patch adds where nothing was: without nulls and directives.
Value without_directives(const Value& value) {
    if (const Object* object = value.if_object()) {
        Object out;
        for (const auto& [key, entry] : *object) {
            if (entry.is_null() || key.starts_with('$')) continue;
            out.emplace(key, without_directives(entry));
        }
        return out;
    }
    if (const Array* array = value.if_array()) {
        Array out;
        for (const Value& element : *array) {
            const Object* object = element.if_object();
            if (object != nullptr && object->contains(kDirective)) continue;
            out.push_back(without_directives(element));
        }
        return out;
    }
    return value;
}

/// The identity of a list's element: its merge key, or itself.
Value identity(const Value& element, const std::string& merge_key) {
    if (merge_key.empty()) return element;
    const Object* object = element.if_object();
    const Value* key = object != nullptr ? object->if_contains(merge_key) : nullptr;
    return key != nullptr ? *key : Value{};
}

std::ptrdiff_t position(const Array& list, const Value& wanted, const std::string& merge_key) {
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (identity(list[i], merge_key) == wanted) return static_cast<std::ptrdiff_t>(i);
    }
    return -1;
}

/// Orders `list` as `order` says; what `order` does not name keeps its place relative to what it names.
Array ordered(const Array& list, const Array& order, const Array& before, const std::string& merge_key) {
    Array named;
    Array others;
    for (const Value& wanted : order) {
        const auto at = position(list, identity(wanted, merge_key), merge_key);
        if (at >= 0) named.push_back(list[static_cast<std::size_t>(at)]);
    }
    for (const Value& element : list) {
        if (position(order, identity(element, merge_key), merge_key) < 0) others.push_back(element);
    }
    Array out;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < others.size() || j < named.size()) {
        bool takes_other = j >= named.size();
        if (i < others.size() && j < named.size()) {
            const auto left = position(before, identity(others[i], merge_key), merge_key);
            const auto right = position(before, identity(named[j], merge_key), merge_key);
            takes_other = left >= 0 && right >= 0 && left < right;
        }
        out.push_back(takes_other ? others[i++] : named[j++]);
    }
    return out;
}

/// Joins the lists. `order` says where the patch's elements stand; null: as in the patch.
void merge_list(Array& target, const Array& patch, const BuiltinField& field, const Array* order) {
    const Array before = target;
    for (const Value& element : patch) {
        const Object* object = element.if_object();
        if (object != nullptr && string_in(*object, kDirective) == "replace") {
            Array whole;
            for (const Value& one : patch) {
                const Object* entry = one.if_object();
                if (entry == nullptr || !entry->contains(kDirective)) whole.push_back(without_directives(one));
            }
            target = std::move(whole);
            return;
        }
    }
    for (const Value& element : patch) {
        const Object* object = element.if_object();
        if (field.merge_key.empty() || object == nullptr) {
            if (position(target, element, "") < 0) target.push_back(element);
            continue;
        }
        const Value key = identity(element, field.merge_key);
        if (key.is_null()) {
            throw std::runtime_error{fmt::format(
                "map: {} does not contain declared merge key: {}", boost::json::serialize(element), field.merge_key
            )};
        }
        const auto at = position(target, key, field.merge_key);
        if (string_in(*object, kDirective) == "delete") {
            if (at >= 0) target.erase(target.begin() + at);
        } else if (at >= 0 && target[static_cast<std::size_t>(at)].is_object()) {
            merge_object(target[static_cast<std::size_t>(at)].get_object(), *object, field.type->element_type());
        } else {
            target.push_back(without_directives(element));
        }
    }
    target = ordered(target, order != nullptr ? *order : patch, before, field.merge_key);
}

void delete_values(Object& target, std::string_view name, const Value& values) {
    Array* list = array_in(target, name);
    if (list == nullptr || !values.is_array()) return;
    Array rest;
    for (const Value& value : *list) {
        if (std::ranges::find(values.get_array(), value) == values.get_array().end()) rest.push_back(value);
    }
    *list = std::move(rest);
}

void merge_field(
    Object& target,
    std::string_view key,
    const Value& value,
    const BuiltinField* field,
    const BuiltinType* type,
    const Array* order
) {
    if (value.is_null()) {
        target.erase(key);
        return;
    }
    Value* mine = target.if_contains(key);
    if (mine == nullptr) {
        target[key] = without_directives(value);
        return;
    }
    if (mine->is_object() && value.is_object()) {
        const BuiltinType* below = field != nullptr ? field->type : type != nullptr ? type->element_type() : nullptr;
        merge_object(mine->get_object(), value.get_object(), below);
    } else if (mine->is_array() && value.is_array() && field != nullptr && field->merges) {
        merge_list(mine->get_array(), value.get_array(), *field, order);
    } else {
        *mine = without_directives(value);
    }
}

void merge_object(Object& target, const Object& patch, const BuiltinType* type) {
    if (const Value* directive = patch.if_contains(kDirective)) {
        if (*directive == Value("replace")) {
            target = without_directives(Value(patch)).as_object();
            return;
        }
        if (*directive == Value("delete")) {
            target.clear();
            return;
        }
        if (*directive != Value("merge")) {
            throw std::runtime_error{fmt::format("Unknown patch type {}", boost::json::serialize(*directive))};
        }
    }
    if (const Array* retained = array_in(patch, kRetainKeys)) {
        Object rest;
        for (const auto& [key, value] : target) {
            if (std::ranges::find(*retained, Value(key)) != retained->end()) rest.emplace(key, value);
        }
        target = std::move(rest);
    }
    const Object before = patch.empty() ? Object{} : target;
    for (const auto& [key, value] : patch) {
        if (key.starts_with(kDeleteValues)) {
            delete_values(target, std::string_view{key}.substr(kDeleteValues.size()), value);
        }
    }
    for (const auto& [key, value] : patch) {
        if (key.starts_with('$')) continue;
        const BuiltinField* field = type != nullptr && type->is_struct() ? type->find_field(key) : nullptr;
        const Array* order = array_in(patch, fmt::format("{}{}", kElementOrder, std::string_view{key}));
        merge_field(target, key, value, field, type, order);
    }
    for (const auto& [key, value] : patch) {
        if (!key.starts_with(kElementOrder) || !value.is_array()) continue;
        const std::string_view name = std::string_view{key}.substr(kElementOrder.size());
        Array* list = array_in(target, name);
        const BuiltinField* field = type != nullptr && type->is_struct() ? type->find_field(name) : nullptr;
        if (list == nullptr || field == nullptr) continue;
        static const auto* const nothing = new Array{};  // Leaked: nothing to destroy at exit.
        const Array* old = array_in(before, name);
        *list = ordered(*list, value.get_array(), old != nullptr ? *old : *nothing, field->merge_key);
    }
}

}  // namespace

void apply_strategic_merge(Object& target, const Object& patch, const BuiltinType& type) {
    merge_object(target, patch, &type);
}

}  // namespace devcluster::apiserver
