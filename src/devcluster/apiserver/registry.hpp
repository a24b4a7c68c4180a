// Which resources are served: the built-in ones, and those that CRDs add while the server runs.
#pragma once

#include <string_view>
#include <vector>

#include "devcluster/apiserver/resource.hpp"

namespace devcluster::apiserver {

/// The served resources, by group, version and plural. Few enough for a sorted vector.
class Registry {
public:
    void add(ResourcePtr resource);
    /// Drops all versions of a resource.
    void remove(std::string_view group, std::string_view plural);
    /// Null when nothing is served there.
    [[nodiscard]] ResourcePtr find(std::string_view group, std::string_view version, std::string_view plural) const;
    [[nodiscard]] ResourcePtr find_kind(std::string_view group, std::string_view version, std::string_view kind) const;
    [[nodiscard]] bool has_group(std::string_view group) const;
    [[nodiscard]] bool has_version(std::string_view group, std::string_view version) const;
    /// Sorted by group, version, plural.
    [[nodiscard]] const std::vector<ResourcePtr>& all() const { return resources_; }
    /// Counts changes, for answers that are cached.
    [[nodiscard]] std::uint64_t changes() const { return changes_; }

private:
    std::vector<ResourcePtr> resources_;
    std::uint64_t changes_ = 0;
};

}  // namespace devcluster::apiserver
