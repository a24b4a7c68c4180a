// Documents that mislead are worse than none: what they point at exists, and what is there is named by them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "source_tree.hpp"

namespace {

namespace fs = std::filesystem;
using tidy::SourceFile;

std::vector<SourceFile> documents() {
    std::vector<SourceFile> all =
        tidy::files({"bench", "cmd", "config", "docs", "examples", "src", "testdata", "tests", "tools"}, {".md"});
    for (const char* name : {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}) {
        all.push_back({.path = name, .text = tidy::read(tidy::root() / name)});
    }
    return all;
}

/// Every string literal of `text` that begins with `prefix`, without its quotes. Includes and comments have none.
std::set<std::string> literals(std::string_view text, std::string_view prefix) {
    std::set<std::string> found;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view line = text.substr(begin, end - begin);
        begin = end + 1;
        if (line.starts_with("#include")) continue;
        line = line.substr(0, line.find("//"));
        for (std::size_t open = line.find('"'); open != std::string_view::npos;) {
            const std::size_t close = line.find('"', open + 1);
            if (close == std::string_view::npos) break;
            const std::string_view literal = line.substr(open + 1, close - open - 1);
            if (literal.starts_with(prefix)) found.emplace(literal);
            open = line.find('"', close + 1);
        }
    }
    return found;
}

bool has_sources(const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator{folder}) {
        if (entry.path().extension() == ".cpp" || entry.path().extension() == ".hpp") return true;
    }
    return false;
}

TEST(Documents, every_room_says_what_it_is_for) {
    std::size_t rooms = 0;
    for (const auto& entry : fs::recursive_directory_iterator{tidy::root() / "src"}) {
        if (!entry.is_directory() || entry.path().filename() == "detail" || !has_sources(entry.path())) continue;
        ++rooms;
        EXPECT_TRUE(exists(entry.path() / "README.md")) << entry.path() << " has no README.md";
    }
    EXPECT_GT(rooms, 15U);
}

TEST(Documents, every_folder_at_the_top_says_what_it_is_for) {
    for (const char* folder :
         {"bench",
          "cmd",
          "config",
          "docs",
          "docs/decisions",
          "examples",
          "src",
          "testdata",
          "tests",
          "tests/integration",
          "tests/support",
          "tests/tidy",
          "tests/unit",
          "tools"}) {
        EXPECT_TRUE(exists(tidy::root() / folder / "README.md")) << folder << " has no README.md";
    }
}

TEST(Documents, every_link_leads_to_a_file) {
    std::size_t links = 0;
    for (const SourceFile& document : documents()) {
        for (std::size_t at = document.text.find("]("); at != std::string::npos;
             at = document.text.find("](", at + 1)) {
            std::string target = document.text.substr(at + 2, document.text.find(')', at) - at - 2);
            target = target.substr(0, target.find('#'));
            if (target.empty() || target.starts_with("http")) continue;
            ++links;
            EXPECT_TRUE(exists(tidy::root() / fs::path{document.path}.parent_path() / target))
                << document.place_of(at) << ": " << target;
        }
    }
    EXPECT_GT(links, 30U);
}

TEST(Documents, decisions_have_numbers_of_their_own_and_stand_in_the_index) {
    const std::string index = tidy::read(tidy::root() / "docs/decisions/README.md");
    std::map<std::string, std::string> name_of;
    for (const SourceFile& record : tidy::files({"docs/decisions"}, {".md"})) {
        const std::string name = fs::path{record.path}.filename().string();
        if (name == "README.md" || name == "template.md") continue;
        const std::string number = name.substr(0, 4);
        const auto [other, is_new] = name_of.emplace(number, name);
        EXPECT_TRUE(is_new) << name << " has the number of " << other->second;
        EXPECT_TRUE(record.text.starts_with("# " + number + ": ")) << name << " begins with another number";
        EXPECT_NE(record.text.find("\nStatus: "), std::string::npos) << name << " does not say its status";
        EXPECT_NE(index.find("](" + name + ")"), std::string::npos)
            << "docs/decisions/README.md does not list " << name;
    }
    EXPECT_GT(name_of.size(), 10U);
}

/// The words after `marker` in `text`, up to the end of each line.
std::set<std::string> rest_of_lines(std::string_view text, std::string_view marker) {
    std::set<std::string> found;
    for (std::size_t at = text.find(marker); at != std::string_view::npos; at = text.find(marker, at + 1)) {
        const std::size_t begin = at + marker.size();
        found.emplace(text.substr(begin, text.find('\n', begin) - begin));
    }
    return found;
}

struct Reference {
    std::string what;
    std::set<std::string> names;
    std::size_t names_min;
};

/// Literals of every file in `folder` that begin with `prefix`.
std::set<std::string> names_in(const std::string& folder, std::string_view prefix) {
    std::set<std::string> names;
    for (const SourceFile& file : tidy::files({folder}, {".cpp", ".hpp"})) names.merge(literals(file.text, prefix));
    return names;
}

TEST(Documents, the_operations_page_names_all_that_can_be_set_or_seen) {
    const std::string page = tidy::read(tidy::root() / "docs/operations.md");
    const std::string alerts = tidy::read(tidy::root() / "config/monitoring/prometheus_rule.yaml");
    const std::vector<Reference> all{
        {"a variable of the environment", names_in("src/sei/platform", "SEI_"), 27},
        {"a metric of the operator", names_in("src/sei", "sei_controller_"), 7},
        {"a metric of controllers", names_in("src/kube/runtime", "controller_runtime_"), 5},
        {"a metric of work queues", names_in("src/kube/runtime", "workqueue_"), 5},
        {"a metric of requests", names_in("src/kube/runtime", "rest_client_"), 1},
        {"a metric of leader election", names_in("src/kube/runtime", "leader_election_"), 1},
        {"a metric of reflectors", names_in("src/kube/runtime", "reflector_"), 2},
        {"a metric of the process", names_in("src/kube/runtime", "process_"), 5},
        {"an alert", rest_of_lines(alerts, "- alert: "), 8},
        {"a reason of an event", literals(tidy::read(tidy::root() / "src/sei/api/events.hpp"), ""), 5},
        {"a condition or its reason", literals(tidy::read(tidy::root() / "src/sei/api/conditions.hpp"), ""), 30},
    };
    for (const Reference& reference : all) {
        SCOPED_TRACE(reference.what);
        EXPECT_GE(reference.names.size(), reference.names_min);
        for (const std::string& name : reference.names) {
            EXPECT_NE(page.find("`" + name + "`"), std::string::npos) << "docs/operations.md does not name " << name;
        }
    }
}

/// Every metric that the code emits.
std::set<std::string> emitted_metrics() {
    std::set<std::string> names = names_in("src/sei", "sei_controller_");
    for (const char* prefix :
         {"controller_runtime_", "workqueue_", "rest_client_", "leader_election_", "reflector_", "process_"}) {
        names.merge(names_in("src/kube/runtime", prefix));
    }
    return names;
}

/// The text of each `expr: |-` of a rule file, its lines joined.
std::vector<std::string> expressions_of(std::string_view rules) {
    constexpr std::string_view kMarker = "expr: |-\n";
    constexpr std::string_view kIndent = "        ";
    std::vector<std::string> found;
    for (std::size_t at = rules.find(kMarker); at != std::string_view::npos; at = rules.find(kMarker, at + 1)) {
        std::string expression;
        for (std::size_t begin = at + kMarker.size(); rules.substr(begin).starts_with(kIndent);) {
            const std::size_t end = std::min(rules.find('\n', begin), rules.size() - 1);
            expression += rules.substr(begin, end - begin);
            begin = end + 1;
        }
        found.push_back(std::move(expression));
    }
    return found;
}

/// The metrics that a query asks for: words with an underscore that are no function and no label. (`up`, which
/// Prometheus makes itself, has none.)
std::set<std::string> metrics_in(std::string_view query) {
    const auto is_of_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    std::set<std::string> found;
    std::string_view last_word;
    for (std::size_t at = 0; at < query.size();) {
        const char c = query[at];
        const bool lists_labels = c == '(' && (last_word == "by" || last_word == "without" || last_word == "on");
        if (lists_labels || c == '{' || c == '[') {
            const std::size_t close = query.find(c == '{' ? '}' : (c == '[' ? ']' : ')'), at);
            at = std::min(close, query.size() - 1) + 1;
            last_word = {};
        } else if (is_of_word(c)) {
            const std::size_t begin = at;
            while (at < query.size() && is_of_word(query[at])) ++at;
            last_word = query.substr(begin, at - begin);
            const bool is_function = at < query.size() && query[at] == '(';
            if (last_word.contains('_') && !is_function) found.emplace(last_word);
        } else {
            ++at;
        }
    }
    return found;
}

TEST(Documents, metrics_of_a_query_are_told_from_its_functions_and_labels) {
    EXPECT_EQ(
        metrics_in(
            R"(histogram_quantile(0.9, sum by (a_b) (rate(x_total{c_d="e_f"}[5m]))) > 1 unless on (g_h) y_z == 1)"
        ),
        (std::set<std::string>{"x_total", "y_z"})
    );
}

TEST(Documents, alerts_ask_for_metrics_that_the_code_emits) {
    const std::string rules = tidy::read(tidy::root() / "config/monitoring/prometheus_rule.yaml");
    const std::vector<std::string> expressions = expressions_of(rules);
    EXPECT_EQ(expressions.size(), rest_of_lines(rules, "- alert: ").size());
    const std::set<std::string> emitted = emitted_metrics();
    for (const std::string& expression : expressions) {
        for (const std::string& metric : metrics_in(expression)) {
            bool is_emitted = emitted.contains(metric);
            for (const std::string_view part : {"_bucket", "_sum", "_count"}) {
                if (!metric.ends_with(part)) continue;
                is_emitted = is_emitted || emitted.contains(metric.substr(0, metric.size() - part.size()));
            }
            EXPECT_TRUE(is_emitted) << "nothing emits " << metric << ", which an alert asks for: " << expression;
        }
    }
}

}  // namespace
