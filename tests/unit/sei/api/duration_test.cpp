#include "sei/api/duration.hpp"

#include <gtest/gtest.h>

namespace sei::api {
namespace {

using namespace std::chrono_literals;

TEST(Duration, is_read_in_gos_syntax) {
    const std::vector<std::pair<std::string, std::chrono::nanoseconds>> cases{
        {"0", 0ns},
        {"-0", 0ns},
        {"+5s", 5s},
        {"5m", 5min},
        {"1h30m", 90min},
        {"1.5h", 90min},
        {".5s", 500ms},
        {"1.s", 1s},
        {"-1.5m", -90s},
        {"100ms", 100ms},
        {"1us", 1us},
        {"1\u00b5s", 1us},
        {"1\u03bcs", 1us},
        {"7ns", 7ns},
        {"1h1m1s1ms1us1ns", 3661001001001ns},
        {"3m2s1m", 242s},
        {"0.0000000001s", 0ns},
        {"9999h0m0s", 9999h},
        {"9223372036854775807ns", std::chrono::nanoseconds::max()},
        {"-9223372036854775808ns", std::chrono::nanoseconds::min()},
        {"0.9223372036854775807h", 3320413933267ns},
    };
    for (const auto& [text, expected] : cases) {
        SCOPED_TRACE(text);
        const auto duration = parse_duration(text);
        ASSERT_TRUE(duration);
        EXPECT_EQ(*duration, expected);
    }
}

TEST(Duration, is_refused_when_it_is_none) {
    for (const std::string_view text :
         {"",
          "5",
          "-",
          "+",
          "s",
          ".s",
          "5 m",
          " 5m",
          "5m ",
          "5d",
          "1e3s",
          "--5s",
          "1..5s",
          "soon",
          "9223372036854775808ns",
          "2562048h",
          "-9223372036854775809ns",
          "5mm"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_duration(text));
    }
}

TEST(Duration, is_written_canonically) {
    const std::vector<std::pair<std::chrono::nanoseconds, std::string>> cases{
        {0ns, "0s"},
        {5min, "5m0s"},
        {90min, "1h30m0s"},
        {90s, "1m30s"},
        {1500ms, "1.5s"},
        {100ms, "100ms"},
        {1500us, "1.5ms"},
        {1100ns, "1.1\u00b5s"},
        {7ns, "7ns"},
        {-90s, "-1m30s"},
        {24h, "24h0m0s"},
        {3600000000001ns, "1h0m0.000000001s"},
        {std::chrono::nanoseconds::min(), "-2562047h47m16.854775808s"},
    };
    for (const auto& [duration, expected] : cases) {
        SCOPED_TRACE(expected);
        EXPECT_EQ(to_string(duration), expected);
    }
}

}  // namespace
}  // namespace sei::api
