// A tree as text: lines for a terminal of some size, or single facts for a log. Pure.
#pragma once

#include <string>
#include <vector>

#include "tree.hpp"

namespace sei_demo {

/// What can be drawn on.
struct Canvas {
    std::size_t columns = 80;
    /// Plans are folded to one line each, the last first, until the tree fits.
    std::size_t rows = 24;
    bool has_color = false;
    /// Without UTF-8 the tree is drawn in ASCII.
    bool has_utf8 = false;
};

/// One string for each line, none longer than the canvas is wide (colours not counted).
[[nodiscard]] std::vector<std::string> draw(std::vector<Row> tree, const Canvas& canvas);

/// A row that there is something to say of.
struct Fact {
    /// "fleet / fleet-0 / plan / config-apply"
    std::string path;
    /// "done"
    std::string text;
    bool operator==(const Fact&) const = default;
};
/// In the order of the tree.
[[nodiscard]] std::vector<Fact> facts_of(const std::vector<Row>& tree);

/// How many columns UTF-8 text takes, if each character takes one.
[[nodiscard]] std::size_t width_of(const std::string& text);

}  // namespace sei_demo
