#include "kube/json/same.hpp"

#include <cstring>
#include <string_view>

namespace kube::json {
namespace {

bool same_text(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

bool same(const boost::json::object& a, const boost::json::object& b) {
    if (a.size() != b.size()) return false;
    auto theirs = b.begin();
    for (const auto& entry : a) {
        if (same_text(entry.key(), theirs->key())) {
            if (!same(entry.value(), theirs->value())) return false;
        } else {
            const boost::json::value* other = b.if_contains(entry.key());
            if (other == nullptr || !same(entry.value(), *other)) return false;
        }
        ++theirs;
    }
    return true;
}

bool same(const boost::json::array& a, const boost::json::array& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (!same(a[i], b[i])) return false;
    }
    return true;
}

bool same(const boost::json::value& a, const boost::json::value& b) {
    if (a.kind() != b.kind()) return a.is_number() && b.is_number() && a == b;
    switch (a.kind()) {
        case boost::json::kind::null:
            return true;
        case boost::json::kind::bool_:
            return a.get_bool() == b.get_bool();
        case boost::json::kind::int64:
            return a.get_int64() == b.get_int64();
        case boost::json::kind::uint64:
            return a.get_uint64() == b.get_uint64();
        case boost::json::kind::double_:
            return a == b;
        case boost::json::kind::string:
            return same_text(a.get_string(), b.get_string());
        case boost::json::kind::array:
            return same(a.get_array(), b.get_array());
        case boost::json::kind::object:
            return same(a.get_object(), b.get_object());
    }
    return false;
}

}  // namespace kube::json
