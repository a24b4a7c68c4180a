// What a reconcile says about the next one: when, and what it waits for.
#pragma once

#include <chrono>
#include <string>

#include "kube/client/client.hpp"
#include "kube/meta/resource_version.hpp"

namespace kube {

/// When a key is reconciled again, unless something wakes it before. Each names what ends the wait.
class Requeue {
public:
    enum class Kind { OnChange, After, PutOff, NewerThan };

    /// Not before something changes (a watch event, an own write).
    static Requeue on_change(std::string waits_for) { return {Kind::OnChange, {}, {}, std::move(waits_for)}; }
    /// After `delay` at the latest.
    static Requeue after(std::chrono::milliseconds delay, std::string waits_for) {
        return {Kind::After, delay, {}, std::move(waits_for)};
    }
    /// After `delay` at the latest, for something that this pass has left undone: until then the key is not at rest, as
    /// one that polls would be.
    static Requeue put_off(std::chrono::milliseconds delay, std::string waits_for) {
        return {Kind::PutOff, delay, {}, std::move(waits_for)};
    }
    /// As soon as the cache has seen a newer version than this: after a conflict. Adds nothing to the key's back-off.
    static Requeue when_newer_than(ResourceVersion version) {
        return {Kind::NewerThan, {}, std::move(version), "a newer version of the object"};
    }

    [[nodiscard]] Kind kind() const { return kind_; }
    [[nodiscard]] std::chrono::milliseconds delay() const { return delay_; }
    [[nodiscard]] const ResourceVersion& version() const { return version_; }
    /// For people: logs and the debug endpoint.
    [[nodiscard]] const std::string& waits_for() const { return waits_for_; }

private:
    Requeue(Kind kind, std::chrono::milliseconds delay, ResourceVersion version, std::string waits_for)
        : kind_{kind}, delay_{delay}, version_{std::move(version)}, waits_for_{std::move(waits_for)} {}
    Kind kind_;
    std::chrono::milliseconds delay_;
    ResourceVersion version_;
    std::string waits_for_;
};

/// What wakes a key whose write was refused. A conflict is no failure: it adds nothing to the key's back-off.
[[nodiscard]] Requeue after_refusal(WriteRefusal refusal, const ResourceVersion& read_at);

}  // namespace kube
