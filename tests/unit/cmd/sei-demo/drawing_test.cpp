#include "../../../../cmd/sei-demo/drawing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sei_demo {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Row a_step(Mark mark, std::string name, std::string waits_for = {}) {
    return {.mark = mark, .name = std::move(name), .text = {}, .waits_for = std::move(waits_for), .rows = {}};
}

Row a_node(std::string name) {
    Row plan{.name = "plan", .text = "coming up 1/3", .waits_for = {}, .rows = {}};
    plan.rows = {
        a_step(Mark::Done, "apply-service"),
        a_step(Mark::Now, "config-apply", "its sidecar"),
        a_step(Mark::Later, "end")
    };
    return {.name = std::move(name), .text = "Running  v1 -> v2", .waits_for = {}, .rows = {plan}};
}

std::vector<Row> a_fleet() {
    return {{.name = "fleet", .text = "Ready", .waits_for = {}, .rows = {a_node("fleet-0"), a_node("fleet-1")}}};
}

TEST(Drawing, draws_a_tree) {
    EXPECT_THAT(
        draw(a_fleet(), {.columns = 80, .rows = 24, .has_color = false, .has_utf8 = true}),
        ElementsAre(
            "fleet  Ready",
            "├─ fleet-0  Running  v1 → v2",
            "│  └─ plan  coming up 1/3",
            "│     ├─ ✔ apply-service",
            "│     ├─ ● config-apply   waits for its sidecar",
            "│     └─ ○ end",
            "└─ fleet-1  Running  v1 → v2",
            "   └─ plan  coming up 1/3",
            "      ├─ ✔ apply-service",
            "      ├─ ● config-apply   waits for its sidecar",
            "      └─ ○ end"
        )
    );
}

TEST(Drawing, folds_the_last_plans_where_there_are_too_few_rows) {
    const auto lines = draw(a_fleet(), {.columns = 80, .rows = 8, .has_color = false, .has_utf8 = true});
    EXPECT_THAT(lines, Contains("   └─ plan  coming up 1/3  config-apply  waits for its sidecar"));
    EXPECT_THAT(lines, Contains("│     ├─ ✔ apply-service"));
    EXPECT_EQ(lines.size(), 8u);
}

TEST(Drawing, has_never_more_lines_than_the_canvas) {
    EXPECT_EQ(draw(a_fleet(), {.columns = 80, .rows = 3, .has_color = false, .has_utf8 = true}).size(), 3u);
}

TEST(Drawing, cuts_a_line_at_the_width_of_the_canvas) {
    for (const auto& line : draw(a_fleet(), {.columns = 20, .rows = 24, .has_color = false, .has_utf8 = true})) {
        EXPECT_LE(width_of(line), 20u) << line;
    }
    const auto lines = draw(a_fleet(), {.columns = 20, .rows = 24, .has_color = false, .has_utf8 = true});
    EXPECT_EQ(lines[1], "├─ fleet-0  Running…");
}

TEST(Drawing, is_ascii_where_there_is_no_utf8) {
    for (const auto& line : draw(a_fleet(), {.columns = 80, .rows = 24, .has_color = false, .has_utf8 = false})) {
        for (const char c : line) EXPECT_LT(static_cast<unsigned char>(c), 0x80u) << line;
    }
}

TEST(Drawing, has_colors_only_where_they_are_asked_for) {
    const Canvas plain{.columns = 80, .rows = 24, .has_color = false, .has_utf8 = true};
    Canvas colorful = plain;
    colorful.has_color = true;
    EXPECT_THAT(draw(a_fleet(), plain), Not(Contains(HasSubstr("\x1b"))));
    EXPECT_THAT(draw(a_fleet(), colorful), Contains(HasSubstr("\x1b[32m")));
}

TEST(Facts, name_each_row_by_its_path) {
    EXPECT_THAT(
        facts_of({a_node("n")}),
        ElementsAre(
            Fact{"n", "Running  v1 -> v2"},
            Fact{"n / plan", "coming up 1/3"},
            Fact{"n / plan / config-apply", "waits for its sidecar"}
        )
    );
}

}  // namespace
}  // namespace sei_demo
