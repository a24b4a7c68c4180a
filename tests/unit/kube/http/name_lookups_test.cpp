#include "kube/http/name_lookups.hpp"

#include <atomic>
#include <future>
#include <set>

#include "http_world.hpp"

namespace kube::test {
namespace {

using Addresses = NameLookups::Addresses;

/// Knows "127.0.0.1" for every name; those that begin with "slow" only once it was let go; none for "nowhere".
class Resolver {
public:
    ~Resolver() { let_go(); }
    [[nodiscard]] NameLookups::Ask ask() {
        return [released = released_, asked = asked_](const std::string& host) {
            ++*asked;
            if (host.starts_with("slow")) released.wait();
            if (host == "nowhere") throw TransportError{TransportError::Kind::Connect, "nowhere has no address"};
            return Addresses{"127.0.0.1"};
        };
    }
    void let_go() {
        if (!std::exchange(is_released_, true)) release_.set_value();
    }
    [[nodiscard]] int asked() const { return *asked_; }

private:
    std::promise<void> release_;
    std::shared_future<void> released_ = release_.get_future().share();
    std::shared_ptr<std::atomic<int>> asked_ = std::make_shared<std::atomic<int>>(0);
    bool is_released_ = false;
};

struct LookupWorld {
    Resolver resolver;
    std::shared_ptr<NameLookups> names = std::make_shared<NameLookups>(2, resolver.ask());
    HttpWorld http{{}, {.names = names}};
    std::vector<std::string> log;

    ~LookupWorld() { names.reset(); }  // the last ones are the pool's, which goes before its loop
    LookupWorld() = default;
    LookupWorld(const LookupWorld&) = delete;
    LookupWorld& operator=(const LookupWorld&) = delete;

    static Async<> note(NameLookups& names, std::string host, std::vector<std::string>& log) {
        try {
            const Addresses found = co_await names.addresses_of(host);
            log.push_back(host + " is " + found.front());
        } catch (const TransportError& error) {
            log.push_back(error.what());
        }
    }
    void ask_for(const std::string& host) { http.scope.spawn("ask for " + host, note(*names, host, log)); }
    [[nodiscard]] HttpRequest request_within(std::chrono::milliseconds limit) const {
        HttpRequest request;
        request.target = "/";
        request.time_limit = limit;
        request.repeat = Repeat::Never;
        return request;
    }
};

TEST(NameLookups, ask_once_for_all_who_want_the_same_name) {
    LookupWorld world;
    for (int i = 0; i < 20; ++i) world.ask_for("slow");
    world.http.run_until([&] { return world.resolver.asked() == 1 && world.names->under_way() == 1; });
    world.resolver.let_go();
    world.http.run_until([&] { return world.log.size() == 20; });
    EXPECT_EQ(std::set(world.log.begin(), world.log.end()), std::set<std::string>{"slow is 127.0.0.1"});
    EXPECT_EQ(world.resolver.asked(), 1);
    EXPECT_EQ(world.names->under_way(), 0u);
}

TEST(NameLookups, ask_again_for_those_who_come_later) {
    LookupWorld world;
    world.ask_for("quick");
    world.http.run_until([&] { return world.log.size() == 1; });
    world.ask_for("quick");
    world.http.run_until([&] { return world.log.size() == 2; });
    EXPECT_EQ(world.resolver.asked(), 2);
}

TEST(NameLookups, tell_all_who_want_a_name_that_it_has_no_address) {
    LookupWorld world;
    for (int i = 0; i < 3; ++i) world.ask_for("nowhere");
    world.http.run_until([&] { return world.log.size() == 3; });
    EXPECT_EQ(world.log, std::vector<std::string>(3, "nowhere has no address"));
}

TEST(NameLookups, know_that_a_name_does_not_resolve_when_nobody_answers_in_time) {
    LookupWorld world;
    EXPECT_FALSE(world.http.run(host_resolves(*world.names, "slow", 10ms)));
    EXPECT_FALSE(world.http.run(host_resolves(*world.names, "nowhere", 10s)));
    EXPECT_TRUE(world.http.run(host_resolves(*world.names, "quick", 10s)));
}

TEST(NameLookups, know_the_addresses_that_the_system_knows) {
    HttpWorld world;
    NameLookups names;
    EXPECT_FALSE(world.run(names.addresses_of("localhost")).empty());
    EXPECT_THROW((void)world.run(names.addresses_of("no such name")), TransportError);
}

/// Every request for the slow name gives up; the lookup goes on. With two threads the third would have held up
/// everybody.
TEST(NameThatIsSlow, delays_only_requests_for_itself_however_often_it_is_tried) {
    LookupWorld world;
    HttpsTransport slow{world.http.pool, world.http.config("http", "slow.example")};
    HttpsTransport quick{world.http.pool, world.http.config("http", "quick.example")};
    for (int i = 0; i < 5; ++i) {
        try {
            (void)world.http.send(slow, world.request_within(10ms));
            ADD_FAILURE() << "there was an answer";
        } catch (const TransportError& error) {
            EXPECT_EQ(error.kind(), TransportError::Kind::TimeLimit) << error.what();
        }
        EXPECT_EQ(world.http.send(quick, world.request_within(10s)).status, 200u);
        world.http.pool.close_idle();  // it is looked up again
    }
    EXPECT_EQ(world.names->under_way(), 1u);
    world.resolver.let_go();
    EXPECT_EQ(world.http.send(slow, world.request_within(10s)).status, 200u);
}

}  // namespace
}  // namespace kube::test
