// Where in an object (or in a schema) something is: a chain on the stack, made into text only when there is an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace devcluster::schema::detail {

struct Path {
    enum class Kind : std::uint8_t { Root, Field, Key, Index };
    const Path* parent = nullptr;
    Kind kind = Kind::Root;
    std::string_view name;  ///< Of the Root a prefix, mostly empty.
    std::size_t index = 0;

    [[nodiscard]] Path child(std::string_view field) const { return {this, Kind::Field, field}; }
    [[nodiscard]] Path key(std::string_view key) const { return {this, Kind::Key, key}; }
    [[nodiscard]] Path at(std::size_t position) const { return {this, Kind::Index, {}, position}; }
    [[nodiscard]] bool is_root() const { return kind == Kind::Root; }
};

/// `spec.peers[0].labels[app]`, the prefix of the root in front; `<nil>` for a root without one.
[[nodiscard]] std::string field_path(const Path& path);

/// The path in messages of values: keys of maps look like fields (`spec.labels.app`), the root is empty and its prefix
/// left out.
[[nodiscard]] std::string body_path(const Path& path);

/// `base` with `below` behind it, as one path; either may be `<nil>` or empty.
[[nodiscard]] std::string join_paths(std::string_view base, std::string_view below);

}  // namespace devcluster::schema::detail
