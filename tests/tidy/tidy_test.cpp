// Style that matters is a test: what may not be written where, each with what to write instead.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct SourceFile {
    std::string path;  // from the repository's root
    std::vector<std::string> lines;
};

std::vector<SourceFile> sources(const std::vector<std::string>& folders, const std::regex& name) {
    std::vector<SourceFile> found;
    const fs::path root{SEI_SOURCE_DIR};
    for (const std::string& folder : folders) {
        if (!fs::exists(root / folder)) continue;
        for (const auto& entry : fs::recursive_directory_iterator{root / folder}) {
            const std::string path = fs::relative(entry.path(), root).string();
            if (!entry.is_regular_file() || !std::regex_search(path, name)) continue;
            SourceFile file{.path = path, .lines = {}};
            std::ifstream text{entry.path()};
            for (std::string line; std::getline(text, line);) file.lines.push_back(line);
            found.push_back(std::move(file));
        }
    }
    std::ranges::sort(found, {}, &SourceFile::path);
    return found;
}

std::vector<SourceFile> code(const std::vector<std::string>& folders) {
    return sources(folders, std::regex{R"(\.(cpp|hpp)$)"});
}

struct Ban {
    std::string behaviour;
    std::string pattern;
    std::vector<std::string> folders;
    /// Paths that begin with one of these are where the thing belongs.
    std::vector<std::string> home;
    std::string instead;
};

const std::vector<Ban>& bans() {
    static const std::vector<Ban> all{
        {"a clock is read only where clocks live",
         R"((system_clock|steady_clock|high_resolution_clock)::now\(|gettimeofday|clock_gettime)",
         {"src"},
         {"src/kube/async/", "src/kube/http/", "src/kube/runtime/health_server", "src/kube/client/exec_credential"},
         "take a kube::Clock&"},
        {"nobody sleeps",
         R"(sleep_for\(std::|this_thread::sleep|\busleep\(|\bnanosleep\()",
         {"src", "tests", "examples"},
         {"tests/tidy/"},
         "wait for an observation: Signal, Clock::sleep_until, or a barrier of the test"},
        {"chance comes from a seed",
         R"(std::random_device|\brand\(\)|\bsrand\()",
         {"src"},
         {"src/kube/http/"},
         "take the seed or the random source from the options; cmd/ makes it"},
        {"requests are built by the client alone",
         R"(\bHttpMethod::(Post|Put|Patch|Delete)\b)",
         {"src/kube/runtime", "src/sei"},
         {"src/sei/sidecar/"},
         "use kube::Client, whose writes carry their precondition"},
        {"no coroutine is detached",
         R"(asio::detached)",
         {"src"},
         {"src/kube/async/", "src/kube/http/"},
         "spawn it in a kube::Scope"},
        {"the runtime knows nothing of Sei",
         R"(\bsei::|#include "sei/)",
         {"src/kube", "src/devcluster", "examples"},
         {},
         "move what knows Sei to src/sei"},
        {"no leftovers",
         R"(\b(TODO|FIXME|XXX|HACK)\b)",
         {"src", "cmd", "tests", "examples", "bench"},
         {"tests/tidy/"},
         "do it, or write it down where it will be found"},
        {"no catch-all branch over a closed set",
         R"(\[\[maybe_unused\]\] auto& ignored_alternative)",
         {"src"},
         {},
         "one lambda for each alternative"},
    };
    return all;
}

TEST(Tidy, what_is_banned_stands_only_where_it_belongs) {
    std::size_t files_read = 0;
    for (const Ban& ban : bans()) {
        const std::regex pattern{ban.pattern};
        for (const SourceFile& file : code(ban.folders)) {
            ++files_read;
            if (std::ranges::any_of(ban.home, [&](const std::string& home) { return file.path.starts_with(home); }))
                continue;
            for (std::size_t number = 0; number < file.lines.size(); ++number) {
                const std::string& line = file.lines[number];
                const auto comment = line.find("//");
                EXPECT_FALSE(std::regex_search(line.substr(0, comment), pattern))
                    << file.path << ":" << number + 1 << ": " << ban.behaviour << "; instead: " << ban.instead
                    << "\n    " << line;
            }
        }
    }
    EXPECT_GT(files_read, 100U) << "the check found hardly any file to read";
}

TEST(Tidy, every_header_is_included_once_by_pragma) {
    for (const SourceFile& file : sources({"src", "tests", "examples"}, std::regex{R"(\.hpp$)"})) {
        EXPECT_TRUE(std::ranges::any_of(file.lines, [](const std::string& line) { return line == "#pragma once"; }))
            << file.path;
    }
}

TEST(Tidy, every_room_says_what_it_is_for) {
    std::size_t rooms = 0;
    for (const fs::path layer : {"src/kube", "src/sei", "src/devcluster"}) {
        for (const auto& entry : fs::directory_iterator{fs::path{SEI_SOURCE_DIR} / layer}) {
            if (!entry.is_directory() || fs::is_empty(entry.path())) continue;
            ++rooms;
            EXPECT_TRUE(fs::exists(entry.path() / "README.md")) << entry.path() << " has no README.md";
        }
    }
    EXPECT_GT(rooms, 10U);
}

}  // namespace
