// The kit at work on an operator that has nothing to do with Sei: ConfigMaps become StatefulSets.
#include "testkit/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/runtime/controller.hpp"
#include "testkit/builders.hpp"
#include "testkit/gate.hpp"
#include "testkit/server_state.hpp"

namespace testkit {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Applies a StatefulSet of the image that a ConfigMap names, and writes back how many replicas are ready.
class ImageReconciler final : public kube::Reconciler<kube::ConfigMap> {
public:
    explicit ImageReconciler(kube::Manager& manager)
        : client_{manager.client()}, sets_{manager.cache<kube::StatefulSet>()} {}

    kube::Async<kube::Requeue> reconcile(kube::Snapshot<kube::ConfigMap> map) override {
        const auto image = map->data.find("image");
        if (image == map->data.end()) co_return kube::Requeue::on_change("an image");
        kube::StatefulSet wanted = controlled_by(a_stateful_set(map.key(), image->second), map);
        const auto present = sets_.get(map.key());
        if (!present || (*present)->spec.template_.spec.containers.at(0).image != image->second) {
            (void)co_await client_.apply(std::move(wanted), kube::FieldManager{"images"}, kube::Force::Yes);
            co_return kube::Requeue::on_change("the StatefulSet");
        }
        kube::ConfigMap changed = *map;
        changed.data["ready"] = std::to_string((*present)->status.readyReplicas);
        changed.data["seen"] = std::to_string((*present)->status.observedGeneration);
        const auto written = co_await client_.patch(map, std::move(changed));
        if (!written) co_return kube::after_refusal(written.error(), map.resource_version());
        co_return kube::Requeue::on_change("a change");
    }
    void forget(const kube::NamespacedName&) override {}

private:
    kube::Client& client_;
    kube::Cache<kube::StatefulSet> sets_;
};

std::shared_ptr<void> make_operator(kube::Manager& manager) {
    auto reconciler = std::make_shared<ImageReconciler>(manager);
    kube::ControllerBuilder<kube::ConfigMap>{manager, "images"}.owns<kube::StatefulSet>().build(*reconciler);
    return reconciler;
}

const kube::NamespacedName& key() {
    static const kube::NamespacedName name{"default", "web"};
    return name;
}

std::string value(World& world, const std::string& name) {
    const auto map = world.get<kube::ConfigMap>(key());
    const auto found = (*map)->data.find(name);
    return found == (*map)->data.end() ? "" : found->second;
}

void set_image(World& world, const std::string& image) {
    world.edit<kube::ConfigMap>(key(), [&](kube::ConfigMap& map) { map.data["image"] = image; });
}

kube::Async<bool> done_after(kube::Async<> work) {
    co_await std::move(work);
    co_return true;
}

TEST(TestkitWorld, runs_an_operator_and_its_workloads_until_all_is_quiet) {
    for (const Workloads workloads : {Workloads::StatusFaker, Workloads::Pods}) {
        World world{{.manifests = {}, .workloads = workloads}, make_operator};
        world.create(a_config_map(key(), {{"image", "v1"}}));
        ASSERT_TRUE(world.run_until_quiet()) << world.last_reason();
        EXPECT_EQ(value(world, "ready"), "1");
    }
}

TEST(TestkitWorld, records_calls_and_sees_none_at_rest) {
    World world{{.manifests = {}, .workloads = Workloads::StatusFaker}, make_operator};
    world.create(a_config_map(key(), {{"image", "v1"}}));
    ASSERT_TRUE(world.run_until_quiet()) << world.last_reason();
    EXPECT_FALSE(world.calls().writes().empty());
    world.calls().forget_requests();
    ASSERT_TRUE(world.run_one_more_pass_of_everything()) << world.last_reason();
    EXPECT_THAT(world.calls().writes(), IsEmpty());
}

TEST(TestkitWorld, is_not_quiet_while_a_call_is_under_way) {
    World world{{.manifests = {}, .workloads = Workloads::StatusFaker}, make_operator};
    ASSERT_TRUE(world.run_until_quiet()) << world.last_reason();
    kube::Signal never{world.loop().get_executor()};
    bool is_held = true;
    const auto hold = [](kube::Signal& signal, bool& held) -> kube::Async<> {
        while (held) co_await signal.wait();
    };
    world.calls().before_each = [&](const kube::HttpRequest&) { return hold(never, is_held); };
    world.create(a_config_map(key(), {{"image", "v1"}}));
    EXPECT_FALSE(world.run_until_quiet());
    EXPECT_THAT(world.last_reason(), HasSubstr("waits for an answer"));
    is_held = false;
    never.notify_all();
    EXPECT_TRUE(world.run_until_quiet()) << world.last_reason();
}

TEST(TestkitWorld, lets_the_status_faker_stand_still_from_the_moment_at_which_pause_returns) {
    World world{{.manifests = {}, .workloads = Workloads::StatusFaker}, make_operator};
    world.create(a_config_map(key(), {{"image", "v1"}}));
    ASSERT_TRUE(world.run_until_quiet()) << world.last_reason();
    world.run(done_after(world.workloads().status_faker().pause()));
    set_image(world, "v2");
    ASSERT_TRUE(world.run_until_quiet()) << world.last_reason();
    EXPECT_EQ(value(world, "seen"), "1") << "a paused faker wrote a status";
    world.workloads().status_faker().resume();
    ASSERT_TRUE(world.run_until_quiet()) << world.last_reason();
    EXPECT_EQ(value(world, "seen"), "2");
}

TEST(TestkitWorld, lets_the_status_faker_end_for_good) {
    World world{{.manifests = {}, .workloads = Workloads::StatusFaker}, make_operator};
    world.create(a_config_map(key(), {{"image", "v1"}}));
    ASSERT_TRUE(world.run_until_quiet()) << world.last_reason();
    world.workloads().status_faker().stop();
    set_image(world, "v2");
    world.run_until([&] { return value(world, "seen") == "2"; });
    EXPECT_EQ(value(world, "seen"), "1") << "a faker that was stopped wrote a status";
}

TEST(TestkitWorld, restarts_the_operator) {
    World world{{.manifests = {}, .workloads = Workloads::StatusFaker}, make_operator};
    world.stop_operator();
    world.create(a_config_map(key(), {{"image", "v1"}}));
    ASSERT_TRUE(world.run_until_quiet()) << world.last_reason();
    EXPECT_FALSE(world.get<kube::StatefulSet>(key()).has_value());
    world.start_operator();
    ASSERT_TRUE(world.run_until_quiet()) << world.last_reason();
    EXPECT_EQ(value(world, "ready"), "1");
}

TEST(TestkitWorld, shares_nothing_with_another) {
    World one{{}, make_operator};
    World other{{}, make_operator};
    one.create(a_config_map(key()));
    EXPECT_FALSE(other.get<kube::ConfigMap>(key()).has_value());
}

TEST(TestkitWorld, tells_what_the_server_has_from_what_a_cache_shows) {
    World world{{}, make_operator};
    world.create(a_config_map(key()));
    const Versions there = world.run(versions_on_server<kube::ConfigMap>(world.person(), "default"));
    EXPECT_EQ(there.count("web"), 1u);
    ASSERT_TRUE(world.run_until_quiet()) << world.last_reason();
    EXPECT_EQ(versions_in(world.operator_manager().cache<kube::ConfigMap>(), "default"), there);
}

TEST(FaultyTransport, rewrites_what_it_is_told_to_and_counts_it) {
    World world{{}, make_operator};
    world.calls().rewrite(
        [](const kube::HttpRequest& request) { return request.method == kube::HttpMethod::Patch; },
        [](kube::HttpRequest& request) { request.target += "&dryRun=All"; }
    );
    world.create(a_config_map(key(), {{"image", "v1"}}));
    ASSERT_TRUE(world.run_until([&] { return world.calls().times_rewritten() > 0; }));
    world.settle();
    EXPECT_FALSE(world.get<kube::StatefulSet>(key()).has_value());
}

TEST(FaultyTransport, keeps_what_a_write_was_answered) {
    World world{{}, make_operator};
    world.create(a_config_map(key(), {{"image", "v1"}}));
    ASSERT_TRUE(world.run_until_quiet()) << world.last_reason();
    ASSERT_FALSE(world.calls().writes().empty());
    EXPECT_THAT(world.calls().writes().front().answer, HasSubstr("\"kind\":\"StatefulSet\""));
}

kube::Async<> note_passage(Gate& gate, std::string target, std::vector<std::string>& passed) {
    co_await gate.pass({.method = kube::HttpMethod::Patch, .target = target});
    passed.push_back(target);
}

TEST(Gate, opens_when_all_parties_are_there) {
    boost::asio::io_context loop;
    kube::Scope scope{loop.get_executor()};
    Gate gate{loop.get_executor(), 2, [](const kube::HttpRequest& request) {
                  return request.target == "/free" ? "" : request.target;
              }};
    std::vector<std::string> passed;
    const auto send = [&](const std::string& target) {
        scope.spawn(target, note_passage(gate, target, passed));
        loop.restart();
        loop.poll();
    };
    send("/a");
    send("/b");
    send("/free");
    EXPECT_THAT(passed, ::testing::ElementsAre("/free"));
    EXPECT_EQ(gate.waiting(), 2u);
    send("/a");
    EXPECT_THAT(passed, ::testing::UnorderedElementsAre("/free", "/a", "/a"));
    EXPECT_EQ(gate.meetings(), 1u);
    send("/a");
    EXPECT_EQ(gate.waiting(), 2u) << "the next ones meet anew";
    gate.open();
    loop.restart();
    loop.poll();
    EXPECT_EQ(passed.size(), 5u);
}

}  // namespace
}  // namespace testkit
