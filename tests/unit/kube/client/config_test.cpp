#include "kube/client/config.hpp"

#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "kube/client/kubeconfig.hpp"

namespace kube {
namespace {

namespace fs = std::filesystem;

/// A folder of the test's own, with files, variables and a home.
class ConfigWorld {
public:
    ConfigWorld() {
        std::string name = (fs::temp_directory_path() / "kube-config-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~ConfigWorld() { fs::remove_all(folder_); }
    ConfigWorld(const ConfigWorld&) = delete;
    ConfigWorld& operator=(const ConfigWorld&) = delete;

    std::string write(const std::string& name, const std::string& content) const {
        const auto path = folder_ / name;
        fs::create_directories(path.parent_path());
        std::ofstream{path} << content;
        return path.string();
    }
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
    [[nodiscard]] ConfigSources sources() const {
        ConfigSources made;
        made.environment = [this](const std::string& name) -> std::optional<std::string> {
            const auto found = environment.find(name);
            if (found == environment.end()) return std::nullopt;
            return found->second;
        };
        made.service_account_folder = path("serviceaccount");
        return made;
    }
    void be_a_pod() {
        environment["KUBERNETES_SERVICE_HOST"] = "10.96.0.1";
        environment["KUBERNETES_SERVICE_PORT"] = "443";
        write("serviceaccount/token", "pod-token\n");
        write("serviceaccount/ca.crt", "pod-ca");
        write("serviceaccount/namespace", "sei-system\n");
    }

    std::map<std::string, std::string> environment;

private:
    fs::path folder_;
};

std::string kubeconfig(
    const std::string& name,
    const std::string& cluster = "server: https://host:6443",
    const std::string& user = "token: t"
) {
    return "apiVersion: v1\nkind: Config\ncurrent-context: " + name + "\nclusters:\n- name: " + name +
           "\n  cluster:\n    " + cluster + "\nusers:\n- name: " + name + "\n  user:\n    " + user +
           "\ncontexts:\n- name: " + name + "\n  context: {cluster: " + name + ", user: " + name + ", namespace: ns-" +
           name + "}\n";
}

std::string refusal(const std::function<RestConfig()>& act) {
    try {
        static_cast<void>(act());
    } catch (const ConfigError& error) {
        return error.what();
    }
    ADD_FAILURE() << "it was accepted";
    return {};
}

TEST(LoadConfig, prefers_the_flag_over_all) {
    ConfigWorld world;
    world.be_a_pod();
    world.environment["KUBECONFIG"] = world.write("env", kubeconfig("env"));
    world.environment["HOME"] = world.path("home");
    world.write("home/.kube/config", kubeconfig("home"));
    auto sources = world.sources();
    sources.kubeconfig_flag = world.write("flag", kubeconfig("flag"));
    EXPECT_EQ(load_config(sources).namespace_, "ns-flag");
}

TEST(LoadConfig, prefers_the_variable_over_the_pod) {
    ConfigWorld world;
    world.be_a_pod();
    world.environment["KUBECONFIG"] = world.write("env", kubeconfig("env"));
    EXPECT_EQ(load_config(world.sources()).namespace_, "ns-env");
}

TEST(LoadConfig, prefers_the_pod_over_the_home) {
    ConfigWorld world;
    world.be_a_pod();
    world.environment["HOME"] = world.path("home");
    world.write("home/.kube/config", kubeconfig("home"));
    const auto config = load_config(world.sources());
    EXPECT_EQ(config.server, "https://10.96.0.1:443");
    EXPECT_EQ(config.token_file, world.path("serviceaccount/token"));
    EXPECT_EQ(config.ca_pem, "pod-ca");
    EXPECT_EQ(config.namespace_, "sei-system");
    EXPECT_EQ(config.source, "the pod's service account");
}

TEST(LoadConfig, falls_back_to_the_home) {
    ConfigWorld world;
    world.environment["HOME"] = world.path("home");
    world.write("home/.kube/config", kubeconfig("home"));
    EXPECT_EQ(load_config(world.sources()).namespace_, "ns-home");
}

TEST(LoadConfig, puts_an_ipv6_service_address_in_brackets) {
    ConfigWorld world;
    world.be_a_pod();
    world.environment["KUBERNETES_SERVICE_HOST"] = "fd00::1";
    EXPECT_EQ(load_config(world.sources()).server, "https://[fd00::1]:443");
}

TEST(LoadConfig, says_where_it_looked_in_vain) {
    ConfigWorld world;
    world.environment["HOME"] = world.path("home");
    EXPECT_EQ(
        refusal([&] { return load_config(world.sources()); }),
        "no API server is configured: --kubeconfig is not given, KUBECONFIG is not set, not in a pod "
        "(KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT is not set), and " +
            world.path("home/.kube/config") + " does not exist. Give one with --kubeconfig FILE"
    );
}

TEST(LoadConfig, refuses_a_flag_that_names_no_file) {
    ConfigWorld world;
    auto sources = world.sources();
    sources.kubeconfig_flag = world.path("absent");
    EXPECT_EQ(
        refusal([&] { return load_config(sources); }),
        "kubeconfig: cannot read " + world.path("absent") + ": No such file or directory"
    );
}

TEST(LoadConfig, refuses_a_variable_none_of_whose_files_exists) {
    ConfigWorld world;
    world.environment["KUBECONFIG"] = world.path("a") + ":" + world.path("b");
    EXPECT_EQ(
        refusal([&] { return load_config(world.sources()); }),
        "KUBECONFIG: no kubeconfig file: none of these exists: " + world.path("a") + ", " + world.path("b")
    );
}

TEST(Kubeconfig, merges_files_so_that_the_first_one_wins) {
    ConfigWorld world;
    const auto first = world.write(
        "first",
        "current-context: dev\ncontexts:\n- name: dev\n  context: {cluster: shared, user: me}\n"
        "users:\n- name: me\n  user: {token: first}\n"
    );
    const auto second = world.write(
        "second",
        "current-context: other\nclusters:\n- name: shared\n  cluster: {server: 'https://shared:1'}\n"
        "users:\n- name: me\n  user: {token: second, client-certificate: /absent}\n"
    );
    world.environment["KUBECONFIG"] = first + ":" + world.path("absent") + ":" + second;
    const auto config = load_config(world.sources());
    EXPECT_EQ(config.server, "https://shared:1");
    EXPECT_EQ(config.token, "first");
    EXPECT_EQ(config.client_certificate_pem, "") << "an entry is taken as a whole";
    EXPECT_EQ(config.namespace_, "default");
    EXPECT_EQ(config.source, "context \"dev\" in " + first);
}

TEST(Kubeconfig, takes_another_context_when_told_so) {
    ConfigWorld world;
    world.environment["KUBECONFIG"] = world.write("a", kubeconfig("a")) + ":" + world.write("b", kubeconfig("b"));
    auto sources = world.sources();
    sources.context = "b";
    EXPECT_EQ(load_config(sources).namespace_, "ns-b");
}

TEST(Kubeconfig, reads_every_field_of_a_cluster) {
    ConfigWorld world;
    const auto path = world.write(
        "config",
        kubeconfig(
            "a",
            "{server: 'https://host:6443/prefix', certificate-authority-data: Y2EKcGVt, tls-server-name: api, "
            "proxy-url: 'http://proxy:3128'}"
        )
    );
    const auto config = load_kubeconfig({path}, "", MissingFile::Refuse);
    EXPECT_EQ(config.server, "https://host:6443/prefix");
    EXPECT_EQ(config.ca_pem, "ca\npem");
    EXPECT_EQ(config.tls_server_name, "api");
    EXPECT_EQ(config.proxy_url, "http://proxy:3128");
    EXPECT_FALSE(config.insecure_skip_tls_verify);
}

TEST(Kubeconfig, takes_a_server_without_a_scheme_for_https_where_anything_of_tls_is_configured) {
    struct Case {
        std::string behaviour;
        std::string cluster;
        std::string user;
        std::string server;
    };
    const std::vector<Case> cases{
        {"a CA is", "{server: 'host:6443', certificate-authority-data: Y2E=}", "token: t", "https://host:6443"},
        {"no certificate is looked at",
         "{server: 'host:6443', insecure-skip-tls-verify: true}",
         "token: t",
         "https://host:6443"},
        {"a client certificate is",
         "{server: 'host:6443'}",
         "{client-certificate-data: Y2E=, client-key-data: Y2E=}",
         "https://host:6443"},
        {"nothing is", "{server: 'host:8080'}", "token: t", "http://host:8080"},
        {"the scheme is there", "{server: 'http://host', insecure-skip-tls-verify: true}", "token: t", "http://host"},
    };
    ConfigWorld world;
    for (const auto& c : cases) {
        SCOPED_TRACE(c.behaviour);
        const auto path = world.write("config", kubeconfig("a", c.cluster, c.user));
        EXPECT_EQ(load_kubeconfig({path}, "", MissingFile::Refuse).server, c.server);
    }
}

TEST(Kubeconfig, resolves_relative_paths_against_the_folder_of_the_file) {
    ConfigWorld world;
    world.write("deep/pki/ca.crt", "the CA");
    world.write("deep/pki/me.crt", "the certificate");
    world.write("deep/me.key", "the key");
    const auto path = world.write(
        "deep/config",
        kubeconfig(
            "a",
            "{server: 'https://host', certificate-authority: pki/ca.crt}",
            "{client-certificate: ./pki/me.crt, client-key: me.key, tokenFile: token}"
        )
    );
    const auto config = load_kubeconfig({path}, "", MissingFile::Refuse);
    EXPECT_EQ(config.ca_pem, "the CA");
    EXPECT_EQ(config.client_certificate_pem, "the certificate");
    EXPECT_EQ(config.client_key_pem, "the key");
    EXPECT_EQ(config.token_file, world.path("deep/token"));
}

TEST(Kubeconfig, prefers_data_over_files) {
    ConfigWorld world;
    const auto path = world.write(
        "config",
        kubeconfig("a", "{server: 'https://h', certificate-authority: /absent, certificate-authority-data: Y2E=}")
    );
    EXPECT_EQ(load_kubeconfig({path}, "", MissingFile::Refuse).ca_pem, "ca");
}

TEST(Kubeconfig, reads_every_field_of_an_exec_plugin) {
    ConfigWorld world;
    const auto path = world.write(
        "folder/config",
        kubeconfig(
            "a",
            "{server: 'https://h', extensions: [{name: client.authentication.k8s.io/exec, "
            "extension: {audience: x, number: 5, text: '5'}}]}",
            "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, args: [a, '2'], "
            "env: [{name: A, value: b}], provideClusterInfo: true, interactiveMode: Never, installHint: get it}}"
        )
    );
    const auto config = load_kubeconfig({path}, "", MissingFile::Refuse);
    ASSERT_TRUE(config.exec);
    EXPECT_EQ(config.exec->api_version, "client.authentication.k8s.io/v1");
    EXPECT_EQ(config.exec->command, world.path("folder/plugin"));
    EXPECT_EQ(config.exec->args, (std::vector<std::string>{"a", "2"}));
    EXPECT_EQ(config.exec->env, (std::vector<std::pair<std::string, std::string>>{{"A", "b"}}));
    EXPECT_EQ(config.exec->install_hint, "get it");
    EXPECT_TRUE(config.exec->provides_cluster_info);
    EXPECT_EQ(config.exec->cluster_info_config_json, R"({"audience":"x","number":5,"text":"5"})");
    EXPECT_EQ(config.exec->interactive_mode, ExecConfig::InteractiveMode::Never);
}

TEST(Kubeconfig, says_which_file_and_entry_is_broken_and_how) {
    struct Case {
        std::string behaviour;
        std::string content;
        /// FILE stands for the path.
        std::string words;
    };
    const std::string head = "contexts:\n- name: a\n  context: {cluster: a, user: a}\ncurrent-context: a\n";
    const auto cluster = [&](const std::string& fields) {
        return head + "clusters:\n- name: a\n  cluster: " + fields + "\nusers:\n- name: a\n  user: {}\n";
    };
    const auto user = [&](const std::string& fields) {
        return head + "clusters:\n- name: a\n  cluster: {server: 'https://h'}\nusers:\n- name: a\n  user: " + fields +
               "\n";
    };
    const std::string exec_head = "{exec: {apiVersion: client.authentication.k8s.io/v1, ";
    const std::vector<Case> cases{
        {"no YAML", "clusters: [\n", "FILE: line 2, column 1: not YAML: "},
        {"another document", "just text", "FILE: not a kubeconfig"},
        {"another kind", "kind: Pod\n", "FILE: not a kubeconfig: its kind is Pod, expected Config"},
        {"a list that is none", "clusters: {}\n", "FILE: clusters must be a list"},
        {"an entry without name", "clusters:\n- cluster: {}\n", "FILE: clusters[0] has no name"},
        {"no current context",
         "contexts:\n- name: a\n  context: {}\n",
         "FILE: no current-context is set; choose one with: kubectl config use-context NAME (there are: \"a\")"},
        {"an unknown context",
         "current-context: b\ncontexts:\n- name: a\n  context: {}\n",
         "FILE: no context \"b\"; there are: \"a\""},
        {"a context without cluster",
         "current-context: a\ncontexts:\n- name: a\n  context: {}\n",
         "context \"a\" in FILE: cluster is missing"},
        {"an unknown cluster", head, "context \"a\" in FILE: no cluster \"a\"; there is none"},
        {"an unknown user",
         head + "clusters:\n- name: a\n  cluster: {server: 'https://h'}\n",
         "context \"a\" in FILE: no user \"a\"; there is none"},
        {"no server", cluster("{}"), "cluster \"a\" in FILE: server is missing; it is a URL such as https://host:6443"},
        {"a bad server", cluster("{server: 'ftp://h'}"), "cluster \"a\" in FILE: server is not a usable URL"},
        {"a bad proxy",
         cluster("{server: 'https://h', proxy-url: 'socks5://p'}"),
         "cluster \"a\" in FILE: proxy-url is not a usable URL"},
        {"a CA that is no base64",
         cluster("{server: 'https://h', certificate-authority-data: '%'}"),
         "cluster \"a\" in FILE: certificate-authority-data is not base64"},
        {"a CA file that is absent",
         cluster("{server: 'https://h', certificate-authority: /absent/ca}"),
         "cluster \"a\" in FILE: certificate-authority: cannot read /absent/ca: No such file or directory"},
        {"a CA that is not to be used",
         cluster("{server: 'https://h', insecure-skip-tls-verify: true, certificate-authority-data: Y2E=}"),
         "cluster \"a\" in FILE: insecure-skip-tls-verify and a certificate-authority exclude each other"},
        {"a flag that is none",
         cluster("{server: 'https://h', insecure-skip-tls-verify: maybe}"),
         "cluster \"a\" in FILE: insecure-skip-tls-verify must be true or false, not \"maybe\""},
        {"a certificate without key",
         user("{client-certificate-data: Y2E=}"),
         "user \"a\" in FILE: client-certificate has no client-key beside it"},
        {"two ways to be somebody",
         user("{token: a, username: b}"),
         "user \"a\" in FILE: a token and a username exclude each other"},
        {"impersonation", user("{token: a, as: admin}"), "user \"a\" in FILE: as (impersonation) is not supported"},
        {"an auth provider", user("{auth-provider: {name: gcp}}"), "user \"a\" in FILE: auth-provider is not supported"
        },
        {"an old exec version",
         user("{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}}"),
         "user \"a\" in FILE: exec: apiVersion \"client.authentication.k8s.io/v1alpha1\" is not supported"},
        {"exec without command",
         user(exec_head + "interactiveMode: Never}}"),
         "user \"a\" in FILE: exec: command is missing"},
        {"exec without interactiveMode",
         user(exec_head + "command: x}}"),
         "user \"a\" in FILE: exec: interactiveMode is missing"},
        {"a token that is a list", user("{token: [a]}"), "user \"a\" in FILE: token must be a string"},
    };
    ConfigWorld world;
    for (const auto& c : cases) {
        SCOPED_TRACE(c.behaviour);
        const auto path = world.write("config", c.content);
        auto expected = c.words;
        expected.replace(expected.find("FILE"), 4, path);
        const auto words = refusal([&] { return load_kubeconfig({path}, "", MissingFile::Refuse); });
        EXPECT_TRUE(words.starts_with(expected)) << words << "\n  does not begin with\n" << expected;
    }
}

}  // namespace
}  // namespace kube
