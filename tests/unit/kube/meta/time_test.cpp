#include "kube/meta/time.hpp"

#include <gtest/gtest.h>

namespace kube {
namespace {

TEST(Time, is_read_in_any_rfc_3339_form) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"2026-01-02T15:04:05Z", "2026-01-02T15:04:05Z"},
        {"2026-01-02t15:04:05z", "2026-01-02T15:04:05Z"},
        {"2026-01-02T15:04:05.999999999Z", "2026-01-02T15:04:05Z"},
        {"2026-01-02T15:04:05+02:00", "2026-01-02T13:04:05Z"},
        {"2025-12-31T23:30:00-01:30", "2026-01-01T01:00:00Z"},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
        {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
    };
    for (const auto& [text, expected] : cases) {
        SCOPED_TRACE(text);
        const auto time = parse_time(text);
        ASSERT_TRUE(time);
        EXPECT_EQ(to_string(*time), expected);
    }
}

TEST(Time, is_refused_when_it_is_no_time) {
    for (const std::string_view text :
         {"",
          "2026-01-02",
          "2026-01-02T15:04:05",
          "2026-13-02T15:04:05Z",
          "2026-02-29T15:04:05Z",
          "2026-01-02T24:00:00Z",
          "2026-01-02T15:04:05.Z",
          "2026-01-02T15:04:05Zz",
          "2026-01-02 15:04:05Z",
          "2026-1-2T15:04:05Z",
          "2026-01-02T15:04:05+2:00",
          "now"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_time(text));
    }
}

TEST(MicroTime, keeps_six_digits) {
    const auto time = parse_micro_time("2026-01-02T15:04:05.1234567Z");
    ASSERT_TRUE(time);
    EXPECT_EQ(to_string(*time), "2026-01-02T15:04:05.123456Z");
    EXPECT_EQ(to_string(parse_micro_time("2026-01-02T15:04:05Z").value()), "2026-01-02T15:04:05.000000Z");
}

}  // namespace
}  // namespace kube
