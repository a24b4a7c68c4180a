#include "drawing.hpp"

#include <algorithm>
#include <ranges>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace sei_demo {
namespace {

struct Glyphs {
    std::string_view branch;
    std::string_view last_branch;
    std::string_view stem;
    std::string_view done;
    std::string_view now;
    std::string_view later;
    std::string_view failed;
    std::string_view arrow;
    std::string_view cut;
};
constexpr Glyphs kUtf8{"├─ ", "└─ ", "│  ", "✔ ", "● ", "○ ", "✘ ", "→", "…"};
constexpr Glyphs kAscii{"|- ", "`- ", "|  ", "+ ", "* ", ". ", "! ", "->", "~"};

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kYellow = "\x1b[33m";

std::size_t lines_of(const std::vector<Row>& rows) {
    std::size_t lines = rows.size();
    for (const Row& row : rows) lines += lines_of(row.rows);
    return lines;
}

bool is_plan(const Row& row) {
    return !row.rows.empty() && row.rows.front().mark != Mark::None;
}

/// One line in place of a plan's tasks: the one that it is at.
void fold(Row& plan) {
    const auto at = std::ranges::find_if(plan.rows, [](const Row& task) {
        return task.mark == Mark::Now || task.mark == Mark::Failed;
    });
    if (at != plan.rows.end()) {
        plan.text += fmt::format("  {}{}{}", at->name, at->text.empty() ? "" : " ", at->text);
        plan.waits_for = at->waits_for;
    }
    plan.rows.clear();
}

/// The last plan that is not folded; null when all are.
Row* last_open_plan(std::vector<Row>& rows) {
    for (Row& row : std::views::reverse(rows)) {
        if (is_plan(row)) return &row;
        if (Row* found = last_open_plan(row.rows)) return found;
    }
    return nullptr;
}

/// Text in parts that may have colours, cut at a width.
class Line {
public:
    Line(const Canvas& canvas, const Glyphs& glyphs) : canvas_{canvas}, glyphs_{glyphs} {}

    void add(std::string_view text, std::string_view color = {}) {
        const std::size_t left = canvas_.columns - width_;
        const std::size_t width = width_of(std::string{text});
        if (is_cut_ || text.empty()) return;
        std::string shown{text};
        if (width > left) {
            shown = first(text, left > 0 ? left - 1 : 0) + (left > 0 ? std::string{glyphs_.cut} : "");
            is_cut_ = true;
        }
        width_ += std::min(width, left);
        out_ += canvas_.has_color && !color.empty() ? fmt::format("{}{}{}", color, shown, kReset) : shown;
    }
    [[nodiscard]] std::string done() { return std::move(out_); }

private:
    static std::string first(std::string_view text, std::size_t count) {
        std::size_t end = 0;
        for (; end < text.size() && count > 0; --count) {
            ++end;
            while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) ++end;
        }
        return std::string{text.substr(0, end)};
    }
    const Canvas& canvas_;
    const Glyphs& glyphs_;
    std::string out_;
    std::size_t width_ = 0;
    bool is_cut_ = false;
};

class Drawing {
public:
    explicit Drawing(const Canvas& canvas) : canvas_{canvas}, glyphs_{canvas.has_utf8 ? kUtf8 : kAscii} {}

    void add(const std::vector<Row>& rows, const std::string& stem, bool is_top) {
        std::size_t name_width = 0;
        for (const Row& row : rows) name_width = std::max(name_width, row.name.size());
        for (const Row& row : rows) {
            const bool is_last = &row == &rows.back();
            add(row, is_top ? "" : stem + std::string{is_last ? glyphs_.last_branch : glyphs_.branch}, name_width);
            add(row.rows, is_top ? "" : stem + (is_last ? "   " : std::string{glyphs_.stem}), false);
        }
    }
    std::vector<std::string> lines() { return std::move(lines_); }

private:
    void add(const Row& row, const std::string& stem, std::size_t name_width) {
        Line line{canvas_, glyphs_};
        line.add(stem, kDim);
        const auto [glyph, color] = look(row.mark);
        line.add(glyph, color);
        const bool has_text = row.mark != Mark::Done && !row.text.empty();
        const std::size_t width = has_text || !row.waits_for.empty() ? name_width : 0;  // aligned with what follows
        line.add(fmt::format("{:<{}}", row.name, width), row.mark == Mark::None ? kBold : color);
        if (has_text) {
            line.add("  ");
            line.add(with_arrows(row.text), row.mark == Mark::Failed ? kRed : std::string_view{});
        }
        if (!row.waits_for.empty()) {
            line.add("  ");
            line.add("waits for " + row.waits_for, kYellow);
        }
        lines_.push_back(line.done());
    }
    [[nodiscard]] std::pair<std::string_view, std::string_view> look(Mark mark) const {
        switch (mark) {
            case Mark::None:
                return {"", ""};
            case Mark::Done:
                return {glyphs_.done, kGreen};
            case Mark::Now:
                return {glyphs_.now, kYellow};
            case Mark::Later:
                return {glyphs_.later, kDim};
            case Mark::Failed:
                return {glyphs_.failed, kRed};
        }
        return {"", ""};
    }
    [[nodiscard]] std::string with_arrows(std::string text) const {
        if (const std::size_t at = text.find("->"); at != std::string::npos) text.replace(at, 2, glyphs_.arrow);
        return text;
    }
    const Canvas& canvas_;
    const Glyphs& glyphs_;
    std::vector<std::string> lines_;
};

void collect(const std::vector<Row>& rows, const std::string& path, std::vector<Fact>& facts) {
    for (const Row& row : rows) {
        const std::string here = path.empty() ? row.name : path + " / " + row.name;
        std::string fact = row.text;
        if (!row.waits_for.empty()) fact += fmt::format("{}waits for {}", fact.empty() ? "" : "  ", row.waits_for);
        // That a step is the next one shows in the one before.
        if (!fact.empty()) facts.push_back({here, std::move(fact)});
        collect(row.rows, here, facts);
    }
}

}  // namespace

std::vector<std::string> draw(std::vector<Row> tree, const Canvas& canvas) {
    while (lines_of(tree) > canvas.rows) {
        Row* plan = last_open_plan(tree);
        if (plan == nullptr) break;
        fold(*plan);
    }
    Drawing drawing{canvas};
    drawing.add(tree, "", true);
    std::vector<std::string> lines = drawing.lines();
    if (lines.size() > canvas.rows) lines.resize(canvas.rows);
    return lines;
}

std::vector<Fact> facts_of(const std::vector<Row>& tree) {
    std::vector<Fact> facts;
    collect(tree, "", facts);
    return facts;
}

std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u;
    }));
}

}  // namespace sei_demo
