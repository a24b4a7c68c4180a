#include "support/kubectl_server.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

#include "support/backend.hpp"
#include "support/program_events.hpp"

namespace support {
namespace {

const std::filesystem::path kSource{SEI_SOURCE_DIR};
const std::filesystem::path kBinaries{SEI_BINARY_DIR};

}  // namespace

KubectlServer::KubectlServer() {
    const std::filesystem::path crds = kSource / "config" / "crd";
    if (backend() != Backend::Embedded) {
        real_ = std::make_unique<RealControlPlane>(assets().value_or(""), RealControlPlane::Parts::ApiServer);
        const Finished applied = run_to_end(
            {.program = kubectl().value_or("kubectl"),
             .arguments = {"--kubeconfig", kubeconfig().string(), "apply", "--server-side", "-f", crds.string()}},
            std::chrono::seconds{60}
        );
        const Finished established = run_to_end(
            {.program = kubectl().value_or("kubectl"),
             .arguments =
                 {"--kubeconfig",
                  kubeconfig().string(),
                  "wait",
                  "--for=condition=Established",
                  "crd",
                  "--all",
                  "--timeout=60s"}},
            std::chrono::seconds{70}
        );
        if (established.status != 0) {
            throw std::runtime_error{"the CRDs were not established: " + applied.output + established.output};
        }
        // A real server publishes the schemas a moment after the definitions are established.
        const auto give_up_at = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        for (const std::string kind : {"seinodes", "seinodedeployments", "seinodetasks"}) {
            Finished explained;
            do {
                explained = run_to_end(
                    {.program = kubectl().value_or("kubectl"),
                     .arguments = {"--kubeconfig", kubeconfig().string(), "explain", kind + ".spec"},
                     .environment = {{"HOME", folder_.path().string()}}},
                    std::chrono::seconds{10}
                );
                if (std::chrono::steady_clock::now() > give_up_at) {
                    throw std::runtime_error{"the schema of " + kind + " was not published: " + explained.output};
                }
            } while (explained.status != 0);
        }
        return;
    }
    embedded_ = std::make_unique<ChildProcess>(ChildProcess::Options{
        .program = kBinaries / "bin" / "sei-devcluster",
        .arguments =
            {"--address", "127.0.0.1", "--port", "0", "--kubeconfig-out", kubeconfig().string(), "--crds", crds.string()
            },
        .environment = {},
        .log = folder_.path() / "sei-devcluster.log"
    });
    // The kubeconfig is written, by a rename, once the server answers.
    const bool answers = wait_until(*embedded_, folder_.path(), std::chrono::seconds{30}, [this] {
        return std::filesystem::exists(kubeconfig());
    });
    if (!answers) throw std::runtime_error{"sei-devcluster did not start: " + embedded_->log()};
}

KubectlServer::~KubectlServer() = default;

std::filesystem::path KubectlServer::kubeconfig() const {
    return real_ ? real_->kubeconfig() : folder_.path() / "kubeconfig";
}

}  // namespace support
