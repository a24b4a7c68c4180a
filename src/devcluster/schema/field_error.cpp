#include "devcluster/schema/field_error.hpp"

#include "devcluster/cel/number_text.hpp"
#include "devcluster/cel/utf8.hpp"

#include <fmt/core.h>
#include <boost/json.hpp>

#include <algorithm>

namespace devcluster::schema {

namespace json = boost::json;

namespace {

std::string with_detail(std::string message, std::string_view detail) {
    if (!detail.empty()) message.append(": ").append(detail);
    return message;
}

std::string_view view(const json::string& text) {
    return {text.data(), text.size()};
}

void marshal_string(std::string& out, std::string_view text) {
    out.push_back('"');
    for (std::size_t at = 0; at < text.size();) {
        const cel::CodePoint point = cel::decode_utf8(text, at);
        const bool is_escaped = point.value < 0x20 || point.value == '<' || point.value == '>' || point.value == '&' ||
                                point.value == 0x2028 || point.value == 0x2029;
        if (point.value == '"' || point.value == '\\') {
            out.push_back('\\');
            out.push_back(static_cast<char>(point.value));
        } else if (point.value == '\n') {
            out += "\\n";
        } else if (point.value == '\r') {
            out += "\\r";
        } else if (point.value == '\t') {
            out += "\\t";
        } else if (is_escaped) {
            out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point.value));
        } else {
            out += text.substr(at, point.length_bytes);
        }
        at += point.length_bytes;
    }
    out.push_back('"');
}

void marshal(std::string& out, const json::value& value) {
    switch (value.kind()) {
        case json::kind::null:
            out += "null";
            return;
        case json::kind::bool_:
            out += value.get_bool() ? "true" : "false";
            return;
        case json::kind::int64:
            out += std::to_string(value.get_int64());
            return;
        case json::kind::uint64:
            out += std::to_string(value.get_uint64());
            return;
        case json::kind::double_:
            out += cel::format_double(value.get_double());
            return;
        case json::kind::string:
            marshal_string(out, view(value.get_string()));
            return;
        case json::kind::array: {
            out.push_back('[');
            for (const json::value& element : value.get_array()) {
                if (&element != &value.get_array().front()) out.push_back(',');
                marshal(out, element);
            }
            out.push_back(']');
            return;
        }
        case json::kind::object: {
            std::vector<const json::key_value_pair*> members;
            for (const json::key_value_pair& member : value.get_object()) members.push_back(&member);
            std::ranges::sort(members, {}, [](const json::key_value_pair* member) {
                return std::string_view(member->key().data(), member->key().size());
            });
            out.push_back('{');
            for (const json::key_value_pair* member : members) {
                if (member != members.front()) out.push_back(',');
                marshal_string(out, {member->key().data(), member->key().size()});
                out.push_back(':');
                marshal(out, member->value());
            }
            out.push_back('}');
            return;
        }
    }
}

}  // namespace

std::string_view reason_of(FieldErrorType type) {
    switch (type) {
        case FieldErrorType::Invalid:
            return "FieldValueInvalid";
        case FieldErrorType::Required:
            return "FieldValueRequired";
        case FieldErrorType::NotSupported:
            return "FieldValueNotSupported";
        case FieldErrorType::TypeInvalid:
            return "FieldValueTypeInvalid";
        case FieldErrorType::TooLong:
            return "FieldValueTooLong";
        case FieldErrorType::TooMany:
            return "FieldValueTooMany";
        case FieldErrorType::Duplicate:
            return "FieldValueDuplicate";
        case FieldErrorType::Forbidden:
            return "FieldValueForbidden";
        case FieldErrorType::Internal:
            return "InternalError";
    }
    return "";
}

std::string to_string(const FieldError& error) {
    return error.field + ": " + error.message;
}

std::string describe(std::span<const FieldError> errors) {
    std::vector<std::string> lines;
    for (const FieldError& error : errors) {
        std::string line = to_string(error);
        if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
    }
    if (lines.size() == 1) return lines.front();
    std::string all = "[";
    for (const std::string& line : lines) {
        if (all.size() > 1) all += ", ";
        all += line;
    }
    return all + "]";
}

std::string describe_unknown_fields(std::span<const std::string> paths) {
    std::string all;
    for (const std::string& path : paths) {
        if (!all.empty()) all += ", ";
        all += "unknown field \"" + path + "\"";
    }
    return all;
}

FieldError invalid(std::string field, const json::value& value, std::string_view detail) {
    return {FieldErrorType::Invalid, std::move(field), with_detail("Invalid value: " + show(value), detail)};
}

FieldError type_invalid(std::string field, const json::value& value, std::string_view detail) {
    return {FieldErrorType::TypeInvalid, std::move(field), with_detail("Invalid value: " + show(value), detail)};
}

FieldError required(std::string field, std::string_view detail) {
    return {FieldErrorType::Required, std::move(field), with_detail("Required value", detail)};
}

FieldError forbidden(std::string field, std::string_view detail) {
    return {FieldErrorType::Forbidden, std::move(field), with_detail("Forbidden", detail)};
}

FieldError duplicate(std::string field, const json::value& value) {
    return {FieldErrorType::Duplicate, std::move(field), "Duplicate value: " + show(value)};
}

FieldError not_supported(std::string field, const json::value& value, std::span<const std::string> supported) {
    std::string list;
    for (const std::string& name : supported)
        list.append(list.empty() ? "supported values: " : ", ").append(quote(name));
    return {FieldErrorType::NotSupported, std::move(field), with_detail("Unsupported value: " + show(value), list)};
}

FieldError too_long(std::string field, std::int64_t length_max) {
    const char* unit = length_max == 1 ? "byte" : "bytes";
    return {
        FieldErrorType::TooLong, std::move(field), fmt::format("Too long: may not be more than {} {}", length_max, unit)
    };
}

FieldError too_many(std::string field, std::int64_t count, std::int64_t count_max) {
    const char* unit = count_max == 1 ? "item" : "items";
    return {
        FieldErrorType::TooMany,
        std::move(field),
        fmt::format("Too many: {}: must have at most {} {}", count, count_max, unit)
    };
}

std::string quote(std::string_view text) {
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const cel::CodePoint point = cel::decode_utf8(text, at);
        switch (point.value) {
            case U'"':
                out += "\\\"";
                break;
            case U'\\':
                out += "\\\\";
                break;
            case U'\a':
                out += "\\a";
                break;
            case U'\b':
                out += "\\b";
                break;
            case U'\f':
                out += "\\f";
                break;
            case U'\n':
                out += "\\n";
                break;
            case U'\r':
                out += "\\r";
                break;
            case U'\t':
                out += "\\t";
                break;
            case U'\v':
                out += "\\v";
                break;
            default:
                if (point.value == cel::kReplacementCharacter && point.length_bytes == 1) {
                    out += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(text[at])));
                } else if (point.value < 0x20 || point.value == 0x7F) {
                    out += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(point.value));
                } else if ((point.value >= 0x80 && point.value < 0xA1) || point.value == 0xAD ||
                           point.value == 0x2028 || point.value == 0x2029 || point.value == 0xFEFF) {
                    out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point.value));
                } else {
                    out += text.substr(at, point.length_bytes);
                }
        }
        at += point.length_bytes;
    }
    out.push_back('"');
    return out;
}

std::string show(const json::value& value) {
    if (value.is_string()) return quote(view(value.get_string()));
    std::string out;
    marshal(out, value);
    return out;
}

}  // namespace devcluster::schema
