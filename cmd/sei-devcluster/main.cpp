// sei-devcluster: an embedded Kubernetes cluster on loopback. Reads flags, boots, serves until a signal comes.
#include <CLI/CLI.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "devcluster/apiserver/api_server.hpp"
#include "devcluster/sidecar/pod_sidecars.hpp"
#include "devcluster/sidecar/sidecar_host.hpp"
#include "devcluster/workloads/workloads.hpp"
#include "kube/async/scope.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/http/certificates.hpp"
#include "kube/http/server.hpp"

#include "kubeconfig.hpp"

namespace {

struct Flags {
    std::string address = "127.0.0.1";
    unsigned short port = 0;
    std::string kubeconfig_out;
    std::vector<std::string> crds;
    std::string env_out;
    unsigned short sidecar_port = 0;
    unsigned sidecar_task_ms = 0;
    bool is_bare = false;
    bool tls = false;
    std::string token;
    std::uint64_t seed = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
};

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) throw std::runtime_error{fmt::format("{} cannot be read", file.string())};
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

/// Installs a manifest, or all manifests of a folder in the order of their names.
void install(devcluster::apiserver::ApiServer& server, const std::filesystem::path& path) {
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(path)) {
        for (const auto& entry : std::filesystem::directory_iterator{path}) {
            const std::string extension = entry.path().extension().string();
            const bool is_manifest = extension == ".yaml" || extension == ".yml" || extension == ".json";
            if (is_manifest && entry.path().stem() != "kustomization") files.push_back(entry.path());
        }
        std::ranges::sort(files);
    } else {
        files.push_back(path);
    }
    for (const auto& file : files) {
        try {
            server.install(text_of(file));
        } catch (const std::runtime_error& error) {
            throw std::runtime_error{fmt::format("{}: {}", file.string(), error.what())};
        }
    }
}

/// The way of the cluster's own controllers: in this process, with the token that everybody has to show.
class OwnTransport final : public kube::Transport {
public:
    OwnTransport(boost::asio::any_io_executor executor, kube::HttpHandler& handler, std::string token)
        : below_{std::move(executor), handler}, token_{std::move(token)} {}
    [[nodiscard]] kube::Async<kube::HttpResponse> send(kube::HttpRequest request) override {
        return below_.send(with_token(std::move(request)));
    }
    [[nodiscard]] kube::Async<std::unique_ptr<kube::HttpStream>> open(kube::HttpRequest request) override {
        return below_.open(with_token(std::move(request)));
    }

private:
    [[nodiscard]] kube::HttpRequest with_token(kube::HttpRequest request) const {
        request.headers.push_back({"user-agent", "sei-devcluster"});
        if (!token_.empty()) request.headers.push_back({"authorization", "Bearer " + token_});
        return request;
    }
    kube::InProcessTransport below_;
    std::string token_;
};

/// An embedded cluster: the API server and its controllers, and beside them the sidecars of all nodes.
class Cluster {
public:
    Cluster(boost::asio::io_context& loop, const Flags& flags)
        : clock_{loop.get_executor()},
          server_{loop.get_executor(), clock_, {.seed = flags.seed, .bearer_token = flags.token}},
          own_transport_{loop.get_executor(), server_.handler(), flags.token},
          sidecars_{clock_, {.accepted_tokens = {}, .serves_without_pod = flags.is_bare}},
          pods_{sidecars_},
          workloads_{loop.get_executor(), clock_, own_transport_, {}, &pods_, &pods_},
          scope_{loop.get_executor()} {
        for (const std::string& path : flags.crds) install(server_, path);
        if (flags.sidecar_task_ms > 0) {
            for (const auto type : devcluster::sidecar::task_types()) {
                sidecars_.scripts().set(
                    std::string{type},
                    {.duration = std::chrono::milliseconds{flags.sidecar_task_ms}, .times = std::nullopt}
                );
            }
        }
        sidecars_.on_ready([this](const kube::NamespacedName& node) {
            if (is_running_) workloads_.kubelet().recheck({node.namespace_, node.name + "-0"});
        });
        kube::HttpServerOptions options{.address = flags.address, .port = flags.port};
        if (flags.tls) {
            const kube::CertificateAuthority authority{"sei-devcluster", std::chrono::hours{24 * 365}};
            const kube::CertificateAndKey mine = authority.issue_for_server({flags.address, "localhost", "kubernetes"});
            options.tls_certificate_pem = mine.certificate_pem;
            options.tls_key_pem = mine.key_pem;
            authority_pem_ = authority.certificate_pem();
        }
        http_ = std::make_unique<kube::HttpServer>(loop.get_executor(), server_.handler(), options);
        sidecar_http_ = std::make_unique<kube::HttpServer>(
            loop.get_executor(),
            sidecars_,
            kube::HttpServerOptions{.address = flags.address, .port = flags.sidecar_port}
        );
        url_ = fmt::format("{}://{}:{}", flags.tls ? "https" : "http", flags.address, http_->port());
        sidecar_url_ = fmt::format("http://{}:{}", flags.address, sidecar_http_->port());
    }

    /// Serves until `stop`.
    void start(bool is_bare) {
        scope_.spawn("api server", http_->serve());
        scope_.spawn("sidecars", sidecar_http_->serve());
        is_running_ = !is_bare;
        if (is_running_) scope_.spawn("workloads", workloads_.run());
    }

    void stop() {
        if (is_running_) workloads_.stop();
        is_running_ = false;
        http_->stop();
        sidecar_http_->stop();
    }

    [[nodiscard]] bool has_stopped() const { return scope_.running() == 0; }
    [[nodiscard]] const std::string& url() const { return url_; }
    [[nodiscard]] const std::string& sidecar_url() const { return sidecar_url_; }
    [[nodiscard]] const std::string& authority_pem() const { return authority_pem_; }

private:
    kube::SystemClock clock_;
    devcluster::apiserver::ApiServer server_;
    OwnTransport own_transport_;
    devcluster::sidecar::SidecarHost sidecars_;
    devcluster::sidecar::PodSidecars pods_;
    devcluster::workloads::Workloads workloads_;
    kube::Scope scope_;
    std::unique_ptr<kube::HttpServer> http_;
    std::unique_ptr<kube::HttpServer> sidecar_http_;
    std::string authority_pem_;
    std::string url_;
    std::string sidecar_url_;
    bool is_running_ = false;
};

/// What an operator or a shell has to know, as lines for `source`. Written beside and moved into place.
void write_env(const std::string& path, const Cluster& cluster, const std::string& kubeconfig) {
    const std::string unfinished = path + ".new";
    std::ofstream out{unfinished, std::ios::trunc};
    out << "export SEI_DEVCLUSTER=" << cluster.url() << "\nexport HTTP_PROXY=" << cluster.sidecar_url() << "\n";
    if (!kubeconfig.empty()) out << "export KUBECONFIG=" << kubeconfig << "\n";
    out.close();
    if (!out) throw std::runtime_error{fmt::format("{} cannot be written", unfinished)};
    std::filesystem::rename(unfinished, path);
}

/// 128 random bits, as text.
std::string made_token() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

int run(Flags flags) {
    // kubectl sends nothing over TLS without credentials: it asks the person for a name.
    if (flags.tls && flags.token.empty() && !flags.kubeconfig_out.empty()) flags.token = made_token();
    boost::asio::io_context loop{1};
    Cluster cluster{loop, flags};
    cluster.start(flags.is_bare);
    if (!flags.kubeconfig_out.empty()) {
        write_kubeconfig(
            flags.kubeconfig_out,
            {.server = cluster.url(), .authority_pem = cluster.authority_pem(), .token = flags.token}
        );
    }
    if (!flags.env_out.empty()) write_env(flags.env_out, cluster, flags.kubeconfig_out);
    std::cout << "serving at " << cluster.url() << "\nsidecars of all nodes at " << cluster.sidecar_url()
              << ": set HTTP_PROXY to it for the operator" << std::endl;
    if (!flags.kubeconfig_out.empty()) {
        std::cout << "try: kubectl --kubeconfig " << flags.kubeconfig_out << " get namespaces" << std::endl;
    }
    boost::asio::signal_set signals{loop, SIGINT, SIGTERM};
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) cluster.stop();
    });
    // Idle timers may be left in the loop: what counts is that everything which serves has ended.
    while (!cluster.has_stopped() && loop.run_one() > 0) {
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    Flags flags;
    CLI::App app{"An embedded Kubernetes cluster on loopback: for trying things out and for tests."};
    app.add_option("--address", flags.address, "The address to listen on")->capture_default_str();
    app.add_option("--port", flags.port, "The port to listen on; 0 lets the system choose")->capture_default_str();
    app.add_option("--kubeconfig-out", flags.kubeconfig_out, "Write a kubeconfig for this cluster to this file");
    app.add_option("--crds", flags.crds, "Install this manifest, or all manifests of this folder; may be repeated");
    app.add_option(
        "--env-out", flags.env_out, "Write KUBECONFIG, HTTP_PROXY and the server's URL as shell lines to this file"
    );
    app.add_option(
           "--sidecar-port",
           flags.sidecar_port,
           "The port of the nodes' sidecars, an HTTP proxy; 0 lets the system choose"
    )
        ->capture_default_str();
    app.add_option("--sidecar-task-ms", flags.sidecar_task_ms, "How long each task of a sidecar takes, in milliseconds")
        ->capture_default_str();
    app.add_flag("--bare", flags.is_bare, "Only the API server and sidecars: no controllers, no kubelet");
    app.add_flag("--tls", flags.tls, "Serve HTTPS with a certificate authority made on the spot");
    app.add_option(
        "--token",
        flags.token,
        "Require this bearer token; with --tls and --kubeconfig-out one is made when none is given"
    );
    app.add_option("--seed", flags.seed, "Identities and generated names follow from this number");
    CLI11_PARSE(app, argc, argv);
    try {
        return run(flags);
    } catch (const std::exception& error) {
        std::cerr << "sei-devcluster: " << error.what() << std::endl;
        return 1;
    }
}
