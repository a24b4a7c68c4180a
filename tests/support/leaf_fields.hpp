// The fields of a described struct that hold values themselves, by their paths in JSON: what a table of all fields is
// checked against, so that a new field without its row fails a test.
#pragma once

#include <set>
#include <string>
#include <type_traits>

#include "kube/json/codec.hpp"

namespace support {

/// Adds "spec.peers[].label.selector" and so on, below `path`. Leaves are scalars, maps, lists of scalars, and structs
/// without members, whose presence is all they say.
template <class T>
void add_leaf_fields(const std::string& path, std::set<std::string>& leaves) {
    using namespace kube::json::detail;  // NOLINT(google-build-using-namespace)
    if constexpr (IsOptional<T>::value) {
        add_leaf_fields<typename T::value_type>(path, leaves);
    } else if constexpr (IsVector<T>::value) {
        if constexpr (Described<typename T::value_type>) {
            add_leaf_fields<typename T::value_type>(path + "[]", leaves);
        } else {
            leaves.insert(path);
        }
    } else if constexpr (Described<T>) {
        if constexpr (boost::mp11::mp_empty<Members<T>>::value) leaves.insert(path);
        boost::mp11::mp_for_each<Members<T>>([&](auto member) {
            using Field = std::remove_reference_t<decltype(std::declval<T&>().*member.pointer)>;
            const std::string key{key_of(member.name)};
            add_leaf_fields<Field>(path.empty() ? key : path + "." + key, leaves);
        });
    } else {
        leaves.insert(path);
    }
}

template <class T>
std::set<std::string> leaf_fields() {
    std::set<std::string> leaves;
    add_leaf_fields<T>({}, leaves);
    return leaves;
}

}  // namespace support
