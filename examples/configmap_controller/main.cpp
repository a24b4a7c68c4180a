// The operator as a program: finds the API server as kubectl does, and runs until SIGINT or SIGTERM.
//
//     kubectl apply -f examples/configmap_controller/crd.json
//     build/dev/bin/configmap-controller
#include <csignal>
#include <exception>
#include <iostream>
#include <random>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "generator_reconciler.hpp"
#include "kube/async/blocking_pool.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/client/config.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/runtime/log.hpp"
#include "kube/runtime/manager.hpp"

int main() {
    try {
        boost::asio::io_context loop{1};
        kube::SystemClock clock{loop.get_executor()};
        const kube::Logger log = kube::make_logger(clock, {.encoding = kube::LogEncoding::Console});
        kube::ConnectionPool pool{loop.get_executor(), clock};
        kube::BlockingPool blocking;
        const kube::RestConfig config = kube::load_config(kube::ConfigSources::of_process());
        const auto transport = kube::make_transport(
            config,
            {.pool = pool, .blocking = blocking, .clock = clock, .warn = [&](const auto& line) { log.warn(line); }}
        );

        kube::ManagerOptions options;
        options.health_address = "127.0.0.1:0";
        options.metrics_address = "127.0.0.1:0";
        options.log = log;
        options.seed = std::random_device{}();
        kube::Manager manager{loop.get_executor(), clock, *transport, std::move(options)};
        example::GeneratorReconciler reconciler{manager};
        example::add_generator_controller(manager, reconciler);

        boost::asio::signal_set signals{loop, SIGINT, SIGTERM};
        signals.async_wait([&](const boost::system::error_code& aborted, int) {
            if (!aborted) manager.stop();
        });
        std::exception_ptr failure;
        boost::asio::co_spawn(loop, manager.run(), [&](std::exception_ptr error) {
            failure = error;
            loop.stop();
        });
        loop.run();
        if (failure) std::rethrow_exception(failure);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "configmap-controller: " << error.what() << "\n";
        return 1;
    }
}
