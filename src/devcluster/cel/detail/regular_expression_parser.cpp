#include "devcluster/cel/detail/regular_expression_parser.hpp"

#include "devcluster/cel/utf8.hpp"

#include <algorithm>
#include <optional>

namespace devcluster::cel::detail {

namespace {
constexpr char32_t kLastCodePoint = 0x10FFFF;
constexpr int kRepeatsMax = 1000;  // RE2's bound.
constexpr int kNestingMax = 250;
}  // namespace

void CharacterSet::add(char32_t first, char32_t last) {
    for (char32_t value = first; value <= last && value < 128; ++value)
        ascii[value >> 6U] |= std::uint64_t{1} << (value & 63U);
    if (last >= 128) ranges.emplace_back(std::max<char32_t>(first, 128), last);
}

void CharacterSet::add(const CharacterSet& other) {
    ascii[0] |= other.ascii[0];
    ascii[1] |= other.ascii[1];
    if (!other.rest_included) {
        ranges.insert(ranges.end(), other.ranges.begin(), other.ranges.end());
        return;
    }
    // The complement of sorted ranges, as ranges: only the negated Perl classes come here, and these have none above
    // 127.
    ranges.emplace_back(128, kLastCodePoint);
}

void CharacterSet::fold_ascii_case() {
    for (char32_t lower = U'a'; lower <= U'z'; ++lower) {
        const char32_t upper = lower - U'a' + U'A';
        if (contains(lower) || contains(upper)) {
            add(lower, lower);
            add(upper, upper);
        }
    }
}

void CharacterSet::invert() {
    ascii[0] = ~ascii[0];
    ascii[1] = ~ascii[1];
    rest_included = !rest_included;
}

namespace {

struct SyntaxError {
    std::string message;
};

std::string quoted(std::string_view what, std::string_view part) {
    return std::string(what) + ": `" + std::string(part) + "`";
}

struct Flags {
    bool ignores_case = false;
    bool is_multiline = false;
    bool dot_matches_newline = false;
};

/// Recursive descent; throws SyntaxError, which does not leave this file.
class Parser {
public:
    explicit Parser(std::string_view pattern) : pattern_(pattern) {}

    RegexNode parse() {
        RegexNode node = alternation();
        if (!at_end()) throw SyntaxError{quoted("unexpected )", pattern_)};
        return node;
    }

private:
    [[nodiscard]] bool at_end() const { return at_ >= pattern_.size(); }
    [[nodiscard]] bool looking_at(std::string_view text) const { return pattern_.substr(at_).starts_with(text); }
    bool accept(std::string_view text) {
        if (!looking_at(text)) return false;
        at_ += text.size();
        return true;
    }
    char32_t next() {
        const CodePoint point = decode_utf8(pattern_, at_);
        if (point.value == kReplacementCharacter && point.length_bytes == 1) throw SyntaxError{"invalid UTF-8"};
        at_ += point.length_bytes;
        return point.value;
    }

    RegexNode alternation() {
        if (++nesting_ > kNestingMax) throw SyntaxError{"expression nests too deeply"};
        RegexNode result{.kind = RegexNode::Kind::Alternate};
        result.children.push_back(concatenation());
        while (accept("|")) result.children.push_back(concatenation());
        --nesting_;
        if (result.children.size() == 1) return std::move(result.children.front());
        return result;
    }

    RegexNode concatenation() {
        RegexNode result{.kind = RegexNode::Kind::Concat};
        while (!at_end() && !looking_at("|") && !looking_at(")")) {
            if (accept("\\Q")) {
                quoted_literal(result);
                continue;
            }
            std::optional<RegexNode> node = atom();
            if (!node) continue;
            repetitions(*node);
            result.children.push_back(std::move(*node));
        }
        return result;
    }

    void quoted_literal(RegexNode& into) {
        while (!at_end() && !accept("\\E")) into.children.push_back(literal(next()));
    }

    /// Nullopt for a flag group such as (?i), which only changes what follows.
    std::optional<RegexNode> atom() {
        if (looking_at("(")) return group();
        if (looking_at("[")) return bracket();
        if (looking_at("\\")) return escape();
        const char32_t value = next();
        switch (value) {
            case U'*':
            case U'+':
            case U'?':
                throw SyntaxError{
                    std::string("missing argument to repetition operator: `") + static_cast<char>(value) + "`"
                };
            case U'^':
                return assertion(flags_.is_multiline ? Assertion::LineBegin : Assertion::TextBegin);
            case U'$':
                return assertion(flags_.is_multiline ? Assertion::LineEnd : Assertion::TextEnd);
            case U'.': {
                RegexNode node{.kind = RegexNode::Kind::Set};
                if (!flags_.dot_matches_newline) node.set.add(U'\n', U'\n');
                node.set.invert();
                return node;
            }
            default:
                return literal(value);
        }
    }

    std::optional<RegexNode> group() {
        accept("(");
        const Flags outer = flags_;
        if (accept("?")) {
            if (looking_at("P<") || (looking_at("<") && !looking_at("<=") && !looking_at("<!"))) {
                const std::size_t close = pattern_.find('>', at_);
                if (close == std::string_view::npos) throw SyntaxError{"invalid named capture"};
                at_ = close + 1;
            } else if (!flag_group()) {
                return std::nullopt;
            }
        }
        RegexNode inner = alternation();
        if (!accept(")")) throw SyntaxError{quoted("missing closing )", pattern_)};
        flags_ = outer;
        return inner;
    }

    /// Whether a group's body follows (`(?i:`), in contrast to `(?i)`.
    bool flag_group() {
        bool value = true;
        while (!at_end()) {
            const char letter = pattern_[at_++];
            switch (letter) {
                case 'i':
                    flags_.ignores_case = value;
                    break;
                case 'm':
                    flags_.is_multiline = value;
                    break;
                case 's':
                    flags_.dot_matches_newline = value;
                    break;
                case '-':
                    value = false;
                    break;
                case ':':
                    return true;
                case ')':
                    return false;
                default:
                    throw SyntaxError{"invalid or unsupported Perl syntax: `(?" + std::string(1, letter) + "`"};
            }
        }
        throw SyntaxError{quoted("missing closing )", pattern_)};
    }

    void repetitions(RegexNode& node) {
        int operators = 0;
        while (!at_end()) {
            int least = 0;
            int most = -1;
            if (accept("*")) {
            } else if (accept("+")) {
                least = 1;
            } else if (accept("?")) {
                most = 1;
            } else if (!looking_at("{") || !counted(least, most)) {
                return;
            }
            if (++operators > 1) throw SyntaxError{"invalid nested repetition operator"};
            RegexNode repeat{
                .kind = RegexNode::Kind::Repeat, .repeats_min = least, .repeats_max = most, .is_greedy = !accept("?")
            };
            repeat.children.push_back(std::move(node));
            node = std::move(repeat);
        }
    }

    /// `{n}`, `{n,}` or `{n,m}`. Anything else is a literal brace.
    bool counted(int& least, int& most) {
        std::size_t at = at_ + 1;
        const auto number = [&]() -> std::optional<int> {
            int value = 0;
            const std::size_t start = at;
            while (at < pattern_.size() && pattern_[at] >= '0' && pattern_[at] <= '9') {
                value = std::min(value * 10 + (pattern_[at] - '0'), kRepeatsMax + 1);
                ++at;
            }
            return at == start ? std::nullopt : std::optional{value};
        };
        const auto first = number();
        if (!first) return false;
        std::optional<int> second = first;
        if (at < pattern_.size() && pattern_[at] == ',') {
            ++at;
            second = number();
        }
        if (at >= pattern_.size() || pattern_[at] != '}') return false;
        if (*first > kRepeatsMax || second.value_or(0) > kRepeatsMax || (second && *second < *first)) {
            throw SyntaxError{"invalid repeat count: `" + std::string(pattern_.substr(at_, at + 1 - at_)) + "`"};
        }
        at_ = at + 1;
        least = *first;
        most = second.value_or(-1);
        return true;
    }

    RegexNode escape() {
        accept("\\");
        if (at_end()) throw SyntaxError{"trailing backslash at end of expression: ``"};
        switch (pattern_[at_]) {
            case 'b':
                ++at_;
                return assertion(Assertion::WordBoundary);
            case 'B':
                ++at_;
                return assertion(Assertion::NoWordBoundary);
            case 'A':
                ++at_;
                return assertion(Assertion::TextBegin);
            case 'z':
                ++at_;
                return assertion(Assertion::TextEnd);
            default:
                break;
        }
        RegexNode node{.kind = RegexNode::Kind::Set};
        if (perl_class(node.set)) return node;
        return literal(escaped_character());
    }

    /// A class such as \d; the backslash was read already.
    bool perl_class(CharacterSet& into) {
        CharacterSet set;
        const char letter = pattern_[at_];
        switch (letter) {
            case 'd':
            case 'D':
                set.add(U'0', U'9');
                break;
            case 's':
            case 'S':
                for (const char32_t space : U"\t\n\f\r ") {
                    if (space != 0) set.add(space, space);
                }
                break;
            case 'w':
            case 'W':
                set.add(U'0', U'9');
                set.add(U'A', U'Z');
                set.add(U'a', U'z');
                set.add(U'_', U'_');
                break;
            case 'p':
            case 'P':
                throw SyntaxError{"Unicode classes (\\p) are not supported by this server"};
            default:
                return false;
        }
        ++at_;
        if (letter < 'a') set.invert();
        into.add(set);
        return true;
    }

    char32_t escaped_character() {
        const char32_t letter = next();
        switch (letter) {
            case U'a':
                return 7;
            case U'f':
                return U'\f';
            case U'n':
                return U'\n';
            case U'r':
                return U'\r';
            case U't':
                return U'\t';
            case U'v':
                return U'\v';
            case U'x':
                return hexadecimal();
            default:
                break;
        }
        const bool is_word = letter >= 128 || (letter >= U'0' && letter <= U'9') ||
                             (letter >= U'A' && letter <= U'Z') || (letter >= U'a' && letter <= U'z');
        if (is_word) {
            std::string shown = "\\";
            append_utf8(shown, letter);
            throw SyntaxError{"invalid escape sequence: `" + shown + "`"};
        }
        return letter;
    }

    char32_t hexadecimal() {
        const auto digit = [](char letter) -> int {
            if (letter >= '0' && letter <= '9') return letter - '0';
            if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
            if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
            return -1;
        };
        const bool is_braced = accept("{");
        char32_t value = 0;
        int digits = 0;
        while (!at_end() && digit(pattern_[at_]) >= 0 && (is_braced || digits < 2) && value <= kLastCodePoint) {
            value = value * 16 + static_cast<char32_t>(digit(pattern_[at_++]));
            ++digits;
        }
        const bool is_complete = is_braced ? digits > 0 && accept("}") : digits == 2;
        if (!is_complete || value > kLastCodePoint) throw SyntaxError{"invalid escape sequence: `\\x`"};
        return value;
    }

    RegexNode bracket() {
        bracket_ = at_;
        accept("[");
        RegexNode node{.kind = RegexNode::Kind::Set};
        const bool is_negated = accept("^");
        bool is_first = true;
        while (is_first || !looking_at("]")) {
            if (at_end()) throw SyntaxError{quoted("missing closing ]", pattern_.substr(bracket_))};
            is_first = false;
            if (looking_at("[:") && posix_class(node.set)) continue;
            if (looking_at("\\") && at_ + 1 < pattern_.size()) {
                ++at_;
                if (perl_class(node.set)) continue;
                --at_;
            }
            range(node.set);
        }
        accept("]");
        if (flags_.ignores_case) node.set.fold_ascii_case();
        if (is_negated) node.set.invert();
        return node;
    }

    void range(CharacterSet& set) {
        const char32_t first = bracket_character();
        char32_t last = first;
        if (looking_at("-") && !looking_at("-]")) {
            accept("-");
            if (at_end()) throw SyntaxError{quoted("missing closing ]", pattern_.substr(bracket_))};
            last = bracket_character();
            if (last < first) throw SyntaxError{"invalid character class range"};
        }
        set.add(first, last);
    }

    char32_t bracket_character() {
        if (!accept("\\")) return next();
        if (at_end()) throw SyntaxError{quoted("missing closing ]", pattern_.substr(bracket_))};
        return escaped_character();
    }

    bool posix_class(CharacterSet& into) {
        const std::size_t close = pattern_.find(":]", at_);
        if (close == std::string_view::npos) return false;
        std::string_view name = pattern_.substr(at_ + 2, close - at_ - 2);
        const bool is_negated = name.starts_with('^');
        if (is_negated) name.remove_prefix(1);
        CharacterSet set;
        if (name == "alnum" || name == "alpha" || name == "word") {
            set.add(U'A', U'Z');
            set.add(U'a', U'z');
        }
        if (name == "alnum" || name == "digit" || name == "word" || name == "xdigit") set.add(U'0', U'9');
        if (name == "word") set.add(U'_', U'_');
        if (name == "lower") set.add(U'a', U'z');
        if (name == "upper") set.add(U'A', U'Z');
        if (name == "xdigit") {
            set.add(U'A', U'F');
            set.add(U'a', U'f');
        }
        if (name == "space") {
            set.add(U'\t', U'\r');
            set.add(U' ', U' ');
        }
        if (name == "ascii") set.add(0, 127);
        if (set.ascii == std::array<std::uint64_t, 2>{}) {
            throw SyntaxError{"invalid character class range: `[:" + std::string(name) + ":]`"};
        }
        if (is_negated) set.invert();
        into.add(set);
        at_ = close + 2;
        return true;
    }

    RegexNode literal(char32_t value) const {
        RegexNode node{.kind = RegexNode::Kind::Set};
        node.set.add(value, value);
        if (flags_.ignores_case) node.set.fold_ascii_case();
        return node;
    }

    static RegexNode assertion(Assertion kind) { return {.kind = RegexNode::Kind::Assert, .assertion = kind}; }

    std::string_view pattern_;
    std::size_t at_ = 0;
    std::size_t bracket_ = 0;  // Where the latest class begins.
    int nesting_ = 0;
    Flags flags_;
};

}  // namespace

std::expected<RegexNode, std::string> parse_regular_expression(std::string_view pattern) {
    try {
        return Parser{pattern}.parse();
    } catch (const SyntaxError& error) {
        return std::unexpected(error.message);
    }
}

}  // namespace devcluster::cel::detail
