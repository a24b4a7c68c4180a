// Controllers at work: what wakes a key, what holds it, how it fails.
#include "kube/runtime/controller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/runtime/detail/controller_loop.hpp"
#include "world.hpp"

namespace kube::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

struct ControllerTest : ::testing::Test {
    World world;
    ScriptedReconciler reconciler;
    Client& client = world.manager->client();

    void TearDown() override { world.stop(); }
    /// The caches fall behind from the moment at which the first such request arrives.
    void hold_events_from_the_first(HttpMethod method) {
        world.api.arriving = [this, method](const HttpRequest& request) {
            if (request.method == method) world.api.hold_events(true);
        };
    }
    void build(std::size_t in_flight_max = 64) {
        ControllerBuilder<Widget>{*world.manager, "widget"}
            .when(generation_changed)
            .owns<Part>()
            .reconciles_in_flight_max(in_flight_max)
            .build(reconciler);
    }
    void start(std::size_t in_flight_max = 64) {
        build(in_flight_max);
        world.start_and_sync();
    }
};

// The bodies are plain functions that return coroutines: a coroutine lambda must not capture.
Async<Requeue> done() {
    co_return Requeue::on_change("a change");
}
Async<Requeue> done_after(Clock& clock, std::chrono::milliseconds time) {
    co_await clock.sleep_for(time);
    co_return Requeue::on_change("a change");
}
Async<Requeue> again_after(std::chrono::milliseconds time) {
    co_return Requeue::after(time, "the next poll");
}
Async<Requeue> failing(std::string text) {
    throw std::runtime_error{text};
    co_return Requeue::on_change("");
}
Async<Requeue> writing_status(Client& client, Snapshot<Widget> widget, std::vector<WriteRefusal>* refusals) {
    WidgetStatus status = widget->status;
    status.seen = widget->metadata.generation;
    const auto written = co_await client.write_status(widget, status);
    if (written) co_return Requeue::on_change("a change");
    refusals->push_back(written.error());
    co_return after_refusal(written.error(), widget.resource_version());
}
Async<Requeue> creating_part(Client& client, Cache<Part> parts, Snapshot<Widget> widget, int* created) {
    const NamespacedName key{"ns", widget->metadata.name + "-part"};
    if (parts.get(key)) co_return Requeue::on_change("a change");
    Part part;
    part.metadata.namespace_ = key.namespace_;
    part.metadata.name = key.name;
    part.metadata.ownerReferences = {{
        .apiVersion = "example.io/v1",
        .kind = "Widget",
        .name = widget->metadata.name,
        .uid = widget->metadata.uid,
        .controller = true,
    }};
    const auto result = co_await client.create(std::move(part));
    ++*created;
    co_return result ? Requeue::after(std::chrono::milliseconds{1}, "the part")
                     : Requeue::after(std::chrono::milliseconds{1}, "a part that was there");
}
Async<Requeue> deleting_parts(Client& client, Cache<Part> parts, int* deletions) {
    for (const auto& part : parts.list()) {
        (void)co_await client.delete_object<Part>(part.key(), {.uid = part.uid()});
        ++*deletions;
    }
    co_return Requeue::after(std::chrono::milliseconds{1}, "the next look");
}

TEST_F(ControllerTest, reconciles_each_object_once_at_the_start) {
    for (const char* name : {"a", "b", "c"}) world.add_widget(name);
    start();
    EXPECT_THAT(reconciler.passes, ElementsAre("a@101", "b@102", "c@103"));
}

TEST_F(ControllerTest, is_woken_by_a_spec_change_and_not_by_a_status_change) {
    world.add_widget("a");
    start();
    world.api.patch("widgets", {"ns", "a"}, R"({"status":{"note":"x"}})");
    world.settle();
    EXPECT_EQ(reconciler.count("a"), 1u);
    world.api.patch("widgets", {"ns", "a"}, R"({"spec":{"size":2}})");
    world.settle();
    EXPECT_EQ(reconciler.count("a"), 2u);
}

TEST_F(ControllerTest, is_woken_by_what_the_object_controls) {
    world.add_widget("a");
    world.add_widget("b");
    start();
    world.add_part("p", "a");
    world.settle();
    EXPECT_EQ(reconciler.count("a"), 2u);
    world.api.patch("parts", {"ns", "p"}, R"({"number":2})");
    world.settle();
    EXPECT_EQ(reconciler.count("a"), 3u);
    world.api.erase("parts", {"ns", "p"});
    world.settle();
    EXPECT_EQ(reconciler.count("a"), 4u);
    EXPECT_EQ(reconciler.count("b"), 1u);
}

TEST_F(ControllerTest, wakes_the_old_owner_too_when_an_object_changes_hands) {
    world.add_widget("a");
    world.add_widget("b");
    world.add_part("p", "a");
    start();
    const std::size_t before = reconciler.count("a");
    world.api.patch(
        "parts",
        {"ns", "p"},
        R"({"metadata":{"ownerReferences":[{"apiVersion":"example.io/v1","kind":"Widget","name":"b","uid":"u","controller":true}]}})"
    );
    world.settle();
    EXPECT_EQ(reconciler.count("a"), before + 1);
    EXPECT_EQ(reconciler.count("b"), 2u);
}

TEST(ControllerOwner, is_found_by_group_and_kind_whatever_the_version) {
    struct Case {
        std::string behaviour;
        std::string api_version;
        std::string kind;
        std::optional<bool> controller;
        bool is_owned;
    };
    for (const Case& one : std::vector<Case>{
             {"same version", "example.io/v1", "Widget", true, true},
             {"another version", "example.io/v2alpha1", "Widget", true, true},
             {"another group", "other.io/v1", "Widget", true, false},
             {"no group", "v1", "Widget", true, false},
             {"another kind", "example.io/v1", "Gadget", true, false},
             {"an owner that does not control", "example.io/v1", "Widget", false, false},
             {"an owner that does not say", "example.io/v1", "Widget", std::nullopt, false},
         }) {
        SCOPED_TRACE(one.behaviour);
        ObjectMeta metadata;
        metadata.namespace_ = "ns";
        metadata.ownerReferences = {
            {.apiVersion = one.api_version, .kind = one.kind, .name = "w", .uid = "u", .controller = one.controller}
        };
        const auto keys = detail::owner_keys(metadata, KindOf<Widget>::type);
        EXPECT_EQ(!keys.empty(), one.is_owned);
        if (one.is_owned) EXPECT_EQ(keys.at(0), (NamespacedName{"ns", "w"}));
    }
}

TEST_F(ControllerTest, runs_many_keys_at_once_up_to_its_bound) {
    for (int i = 0; i < 20; ++i) world.add_widget("w" + std::to_string(i));
    reconciler.body = [this](Snapshot<Widget>) { return done_after(world.clock, 100ms); };
    start(8);
    world.run_for(10s);
    EXPECT_EQ(reconciler.passes.size(), 20u);
    EXPECT_EQ(reconciler.in_flight_most, 8u);
}

TEST_F(ControllerTest, keys_that_hang_make_way_for_others_although_they_fill_its_bound) {
    for (int i = 0; i < 20; ++i) world.add_widget("hangs" + std::to_string(i));
    reconciler.body = [this](Snapshot<Widget> widget) {
        return widget->metadata.name.starts_with("hangs") ? done_after(world.clock, 10h) : done();
    };
    start(4);
    world.run_for(10s);
    EXPECT_EQ(reconciler.in_flight_most, 20u);
    world.add_widget("works");
    world.run_for(1s);
    EXPECT_EQ(reconciler.count("works"), 1u);
}

TEST_F(ControllerTest, runs_no_more_than_eight_times_its_bound_however_many_keys_hang) {
    for (int i = 0; i < 20; ++i) world.add_widget("hangs" + std::to_string(i));
    reconciler.body = [this](Snapshot<Widget>) { return done_after(world.clock, 60s); };
    start(2);
    world.run_for(50s);
    EXPECT_EQ(reconciler.in_flight_most, 2 * detail::kSlowPassesFactor);
    world.run_for(60s);
    EXPECT_EQ(reconciler.passes.size(), 20u);
}

TEST_F(ControllerTest, never_runs_one_key_twice_at_once) {
    world.add_widget("a");
    reconciler.body = [this](Snapshot<Widget>) { return done_after(world.clock, 1s); };
    start();
    for (int i = 2; i < 6; ++i) {
        world.api.patch("widgets", {"ns", "a"}, R"({"spec":{"size":)" + std::to_string(i) + "}}");
        world.run_for(100ms);
    }
    world.run_for(10s);
    EXPECT_FALSE(reconciler.has_overlapped);
    EXPECT_THAT(reconciler.passes, ElementsAre("a@101", "a@105"));
}

TEST_F(ControllerTest, a_key_that_hangs_delays_no_other) {
    world.add_widget("hangs");
    world.add_widget("works");
    reconciler.body = [this](Snapshot<Widget> widget) {
        return widget->metadata.name == "hangs" ? done_after(world.clock, 10h) : done();
    };
    start();
    for (int i = 0; i < 5; ++i) {
        world.api.patch("widgets", {"ns", "works"}, R"({"spec":{"size":)" + std::to_string(i + 10) + "}}");
        world.run_for(1s);
    }
    EXPECT_EQ(reconciler.count("works"), 6u);
    EXPECT_EQ(reconciler.count("hangs"), 1u);
}

TEST_F(ControllerTest, comes_back_after_the_time_that_a_pass_names) {
    world.add_widget("a");
    reconciler.body = [](Snapshot<Widget>) { return again_after(30s); };
    start();
    world.run_for(29s);
    EXPECT_EQ(reconciler.passes.size(), 1u);
    world.run_for(1s);
    EXPECT_EQ(reconciler.passes.size(), 2u);
    world.run_for(300s);
    EXPECT_EQ(reconciler.passes.size(), 12u);
}

TEST_F(ControllerTest, backs_off_from_a_key_that_fails_and_logs_each_failure) {
    world.add_widget("a");
    bool fails = true;
    reconciler.body = [&](Snapshot<Widget>) { return fails ? failing("no luck") : done(); };
    start();
    world.run_for(10s);
    // 5 ms, 10 ms, … : twelve passes in ten seconds, not thousands.
    EXPECT_GE(reconciler.passes.size(), 10u);
    EXPECT_LE(reconciler.passes.size(), 13u);
    EXPECT_EQ(world.lines_with("Reconciler error"), reconciler.passes.size());
    EXPECT_GE(world.lines_with(R"("error":"no luck")"), 1u);
    EXPECT_GE(world.lines_with(R"("Widget":{"name":"a","namespace":"ns"})"), 1u);
    fails = false;
    const std::size_t before = reconciler.passes.size();
    world.run_for(60s);
    EXPECT_EQ(reconciler.passes.size(), before + 1);
    EXPECT_THAT(
        world.manager->metrics().serialize(),
        HasSubstr("controller_runtime_reconcile_errors_total{controller=\"widget\"} " + std::to_string(before))
    );
}

TEST_F(ControllerTest, forgets_an_object_that_is_gone_without_reconciling_it) {
    world.add_widget("a");
    start();
    world.api.erase("widgets", {"ns", "a"});
    world.settle();
    EXPECT_EQ(reconciler.count("a"), 1u);
    EXPECT_THAT(reconciler.forgotten, ElementsAre("a"));
}

TEST_F(ControllerTest, forgets_a_deleted_object_before_it_reconciles_another_of_that_name) {
    world.add_widget("a");
    start();
    world.api.erase("widgets", {"ns", "a"});
    world.add_widget("a");
    world.settle();
    EXPECT_THAT(reconciler.forgotten, ElementsAre("a"));
    EXPECT_EQ(reconciler.count("a"), 2u);
}

TEST_F(ControllerTest, forgets_only_after_the_pass_in_flight_has_ended) {
    world.add_widget("a");
    reconciler.body = [this](Snapshot<Widget>) { return done_after(world.clock, 5s); };
    start();
    world.api.erase("widgets", {"ns", "a"});
    world.run_for(1s);
    EXPECT_TRUE(reconciler.forgotten.empty());
    world.run_for(10s);
    EXPECT_THAT(reconciler.forgotten, ElementsAre("a"));
}

// ---- Reading one's own writes
// ----------------------------------------------------------------------------------------

TEST_F(ControllerTest, does_not_reconcile_a_key_before_the_cache_shows_its_own_create) {
    world.add_widget("a");
    int created = 0;
    const Cache<Part> parts = world.manager->cache<Part>();
    reconciler.body = [&](Snapshot<Widget> widget) {
        return creating_part(client, parts, std::move(widget), &created);
    };
    hold_events_from_the_first(HttpMethod::Post);
    start();
    world.run_for(5s);
    EXPECT_EQ(reconciler.passes.size(), 1u);
    EXPECT_EQ(created, 1);
    const auto state = world.manager->debug_state().at(0);
    ASSERT_EQ(state.keys.size(), 1u);
    EXPECT_EQ(state.keys[0].state, KeyDebugState::State::Held);
    EXPECT_THAT(state.keys[0].waits_for, HasSubstr("own write of a Part"));
    world.api.hold_events(false);
    world.run_for(5s);
    EXPECT_EQ(created, 1) << "a pass worked on a picture that it had made stale itself";
    EXPECT_GE(reconciler.passes.size(), 2u);
}

TEST_F(ControllerTest, causes_no_conflict_with_its_own_status_write) {
    world.add_widget("a");
    std::vector<WriteRefusal> refusals;
    reconciler.body = [&](Snapshot<Widget> widget) { return writing_status(client, std::move(widget), &refusals); };
    start();
    world.api.hold_events(true);
    world.settle();
    // While the cache lags behind the status write, another change of the spec wakes the key.
    for (int i = 2; i < 5; ++i) {
        world.api.patch("widgets", {"ns", "a"}, R"({"spec":{"size":)" + std::to_string(i) + "}}");
        world.run_for(100ms);
    }
    world.api.hold_events(false);
    world.run_for(10s);
    EXPECT_TRUE(refusals.empty());
    EXPECT_EQ(json::find(*world.api.find("widgets", {"ns", "a"}), {"status", "seen"})->as_int64(), 4);
}

TEST_F(ControllerTest, gives_up_waiting_for_its_own_write_after_a_bound_and_says_so) {
    world.add_widget("a");
    int created = 0;
    const Cache<Part> parts = world.manager->cache<Part>();
    reconciler.body = [&](Snapshot<Widget> widget) {
        return creating_part(client, parts, std::move(widget), &created);
    };
    hold_events_from_the_first(HttpMethod::Post);
    start();
    world.run_for(29s);
    EXPECT_EQ(reconciler.passes.size(), 1u);
    world.run_for(2s);
    EXPECT_GE(reconciler.passes.size(), 2u);
    EXPECT_GE(world.lines_with("The cache has not shown an own write in time"), 1u);
    world.api.hold_events(false);
}

TEST_F(ControllerTest, does_not_reconcile_a_key_before_the_cache_shows_its_own_deletion) {
    world.add_widget("a");
    world.add_part("p", "a");
    int deletions = 0;
    const Cache<Part> parts = world.manager->cache<Part>();
    reconciler.body = [&](Snapshot<Widget>) { return deleting_parts(client, parts, &deletions); };
    hold_events_from_the_first(HttpMethod::Delete);
    start();
    world.run_for(5s);
    EXPECT_EQ(deletions, 1);
    world.api.hold_events(false);
    world.run_for(1s);
    EXPECT_EQ(deletions, 1);
    EXPECT_GE(reconciler.passes.size(), 2u);
}

TEST_F(ControllerTest, waits_for_the_newer_version_after_a_conflict_without_back_off) {
    world.add_widget("a");
    std::vector<WriteRefusal> refusals;
    int disturbances = 0;
    world.api.arriving = [&](const HttpRequest& request) {
        if (request.method != HttpMethod::Patch || disturbances == 1) return;
        ++disturbances;
        world.api.hold_events(true);  // the newer version is slow to arrive
        world.api.patch("widgets", {"ns", "a"}, R"({"status":{"note":"theirs"}})");
    };
    reconciler.body = [&](Snapshot<Widget> widget) { return writing_status(client, std::move(widget), &refusals); };
    start();
    world.run_for(5s);
    EXPECT_EQ(disturbances, 1);
    EXPECT_THAT(refusals, ElementsAre(WriteRefusal::Conflict));
    EXPECT_EQ(reconciler.passes.size(), 1u) << "a pass ran on the version that was refused";
    world.api.hold_events(false);
    world.run_for(20ms);
    EXPECT_EQ(reconciler.passes.size(), 2u);
    EXPECT_EQ(refusals.size(), 1u);
    const json::Value& stored = *world.api.find("widgets", {"ns", "a"});
    EXPECT_EQ(json::find_string(stored, {"status", "note"}), "theirs");
    EXPECT_EQ(json::find(stored, {"status", "seen"})->as_int64(), 1);
    EXPECT_EQ(world.lines_with("Reconciler error"), 0u);
}

TEST_F(ControllerTest, grows_no_back_off_however_many_conflicts_follow_each_other) {
    constexpr int kConflicts = 20;
    world.add_widget("a");
    std::vector<WriteRefusal> refusals;
    int disturbances = 0;
    world.api.arriving = [&](const HttpRequest& request) {
        if (request.method != HttpMethod::Patch || disturbances == kConflicts) return;
        const std::string note = std::to_string(++disturbances);
        world.api.patch("widgets", {"ns", "a"}, R"({"status":{"note":")" + note + R"("}})");
    };
    reconciler.body = [&](Snapshot<Widget> widget) { return writing_status(client, std::move(widget), &refusals); };
    start();
    // 50 ms for each; a back-off as after failures would have come to minutes.
    world.run_for(kConflicts * 50ms);
    EXPECT_EQ(disturbances, kConflicts);
    EXPECT_THAT(refusals, ::testing::SizeIs(kConflicts));
    EXPECT_EQ(reconciler.passes.size(), kConflicts + 1u);
    const json::Value& stored = *world.api.find("widgets", {"ns", "a"});
    EXPECT_EQ(json::find(stored, {"status", "seen"})->as_int64(), 1);
}

TEST_F(ControllerTest, writes_nothing_at_rest) {
    world.add_widget("a");
    std::vector<WriteRefusal> refusals;
    reconciler.body = [&](Snapshot<Widget> widget) { return writing_status(client, std::move(widget), &refusals); };
    start();
    world.run_for(1s);
    const std::size_t before = world.api.count("PATCH");
    world.api.patch("widgets", {"ns", "a"}, R"({"metadata":{"labels":{"x":"y"}}})");
    world.run_for(600s);
    EXPECT_EQ(world.api.count("PATCH"), before);
}

TEST_F(ControllerTest, loses_nothing_when_the_api_server_is_away_for_a_while) {
    for (int i = 0; i < 5; ++i) world.add_widget("w" + std::to_string(i));
    std::vector<WriteRefusal> refusals;
    reconciler.body = [&](Snapshot<Widget> widget) { return writing_status(client, std::move(widget), &refusals); };
    start();
    world.run_for(1s);
    world.api.go_down();
    for (int i = 0; i < 5; ++i) {
        world.api.patch("widgets", {"ns", "w" + std::to_string(i)}, R"({"spec":{"size":9}})");
    }
    world.run_for(60s);
    world.api.come_up();
    EXPECT_TRUE(world.run_until(
        [&] {
            for (const json::Value& widget : world.api.all("widgets")) {
                if (json::find(widget, {"status", "seen"})->as_int64() != 2) return false;
            }
            return true;
        },
        120s
    ));
}

TEST_F(ControllerTest, shows_what_each_key_does_and_waits_for) {
    world.add_widget("flies");
    world.add_widget("polls");
    world.add_widget("rests");
    world.add_widget("fails");
    reconciler.body = [this](Snapshot<Widget> widget) {
        if (widget->metadata.name == "flies") return done_after(world.clock, 1h);
        if (widget->metadata.name == "polls") return again_after(30s);
        if (widget->metadata.name == "fails") return failing("broken");
        return done();
    };
    start();
    const auto state = world.manager->debug_state().at(0);
    EXPECT_EQ(state.name, "widget");
    EXPECT_TRUE(state.is_in_flight());
    std::vector<std::string> lines;
    for (const KeyDebugState& key : state.keys) {
        lines.push_back(
            key.key.name + " " + std::to_string(static_cast<int>(key.state)) + " " + key.waits_for + " " +
            key.last_error
        );
    }
    EXPECT_THAT(
        lines,
        ElementsAre(
            "fails 1 another attempt after a failure broken", "flies 3  ", "polls 1 the next poll ", "rests 0 a change "
        )
    );
}

TEST_F(ControllerTest, exposes_the_metrics_of_controller_runtime) {
    world.add_widget("a");
    start();
    const std::string text = world.manager->metrics().serialize();
    for (const char* line : {
             R"(controller_runtime_reconcile_total{controller="widget",result="success"} 1)",
             R"(controller_runtime_reconcile_total{controller="widget",result="error"} 0)",
             R"(controller_runtime_reconcile_total{controller="widget",result="requeue"} 0)",
             R"(controller_runtime_reconcile_total{controller="widget",result="requeue_after"} 0)",
             R"(controller_runtime_max_concurrent_reconciles{controller="widget"} 64)",
             R"(controller_runtime_active_workers{controller="widget"} 0)",
             R"(workqueue_depth{controller="widget",name="widget",priority="0"} 0)",
             R"(workqueue_adds_total{controller="widget",name="widget"} 1)",
             R"(rest_client_requests_total{code="200",host="",method="GET"} )",
             "process_resident_memory_bytes ",
         }) {
        EXPECT_THAT(text, HasSubstr(line));
    }
}

}  // namespace
}  // namespace kube::testing
