#include "kube/meta/quantity.hpp"

#include <gtest/gtest.h>

namespace kube {
namespace {

TEST(Quantity, is_refused_when_its_text_does_not_follow_the_grammar) {
    for (const std::string_view text : {"",   " ",  "1 Gi", " 1",  "1 ",  "Gi", "-",     ".",  "1..2", "1.2.3",
                                        "1K", "1B", "1GiB", "1kk", "0x1", "1e", "1e1.5", "e3", "++1",  "1,5"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(Quantity::parse(text));
    }
}

TEST(Quantity, keeps_the_text_that_it_was_read_from) {
    for (const std::string_view text :
         {"0", "+1", "-1", "1.", ".5", "007", "1024Mi", "1e3", "1E3", "1E", "5e-3", "2000Gi"}) {
        SCOPED_TRACE(text);
        const auto quantity = Quantity::parse(text);
        ASSERT_TRUE(quantity);
        EXPECT_EQ(quantity->text(), text);
    }
}

TEST(Quantity, compares_by_value) {
    struct Case {
        std::string behaviour;
        std::string left;
        std::string right;
        std::partial_ordering expected;
    };
    const auto less = std::partial_ordering::less;
    const auto equal = std::partial_ordering::equivalent;
    for (const auto& [behaviour, left, right, expected] : std::vector<Case>{
             {"binary suffixes are powers of 1024", "1Gi", "1024Mi", equal},
             {"decimal suffixes are powers of 1000", "1G", "1000M", equal},
             {"a binary suffix is more than its decimal brother", "1G", "1Gi", less},
             {"milli is a thousandth", "1000m", "1", equal},
             {"micro and nano", "1u", "1000n", equal},
             {"an exponent is a power of ten", "1e3", "1k", equal},
             {"an upper-case exponent, too", "12E2", "1200", equal},
             {"E alone is exa", "1E", "1000P", equal},
             {"a negative exponent", "5e-3", "5m", equal},
             {"fractions", "1.5Gi", "1536Mi", equal},
             {"a fraction without its zero", ".5", "500m", equal},
             {"zeros do not matter", "0001.500", "1.5", equal},
             {"zero is zero in any unit", "0Ei", "-0n", equal},
             {"a sign", "-1", "0", less},
             {"of two negative ones the larger amount is less", "-2", "-1", less},
             {"more digits than 64 bits have", "18446744073709551616", "18446744073709551617", less},
             {"finer than nano", "0.0000000001", "0.0000000002", less},
             {"sizes of disks", "2000Gi", "2Ti", less},
             {"the largest units", "1024Pi", "1Ei", equal},
         }) {
        SCOPED_TRACE(behaviour);
        EXPECT_EQ(Quantity{left} <=> Quantity{right}, expected);
        EXPECT_EQ(Quantity{left} == Quantity{right}, expected == equal);
        EXPECT_EQ(Quantity{right} < Quantity{left}, false);
    }
}

TEST(Quantity, has_no_order_when_it_is_none) {
    EXPECT_EQ(Quantity{"lots"} <=> Quantity{"1"}, std::partial_ordering::unordered);
    EXPECT_FALSE(Quantity{"lots"} == Quantity{"1"});
    EXPECT_TRUE(Quantity{"lots"} == Quantity{"lots"});
}

TEST(Quantity, has_the_canonical_form_of_the_api_server) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"1000m", "1"},
        {"0.5", "500m"},
        {"4.0", "4"},
        {"1000", "1k"},
        {"1.5Gi", "1536Mi"},
        {"1024Mi", "1Gi"},
        {"2048Gi", "2Ti"},
        {"2000Gi", "2000Gi"},
        {"448Gi", "448Gi"},
        {"40Ti", "40Ti"},
        {"1e3", "1e3"},
        {"10e3", "10e3"},
        {"1e4", "10e3"},
        {"0", "0"},
        {"0Gi", "0"},
        {"-1.5", "-1500m"},
        {"0.5Ki", "512"},
        {"1.5Ki", "1536"},
        {"0.1Ki", "102400m"},
        {"64Mi", "64Mi"},
        {"50m", "50m"},
        {"100", "100"},
        {"1.0000000001", "1000000001n"},
        {"0.99999999999", "1"},
        {"16Ei", "9223372036854775807"},
        {"1234567k", "1234567k"},
        {"1000E", "1000E"},
    };
    for (const auto& [text, expected] : cases) {
        SCOPED_TRACE(text);
        EXPECT_EQ(Quantity{text}.canonical(), expected);
    }
}

}  // namespace
}  // namespace kube
