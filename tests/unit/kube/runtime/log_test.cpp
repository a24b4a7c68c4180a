#include "kube/runtime/log.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kube {
namespace {

using namespace std::chrono_literals;

class FixedClock final : public Clock {
public:
    WallTime now() const override { return WallTime{1'779'813'784'250'000us}; }
    MonotonicTime monotonic() const override { return {}; }
    Async<> sleep_until(MonotonicTime) override { co_return; }
};

struct Lines {
    FixedClock clock;
    std::vector<std::string> lines;
    Logger logger(LogOptions options = {}) {
        return make_logger(clock, options, [this](std::string_view line) { lines.emplace_back(line); });
    }
};

TEST(Logger, writes_one_json_object_with_level_time_message_fields_error) {
    Lines out;
    out.logger().named("setup").error("Invalid configuration", "X is required", {{"count", 2}, {"on", true}});
    ASSERT_EQ(out.lines.size(), 1u);
    EXPECT_EQ(
        out.lines[0],
        R"({"level":"error","ts":"2026-05-26T16:43:04Z","logger":"setup","msg":"Invalid configuration",)"
        R"("count":2,"on":true,"error":"X is required"})"
    );
}

TEST(Logger, carries_its_own_fields_into_each_line) {
    Lines out;
    const Logger logger = out.logger().with({{"SeiNode", NamespacedName{"ns", "n0"}}});
    logger.info("hello", {{"key", std::string{"value"}}});
    ASSERT_EQ(out.lines.size(), 1u);
    EXPECT_EQ(
        out.lines[0],
        R"({"level":"info","ts":"2026-05-26T16:43:04Z","msg":"hello","SeiNode":{"name":"n0","namespace":"ns"},"key":"value"})"
    );
}

TEST(Logger, takes_an_error_without_a_text_beside_fields) {
    Lines out;
    out.logger().error("failed", {{"key", "value"}});
    ASSERT_EQ(out.lines.size(), 1u);
    EXPECT_NE(out.lines[0].find(R"("key":"value")"), std::string::npos);
}

TEST(Logger, drops_what_is_below_its_level) {
    Lines out;
    out.logger().debug("hidden");
    out.logger({.level = LogLevel::Panic}).error("hidden too");
    EXPECT_TRUE(out.lines.empty());
}

TEST(Logger, writes_console_lines_for_people) {
    Lines out;
    out.logger({.encoding = LogEncoding::Console}).named("manager").info("started", {{"port", 8080}});
    ASSERT_EQ(out.lines.size(), 1u);
    EXPECT_EQ(out.lines[0], "2026-05-26T16:43:04Z\tINFO\tmanager\tstarted\t{\"port\":8080}");
}

TEST(Logger, thins_out_equal_messages_of_one_second) {
    Lines out;
    const Logger logger = out.logger();
    for (int i = 0; i < 350; ++i) logger.info("again");
    EXPECT_EQ(out.lines.size(), 102u);
}

TEST(Logger, writes_nothing_when_default_constructed) {
    const Logger logger;
    logger.with({{"a", 1}}).named("b").info("c");
    EXPECT_FALSE(logger.is_enabled(LogLevel::Error));
}

TEST(LogLevel, parses_names_and_verbosities) {
    struct Case {
        std::string_view text;
        std::optional<LogLevel> level;
    };
    for (const Case& one : std::vector<Case>{
             {"debug", LogLevel::Debug},
             {"info", LogLevel::Info},
             {"error", LogLevel::Error},
             {"panic", LogLevel::Panic},
             {"3", LogLevel::Debug},
             {"0", std::nullopt},
             {"-1", std::nullopt},
             {"loud", std::nullopt},
         }) {
        SCOPED_TRACE(one.text);
        EXPECT_EQ(parse_log_level(one.text), one.level);
    }
}

TEST(LogTimeEncoding, has_six_forms) {
    struct Case {
        std::string_view name;
        std::string_view expected;
    };
    for (const Case& one : std::vector<Case>{
             {"epoch", R"("ts":1779813784.250000)"},
             {"millis", R"("ts":1779813784250.000)"},
             {"nanos", R"("ts":1779813784250000000)"},
             {"iso8601", R"("ts":"2026-05-26T16:43:04.250Z")"},
             {"rfc3339", R"("ts":"2026-05-26T16:43:04Z")"},
             {"rfc3339nano", R"("ts":"2026-05-26T16:43:04.25Z")"},
         }) {
        SCOPED_TRACE(one.name);
        Lines out;
        out.logger({.time_encoding = *parse_log_time_encoding(one.name)}).info("x");
        ASSERT_EQ(out.lines.size(), 1u);
        EXPECT_NE(out.lines[0].find(one.expected), std::string::npos) << out.lines[0];
    }
}

}  // namespace
}  // namespace kube
