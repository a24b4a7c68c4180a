#include "sei/plan/config_intent.hpp"

#include <gtest/gtest.h>

namespace sei::plan {
namespace {

TEST(ConfigIntent, is_stored_without_what_is_zero) {
    ConfigIntent intent{.mode = "full", .overrides = {{"logging.level", "info"}}};
    EXPECT_EQ(boost::json::serialize(to_stored(intent)), R"({"mode":"full","overrides":{"logging.level":"info"}})");
    intent.overrides.clear();
    EXPECT_EQ(boost::json::serialize(to_stored(intent)), R"({"mode":"full"})");
}

TEST(ConfigIntent, is_sent_with_its_zeros) {
    const ConfigIntent intent{.mode = "full", .overrides = {{"evm.http_port", "9545"}, {"logging.level", "info"}}};
    EXPECT_EQ(
        boost::json::serialize(to_wire(intent)),
        R"({"incremental":false,"mode":"full","overrides":{"evm.http_port":"9545","logging.level":"info"},"targetVersion":0})"
    );
    EXPECT_EQ(
        boost::json::serialize(to_wire(ConfigIntent{.mode = "archive"})),
        R"({"incremental":false,"mode":"archive","targetVersion":0})"
    );
}

TEST(ConfigIntent, names_every_key_that_the_sidecar_does_not_know) {
    const ConfigIntent intent{.mode = "full", .overrides = {{"evm.httpPort", "1"}, {"evm.http_port", "1"}, {"x", "y"}}};
    EXPECT_EQ(
        problem_of(intent), "overrides[evm.httpPort] is no configuration key; overrides[x] is no configuration key"
    );
}

TEST(MovedPorts, are_those_that_a_probe_or_the_exporter_asks) {
    EXPECT_TRUE(moved_ports({}).empty());
    EXPECT_TRUE(
        moved_ports({{"network.rpc.listen_address", "tcp://0.0.0.0:26657"}, {"api.grpc.enable", "true"}}).empty()
    );
    EXPECT_TRUE(moved_ports({{"api.grpc.address", "127.0.0.1:9090"}}).empty()) << "the exporter is in the same pod";
    EXPECT_EQ(
        moved_ports({{"network.rpc.listen_address", "tcp://0.0.0.0:36657"}, {"api.grpc.enable", "false"}}),
        (std::vector<std::string>{
            "overrides[network.rpc.listen_address] is \"tcp://0.0.0.0:36657\", and the readiness probe asks port 26657",
            "overrides[api.grpc.enable] is \"false\", and the exporter asks port 9090"
        })
    );
    EXPECT_EQ(moved_ports({{"network.rpc.listen_address", "tcp://127.0.0.1:26657"}}).size(), 1u);
    EXPECT_EQ(moved_ports({{"api.grpc.address", "0.0.0.0"}}).size(), 1u);
}

TEST(ConfigIntent, must_have_a_known_mode_unless_it_is_incremental) {
    EXPECT_EQ(problem_of(ConfigIntent{}), "mode is required for non-incremental config generation");
    EXPECT_NE(problem_of(ConfigIntent{.mode = "light"}), std::nullopt);
    EXPECT_EQ((problem_of(ConfigIntent{.mode = "light", .incremental = true})), std::nullopt);
    EXPECT_EQ(problem_of(ConfigIntent{.mode = "seed"}), std::nullopt);
}

TEST(ConfigIntent, may_not_ask_for_a_newer_schema) {
    EXPECT_EQ((problem_of(ConfigIntent{.mode = "full", .target_version = 1})), std::nullopt);
    EXPECT_NE((problem_of(ConfigIntent{.mode = "full", .target_version = 2})), std::nullopt);
    EXPECT_EQ((problem_of(ConfigIntent{.mode = "full", .target_version = -1})), std::nullopt);
}

TEST(OverrideKey, is_known_exactly_as_it_is_spelt) {
    EXPECT_TRUE(is_override_key("mode"));
    EXPECT_TRUE(is_override_key("storage.state_commit.memiavl.snapshot_interval"));
    EXPECT_FALSE(is_override_key("Mode"));
    EXPECT_FALSE(is_override_key("storage.state_commit"));
}

}  // namespace
}  // namespace sei::plan
