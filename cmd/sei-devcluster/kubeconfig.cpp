#include "kubeconfig.hpp"

#include <filesystem>
#include <fstream>

namespace {

std::string base64(std::string_view text) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        unsigned bits = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            bits = (bits << 8u) | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0u);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            out += j <= text.size() - i ? kAlphabet[(bits >> (18 - 6 * j)) & 63u] : '=';
        }
    }
    return out;
}

}  // namespace

void write_kubeconfig(const std::string& path, const ClusterAccess& access) {
    std::string cluster = fmt::format("    server: {}\n", access.server);
    if (!access.authority_pem.empty()) {
        cluster += fmt::format("    certificate-authority-data: {}\n", base64(access.authority_pem));
    }
    const std::string user =
        access.token.empty() ? "  user: {}\n" : fmt::format("  user:\n    token: {}\n", access.token);
    // Written beside and moved into place: whoever waits for the file finds it whole.
    const std::string unfinished = path + ".new";
    std::ofstream out{unfinished, std::ios::trunc};
    out << "apiVersion: v1\nkind: Config\nclusters:\n- name: devcluster\n  cluster:\n"
        << cluster << "users:\n- name: devcluster\n"
        << user << "contexts:\n- name: devcluster\n  context:\n    cluster: devcluster\n    user: devcluster\n"
        << "current-context: devcluster\n";
    out.close();
    if (!out) throw std::runtime_error{fmt::format("{} cannot be written", unfinished)};
    std::filesystem::rename(unfinished, path);
}
