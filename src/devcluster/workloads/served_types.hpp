// Which resource types a server serves, custom ones included: discovery.
#pragma once

#include <string>
#include <vector>

#include "kube/http/transport.hpp"
#include "kube/meta/names.hpp"

namespace devcluster::workloads {

/// A resource type whose objects can be listed, watched and deleted, in its group's preferred version.
struct ServedType {
    std::string group;
    std::string version;
    std::string kind;
    std::string plural;
    bool is_namespaced = true;

    auto operator<=>(const ServedType&) const = default;
    /// Views into this object, which must stay where it is.
    [[nodiscard]] kube::ResourceType type() const { return {group, version, kind, plural, is_namespaced}; }
};

/// What discovery said.
struct Discovery {
    /// Sorted. Events are left out: nobody owns them, and they go away by themselves.
    std::vector<ServedType> types;
    /// Of groups that did not answer, and are missing in `types`.
    std::vector<std::string> errors;
};
[[nodiscard]] kube::Async<Discovery> discover(kube::Transport& transport);

}  // namespace devcluster::workloads
