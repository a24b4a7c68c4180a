// A regular expression's text, as a tree.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace devcluster::cel::detail {

/// A set of code points: a bitmap for ASCII, sorted or unsorted ranges for the rest.
struct CharacterSet {
    std::array<std::uint64_t, 2> ascii{};
    std::vector<std::pair<char32_t, char32_t>> ranges;  ///< Inclusive, above 127.
    bool rest_included = false;                         ///< Whether code points above 127 outside `ranges` are in it.

    void add(char32_t first, char32_t last);
    void add(const CharacterSet& other);
    void fold_ascii_case();
    void invert();
    [[nodiscard]] bool contains(char32_t value) const {
        if (value < 128) return ((ascii[value >> 6U] >> (value & 63U)) & 1U) != 0;
        for (const auto& [first, last] : ranges) {
            if (value >= first && value <= last) return !rest_included;
        }
        return rest_included;
    }
};

enum class Assertion : std::uint8_t { TextBegin, TextEnd, LineBegin, LineEnd, WordBoundary, NoWordBoundary };

struct RegexNode {
    enum class Kind : std::uint8_t { Empty, Set, Assert, Concat, Alternate, Repeat };
    Kind kind = Kind::Empty;
    CharacterSet set;
    Assertion assertion = Assertion::TextBegin;
    int repeats_min = 0;
    int repeats_max = -1;  ///< -1: no bound.
    bool is_greedy = true;
    std::vector<RegexNode> children;
};

/// The tree of `pattern`, or what is wrong with it.
[[nodiscard]] std::expected<RegexNode, std::string> parse_regular_expression(std::string_view pattern);

}  // namespace devcluster::cel::detail
