// What the embedded API server costs in its own process: booting with our CRDs, and one object created.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "devcluster/apiserver/api_server.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/http/transport.hpp"

namespace {

using devcluster::apiserver::ApiServer;

std::vector<std::string> our_crds() {
    std::vector<std::string> manifests;
    for (const char* name : {"sei.io_seinodes", "sei.io_seinodedeployments", "sei.io_seinodetasks"}) {
        std::ifstream file{std::string{SEI_SOURCE_DIR "/config/crd/"} + name + ".yaml"};
        if (!file) throw std::runtime_error{std::string{"there is no CRD manifest "} + name};
        manifests.emplace_back(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
    }
    return manifests;
}

/// Boots a server, `arg` CRDs included: parsing YAML, compiling schemas and rules.
void boot(benchmark::State& state) {
    const std::vector<std::string> crds = our_crds();
    for (auto _ : state) {
        boost::asio::io_context loop{1};
        kube::SystemClock clock{loop.get_executor()};
        ApiServer server{loop.get_executor(), clock};
        for (std::size_t i = 0; i < static_cast<std::size_t>(state.range(0)); ++i) server.install(crds[i]);
        benchmark::DoNotOptimize(&server.handler());
    }
}
BENCHMARK(boot)->ArgName("crds")->Arg(0)->Arg(1)->Arg(3)->Unit(benchmark::kMillisecond);

kube::Async<> send(kube::Transport& transport, kube::HttpRequest request, unsigned& status) {
    const kube::HttpResponse response = co_await transport.send(std::move(request));
    status = response.status;
}

/// POST of a SeiNode: decoding, defaults, validation with its CEL rules, storage, the answer.
void create_node(benchmark::State& state) {
    boost::asio::io_context loop{1};
    kube::SystemClock clock{loop.get_executor()};
    ApiServer server{loop.get_executor(), clock};
    for (const std::string& crd : our_crds()) server.install(crd);
    kube::InProcessTransport transport{loop.get_executor(), server.handler()};
    std::size_t created = 0;
    for (auto _ : state) {
        kube::HttpRequest request;
        request.method = kube::HttpMethod::Post;
        request.target = "/apis/sei.io/v1alpha1/namespaces/default/seinodes";
        request.content_type = "application/json";
        request.body = R"({"apiVersion":"sei.io/v1alpha1","kind":"SeiNode","metadata":{"name":"n)" +
                       std::to_string(created++) +
                       R"("},"spec":{"chainId":"pacific-1","image":"example.com/seid:v1","fullNode":{}}})";
        unsigned status = 0;
        boost::asio::co_spawn(loop, send(transport, std::move(request), status), [](std::exception_ptr) {});
        loop.restart();
        while (status == 0 && loop.run_one() > 0) {
        }
        if (status != 201) {
            state.SkipWithError(("the server answered " + std::to_string(status)).c_str());
            break;
        }
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(created));
}
BENCHMARK(create_node)->Unit(benchmark::kMicrosecond);

}  // namespace
