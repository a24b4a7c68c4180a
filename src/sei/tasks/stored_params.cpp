#include "sei/tasks/stored_params.hpp"

#include <algorithm>
#include <cctype>

namespace sei::tasks {
namespace {

bool equal_without_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
        return std::tolower(x) == std::tolower(y);
    });
}

[[noreturn]] void wrong_type(std::string_view key, const char* expected) {
    throw ParamsError{"params." + std::string{key} + ": expected " + expected};
}

}  // namespace

StoredParams::StoredParams(const boost::json::value& params) {
    if (params.is_null()) return;
    if (!params.is_object()) throw ParamsError{"params: expected an object"};
    object_ = &params.get_object();
}

const boost::json::value* StoredParams::find(std::string_view key) const {
    if (object_ == nullptr) return nullptr;
    const boost::json::value* found = object_->if_contains(key);
    for (auto member = object_->begin(); found == nullptr && member != object_->end(); ++member) {
        if (equal_without_case(member->key(), key)) found = &member->value();
    }
    return found == nullptr || found->is_null() ? nullptr : found;
}

std::string StoredParams::text(std::string_view key) const {
    const boost::json::value* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_string()) wrong_type(key, "a string");
    return std::string{value->get_string()};
}

std::int64_t StoredParams::integer(std::string_view key) const {
    const boost::json::value* value = find(key);
    if (value == nullptr) return 0;
    boost::system::error_code inexact;
    const auto number = value->to_number<std::int64_t>(inexact);
    if (inexact) wrong_type(key, "an integer");
    return number;
}

bool StoredParams::boolean(std::string_view key) const {
    const boost::json::value* value = find(key);
    if (value == nullptr) return false;
    if (!value->is_bool()) wrong_type(key, "true or false");
    return value->get_bool();
}

boost::json::object StoredParams::object(std::string_view key) const {
    const boost::json::value* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_object()) wrong_type(key, "an object");
    return value->get_object();
}

boost::json::array StoredParams::array(std::string_view key) const {
    const boost::json::value* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_array()) wrong_type(key, "a list");
    return value->get_array();
}

}  // namespace sei::tasks
