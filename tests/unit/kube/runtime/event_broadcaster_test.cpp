// Events: what becomes an object, what is counted, what is dropped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/runtime/event_correlator.hpp"
#include "world.hpp"

namespace kube::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

struct EventTest : ::testing::Test {
    World world;
    EventRecorder& events = world.manager->event_recorder("widget-controller");
    ObjectReference about{
        .apiVersion = "example.io/v1",
        .kind = "Widget",
        .namespace_ = "ns",
        .name = "w",
        .uid = "u1",
        .resourceVersion = "7"
    };
    void SetUp() override { world.start_and_sync(); }
    void TearDown() override { world.stop(); }
    void record(const std::string& message, EventType type = EventType::Normal) {
        events.record(about, type, "Reason", message);
    }
};

TEST_F(EventTest, creates_a_core_event_about_the_object) {
    record("hello", EventType::Warning);
    world.settle();
    const auto stored = world.api.all("events");
    ASSERT_EQ(stored.size(), 1u);
    json::Value event = stored[0];
    EXPECT_THAT(std::string{json::find_string(event, {"metadata", "name"})}, MatchesRegex("w\\.[0-9a-f]{16}"));
    event.as_object().erase("metadata");
    EXPECT_EQ(
        json::serialize_canonical(event),
        R"({"apiVersion":"v1","count":1,"eventTime":null,"firstTimestamp":"2024-10-04T00:00:00Z",)"
        R"("involvedObject":{"apiVersion":"example.io/v1","kind":"Widget","name":"w","namespace":"ns","resourceVersion":"7","uid":"u1"},)"
        R"("kind":"Event","lastTimestamp":"2024-10-04T00:00:00Z","message":"hello","reason":"Reason",)"
        R"("reportingComponent":"widget-controller","reportingInstance":"","source":{"component":"widget-controller"},)"
        R"("type":"Warning"})"
    );
}

TEST_F(EventTest, counts_an_equal_event_in_the_object_that_is_there) {
    for (int i = 0; i < 3; ++i) {
        record("hello");
        world.run_for(1s);
    }
    const auto stored = world.api.all("events");
    ASSERT_EQ(stored.size(), 1u);
    EXPECT_EQ(stored[0].at("count").as_int64(), 3);
    EXPECT_EQ(json::find_string(stored[0], {"lastTimestamp"}), "2024-10-04T00:00:02Z");
}

TEST_F(EventTest, folds_equal_events_that_wait_together_into_one_write) {
    for (int i = 0; i < 5; ++i) record("hello");
    world.settle();
    EXPECT_EQ(world.api.count("POST"), 1u);
    EXPECT_EQ(world.api.count("PATCH"), 0u);
    EXPECT_EQ(world.api.all("events").at(0).at("count").as_int64(), 5);
}

TEST_F(EventTest, creates_the_event_again_when_the_server_has_forgotten_it) {
    record("hello");
    world.settle();
    const std::string name{json::find_string(world.api.all("events").at(0), {"metadata", "name"})};
    world.api.erase("events", {"ns", name});
    world.run_for(1s);
    record("hello");
    world.settle();
    const auto stored = world.api.all("events");
    ASSERT_EQ(stored.size(), 1u);
    EXPECT_EQ(stored[0].at("count").as_int64(), 2);
}

TEST_F(EventTest, combines_the_tenth_similar_event_and_what_follows) {
    for (int i = 0; i < 12; ++i) {
        record("message " + std::to_string(i));
        world.run_for(1s);
    }
    std::size_t combined = 0;
    for (const json::Value& event : world.api.all("events")) {
        if (!json::find_string(event, {"message"}).starts_with("(combined from similar events): ")) continue;
        ++combined;
        EXPECT_EQ(event.at("count").as_int64(), 3);
    }
    EXPECT_EQ(combined, 1u);
    EXPECT_EQ(world.api.all("events").size(), 10u);
}

TEST_F(EventTest, drops_floods_about_one_object) {
    for (int i = 0; i < 40; ++i) {
        record("hello");
        world.settle();
    }
    EXPECT_EQ(world.api.all("events").at(0).at("count").as_int64(), 25);
    world.run_for(301s);
    record("hello");
    world.settle();
    EXPECT_EQ(world.api.all("events").at(0).at("count").as_int64(), 26);
}

TEST_F(EventTest, delivers_after_an_outage) {
    world.api.go_down();
    record("hello");
    world.run_for(15s);
    EXPECT_TRUE(world.api.all("events").empty());
    world.api.come_up();
    world.run_for(15s);
    EXPECT_EQ(world.api.all("events").size(), 1u);
}

TEST_F(EventTest, gives_an_event_up_after_twelve_attempts) {
    world.api.go_down();
    record("hello");
    world.run_for(600s);
    EXPECT_EQ(world.api.count("POST"), 12u);
    EXPECT_EQ(world.lines_with("Unable to deliver an event"), 1u);
}

TEST_F(EventTest, does_not_repeat_what_the_server_rejects) {
    world.api.instead = [](const HttpRequest&) -> std::optional<HttpResponse> {
        return HttpResponse{.status = 403, .body = R"({"kind":"Status","reason":"Forbidden","message":"no"})"};
    };
    record("hello");
    world.run_for(600s);
    EXPECT_EQ(world.api.count("POST"), 1u);
    EXPECT_EQ(world.lines_with("The API server rejected an event"), 1u);
}

TEST_F(EventTest, drops_what_does_not_fit_into_its_queue) {
    world.api.go_down();
    for (int i = 0; i < 1100; ++i) {
        about.name = "w" + std::to_string(i);
        record("hello");
    }
    EXPECT_EQ(world.lines_with("The event queue is full; dropping an event"), 100u);
}

TEST_F(EventTest, puts_events_about_cluster_scoped_objects_into_default) {
    about.namespace_.clear();
    record("hello");
    world.settle();
    EXPECT_EQ(json::find_string(world.api.all("events").at(0), {"metadata", "namespace"}), "default");
}

}  // namespace
}  // namespace kube::testing
