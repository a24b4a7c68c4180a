// Keys and passphrases.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"

namespace kube {

/// The operator only reads these. Never log `data`.
struct Secret {
    ObjectMeta metadata;
    /// Base64.
    StringMap data;
    std::string type;
    static constexpr std::array required{"metadata"};
    bool operator==(const Secret&) const = default;
};
BOOST_DESCRIBE_STRUCT(Secret, (), (metadata, data, type))

template <>
struct KindOf<Secret> {
    static constexpr ResourceType type{"", "v1", "Secret", "secrets"};
};

/// The bytes behind one key of `data`; nullopt when the key is missing, or what is there is no base64.
[[nodiscard]] std::optional<std::string> secret_bytes(const Secret& secret, std::string_view key);

}  // namespace kube
