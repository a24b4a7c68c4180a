// The repository's files as text: what tests/tidy reads. Each file is read once.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

struct SourceFile {
    std::string path;  // from the repository's root
    std::string text;

    /// The line that holds the character `at`, without its end.
    [[nodiscard]] std::string_view line_at(std::size_t at) const {
        const std::string_view all{text};
        const std::size_t end = std::min(all.find('\n', at), all.size());
        const std::size_t before = all.substr(0, at).rfind('\n');
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        return all.substr(begin, end - begin);
    }
    /// "path:line", as compilers write it.
    [[nodiscard]] std::string place_of(std::size_t at) const {
        const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
        return path + ":" + std::to_string(line);
    }
};

inline std::filesystem::path root() {
    return SEI_SOURCE_DIR;
}

inline std::string read(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

/// The files below `folders` (from the root) whose names end in one of `endings`, sorted by path.
inline std::vector<SourceFile> files(
    const std::vector<std::string>& folders, const std::vector<std::string_view>& endings
) {
    namespace fs = std::filesystem;
    std::vector<SourceFile> found;
    for (const std::string& folder : folders) {
        if (!fs::exists(root() / folder)) continue;
        for (const auto& entry : fs::recursive_directory_iterator{root() / folder}) {
            std::string path = entry.path().lexically_relative(root()).string();
            const auto ends = [&path](std::string_view ending) { return path.ends_with(ending); };
            if (!entry.is_regular_file() || std::ranges::none_of(endings, ends)) continue;
            found.push_back({.path = std::move(path), .text = read(entry.path())});
        }
    }
    std::ranges::sort(found, {}, &SourceFile::path);
    return found;
}

/// Every C++ file of the repository.
inline const std::vector<SourceFile>& code() {
    static const std::vector<SourceFile> all = files({"bench", "cmd", "examples", "src", "tests"}, {".cpp", ".hpp"});
    return all;
}

}  // namespace tidy
