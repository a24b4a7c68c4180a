#include "kube/runtime/work_queue.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>
#include <unordered_map>

#include "kube/async/signal.hpp"

namespace kube {

struct WorkQueue::Impl {
    /// Due time, then order of arrival.
    struct Place {
        MonotonicTime due;
        std::uint64_t sequence = 0;
        auto operator<=>(const Place&) const = default;
    };

    Impl(boost::asio::any_io_executor executor, Clock& clock_) : clock{clock_}, changed{std::move(executor)} {}

    Clock& clock;
    Signal changed;
    std::map<Place, NamespacedName> line;
    std::unordered_map<NamespacedName, Place> places;
    /// Keys in flight, and when each is due again if it was added meanwhile.
    std::unordered_map<NamespacedName, std::optional<MonotonicTime>> in_flight;
    std::unordered_map<NamespacedName, unsigned> failures;
    std::uint64_t sequence = 0;
    std::uint64_t adds = 0;
    std::uint64_t retries = 0;
    MonotonicTime::duration waited{};
    bool is_closed = false;

    void enqueue(const NamespacedName& key, MonotonicTime due) {
        const auto found = places.find(key);
        if (found != places.end()) {
            if (found->second.due <= due) return;
            line.erase(found->second);
            places.erase(found);
        }
        const Place place{due, ++sequence};
        const auto added = line.emplace(place, key).first;
        places.emplace(key, place);
        if (added == line.begin()) changed.notify_all();
    }
};

WorkQueue::WorkQueue(boost::asio::any_io_executor executor, Clock& clock)
    : impl_{std::make_unique<Impl>(std::move(executor), clock)} {}
WorkQueue::~WorkQueue() = default;

void WorkQueue::add_after(const NamespacedName& key, MonotonicTime::duration delay) {
    if (impl_->is_closed) return;
    const MonotonicTime due = impl_->clock.monotonic() + std::max(delay, MonotonicTime::duration{0});
    if (delay.count() > 0) ++impl_->retries;
    const auto flying = impl_->in_flight.find(key);
    if (flying != impl_->in_flight.end()) {
        if (!flying->second) ++impl_->adds;
        flying->second = flying->second ? std::min(*flying->second, due) : due;
        return;
    }
    if (!impl_->places.contains(key)) ++impl_->adds;
    impl_->enqueue(key, due);
}

std::chrono::milliseconds WorkQueue::add_after_failure(const NamespacedName& key, double jitter) {
    const unsigned failed_before = impl_->failures[key]++;
    auto delay = kFailureDelayMin;
    for (unsigned i = 0; i < failed_before && delay < kFailureDelayMax; ++i) delay *= 2;
    delay = std::min(delay, kFailureDelayMax);
    delay -= std::chrono::milliseconds{static_cast<std::int64_t>(static_cast<double>(delay.count()) * jitter / 10)};
    add_after(key, delay);
    return delay;
}

void WorkQueue::forget_failures(const NamespacedName& key) {
    impl_->failures.erase(key);
}

unsigned WorkQueue::failures(const NamespacedName& key) const {
    const auto found = impl_->failures.find(key);
    return found == impl_->failures.end() ? 0 : found->second;
}

Async<std::optional<NamespacedName>> WorkQueue::next() {
    for (;;) {
        if (impl_->is_closed) {
            if (impl_->in_flight.empty()) co_return std::nullopt;
            co_await impl_->changed.wait();
            continue;
        }
        if (impl_->line.empty()) {
            co_await impl_->changed.wait();
            continue;
        }
        const auto first = impl_->line.begin();
        const MonotonicTime now = impl_->clock.monotonic();
        if (first->first.due > now) {
            (void)co_await impl_->changed.wait_until(impl_->clock, first->first.due);
            continue;
        }
        impl_->waited = now - first->first.due;
        NamespacedName key = std::move(first->second);
        impl_->line.erase(first);
        impl_->places.erase(key);
        impl_->in_flight.emplace(key, std::nullopt);
        co_return key;
    }
}

void WorkQueue::done(const NamespacedName& key) {
    const auto found = impl_->in_flight.find(key);
    if (found == impl_->in_flight.end())
        throw std::logic_error{"done() for a key that is not in flight: " + to_string(key)};
    const auto due = found->second;
    impl_->in_flight.erase(found);
    if (due && !impl_->is_closed) impl_->enqueue(key, *due);
    if (impl_->is_closed && impl_->in_flight.empty()) impl_->changed.notify_all();
}

void WorkQueue::close() {
    impl_->is_closed = true;
    impl_->line.clear();
    impl_->places.clear();
    impl_->changed.notify_all();
}

std::vector<WorkQueue::Waiting> WorkQueue::waiting() const {
    std::vector<Waiting> all;
    all.reserve(impl_->line.size());
    for (const auto& [place, key] : impl_->line) all.push_back({key, place.due});
    return all;
}

std::size_t WorkQueue::depth() const {
    const MonotonicTime now = impl_->clock.monotonic();
    std::size_t due = 0;
    for (const auto& [place, key] : impl_->line) {
        if (place.due > now) break;
        ++due;
    }
    return due;
}

std::size_t WorkQueue::in_flight() const {
    return impl_->in_flight.size();
}
std::uint64_t WorkQueue::adds() const {
    return impl_->adds;
}
std::uint64_t WorkQueue::retries() const {
    return impl_->retries;
}
MonotonicTime::duration WorkQueue::waited() const {
    return impl_->waited;
}

}  // namespace kube
