#include "kube/runtime/debug_state.hpp"

#include <algorithm>

namespace kube {

namespace {

std::string_view to_wire(KeyDebugState::State state) {
    switch (state) {
        case KeyDebugState::State::Idle:
            return "idle";
        case KeyDebugState::State::Waiting:
            return "waiting";
        case KeyDebugState::State::Held:
            return "held";
        case KeyDebugState::State::InFlight:
            return "in flight";
    }
    return "unknown";
}

std::int64_t milliseconds(MonotonicTime::duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

bool ControllerDebugState::is_in_flight() const {
    return std::ranges::any_of(keys, [](const KeyDebugState& key) {
        return key.state == KeyDebugState::State::InFlight;
    });
}

json::Object to_json(const ControllerDebugState& state, MonotonicTime now) {
    json::Array keys;
    for (const KeyDebugState& key : state.keys) {
        json::Object one{{"key", to_string(key.key)}, {"state", to_wire(key.state)}};
        if (key.state == KeyDebugState::State::Waiting || key.state == KeyDebugState::State::Held) {
            one["due_in_ms"] = milliseconds(key.due - now);
        }
        if (key.state == KeyDebugState::State::InFlight) one["running_ms"] = milliseconds(key.running);
        if (!key.waits_for.empty()) one["waits_for"] = key.waits_for;
        if (key.failures_in_a_row != 0) one["failures_in_a_row"] = key.failures_in_a_row;
        if (!key.last_error.empty()) one["last_error"] = key.last_error;
        keys.push_back(std::move(one));
    }
    return {
        {"controller", state.name},
        {"reconciles_in_flight_max", state.reconciles_in_flight_max},
        {"keys", std::move(keys)},
    };
}

}  // namespace kube
