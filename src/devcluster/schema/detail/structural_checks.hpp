// What must hold of a structural schema, beyond each keyword alone.
#pragma once

#include "devcluster/schema/detail/node.hpp"
#include "devcluster/schema/detail/path.hpp"

#include <vector>

namespace devcluster::schema::detail {

/// Where a node stands.
enum class Level : std::uint8_t { Root, Item, Field };

/// What a node does not say of itself.
struct StructuralContext {
    Level level = Level::Field;
    bool has_map_type = false;       ///< Whether x-kubernetes-map-type is given.
    bool is_top_level_meta = false;  ///< Whether it is apiVersion, kind or metadata of the object itself.
};

/// Checks one node, its parts read and checked before: its type, the keys of its lists, what it says of metadata.
void check_structure(
    const Node& node, const Path& path, const StructuralContext& context, std::vector<FieldError>& errors
);

/// Checks that whatever anyOf and the like at the root speak of exists in the structure. (Deeper ones kube-apiserver
/// does not check.)
void check_completeness(const Node& root, const Path& path, std::vector<FieldError>& errors);

}  // namespace devcluster::schema::detail
