#include "kube/json/json.hpp"

namespace kube::json {

const Value* find(const Value& value, std::initializer_list<std::string_view> path) {
    const Value* at = &value;
    for (const std::string_view key : path) {
        if (!at->is_object()) return nullptr;
        at = at->get_object().if_contains(key);
        if (at == nullptr) return nullptr;
    }
    return at;
}

std::string_view find_string(const Value& value, std::initializer_list<std::string_view> path) {
    const Value* found = find(value, path);
    if (found == nullptr || !found->is_string()) return {};
    return {found->get_string().data(), found->get_string().size()};
}

}  // namespace kube::json
