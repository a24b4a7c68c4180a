#include "screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

namespace sei_demo {
namespace {

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
}

bool writes_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string_view locale = variable(name);
        if (locale.empty()) continue;
        return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
    }
    return false;
}

}  // namespace

Screen::Screen(std::chrono::steady_clock::time_point start)
    : is_terminal_{::isatty(STDOUT_FILENO) == 1 && variable("TERM") != "dumb"}, start_{start} {
    look_.has_color = is_terminal_ && variable("NO_COLOR").empty();
    look_.has_utf8 = writes_utf8();
}

Canvas Screen::canvas() const {
    Canvas canvas = look_;
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        canvas.columns = size.ws_col;
        canvas.rows = size.ws_row;
    }
    // Room for the cursor, and for the line that was said last.
    canvas.rows = std::max<std::size_t>(canvas.rows, 4) - 2;
    return canvas;
}

std::string Screen::stamp() const {
    const auto passed = std::chrono::steady_clock::now() - start_;
    return fmt::format("{:5.2f}s  ", std::chrono::duration<double>(passed).count());
}

void Screen::show(const std::vector<Row>& tree) {
    if (!is_terminal_) {
        tell_changes(tree);
        return;
    }
    std::vector<std::string> lines = draw(tree, canvas());
    if (lines != drawn_) redraw(lines);
}

/// One write, so that nothing flickers: up to where the tree began, each line anew, the rest of the screen cleared.
void Screen::redraw(const std::vector<std::string>& lines) {
    std::string out;
    if (!drawn_.empty()) out += fmt::format("\x1b[{}A\r", drawn_.size());
    for (const std::string& line : lines) out += line + "\x1b[K\n";
    out += "\x1b[J";
    fmt::print("{}", out);
    (void)std::fflush(stdout);
    drawn_ = lines;
}

void Screen::tell_changes(const std::vector<Row>& tree) {
    std::vector<Fact> facts = facts_of(tree);
    for (const Fact& fact : facts) {
        if (std::ranges::find(told_, fact) == told_.end()) fmt::print("{}{}: {}\n", stamp(), fact.path, fact.text);
    }
    for (const Fact& told : told_) {
        const bool is_object = told.path.find(" / plan") == std::string::npos;
        if (is_object && std::ranges::find(facts, told.path, &Fact::path) == facts.end()) {
            fmt::print("{}{}: gone\n", stamp(), told.path);
        }
    }
    (void)std::fflush(stdout);
    told_ = std::move(facts);
}

void Screen::say(const std::string& line) {
    const std::vector<std::string> tree = drawn_;
    if (is_terminal_) redraw({});
    fmt::print("{}{}\n", stamp(), line);
    (void)std::fflush(stdout);
    if (is_terminal_) redraw(tree);
}

void Screen::leave_tree() {
    drawn_.clear();
}

}  // namespace sei_demo
