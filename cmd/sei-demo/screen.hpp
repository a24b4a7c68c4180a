// Where the demo shows its tree: redrawn in place on a terminal, and elsewhere as a line for each thing that changed.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "drawing.hpp"

namespace sei_demo {

/// On a terminal: lines that stay on top, and below them the tree, redrawn when it changed.
class Screen {
public:
    /// Looks at standard output, and at what the environment says of its letters (LC_ALL, LC_CTYPE, LANG) and colours
    /// (NO_COLOR, TERM).
    explicit Screen(std::chrono::steady_clock::time_point start);

    void show(const std::vector<Row>& tree);
    /// A line that stays, with the time since the start.
    void say(const std::string& line);
    /// Leaves the tree where it is: what is shown next goes below it.
    void leave_tree();

private:
    [[nodiscard]] std::string stamp() const;
    [[nodiscard]] Canvas canvas() const;
    void redraw(const std::vector<std::string>& lines);
    void tell_changes(const std::vector<Row>& tree);

    bool is_terminal_;
    Canvas look_;
    std::chrono::steady_clock::time_point start_;
    /// On the terminal now.
    std::vector<std::string> drawn_;
    /// Told already, where there is no terminal.
    std::vector<Fact> told_;
};

}  // namespace sei_demo
