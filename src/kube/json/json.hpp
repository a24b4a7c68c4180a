// Described struct <-> JSON: one declaration gives both directions.
//
// A struct is described with BOOST_DESCRIBE_STRUCT; a member's name is its JSON key (one trailing underscore is
// dropped, for C++ keywords). What is written follows from the member's type (spec 01 §1, marks A, O, P):
//   * std::optional<T>, Boxed<T>: written when set, even if empty or zero (P);
//   * any other type: left out when empty, zero or false (O) ...
//   * ... unless the struct lists it in `static constexpr std::array required{"name", ...}`: then always written (A),
//   and
//     `required` in the schema. Every listed name must be a member: checked at compile time.
// Reading takes null and absence alike as the zero value, ignores unknown keys, and says where a value has the wrong
// type.
//
// Supported: bool, integers (range-checked), double, std::string, enums described with BOOST_DESCRIBE_ENUM, Time,
// MicroTime, Quantity, IntOrString, json::Value (free-form), std::optional, Boxed, std::vector, FlatMap<T> and
// std::map<std::string, T>, described structs, and enums that have `to_wire(E)`/`from_wire(std::string_view,
// std::type_identity<E>)` found by ADL for words that are no identifiers.
#pragma once

#include <boost/json.hpp>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kube::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

/// Memory for all parts of one Value together.
[[nodiscard]] inline boost::json::storage_ptr storage_of_a_value() {
    constexpr std::size_t kFirstBlockBytes = 2048;
    return boost::json::make_shared_resource<boost::json::monotonic_resource>(kFirstBlockBytes);
}

/// A JSON value that is not what a type expects: "status.plan.tasks[2].maxRetries: expected an integer, got a string".
class DecodeError : public std::runtime_error {
public:
    DecodeError(std::string path, const std::string& what);
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// A tree in memory of its own: a few blocks, which go all at once. Nothing in it is freed or counted piece by piece,
/// so that it costs a fraction of a Value of its own. What lies in it is valid for as long as the Tree. A Value that is
/// made of a part shares the part's memory: `copy_of` gives one that may live longer.
class Tree {
public:
    /// Null, with room for some `bytes` of tree before it asks for more memory.
    explicit Tree(std::size_t bytes = kBytes) : held_{std::make_unique<Held>(bytes)} {}
    [[nodiscard]] const Value& operator*() const { return held_->root; }
    [[nodiscard]] const Value* operator->() const { return &held_->root; }
    /// For the one that makes the tree.
    [[nodiscard]] Value& root() { return held_->root; }

private:
    static constexpr std::size_t kBytes = 2048;
    struct Held {
        explicit Held(std::size_t bytes) : memory{bytes}, root(boost::json::storage_ptr{&memory}) {}
        boost::json::monotonic_resource memory;
        Value root;
    };
    std::unique_ptr<Held> held_;
};

/// A copy in memory of its own.
[[nodiscard]] inline Value copy_of(const Value& part) {
    return Value(part, boost::json::storage_ptr{});  // braces would make a list
}

/// Writes a described struct. Instantiated for each kind in the .cpp that belongs to it (see codec.hpp).
template <class T>
void write_json(const T& value, Value& out);

/// A Value that can be moved and taken to pieces. Its parts lie in a few blocks of memory that they share: move them
/// only within it; assigning them elsewhere copies.
template <class T>
[[nodiscard]] Value to_json(const T& value) {
    Value out(storage_of_a_value());  // braces would make a list
    write_json(value, out);
    return out;
}

/// For what is only read, and soon gone.
template <class T>
[[nodiscard]] Tree to_tree(const T& value) {
    Tree tree;
    write_json(value, tree.root());
    return tree;
}

/// Reads a described struct. Throws DecodeError naming the path.
template <class T>
[[nodiscard]] T from_json(const Value& value);

/// How deeply what is parsed may be nested: CRD schemas, and objects without a schema, go deeper than Boost's 32.
inline constexpr std::size_t kDepthMax = 512;

/// Parses text. Throws std::runtime_error saying at which byte and why.
[[nodiscard]] Value parse(std::string_view text);
[[nodiscard]] std::string serialize(const Value& value);
/// Keys sorted bytewise at every level: equal values give equal bytes.
[[nodiscard]] std::string serialize_canonical(const Value& value);

/// The smallest JSON merge patch (RFC 7386) that turns `from` into `to`; an empty object when they are equal.
/// A key of `from` that `to` lacks becomes null; lists are replaced whole.
[[nodiscard]] Object merge_patch(const Object& from, const Object& to);
/// Applies a JSON merge patch.
void apply_merge_patch(Value& target, const Value& patch);

/// `value.as_object()[key]...` along a path; null pointer when something on the way is absent or no object.
[[nodiscard]] const Value* find(const Value& value, std::initializer_list<std::string_view> path);
/// The string at a path, or an empty view.
[[nodiscard]] std::string_view find_string(const Value& value, std::initializer_list<std::string_view> path);

}  // namespace kube::json
