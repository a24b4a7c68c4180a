// Leader election over real sockets: a renewal waits for no other request.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "kube/async/scope.hpp"
#include "kube/async/signal.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/http/https_transport.hpp"
#include "kube/http/server.hpp"
#include "world.hpp"

namespace kube::testing {
namespace {

using namespace std::chrono_literals;

/// Requests that the transport of the work has under way at most.
constexpr std::size_t kSlots = 3;

/// The fake API behind a server. Who asks for the widget "hung" waits for `release`.
class ServedApi final : public HttpHandler {
public:
    ServedApi(boost::asio::any_io_executor executor, FakeApi& api) : release{std::move(executor)}, api_{api} {}

    [[nodiscard]] Async<Answer> handle(ServedRequest request) override {
        if (request.target.ends_with("/hung")) {
            ++hung;
            co_await release.wait();
        }
        HttpRequest forwarded;
        forwarded.method = request.method;
        forwarded.target = request.target;
        forwarded.content_type = request.header("content-type");
        forwarded.body = request.body;
        Answer answer;
        answer.response = co_await api_.send(std::move(forwarded));
        co_return answer;
    }

    Signal release;
    std::size_t hung = 0;

private:
    FakeApi& api_;
};

/// A manager in virtual time, whose requests travel over sockets in real time.
struct LeaseTransportTest : ::testing::Test {
    World world;
    SystemClock real_clock{world.loop.get_executor()};
    ConnectionPool pool{world.loop.get_executor(), real_clock};
    ServedApi served{world.loop.get_executor(), world.api};
    HttpServer server{world.loop.get_executor(), served, {}};
    HttpsTransport work{pool, config()};
    HttpsTransport leases{pool, config()};
    Scope scope{world.loop.get_executor()};
    Manager manager{world.loop.get_executor(), world.clock, work, options()};
    bool has_ended = false;
    std::size_t answered = 0;

    [[nodiscard]] TransportConfig config() const {
        TransportConfig made;
        made.origin = "http://127.0.0.1:" + std::to_string(server.port());
        made.proxy_settings = std::nullopt;
        made.requests_in_flight_max = kSlots;
        return made;
    }
    [[nodiscard]] ManagerOptions options() {
        ManagerOptions made;
        made.leader_election =
            LeaderElectionOptions{.lease_name = "lock", .lease_namespace = "system", .identity = "me_1"};
        made.lease_transport = &leases;
        return made;
    }
    /// Runs the loop until `is_true`, for at most 20 s.
    void run_until(const std::function<bool()>& is_true) {
        const auto limit = std::chrono::steady_clock::now() + 20s;
        while (!is_true()) {
            if (std::chrono::steady_clock::now() > limit) {
                ADD_FAILURE() << "what the test waits for did not happen within 20 s";
                return;
            }
            world.loop.restart();
            world.loop.run_one_for(100ms);
        }
    }
    Async<> ask_for_what_hangs() {
        (void)co_await manager.client().get<Widget>({"ns", "hung"});
        ++answered;
    }
    [[nodiscard]] std::size_t renewals() const { return world.api.count("PATCH /apis/coordination.k8s.io/"); }

    void SetUp() override {
        scope.spawn("server", server.serve());
        boost::asio::co_spawn(world.loop, manager.run(), [this](std::exception_ptr) { has_ended = true; });
    }
    void TearDown() override {
        run_until([&] {
            served.release.notify_all();
            return scope.running() == 1;
        });
        manager.stop();
        run_until([&] { return has_ended; });
        pool.close_idle();
        bool has_stopped = false;
        boost::asio::co_spawn(world.loop, scope.stop(), [&](std::exception_ptr) { has_stopped = true; });
        run_until([&] { return has_stopped; });
    }
};

TEST_F(LeaseTransportTest, renews_the_lease_while_hung_calls_hold_every_slot) {
    run_until([&] { return manager.is_leading() && world.clock.next_due().has_value(); });
    for (std::size_t i = 0; i < kSlots; ++i) scope.spawn("work", ask_for_what_hangs());
    run_until([&] { return served.hung == kSlots; });
    const std::size_t before = renewals();
    world.clock.advance_by(2s);
    run_until([&] { return renewals() > before; });
    EXPECT_EQ(answered, 0u) << "the slots were not all held";
}

}  // namespace
}  // namespace kube::testing
