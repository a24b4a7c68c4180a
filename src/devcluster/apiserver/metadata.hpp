// Reading and writing `metadata` of an object in JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// `metadata`, made when it is absent. StatusError 400 when it is no object.
[[nodiscard]] kube::json::Object& metadata_of(kube::json::Object& object);
/// `metadata`, or an empty object.
[[nodiscard]] const kube::json::Object& metadata_of(const kube::json::Object& object);
/// A string field, or an empty view.
[[nodiscard]] std::string_view string_in(const kube::json::Object& object, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> integer_in(const kube::json::Object& object, std::string_view key);
/// An object field; null when absent or something else.
[[nodiscard]] const kube::json::Object* object_in(const kube::json::Object& object, std::string_view key);
[[nodiscard]] kube::json::Object* object_in(kube::json::Object& object, std::string_view key);
[[nodiscard]] const kube::json::Array* array_in(const kube::json::Object& object, std::string_view key);
[[nodiscard]] kube::json::Array* array_in(kube::json::Object& object, std::string_view key);
/// An object field, made when it is absent.
[[nodiscard]] kube::json::Object& made_object_in(kube::json::Object& object, std::string_view key);
/// Sets a field unless it is there.
void set_default(kube::json::Object& object, std::string_view key, kube::json::Value value);
/// Makes `to[key]` what `from[key]` is: the same value, or absent.
void copy_field(kube::json::Object& to, const kube::json::Object& from, std::string_view key);
/// The same, leaving anything where it was.
void move_field(kube::json::Object& to, kube::json::Object& from, std::string_view key);
[[nodiscard]] bool has_finalizer(const kube::json::Object& metadata, std::string_view finalizer);
void add_finalizer(kube::json::Object& metadata, std::string_view finalizer);
void remove_finalizer(kube::json::Object& metadata, std::string_view finalizer);
[[nodiscard]] bool has_finalizers(const kube::json::Object& metadata);
/// Do the two differ in anything under `keys_ignored` apart?
[[nodiscard]] bool same_but_for(
    const kube::json::Object& a, const kube::json::Object& b, std::initializer_list<std::string_view> keys_ignored
);

}  // namespace devcluster::apiserver
