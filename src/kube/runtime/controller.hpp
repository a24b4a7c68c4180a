// A controller: what wakes it, and what it calls.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kube/runtime/manager.hpp"
#include "kube/runtime/predicate.hpp"
#include "kube/runtime/reconciler.hpp"

namespace kube {

namespace detail {
/// A controller without types; see controller.cpp.
struct ControllerSpec {
    using Passes = std::function<bool(const void* before, const void* after)>;
    using KeysOf = std::function<std::vector<NamespacedName>(const void* object)>;
    struct Source {
        std::shared_ptr<CacheStore> cache;
        Passes passes;   // for updates
        KeysOf keys_of;  // of the primary kind
        bool is_owned = false;
    };
    std::string name;
    const ResourceType* primary = nullptr;
    std::shared_ptr<CacheStore> primary_cache;
    std::vector<Source> sources;  // the primary kind first
    std::size_t reconciles_in_flight_max = 64;
    std::function<Async<Requeue>(CacheStore::Entry)> reconcile;
    std::function<void(const NamespacedName&)> forget;
};
void add_controller(Manager& manager, ControllerSpec spec);
/// The controller owner's key, when it is of this group and kind (the version does not matter); else nothing (spec 02
/// §2.1).
[[nodiscard]] std::vector<NamespacedName> owner_keys(const ObjectMeta& metadata, const ResourceType& owner);
}  // namespace detail

/// Builds a controller and registers it with the manager, which runs it.
///
///     kube::ControllerBuilder<api::SeiNode>{manager, "seinode"}
///         .when(kube::generation_changed)
///         .owns<kube::StatefulSet>()
///         .watches<kube::Secret>(nodes_that_use_secret)
///         .reconciles_in_flight_max(64)
///         .build(reconciler);
template <Kind K>
class ControllerBuilder {
public:
    ControllerBuilder(Manager& manager, std::string name) : manager_{manager} {
        spec_.name = std::move(name);
        spec_.primary = &KindOf<K>::type;
        spec_.primary_cache = manager.cache<K>().store();
        spec_.sources.push_back(
            {spec_.primary_cache,
             erase<K>(every_update),
             [](const void* object) { return std::vector{static_cast<const K*>(object)->metadata.key()}; },
             false}
        );
    }

    /// Which updates of the primary kind wake the controller. Own status writes should not.
    ControllerBuilder&& when(Predicate<K> passes) && {
        spec_.sources.front().passes = erase<K>(std::move(passes));
        return std::move(*this);
    }
    /// Objects of `U` wake the `K` that controls them. Writes to them are waited for before the next pass.
    template <Kind U>
    ControllerBuilder&& owns(Predicate<U> passes = every_update, KindNeed need = KindNeed::Required) && {
        spec_.sources.push_back(
            {manager_.cache<U>(need).store(),
             erase<U>(std::move(passes)),
             [](const void* object) {
                 return detail::owner_keys(static_cast<const U*>(object)->metadata, KindOf<K>::type);
             },
             true}
        );
        return std::move(*this);
    }
    /// Objects of `U` wake the keys that `keys_of` names.
    template <Kind U>
    ControllerBuilder&& watches(
        std::function<std::vector<NamespacedName>(const U&)> keys_of, Predicate<U> passes = every_update
    ) && {
        spec_.sources.push_back(
            {manager_.cache<U>().store(),
             erase<U>(std::move(passes)),
             [keys_of = std::move(keys_of)](const void* object) { return keys_of(*static_cast<const U*>(object)); },
             false}
        );
        return std::move(*this);
    }
    /// Passes at once, of different keys. One that takes long makes way (detail/controller_loop.hpp).
    ControllerBuilder&& reconciles_in_flight_max(std::size_t most) && {
        spec_.reconciles_in_flight_max = most;
        return std::move(*this);
    }
    /// `reconciler` outlives the manager.
    void build(Reconciler<K>& reconciler) && {
        spec_.reconcile = [&reconciler](detail::CacheStore::Entry entry) {
            return reconciler.reconcile(Snapshot<K>{std::static_pointer_cast<const K>(std::move(entry.object))});
        };
        spec_.forget = [&reconciler](const NamespacedName& key) { reconciler.forget(key); };
        detail::add_controller(manager_, std::move(spec_));
    }

private:
    template <class T>
    static detail::ControllerSpec::Passes erase(Predicate<T> passes) {
        return [passes = std::move(passes)](const void* before, const void* after) {
            return passes(*static_cast<const T*>(before), *static_cast<const T*>(after));
        };
    }
    Manager& manager_;
    detail::ControllerSpec spec_;
};

}  // namespace kube
