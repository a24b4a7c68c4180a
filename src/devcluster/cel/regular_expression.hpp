// Regular expressions in RE2's syntax, matched in time linear in the text: what `pattern` and `matches()` mean in
// Kubernetes.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace devcluster::cel {

/// A compiled regular expression. Cheap to copy; matching does not change it.
///
/// The syntax is RE2's without Unicode classes (`\p{L}`), octal escapes and the flag `U`, which are refused. Texts and
/// patterns are UTF-8, and one character is one code point. std::regex is not used: it recurses once per character and
/// overflows the stack on texts that clients may send.
class RegularExpression {
public:
    /// Compiles `pattern`. The error says what is wrong with it, in one line without the pattern.
    [[nodiscard]] static std::expected<RegularExpression, std::string> compile(std::string_view pattern);

    /// Whether any part of `text` matches (Go's `MatchString`): anchor with ^ and $ to match the whole.
    [[nodiscard]] bool matches(std::string_view text) const;

    /// Where a match starts and ends, as byte offsets.
    struct Span {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    /// The leftmost match that starts at byte `from` or later, among those the one that a backtracking matcher would
    /// find.
    [[nodiscard]] std::optional<Span> find(std::string_view text, std::size_t from = 0) const;

    struct Automaton;

private:
    explicit RegularExpression(std::shared_ptr<const Automaton> automaton);
    std::shared_ptr<const Automaton> automaton_;
};

}  // namespace devcluster::cel
