#include "kube/client/kubeconfig.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>
#include <boost/json.hpp>

#include "kube/http/proxy.hpp"
#include "kube/http/url.hpp"

namespace kube {

namespace {

/// An entry of a list, and the file that it stands in.
struct Entry {
    YAML::Node node;
    std::string path;
    /// `cluster "dev" in /home/me/.kube/config`
    std::string label;

    [[noreturn]] void refuse(const std::string& reason) const { throw ConfigError{label + ": " + reason}; }
};

struct Merged {
    std::map<std::string, Entry> clusters;
    std::map<std::string, Entry> users;
    std::map<std::string, Entry> contexts;
    std::string current_context;
    std::string current_context_path;
};

std::string read_file(const std::string& path, const std::string& label) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) throw ConfigError{fmt::format("{}: {} is a folder", label, path)};
    std::ifstream file{path, std::ios::binary};
    std::ostringstream content;
    if (file) content << file.rdbuf();
    if (!file || !content) throw ConfigError{fmt::format("{}: cannot read {}: {}", label, path, std::strerror(errno))};
    return content.str();
}

/// Decodes base64, with the line breaks that people's editors put in. Nullopt when it is not base64.
std::optional<std::string> decode_base64(std::string_view text) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string decoded;
    std::uint32_t bits = 0;
    unsigned count = 0;
    bool is_padded = false;
    for (const char c : text) {
        if (c == '\n' || c == '\r' || c == ' ' || c == '\t') continue;
        if (c == '=') {
            is_padded = true;
            continue;
        }
        const auto value = kAlphabet.find(c);
        if (value == std::string_view::npos || is_padded) return std::nullopt;
        bits = (bits << 6u) | static_cast<std::uint32_t>(value);
        // The second, third and fourth character of four each complete a byte, with 4, 2 and 0 bits left over.
        if (const unsigned in_group = ++count % 4; in_group != 1) {
            const auto bits_left = in_group == 2 ? 4u : in_group == 3 ? 2u : 0u;
            decoded.push_back(static_cast<char>((bits >> bits_left) & 0xFFu));
        }
    }
    if (count % 4 == 1) return std::nullopt;
    return decoded;
}

std::string text_of(const Entry& entry, const char* field) {
    const auto node = entry.node[field];
    if (!node || node.IsNull()) return {};
    if (!node.IsScalar()) entry.refuse(fmt::format("{} must be a string", field));
    return node.Scalar();
}

bool flag_of(const Entry& entry, const char* field) {
    const auto text = text_of(entry, field);
    if (text.empty() || text == "false") return false;
    if (text == "true") return true;
    entry.refuse(fmt::format("{} must be true or false, not \"{}\"", field, text));
}

std::string beside(const std::string& path_of_file, const std::string& path) {
    const std::filesystem::path as_path{path};
    if (path.empty() || as_path.is_absolute()) return path;
    return (std::filesystem::absolute(path_of_file).parent_path() / as_path).lexically_normal().string();
}

/// `<field>-data`, decoded, or the content of the file that `<field>` names; the data wins.
std::string data_or_file(const Entry& entry, const std::string& field) {
    const auto data_field = field + "-data";
    if (const auto data = text_of(entry, data_field.c_str()); !data.empty()) {
        auto decoded = decode_base64(data);
        if (!decoded) entry.refuse(data_field + " is not base64; write it with: base64 -w0 FILE");
        return *decoded;
    }
    const auto path = text_of(entry, field.c_str());
    if (path.empty()) return {};
    return read_file(beside(entry.path, path), entry.label + ": " + field);
}

void add_entries(
    std::map<std::string, Entry>& into,
    const YAML::Node& root,
    const char* list,
    const char* kind,
    const std::string& path
) {
    const auto entries = root[list];
    if (!entries || entries.IsNull()) return;
    if (!entries.IsSequence()) throw ConfigError{fmt::format("{}: {} must be a list", path, list)};
    std::size_t index = 0;
    for (const auto& item : entries) {
        const auto where = fmt::format("{}: {}[{}]", path, list, index++);
        if (!item.IsMap()) throw ConfigError{where + " must have a name and a " + kind};
        const auto name = item["name"];
        if (!name || !name.IsScalar() || name.Scalar().empty()) throw ConfigError{where + " has no name"};
        auto label = fmt::format("{} \"{}\" in {}", kind, name.Scalar(), path);
        const auto body = item[kind];
        if (body && !body.IsNull() && !body.IsMap()) throw ConfigError{label + ": " + kind + " must be a map"};
        into.try_emplace(
            name.Scalar(), Entry{body && body.IsMap() ? body : YAML::Node{YAML::NodeType::Map}, path, std::move(label)}
        );
    }
}

void add_file(Merged& merged, const std::string& path) {
    const auto content = read_file(path, "kubeconfig");
    YAML::Node root;
    try {
        root = YAML::Load(content);
    } catch (const YAML::Exception& error) {
        throw ConfigError{fmt::format(
            "{}: line {}, column {}: not YAML: {}", path, error.mark.line + 1, error.mark.column + 1, error.msg
        )};
    }
    if (root.IsNull()) return;
    if (!root.IsMap()) throw ConfigError{path + ": not a kubeconfig: expected clusters, users and contexts"};
    if (const auto kind = root["kind"];
        kind && kind.IsScalar() && !kind.Scalar().empty() && kind.Scalar() != "Config") {
        throw ConfigError{fmt::format("{}: not a kubeconfig: its kind is {}, expected Config", path, kind.Scalar())};
    }
    add_entries(merged.clusters, root, "clusters", "cluster", path);
    add_entries(merged.users, root, "users", "user", path);
    add_entries(merged.contexts, root, "contexts", "context", path);
    const auto current = root["current-context"];
    if (merged.current_context.empty() && current && current.IsScalar()) {
        merged.current_context = current.Scalar();
        merged.current_context_path = path;
    }
}

/// YAML as JSON, for the extension that is handed to a plugin.
boost::json::value to_json(const YAML::Node& node) {
    if (node.IsSequence()) {
        boost::json::array array;
        for (const auto& item : node) array.push_back(to_json(item));
        return array;
    }
    if (node.IsMap()) {
        boost::json::object object;
        for (const auto& member : node) object[member.first.as<std::string>()] = to_json(member.second);
        return object;
    }
    if (!node.IsScalar()) return nullptr;
    if (node.Tag() == "!") return boost::json::value(node.Scalar());  // It stood in quotes.
    bool as_bool = false;
    std::int64_t as_int = 0;
    double as_double = 0;
    if (YAML::convert<std::int64_t>::decode(node, as_int)) return as_int;
    if (YAML::convert<double>::decode(node, as_double)) return as_double;
    if (YAML::convert<bool>::decode(node, as_bool)) return as_bool;
    return boost::json::value(node.Scalar());
}

std::string exec_extension(const Entry& cluster) {
    const auto extensions = cluster.node["extensions"];
    if (!extensions || !extensions.IsSequence()) return {};
    for (const auto& extension : extensions) {
        const auto name = extension["name"];
        if (name && name.IsScalar() && name.Scalar() == "client.authentication.k8s.io/exec") {
            return boost::json::serialize(to_json(extension["extension"]));
        }
    }
    return {};
}

ExecConfig parse_exec(const Entry& user, const Entry& cluster) {
    const Entry exec{user.node["exec"], user.path, user.label + ": exec"};
    if (!exec.node.IsMap()) exec.refuse("must be a map");
    ExecConfig parsed;
    parsed.entry = user.label;
    parsed.api_version = text_of(exec, "apiVersion");
    if (parsed.api_version != "client.authentication.k8s.io/v1" &&
        parsed.api_version != "client.authentication.k8s.io/v1beta1") {
        exec.refuse(fmt::format(
            "apiVersion \"{}\" is not supported; use client.authentication.k8s.io/v1 (the plugin may need an update)",
            parsed.api_version
        ));
    }
    parsed.command = text_of(exec, "command");
    if (parsed.command.empty()) exec.refuse("command is missing");
    // A bare name is found in PATH; a relative path belongs to the file.
    if (parsed.command.find('/') != std::string::npos) parsed.command = beside(user.path, parsed.command);
    parsed.install_hint = text_of(exec, "installHint");
    parsed.provides_cluster_info = flag_of(exec, "provideClusterInfo");
    if (parsed.provides_cluster_info) parsed.cluster_info_config_json = exec_extension(cluster);

    const auto mode = text_of(exec, "interactiveMode");
    if (mode == "Never") {
        parsed.interactive_mode = ExecConfig::InteractiveMode::Never;
    } else if (mode == "Always") {
        parsed.interactive_mode = ExecConfig::InteractiveMode::Always;
    } else if (mode.empty() && parsed.api_version == "client.authentication.k8s.io/v1") {
        exec.refuse("interactiveMode is missing; set it to Never, IfAvailable or Always");
    } else if (!mode.empty() && mode != "IfAvailable") {
        exec.refuse(fmt::format("interactiveMode \"{}\" must be Never, IfAvailable or Always", mode));
    }
    if (const auto args = exec.node["args"]; args && !args.IsNull()) {
        if (!args.IsSequence()) exec.refuse("args must be a list of strings");
        for (const auto& arg : args) {
            if (!arg.IsScalar()) exec.refuse("args must be a list of strings");
            parsed.args.push_back(arg.Scalar());
        }
    }
    if (const auto env = exec.node["env"]; env && !env.IsNull()) {
        if (!env.IsSequence()) exec.refuse("env must be a list of names and values");
        for (const auto& variable : env) {
            if (!variable.IsMap() || !variable["name"] || !variable["name"].IsScalar()) {
                exec.refuse("env must be a list of names and values");
            }
            const auto value = variable["value"];
            parsed.env.emplace_back(variable["name"].Scalar(), value && value.IsScalar() ? value.Scalar() : "");
        }
    }
    return parsed;
}

void add_user(RestConfig& config, const Entry& user, const Entry& cluster) {
    for (const char* field : {"as", "as-uid", "as-groups", "as-user-extra"}) {
        if (user.node[field]) user.refuse(fmt::format("{} (impersonation) is not supported; remove it", field));
    }
    if (user.node["auth-provider"]) {
        user.refuse("auth-provider is not supported (Kubernetes 1.26 removed it); use an exec plugin instead");
    }
    config.client_certificate_pem = data_or_file(user, "client-certificate");
    config.client_key_pem = data_or_file(user, "client-key");
    if (config.client_certificate_pem.empty() != config.client_key_pem.empty()) {
        user.refuse(
            config.client_key_pem.empty() ? "client-certificate has no client-key beside it"
                                          : "client-key has no client-certificate beside it"
        );
    }
    config.token_file = beside(user.path, text_of(user, "tokenFile"));
    if (config.token_file.empty()) config.token = text_of(user, "token");
    config.username = text_of(user, "username");
    config.password = text_of(user, "password");
    const bool has_token = !config.token.empty() || !config.token_file.empty();
    if (has_token && !config.username.empty()) {
        user.refuse("a token and a username exclude each other; remove one");
    }
    if (user.node["exec"] && !user.node["exec"].IsNull()) {
        if (!config.username.empty()) user.refuse("exec and a username exclude each other; remove one");
        if (!has_token) config.exec = parse_exec(user, cluster);
    }
}

/// A server without a scheme is meant for TLS where anything of the configuration is (client-go's rule): credentials do
/// not travel in the clear because a scheme was left out.
void complete_server(RestConfig& config, const Entry& cluster) {
    if (config.server.find("://") == std::string::npos) {
        const bool is_for_tls =
            !config.ca_pem.empty() || !config.client_certificate_pem.empty() || config.insecure_skip_tls_verify;
        config.server = (is_for_tls ? "https://" : "http://") + config.server;
    }
    try {
        static_cast<void>(parse_origin(config.server, "server"));
    } catch (const TransportError& error) {
        cluster.refuse(error.what());
    }
}

template <class Map>
std::string names_of(const Map& entries) {
    std::vector<std::string> names;
    for (const auto& [name, entry] : entries) names.push_back("\"" + name + "\"");
    return names.empty() ? "there is none" : fmt::format("there are: {}", fmt::join(names, ", "));
}

}  // namespace

RestConfig load_kubeconfig(const std::vector<std::string>& paths, const std::string& context, MissingFile missing) {
    Merged merged;
    std::size_t found = 0;
    for (const auto& path : paths) {
        std::error_code error;
        if (missing == MissingFile::Skip && !std::filesystem::exists(path, error) && !error) continue;
        add_file(merged, path);
        ++found;
    }
    const auto all_paths = fmt::format("{}", fmt::join(paths, ", "));
    if (found == 0) throw ConfigError{"no kubeconfig file: none of these exists: " + all_paths};

    const auto name = context.empty() ? merged.current_context : context;
    if (name.empty()) {
        throw ConfigError{fmt::format(
            "{}: no current-context is set; choose one with: kubectl config use-context NAME ({})",
            all_paths,
            names_of(merged.contexts)
        )};
    }
    const auto chosen = merged.contexts.find(name);
    if (chosen == merged.contexts.end()) {
        throw ConfigError{fmt::format("{}: no context \"{}\"; {}", all_paths, name, names_of(merged.contexts))};
    }
    const auto& of_context = chosen->second;

    const auto cluster_name = text_of(of_context, "cluster");
    if (cluster_name.empty()) of_context.refuse("cluster is missing");
    const auto cluster_found = merged.clusters.find(cluster_name);
    if (cluster_found == merged.clusters.end()) {
        of_context.refuse(fmt::format("no cluster \"{}\"; {}", cluster_name, names_of(merged.clusters)));
    }
    const auto& cluster = cluster_found->second;

    RestConfig config;
    config.source = fmt::format("context \"{}\" in {}", name, of_context.path);
    config.server = text_of(cluster, "server");
    if (config.server.empty()) cluster.refuse("server is missing; it is a URL such as https://host:6443");
    config.tls_server_name = text_of(cluster, "tls-server-name");
    config.insecure_skip_tls_verify = flag_of(cluster, "insecure-skip-tls-verify");
    config.ca_pem = data_or_file(cluster, "certificate-authority");
    if (config.insecure_skip_tls_verify && !config.ca_pem.empty()) {
        cluster.refuse("insecure-skip-tls-verify and a certificate-authority exclude each other; remove one");
    }
    config.proxy_url = text_of(cluster, "proxy-url");
    if (!config.proxy_url.empty()) {
        try {
            static_cast<void>(parse_proxy(config.proxy_url, "proxy-url"));
        } catch (const TransportError& error) {
            cluster.refuse(error.what());
        }
    }
    if (const auto in = text_of(of_context, "namespace"); !in.empty()) config.namespace_ = in;

    if (const auto user_name = text_of(of_context, "user"); !user_name.empty()) {
        const auto user = merged.users.find(user_name);
        if (user == merged.users.end()) {
            of_context.refuse(fmt::format("no user \"{}\"; {}", user_name, names_of(merged.users)));
        }
        add_user(config, user->second, cluster);
    }
    complete_server(config, cluster);
    return config;
}

}  // namespace kube
