// sei-devcluster: an embedded Kubernetes cluster on loopback. Reads flags, boots, serves until a signal comes.
#include <CLI/CLI.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "devcluster/apiserver/api_server.hpp"
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

int run(const Flags& flags) {
    boost::asio::io_context loop{1};
    kube::SystemClock clock{loop.get_executor()};
    devcluster::apiserver::ApiServer server{
        loop.get_executor(), clock, {.seed = flags.seed, .bearer_token = flags.token}
    };
    for (const std::string& path : flags.crds) install(server, path);

    kube::HttpServerOptions options{.address = flags.address, .port = flags.port};
    std::string authority_pem;
    if (flags.tls) {
        const kube::CertificateAuthority authority{"sei-devcluster", std::chrono::hours{24 * 365}};
        const kube::CertificateAndKey mine = authority.issue_for_server({flags.address, "localhost", "kubernetes"});
        options.tls_certificate_pem = mine.certificate_pem;
        options.tls_key_pem = mine.key_pem;
        authority_pem = authority.certificate_pem();
    }
    kube::HttpServer http{loop.get_executor(), server.handler(), options};
    const std::string url = fmt::format("{}://{}:{}", flags.tls ? "https" : "http", flags.address, http.port());
    if (!flags.kubeconfig_out.empty()) {
        write_kubeconfig(flags.kubeconfig_out, {.server = url, .authority_pem = authority_pem, .token = flags.token});
    }
    std::cout << "serving at " << url << std::endl;
    if (!flags.kubeconfig_out.empty()) {
        std::cout << "try: kubectl --kubeconfig " << flags.kubeconfig_out << " get namespaces" << std::endl;
    }

    boost::asio::signal_set signals{loop, SIGINT, SIGTERM};
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) http.stop();
    });
    std::exception_ptr failure;
    boost::asio::co_spawn(loop, http.serve(), [&](std::exception_ptr error) {
        failure = error;
        signals.cancel();
    });
    loop.run();
    if (failure) std::rethrow_exception(failure);
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
    app.add_flag("--tls", flags.tls, "Serve HTTPS with a certificate authority made on the spot");
    app.add_option("--token", flags.token, "Require this bearer token");
    app.add_option("--seed", flags.seed, "Identities and generated names follow from this number");
    CLI11_PARSE(app, argc, argv);
    try {
        return run(flags);
    } catch (const std::exception& error) {
        std::cerr << "sei-devcluster: " << error.what() << std::endl;
        return 1;
    }
}
