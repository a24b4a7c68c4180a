#include "devcluster/sidecar/config_fields.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace devcluster::sidecar {
namespace {

TEST(ConfigFields, takes_and_refuses_values_by_their_type) {
    struct Case {
        std::string behaviour;
        std::string key;
        std::string value;
        bool is_taken;
    };
    const std::vector<Case> cases{
        {"a bool in words", "evm.http_enabled", "Yes", true},
        {"a bool is no number but 0 and 1", "evm.http_enabled", "2", false},
        {"an integer", "evm.http_port", "9545", true},
        {"an integer with a unit", "evm.http_port", "9545s", false},
        {"an unsigned integer is not negative", "storage.snapshot_interval", "-1", false},
        {"a 16-bit number has a range", "network.p2p.max_connections", "70000", false},
        {"a 32-bit number within its range", "storage.snapshot_keep_recent", "5", true},
        {"a float", "mempool.drop_priority_threshold", "0.5", true},
        {"a duration of one part", "evm.read_timeout", "10s", true},
        {"a duration of several parts", "state_sync.trust_period", "9999h0m0s", true},
        {"a duration needs a unit", "evm.read_timeout", "10", false},
        {"zero needs none", "evm.read_timeout", "0", true},
        {"an unknown unit", "evm.read_timeout", "10d", false},
        {"a list", "tx_index.indexer", "kv, null", true},
        {"an empty list", "tx_index.indexer", "", true},
        {"a list with a hole", "tx_index.indexer", "kv,,null", false},
        {"a mode of reading", "storage.state_store.read_mode", "split_read", true},
        {"a mode of writing is no mode of reading", "storage.state_store.read_mode", "dual_write", false},
        {"an optional bool cannot be set", "consensus.unsafe_bypass_commit_timeout_override", "true", false},
        {"any text is a string", "chain.moniker", "", true},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        const ConfigField* field = find_config_field(c.key);
        EXPECT_NE(field, nullptr);
        if (field != nullptr) EXPECT_EQ(check_value(*field, c.value).has_value(), c.is_taken);
    }
}

TEST(ConfigFields, knows_keys_by_their_exact_spelling) {
    EXPECT_NE(find_config_field("mode"), nullptr);
    EXPECT_EQ(find_config_field("Mode"), nullptr);
    EXPECT_EQ(find_config_field("evm.http-port"), nullptr);
    EXPECT_EQ(find_config_field(""), nullptr);
}

}  // namespace
}  // namespace devcluster::sidecar
