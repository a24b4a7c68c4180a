// The manager: the order of things, the graceful stop, and what ends a process.
#include "kube/runtime/manager.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "world.hpp"

namespace kube::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

std::string text_of(const std::exception_ptr& failure) {
    return failure ? error_text(failure) : std::string{"no failure"};
}

Async<Requeue> hanging(Clock& clock) {
    co_await clock.sleep_for(100h);
    co_return Requeue::on_change("");
}
Async<Requeue> ignoring_its_cancellation(Clock& clock) {
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
    co_await clock.sleep_for(100h);
    co_return Requeue::on_change("");
}
Async<Requeue> ending_late(Clock& clock) {
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
    co_await clock.sleep_for(5s);
    co_return Requeue::on_change("");
}
Async<Requeue> recording(EventRecorder& events, Snapshot<Widget> widget) {
    events.record(reference_to(*widget), EventType::Normal, "Seen", "saw it");
    co_return Requeue::on_change("");
}

TEST(Manager, lists_all_kinds_at_once_before_any_controller_starts) {
    World world;
    ScriptedReconciler reconciler;
    ControllerBuilder<Widget>{*world.manager, "widget"}.owns<Part>().build(reconciler);
    world.add_widget("a");
    bool has_both = false;
    world.api.arriving = [&](const HttpRequest&) {
        has_both = has_both || world.api.count("GET") == 2;
        EXPECT_TRUE(reconciler.passes.empty());
    };
    world.start();
    world.run_until([&] { return world.manager->is_ready(); });
    world.api.arriving = {};
    world.settle();
    EXPECT_TRUE(has_both);
    EXPECT_THAT(reconciler.passes, ElementsAre("a@101"));
    world.stop();
    EXPECT_FALSE(world.failure);
}

TEST(Manager, starts_no_controller_before_the_slowest_cache_is_there) {
    World world;
    ScriptedReconciler reconciler;
    ControllerBuilder<Widget>{*world.manager, "widget"}.owns<Part>().build(reconciler);
    world.add_widget("a");
    world.api.uninstall("parts");
    world.start();
    world.run_for(60s);
    EXPECT_TRUE(reconciler.passes.empty());
    EXPECT_GE(world.lines_with(R"("msg":"Still waiting for the cache to sync","kind":"Part")"), 1u);
    world.api.install("parts");
    EXPECT_TRUE(world.run_until([&] { return reconciler.passes.size() == 1; }, 60s));
    world.stop();
}

TEST(Manager, cancels_what_is_in_flight_when_it_stops) {
    World world;
    ScriptedReconciler reconciler;
    reconciler.body = [&](Snapshot<Widget>) { return hanging(world.clock); };
    ControllerBuilder<Widget>{*world.manager, "widget"}.build(reconciler);
    world.add_widget("a");
    world.start_and_sync();
    ASSERT_EQ(reconciler.in_flight["a"], 1);
    const MonotonicTime began = world.clock.monotonic();
    world.stop();
    EXPECT_EQ(reconciler.in_flight["a"], 0);
    EXPECT_FALSE(world.failure);
    EXPECT_LT(world.clock.monotonic() - began, 1s);
    EXPECT_EQ(world.lines_with("Reconciler error"), 0u);
}

TEST(Manager, stops_while_the_api_server_is_away) {
    World world;
    (void)world.manager->cache<Widget>();
    world.api.go_down();
    world.start();
    world.run_for(10s);
    world.stop();
    EXPECT_TRUE(world.has_ended);
    EXPECT_FALSE(world.failure);
}

TEST(Manager, refuses_new_kinds_once_it_runs) {
    World world;
    (void)world.manager->cache<Widget>();
    world.start_and_sync();
    EXPECT_NO_THROW((void)world.manager->cache<Widget>());
    EXPECT_THROW((void)world.manager->cache<Part>(), std::logic_error);
}

TEST(Manager, keeps_of_trimmed_objects_what_the_trim_leaves) {
    World world;
    const Cache<Widget> cache =
        world.manager->trimmed_cache<Widget>({.trim = [](Widget& widget) { widget.metadata.annotations.clear(); }});
    EXPECT_THROW((void)world.manager->trimmed_cache<Widget>({.trim = [](Widget&) {}}), std::logic_error);
    world.add_widget("a", 3);
    world.api.patch("widgets", {"ns", "a"}, R"({"metadata":{"annotations":{"large":"text"},"labels":{"x":"y"}}})");
    world.start_and_sync();
    const auto widget = cache.get({"ns", "a"});
    ASSERT_TRUE(widget);
    EXPECT_TRUE((*widget)->metadata.annotations.empty());
    EXPECT_EQ((*widget)->metadata.labels.size(), 1u);
    EXPECT_EQ((*widget)->spec.size, 3);
}

TEST(Manager, delivers_events_that_are_still_queued_when_it_stops) {
    World world;
    ScriptedReconciler reconciler;
    EventRecorder& events = world.manager->event_recorder("widget-controller");
    reconciler.body = [&](Snapshot<Widget> widget) { return recording(events, std::move(widget)); };
    ControllerBuilder<Widget>{*world.manager, "widget"}.build(reconciler);
    world.start_and_sync();
    world.add_widget("a");
    bool has_recorded = false;
    for (int turn = 0; turn < 1000 && !has_recorded; ++turn) {
        world.loop.restart();
        world.loop.poll_one();
        has_recorded = !reconciler.passes.empty();
    }
    ASSERT_TRUE(has_recorded);
    world.stop();
    EXPECT_EQ(world.api.all("events").size(), 1u);
}

TEST(Manager, delivers_queued_events_for_two_seconds_at_most_when_it_stops) {
    World world;
    EventRecorder& events = world.manager->event_recorder("widget-controller");
    world.api.keeps_answer_of = [](const HttpRequest& request) {
        return request.target.find("/events") != std::string::npos;
    };
    world.start_and_sync();
    for (const char* name : {"in-flight", "queued"}) {
        events.record(
            {.apiVersion = "v1", .kind = "Widget", .namespace_ = "ns", .name = name},
            EventType::Normal,
            "Seen",
            "saw it"
        );
    }
    world.settle();
    ASSERT_EQ(world.api.count("POST"), 1u);
    const MonotonicTime began = world.clock.monotonic();
    world.stop();
    EXPECT_TRUE(world.has_ended);
    EXPECT_FALSE(world.failure) << text_of(world.failure);
    EXPECT_EQ(world.clock.monotonic() - began, 2s);
    EXPECT_EQ(world.api.count("POST"), 2u);
}

TEST(Manager, begins_no_pass_of_any_controller_while_one_of_them_stops) {
    World world;
    ScriptedReconciler slow;
    ScriptedReconciler other;
    slow.body = [&](Snapshot<Widget>) { return ending_late(world.clock); };
    ControllerBuilder<Widget>{*world.manager, "slow"}.build(slow);
    ControllerBuilder<Widget>{*world.manager, "other"}.build(other);
    world.add_widget("a");
    world.start_and_sync();
    ASSERT_EQ(slow.in_flight["a"], 1);
    world.manager->stop();
    world.settle();
    world.add_widget("late");
    ASSERT_TRUE(world.run_until([&] { return world.has_ended; }, 30s));
    EXPECT_FALSE(world.failure) << text_of(world.failure);
    EXPECT_EQ(other.count("a"), 1u);
    EXPECT_EQ(other.count("late"), 0u);
}

TEST(Manager, is_not_ready_while_a_required_kind_is_out_of_touch_for_more_than_three_minutes) {
    World world;
    (void)world.manager->cache<Widget>();
    (void)world.manager->cache<Part>(KindNeed::Optional);
    world.start_and_sync();
    world.api.go_down();
    world.run_for(175s);
    EXPECT_TRUE(world.manager->is_ready()) << world.manager->why_not_ready();
    world.run_for(10s);
    EXPECT_FALSE(world.manager->is_ready());
    EXPECT_THAT(
        world.manager->why_not_ready(),
        MatchesRegex("Widget\\.example\\.io is out of touch with the API server, failing for 1[0-9]+ s: .*refused.*")
    );
    world.api.come_up();
    EXPECT_TRUE(world.run_until([&] { return world.manager->is_ready(); }, 10s));
}

TEST(Manager, says_which_kind_it_is_waiting_for) {
    World world;
    (void)world.manager->cache<Widget>();
    (void)world.manager->cache<Part>();
    world.api.uninstall("parts");
    world.start();
    world.run_for(10s);
    EXPECT_THAT(
        world.manager->why_not_ready(), MatchesRegex("Part is not listed yet, failing for [0-9]+ s: .*resource type.*")
    );
}

TEST(Manager, gives_up_a_stop_that_takes_longer_than_its_limit) {
    // What hangs keeps referring to the world: it is never destroyed, as the process would end here.
    static World* const world = new World{ManagerOptions{.graceful_stop_limit = 30s}};
    static ScriptedReconciler* const reconciler = new ScriptedReconciler;
    reconciler->body = [](Snapshot<Widget>) { return ignoring_its_cancellation(world->clock); };
    ControllerBuilder<Widget>{*world->manager, "widget"}.build(*reconciler);
    world->add_widget("a");
    world->start_and_sync();
    const MonotonicTime began = world->clock.monotonic();
    world->manager->stop();
    ASSERT_TRUE(world->run_until([] { return world->has_ended; }, 60s));
    EXPECT_EQ(text_of(world->failure), "failed waiting for all runnables to end within grace period of 30s");
    EXPECT_EQ(world->clock.monotonic() - began, 30s);
}

// ---- Election ------------------------------------------------------------------------------------------------------

LeaderElectionOptions election(const std::string& identity) {
    return {.lease_name = "lock", .lease_namespace = "system", .identity = identity};
}

struct ElectionTest : ::testing::Test {
    ScriptedReconciler reconciler;
    World world{ManagerOptions{.leader_election = election("me_1")}};
    const NamespacedName lease{"system", "lock"};

    void SetUp() override {
        ControllerBuilder<Widget>{*world.manager, "widget"}.build(reconciler);
        world.add_widget("a");
    }
    void TearDown() override { world.stop(); }
    void others_lease(const std::string& holder, std::int64_t seconds = 15) {
        world.api.put(
            "leases",
            json::Object{
                {"metadata", json::Object{{"name", "lock"}, {"namespace", "system"}}},
                {"spec",
                 json::Object{
                     {"holderIdentity", holder},
                     {"leaseDurationSeconds", seconds},
                     {"acquireTime", "2001-01-01T00:00:00.000000Z"},
                     {"renewTime", "2001-01-01T00:00:00.000000Z"},
                     {"leaseTransitions", 4}
                 }}
            }
        );
    }
    [[nodiscard]] json::Value spec() const {
        const json::Value* found = world.api.find("leases", lease);
        return found == nullptr ? json::Value{} : *json::find(*found, {"spec"});
    }
    [[nodiscard]] bool leads() const { return world.manager->is_leading(); }
    [[nodiscard]] std::string metric() const { return world.manager->metrics().serialize(); }
};

TEST_F(ElectionTest, creates_the_lease_and_starts_its_controllers) {
    world.start_and_sync();
    ASSERT_TRUE(world.run_until([&] { return leads(); }, 5s));
    world.settle();
    EXPECT_EQ(reconciler.passes.size(), 1u);
    EXPECT_EQ(json::find_string(spec(), {"holderIdentity"}), "me_1");
    EXPECT_EQ(spec().at("leaseDurationSeconds").as_int64(), 15);
    EXPECT_EQ(spec().at("leaseTransitions").as_int64(), 0);
    EXPECT_THAT(metric(), HasSubstr(R"(leader_election_master_status{name="lock"} 1)"));
    EXPECT_EQ(world.lines_with("Successfully acquired lease"), 1u);
    const auto events = world.api.all("events");
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(json::find_string(events[0], {"reason"}), "LeaderElection");
    EXPECT_EQ(json::find_string(events[0], {"message"}), "me_1 became leader");
    EXPECT_EQ(json::find_string(events[0], {"source", "component"}), "me_1");
    EXPECT_EQ(json::find_string(events[0], {"involvedObject", "kind"}), "Lease");
}

TEST_F(ElectionTest, waits_warm_while_another_holds_the_lease) {
    others_lease("other");
    world.start_and_sync();
    for (int i = 0; i < 30; ++i) {
        world.run_for(2s);
        world.api.patch(
            "leases", lease, R"({"spec":{"renewTime":"2001-01-01T00:00:)" + std::to_string(10 + i) + R"(.000000Z"}})"
        );
    }
    EXPECT_FALSE(leads());
    EXPECT_TRUE(world.manager->is_ready());
    EXPECT_TRUE(reconciler.passes.empty());
    EXPECT_THAT(metric(), HasSubstr(R"(leader_election_master_status{name="lock"} 0)"));
    // The other one dies: the lease is over 15 s after its last change was seen, whatever the clocks say.
    world.run_for(14s);
    EXPECT_FALSE(leads());
    ASSERT_TRUE(world.run_until([&] { return leads(); }, 6s));
    EXPECT_EQ(spec().at("leaseTransitions").as_int64(), 5);
    world.settle();
    EXPECT_EQ(reconciler.passes.size(), 1u);
}

TEST_F(ElectionTest, takes_a_released_lease_at_once) {
    others_lease("", 1);
    world.start_and_sync();
    EXPECT_TRUE(world.run_until([&] { return leads(); }, 1s));
}

TEST_F(ElectionTest, renews_and_releases_on_stop) {
    world.start_and_sync();
    ASSERT_TRUE(world.run_until([&] { return leads(); }, 5s));
    const std::string first{json::find_string(spec(), {"renewTime"})};
    world.run_for(20s);
    EXPECT_NE(json::find_string(spec(), {"renewTime"}), first);
    EXPECT_EQ(world.api.count("GET /apis/coordination.k8s.io"), 1u);
    world.stop();
    EXPECT_FALSE(world.failure);
    EXPECT_EQ(json::find_string(spec(), {"holderIdentity"}), "");
    EXPECT_EQ(spec().at("leaseDurationSeconds").as_int64(), 1);
    EXPECT_EQ(world.lines_with(R"("level":"error")"), 0u);
}

TEST_F(ElectionTest, releases_although_the_last_renewal_was_cut_off) {
    world.start_and_sync();
    ASSERT_TRUE(world.run_until([&] { return leads(); }, 5s));
    int kept = 0;
    world.api.keeps_answer_of = [&](const HttpRequest& request) {
        return request.method == HttpMethod::Patch && request.target.find("/leases/") != std::string::npos &&
               kept++ == 0;
    };
    ASSERT_TRUE(world.run_until([&] { return kept == 1; }, 5s));
    world.stop();
    EXPECT_FALSE(world.failure) << text_of(world.failure);
    EXPECT_EQ(json::find_string(spec(), {"holderIdentity"}), "");
    EXPECT_EQ(world.lines_with("Released leader lease"), 1u);
}

TEST_F(ElectionTest, releases_what_it_took_without_having_heard_of_it) {
    int kept = 0;
    world.api.keeps_answer_of = [&](const HttpRequest& request) {
        return request.method == HttpMethod::Post && request.target.find("/leases") != std::string::npos && kept++ == 0;
    };
    world.start();
    ASSERT_TRUE(world.run_until([&] { return kept == 1; }, 5s));
    ASSERT_FALSE(leads());
    ASSERT_EQ(json::find_string(spec(), {"holderIdentity"}), "me_1");
    world.stop();
    EXPECT_EQ(json::find_string(spec(), {"holderIdentity"}), "");
}

TEST_F(ElectionTest, releases_no_lease_of_another_on_stop) {
    others_lease("other");
    world.start_and_sync();
    world.run_for(5s);
    world.stop();
    EXPECT_EQ(json::find_string(spec(), {"holderIdentity"}), "other");
    EXPECT_EQ(world.api.count("PATCH"), 0u);
}

TEST_F(ElectionTest, keeps_nothing_of_objects_that_come_and_go_while_another_leads) {
    others_lease("other");
    world.start_and_sync();
    for (const std::string name : {"b", "c"}) {
        world.add_widget(name);
        world.settle();
        world.api.erase("widgets", {"ns", name});
        world.settle();
    }
    ASSERT_FALSE(leads());
    EXPECT_TRUE(world.manager->debug_state().at(0).keys.empty());
    ASSERT_TRUE(world.run_until([&] { return leads(); }, 60s));
    world.settle();
    EXPECT_THAT(reconciler.passes, ElementsAre("a@101"));
    EXPECT_THAT(reconciler.forgotten, ElementsAre());
}

TEST_F(ElectionTest, ends_the_process_when_another_takes_the_lease) {
    world.start_and_sync();
    ASSERT_TRUE(world.run_until([&] { return leads(); }, 5s));
    world.api.patch("leases", lease, R"({"spec":{"holderIdentity":"thief"}})");
    ASSERT_TRUE(world.run_until([&] { return world.has_ended; }, 10s));
    EXPECT_EQ(text_of(world.failure), "leader election lost");
    EXPECT_EQ(json::find_string(spec(), {"holderIdentity"}), "thief");
}

TEST_F(ElectionTest, ends_the_process_when_it_cannot_renew_in_time) {
    world.start_and_sync();
    ASSERT_TRUE(world.run_until([&] { return leads(); }, 5s));
    const MonotonicTime renewed = world.clock.monotonic();
    world.api.go_down();
    ASSERT_TRUE(world.run_until([&] { return world.has_ended; }, 60s));
    EXPECT_EQ(text_of(world.failure), "leader election lost");
    EXPECT_LE(world.clock.monotonic() - renewed, 10s);
}

TEST(ManagerThatLostItsLease, ends_before_another_may_take_it_whatever_hangs) {
    // What hangs keeps referring to the world: it is never destroyed, as the process would end here.
    static World* const world = new World{ManagerOptions{.leader_election = election("me_1")}};
    static ScriptedReconciler* const reconciler = new ScriptedReconciler;
    reconciler->body = [](Snapshot<Widget>) { return ignoring_its_cancellation(world->clock); };
    ControllerBuilder<Widget>{*world->manager, "widget"}.build(*reconciler);
    world->add_widget("a");
    world->start_and_sync();
    ASSERT_TRUE(world->run_until([] { return world->manager->is_leading(); }, 5s));
    world->settle();
    ASSERT_EQ(reconciler->in_flight["a"], 1);
    const MonotonicTime renewed_last = world->clock.monotonic();
    world->api.go_down();
    ASSERT_TRUE(world->run_until([] { return world->has_ended; }, 60s));
    EXPECT_EQ(text_of(world->failure), "leader election lost");
    EXPECT_LE(world->clock.monotonic() - renewed_last, 13s) << "the lease is anybody's after 15 s";
}

TEST(Manager, says_so_when_it_serves_metrics_with_a_certificate_of_its_own) {
    World world{ManagerOptions{
        .metrics_address = "127.0.0.1:0",
        .metrics_security = MetricsSecurity{.certificate_file = "/nowhere/tls.crt", .key_file = "/nowhere/tls.key"}
    }};
    world.start();
    world.settle();
    EXPECT_EQ(world.lines_with("a self-signed certificate is served"), 1u);
    EXPECT_EQ(world.lines_with("/nowhere/tls.key"), 1u);
}

TEST_F(ElectionTest, survives_an_api_server_that_is_away_for_less_than_the_renew_deadline) {
    world.start_and_sync();
    ASSERT_TRUE(world.run_until([&] { return leads(); }, 5s));
    world.api.go_down();
    world.run_for(7s);
    world.api.come_up();
    world.run_for(60s);
    EXPECT_TRUE(leads());
    EXPECT_FALSE(world.has_ended);
}

TEST_F(ElectionTest, lets_one_of_two_candidates_win) {
    ManagerOptions options{.leader_election = election("me_2")};
    Manager second{world.loop.get_executor(), world.clock, world.api, std::move(options)};
    bool has_ended = false;
    boost::asio::co_spawn(world.loop, second.run(), [&](std::exception_ptr) { has_ended = true; });
    world.start_and_sync();
    world.run_for(60s);
    EXPECT_NE(leads(), second.is_leading());
    second.stop();
    EXPECT_TRUE(world.run_until([&] { return has_ended; }, 10s));
}

}  // namespace
}  // namespace kube::testing
