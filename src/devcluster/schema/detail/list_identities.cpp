#include "devcluster/schema/detail/list_identities.hpp"

#include "devcluster/schema/detail/path.hpp"
#include "kube/json/same.hpp"

namespace devcluster::schema::detail {
namespace {

class Validator {
public:
    void validate(const Node& node, const json::value& value, const Path& path) {
        if (!node.has_list_identities) return;
        if (value.is_object()) {
            for (const json::key_value_pair& member : value.get_object()) {
                const std::string_view name = key_view(member);
                if (const Node* property = node.find_property(name)) {
                    validate(*property, member.value(), path.child(name));
                } else if (node.additional_properties) {
                    validate(*node.additional_properties, member.value(), path.key(name));
                }
            }
        } else if (value.is_array()) {
            validate_array(node, value.get_array(), path);
        }
    }

    std::vector<FieldError> errors;

private:
    void validate_array(const Node& node, const json::array& array, const Path& path) {
        if (node.list == ListType::Set) {
            find_repetitions(array, path);
        } else if (node.list == ListType::Map) {
            validate_map(node, array, path);
        }
        if (!node.items) return;
        for (std::size_t index = 0; index < array.size(); ++index) validate(*node.items, array[index], path.at(index));
    }

    void validate_map(const Node& node, const json::array& array, const Path& path) {
        for (std::size_t index = 0; index < array.size(); ++index) {
            if (array[index].is_null() || array[index].is_object()) continue;
            errors.push_back(
                invalid(field_path(path.at(index)), array[index], "must be an object for an array of list-type map")
            );
            return;
        }
        json::array identities;
        for (const json::value& element : array) {
            json::object identity;
            for (const std::string& key : node.keys) {
                const json::value* found = element.is_object() ? element.get_object().if_contains(key) : nullptr;
                if (found != nullptr) identity.emplace(key, *found);
            }
            identities.emplace_back(std::move(identity));
        }
        find_repetitions(identities, path);
    }

    /// Reports the second of equal elements and no further ones, as kube-apiserver does.
    void find_repetitions(const json::array& elements, const Path& path) {
        for (std::size_t index = 1; index < elements.size(); ++index) {
            std::size_t earlier = 0;
            for (std::size_t other = 0; other < index; ++other) {
                if (kube::json::same(elements[other], elements[index])) ++earlier;
            }
            if (earlier == 1) errors.push_back(duplicate(field_path(path.at(index)), elements[index]));
        }
    }
};

}  // namespace

std::vector<FieldError> validate_list_identities(const Node& node, const json::value& value) {
    Validator validator;
    validator.validate(node, value, Path{});
    return std::move(validator.errors);
}

}  // namespace devcluster::schema::detail
