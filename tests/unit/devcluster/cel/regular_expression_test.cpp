#include "devcluster/cel/regular_expression.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace devcluster::cel {
namespace {

TEST(RegularExpression, matches_as_re2_does) {
    struct Case {
        std::string behaviour;
        std::string pattern;
        std::string text;
        bool expected;
    };
    const std::string quantity =
        R"(^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$)";
    const std::string header = R"(^[A-Za-z0-9!#$%&'*+\-.^_\x60|~]+$)";
    const std::vector<Case> cases{
        {"a pattern without anchors matches inside", "b", "abc", true},
        {"an anchored pattern matches the whole", "^b$", "abc", false},
        {"a dollar does not match before a final line break", "^a$", "a\n", false},
        {"an alternative binds weaker than an anchor", "^a|b$", "xb", true},
        {"an empty alternative matches", "^(|a)$", "", true},
        {"a bounded repetition stops", "^a{1,3}$", "aaaa", false},
        {"a bounded repetition accepts", "^a{1,3}$", "aaa", true},
        {"an exact repetition counts", "^a{2}$", "a", false},
        {"a brace that is no repetition is a literal", "^a{x}$", "a{x}", true},
        {"a dash at the end of a class is a literal", "^[a-]+$", "a-a", true},
        {"a dash at the start of a class is a literal", "^[-a]+$", "-", true},
        {"a closing bracket first in a class is a literal", "^[]]$", "]", true},
        {"a negated class excludes", "^[^/?#]+$", "a?b", false},
        {"a negated class takes letters beyond ASCII", "^[^/?#]+$", "\xC3\xA4", true},
        {"a dot is one code point", "^.$", "\xC3\xA4", true},
        {"a dot is not a line break", "^.$", "\n", false},
        {"the flag s lets a dot be a line break", "(?s)^.$", "\n", true},
        {"the flag i ignores case", "^(?i)abc$", "aBC", true},
        {"a flag ends with its group", "^((?i)a)b$", "AB", false},
        {"a hexadecimal escape is its character", header, "a`b", true},
        {"a class of escapes and ranges rejects others", header, "a b", false},
        {"digits by name", R"(^\d+\s\w+$)", "12 ab_", true},
        {"non-digits by name", R"(^\D+$)", "a1", false},
        {"a word boundary", R"(\bab\b)", "x ab y", true},
        {"no word boundary", R"(\bab\b)", "xab", false},
        {"a POSIX class", "^[[:alpha:]]+$", "ab1", false},
        {"a quoted literal", R"(^\Qa.b\E$)", "axb", false},
        {"a quantity with a binary suffix", quantity, "1.5Gi", true},
        {"a quantity with an exponent", quantity, "1e3", true},
        {"a quantity with an unknown suffix", quantity, "1.5GiB", false},
        {"a nested star ends", "^(a*)*$", "aaaab", false},
        {"a long text does not overflow the stack", "^(a|b)*$", std::string(200000, 'a'), true},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.behaviour);
        const auto expression = RegularExpression::compile(test.pattern);
        ASSERT_TRUE(expression.has_value()) << expression.error();
        EXPECT_EQ(expression->matches(test.text), test.expected);
    }
}

TEST(RegularExpression, refuses_what_it_cannot_match) {
    struct Case {
        std::string behaviour;
        std::string pattern;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"an open group", "(a", "missing closing ): `(a`"},
        {"an open class", "[a", "missing closing ]: `[a`"},
        {"a closing parenthesis alone", "a)", "unexpected ): `a)`"},
        {"a repetition of nothing", "*a", "missing argument to repetition operator: `*`"},
        {"a lookahead", "(?=a)", "invalid or unsupported Perl syntax: `(?=`"},
        {"a lookbehind", "(?<!a)", "invalid or unsupported Perl syntax: `(?<`"},
        {"a back reference", R"((a)\1)", R"(invalid escape sequence: `\1`)"},
        {"a Unicode class", R"(\p{L})", R"(Unicode classes (\p) are not supported by this server)"},
        {"a reversed range", "[b-a]", "invalid character class range"},
        {"a repetition beyond the bound", "a{1001}", "invalid repeat count: `{1001}`"},
        {"a trailing backslash", "a\\", "trailing backslash at end of expression: ``"},
        {"an explosion of repetitions", "((a{100}){100}){100}", "expression too large"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.behaviour);
        const auto expression = RegularExpression::compile(test.pattern);
        ASSERT_FALSE(expression.has_value());
        EXPECT_EQ(expression.error(), test.expected);
    }
}

TEST(RegularExpression, finds_the_leftmost_match_that_backtracking_would_find) {
    struct Case {
        std::string behaviour;
        std::string pattern;
        std::string text;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"a greedy repetition takes all it can", "a+", "xaaay", "aaa"},
        {"a lazy repetition takes the least", "a+?", "xaaay", "a"},
        {"the first alternative wins over a longer one", "a|ab", "ab", "a"},
        {"the leftmost match wins over a longer one", "b+|a", "abbb", "a"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.behaviour);
        const auto span = RegularExpression::compile(test.pattern)->find(test.text);
        ASSERT_TRUE(span.has_value());
        EXPECT_EQ(test.text.substr(span->begin, span->end - span->begin), test.expected);
    }
}

}  // namespace
}  // namespace devcluster::cel
