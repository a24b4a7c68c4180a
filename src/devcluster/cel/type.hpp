// The types of the Common Expression Language, as far as a schema declares them and the checker infers them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace devcluster::cel {

enum class TypeKind : std::uint8_t {
    Dyn,  ///< Anything, checked when it is evaluated: x-kubernetes-int-or-string, and what nothing is known of.
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Duration,
    Timestamp,
    List,
    Map,     ///< JSON object with one type of value, additionalProperties; keys as they are.
    Object,  ///< JSON object with declared fields; names escaped as `escape_field_name` says.
    Type,
};

/// How two lists compare (x-kubernetes-list-type).
enum class ListEquality : std::uint8_t { Ordered, Set, ByKeys };

/// A type. Types form a tree (or graph) by pointers; who builds it owns it, and it must outlive the programs compiled
/// against it.
struct Type {
    struct Field {
        std::string name;       ///< As expressions spell it, escaped.
        std::string json_name;  ///< As the JSON spells it.
        const Type* type = nullptr;
    };

    TypeKind kind = TypeKind::Dyn;
    const Type* element = nullptr;  ///< Of a List its elements', of a Map its values' type. Null means Dyn.
    const Type* key = nullptr;      ///< Of a Map. Null means String.
    std::vector<Field> fields;  ///< Of an Object, sorted by `name`; fields that expressions cannot see are left out.
    ListEquality list_equality = ListEquality::Ordered;
    std::vector<std::string> list_keys;  ///< With `ListEquality::ByKeys`.

    /// The field that expressions call `name`. A reserved word finds its escaped field too (`self.import`, since
    /// Kubernetes 1.32).
    [[nodiscard]] const Field* find_field(std::string_view name) const;
};

/// A type without parts, such as `simple_type(TypeKind::String)`. A List or Map of these has Dyn elements.
[[nodiscard]] const Type& simple_type(TypeKind kind);

/// How expressions spell the JSON field `name`: `__namespace__` for `namespace`, `__dot__`, `__dash__`, `__slash__` and
/// `__underscores__` for what no identifier may have. Nullopt where there is no spelling; such fields cannot be
/// accessed.
[[nodiscard]] std::optional<std::string> escape_field_name(std::string_view name);

/// Whether `name` is one of CEL's reserved words, which are no variables.
[[nodiscard]] bool is_reserved_word(std::string_view name);

/// As messages show it: `list(string)`, `map(string, int)`, `dyn`, `object`.
[[nodiscard]] std::string to_string(const Type& type);

/// The name that errors of conversions use: as `to_string`, but `google.protobuf.Duration` and
/// `google.protobuf.Timestamp`.
[[nodiscard]] std::string runtime_name(TypeKind kind);

}  // namespace devcluster::cel
