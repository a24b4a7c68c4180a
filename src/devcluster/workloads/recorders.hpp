// Whether the parts of a cluster tell of what they do.
#pragma once

#include <string>

#include "kube/runtime/event_recorder.hpp"
#include "kube/runtime/manager.hpp"

namespace devcluster::workloads {

/// Silent: nobody is going to read events, and each costs a request.
enum class Events { Recorded, Silent };

/// The manager's recorder, or one that says nothing.
[[nodiscard]] kube::EventRecorder& recorder(kube::Manager& manager, const std::string& component, Events events);

}  // namespace devcluster::workloads
