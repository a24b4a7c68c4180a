#include "devcluster/schema/detail/correlation.hpp"

#include "kube/json/same.hpp"

namespace devcluster::schema::detail {

const json::value* correlated_member(const json::value* old_object, std::string_view name) {
    if (old_object == nullptr || !old_object->is_object()) return nullptr;
    return old_object->get_object().if_contains(name);
}

const json::value* correlated_element(const Node& list, const json::value* old_list, const json::value& element) {
    if (list.list != ListType::Map || old_list == nullptr || !old_list->is_array() || !element.is_object())
        return nullptr;
    for (const json::value& candidate : old_list->get_array()) {
        bool has_same_keys = candidate.is_object();
        for (const std::string& key : list.keys) {
            const json::value* mine = element.get_object().if_contains(key);
            if (mine == nullptr || mine->is_structured() || mine->is_null()) return nullptr;
            const json::value* other = has_same_keys ? candidate.get_object().if_contains(key) : nullptr;
            has_same_keys = other != nullptr && *other == *mine;
        }
        if (has_same_keys) return &candidate;
    }
    return nullptr;
}

bool is_unchanged(const Node& node, const json::value& value, const json::value& old_value) {
    if (value.is_array() && old_value.is_array()) {
        const json::array& array = value.get_array();
        if (array.size() != old_value.get_array().size()) return false;
        if (node.list != ListType::Map || !node.items) return kube::json::same(value, old_value);
        for (const json::value& element : array) {
            const json::value* old_element = correlated_element(node, &old_value, element);
            if (old_element == nullptr || !is_unchanged(*node.items, element, *old_element)) return false;
        }
        return true;
    }
    if (value.is_object() && old_value.is_object()) {
        if (value.get_object().size() != old_value.get_object().size()) return false;
        for (const json::key_value_pair& member : value.get_object()) {
            const json::value* old_member = correlated_member(&old_value, key_view(member));
            const Node* child = node.child(key_view(member));
            if (old_member == nullptr || child == nullptr || !is_unchanged(*child, member.value(), *old_member))
                return false;
        }
        return true;
    }
    return kube::json::same(value, old_value);
}

}  // namespace devcluster::schema::detail
