// Which API server, and who we are there: from flags, the environment, kubeconfig files or the pod that we run in.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "kube/async/blocking_pool.hpp"
#include "kube/async/clock.hpp"
#include "kube/http/authorizer.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/http/transport.hpp"

namespace kube {

/// A configuration that cannot be used. The text names the file, the entry in it, what is wrong and what to do.
class ConfigError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A program that prints credentials (client.authentication.k8s.io, "exec" of a kubeconfig's user).
struct ExecConfig {
    enum class InteractiveMode { Never, IfAvailable, Always };

    /// "client.authentication.k8s.io/v1" or "…/v1beta1".
    std::string api_version;
    std::string command;
    std::vector<std::string> args;
    std::vector<std::pair<std::string, std::string>> env;
    /// What a person can do where the command is missing.
    std::string install_hint;
    bool provides_cluster_info = false;
    /// The cluster's extension "client.authentication.k8s.io/exec", as JSON; empty for none.
    std::string cluster_info_config_json;
    InteractiveMode interactive_mode = InteractiveMode::IfAvailable;
    /// Which entry this is, for errors: `user "dev" in /home/me/.kube/config`.
    std::string entry;
};

/// Everything that is needed to reach one API server.
struct RestConfig {
    /// "https://host:port", with the path prefix if there is one.
    std::string server;
    /// PEM; empty for the system's authorities.
    std::string ca_pem;
    bool insecure_skip_tls_verify = false;
    std::string tls_server_name;
    /// Empty: the proxy variables of the environment decide.
    std::string proxy_url;

    /// At most one of these proves who we are; a client certificate may come on top.
    std::string token;
    std::string token_file;
    std::string username;
    std::string password;
    std::optional<ExecConfig> exec;
    /// PEM.
    std::string client_certificate_pem;
    std::string client_key_pem;

    /// The context's namespace, or the pod's; "default" where nothing says.
    std::string namespace_ = "default";
    /// Where this comes from, for logs: `context "dev" of /home/me/.kube/config`, or `the pod's service account`.
    std::string source;
};

/// Where to look for a configuration. The defaults are those of a process; tests replace them.
struct ConfigSources {
    /// The flag --kubeconfig; empty when it was not given.
    std::string kubeconfig_flag;
    /// A context other than the current one; empty for the current one.
    std::string context;
    /// Reads one variable of the environment.
    std::function<std::optional<std::string>(const std::string&)> environment;
    std::string service_account_folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    static ConfigSources of_process();
};

/// Finds the configuration: the flag, else KUBECONFIG (several files, merged as kubectl does), else the pod's service
/// account, else ~/.kube/config (spec 07 §5). Throws ConfigError. Reads files: for the start of a program.
[[nodiscard]] RestConfig load_config(const ConfigSources& sources);

/// What a transport needs around it. All of it must outlive the transport.
struct TransportSurroundings {
    ConnectionPool& pool;
    BlockingPool& blocking;
    Clock& clock;
    std::string user_agent = "kube-cpp";
    /// Told of things that heal by themselves, such as a token file that cannot be read for a while.
    std::function<void(const std::string&)> warn = {};
    /// Requests under way at the same time, and so connections; one with TLS weighs some 40 kB.
    std::size_t requests_in_flight_max = 24;
};

/// A transport to the configured server, with whatever yields and refreshes its credentials.
/// Throws ConfigError that names the source for certificates and keys that cannot be used.
[[nodiscard]] std::unique_ptr<Transport> make_transport(const RestConfig& config, TransportSurroundings surroundings);

}  // namespace kube
