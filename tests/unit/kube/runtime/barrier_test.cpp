// The barrier: it says yes when a version was seen and nothing is left to do because of it, and not before.
#include "kube/runtime/barrier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.hpp"

namespace kube::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

Async<Requeue> at_rest() {
    co_return Requeue::on_change("a change");
}
Async<Requeue> at_rest_after(Clock& clock, std::chrono::milliseconds time) {
    co_await clock.sleep_for(time);
    co_return Requeue::on_change("a change");
}
Async<Requeue> polling(std::chrono::milliseconds time) {
    co_return Requeue::after(time, "the next poll");
}
Async<Requeue> putting_off(std::chrono::milliseconds time) {
    co_return Requeue::put_off(time, "time");
}
Async<Requeue> failing() {
    throw std::runtime_error{"no luck"};
    co_return Requeue::on_change("");
}
Async<Requeue> writing_status(Client& client, Snapshot<Widget> widget) {
    WidgetStatus status = widget->status;
    status.seen = widget->metadata.generation;
    const auto written = co_await client.write_status(widget, status);
    co_return written ? Requeue::on_change("a change") : after_refusal(written.error(), widget.resource_version());
}
Async<Requeue> recording(EventRecorder& events, Snapshot<Widget> widget) {
    events.record(
        {.apiVersion = "example.io/v1", .kind = "Widget", .namespace_ = "ns", .name = widget->metadata.name},
        EventType::Normal,
        "Seen",
        "it was seen"
    );
    co_return Requeue::on_change("a change");
}

struct BarrierTest : ::testing::Test {
    World world;
    ScriptedReconciler reconciler;

    void TearDown() override { world.stop(); }
    void build() {
        ControllerBuilder<Widget>{*world.manager, "widget"}.when(generation_changed).owns<Part>().build(reconciler);
    }
    void start() {
        build();
        world.start_and_sync();
    }
    [[nodiscard]] BarrierAnswer ask(BarrierQuestion question = {}) const { return world.manager->at_barrier(question); }
    [[nodiscard]] BarrierQuestion about_newest() const {
        BarrierQuestion question;
        question.kind = "Widget";
        question.version = ResourceVersion{std::to_string(world.api.version())};
        return question;
    }
    /// Waits in the background; `answer` is set when the barrier has let go.
    void wait_for(BarrierQuestion question, std::chrono::milliseconds limit, std::optional<BarrierAnswer>& answer) {
        boost::asio::co_spawn(
            world.loop, reach(question, Deadline::after(world.clock, limit), &answer), [](std::exception_ptr) {}
        );
    }
    Async<> reach(BarrierQuestion question, Deadline deadline, std::optional<BarrierAnswer>* answer) {
        *answer = co_await world.manager->reach_barrier(question, deadline);
    }
};

TEST_F(BarrierTest, is_reached_when_the_version_was_seen_and_its_pass_is_over) {
    world.add_widget("a");
    start();
    const BarrierAnswer answer = ask(about_newest());
    EXPECT_TRUE(answer.is_reached) << answer.reason;
    EXPECT_EQ(answer.reason, "");
    EXPECT_EQ(answer.seen_version.value(), "101");
}

TEST_F(BarrierTest, is_not_reached_before_the_cache_has_seen_the_version) {
    world.add_widget("a");
    start();
    world.api.hold_events(true);
    world.api.patch("widgets", {"ns", "a"}, R"({"spec":{"size":2}})");
    world.settle();
    EXPECT_FALSE(ask(about_newest()).is_reached);
    EXPECT_EQ(ask(about_newest()).reason, "the cache of Widget has seen version 101 and not yet 102");
    EXPECT_TRUE(ask().is_reached) << "without a version it is about what was seen";
    world.api.hold_events(false);
    world.settle();
    EXPECT_TRUE(ask(about_newest()).is_reached);
}

TEST_F(BarrierTest, is_not_reached_while_a_pass_is_in_flight) {
    world.add_widget("a");
    reconciler.body = [this](Snapshot<Widget>) { return at_rest_after(world.clock, 1s); };
    start();
    world.run_for(500ms);
    EXPECT_FALSE(ask(about_newest()).is_reached);
    EXPECT_EQ(ask(about_newest()).reason, "widget: the pass of ns/a is in flight");
    world.run_for(500ms);
    EXPECT_TRUE(ask(about_newest()).is_reached);
}

TEST_F(BarrierTest, is_not_reached_when_a_key_came_back_while_its_pass_was_in_flight) {
    world.add_widget("a");
    reconciler.body = [this](Snapshot<Widget>) { return at_rest_after(world.clock, 1s); };
    start();
    world.run_for(500ms);
    world.api.patch("widgets", {"ns", "a"}, R"({"spec":{"size":2}})");
    world.run_for(600ms);
    EXPECT_EQ(reconciler.passes.size(), 2u);
    EXPECT_EQ(ask(about_newest()).reason, "widget: the pass of ns/a is in flight");
    world.run_for(1s);
    EXPECT_TRUE(ask(about_newest()).is_reached);
}

TEST_F(BarrierTest, is_not_reached_before_a_key_has_seen_its_own_write) {
    world.add_widget("a");
    Client& client = world.manager->client();
    reconciler.body = [&](Snapshot<Widget> widget) { return writing_status(client, std::move(widget)); };
    world.api.arriving = [this](const HttpRequest& request) {
        if (request.method == HttpMethod::Patch) world.api.hold_events(true);
    };
    start();
    EXPECT_THAT(ask().reason, HasSubstr("widget: ns/a waits to see its own write of a Widget, version 102"));
    world.api.hold_events(false);
    world.settle();
    EXPECT_TRUE(ask().is_reached) << ask().reason;
}

TEST_F(BarrierTest, is_not_reached_while_a_failed_key_waits_for_its_next_attempt) {
    world.add_widget("a");
    bool fails = true;
    reconciler.body = [&](Snapshot<Widget>) { return fails ? failing() : at_rest(); };
    start();
    world.run_for(100ms);
    EXPECT_THAT(ask().reason, HasSubstr("ns/a is to be tried again after 5 failures: no luck"));
    fails = false;
    world.run_for(10s);
    EXPECT_TRUE(ask().is_reached);
}

TEST_F(BarrierTest, takes_a_poll_for_rest_unless_it_is_due_within_the_bound) {
    world.add_widget("a");
    reconciler.body = [](Snapshot<Widget>) { return polling(30s); };
    start();
    BarrierQuestion question;
    EXPECT_TRUE(ask(question).is_reached) << ask(question).reason;
    question.polls_within = 30s;
    EXPECT_TRUE(ask(question).is_reached);
    world.run_for(1s);
    EXPECT_EQ(ask(question).reason, "widget: ns/a is due soon");
    EXPECT_TRUE(ask().is_reached);
}

TEST_F(BarrierTest, is_not_reached_before_what_was_put_off_is_done) {
    world.add_widget("a");
    bool is_first = true;
    reconciler.body = [&](Snapshot<Widget>) { return std::exchange(is_first, false) ? putting_off(1s) : at_rest(); };
    start();
    world.run_for(900ms);
    EXPECT_EQ(ask().reason, "widget: ns/a is queued");
    world.run_for(200ms);
    EXPECT_TRUE(ask().is_reached) << ask().reason;
    EXPECT_EQ(reconciler.passes.size(), 2u);
}

TEST_F(BarrierTest, does_not_take_a_pass_that_goes_on_at_once_for_a_poll) {
    world.add_widget("a");
    reconciler.body = [](Snapshot<Widget>) { return polling(5ms); };
    start();
    EXPECT_EQ(ask().reason, "widget: ns/a is queued");
}

TEST_F(BarrierTest, looks_at_one_namespace_where_one_is_named) {
    world.add_widget("a");
    reconciler.body = [this](Snapshot<Widget>) { return at_rest_after(world.clock, 1s); };
    start();
    BarrierQuestion elsewhere;
    elsewhere.namespace_ = "other";
    EXPECT_TRUE(ask(elsewhere).is_reached);
    EXPECT_FALSE(ask().is_reached);
}

TEST_F(BarrierTest, says_that_a_kind_is_not_watched) {
    start();
    BarrierQuestion question;
    question.kind = "Gadget";
    EXPECT_EQ(ask(question).reason, "this process does not watch the kind Gadget");
    question.kind = "Widget.example.io";
    EXPECT_TRUE(ask(question).is_reached);
}

TEST_F(BarrierTest, is_not_reached_before_the_caches_are_filled) {
    build();
    world.api.go_down();
    world.start();
    world.settle();
    EXPECT_EQ(ask().reason, "the caches are not filled yet");
}

TEST_F(BarrierTest, waits_for_events_where_they_are_asked_for) {
    world.add_widget("a");
    EventRecorder& events = world.manager->event_recorder("test");
    reconciler.body = [&](Snapshot<Widget> widget) { return recording(events, std::move(widget)); };
    world.api.instead = [](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (request.method != HttpMethod::Post) return std::nullopt;
        throw TransportError{TransportError::Kind::Broken, "not now"};
    };
    start();
    BarrierQuestion question;
    EXPECT_TRUE(ask(question).is_reached);
    question.wants_events_delivered = true;
    EXPECT_EQ(ask(question).reason, "1 events are not delivered yet");
    world.api.instead = {};
    world.run_for(10s);
    EXPECT_TRUE(ask(question).is_reached);
}

TEST_F(BarrierTest, blocks_until_the_pass_in_flight_is_over) {
    world.add_widget("a");
    reconciler.body = [this](Snapshot<Widget>) { return at_rest_after(world.clock, 5s); };
    start();
    std::optional<BarrierAnswer> answer;
    wait_for(about_newest(), 60s, answer);
    world.run_for(4s);
    EXPECT_FALSE(answer.has_value()) << "it let go while a pass was in flight";
    world.run_for(1s);
    ASSERT_TRUE(answer.has_value());
    EXPECT_TRUE(answer->is_reached);
}

TEST_F(BarrierTest, blocks_until_a_version_that_is_yet_to_come_was_seen) {
    world.add_widget("a");
    start();
    BarrierQuestion question = about_newest();
    question.version = ResourceVersion{"102"};
    std::optional<BarrierAnswer> answer;
    wait_for(question, 60s, answer);
    world.run_for(10s);
    EXPECT_FALSE(answer.has_value());
    world.api.patch("widgets", {"ns", "a"}, R"({"status":{"note":"wakes nobody"}})");
    world.settle();
    ASSERT_TRUE(answer.has_value());
    EXPECT_TRUE(answer->is_reached);
    EXPECT_EQ(reconciler.passes.size(), 1u);
}

TEST_F(BarrierTest, lets_go_at_its_deadline_with_what_was_in_the_way) {
    world.add_widget("a");
    reconciler.body = [this](Snapshot<Widget>) { return at_rest_after(world.clock, 1h); };
    start();
    std::optional<BarrierAnswer> answer;
    wait_for(about_newest(), 3s, answer);
    world.run_for(3s);
    ASSERT_TRUE(answer.has_value());
    EXPECT_FALSE(answer->is_reached);
    EXPECT_EQ(answer->reason, "widget: the pass of ns/a is in flight");
}

TEST_F(BarrierTest, wakes_every_object_on_demand) {
    for (const char* name : {"a", "b", "c"}) world.add_widget(name);
    start();
    world.manager->wake_all();
    EXPECT_FALSE(ask().is_reached);
    world.settle();
    EXPECT_TRUE(ask().is_reached);
    EXPECT_EQ(reconciler.passes.size(), 6u);
}

TEST(BarrierRequest, is_read_from_a_query) {
    const auto read = parse_barrier_request(
        "kind=SeiNode&resourceVersion=12&namespace=x&pollsWithinMilliseconds=500&events=true&timeoutSeconds=10"
    );
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->question.kind, "SeiNode");
    EXPECT_EQ(read->question.version.value(), "12");
    EXPECT_EQ(read->question.namespace_, "x");
    EXPECT_EQ(read->question.polls_within, 500ms);
    EXPECT_TRUE(read->question.wants_events_delivered);
    EXPECT_EQ(read->time_limit, 10s);
    EXPECT_EQ(parse_barrier_request("").value().time_limit, 0s);
}

TEST(BarrierRequest, is_refused_with_the_parameter_that_is_wrong) {
    struct Case {
        std::string behaviour;
        std::string query;
        std::string error;
    };
    for (const Case& one : std::vector<Case>{
             {"a version that is no number", "kind=A&resourceVersion=x", "resourceVersion is a decimal number"},
             {"a version of no kind", "resourceVersion=1", "resourceVersion needs the kind that it is a version of"},
             {"a wait that is too long", "timeoutSeconds=61", "timeoutSeconds is a whole number of at most 60"},
             {"a bound that is no number", "pollsWithinMilliseconds=1s", "pollsWithinMilliseconds is a whole number"},
             {"a third truth", "events=maybe", "events is true or false"},
         }) {
        SCOPED_TRACE(one.behaviour);
        const auto read = parse_barrier_request(one.query);
        ASSERT_FALSE(read.has_value());
        EXPECT_EQ(read.error(), one.error);
    }
    EXPECT_THAT(parse_barrier_request("version=1").error(), HasSubstr("unknown parameter version"));
}

}  // namespace
}  // namespace kube::testing
