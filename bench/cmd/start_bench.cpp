// From the start of a program to its first useful answer: real processes, real sockets.
#include <chrono>
#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include <benchmark/benchmark.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "sei/platform/platform.hpp"
#include "support/child_process.hpp"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using boost::asio::ip::tcp;

constexpr auto kStartLimit = 10s;

/// Is `GET path` at the port answered with 200?
bool answers(unsigned short port, const std::string& path) {
    boost::asio::io_context loop;
    tcp::socket socket{loop};
    boost::system::error_code failed;
    socket.connect({boost::asio::ip::address_v4::loopback(), port}, failed);
    if (failed) return false;
    const std::string request = "GET " + path + " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    boost::asio::write(socket, boost::asio::buffer(request), failed);
    std::string status(12, ' ');
    boost::asio::read(socket, boost::asio::buffer(status), failed);
    return status == "HTTP/1.1 200";
}

/// Asks until it is answered; false when the program ends, or takes too long.
bool wait_until_answers(support::ChildProcess& program, unsigned short port, const std::string& path) {
    const auto give_up_at = Clock::now() + kStartLimit;
    while (!answers(port, path)) {
        if (!program.is_running() || Clock::now() > give_up_at) return false;
        std::this_thread::sleep_for(200us);
    }
    return true;
}

void end(support::ChildProcess& program) {
    program.signal(SIGTERM);
    (void)program.wait(kStartLimit);
}

support::ChildProcess start_devcluster(const support::TemporaryFolder& folder, unsigned short port) {
    return support::ChildProcess{
        {.program = SEI_BINARY_DIR "/bin/sei-devcluster",
         .arguments =
             {"--port",
              std::to_string(port),
              "--crds",
              SEI_SOURCE_DIR "/config/crd",
              "--kubeconfig-out",
              (folder.path() / "kubeconfig").string()},
         .environment = {},
         .log = folder.path() / "devcluster.log"}
    };
}

/// `sei-devcluster` with our CRDs, controllers and kubelet: until a SeiNode can be listed.
void devcluster(benchmark::State& state) {
    for (auto _ : state) {
        const support::TemporaryFolder folder;
        const unsigned short port = support::free_port();
        const auto started = Clock::now();
        support::ChildProcess program = start_devcluster(folder, port);
        if (!wait_until_answers(program, port, "/apis/sei.io/v1alpha1/seinodes")) {
            state.SkipWithError(("it did not start: " + program.log()).c_str());
            break;
        }
        state.SetIterationTime(std::chrono::duration<double>(Clock::now() - started).count());
        end(program);
    }
}
BENCHMARK(devcluster)->UseManualTime()->Unit(benchmark::kMillisecond);

/// `sei-operator` at that cluster: until /readyz says that all caches are filled.
void operator_ready(benchmark::State& state) {
    const support::TemporaryFolder folder;
    const unsigned short cluster_port = support::free_port();
    support::ChildProcess cluster = start_devcluster(folder, cluster_port);
    if (!wait_until_answers(cluster, cluster_port, "/readyz")) {
        state.SkipWithError("the cluster did not start");
        return;
    }
    std::map<std::string, std::string> environment;
    for (const sei::platform::Variable& variable : sei::platform::variables()) {
        environment[std::string{variable.name}] = "1";  // good as a quantity and as a name
    }
    for (auto _ : state) {
        const unsigned short port = support::free_port();
        const auto started = Clock::now();
        support::ChildProcess program{
            {.program = SEI_BINARY_DIR "/bin/sei-operator",
             .arguments =
                 {"--kubeconfig",
                  (folder.path() / "kubeconfig").string(),
                  "--leader-elect=false",
                  "--metrics-bind-address=0",
                  "--health-probe-bind-address=127.0.0.1:" + std::to_string(port)},
             .environment = environment,
             .log = folder.path() / "operator.log"}
        };
        if (!wait_until_answers(program, port, "/readyz")) {
            state.SkipWithError(("it did not start: " + program.log()).c_str());
            break;
        }
        state.SetIterationTime(std::chrono::duration<double>(Clock::now() - started).count());
        end(program);
    }
    end(cluster);
}
BENCHMARK(operator_ready)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
