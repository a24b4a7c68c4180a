#include "devcluster/cel/value.hpp"

#include "devcluster/cel/base64.hpp"
#include "devcluster/cel/time_text.hpp"
#include "kube/json/same.hpp"

#include <fmt/core.h>
#include <boost/json.hpp>

#include <cstring>

namespace devcluster::cel {

namespace json = boost::json;

std::string_view Arena::keep(std::string_view text) {
    if (text.empty()) return {};
    const std::span<char> copy = make<char>(text.size());
    std::memcpy(copy.data(), text.data(), text.size());
    return {copy.data(), copy.size()};
}

Value Value::error(std::string_view message) {
    Value value;
    value.kind = ValueKind::Error;
    value.text = message;
    return value;
}

Value Value::of(bool boolean) {
    Value value;
    value.kind = ValueKind::Bool;
    value.boolean = boolean;
    return value;
}

Value Value::of(std::int64_t integer) {
    Value value;
    value.kind = ValueKind::Int;
    value.integer = integer;
    return value;
}

Value Value::of_unsigned(std::uint64_t integer) {
    Value value;
    value.kind = ValueKind::Uint;
    value.unsigned_integer = integer;
    return value;
}

Value Value::of(double number) {
    Value value;
    value.kind = ValueKind::Double;
    value.number = number;
    return value;
}

Value Value::of_string(std::string_view text) {
    Value value;
    value.kind = ValueKind::String;
    value.text = text;
    return value;
}

Value Value::of_bytes(std::string_view bytes) {
    Value value;
    value.kind = ValueKind::Bytes;
    value.text = bytes;
    return value;
}

Value Value::of_duration(std::int64_t nanoseconds) {
    Value value;
    value.kind = ValueKind::Duration;
    value.integer = nanoseconds;
    return value;
}

Value Value::of_timestamp(std::int64_t seconds, std::int32_t nanos) {
    Value value;
    value.kind = ValueKind::Timestamp;
    value.integer = seconds;
    value.nanos = nanos;
    return value;
}

Value Value::of_list(std::span<const Value> elements) {
    Value value;
    value.kind = ValueKind::List;
    value.list = elements.data();
    value.count = elements.size();
    return value;
}

Value Value::of_map(std::span<const Entry> entries) {
    Value value;
    value.kind = ValueKind::Map;
    value.entries = entries.data();
    value.count = entries.size();
    return value;
}

Value Value::of_type(TypeKind kind) {
    Value value;
    value.kind = ValueKind::Type;
    value.type_kind = kind;
    return value;
}

namespace {

Value string_value(std::string_view text, const Type* type, Arena& arena) {
    switch (type == nullptr ? TypeKind::String : type->kind) {
        case TypeKind::Duration:
            if (const auto duration = parse_duration(text)) return Value::of_duration(*duration);
            return Value::error(arena.keep("Invalid duration " + std::string(text)));
        case TypeKind::Timestamp:
            if (const auto time = parse_timestamp_or_date(text)) return Value::of_timestamp(time->seconds, time->nanos);
            return Value::error(arena.keep("Invalid date-time formatted string " + std::string(text)));
        case TypeKind::Bytes:
            if (const auto bytes = decode_base64(text)) return Value::of_bytes(arena.keep(*bytes));
            return Value::error(arena.keep("Invalid byte formatted string " + std::string(text)));
        default:
            return Value::of_string(text);
    }
}

/// JSON made in the process may hold small numbers as unsigned; those beyond int64 are doubles, as Kubernetes reads
/// them.
Value unsigned_value(std::uint64_t number, const Type* type) {
    if (number > INT64_MAX || (type != nullptr && type->kind == TypeKind::Double))
        return Value::of(static_cast<double>(number));
    return Value::of(static_cast<std::int64_t>(number));
}

Value structured_value(ValueKind kind, const json::value& from, const Type* type) {
    Value value;
    value.kind = kind;
    value.is_json = true;
    value.json = &from;
    value.type = type != nullptr && type->kind != TypeKind::Dyn ? type : nullptr;
    return value;
}

/// A value's type as Go names it.
std::string_view go_type(const json::value& json) {
    switch (json.kind()) {
        case json::kind::null:
            return "<nil>";
        case json::kind::bool_:
            return "bool";
        case json::kind::int64:
            return "int64";
        case json::kind::uint64:
            return json.get_uint64() > INT64_MAX ? "float64" : "int64";
        case json::kind::double_:
            return "float64";
        case json::kind::string:
            return "string";
        case json::kind::array:
            return "[]interface {}";
        case json::kind::object:
            return "map[string]interface {}";
    }
    return "";
}

/// The error for JSON that is not of its declared type. Rules meet such values only where they were stored like that.
std::optional<Value> mismatch(const json::value& json, TypeKind kind, Arena& arena) {
    const auto expected = [&](std::string_view what) {
        return Value::error(arena.keep(fmt::format("invalid data, expected {}, got {}", what, go_type(json))));
    };
    const bool is_integer = json.is_int64() || (json.is_uint64() && json.get_uint64() <= INT64_MAX);
    switch (kind) {
        case TypeKind::Bool:
            return json.is_bool() ? std::nullopt : std::optional{expected("bool")};
        case TypeKind::Int:
            return is_integer ? std::nullopt : std::optional{expected("int")};
        case TypeKind::Double:
            return json.is_number() ? std::nullopt : std::optional{expected("float")};
        case TypeKind::String:
        case TypeKind::Bytes:
        case TypeKind::Duration:
        case TypeKind::Timestamp:
            return json.is_string() ? std::nullopt : std::optional{expected("string")};
        case TypeKind::List:
            if (json.is_array()) return std::nullopt;
            return Value::error("invalid data, expected an array for the provided schema with type=array");
        case TypeKind::Map:
        case TypeKind::Object:
            if (json.is_object()) return std::nullopt;
            return Value::error("invalid data, expected a map for the provided schema with type=object");
        default:
            return std::nullopt;
    }
}

}  // namespace

Value Value::of_json(const json::value& json, const Type* type, Arena& arena) {
    if (type != nullptr && !json.is_null()) {
        if (const auto error = mismatch(json, type->kind, arena)) return *error;
    }
    switch (json.kind()) {
        case json::kind::null:
            return {};
        case json::kind::bool_:
            return of(json.get_bool());
        case json::kind::int64:
            if (type != nullptr && type->kind == TypeKind::Double) return of(static_cast<double>(json.get_int64()));
            return of(json.get_int64());
        case json::kind::uint64:
            return unsigned_value(json.get_uint64(), type);
        case json::kind::double_:
            return of(json.get_double());
        case json::kind::string:
            return string_value({json.get_string().data(), json.get_string().size()}, type, arena);
        case json::kind::array:
            return structured_value(ValueKind::List, json, type);
        case json::kind::object:
            return structured_value(ValueKind::Map, json, type);
    }
    return {};
}

std::size_t Value::size() const {
    if (!is_json) return count;
    return json->is_array() ? json->get_array().size() : json->get_object().size();
}

Value Value::at(std::size_t index, Arena& arena) const {
    if (!is_json) return list[index];
    return of_json(json->get_array()[index], type == nullptr ? nullptr : type->element, arena);
}

std::optional<Value> Value::find(const Value& key, Arena& arena) const {
    if (!is_json) {
        for (const Entry& entry : std::span(entries, count)) {
            if (equal(entry.first, key, arena)) return entry.second;
        }
        return std::nullopt;
    }
    if (key.kind != ValueKind::String) return std::nullopt;
    const json::object& object = json->get_object();
    if (type != nullptr && type->kind == TypeKind::Object) {
        const Type::Field* field = type->find_field(key.text);
        if (field == nullptr) return std::nullopt;
        const json::value* found = object.if_contains(field->json_name);
        if (found == nullptr || found->is_null()) return std::nullopt;
        return of_json(*found, field->type, arena);
    }
    const json::value* found = object.if_contains(key.text);
    if (found == nullptr) return std::nullopt;
    return of_json(*found, type == nullptr ? nullptr : type->element, arena);
}

std::span<const Value> Value::keys(Arena& arena) const {
    const std::span<Value> keys = arena.make<Value>(size());
    std::size_t used = 0;
    if (!is_json) {
        for (const Entry& entry : std::span(entries, count)) keys[used++] = entry.first;
        return keys;
    }
    for (const auto& member : json->get_object()) {
        std::string_view name{member.key().data(), member.key().size()};
        if (type != nullptr && type->kind == TypeKind::Object) {
            const auto field = std::ranges::find(type->fields, name, &Type::Field::json_name);
            if (field == type->fields.end()) continue;
            name = field->name;
        }
        keys[used++] = of_string(name);
    }
    return keys.first(used);
}

namespace {

bool equal_numbers(const Value& left, const Value& right) {
    if (left.kind == right.kind) {
        if (left.kind == ValueKind::Double) return left.number == right.number;
        return left.integer == right.integer;
    }
    if (left.kind == ValueKind::Double || right.kind == ValueKind::Double) {
        const auto as_double = [](const Value& value) {
            if (value.kind == ValueKind::Double) return value.number;
            return value.kind == ValueKind::Int ? static_cast<double>(value.integer)
                                                : static_cast<double>(value.unsigned_integer);
        };
        return as_double(left) == as_double(right);
    }
    return left.integer == right.integer && left.integer >= 0;  // One int, one uint: equal bits and no sign.
}

bool same_keys(const Value& left, const Value& right, const std::vector<std::string>& keys, Arena& arena) {
    for (const std::string& key : keys) {
        const auto in_left = left.kind == ValueKind::Map ? left.find(Value::of_string(key), arena) : std::nullopt;
        const auto in_right = right.kind == ValueKind::Map ? right.find(Value::of_string(key), arena) : std::nullopt;
        if (in_left.has_value() != in_right.has_value()) return false;
        if (in_left && !equal(*in_left, *in_right, arena)) return false;
    }
    return true;
}

bool equal_lists(const Value& left, const Value& right, Arena& arena) {
    const std::size_t size = left.size();
    if (size != right.size()) return false;
    const Type* type = left.type != nullptr ? left.type : right.type;
    const ListEquality equality = type == nullptr ? ListEquality::Ordered : type->list_equality;
    if (equality == ListEquality::Ordered) {
        for (std::size_t index = 0; index < size; ++index) {
            if (!equal(left.at(index, arena), right.at(index, arena), arena)) return false;
        }
        return true;
    }
    for (std::size_t index = 0; index < size; ++index) {  // Quadratic, as lists with identity are short.
        const Value wanted = right.at(index, arena);
        bool found = false;
        for (std::size_t other = 0; other < size && !found; ++other) {
            const Value candidate = left.at(other, arena);
            if (equality == ListEquality::Set) {
                found = equal(candidate, wanted, arena);
            } else if (same_keys(candidate, wanted, type->list_keys, arena)) {
                if (!equal(candidate, wanted, arena)) return false;
                found = true;
            }
        }
        if (!found) return false;
    }
    return true;
}

bool equal_maps(const Value& left, const Value& right, Arena& arena) {
    if (left.size() != right.size()) return false;
    if (left.is_json && right.is_json && left.type != nullptr && left.type == right.type &&
        left.type->kind == TypeKind::Object) {
        for (const auto& member : left.json->get_object()) {
            const json::value* other = right.json->get_object().if_contains(member.key());
            if (other == nullptr) return false;
            const auto field = std::ranges::find(
                left.type->fields, std::string_view{member.key().data(), member.key().size()}, &Type::Field::json_name
            );
            if (field == left.type->fields.end()) {
                if (!kube::json::same(member.value(), *other))
                    return false;  // Not visible to expressions: compared as plain JSON.
            } else if (!equal(
                           Value::of_json(member.value(), field->type, arena),
                           Value::of_json(*other, field->type, arena),
                           arena
                       )) {
                return false;
            }
        }
        return true;
    }
    for (const Value& key : left.keys(arena)) {
        const auto mine = left.find(key, arena);
        const auto other = right.find(key, arena);
        if (!mine || !other || !equal(*mine, *other, arena)) return false;
    }
    return true;
}

}  // namespace

bool equal(const Value& left, const Value& right, Arena& arena) {
    if (left.is_number() && right.is_number()) return equal_numbers(left, right);
    if (left.kind != right.kind) return false;
    switch (left.kind) {
        case ValueKind::Null:
            return true;
        case ValueKind::Bool:
            return left.boolean == right.boolean;
        case ValueKind::String:
        case ValueKind::Bytes:
            return left.text == right.text;
        case ValueKind::Duration:
            return left.integer == right.integer;
        case ValueKind::Timestamp:
            return left.integer == right.integer && left.nanos == right.nanos;
        case ValueKind::Type:
            return left.type_kind == right.type_kind;
        case ValueKind::List:
            return equal_lists(left, right, arena);
        case ValueKind::Map:
            return equal_maps(left, right, arena);
        default:
            return false;
    }
}

TypeKind type_kind_of(const Value& value) {
    switch (value.kind) {
        case ValueKind::Error:
            return TypeKind::Dyn;
        case ValueKind::Null:
            return TypeKind::Null;
        case ValueKind::Bool:
            return TypeKind::Bool;
        case ValueKind::Int:
            return TypeKind::Int;
        case ValueKind::Uint:
            return TypeKind::Uint;
        case ValueKind::Double:
            return TypeKind::Double;
        case ValueKind::String:
            return TypeKind::String;
        case ValueKind::Bytes:
            return TypeKind::Bytes;
        case ValueKind::Duration:
            return TypeKind::Duration;
        case ValueKind::Timestamp:
            return TypeKind::Timestamp;
        case ValueKind::List:
            return TypeKind::List;
        case ValueKind::Map:
            return TypeKind::Map;
        case ValueKind::Type:
            return TypeKind::Type;
    }
    return TypeKind::Dyn;
}

}  // namespace devcluster::cel
