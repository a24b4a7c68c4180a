#include "support/real_control_plane.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <deque>
#include <fstream>
#include <stdexcept>

namespace support {
namespace {

void run_or_throw(ChildProcess::Options options) {
    const std::string program = options.program.string();
    const Finished finished = run_to_end(std::move(options), std::chrono::seconds{30});
    if (finished.status != 0) throw std::runtime_error{program + " failed: " + finished.output};
}

std::string tail_of(const std::string& text) {
    constexpr std::size_t most = 2'000;
    return text.size() <= most ? text : text.substr(text.size() - most);
}

}  // namespace

RealControlPlane::RealControlPlane(std::filesystem::path assets, Parts parts) : assets_{std::move(assets)} {
    const auto& folder = folder_.path();
    const unsigned short etcd_port = free_port();
    const unsigned short etcd_peer_port = free_port();
    port_ = free_port();
    const std::string etcd = fmt::format("http://127.0.0.1:{}", etcd_port);
    run_or_throw({.program = "/usr/bin/openssl", .arguments = {"genrsa", "-out", (folder / "sa.key").string(), "2048"}}
    );
    write_file(folder / "tokens.csv", admin_token() + ",admin,1,system:masters\n");
    (void)start(
        "etcd",
        {"--data-dir",
         (folder / "etcd").string(),
         "--unsafe-no-fsync",
         "--listen-client-urls",
         etcd,
         "--advertise-client-urls",
         etcd,
         "--listen-peer-urls",
         fmt::format("http://127.0.0.1:{}", etcd_peer_port)}
    );
    ChildProcess& server = start(
        "kube-apiserver",
        {"--etcd-servers=" + etcd,
         "--cert-dir=" + (folder / "certs").string(),
         fmt::format("--secure-port={}", port_),
         "--bind-address=127.0.0.1",
         "--token-auth-file=" + (folder / "tokens.csv").string(),
         "--authorization-mode=RBAC",
         "--service-cluster-ip-range=10.0.0.0/16",
         "--service-account-issuer=https://kubernetes.default.svc",
         "--service-account-key-file=" + (folder / "sa.key").string(),
         "--service-account-signing-key-file=" + (folder / "sa.key").string(),
         "--disable-admission-plugins=ServiceAccount",
         // Watches end soon in the tests only when a test ends them.
         "--min-request-timeout=600"}
    );
    write_file(
        kubeconfig(),
        fmt::format(
            "apiVersion: v1\nkind: Config\ncurrent-context: test\n"
            "clusters: [{{name: test, cluster: {{server: \"https://127.0.0.1:{}\", insecure-skip-tls-verify: "
            "true}}}}]\n"
            "users: [{{name: admin, user: {{token: {}}}}}]\ncontexts: [{{name: test, context: {{cluster: test, user: "
            "admin}}}}]\n",
            port_,
            admin_token()
        )
    );
    // Asked again and again: the server tells nobody that it has become ready. Its log has no last line that says so,
    // it has no watch of its readiness, and the port is open long before; readyz is answered when it is asked. The
    // bound is the loop's, and a server that ends is heard of at once.
    const auto give_up_at = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    for (;;) {
        const Finished ready = run_to_end(
            {.program = assets_ / "kubectl",
             .arguments = {"--kubeconfig", kubeconfig().string(), "get", "--raw", "/readyz", "--request-timeout=2s"}},
            std::chrono::seconds{5}
        );
        if (ready.status == 0) break;
        if (!server.is_running() || std::chrono::steady_clock::now() > give_up_at) {
            throw std::runtime_error{"kube-apiserver did not become ready: " + tail_of(server.log())};
        }
        (void)server.wait(std::chrono::milliseconds{100});  // ends early if the server ends
    }
    if (parts == Parts::ApiServer) return;
    (void)start(
        "kube-controller-manager",
        {"--kubeconfig=" + kubeconfig().string(),
         "--use-service-account-credentials=false",
         "--leader-elect=false",
         "--service-account-private-key-file=" + (folder / "sa.key").string(),
         "--secure-port=0",
         "--concurrent-gc-syncs=5",
         "--vmodule=stateful_set*=4,pv_controller=4"}
    );
    (void)start(
        "kube-scheduler",
        {"--kubeconfig=" + kubeconfig().string(), "--leader-elect=false", "--secure-port=0", "--vmodule=schedule_one=3"}
    );
}

RealControlPlane::~RealControlPlane() {
    while (!children_.empty()) children_.pop_back();  // in the reverse order of their start
}

std::filesystem::path RealControlPlane::kubeconfig() const {
    return folder_.path() / "kubeconfig";
}
std::string RealControlPlane::origin() const {
    return fmt::format("https://127.0.0.1:{}", port_);
}
std::filesystem::path RealControlPlane::ca_file() const {
    return folder_.path() / "certs" / "apiserver.crt";
}

std::string RealControlPlane::report_on(const std::string& namespace_) const {
    constexpr std::size_t lines_max = 60;
    std::string report = run_to_end(
                             {.program = assets_ / "kubectl",
                              .arguments =
                                  {"--kubeconfig",
                                   kubeconfig().string(),
                                   "get",
                                   "statefulsets,jobs,pods,pvc,pv",
                                   "-o",
                                   "wide",
                                   "--namespace",
                                   namespace_,
                                   "--request-timeout=10s"}},
                             std::chrono::seconds{15}
    )
                             .output;
    for (const std::string_view program : {"kube-controller-manager", "kube-scheduler"}) {
        std::ifstream log{folder_.path() / fmt::format("{}.log", program)};
        std::deque<std::string> lines;
        for (std::string line; std::getline(log, line);) {
            if (!line.contains(namespace_ + "/")) continue;
            lines.push_back(std::move(line));
            if (lines.size() > lines_max) lines.pop_front();
        }
        report += fmt::format("{} on {}:\n{}\n", program, namespace_, fmt::join(lines, "\n"));
    }
    return report;
}

ChildProcess& RealControlPlane::start(const std::string& program, std::vector<std::string> arguments) {
    children_.push_back(std::make_unique<ChildProcess>(ChildProcess::Options{
        .program = assets_ / program,
        .arguments = std::move(arguments),
        .environment = {},
        .log = folder_.path() / (program + ".log")
    }));
    return *children_.back();
}

}  // namespace support
