// Stored parameters, read as spec 04 §2.4 says, and what the sidecar is sent for them (spec 04 §9, §11.6).
#include "sei/tasks/sidecar_params.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kube/json/json.hpp"

namespace sei::tasks {
namespace {

using Convert = WireParams (*)(const StoredParams&);

/// The wire's JSON, "none", or the problem after a "!".
std::string converted(Convert convert, const std::string& stored) {
    const boost::json::value params = kube::json::parse(stored);
    try {
        const WireParams wire = convert(StoredParams{params});
        if (!wire) return "!" + wire.error();
        return *wire ? kube::json::serialize_canonical(**wire) : "none";
    } catch (const ParamsError& error) {
        return std::string{"!!"} + error.what();
    }
}

TEST(SidecarParams, go_over_the_wire_as_the_protocol_says) {
    struct Case {
        std::string behaviour;
        Convert convert;
        std::string stored;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"a height", snapshot_restore_params, R"({"TargetHeight":100000000})", R"({"targetHeight":100000000})"},
        {"no height is left out", snapshot_restore_params, R"({"TargetHeight":0})", "none"},
        {"absent params are zero", snapshot_restore_params, "null", "none"},
        {"a key in another case", snapshot_restore_params, R"({"targetheight":7})", R"({"targetHeight":7})"},
        {"an exact key wins", snapshot_restore_params, R"({"targetheight":7,"TargetHeight":8})", R"({"targetHeight":8})"
        },
        {"a height that is text",
         snapshot_restore_params,
         R"({"TargetHeight":"7"})",
         "!!params.TargetHeight: expected an integer"},
        {"params that are a list", snapshot_restore_params, "[]", "!!params: expected an object"},
        {"state sync with everything",
         configure_state_sync_params,
         R"({"UseLocalSnapshot":true,"TrustPeriod":"9999h0m0s","BackfillBlocks":5})",
         R"({"backfillBlocks":5,"trustPeriod":"9999h0m0s","useLocalSnapshot":true})"},
        {"state sync with nothing",
         configure_state_sync_params,
         R"({"UseLocalSnapshot":false,"TrustPeriod":"","BackfillBlocks":0})",
         "none"},
        {"a negative backfill is left out", configure_state_sync_params, R"({"BackfillBlocks":-1})", "none"},
        {"an intent",
         config_apply_params,
         R"({"mode":"full","overrides":{"logging.level":"info"}})",
         R"({"incremental":false,"mode":"full","overrides":{"logging.level":"info"},"targetVersion":0})"},
        {"witnesses, over what state sync was configured with",
         config_apply_params,
         R"({"mode":"full","overrides":{"state_sync.rpc_servers":"a.example.com:26657,b.example.com:26657"},)"
         R"("incremental":true})",
         R"({"incremental":true,"mode":"full","overrides":{"state_sync.rpc_servers":)"
         R"("a.example.com:26657,b.example.com:26657"},"targetVersion":0})"},
        {"an unknown override can never be sent",
         config_apply_params,
         R"({"mode":"full","overrides":{"evm.port":"1"}})",
         "!config-apply: invalid intent: overrides[evm.port] is no configuration key"},
        {"an override that is a number",
         config_apply_params,
         R"({"mode":"full","overrides":{"evm.http_port":1}})",
         "!!params.overrides.evm.http_port: expected a string"},
        {"sources of all kinds",
         discover_peers_params,
         R"({"Sources":[{"type":"ec2Tags","region":"eu","tags":{"a":"b"}},{"type":"static","addresses":["x"]},
             {"type":"dnsEndpoints","endpoints":["y"]}]})",
         R"({"sources":[{"region":"eu","tags":{"a":"b"},"type":"ec2Tags"},{"addresses":["x"],"type":"static"},)"
         R"({"endpoints":["y"],"type":"dnsEndpoints"}]})"},
        {"no source", discover_peers_params, R"({"Sources":null})", "!discover-peers: at least one source is required"},
        {"a source without its addresses",
         discover_peers_params,
         R"({"Sources":[{"type":"static"}]})",
         "!discover-peers: source[0] static has no addresses"},
        {"a source of an unknown kind",
         discover_peers_params,
         R"({"Sources":[{"type":"dht"}]})",
         "!discover-peers: source[0] has the unknown type \"dht\""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(converted(c.convert, c.stored), c.expected);
    }
}

}  // namespace
}  // namespace sei::tasks
