#include "kube/json/codec.hpp"

#include <cmath>

#include <fmt/format.h>

namespace kube::json {
namespace detail {
namespace {

std::string to_text(const Path& path) {
    if (path.parent == nullptr) return {};
    std::string text = to_text(*path.parent);
    if (path.key.data() == nullptr) return text + fmt::format("[{}]", path.index);
    // A key that is no plain word (a label) is shown in brackets, so that its dots do not look like steps.
    if (path.key.find_first_of("./[] ") != std::string_view::npos) return text + fmt::format("[{}]", path.key);
    if (!text.empty()) text += '.';
    return text.append(path.key);
}

std::string_view kind_of(const Value& value) {
    switch (value.kind()) {
        case boost::json::kind::null:
            return "null";
        case boost::json::kind::bool_:
            return "a boolean";
        case boost::json::kind::int64:
        case boost::json::kind::uint64:
            return "an integer";
        case boost::json::kind::double_:
            return "a number with a fraction";
        case boost::json::kind::string:
            return "a string";
        case boost::json::kind::array:
            return "a list";
        case boost::json::kind::object:
            return "an object";
    }
    return "something else";
}

std::string_view text_of(const Value& value, const Path& path) {
    if (!value.is_string()) fail_type(path, "a string", value);
    return {value.get_string().data(), value.get_string().size()};
}

}  // namespace

void fail(const Path& path, std::string_view what) {
    throw DecodeError{to_text(path), std::string{what}};
}

void fail_type(const Path& path, std::string_view expected, const Value& actual) {
    fail(path, fmt::format("expected {}, got {}", expected, kind_of(actual)));
}

void fail_word(const Path& path, std::string_view actual, std::string_view expected) {
    if (expected.empty()) fail(path, fmt::format("unknown value \"{}\"", actual));
    fail(path, fmt::format("unknown value \"{}\", expected one of {}", actual, expected));
}

void read(const Value& value, bool& out, const Path& path) {
    if (!value.is_bool()) fail_type(path, "a boolean", value);
    out = value.get_bool();
}

void read(const Value& value, double& out, const Path& path) {
    if (!value.is_number()) fail_type(path, "a number", value);
    out = value.to_number<double>();
}

void read(const Value& value, std::string& out, const Path& path) {
    out = text_of(value, path);
}

void read(const Value& value, Time& out, const Path& path) {
    const std::string_view text = text_of(value, path);
    const auto time = parse_time(text);
    if (!time) fail(path, fmt::format("\"{}\" is no RFC 3339 time", text));
    out = *time;
}

void read(const Value& value, MicroTime& out, const Path& path) {
    const std::string_view text = text_of(value, path);
    const auto time = parse_micro_time(text);
    if (!time) fail(path, fmt::format("\"{}\" is no RFC 3339 time", text));
    out = *time;
}

void read(const Value& value, Quantity& out, const Path& path) {
    if (value.is_number()) {
        out = Quantity{json::serialize(value)};
        return;
    }
    // Whatever it says: patterns of CRDs admit more than quantities are ("1e1.5"), and an object that cannot be read
    // can neither be served nor deleted. Who uses it asks Quantity::parse.
    out = Quantity{std::string{text_of(value, path)}};
}

void read(const Value& value, IntOrString& out, const Path& path) {
    if (value.is_string()) {
        out = std::string{text_of(value, path)};
        return;
    }
    if (!value.is_number()) fail_type(path, "an integer or a string", value);
    constexpr auto kLimits = std::numeric_limits<std::int32_t>{};
    out = static_cast<std::int32_t>(read_integer(value, kLimits.min(), kLimits.max(), path));
}

void read(const Value& value, Value& out, const Path&) {
    out = value;
}

std::int64_t read_integer(const Value& value, std::int64_t min, std::int64_t max, const Path& path) {
    std::int64_t integer = 0;
    if (value.is_int64()) {
        integer = value.get_int64();
    } else if (value.is_double() && std::trunc(value.get_double()) == value.get_double() &&
               std::abs(value.get_double()) < 9e18) {
        integer = static_cast<std::int64_t>(value.get_double());  // 1e3 and 5.0 are integers, too
    } else if (value.is_uint64() || value.is_double()) {
        if (value.is_double() && std::abs(value.get_double()) < 9e18) fail_type(path, "an integer", value);
        fail(path, fmt::format("{} is out of range", json::serialize(value)));
    } else {
        fail_type(path, "an integer", value);
    }
    if (integer < min || integer > max) fail(path, fmt::format("{} is out of range ({} to {})", integer, min, max));
    return integer;
}

const Object& read_object(const Value& value, const Path& path) {
    if (!value.is_object()) fail_type(path, "an object", value);
    return value.get_object();
}

const Array& read_array(const Value& value, const Path& path) {
    if (!value.is_array()) fail_type(path, "a list", value);
    return value.get_array();
}

void write(Time value, Value& out) {
    out.emplace_string() = to_string(value);
}
void write(MicroTime value, Value& out) {
    out.emplace_string() = to_string(value);
}
void write(const Quantity& value, Value& out) {
    out.emplace_string() = value.text();
}
void write(const IntOrString& value, Value& out) {
    if (const auto* integer = std::get_if<std::int32_t>(&value)) {
        out = std::int64_t{*integer};
    } else {
        out.emplace_string() = std::get<std::string>(value);
    }
}

}  // namespace detail

DecodeError::DecodeError(std::string path, const std::string& what)
    : std::runtime_error{path.empty() ? what : path + ": " + what}, path_{std::move(path)} {}

}  // namespace kube::json
