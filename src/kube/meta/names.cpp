#include "kube/meta/names.hpp"

namespace kube {
namespace {

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
void append_segment(std::string& path, std::string_view segment) {
    constexpr std::string_view kHexDigits = "0123456789ABCDEF";
    for (const char c : segment) {
        if (is_unreserved(c)) {
            path += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            path += {'%', kHexDigits[byte >> 4U], kHexDigits[byte & 0xFU]};
        }
    }
}

}  // namespace

std::string to_string(const NamespacedName& key) {
    return key.namespace_.empty() ? key.name : key.namespace_ + "/" + key.name;
}

std::string ResourceType::api_version() const {
    std::string text;
    if (!group.empty()) {
        text += group;
        text += '/';
    }
    text += version;
    return text;
}

std::string ResourceType::collection_path(std::string_view namespace_) const {
    std::string path = group.empty() ? "/api/" : "/apis/";
    path += api_version();
    if (is_namespaced && !namespace_.empty()) {
        path += "/namespaces/";
        append_segment(path, namespace_);
    }
    path += '/';
    path += plural;
    return path;
}

std::string ResourceType::object_path(const NamespacedName& key) const {
    std::string path = collection_path(key.namespace_);
    path += '/';
    append_segment(path, key.name);
    return path;
}

}  // namespace kube
