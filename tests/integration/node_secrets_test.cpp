// What validators are told about their Secrets (spec 04 §7.7-7.9), and how these are read: one by one, and never shown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kube/json/json.hpp"
#include "kube/types/secret.hpp"
#include "support/nodes.hpp"

namespace {

using namespace support;
using sei::api::NodePhase;
using ::testing::HasSubstr;
using ::testing::Not;

/// In every wrong file below; nobody may repeat it.
constexpr std::string_view kValue = "swordfish";

struct WrongSecret {
    std::string behaviour;
    /// The Secret of `kValidatorWithKeys` that is wrong, and what is in it.
    std::string secret;
    Files files;
    std::string condition;
    std::string message;
};

std::string wrong_file(const std::string& secret, const std::string& key, const std::string& kind) {
    return "secret \"" + secret + "\" data key \"" + key + "\" is not a valid Tendermint " + kind + ": ";
}

std::vector<WrongSecret> wrong_secrets() {
    const std::string signing_key = wrong_file("sk", "priv_validator_key.json", "validator key");
    const std::string node_key = wrong_file("nk", "node_key.json", "node key");
    return {
        {"the signing key has another name",
         "sk",
         {{"key.json", "swordfish"}},
         "SigningKey",
         R"(secret "sk" missing required data key "priv_validator_key.json")"},
        {"the signing key is no JSON",
         "sk",
         {{"priv_validator_key.json", R"({"address":"swordfish)"}},
         "SigningKey",
         signing_key + "not valid JSON: "},
        {"the signing key has no address",
         "sk",
         {{"priv_validator_key.json", R"({"pub_key":{"type":"t","value":"swordfish"}})"}},
         "SigningKey",
         signing_key + "missing address"},
        {"the signing key has no private part",
         "sk",
         {{"priv_validator_key.json", R"({"address":"1B","pub_key":{"type":"t","value":"swordfish"}})"}},
         "SigningKey",
         signing_key + "missing priv_key.type or priv_key.value"},
        {"a part of the signing key is of another type",
         "sk",
         {{"priv_validator_key.json", R"({"address":"1B","pub_key":"swordfish"})"}},
         "SigningKey",
         signing_key + "not valid JSON: pub_key is not an object"},
        {"the node key has no private part",
         "nk",
         {{"node_key.json", R"({"priv_key":{"value":"swordfish"}})"}},
         "NodeKey",
         node_key + "missing priv_key.type or priv_key.value"},
        {"the node key is empty",
         "nk",
         {{"node_key.json", ""}},
         "NodeKey",
         R"(secret "nk" missing required data key "node_key.json")"},
        {"an entry of the keyring is empty",
         "kr",
         {{"node_admin.info", "swordfish"}, {"a.info", ""}, {"ab.address", "x"}},
         "OperatorKeyring",
         R"(secret "kr" data key "a.info" is empty (expected non-empty keyring entry payload))"},
        {"the keyring has no entry",
         "kr",
         {{"ab.address", "swordfish"}},
         "OperatorKeyring",
         R"(secret "kr" has no "*.info" data keys)"},
        {"the keyring has no index",
         "kr",
         {{"node_admin.info", "swordfish"}},
         "OperatorKeyring",
         R"(secret "kr" has no "*.address" data keys)"},
        {"the keyring lacks the named key",
         "kr",
         {{"other.info", "swordfish"}, {"ab.address", "x"}},
         "OperatorKeyring",
         R"(secret "kr" is missing data key "node_admin.info" for keyName "node_admin")"},
        {"the passphrase has another name",
         "pp",
         {{"q", "swordfish"}},
         "OperatorKeyring",
         R"(passphrase Secret "pp" missing data key "p")"},
        {"the passphrase is empty",
         "pp",
         {{"p", ""}},
         "OperatorKeyring",
         R"(passphrase Secret "pp" data key "p" is empty)"},
    };
}

/// The Secrets of node n, which has its own; `wrong` in place of the right one.
sei::api::SeiNode validator_with(World& world, const std::string& node, const WrongSecret* wrong) {
    const auto create = [&](const std::string& secret, const Files& files) {
        create_secret(world, node + "-" + secret, wrong != nullptr && wrong->secret == secret ? wrong->files : files);
    };
    create("sk", {{"priv_validator_key.json", std::string{kSigningKeyFile}}});
    create("nk", {{"node_key.json", std::string{kNodeKeyFile}}});
    create("kr", {{"node_admin.info", "x"}, {"ab.address", "x"}});
    create("pp", {{"p", "x"}});
    auto validator = a_node(world, node, kValidatorWithKeys);
    validator.spec.validator->signingKey->secret->secretName = node + "-sk";
    validator.spec.validator->nodeKey->secret->secretName = node + "-nk";
    auto& keyring = *validator.spec.validator->operatorKeyring->secret;
    keyring.secretName = node + "-kr";
    keyring.passphraseSecretRef.secretName = node + "-pp";
    return validator;
}

TEST(WrongSecret, fails_the_node_with_the_key_of_the_secret_and_what_is_wrong_with_it) {
    World world;
    const auto cases = wrong_secrets();
    for (std::size_t i = 0; i < cases.size(); ++i) {
        world.create(validator_with(world, "v" + std::to_string(i), &cases[i]));
    }
    for (std::size_t i = 0; i < cases.size(); ++i) {
        SCOPED_TRACE(cases[i].behaviour);
        const std::string node = "v" + std::to_string(i);
        EXPECT_TRUE(world.run_until(node + " has failed", [&] {
            return world.node(node) && world.node(node)->status.phase == NodePhase::Failed;
        }));
        EXPECT_EQ(condition(world, node, cases[i].condition + "Ready"), "False/" + cases[i].condition + "Invalid");
        std::string message = cases[i].message;
        message.replace(message.find('"') + 1, 0, node + "-");
        EXPECT_THAT(condition_message(world, node, cases[i].condition + "Ready"), HasSubstr(message));
        EXPECT_FALSE(world.stateful_set(node)) << "no pod gets what was not checked";
        EXPECT_THAT(kube::json::serialize(kube::json::to_json(world.node(node)->status)), Not(HasSubstr(kValue)));
    }
    // Not in anything else that leaves the process either.
    ASSERT_TRUE(world.run_until_quiet());
    for (const PassedRequest& write : world.operator_writes()) EXPECT_THAT(write.body, Not(HasSubstr(kValue)));
    for (const std::string& line : world.operator_log()) EXPECT_THAT(line, Not(HasSubstr(kValue)));
}

TEST(WrongSecret, that_was_corrected_serves_a_node_that_is_tried_again) {
    World world;
    create_secret(world, "sk", {{"priv_validator_key.json", "{}"}});
    create_secret(world, "nk", {{"node_key.json", std::string{kNodeKeyFile}}});
    world.create(a_node(
        world,
        "v0",
        R"({"validator":{"signingKey":{"secret":{"secretName":"sk"}},"nodeKey":{"secret":{"secretName":"nk"}}}})"
    ));
    ASSERT_TRUE(world.run_until("it has failed", [&] {
        return world.node("v0") && world.node("v0")->status.phase == NodePhase::Failed;
    }));
    const auto wrong = world.run(world.client().get<kube::Secret>(world.key("sk")));
    (void)world.run(
        world.client().delete_object<kube::Secret>(world.key("sk"), {.uid = wrong->uid(), .resource_version = {}})
    );
    create_secret(world, "sk", {{"priv_validator_key.json", std::string{kSigningKeyFile}}});
    world.edit("v0", [](sei::api::NodeSpec& spec) { spec.overrides["evm.http_port"] = "9545"; });
    EXPECT_TRUE(world.run_until_running("v0"));
    EXPECT_EQ(condition(world, "v0", "SigningKeyReady"), "True/SigningKeyValidated");
}

TEST(MissingSecret, wakes_its_node_when_it_appears) {
    World world;
    world.create(a_node(world, "v0", kValidatorWithKeys));
    struct Step {
        std::string condition;
        std::string secret;
        Files files;
    };
    const std::vector<Step> steps{
        {"SigningKey", "sk", {{"priv_validator_key.json", std::string{kSigningKeyFile}}}},
        {"NodeKey", "nk", {{"node_key.json", std::string{kNodeKeyFile}}}},
        {"OperatorKeyring", "kr", {{"node_admin.info", "x"}, {"ab.address", "x"}}},
        {"OperatorKeyring", "pp", {{"p", "x"}}},
    };
    for (const Step& step : steps) {
        SCOPED_TRACE(step.secret);
        const std::string missing = "secret \"" + step.secret + "\" not found";
        ASSERT_TRUE(world.run_until(step.secret + " is missed", [&] {
            return condition(world, "v0", step.condition + "Ready") == "False/" + step.condition + "NotReady" &&
                   condition_message(world, "v0", step.condition + "Ready").find(missing) != std::string::npos;
        }));
        EXPECT_FALSE(world.stateful_set("v0"));
        create_secret(world, step.secret, step.files);
    }
    ASSERT_TRUE(world.run_until_running("v0"));
    for (const char* type : {"SigningKey", "NodeKey", "OperatorKeyring"}) {
        EXPECT_EQ(condition(world, "v0", std::string{type} + "Ready"), "True/" + std::string{type} + "Validated");
    }
}

TEST(Secrets, are_read_one_by_one_and_only_those_that_are_named) {
    World world;
    create_validator_secrets(world);
    create_secret(world, "unrelated", {{"x", "x"}});
    world.create(a_node(world, "v0", kValidatorWithKeys));
    ASSERT_TRUE(world.run_until_running("v0"));
    std::set<std::string> read;
    for (const PassedRequest& request : world.operator_transport().requests()) {
        if (request.path().find("/secrets") == std::string::npos) continue;
        EXPECT_EQ(request.method, kube::HttpMethod::Get);
        EXPECT_EQ(request.path(), request.target) << "no selector, no watch";
        read.insert(request.path());
    }
    const std::string folder = "/api/v1/namespaces/" + world.namespace_name() + "/secrets/";
    EXPECT_EQ(read, (std::set{folder + "kr", folder + "nk", folder + "pp", folder + "sk"}));
    for (const std::string& watched : world.operator_transport().watches()) {
        EXPECT_THAT(watched, Not(HasSubstr("/secrets")));
    }
    EXPECT_FALSE(world.operator_transport().watches().empty());
}

}  // namespace
