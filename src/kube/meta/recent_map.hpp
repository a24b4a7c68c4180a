// A map of bounded size.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <utility>

namespace kube {

/// A map that forgets what was not used for the longest time.
template <class Key, class V>
class RecentMap {
public:
    explicit RecentMap(std::size_t entries_max) : entries_max_{entries_max} {}
    RecentMap(const RecentMap&) = delete;
    RecentMap& operator=(const RecentMap&) = delete;
    ~RecentMap() = default;
    /// The entry of the key, made where there is none. Valid until the next call that makes one.
    V& operator[](const Key& key) {
        const auto [place, is_new] = places_.try_emplace(key);
        if (!is_new) {
            order_.splice(order_.begin(), order_, place->second);
            return order_.front().second;
        }
        order_.emplace_front(&place->first, V{});
        place->second = order_.begin();
        if (order_.size() > entries_max_) {
            const auto oldest = places_.find(*order_.back().first);
            order_.pop_back();
            places_.erase(oldest);
        }
        return order_.front().second;
    }
    void erase(const Key& key) {
        const auto place = places_.find(key);
        if (place == places_.end()) return;
        order_.erase(place->second);
        places_.erase(place);
    }

private:
    /// The newest first. The keys are those of `places_`, whose nodes stay where they are.
    using Order = std::list<std::pair<const Key*, V>>;
    std::size_t entries_max_;
    Order order_;
    std::map<Key, typename Order::iterator> places_;
};

}  // namespace kube
