// The walk over a described struct: what its schema is before and after its rules have spoken.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include "kube/json/codec.hpp"
#include "kube/schema/schema_node.hpp"

namespace kube::schema {

/// What the struct alone cannot say. To be specialised for each described struct of a schema, beside the type:
///
///     template <> struct kube::schema::Rules<api::NodeSpec> { static void add(SchemaNode schema); };
template <class T>
struct Rules;

/// The pattern of quantities (spec 01 §3).
inline constexpr std::string_view kQuantityPattern =
    R"(^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$)";

namespace detail {

[[nodiscard]] json::Object scalar(std::string_view type, std::string_view format = {});
[[nodiscard]] json::Object int_or_string();

template <class T>
[[nodiscard]] json::Object schema_of_type();

template <class T>
struct Optional {
    using Value = T;
};
template <class T>
    requires json::detail::IsOptional<T>::value
struct Optional<T> {
    using Value = typename T::value_type;
};

template <class E>
[[nodiscard]] json::Object schema_of_enum() {
    json::Object node = scalar("string");
    json::Array words;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
        words.emplace_back(json::detail::key_of(enumerator.name));
    });
    node["enum"] = std::move(words);
    return node;
}

template <json::detail::Described T>
[[nodiscard]] json::Object schema_of_struct() {
    json::Object node = scalar("object");
    json::Object properties;
    json::Array required;
    boost::mp11::mp_for_each<json::detail::Members<T>>([&](auto member) {
        constexpr std::string_view kKey = json::detail::key_of(decltype(member)::name);
        using Member = std::remove_cvref_t<decltype(std::declval<T>().*decltype(member)::pointer)>;
        properties[kKey] = schema_of_type<Member>();
        if constexpr (json::detail::is_required<T>(kKey)) required.emplace_back(kKey);
    });
    std::ranges::sort(required, {}, [](const json::Value& name) { return std::string_view{name.get_string()}; });
    if (!properties.empty()) node["properties"] = std::move(properties);
    if (!required.empty()) node["required"] = std::move(required);
    Rules<T>::add(SchemaNode{node});
    return node;
}

template <class T>
json::Object schema_of_type() {
    using Bare = typename Optional<T>::Value;
    if constexpr (std::same_as<Bare, bool>) {
        return scalar("boolean");
    } else if constexpr (std::integral<Bare>) {
        return scalar("integer", sizeof(Bare) == sizeof(std::int32_t) ? "int32" : "int64");
    } else if constexpr (std::floating_point<Bare>) {
        return scalar("number");
    } else if constexpr (std::same_as<Bare, std::string>) {
        return scalar("string");
    } else if constexpr (std::same_as<Bare, Time> || std::same_as<Bare, MicroTime>) {
        return scalar("string", "date-time");
    } else if constexpr (std::same_as<Bare, Quantity>) {
        json::Object node = int_or_string();
        node["pattern"] = kQuantityPattern;
        return node;
    } else if constexpr (std::same_as<Bare, IntOrString>) {
        return int_or_string();
    } else if constexpr (std::same_as<Bare, json::Value>) {
        return {{"x-kubernetes-preserve-unknown-fields", true}};
    } else if constexpr (std::is_enum_v<Bare>) {
        return schema_of_enum<Bare>();
    } else if constexpr (json::detail::IsVector<Bare>::value) {
        json::Object node = scalar("array");
        node["items"] = schema_of_type<typename Bare::value_type>();
        return node;
    } else if constexpr (json::detail::IsMap<Bare>::value) {
        json::Object node = scalar("object");
        node["additionalProperties"] = schema_of_type<typename Bare::mapped_type>();
        return node;
    } else {
        return schema_of_struct<Bare>();
    }
}

}  // namespace detail

/// The schema of a described struct, rules and all.
template <class T>
[[nodiscard]] json::Object schema_of() {
    return detail::schema_of_type<T>();
}

}  // namespace kube::schema
