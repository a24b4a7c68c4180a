#include "../../../../cmd/sei-operator/flags.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

namespace sei_operator {
namespace {

Flags parsed(std::vector<std::string> arguments) {
    const auto flags = parse_flags("sei-operator", arguments);
    EXPECT_TRUE(flags.has_value()) << (flags ? "" : flags.error().text);
    return flags.value_or(Flags{});
}

TEST(Flags, have_the_defaults_of_the_specification) {
    const Flags flags = parsed({});
    EXPECT_EQ(flags.metrics_bind_address, ":8080");
    EXPECT_EQ(flags.health_probe_bind_address, ":8081");
    EXPECT_TRUE(flags.leader_elect);
    EXPECT_FALSE(flags.metrics_secure);
    EXPECT_FALSE(flags.enable_http2);
    EXPECT_EQ(flags.metrics_cert_name, "tls.crt");
    EXPECT_EQ(flags.metrics_cert_key, "tls.key");
    EXPECT_EQ(flags.kubeconfig, "");
    EXPECT_EQ(flags.log.level, kube::LogLevel::Info);
    EXPECT_EQ(flags.log.encoding, kube::LogEncoding::Json);
}

TEST(Flags, are_read_with_one_dash_or_two_with_equals_or_a_space) {
    EXPECT_EQ(parsed({"-metrics-bind-address", "0"}).metrics_bind_address, "0");
    EXPECT_EQ(parsed({"--metrics-bind-address=0"}).metrics_bind_address, "0");
    EXPECT_EQ(parsed({"-kubeconfig=/a=b"}).kubeconfig, "/a=b");
    EXPECT_EQ(parsed({"--health-probe-bind-address="}).health_probe_bind_address, "");
}

TEST(Flags, take_booleans_bare_or_after_equals) {
    EXPECT_TRUE(parsed({"--metrics-secure"}).metrics_secure);
    EXPECT_FALSE(parsed({"--leader-elect=false"}).leader_elect);
    EXPECT_FALSE(parsed({"-leader-elect=F"}).leader_elect);
}

TEST(Flags, let_a_log_flag_override_the_development_preset_in_either_order) {
    EXPECT_EQ(parsed({"--zap-devel"}).log.encoding, kube::LogEncoding::Console);
    EXPECT_EQ(parsed({"--zap-devel"}).log.level, kube::LogLevel::Debug);
    EXPECT_EQ(parsed({"--zap-encoder=json", "--zap-devel"}).log.encoding, kube::LogEncoding::Json);
    EXPECT_EQ(parsed({"--zap-devel", "--zap-log-level=error"}).log.level, kube::LogLevel::Error);
}

TEST(Flags, end_the_program_with_two_when_they_are_bad) {
    struct Case {
        std::string behaviour;
        std::vector<std::string> arguments;
        std::string begins;
    };
    const std::vector<Case> cases{
        {"an unknown flag", {"--metrics"}, "flag provided but not defined: -metrics\n"},
        {"a flag without its value", {"--kubeconfig"}, "flag needs an argument: -kubeconfig\n"},
        {"a boolean that is none", {"--leader-elect=maybe"}, "invalid value \"maybe\" for flag -leader-elect: expected"
        },
        {"a boolean with a space", {"--leader-elect", "false"}, "unexpected argument \"false\""},
        {"an unknown level", {"--zap-log-level=loud"}, "invalid value \"loud\" for flag -zap-log-level"},
        {"an unknown stack trace level", {"--zap-stacktrace-level=x"}, "invalid value \"x\""},
        {"an argument that is no flag", {"run"}, "unexpected argument \"run\""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        const auto flags = parse_flags("sei-operator", c.arguments);
        ASSERT_FALSE(flags.has_value());
        EXPECT_EQ(flags.error().code, 2);
        EXPECT_TRUE(flags.error().text.starts_with(c.begins)) << flags.error().text;
    }
}

TEST(Flags, end_the_program_with_zero_when_help_is_asked_for) {
    for (const std::string argument : {"-h", "--help", "-help"}) {
        SCOPED_TRACE(argument);
        const auto flags = parse_flags("sei-operator", {argument});
        ASSERT_FALSE(flags.has_value());
        EXPECT_EQ(flags.error().code, 0);
        EXPECT_NE(flags.error().text.find("--leader-elect"), std::string::npos);
    }
}

TEST(Flags, are_all_on_the_operations_page_with_their_defaults) {
    std::ifstream file{SEI_SOURCE_DIR "/docs/operations.md"};
    const std::string page{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
    std::istringstream lines{usage("sei-operator")};
    std::size_t flags = 0;
    for (std::string flag, meaning; std::getline(lines, flag);) {
        if (!flag.starts_with("  --")) continue;
        ++flags;
        std::getline(lines, meaning);
        flag = flag.substr(2, flag.find(' ', 2) - 2);
        const std::size_t open = meaning.rfind("(default ");
        const std::string value =
            open == std::string::npos ? "" : "`" + meaning.substr(open + 9, meaning.rfind(')') - open - 9) + "` ";
        EXPECT_NE(page.find("| `" + flag + "` | " + value + "|"), std::string::npos)
            << "docs/operations.md has no row for " << flag << " with the default " << value;
    }
    EXPECT_EQ(flags, 15u);
}

}  // namespace
}  // namespace sei_operator
