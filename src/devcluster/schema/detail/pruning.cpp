#include "devcluster/schema/detail/pruning.hpp"

#include "devcluster/schema/detail/path.hpp"

#include <algorithm>

namespace devcluster::schema::detail {
namespace {

/// Paths of unknown fields show keys of maps like fields.
class Pruner {
public:
    /// `node` may be null: nothing is known below, so that every field goes.
    void prune(json::value& value, const Node* node, const Path& path) {
        const bool keeps_unknown = node != nullptr && node->preserves_unknown_fields;
        if (value.is_array()) {
            json::array& array = value.get_array();
            if (node == nullptr || !node->items) {
                if (keeps_unknown) return;
                for (std::size_t index = 0; index < array.size(); ++index) prune(array[index], nullptr, path.at(index));
                return;
            }
            for (std::size_t index = 0; index < array.size(); ++index) {
                prune(array[index], node->items.get(), path.at(index));
            }
        } else if (value.is_object()) {
            prune_object(value.get_object(), node, path, keeps_unknown);
        }
    }

    std::vector<std::string> unknown;

private:
    void prune_object(json::object& object, const Node* node, const Path& path, bool keeps_unknown) {
        for (auto member = object.begin(); member != object.end();) {
            const std::string_view name = key_view(*member);
            if (node != nullptr && node->is_resource && is_meta_field(name)) {
                if (name == "metadata" && member->value().is_object())
                    prune_metadata(member->value().get_object(), path.child(name));
            } else if (const Node* property = node == nullptr ? nullptr : node->find_property(name)) {
                prune(member->value(), property, path.child(name));
            } else if (node != nullptr && (node->additional_properties || node->allows_any_additional)) {
                prune(member->value(), node->additional_properties.get(), path.key(name));
            } else if (!keeps_unknown) {
                unknown.push_back(body_path(path.child(name)));
                member = object.stable_erase(member);
                continue;
            }
            ++member;
        }
    }

    void prune_metadata(json::object& metadata, const Path& path) {
        for (auto member = metadata.begin(); member != metadata.end();) {
            if (object_meta_type().field(key_view(*member)) != nullptr) {
                ++member;
                continue;
            }
            unknown.push_back(body_path(path.child(key_view(*member))));
            member = metadata.stable_erase(member);
        }
    }
};

bool is_unwanted_null(const json::value& value, const Node* node) {
    return value.is_null() && node != nullptr && !node->is_nullable;
}

}  // namespace

std::vector<std::string> prune(json::value& value, const Node& node) {
    Pruner pruner;
    pruner.prune(value, &node, Path{});
    std::ranges::sort(pruner.unknown);
    return std::move(pruner.unknown);
}

void prune_nulls(json::value& value, const Node& node) {
    if (value.is_array()) {
        if (!node.items) return;
        for (json::value& element : value.get_array()) prune_nulls(element, *node.items);
        return;
    }
    if (!value.is_object()) return;
    json::object& object = value.get_object();
    for (auto member = object.begin(); member != object.end();) {
        const Node* child = node.child(key_view(*member));
        if (is_unwanted_null(member->value(), child) && !child->default_json) {
            member = object.stable_erase(member);
            continue;
        }
        if (child != nullptr) prune_nulls(member->value(), *child);
        ++member;
    }
}

void apply_defaults(json::value& value, const Node& node) {
    if (!node.has_defaults) return;
    if (value.is_array()) {
        if (!node.items) return;
        for (json::value& element : value.get_array()) {
            if (is_unwanted_null(element, node.items.get()) && node.items->default_json)
                element = *node.items->default_json;
            apply_defaults(element, *node.items);
        }
        return;
    }
    if (!value.is_object()) return;
    json::object& object = value.get_object();
    for (const Node::Property& property : node.properties) {
        if (!property.node->default_json) continue;
        const auto present = object.find(property.name);
        if (present == object.end()) {
            object.emplace(property.name, *property.node->default_json);
        } else if (is_unwanted_null(present->value(), property.node.get())) {
            present->value() = *property.node->default_json;
        }
    }
    for (json::key_value_pair& member : object) {
        const Node* child = node.child(key_view(member));
        if (child == nullptr) continue;
        if (is_unwanted_null(member.value(), child) && child->default_json) member.value() = *child->default_json;
        apply_defaults(member.value(), *child);
    }
}

}  // namespace devcluster::schema::detail
