// Which watch events wake a controller.
#pragma once

#include <functional>

#include "kube/meta/object_meta.hpp"

namespace kube {

/// Decides about an update; appearing and disappearing objects always pass. `before` and `after` are the same object at
/// two versions.
template <class K>
using Predicate = std::function<bool(const K& before, const K& after)>;

/// The spec changed (metadata.generation moved; that a deletion begins moves it too).
inline constexpr auto generation_changed = [](const auto& before, const auto& after) {
    return before.metadata.generation != after.metadata.generation;
};
inline constexpr auto deletion_requested = [](const auto& before, const auto& after) {
    return before.metadata.deletionTimestamp.has_value() != after.metadata.deletionTimestamp.has_value();
};
inline constexpr auto every_update = [](const auto&, const auto&) { return true; };

/// Passes when one of them does.
template <class... Predicates>
[[nodiscard]] constexpr auto any_of(Predicates... predicates) {
    return [=](const auto& before, const auto& after) { return (predicates(before, after) || ...); };
}

}  // namespace kube
