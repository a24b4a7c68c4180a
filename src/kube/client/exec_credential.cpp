#include "kube/client/exec_credential.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include <openssl/evp.h>
#include <boost/asio/this_coro.hpp>
#include <boost/json.hpp>

#include "kube/async/semaphore.hpp"
#include "kube/json/json.hpp"
#include "kube/meta/time.hpp"

extern char** environ;

namespace kube {

using namespace std::chrono_literals;
using Kind = TransportError::Kind;

namespace {

constexpr auto kRunLimit = 60s;
constexpr std::size_t kOutputBytesMax = 1u << 20u;

struct Output {
    int status = 0;
    std::string out;
    /// Why there is none: not found, took too long, said too much.
    std::string problem;
};

class Descriptor {
public:
    explicit Descriptor(int descriptor) : descriptor_{descriptor} {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }
    void close() {
        if (descriptor_ >= 0) ::close(descriptor_);
        descriptor_ = -1;
    }

private:
    int descriptor_;
};

/// Reads until the program closes its output; the reason where that does not happen in time or within bounds.
std::string read_all(int from, std::string& into) {
    const auto limit = std::chrono::steady_clock::now() + kRunLimit;
    std::array<char, 4096> buffer{};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - std::chrono::steady_clock::now());
        pollfd waiting{.fd = from, .events = POLLIN, .revents = 0};
        const int ready = left <= 0ms ? 0 : ::poll(&waiting, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return fmt::format("it took longer than {} s", kRunLimit.count());
        const auto count = ::read(from, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return {};
        into.append(buffer.data(), static_cast<std::size_t>(count));
        if (into.size() > kOutputBytesMax) return "it printed more than 1 MiB";
    }
}

/// Runs a program: its output is read, its errors go where ours go. Blocks.
Output run_program(
    const std::vector<std::string>& command, const std::vector<std::string>& environment, bool is_interactive
) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {.problem = std::strerror(errno)};
    const Descriptor reader{ends[0]};
    Descriptor writer{ends[1]};

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, writer.get(), STDOUT_FILENO);
    if (!is_interactive) posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    std::vector<char*> argv;
    for (const auto& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    std::vector<char*> envp;
    for (const auto& variable : environment) envp.push_back(const_cast<char*>(variable.c_str()));
    envp.push_back(nullptr);

    pid_t pid = 0;
    const int error = ::posix_spawnp(&pid, argv.front(), &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    writer.close();
    if (error != 0) return {.problem = std::strerror(error)};

    Output output;
    output.problem = read_all(reader.get(), output.out);
    if (!output.problem.empty()) ::kill(pid, SIGKILL);
    while (::waitpid(pid, &output.status, 0) < 0 && errno == EINTR) {
    }
    return output;
}

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& own) {
    std::vector<std::string> environment;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text{*variable};
        const auto name = text.substr(0, text.find('='));
        const bool is_replaced =
            std::any_of(own.begin(), own.end(), [&](const auto& entry) { return entry.first == name; });
        if (!is_replaced) environment.emplace_back(text);
    }
    for (const auto& [name, value] : own) environment.push_back(name + "=" + value);
    return environment;
}

std::string base64(const std::string& text) {
    std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(encoded.data()),
        reinterpret_cast<const unsigned char*>(text.data()),
        static_cast<int>(text.size())
    );
    encoded.resize(static_cast<std::size_t>(size));
    return encoded;
}

}  // namespace

struct ExecCredentialPlugin::Impl {
    RestConfig config;
    ExecConfig exec;
    BlockingPool& blocking;
    Clock& clock;
    SharedCredential current;
    std::optional<WallTime> expires;
    bool is_dropped = false;
    /// One run of the plugin at a time: the others wait for its answer.
    std::optional<Semaphore> runs;

    [[nodiscard]] bool is_interactive() const {
        return exec.interactive_mode != ExecConfig::InteractiveMode::Never && ::isatty(STDIN_FILENO) == 1;
    }
    [[nodiscard]] TransportError error(std::string_view what) const {
        return TransportError{Kind::Configuration, fmt::format("{}: exec \"{}\": {}", exec.entry, exec.command, what)};
    }
    [[nodiscard]] std::string exec_info() const;
    [[nodiscard]] SharedCredential parse(const std::string& printed, std::optional<WallTime>& expires_at) const;
};

std::string ExecCredentialPlugin::Impl::exec_info() const {
    boost::json::object spec{{"interactive", is_interactive()}};
    if (exec.provides_cluster_info) {
        boost::json::object cluster{{"server", config.server}};
        if (!config.tls_server_name.empty()) cluster["tls-server-name"] = config.tls_server_name;
        if (config.insecure_skip_tls_verify) cluster["insecure-skip-tls-verify"] = true;
        if (!config.ca_pem.empty()) cluster["certificate-authority-data"] = base64(config.ca_pem);
        if (!config.proxy_url.empty()) cluster["proxy-url"] = config.proxy_url;
        if (!exec.cluster_info_config_json.empty()) {
            cluster["config"] = boost::json::parse(exec.cluster_info_config_json);
        }
        spec["cluster"] = std::move(cluster);
    }
    return boost::json::serialize(
        boost::json::object{{"apiVersion", exec.api_version}, {"kind", "ExecCredential"}, {"spec", std::move(spec)}}
    );
}

SharedCredential ExecCredentialPlugin::Impl::parse(const std::string& printed, std::optional<WallTime>& expires_at)
    const {
    boost::system::error_code broken;
    const auto answer = boost::json::parse(printed, broken);
    if (broken) throw error("what it printed is not JSON: " + broken.message());
    if (json::find_string(answer, {"kind"}) != "ExecCredential") throw error("it did not print an ExecCredential");
    if (const auto version = json::find_string(answer, {"apiVersion"}); version != exec.api_version) {
        throw error(fmt::format("it answered with apiVersion {}, not {}", version, exec.api_version));
    }
    Credential credential;
    const auto token = json::find_string(answer, {"status", "token"});
    if (!token.empty()) credential.authorization = "Bearer " + std::string{token};
    credential.client_certificate_pem = json::find_string(answer, {"status", "clientCertificateData"});
    credential.client_key_pem = json::find_string(answer, {"status", "clientKeyData"});
    if (credential.client_certificate_pem.empty() != credential.client_key_pem.empty()) {
        throw error("it printed only one of clientCertificateData and clientKeyData");
    }
    if (token.empty() && credential.client_key_pem.empty()) {
        throw error("it printed neither a token nor a client certificate");
    }
    expires_at.reset();
    if (const auto expiration = json::find_string(answer, {"status", "expirationTimestamp"}); !expiration.empty()) {
        const auto parsed = parse_time(expiration);
        if (!parsed) throw error(fmt::format("its expirationTimestamp \"{}\" is not an RFC 3339 time", expiration));
        expires_at = parsed->at;
    }
    return std::make_shared<const Credential>(std::move(credential));
}

ExecCredentialPlugin::ExecCredentialPlugin(const RestConfig& config, BlockingPool& blocking, Clock& clock)
    : impl_{std::make_shared<Impl>(config, config.exec.value_or(ExecConfig{}), blocking, clock)} {}

ExecCredentialPlugin::~ExecCredentialPlugin() = default;

SharedCredential ExecCredentialPlugin::ready() {
    const auto& impl = *impl_;
    if (impl.is_dropped || (impl.expires && impl.clock.now() >= *impl.expires)) return nullptr;
    return impl.current;
}

Async<SharedCredential> ExecCredentialPlugin::credential() {
    const auto impl = impl_;
    if (!impl->runs) impl->runs.emplace(co_await boost::asio::this_coro::executor, 1);
    const auto turn = co_await impl->runs->acquire();
    if (auto known = ready()) co_return known;
    if (impl->exec.interactive_mode == ExecConfig::InteractiveMode::Always && !impl->is_interactive()) {
        throw impl->error("it needs a terminal (interactiveMode: Always), and there is none");
    }
    auto own = impl->exec.env;
    own.emplace_back("KUBERNETES_EXEC_INFO", impl->exec_info());
    std::vector<std::string> command{impl->exec.command};
    command.insert(command.end(), impl->exec.args.begin(), impl->exec.args.end());
    const auto output = co_await impl->blocking.run(
        [command = std::move(command), environment = environment_with(own), interactive = impl->is_interactive()] {
            return run_program(command, environment, interactive);
        }
    );
    if (!output.problem.empty()) {
        const std::string_view separator = impl->exec.install_hint.empty() ? "" : ". ";
        throw impl->error(fmt::format("{}{}{}", output.problem, separator, impl->exec.install_hint));
    }
    if (!WIFEXITED(output.status) || WEXITSTATUS(output.status) != 0) {
        throw impl->error(
            WIFEXITED(output.status) ? fmt::format("it ended with exit code {}", WEXITSTATUS(output.status))
                                     : fmt::format("it ended with signal {}", WTERMSIG(output.status))
        );
    }
    impl->current = impl->parse(output.out, impl->expires);
    impl->is_dropped = false;
    co_return impl->current;
}

bool ExecCredentialPlugin::refused(const SharedCredential& refused) {
    if (refused == impl_->current) impl_->is_dropped = true;
    return true;
}

}  // namespace kube
