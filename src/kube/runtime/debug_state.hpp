// What a controller is doing, for tests that wait on it, for simulators and for people.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "kube/async/clock.hpp"
#include "kube/json/json.hpp"
#include "kube/meta/names.hpp"

namespace kube {

/// One key that is not idle, or that waits for something.
struct KeyDebugState {
    /// Idle: nothing is scheduled, a change has to come. Waiting: in the queue until `due`. Held: the caches have not
    /// yet seen what an earlier pass wrote (`due` is when that wait is given up). InFlight: a pass runs.
    enum class State { Idle, Waiting, Held, InFlight };
    NamespacedName key;
    State state = State::Idle;
    /// Of Waiting and Held.
    MonotonicTime due{};
    /// Of InFlight: how long the pass has run.
    MonotonicTime::duration running{};
    /// What the last pass said that it waits for, or what holds the key.
    std::string waits_for;
    unsigned failures_in_a_row = 0;
    std::string last_error;
};

struct ControllerDebugState {
    std::string name;
    std::size_t reconciles_in_flight_max = 0;
    /// Sorted by key.
    std::vector<KeyDebugState> keys;
    /// Does a pass run?
    [[nodiscard]] bool is_in_flight() const;
};

/// `now` turns due times into "due_in_ms".
[[nodiscard]] json::Object to_json(const ControllerDebugState& state, MonotonicTime now);

}  // namespace kube
