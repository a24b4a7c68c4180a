// How a kind's tree merges: what server-side apply and strategic questions need to know of a type, and nothing else.
#pragma once

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace devcluster::schema {

/// The shape of a value, as far as merging is concerned.
enum class TypeKind : std::uint8_t {
    Scalar,   ///< Owned as a whole: strings, numbers, booleans, int-or-string.
    Map,      ///< A JSON object: a struct with named fields, a map with one element type, or both.
    List,     ///< A JSON array.
    Deduced,  ///< Without a schema (x-kubernetes-preserve-unknown-fields): the shape follows the value, see
              ///< `shaped_like`.
};

/// x-kubernetes-list-type. Lists without it are atomic.
enum class ListType : std::uint8_t {
    Atomic,  ///< One owner for the whole list.
    Set,     ///< Elements are scalars, each owned by its value (`v:` in managed fields).
    Map,     ///< Elements are objects, each owned by its keys (`k:` in managed fields).
};

/// x-kubernetes-map-type. Maps without it are granular.
enum class MapType : std::uint8_t {
    Granular,  ///< Each entry has its own owners (`f:` in managed fields).
    Atomic,    ///< One owner for the whole map or struct.
};

/// One type in the tree of a kind: the view that server-side apply has of a schema.
///
/// CRD schemas implement it (`Schema::type_model`), built-in kinds may implement it by hand. Types are immutable, live
/// as long as what they were asked of, and may refer to themselves (JSONSchemaProps does), so never walk a type without
/// a value beside it.
class TypeModel {
public:
    [[nodiscard]] virtual TypeKind kind() const = 0;

    /// Of a List. Atomic for everything else.
    [[nodiscard]] virtual ListType list_type() const { return ListType::Atomic; }

    /// Of a List with `ListType::Map`: the names of the key fields, in the schema's order. A key that an element omits
    /// has the default of its field: `element()->field(key)->default_value()`. Empty for everything else.
    [[nodiscard]] virtual std::span<const std::string> list_keys() const { return {}; }

    /// Of a Map. Granular for everything else.
    [[nodiscard]] virtual MapType map_type() const { return MapType::Granular; }

    /// Of a Map: the type of the entry `name`, whether it is a declared field or an additional property. Null when the
    /// type knows no such field, which server-side apply refuses as `.spec.foo: field not declared in schema`.
    [[nodiscard]] virtual const TypeModel* field(std::string_view name) const;

    /// The type of a List's elements, or of a Map's additional properties. Null when there is none.
    [[nodiscard]] virtual const TypeModel* element() const { return nullptr; }

    /// The schema's default for this value. Null when there is none.
    [[nodiscard]] virtual const boost::json::value* default_value() const { return nullptr; }

protected:
    TypeModel() = default;
    TypeModel(const TypeModel&) = default;
    TypeModel& operator=(const TypeModel&) = default;
    ~TypeModel() = default;  // Nobody owns a type through this interface.
};

/// The type of anything that is owned as a whole.
[[nodiscard]] const TypeModel& scalar_type();

/// The type of a value without a schema: objects are granular maps of deduced values, arrays are atomic, the rest is
/// scalar (structured-merge-diff's `__untyped_deduced_`).
[[nodiscard]] const TypeModel& deduced_type();

/// The type of `metadata` of every kind: labels and annotations granular, finalizers a set, ownerReferences a map by
/// `uid` with atomic elements, all else scalar or atomic.
[[nodiscard]] const TypeModel& object_meta_type();

/// `type` itself, but for a Deduced one, the Map, List or Scalar that fits `value`. Never Deduced.
[[nodiscard]] const TypeModel& shaped_like(const TypeModel& type, const boost::json::value& value);

}  // namespace devcluster::schema
