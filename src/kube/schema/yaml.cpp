#include "kube/schema/yaml.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace kube::schema {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, text) != words.end();
}

bool is_null_word(std::string_view text) {
    return is_one_of(text, {"", "~", "null", "Null", "NULL"});
}
bool is_true_word(std::string_view text) {
    return is_one_of(text, {"true", "True", "TRUE"});
}
bool is_false_word(std::string_view text) {
    return is_one_of(text, {"false", "False", "FALSE"});
}
/// Booleans of YAML 1.1, which many readers still know.
bool is_old_boolean(std::string_view text) {
    return is_one_of(
        text, {"y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"}
    );
}

/// An int64, uint64 or double; null when the text is no number.
json::Value number_of(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || !(text.front() == '-' || text.front() == '.' || (text.front() >= '0' && text.front() <= '9'))) {
        return nullptr;
    }
    const char* const end = text.data() + text.size();
    std::int64_t integer = 0;
    if (const auto [stop, error] = std::from_chars(text.data(), end, integer); error == std::errc{} && stop == end) {
        return integer;
    }
    double real = 0;
    if (const auto [stop, error] = std::from_chars(text.data(), end, real); error == std::errc{} && stop == end) {
        return real;
    }
    return nullptr;
}

/// Would a reader take the text, written plainly, for this very string?
bool is_plain(std::string_view text) {
    constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`=<";
    if (is_null_word(text) || is_true_word(text) || is_false_word(text) || is_old_boolean(text)) return false;
    // Numbers, dates, times and versions all begin like a number: quote them all.
    if (text.front() >= '0' && text.front() <= '9') {
        // "10000000usei" is no number to anybody.
        const bool has_letters =
            std::ranges::any_of(text, [](char c) { return c > 'f' && c <= 'z' && c != 'x' && c != 'o'; });
        if (!has_letters) return false;
    }
    if (text.front() == '.' && text.size() > 1 && text[1] >= '0' && text[1] <= '9') return false;
    if (text.front() == '+' || text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
    if (kIndicators.contains(text.front())) return false;
    return !text.contains(": ") && !text.contains(" #");
}

bool has_control_characters(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7f; });
}

std::string scalar_text(std::string_view text) {
    if (has_control_characters(text)) return boost::json::serialize(json::Value(text));  // JSON's quotes are YAML's
    if (is_plain(text)) return std::string{text};
    std::string quoted = "'";
    for (const char c : text) {
        quoted += c;
        if (c == '\'') quoted += '\'';
    }
    return quoted + "'";
}

void append(std::string& out, const json::Value& value, std::size_t indent);

void append_object(std::string& out, const json::Object& object, std::size_t indent, bool continues_line) {
    std::vector<const json::Object::value_type*> members;
    for (const auto& member : object) members.push_back(&member);
    std::ranges::sort(members, {}, [](const auto* member) { return std::string_view{member->key()}; });
    for (const auto* member : members) {
        if (!continues_line) out.append(indent, ' ');
        continues_line = false;
        out += scalar_text(member->key());
        out += ':';
        append(out, member->value(), indent);
    }
}

/// After "key:" or "-", up to and with the end of the line.
void append(std::string& out, const json::Value& value, std::size_t indent) {
    if (value.is_object() && !value.get_object().empty()) {
        out += '\n';
        append_object(out, value.get_object(), indent + 2, false);
    } else if (value.is_array() && !value.get_array().empty()) {
        out += '\n';
        for (const json::Value& item : value.get_array()) {
            out.append(indent, ' ');
            if (item.is_object() && !item.get_object().empty()) {
                out += "- ";
                append_object(out, item.get_object(), indent + 2, true);
            } else {
                out += '-';
                append(out, item, indent + 2);
            }
        }
    } else {
        out += ' ';
        out += value.is_string() ? scalar_text(value.get_string()) : boost::json::serialize(value);
        out += '\n';
    }
}

json::Value value_of(const YAML::Node& node) {
    switch (node.Type()) {
        case YAML::NodeType::Undefined:
        case YAML::NodeType::Null:
            return nullptr;
        case YAML::NodeType::Scalar: {
            const std::string& text = node.Scalar();
            if (node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str") return json::Value(text);
            if (is_null_word(text)) return nullptr;
            if (is_true_word(text)) return true;
            if (is_false_word(text)) return false;
            json::Value number = number_of(text);
            return number.is_null() ? json::Value(text) : number;
        }
        case YAML::NodeType::Sequence: {
            json::Array array;
            for (const auto& item : node) array.push_back(value_of(item));
            return array;
        }
        case YAML::NodeType::Map: {
            json::Object object;
            for (const auto& member : node) object[member.first.Scalar()] = value_of(member.second);
            return object;
        }
    }
    return nullptr;
}

}  // namespace

std::string to_yaml(const json::Value& value) {
    std::string out;
    if (value.is_object() && !value.get_object().empty()) {
        append_object(out, value.get_object(), 0, false);
    } else {
        append(out, value, 0);
        out.erase(0, 1);  // the blank or line break that would follow a key
    }
    return out;
}

json::Value from_yaml(std::string_view text) {
    try {
        return value_of(YAML::Load(std::string{text}));
    } catch (const YAML::Exception& error) {
        throw std::runtime_error{
            fmt::format("invalid YAML at line {}, column {}: {}", error.mark.line + 1, error.mark.column + 1, error.msg)
        };
    }
}

}  // namespace kube::schema
