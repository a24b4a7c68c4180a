#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "kube/async/manual_clock.hpp"
#include "kube/client/exec_credential.hpp"
#include "kube/client/token_file.hpp"

namespace kube {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct CredentialWorld {
    CredentialWorld() {
        std::string name = (fs::temp_directory_path() / "kube-credentials-XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    ~CredentialWorld() { fs::remove_all(folder); }
    CredentialWorld(const CredentialWorld&) = delete;
    CredentialWorld& operator=(const CredentialWorld&) = delete;

    boost::asio::io_context io;
    ManualClock clock{io.get_executor(), WallTime{std::chrono::sys_days{std::chrono::year{2030} / 1 / 1}}};
    BlockingPool blocking{2};
    fs::path folder;
    std::vector<std::string> warnings;

    std::string write(const std::string& name, const std::string& content) const {
        std::ofstream{folder / name} << content;
        return (folder / name).string();
    }
    /// What a transport would send: what is ready, or else what is fetched; or the error's words.
    std::string authorization(Authorizer& authorizer) {
        if (const auto known = authorizer.ready()) return known->authorization;
        std::string outcome;
        bool is_done = false;
        boost::asio::co_spawn(io, authorizer.credential(), [&](std::exception_ptr failure, SharedCredential fetched) {
            is_done = true;
            try {
                if (failure) std::rethrow_exception(failure);
                outcome = fetched->authorization;
            } catch (const TransportError& error) {
                outcome = error.what();
            }
        });
        const auto limit = std::chrono::steady_clock::now() + 20s;
        io.restart();
        while (!is_done && std::chrono::steady_clock::now() < limit) io.run_one_for(100ms);
        EXPECT_TRUE(is_done);
        return outcome;
    }
    std::unique_ptr<TokenFile> token_file(const std::string& path) {
        return std::make_unique<TokenFile>(path, blocking, clock, [this](const std::string& text) {
            warnings.push_back(text);
        });
    }
};

TEST(TokenFile, is_read_again_after_fifty_seconds) {
    CredentialWorld world;
    const auto token = world.token_file(world.write("token", "one\n"));
    EXPECT_EQ(world.authorization(*token), "Bearer one");
    world.write("token", "two\n");
    world.clock.advance_by(49s);
    EXPECT_EQ(world.authorization(*token), "Bearer one");
    world.clock.advance_by(1s);
    EXPECT_EQ(world.authorization(*token), "Bearer two");
}

TEST(TokenFile, stays_the_same_object_while_it_does_not_change) {
    CredentialWorld world;
    const auto token = world.token_file(world.write("token", "one"));
    world.authorization(*token);
    const auto before = token->ready();
    world.clock.advance_by(1h);
    world.authorization(*token);
    EXPECT_EQ(token->ready(), before);
}

TEST(TokenFile, is_read_again_after_a_401) {
    CredentialWorld world;
    const auto token = world.token_file(world.write("token", "one"));
    world.authorization(*token);
    world.write("token", "two");
    EXPECT_TRUE(token->refused(token->ready()));
    EXPECT_EQ(world.authorization(*token), "Bearer two");
}

TEST(TokenFile, fails_where_no_token_was_ever_read) {
    CredentialWorld world;
    const auto absent = world.token_file("/absent/token");
    EXPECT_EQ(world.authorization(*absent), "failed to read token file \"/absent/token\": No such file or directory");
    const auto path = world.write("token", " \n");
    const auto empty = world.token_file(path);
    EXPECT_EQ(world.authorization(*empty), "read empty token from file \"" + path + "\"");
}

TEST(TokenFile, goes_on_with_the_last_token_where_the_file_vanishes) {
    CredentialWorld world;
    const auto path = world.write("token", "one");
    const auto token = world.token_file(path);
    world.authorization(*token);
    fs::remove(path);
    world.clock.advance_by(1min);
    EXPECT_EQ(world.authorization(*token), "Bearer one");
    ASSERT_EQ(world.warnings.size(), 1u);
    EXPECT_TRUE(world.warnings[0].find(path) != std::string::npos) << world.warnings[0];
    EXPECT_EQ(world.authorization(*token), "Bearer one");
    EXPECT_EQ(world.warnings.size(), 1u) << "it is not read for each request";
}

struct PluginWorld : CredentialWorld {
    /// A plugin that is a shell script.
    RestConfig with_script(const std::string& script) {
        RestConfig config;
        config.server = "https://host:6443";
        config.ca_pem = "pem";
        config.exec = ExecConfig{
            .api_version = "client.authentication.k8s.io/v1",
            .command = "/bin/sh",
            .args = {"-c", script},
            .env = {{"PREFIX", "from-env"}},
            .install_hint = "install it with apt",
            .interactive_mode = ExecConfig::InteractiveMode::Never,
            .entry = "user \"me\" in config",
        };
        return config;
    }
    static std::string answer(const std::string& status) {
        return R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":)" + status + "}";
    }
};

TEST(ExecCredentialPlugin, yields_the_token_that_the_program_prints) {
    PluginWorld world;
    ExecCredentialPlugin plugin{
        world.with_script("echo '" + PluginWorld::answer(R"({"token":"'$PREFIX'"})") + "'"), world.blocking, world.clock
    };
    EXPECT_EQ(world.authorization(plugin), "Bearer from-env");
}

TEST(ExecCredentialPlugin, yields_a_client_certificate) {
    PluginWorld world;
    ExecCredentialPlugin plugin{
        world.with_script(
            "echo '" + PluginWorld::answer(R"({"clientCertificateData":"cert","clientKeyData":"key"})") + "'"
        ),
        world.blocking,
        world.clock
    };
    EXPECT_EQ(world.authorization(plugin), "");
    ASSERT_TRUE(plugin.ready());
    EXPECT_EQ(plugin.ready()->client_certificate_pem, "cert");
    EXPECT_EQ(plugin.ready()->client_key_pem, "key");
}

TEST(ExecCredentialPlugin, runs_again_when_the_credential_has_expired) {
    PluginWorld world;
    const auto count = (world.folder / "count").string();
    const auto status = PluginWorld::answer(
        R"({"token":"'$(wc -c < )" + count + R"()'","expirationTimestamp":"2030-01-01T00:01:00Z"})"
    );
    ExecCredentialPlugin plugin{
        world.with_script("printf x >> " + count + "; echo '" + status + "'"), world.blocking, world.clock
    };
    EXPECT_EQ(world.authorization(plugin), "Bearer 1");
    world.clock.advance_by(59s);
    EXPECT_EQ(world.authorization(plugin), "Bearer 1");
    world.clock.advance_by(1s);
    EXPECT_EQ(world.authorization(plugin), "Bearer 2");
}

TEST(ExecCredentialPlugin, runs_again_after_a_401) {
    PluginWorld world;
    const auto count = (world.folder / "count").string();
    const auto status = PluginWorld::answer(R"({"token":"'$(wc -c < )" + count + R"()'"})");
    ExecCredentialPlugin plugin{
        world.with_script("printf x >> " + count + "; echo '" + status + "'"), world.blocking, world.clock
    };
    EXPECT_EQ(world.authorization(plugin), "Bearer 1");
    EXPECT_TRUE(plugin.refused(plugin.ready()));
    EXPECT_EQ(world.authorization(plugin), "Bearer 2");
}

TEST(ExecCredentialPlugin, tells_the_program_about_the_cluster) {
    PluginWorld world;
    const auto seen = (world.folder / "seen").string();
    auto config = world.with_script(
        "printf %s \"$KUBERNETES_EXEC_INFO\" > " + seen + "; echo '" + PluginWorld::answer(R"({"token":"t"})") + "'"
    );
    config.exec->provides_cluster_info = true;
    config.exec->cluster_info_config_json = R"({"audience":"x"})";
    ExecCredentialPlugin plugin{config, world.blocking, world.clock};
    EXPECT_EQ(world.authorization(plugin), "Bearer t");
    std::string info;
    std::getline(std::ifstream{seen}, info);
    EXPECT_EQ(
        info,
        R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false,)"
        R"("cluster":{"server":"https://host:6443","certificate-authority-data":"cGVt","config":{"audience":"x"}}}})"
    );
}

TEST(ExecCredentialPlugin, says_which_entry_failed_and_how) {
    struct Case {
        std::string behaviour;
        std::string script;
        std::string words;
    };
    const std::vector<Case> cases{
        {"an exit code", "exit 3", "it ended with exit code 3"},
        {"a signal", "kill -TERM $$", "it ended with signal 15"},
        {"no JSON", "echo hello", "what it printed is not JSON"},
        {"another kind", "echo '{}'", "it did not print an ExecCredential"},
        {"another version",
         R"(echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"t"}}')",
         "it answered with apiVersion client.authentication.k8s.io/v1beta1, not client.authentication.k8s.io/v1"},
        {"nothing in it",
         "echo '" + PluginWorld::answer("{}") + "'",
         "it printed neither a token nor a client certificate"},
        {"half a certificate",
         "echo '" + PluginWorld::answer(R"({"clientKeyData":"key"})") + "'",
         "it printed only one of clientCertificateData and clientKeyData"},
        {"a broken expiration",
         "echo '" + PluginWorld::answer(R"({"token":"t","expirationTimestamp":"soon"})") + "'",
         "its expirationTimestamp \"soon\" is not an RFC 3339 time"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.behaviour);
        PluginWorld world;
        ExecCredentialPlugin plugin{world.with_script(c.script), world.blocking, world.clock};
        const auto words = world.authorization(plugin);
        EXPECT_TRUE(words.starts_with("user \"me\" in config: exec \"/bin/sh\": " + c.words)) << words;
    }
}

TEST(ExecCredentialPlugin, gives_the_install_hint_where_the_program_is_missing) {
    PluginWorld world;
    auto config = world.with_script("");
    config.exec->command = "no-such-plugin";
    ExecCredentialPlugin plugin{config, world.blocking, world.clock};
    EXPECT_EQ(
        world.authorization(plugin),
        "user \"me\" in config: exec \"no-such-plugin\": No such file or directory. install it with apt"
    );
}

}  // namespace
}  // namespace kube
