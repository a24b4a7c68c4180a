// crdgen: writes the CRD manifests into a folder, or checks that they are what they should be.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <CLI/CLI.hpp>

#include "sei/api/schema/crds.hpp"

namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    file << text;
    file.close();
    if (!file) throw std::runtime_error{"cannot write " + path.string()};
}

/// The number of manifests that are not up to date.
int check(const std::filesystem::path& folder) {
    int stale_count = 0;
    for (const auto& manifest : sei::api::crd_manifests()) {
        const auto path = folder / manifest.file_name;
        if (read_file(path) == sei::api::manifest_text(manifest)) continue;
        ++stale_count;
        std::cerr << path.string() << " is stale: run make crds\n";
    }
    return stale_count;
}

void write(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    for (const auto& manifest : sei::api::crd_manifests()) {
        const auto path = folder / manifest.file_name;
        write_file(path, sei::api::manifest_text(manifest));
        std::cout << path.string() << '\n';
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Writes the CustomResourceDefinitions of sei.io as YAML."};
    std::string folder;
    bool only_checks = false;
    app.add_option("folder", folder, "where the manifests are, for example config/crd")->required();
    app.add_flag("--check", only_checks, "write nothing; fail when a manifest is stale");
    CLI11_PARSE(app, argc, argv);
    try {
        if (only_checks) return check(folder) == 0 ? 0 : 1;
        write(folder);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "crdgen: " << error.what() << '\n';
        return 1;
    }
}
