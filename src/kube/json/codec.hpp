// How json.hpp's promise is kept: write_json and from_json over Boost.Describe.
//
// Costs seconds of compile time: include it only in the .cpp that instantiates a kind, and say there
//
//     template void kube::json::write_json(const kube::Pod&, kube::json::Value&);
//     template kube::Pod kube::json::from_json(const kube::json::Value&);
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include "kube/json/json.hpp"
#include "kube/meta/boxed.hpp"
#include "kube/meta/flat_map.hpp"
#include "kube/meta/int_or_string.hpp"
#include "kube/meta/quantity.hpp"
#include "kube/meta/time.hpp"

namespace kube::json::detail {

// ---- Kinds of types --------------------------------------------------------------------------------------------

template <class T>
concept Described = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

template <class T>
concept WireEnum = std::is_enum_v<T> && requires(T value, std::string_view text) {
    { to_wire(value) } -> std::convertible_to<std::string_view>;
    { from_wire(text, std::type_identity<T>{}) } -> std::same_as<std::optional<T>>;
};

template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsOptional<Boxed<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};
template <class T>
struct IsMap<FlatMap<T>> : std::true_type {};

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

/// A member's name as a JSON key: one trailing underscore is dropped.
constexpr std::string_view key_of(const char* member) {
    std::string_view name{member};
    if (name.ends_with('_')) name.remove_suffix(1);
    return name;
}

template <class T>
concept ListsRequired = requires { T::required; };

template <Described T>
consteval bool is_required(std::string_view key) {
    if constexpr (ListsRequired<T>) {
        for (const std::string_view name : T::required) {
            if (name == key) return true;
        }
    }
    return false;
}

template <Described T>
consteval bool required_names_are_members() {
    if constexpr (ListsRequired<T>) {
        for (const std::string_view name : T::required) {
            bool is_member = false;
            boost::mp11::mp_for_each<Members<T>>([&](auto member) {
                if (key_of(decltype(member)::name) == name) is_member = true;
            });
            if (!is_member) return false;
        }
    }
    return true;
}

// ---- Errors ----------------------------------------------------------------------------------------------------

/// Where in a document we are: a list on the stack, turned into text only when something is wrong.
struct Path {
    const Path* parent = nullptr;
    std::string_view key;   // of an object's member
    std::size_t index = 0;  // of an array's element, when `key` has no data
};

[[noreturn]] void fail(const Path& path, std::string_view what);
/// "expected a string, got an integer"
[[noreturn]] void fail_type(const Path& path, std::string_view expected, const Value& actual);
[[noreturn]] void fail_word(const Path& path, std::string_view actual, std::string_view expected);

// ---- Reading ---------------------------------------------------------------------------------------------------

/// Not templates: the same code for every type that uses them.
void read(const Value& value, bool& out, const Path& path);
void read(const Value& value, double& out, const Path& path);
void read(const Value& value, std::string& out, const Path& path);
void read(const Value& value, Time& out, const Path& path);
void read(const Value& value, MicroTime& out, const Path& path);
void read(const Value& value, Quantity& out, const Path& path);
void read(const Value& value, IntOrString& out, const Path& path);
void read(const Value& value, Value& out, const Path& path);
[[nodiscard]] std::int64_t read_integer(const Value& value, std::int64_t min, std::int64_t max, const Path& path);
[[nodiscard]] const Object& read_object(const Value& value, const Path& path);
[[nodiscard]] const Array& read_array(const Value& value, const Path& path);

template <class T>
    requires std::integral<T> && (!std::same_as<T, bool>)
void read(const Value& value, T& out, const Path& path) {
    static_assert(std::signed_integral<T>, "API integers are signed: the API server stores them as int64");
    out = static_cast<T>(read_integer(value, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), path));
}

template <class E>
    requires std::is_enum_v<E>
void read(const Value& value, E& out, const Path& path);
template <class T>
    requires IsOptional<T>::value
void read(const Value& value, T& out, const Path& path);
template <class T>
void read(const Value& value, std::vector<T>& out, const Path& path);
template <class Map>
    requires IsMap<Map>::value
void read(const Value& value, Map& out, const Path& path);
template <Described T>
void read(const Value& value, T& out, const Path& path);

template <class E>
    requires std::is_enum_v<E>
void read(const Value& value, E& out, const Path& path) {
    if (!value.is_string()) fail_type(path, "a string", value);
    const std::string_view text{value.get_string().data(), value.get_string().size()};
    if constexpr (WireEnum<E>) {
        const std::optional<E> parsed = from_wire(text, std::type_identity<E>{});
        if (!parsed) fail_word(path, text, "");
        out = *parsed;
    } else {
        static_assert(DescribedEnum<E>, "describe the enum with BOOST_DESCRIBE_ENUM, or give it to_wire and from_wire");
        bool is_found = false;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
            if (key_of(enumerator.name) == text) {
                out = enumerator.value;
                is_found = true;
            }
        });
        if (is_found) return;
        std::string expected;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
            if (!expected.empty()) expected += ", ";
            expected += key_of(enumerator.name);
        });
        fail_word(path, text, expected);
    }
}

template <class T>
    requires IsOptional<T>::value
void read(const Value& value, T& out, const Path& path) {
    if constexpr (std::is_enum_v<typename T::value_type>) {
        // Open API types write "no value yet" as an empty string, too.
        if (value.is_string() && value.get_string().empty()) return;
    }
    read(value, out.emplace(), path);
}

template <class T>
void read(const Value& value, std::vector<T>& out, const Path& path) {
    const Array& array = read_array(value, path);
    out.reserve(array.size());
    Path element{.parent = &path};
    for (const Value& item : array) {
        T& read_item = out.emplace_back();
        if constexpr (std::same_as<T, Value>) {
            read_item = item;
        } else {
            if (!item.is_null()) read(item, read_item, element);
        }
        ++element.index;
    }
}

template <class Map>
    requires IsMap<Map>::value
void read(const Value& value, Map& out, const Path& path) {
    using T = Map::mapped_type;
    const Object& object = read_object(value, path);
    if constexpr (requires { out.reserve(object.size()); }) out.reserve(object.size());
    for (const auto& [key, item] : object) {
        const std::string_view name{key.data(), key.size()};
        T& read_item = out.emplace_hint(out.end(), std::string{name}, T{})->second;
        if constexpr (std::same_as<T, Value>) {
            read_item = item;
        } else {
            const Path entry{.parent = &path, .key = name};
            if (!item.is_null()) read(item, read_item, entry);
        }
    }
}

template <Described T>
void read(const Value& value, T& out, const Path& path) {
    for (const auto& [key, item] : read_object(value, path)) {
        if (item.is_null()) continue;
        const std::string_view name{key.data(), key.size()};
        // One pass over what is there: unknown keys (managedFields) cost a comparison of lengths for each member.
        boost::mp11::mp_for_each<Members<T>>([&](auto member) {
            constexpr std::string_view kKey = key_of(decltype(member)::name);
            if (name == kKey) {
                const Path field{.parent = &path, .key = kKey};
                read(item, out.*decltype(member)::pointer, field);
            }
        });
    }
}

// ---- Writing ---------------------------------------------------------------------------------------------------

inline void write(bool value, Value& out) {
    out = value;
}
inline void write(double value, Value& out) {
    out = value;
}
inline void write(const std::string& value, Value& out) {
    out.emplace_string().assign(value.data(), value.size());
}
void write(Time value, Value& out);
void write(MicroTime value, Value& out);
void write(const Quantity& value, Value& out);
void write(const IntOrString& value, Value& out);
inline void write(const Value& value, Value& out) {
    out = value;
}

template <class T>
    requires std::integral<T> && (!std::same_as<T, bool>)
void write(T value, Value& out) {
    out = static_cast<std::int64_t>(value);
}

template <class E>
    requires std::is_enum_v<E>
void write(E value, Value& out);
template <class T>
    requires IsOptional<T>::value
void write(const T& value, Value& out);
template <class T>
void write(const std::vector<T>& value, Value& out);
template <class Map>
    requires IsMap<Map>::value
void write(const Map& value, Value& out);
template <Described T>
void write(const T& value, Value& out);

template <class E>
    requires std::is_enum_v<E>
void write(E value, Value& out) {
    if constexpr (WireEnum<E>) {
        out.emplace_string() = std::string_view{to_wire(value)};
    } else {
        static_assert(DescribedEnum<E>, "describe the enum with BOOST_DESCRIBE_ENUM, or give it to_wire and from_wire");
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
            if (enumerator.value == value) out.emplace_string() = key_of(enumerator.name);
        });
    }
}

template <class T>
    requires IsOptional<T>::value
void write(const T& value, Value& out) {
    if (value) write(*value, out);
}

template <class T>
void write(const std::vector<T>& value, Value& out) {
    Array& array = out.emplace_array();
    array.reserve(value.size());
    for (const T& item : value) write(item, array.emplace_back(nullptr));
}

template <class Map>
    requires IsMap<Map>::value
void write(const Map& value, Value& out) {
    Object& object = out.emplace_object();
    object.reserve(value.size());
    for (const auto& [key, item] : value) write(item, object.emplace(key, nullptr).first->value());
}

/// Does a member that is not required stay out? A struct does when all of its members do; it is asked after writing.
template <class T>
bool is_left_out(const T& value) {
    if constexpr (IsOptional<T>::value) {
        return !value.has_value();
    } else if constexpr (std::same_as<T, Value>) {
        return value.is_null();
    } else if constexpr (IsVector<T>::value || IsMap<T>::value || std::same_as<T, std::string>) {
        return value.empty();
    } else if constexpr (std::is_arithmetic_v<T>) {
        return value == T{};
    } else if constexpr (std::same_as<T, Time> || std::same_as<T, MicroTime>) {
        return value == T{};
    } else if constexpr (std::same_as<T, Quantity>) {
        return value.text().empty();
    } else {
        return false;
    }
}

template <Described T>
void write(const T& value, Value& out) {
    static_assert(required_names_are_members<T>(), "a name in `required` is no member");
    Object& object = out.emplace_object();
    // Most members of small structs are written, few of large ones are.
    object.reserve(std::min<std::size_t>(boost::mp11::mp_size<Members<T>>::value, 8));
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
        using Member = std::remove_cvref_t<decltype(value.*decltype(member)::pointer)>;
        constexpr std::string_view kKey = key_of(decltype(member)::name);
        constexpr bool kIsRequired = is_required<T>(kKey);
        const Member& field = value.*decltype(member)::pointer;
        if constexpr (!kIsRequired) {
            if (is_left_out(field)) return;
        }
        if constexpr (Described<Member> && !kIsRequired) {
            Value written(object.storage());  // braces would make a list
            write(field, written);
            if (!written.get_object().empty()) object.emplace(kKey, std::move(written));
        } else {
            write(field, object.emplace(kKey, nullptr).first->value());
        }
    });
}

}  // namespace kube::json::detail

namespace kube::json {

template <class T>
void write_json(const T& value, Value& out) {
    detail::write(value, out);
}

template <class T>
T from_json(const Value& value) {
    T out{};
    if (!value.is_null()) detail::read(value, out, detail::Path{});
    return out;
}

}  // namespace kube::json
