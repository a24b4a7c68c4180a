#include "devcluster/apiserver/base64.hpp"

namespace devcluster::apiserver {

std::string base64(std::string_view bytes) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        unsigned bits = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            bits = (bits << 8u) | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            out += j <= bytes.size() - i ? kAlphabet[(bits >> (18 - 6 * j)) & 63u] : '=';
        }
    }
    return out;
}

}  // namespace devcluster::apiserver
