#include "kube/client/config.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <openssl/evp.h>

#include "kube/client/exec_credential.hpp"
#include "kube/client/kubeconfig.hpp"
#include "kube/client/token_file.hpp"
#include "kube/http/https_transport.hpp"

namespace kube {

namespace {

std::optional<std::string> read_if_there(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) return std::nullopt;
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

std::vector<std::string> split_paths(const std::string& list) {
    std::vector<std::string> paths;
    std::size_t start = 0;
    while (start <= list.size()) {
        const auto end = std::min(list.find(':', start), list.size());
        auto path = list.substr(start, end - start);
        // A file that is listed twice counts once, where it stands first.
        if (!path.empty() && std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
        start = end + 1;
    }
    return paths;
}

/// The pod's service account; nullopt, with the reason in `why_not`, where this is not a pod that has one.
std::optional<RestConfig> in_cluster(const ConfigSources& sources, std::string& why_not) {
    const auto host = sources.environment("KUBERNETES_SERVICE_HOST").value_or("");
    const auto port = sources.environment("KUBERNETES_SERVICE_PORT").value_or("");
    if (host.empty() || port.empty()) {
        why_not = "not in a pod (KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT is not set)";
        return std::nullopt;
    }
    const auto token_path = sources.service_account_folder + "/token";
    if (!read_if_there(token_path)) {
        why_not = "the pod has no service account token at " + token_path;
        return std::nullopt;
    }
    RestConfig config;
    const bool is_v6 = host.find(':') != std::string::npos;
    config.server = fmt::format(fmt::runtime(is_v6 ? "https://[{}]:{}" : "https://{}:{}"), host, port);
    config.token_file = token_path;
    config.ca_pem = read_if_there(sources.service_account_folder + "/ca.crt").value_or("");
    if (auto namespace_ = read_if_there(sources.service_account_folder + "/namespace")) {
        while (!namespace_->empty() && std::isspace(static_cast<unsigned char>(namespace_->back())) != 0) {
            namespace_->pop_back();
        }
        if (!namespace_->empty()) config.namespace_ = *namespace_;
    }
    config.source = "the pod's service account";
    return config;
}

std::string basic_authorization(const std::string& username, const std::string& password) {
    const auto plain = username + ":" + password;
    std::string encoded(4 * ((plain.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(encoded.data()),
        reinterpret_cast<const unsigned char*>(plain.data()),
        static_cast<int>(plain.size())
    );
    encoded.resize(static_cast<std::size_t>(size));
    return "Basic " + encoded;
}

std::shared_ptr<Authorizer> authorizer_of(const RestConfig& config, const TransportSurroundings& surroundings) {
    Credential fixed;
    fixed.client_certificate_pem = config.client_certificate_pem;
    fixed.client_key_pem = config.client_key_pem;
    if (!config.token_file.empty()) {
        return std::make_shared<TokenFile>(
            config.token_file, std::move(fixed), surroundings.blocking, surroundings.clock, surroundings.warn
        );
    }
    if (config.exec) {
        return std::make_shared<ExecCredentialPlugin>(config, surroundings.blocking, surroundings.clock);
    }
    if (!config.token.empty()) {
        fixed.authorization = "Bearer " + config.token;
    } else if (!config.username.empty()) {
        fixed.authorization = basic_authorization(config.username, config.password);
    }
    if (fixed.authorization.empty() && fixed.client_key_pem.empty()) return nullptr;
    return std::make_shared<FixedAuthorizer>(std::move(fixed));
}

}  // namespace

ConfigSources ConfigSources::of_process() {
    ConfigSources sources;
    sources.environment = [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (value == nullptr) return std::nullopt;
        return std::string{value};
    };
    return sources;
}

RestConfig load_config(const ConfigSources& sources) {
    if (!sources.kubeconfig_flag.empty()) {
        return load_kubeconfig({sources.kubeconfig_flag}, sources.context, MissingFile::Refuse);
    }
    if (const auto list = sources.environment("KUBECONFIG").value_or(""); !list.empty()) {
        try {
            return load_kubeconfig(split_paths(list), sources.context, MissingFile::Skip);
        } catch (const ConfigError& error) {
            throw ConfigError{fmt::format("KUBECONFIG: {}", error.what())};
        }
    }
    std::string why_not;
    // A context that was asked for can only be one of a file.
    if (sources.context.empty()) {
        if (auto config = in_cluster(sources, why_not)) return *config;
    }
    const auto home = sources.environment("HOME").value_or("");
    const auto path = home + "/.kube/config";
    std::error_code ignored;
    if (!home.empty() && std::filesystem::exists(path, ignored)) {
        return load_kubeconfig({path}, sources.context, MissingFile::Refuse);
    }
    throw ConfigError{fmt::format(
        "no API server is configured: --kubeconfig is not given, KUBECONFIG is not set, {}, and {} does not exist. "
        "Give one with --kubeconfig FILE",
        why_not.empty() ? "a context was asked for" : why_not,
        home.empty() ? "~/.kube/config" : path
    )};
}

std::unique_ptr<Transport> make_transport(const RestConfig& config, TransportSurroundings surroundings) {
    TransportConfig transport;
    transport.origin = config.server;
    transport.ca_pem = config.ca_pem;
    transport.insecure_skip_tls_verify = config.insecure_skip_tls_verify;
    transport.tls_server_name = config.tls_server_name;
    if (!config.proxy_url.empty()) transport.proxy_url = config.proxy_url;
    transport.user_agent = surroundings.user_agent;
    transport.requests_in_flight_max = surroundings.requests_in_flight_max;
    transport.authorizer = authorizer_of(config, surroundings);
    try {
        return std::make_unique<HttpsTransport>(surroundings.pool, std::move(transport));
    } catch (const TransportError& error) {
        throw ConfigError{config.source.empty() ? error.what() : config.source + ": " + error.what()};
    }
}

}  // namespace kube
