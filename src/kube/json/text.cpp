// Text <-> values.
#include <algorithm>

#include <fmt/format.h>

#include "kube/json/json.hpp"

namespace kube::json {
namespace {

void append_canonical(std::string& text, const Value& value) {
    if (value.is_object()) {
        std::vector<const Object::value_type*> members;
        members.reserve(value.get_object().size());
        for (const auto& member : value.get_object()) members.push_back(&member);
        std::ranges::sort(members, {}, [](const Object::value_type* member) {
            return std::string_view{member->key().data(), member->key().size()};
        });
        text += '{';
        for (const auto* member : members) {
            if (member != members.front()) text += ',';
            text += boost::json::serialize(boost::json::string_view{member->key()});
            text += ':';
            append_canonical(text, member->value());
        }
        text += '}';
    } else if (value.is_array()) {
        text += '[';
        bool is_first = true;
        for (const Value& item : value.get_array()) {
            if (!is_first) text += ',';
            is_first = false;
            append_canonical(text, item);
        }
        text += ']';
    } else {
        text += boost::json::serialize(value);
    }
}

}  // namespace

Value parse(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = kDepthMax;
    boost::json::parser parser{{}, options};
    boost::json::error_code error;
    const std::size_t consumed = parser.write_some(text.data(), text.size(), error);
    if (!error && consumed < text.size()) error = boost::json::error::extra_data;
    if (error) throw std::runtime_error{fmt::format("invalid JSON at byte {}: {}", consumed, error.message())};
    return parser.release();
}

std::string serialize(const Value& value) {
    return boost::json::serialize(value);
}

std::string serialize_canonical(const Value& value) {
    std::string text;
    append_canonical(text, value);
    return text;
}

}  // namespace kube::json
