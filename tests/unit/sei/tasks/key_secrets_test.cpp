// What is said of the Secrets of a validator (spec 04 §7.7-7.9).
#include "sei/tasks/key_secrets.hpp"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sei::tasks {
namespace {

using Verdict = Finding::Verdict;

constexpr const char* kSecretValue = "c2VjcmV0LXZhbHVl";

std::string base64(const std::string& bytes) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (const char byte : bytes) {
        pending = (pending << 8U) | static_cast<unsigned char>(byte);
        for (bits += 8; bits >= 6; bits -= 6) text += kAlphabet[(pending >> (bits - 6)) & 63U];
    }
    if (bits > 0) text += kAlphabet[(pending << (6 - bits)) & 63U];
    while (text.size() % 4 != 0) text += '=';
    return text;
}

kube::Secret secret_with(const std::map<std::string, std::string>& data) {
    kube::Secret secret;
    secret.metadata.name = "s";
    for (const auto& [key, bytes] : data) secret.data[key] = base64(bytes);
    return secret;
}

struct Case {
    std::string behaviour;
    std::map<std::string, std::string> data;
    Verdict verdict;
    std::string message;
};

/// The sentence about a bad file.
std::string wrong_signing_key(const std::string& why) {
    return R"(secret "s" data key "priv_validator_key.json" is not a valid Tendermint validator key: )" + why;
}
std::string wrong_node_key(const std::string& why) {
    return R"(secret "s" data key "node_key.json" is not a valid Tendermint node key: )" + why;
}

TEST(SigningKeySecret, is_told_what_is_wrong_with_it) {
    const auto file = [](const std::string& content) {
        return std::map<std::string, std::string>{{"priv_validator_key.json", content}};
    };
    const std::vector<Case> cases{
        {"the smallest good file",
         file(R"({"address":"1B","pub_key":{"type":"t","value":"v"},"priv_key":{"type":"t","value":"v"},"more":1})"),
         Verdict::Ready,
         R"(Secret "s" passes all signing-key validation rules)"},
        {"no such data key",
         {{"other", "x"}},
         Verdict::Invalid,
         R"(secret "s" missing required data key "priv_validator_key.json")"},
        {"an empty file",
         file(""),
         Verdict::Invalid,
         R"(secret "s" missing required data key "priv_validator_key.json")"},
        {"a list", file("[]"), Verdict::Invalid, wrong_signing_key("not valid JSON: not an object")},
        {"a number for a text",
         file(R"({"address":7})"),
         Verdict::Invalid,
         wrong_signing_key("not valid JSON: address is not a string")},
        {"a text for an object",
         file(R"({"address":"1B","pub_key":"v"})"),
         Verdict::Invalid,
         wrong_signing_key("not valid JSON: pub_key is not an object")},
        {"no address", file("{}"), Verdict::Invalid, wrong_signing_key("missing address")},
        {"no public key",
         file(R"({"address":"1B","pub_key":{"type":"t"}})"),
         Verdict::Invalid,
         wrong_signing_key("missing pub_key.type or pub_key.value")},
        {"no private key",
         file(R"({"address":"1B","pub_key":{"type":"t","value":"v"},"priv_key":{"type":"","value":"v"}})"),
         Verdict::Invalid,
         wrong_signing_key("missing priv_key.type or priv_key.value")},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(check_signing_key(secret_with(c.data)), (Finding{c.verdict, c.message}));
    }
}

TEST(SigningKeySecret, that_is_no_json_is_refused_without_its_content) {
    for (const std::string& content : {std::string{"{\"address\":\"super-secret"}, std::string{"super-secret"}}) {
        const Finding finding = check_signing_key(secret_with({{"priv_validator_key.json", content}}));
        EXPECT_EQ(finding.verdict, Verdict::Invalid);
        EXPECT_TRUE(finding.message.starts_with(wrong_signing_key("not valid JSON: "))) << finding.message;
        EXPECT_EQ(finding.message.find("super-secret"), std::string::npos) << finding.message;
    }
}

TEST(NodeKeySecret, needs_a_private_key_alone) {
    const std::vector<Case> cases{
        {"without an id",
         {{"node_key.json", R"({"priv_key":{"type":"t","value":"v"}})"}},
         Verdict::Ready,
         R"(Secret "s" passes all node-key validation rules)"},
        {"no data key", {}, Verdict::Invalid, R"(secret "s" missing required data key "node_key.json")"},
        {"no value",
         {{"node_key.json", R"({"priv_key":{"type":"t"}})"}},
         Verdict::Invalid,
         wrong_node_key("missing priv_key.type or priv_key.value")},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(check_node_key(secret_with(c.data)), (Finding{c.verdict, c.message}));
    }
}

TEST(KeyringSecret, needs_entries_an_index_and_the_named_key) {
    const std::vector<Case> cases{
        {"all there", {{"node_admin.info", "x"}, {"ab.address", ""}}, Verdict::Ready, ""},
        {"of two empty entries the first by name is told",
         {{"b.info", ""}, {"a.info", ""}, {"node_admin.info", "x"}},
         Verdict::Invalid,
         R"(secret "s" data key "a.info" is empty (expected non-empty keyring entry payload))"},
        {"no entry",
         {{"ab.address", "x"}},
         Verdict::Invalid,
         R"(secret "s" has no "*.info" data keys (expected at least one keyring entry))"},
        {"no index",
         {{"node_admin.info", "x"}},
         Verdict::Invalid,
         R"(secret "s" has no "*.address" data keys (expected name→address index for at least one keyring entry))"},
        {"another key",
         {{"other.info", "x"}, {"ab.address", "x"}},
         Verdict::Invalid,
         R"(secret "s" is missing data key "node_admin.info" for keyName "node_admin")"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(check_keyring(secret_with(c.data), "node_admin"), (Finding{c.verdict, c.message}));
    }
}

TEST(PassphraseSecret, needs_a_value_under_its_key) {
    EXPECT_EQ(check_passphrase(secret_with({{"k", "x"}}), "k"), (Finding{Verdict::Ready, ""}));
    EXPECT_EQ(
        check_passphrase(secret_with({}), "k"),
        (Finding{Verdict::Invalid, R"(passphrase Secret "s" missing data key "k")"})
    );
    EXPECT_EQ(
        check_passphrase(secret_with({{"k", ""}}), "k"),
        (Finding{Verdict::Invalid, R"(passphrase Secret "s" data key "k" is empty)"})
    );
}

TEST(SecretBytes, are_decoded_from_base64) {
    kube::Secret secret;
    secret.data = {{"a", kSecretValue}, {"b", "YQ=="}, {"c", "no base64"}, {"d", ""}};
    EXPECT_EQ(kube::secret_bytes(secret, "a"), "secret-value");
    EXPECT_EQ(kube::secret_bytes(secret, "b"), "a");
    EXPECT_EQ(kube::secret_bytes(secret, "c"), std::nullopt);
    EXPECT_EQ(kube::secret_bytes(secret, "d"), "");
    EXPECT_EQ(kube::secret_bytes(secret, "e"), std::nullopt);
}

TEST(TimeInMessages, is_written_as_the_contract_has_it) {
    EXPECT_EQ(time_in_message(*kube::parse_time("2025-01-02T03:04:05Z")), "2025-01-02 03:04:05 +0000 UTC");
}

}  // namespace
}  // namespace sei::tasks
