// docs/simulator.md names what there is, all of it and nothing else; and a failure names the command that repeats it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include "report.hpp"
#include "sim/planted_bugs.hpp"
#include "sim/run.hpp"

namespace {

/// The lines of the chapter of that title.
std::string chapter(std::string_view title) {
    std::ifstream file{std::string{SEI_SOURCE_DIR} + "/docs/simulator.md"};
    std::string text;
    bool is_inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("## ")) is_inside = line.substr(3) == title;
        if (is_inside) text += line + "\n";
    }
    EXPECT_FALSE(text.empty()) << "docs/simulator.md has no chapter " << title;
    return text;
}

/// What stands in backquotes in column `column`, counted from 0, of the rows of the tables in `text`.
std::set<std::string> quoted(const std::string& text, std::size_t column) {
    std::set<std::string> names;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| ")) continue;
        std::istringstream cells{line.substr(2)};
        std::string cell;
        for (std::size_t i = 0; i <= column; ++i) std::getline(cells, cell, '|');
        for (std::size_t begin = cell.find('`'); begin != std::string::npos; begin = cell.find('`', begin + 1)) {
            const std::size_t end = cell.find('`', begin + 1);
            if (end == std::string::npos) break;
            names.insert(cell.substr(begin + 1, end - begin - 1));
            begin = end;
        }
    }
    return names;
}

TEST(PageOfTheSimulator, names_each_kind_of_fault_and_no_other) {
    std::set<std::string> kinds;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<sim::FaultKind>>([&](auto kind) {
        kinds.insert(kind.name);
    });
    EXPECT_EQ(quoted(chapter("Faults"), 1), kinds);
}

TEST(PageOfTheSimulator, names_each_oracle_and_no_other) {
    sim::References references;
    const sim::RunPlan plan{.seed = 1, .scenario = sim::make_scenario(1)};
    std::set<std::string> oracles;
    for (const auto& [name, count] : sim::run(plan, references, {}, sim::Trace::No).coverage.oracles) {
        oracles.insert(name);
    }
    EXPECT_EQ(quoted(chapter("Oracles"), 0), oracles);
}

TEST(PageOfTheSimulator, has_a_row_for_each_planted_bug_and_the_oracle_that_found_it) {
    std::set<std::string> bugs;
    for (const sim::PlantedBug& bug : sim::planted_bugs()) bugs.insert(std::string{bug.name});
    const std::string planted = chapter("Planted bugs");
    EXPECT_EQ(quoted(planted, 0), bugs);
    const std::set<std::string> oracles = quoted(chapter("Oracles"), 0);
    for (const std::string& oracle : quoted(planted, 2)) EXPECT_TRUE(oracles.contains(oracle)) << oracle;
}

/// The text of the file of this name in src/; empty: there is none.
std::string source(std::string_view name) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator{std::string{SEI_SOURCE_DIR} + "/src"}) {
        if (entry.path().filename() != name) continue;
        std::ifstream file{entry.path()};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    return {};
}

TEST(PageOfTheSimulator, names_places_in_the_code_that_there_are) {
    const std::regex place{R"(`([a-z_]+\.cpp)`, `([A-Za-z_]+)`)"};
    const std::string bugs = chapter("Real bugs that it found");
    std::size_t count = 0;
    for (std::sregex_iterator found{bugs.begin(), bugs.end(), place}; found != std::sregex_iterator{}; ++found) {
        const std::string file = (*found)[1];
        const std::string name = (*found)[2];
        EXPECT_NE(source(file).find(name), std::string::npos) << file << " has no " << name;
        ++count;
    }
    EXPECT_GT(count, 20U);
}

TEST(Command, of_a_whole_run_is_its_seed) {
    EXPECT_EQ(simulation::command_of({.seed = 104, .faults = {{.number = 0}, {.number = 1}}}, ""), "make sim SEED=104");
}

TEST(Command, of_a_run_that_was_cut_down_names_what_is_left_of_it) {
    const sim::RunPlan plan{.seed = 104, .faults = {{.number = 0}, {.number = 1, .is_off = true}, {.number = 3}}};
    EXPECT_EQ(simulation::command_of(plan, ""), "make sim SEED=104 FAULTS=0,3");
    const sim::RunPlan calm{.seed = 104, .faults = {{.number = 0, .is_off = true}}};
    EXPECT_EQ(simulation::command_of(calm, "two-status-writes"), "make sim SEED=104 FAULTS=none BUG=two-status-writes");
}

}  // namespace
