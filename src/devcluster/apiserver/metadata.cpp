#include "devcluster/apiserver/metadata.hpp"

#include "devcluster/apiserver/same_json.hpp"
#include "devcluster/apiserver/status_error.hpp"

namespace devcluster::apiserver {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

Object& metadata_of(Object& object) {
    Value& metadata = object["metadata"];
    if (metadata.is_null()) metadata = Object{};
    if (!metadata.is_object()) throw bad_request("metadata must be an object");
    return metadata.get_object();
}

const Object& metadata_of(const Object& object) {
    static const auto* const empty = new Object{};  // Leaked: nothing to destroy at exit.
    const Value* metadata = object.if_contains("metadata");
    return metadata != nullptr && metadata->is_object() ? metadata->get_object() : *empty;
}

std::string_view string_in(const Object& object, std::string_view key) {
    const Value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string_view{value->get_string()} : std::string_view{};
}

std::optional<std::int64_t> integer_in(const Object& object, std::string_view key) {
    const Value* value = object.if_contains(key);
    if (value == nullptr || !value->is_int64()) return std::nullopt;
    return value->get_int64();
}

const Object* object_in(const Object& object, std::string_view key) {
    const Value* value = object.if_contains(key);
    return value != nullptr ? value->if_object() : nullptr;
}

Object* object_in(Object& object, std::string_view key) {
    Value* value = object.if_contains(key);
    return value != nullptr ? value->if_object() : nullptr;
}

const Array* array_in(const Object& object, std::string_view key) {
    const Value* value = object.if_contains(key);
    return value != nullptr ? value->if_array() : nullptr;
}

Array* array_in(Object& object, std::string_view key) {
    Value* value = object.if_contains(key);
    return value != nullptr ? value->if_array() : nullptr;
}

Object& made_object_in(Object& object, std::string_view key) {
    Value& value = object[key];
    if (!value.is_object()) value = Object{};
    return value.get_object();
}

void set_default(Object& object, std::string_view key, Value value) {
    Value& slot = object[key];
    if (slot.is_null()) slot = std::move(value);
}

void copy_field(Object& to, const Object& from, std::string_view key) {
    if (const Value* value = from.if_contains(key)) {
        to[key] = *value;
    } else {
        to.erase(key);
    }
}

void move_field(Object& to, Object& from, std::string_view key) {
    if (Value* value = from.if_contains(key)) {
        to[key] = std::move(*value);
    } else {
        to.erase(key);
    }
}

bool has_finalizer(const Object& metadata, std::string_view finalizer) {
    const Array* finalizers = array_in(metadata, "finalizers");
    return finalizers != nullptr && std::ranges::any_of(*finalizers, [&](const Value& value) {
               return value.is_string() && std::string_view{value.get_string()} == finalizer;
           });
}

void add_finalizer(Object& metadata, std::string_view finalizer) {
    if (has_finalizer(metadata, finalizer)) return;
    Value& finalizers = metadata["finalizers"];
    if (!finalizers.is_array()) finalizers = Array{};
    finalizers.get_array().push_back(Value(finalizer));
}

void remove_finalizer(Object& metadata, std::string_view finalizer) {
    Array* finalizers = array_in(metadata, "finalizers");
    if (finalizers == nullptr) return;
    Array rest;
    for (const Value& value : *finalizers) {
        if (!value.is_string() || std::string_view{value.get_string()} != finalizer) rest.push_back(value);
    }
    if (rest.empty()) {
        metadata.erase("finalizers");
    } else {
        metadata["finalizers"] = std::move(rest);
    }
}

bool has_finalizers(const Object& metadata) {
    const Array* finalizers = array_in(metadata, "finalizers");
    return finalizers != nullptr && !finalizers->empty();
}

bool same_but_for(const Object& a, const Object& b, std::initializer_list<std::string_view> keys_ignored) {
    const auto is_ignored = [&](std::string_view key) {
        return std::ranges::find(keys_ignored, key) != keys_ignored.end();
    };
    for (const auto& [key, value] : a) {
        if (is_ignored(key)) continue;
        const Value* other = b.if_contains(key);
        if (other == nullptr || !same(*other, value)) return false;
    }
    return std::ranges::all_of(b, [&](const auto& entry) {
        return is_ignored(entry.key()) || a.contains(entry.key());
    });
}

}  // namespace devcluster::apiserver
