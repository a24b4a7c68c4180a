// Strings that must not mix have different types.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace kube {

/// A string with a meaning of its own: explicit to make, comparable, no way from one to another.
template <class Tag>
class Strong {
public:
    Strong() = default;
    explicit Strong(std::string value) : value_{std::move(value)} {}
    [[nodiscard]] const std::string& value() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }
    auto operator<=>(const Strong&) const = default;

private:
    std::string value_;
};

/// The identity of one object for its whole life; another object of the same name has another.
using Uid = Strong<struct UidTag>;
/// Who applied a field (server-side apply).
using FieldManager = Strong<struct FieldManagerTag>;

}  // namespace kube

template <class Tag>
struct std::hash<kube::Strong<Tag>> {
    std::size_t operator()(const kube::Strong<Tag>& strong) const { return std::hash<std::string>{}(strong.value()); }
};
