// A value while an expression is evaluated: a view on the JSON, on the program's literals or on the evaluation's arena.
#pragma once

#include "devcluster/cel/type.hpp"

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace devcluster::cel {

enum class ValueKind : std::uint8_t {
    Error,
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
    Map,
    Type,
};

/// Memory of one evaluation; everything goes at its end.
class Arena {
public:
    /// A copy of `text` that lives as long as the arena.
    [[nodiscard]] std::string_view keep(std::string_view text);
    /// Room for `count` values, to be filled by the caller.
    template <class T>
    [[nodiscard]] std::span<T> make(std::size_t count) {
        auto* memory = static_cast<T*>(resource_.allocate(sizeof(T) * (count == 0 ? 1 : count), alignof(T)));
        std::uninitialized_value_construct_n(memory, count);
        return {memory, count};
    }

private:
    alignas(16) std::byte first_block_[1024];
    std::pmr::monotonic_buffer_resource resource_{first_block_, sizeof(first_block_)};
};

/// A CEL value: small, trivially copied, owns nothing.
///
/// JSON is not converted ahead: a list or map keeps pointing into it and carries its declared type, which says what
/// numbers and strings in it mean (`type: number` makes 1 a double, `format: date-time` makes a string a timestamp).
struct Value {
    using Entry = std::pair<Value, Value>;

    ValueKind kind = ValueKind::Null;
    bool is_json = false;        ///< Of a List or Map: whether `json` holds it, else `list` or `entries`.
    std::int32_t nanos = 0;      ///< Of a Timestamp, besides the seconds in `integer`.
    const Type* type = nullptr;  ///< Of a List or Map in JSON. Null means Dyn.
    union {
        bool boolean;
        std::int64_t integer = 0;  ///< Of an Int; of a Duration its nanoseconds; of a Timestamp its seconds since 1970.
        std::uint64_t unsigned_integer;
        double number;
        TypeKind type_kind;
        const boost::json::value* json;
        const Value* list;
        const Entry* entries;
    };
    std::string_view text;  ///< Of a String, of Bytes; of an Error its message.
    std::size_t count = 0;  ///< Of a List or Map that is not JSON.

    [[nodiscard]] static Value error(std::string_view message);
    [[nodiscard]] static Value of(bool boolean);
    [[nodiscard]] static Value of(std::int64_t integer);
    [[nodiscard]] static Value of_unsigned(std::uint64_t integer);
    [[nodiscard]] static Value of(double number);
    [[nodiscard]] static Value of_string(std::string_view text);
    [[nodiscard]] static Value of_bytes(std::string_view bytes);
    [[nodiscard]] static Value of_duration(std::int64_t nanoseconds);
    [[nodiscard]] static Value of_timestamp(std::int64_t seconds, std::int32_t nanos);
    [[nodiscard]] static Value of_list(std::span<const Value> elements);
    [[nodiscard]] static Value of_map(std::span<const Entry> entries);
    [[nodiscard]] static Value of_type(TypeKind kind);
    /// `json` seen as `type` (null: as what it looks like). JSON that is not of that type, and strings that do not
    /// parse as their format, are errors.
    [[nodiscard]] static Value of_json(const boost::json::value& json, const Type* type, Arena& arena);

    [[nodiscard]] bool is_error() const { return kind == ValueKind::Error; }
    [[nodiscard]] bool is_true() const { return kind == ValueKind::Bool && boolean; }
    [[nodiscard]] bool is_number() const {
        return kind == ValueKind::Int || kind == ValueKind::Uint || kind == ValueKind::Double;
    }

    /// Of a List or Map: how many elements or entries.
    [[nodiscard]] std::size_t size() const;
    /// Of a List: the element at `index`, which is below `size()`.
    [[nodiscard]] Value at(std::size_t index, Arena& arena) const;
    /// Of a Map: the value under `key`, or nullopt. Fields of objects go by their escaped names; null ones are absent.
    [[nodiscard]] std::optional<Value> find(const Value& key, Arena& arena) const;
    /// Of a Map: its keys, in the order of the JSON; fields without a spelling are left out.
    [[nodiscard]] std::span<const Value> keys(Arena& arena) const;
};

/// CEL's `==`: numbers compare across their types, lists and maps deeply, values of different kinds are unequal.
[[nodiscard]] bool equal(const Value& left, const Value& right, Arena& arena);

/// The type that `type()` and messages name.
[[nodiscard]] TypeKind type_kind_of(const Value& value);

}  // namespace devcluster::cel
