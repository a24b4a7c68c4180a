// sei-operator: the controllers of Sei nodes, against any Kubernetes API server.
//
// Exit codes (spec 07 §4): 0 after a clean stop and for --help, 2 for a bad command line, 1 for everything else.
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <expected>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "flags.hpp"
#include "kube/async/blocking_pool.hpp"
#include "kube/async/paced_loop.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/client/config.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/http/https_transport.hpp"
#include "kube/http/name_lookups.hpp"
#include "kube/http/url.hpp"
#include "kube/runtime/log.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/runtime/random.hpp"
#include "sei/api/deployment.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node.hpp"
#include "sei/deployment/deployment_controller.hpp"
#include "sei/node/node_controller.hpp"
#include "sei/platform/platform.hpp"
#include "sei/sidecar/http_sidecar.hpp"

namespace {

constexpr const char* kUserAgent = "manager/dev (linux)";
constexpr const char* kNamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/// A step of the start that failed: what the log line says, and why.
struct StartFailure {
    std::string message;
    std::string error;
};

sei::platform::Environment environment_of_process() {
    sei::platform::Environment environment;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) continue;
        environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

std::string host_name() {
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) != 0) return "unknown-host";
    return name.data();
}

/// Where the Lease lives: the pod's own namespace (spec 07 §7).
std::expected<std::string, std::string> leader_election_namespace(const sei::platform::Environment& environment) {
    std::ifstream file{kNamespaceFile};
    std::string namespace_{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
    while (!namespace_.empty() && (namespace_.back() == '\n' || namespace_.back() == ' ')) namespace_.pop_back();
    if (!namespace_.empty()) return namespace_;
    const auto variable = environment.find("POD_NAMESPACE");
    if (variable != environment.end() && !variable->second.empty()) return variable->second;
    return std::unexpected(
        "unable to find leader election namespace: there is neither " + std::string{kNamespaceFile} +
        " nor POD_NAMESPACE. Outside a cluster, start with --leader-elect=false"
    );
}

/// The process: what lives as long as it does, in the order in which it is needed.
class Operator {
public:
    Operator(sei_operator::Flags flags, kube::Random random)
        : flags_{std::move(flags)},
          random_{random},
          clock_{loop_.get_executor()},
          log_{kube::make_logger(clock_, flags_.log)},
          environment_{environment_of_process()},
          pool_{loop_.get_executor(), clock_, {.names = names_}},
          signals_{loop_, SIGINT, SIGTERM} {}

    int run() {
        const kube::Logger setup = log_.named("setup");
        if (const auto failure = prepare(setup)) {
            setup.error(failure->message, failure->error);
            return 1;
        }
        stop_on_signals();
        setup.info("Starting manager");
        bool has_ended = false;
        std::exception_ptr failure;
        boost::asio::co_spawn(loop_, manager_->run(), [&](std::exception_ptr error) {
            has_ended = true;
            failure = std::move(error);
            loop_.stop();
        });
        kube::run_paced(loop_);
        if (!has_ended || failure) {
            setup.error("Failed to run manager", kube::error_text(failure));
            // Coroutines may still be there, and nobody is left to end them.
            std::fflush(nullptr);
            std::_Exit(1);
        }
        return 0;
    }

private:
    std::optional<StartFailure> prepare(const kube::Logger& setup) {
        warn_of_what_is_not_done(setup);
        if (auto failure = make_manager()) return failure;
        auto platform = sei::platform::read(environment_);
        if (!platform) {
            return StartFailure{"Invalid platform configuration", sei::platform::to_string(platform.error())};
        }
        platform_ = std::move(*platform);
        setup.info("Resolved sidecar image", {{"image", platform_.sidecar_image}});
        add_controllers();
        return std::nullopt;
    }

    std::optional<StartFailure> make_manager() {
        kube::ManagerOptions options;
        try {
            kube::ConfigSources sources = kube::ConfigSources::of_process();
            sources.kubeconfig_flag = flags_.kubeconfig;
            const kube::RestConfig config = kube::load_config(sources);
            log_.named("setup").info("Found the API server", {{"server", config.server}, {"source", config.source}});
            // With its port, as client-go has it of in-cluster configurations (spec 07 §10.2).
            options.api_server_host = kube::parse_origin(config.server, "server").authority();
            transport_ = make_transport(config);
            // Of its own, so that no renewal waits for a turn behind the work.
            if (flags_.leader_elect) lease_transport_ = make_transport(config);
        } catch (const std::exception& error) {
            return StartFailure{"unable to get kubeconfig", error.what()};
        }
        options.health_address = flags_.health_probe_bind_address;
        options.metrics_address = flags_.metrics_bind_address;
        options.serves_barrier = flags_.debug_barrier;
        if (flags_.metrics_secure) options.metrics_security = metrics_security();
        options.field_manager = kube::FieldManager{std::string{sei::api::kFieldManager}};
        options.log = log_;
        options.seed = random_.next();
        if (flags_.leader_elect) {
            const auto namespace_ = leader_election_namespace(environment_);
            if (!namespace_) return StartFailure{"Failed to start manager", namespace_.error()};
            options.leader_election.emplace();
            options.leader_election->lease_name = sei::api::kLeaderElectionLease;
            options.leader_election->lease_namespace = *namespace_;
            options.leader_election->identity = host_name() + "_" + random_.uuid();
            options.lease_transport = lease_transport_.get();
        }
        try {
            manager_ = std::make_unique<kube::Manager>(loop_.get_executor(), clock_, *transport_, std::move(options));
        } catch (const std::exception& error) {
            return StartFailure{"Failed to start manager", error.what()};
        }
        return std::nullopt;
    }

    [[nodiscard]] std::unique_ptr<kube::Transport> make_transport(const kube::RestConfig& config) {
        return kube::make_transport(
            config,
            {.pool = pool_,
             .blocking = blocking_,
             .clock = clock_,
             .user_agent = kUserAgent,
             .warn = [this](const std::string& line) { log_.named("client").warn(line); }}
        );
    }

    /// What the contract does, or a flag asks for, and this process does not: whoever counts on it must learn so.
    void warn_of_what_is_not_done(const kube::Logger& setup) const {
        setup.warn("This version does not serve SeiNodeTask objects: they stay as they are");
        const auto endpoint = environment_.find("OTEL_EXPORTER_OTLP_ENDPOINT");
        if (endpoint != environment_.end() && !endpoint->second.empty()) {
            setup.warn(
                "OTEL_EXPORTER_OTLP_ENDPOINT is set, but this version pushes no metrics: scrape /metrics instead",
                {{"endpoint", endpoint->second}}
            );
        }
        if (!flags_.metrics_secure && !flags_.metrics_cert_path.empty()) {
            setup.warn(
                "--metrics-cert-path is given without --metrics-secure: metrics are served in plain HTTP, to anybody",
                {{"metrics-cert-path", flags_.metrics_cert_path}}
            );
        }
    }

    /// The files of --metrics-cert-path, where it is given.
    [[nodiscard]] kube::MetricsSecurity metrics_security() const {
        if (flags_.metrics_cert_path.empty()) return {};
        log_.named("setup").info(
            "Using provided metrics certificates",
            {{"metrics-cert-path", flags_.metrics_cert_path},
             {"metrics-cert-name", flags_.metrics_cert_name},
             {"metrics-cert-key", flags_.metrics_cert_key}}
        );
        const std::filesystem::path folder = flags_.metrics_cert_path;
        return {.certificate_file = folder / flags_.metrics_cert_name, .key_file = folder / flags_.metrics_cert_key};
    }

    void add_controllers() {
        const kube::ProxySettings proxies = kube::ProxySettings::from_environment();
        auto transport_to = [this, proxies](const std::string& base_url) -> std::unique_ptr<kube::Transport> {
            kube::TransportConfig config;
            config.origin = base_url;
            config.proxy_settings = proxies;
            config.user_agent = kUserAgent;
            return std::make_unique<kube::HttpsTransport>(pool_, std::move(config));
        };
        sidecars_ = std::make_unique<sei::sidecar::HttpSidecarFactory>(
            std::move(transport_to),
            clock_,
            sei::sidecar::kServiceAccountTokenFile,
            [log = log_.named("sidecar")](const std::string& line) { log.info(line); }
        );
        node_reconciler_ = sei::node::add_controller(
            *manager_,
            {.platform = platform_,
             .sidecars = *sidecars_,
             .random_bits = [this] { return random_.next(); },
             .log = controller_log(sei::api::kNodeControllerName, kube::KindOf<sei::api::SeiNode>::type)}
        );
        deployment_reconciler_ = sei::deployment::add_controller(
            *manager_,
            {.platform = platform_,
             .sidecars = *sidecars_,
             .resolve_host = [this](std::string host
                             ) { return kube::host_resolves(*names_, std::move(host), std::chrono::seconds{1}); },
             .random_bits = [this] { return random_.next(); },
             .log = controller_log(sei::api::kDeploymentControllerName, kube::KindOf<sei::api::SeiNodeDeployment>::type)
            }
        );
    }

    /// Of what a controller says in its passes (spec 07 §12).
    [[nodiscard]] kube::Logger controller_log(std::string_view controller, const kube::ResourceType& kind) const {
        return log_.with({{"controller", controller}, {"controllerGroup", kind.group}, {"controllerKind", kind.kind}});
    }

    /// The first signal asks the manager to stop in order; the second ends the process (spec 07 §14).
    void stop_on_signals() {
        signals_.async_wait([this](const boost::system::error_code& error, int) {
            if (error) return;
            manager_->stop();
            signals_.async_wait([](const boost::system::error_code& again, int) {
                if (!again) std::_Exit(1);
            });
        });
    }

    sei_operator::Flags flags_;
    kube::Random random_;
    boost::asio::io_context loop_{1};
    kube::SystemClock clock_;
    kube::Logger log_;
    sei::platform::Environment environment_;
    std::shared_ptr<kube::NameLookups> names_ = std::make_shared<kube::NameLookups>();
    kube::ConnectionPool pool_;
    kube::BlockingPool blocking_;
    boost::asio::signal_set signals_;
    std::unique_ptr<kube::Transport> transport_;
    std::unique_ptr<kube::Transport> lease_transport_;
    sei::platform::Platform platform_;
    std::unique_ptr<sei::sidecar::HttpSidecarFactory> sidecars_;
    std::unique_ptr<sei::node::NodeReconciler> node_reconciler_;
    std::unique_ptr<sei::deployment::DeploymentReconciler> deployment_reconciler_;
    std::unique_ptr<kube::Manager> manager_;
};

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    auto flags = sei_operator::parse_flags("sei-operator", arguments);
    if (!flags) {
        std::cerr << flags.error().text;
        return flags.error().code;
    }
    try {
        std::random_device device;
        const std::uint64_t seed = (std::uint64_t{device()} << 32u) | device();
        return Operator{std::move(*flags), kube::Random{seed}}.run();
    } catch (const std::exception& error) {
        std::cerr << "sei-operator: " << error.what() << "\n";
        return 1;
    }
}
