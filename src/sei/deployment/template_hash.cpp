#include "sei/deployment/template_hash.hpp"

#include <array>

#include <openssl/sha.h>

namespace sei::deployment {

std::string template_hash(const api::NodeSpec& spec) {
    std::string text = spec.chainId + spec.image;
    if (spec.sidecar) text += spec.sidecar->image;
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    const std::basic_string<unsigned char> bytes{text.begin(), text.end()};
    SHA256(bytes.data(), bytes.size(), digest.data());
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hash;
    for (std::size_t i = 0; i < 8; ++i) {
        hash += kDigits[digest[i] >> 4u];
        hash += kDigits[digest[i] & 0xfu];
    }
    return hash;
}

std::string short_hash(const std::string& hash) {
    return hash.substr(0, 8);
}

}  // namespace sei::deployment
