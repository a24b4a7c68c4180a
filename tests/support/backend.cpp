#include "support/backend.hpp"

#include <cstdlib>
#include <iostream>
#include <string>

namespace support {
namespace {

std::string variable(const char* name) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing sets variables
    return value == nullptr ? std::string{} : std::string{value};
}

}  // namespace

Backend backend() {
    const std::string word = variable("SEI_BACKEND");
    if (word.empty() || word == "embedded") return Backend::Embedded;
    if (word == "apiserver") return Backend::ApiServer;
    if (word == "cluster") return Backend::Cluster;
    std::cerr << "SEI_BACKEND is \"" << word << "\"; the backends are embedded, apiserver and cluster\n";
    std::exit(2);  // NOLINT(concurrency-mt-unsafe)
}

std::string_view to_string(Backend backend) {
    switch (backend) {
        case Backend::Embedded:
            return "embedded";
        case Backend::ApiServer:
            return "apiserver";
        case Backend::Cluster:
            return "cluster";
    }
    return "";
}

std::optional<std::filesystem::path> assets() {
    const std::string folder = variable("KUBEBUILDER_ASSETS");
    if (folder.empty()) return std::nullopt;
    return folder;
}

std::optional<std::filesystem::path> kubectl() {
    if (const auto folder = assets(); folder && std::filesystem::exists(*folder / "kubectl"))
        return *folder / "kubectl";
    const std::string path = variable("PATH");
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        const std::filesystem::path candidate = std::filesystem::path{path.substr(begin, end - begin)} / "kubectl";
        if (std::filesystem::exists(candidate)) return candidate;
        begin = end + 1;
    }
    return std::nullopt;
}

}  // namespace support
