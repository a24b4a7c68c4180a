// Planted bugs are in one program, and in no other.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

#include "kube/async/manual_clock.hpp"
#include "sim/planted_bugs.hpp"
#include "sim/seeded_loop.hpp"

namespace {

namespace fs = std::filesystem;

std::string contents_of(const fs::path& path) {
    std::string bytes(fs::file_size(path), '\0');
    std::ifstream{path, std::ios::binary}.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return bytes;
}

/// As quick as it gets without optimisation: programs of the developers' build have hundreds of megabytes.
bool contains(const std::string& bytes, std::string_view text) {
    return ::memmem(bytes.data(), bytes.size(), text.data(), text.size()) != nullptr;
}

/// How a linker names planted::has(planted::Bug).
constexpr const char* kQuestion = "_ZN7planted3hasENS_3BugE";

/// Is there anything of planted bugs in this program or library?
bool has_planted_bugs(const fs::path& path) {
    const std::string bytes = contents_of(path);
    return contains(bytes, kQuestion) || std::ranges::any_of(sim::planted_bugs(), [&](const sim::PlantedBug& bug) {
               return contains(bytes, bug.name);
           });
}

TEST(PlantedBugs, are_at_least_twelve_with_names_of_their_own) {
    std::set<std::string_view> names;
    for (const sim::PlantedBug& bug : sim::planted_bugs()) names.insert(bug.name);
    EXPECT_EQ(names.size(), sim::planted_bugs().size());
    EXPECT_GE(names.size(), 12U);
}

TEST(PlantedBugs, are_not_in_the_operator_that_is_shipped) {
    const fs::path programs = fs::path{SEI_BINARY_DIR} / "bin";
    ASSERT_TRUE(exists(programs / "sei-operator"));
    EXPECT_FALSE(has_planted_bugs(programs / "sei-operator"));
    EXPECT_TRUE(has_planted_bugs(programs / "sei-sim-mutants")) << "this check would not find them";
    const fs::path released = fs::path{SEI_SOURCE_DIR} / "build/release/bin/sei-operator";
    if (exists(released)) EXPECT_FALSE(has_planted_bugs(released));
}

TEST(PlantedBugs, leave_nothing_in_the_rooms_that_ask_for_them) {
    std::size_t rooms = 0;
    for (const char* room : {"sei_node", "sei_deployment", "sei_tasks", "kube_client"}) {
        const fs::path library = fs::path{SEI_BINARY_DIR} / "src" / ("lib" + std::string{room} + ".a");
        if (!exists(library)) continue;
        ++rooms;
        EXPECT_FALSE(has_planted_bugs(library)) << library;
    }
    EXPECT_EQ(rooms, 4U);
}

TEST(PlantedBugs, are_compiled_for_their_program_in_every_file_that_asks_for_one) {
    const fs::path root{SEI_SOURCE_DIR};
    std::set<std::string> asking;
    for (const auto& entry : fs::recursive_directory_iterator{root / "src"}) {
        if (!entry.is_regular_file()) continue;
        if (contents_of(entry.path()).find("#include \"planted/planted.hpp\"") == std::string::npos) continue;
        asking.insert(entry.path().lexically_relative(root / "src").string());
    }
    std::set<std::string> compiled;
    std::istringstream lists{contents_of(root / "tests/simulation/CMakeLists.txt")};
    for (std::string word; lists >> word;) {
        word.erase(std::remove(word.begin(), word.end(), ')'), word.end());
        if (word.ends_with(".cpp") && exists(root / "src" / word)) compiled.insert(word);
    }
    EXPECT_EQ(asking, compiled) << "planted_sources in tests/simulation/CMakeLists.txt is not what src/ has";
}

TEST(PlantedBugs, in_the_code_cannot_be_switched_on_in_other_programs) {
    ASSERT_FALSE(sim::can_plant_all());
    sim::SeededLoop loop{1, sim::SeededLoop::Order::Fifo};
    kube::ManualClock clock{loop.executor()};
    std::size_t refused = 0;
    for (const sim::PlantedBug& bug : sim::planted_bugs()) {
        try {
            static_cast<void>(bug.tamper(1, clock));
        } catch (const std::logic_error&) {
            ++refused;
        }
    }
    EXPECT_EQ(refused, 14U);
}

}  // namespace
