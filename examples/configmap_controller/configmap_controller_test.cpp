// The whole operator against the embedded cluster: no sockets, virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "devcluster/apiserver/api_server.hpp"
#include "generator_reconciler.hpp"
#include "kube/async/manual_clock.hpp"

namespace example {
namespace {

using namespace std::chrono_literals;

std::string manifest() {
    std::ifstream file{SEI_SOURCE_DIR "/examples/configmap_controller/crd.json"};
    return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

/// The embedded cluster, the operator beside it, and a person with a client of their own.
struct ConfigMapController : ::testing::Test {
    boost::asio::io_context loop;
    kube::ManualClock clock{loop.get_executor()};
    devcluster::apiserver::ApiServer cluster{loop.get_executor(), clock};
    kube::InProcessTransport transport{loop.get_executor(), cluster.handler()};
    kube::Client person{transport, {.field_manager = kube::FieldManager{"person"}}};
    std::vector<std::string> log;
    kube::Manager manager{loop.get_executor(), clock, transport, options()};
    GeneratorReconciler reconciler{manager};
    bool has_ended = false;
    const kube::NamespacedName key{"default", "hello"};

    kube::ManagerOptions options() {
        kube::ManagerOptions with;
        with.log = kube::make_logger(clock, {}, [this](std::string_view line) { log.emplace_back(line); });
        return with;
    }
    void SetUp() override {
        cluster.install(manifest());
        add_generator_controller(manager, reconciler);
        boost::asio::co_spawn(loop, manager.run(), [this](std::exception_ptr) { has_ended = true; });
        ASSERT_TRUE(run_until([&] { return manager.is_ready(); }));
    }
    void TearDown() override {
        manager.stop();
        EXPECT_TRUE(run_until([&] { return has_ended; }));
        cluster.end_watches();
        settle();
    }

    void settle() {
        loop.restart();
        loop.poll();
    }
    /// Moves virtual time from due time to due time; false when two minutes of it pass in vain.
    bool run_until(const std::function<bool()>& reached) {
        const kube::MonotonicTime end = clock.monotonic() + 2min;
        for (settle(); !reached(); settle()) {
            const auto due = clock.next_due();
            if (!due || *due > end) return false;
            clock.advance_to(*due);
        }
        return true;
    }
    template <class T>
    static kube::Async<> store(kube::Async<T> work, std::optional<T>* result) {
        result->emplace(co_await std::move(work));
    }
    /// What the person does, waited for.
    template <class T>
    T done(kube::Async<T> work) {
        std::optional<T> result;
        std::exception_ptr failure;
        boost::asio::co_spawn(loop, store(std::move(work), &result), [&](std::exception_ptr error) {
            failure = error;
        });
        run_until([&] { return result.has_value() || failure; });
        if (failure) std::rethrow_exception(failure);
        return std::move(result.value());
    }

    void create(const std::string& content) {
        ConfigMapGenerator generator;
        generator.metadata.name = key.name;
        generator.metadata.namespace_ = key.namespace_;
        generator.spec.content = content;
        ASSERT_TRUE(done(person.create(std::move(generator))));
    }
    std::optional<kube::Snapshot<kube::ConfigMap>> config_map() { return done(person.get<kube::ConfigMap>(key)); }
    kube::Snapshot<ConfigMapGenerator> generator() { return done(person.get<ConfigMapGenerator>(key)).value(); }
    bool shows(const std::string& content) {
        return run_until([&] {
            const auto found = config_map();
            return found && (*found)->data == kube::StringMap{{"content", content}};
        });
    }
};

TEST_F(ConfigMapController, makes_the_config_map_that_a_generator_asks_for) {
    create("good day");
    ASSERT_TRUE(shows("good day"));
    EXPECT_TRUE((*config_map())->metadata.is_controlled_by(generator().uid()));
    ASSERT_TRUE(run_until([&] { return generator()->status.observedGeneration == 1; }));
    EXPECT_EQ(generator()->status.configMapName, "hello");
}

TEST_F(ConfigMapController, follows_a_change_of_the_generator) {
    create("good day");
    ASSERT_TRUE(shows("good day"));
    ConfigMapGenerator changed = *generator();
    changed.spec.content = "good night";
    ASSERT_TRUE(done(person.patch(generator(), std::move(changed))));
    EXPECT_TRUE(shows("good night"));
    EXPECT_TRUE(run_until([&] { return generator()->status.observedGeneration == 2; }));
}

TEST_F(ConfigMapController, repairs_what_somebody_changes_or_deletes) {
    create("good day");
    ASSERT_TRUE(shows("good day"));
    kube::ConfigMap spoiled = **config_map();
    spoiled.data = {{"content", "spoiled"}};
    ASSERT_TRUE(done(person.patch(*config_map(), std::move(spoiled))));
    EXPECT_TRUE(shows("good day"));
    EXPECT_EQ(
        done(person.delete_object<kube::ConfigMap>(key, {.uid = config_map()->uid()})), kube::DeleteOutcome::Accepted
    );
    EXPECT_TRUE(shows("good day"));
}

TEST_F(ConfigMapController, leaves_what_others_add_to_the_config_map) {
    create("good day");
    ASSERT_TRUE(shows("good day"));
    kube::ConfigMap labelled = **config_map();
    labelled.metadata.labels["theirs"] = "kept";
    ASSERT_TRUE(done(person.patch(*config_map(), std::move(labelled))));
    ConfigMapGenerator changed = *generator();
    changed.spec.content = "good night";
    ASSERT_TRUE(done(person.patch(generator(), std::move(changed))));
    ASSERT_TRUE(shows("good night"));
    EXPECT_EQ((*config_map())->metadata.labels.at("theirs"), "kept");
}

TEST_F(ConfigMapController, comes_through_errors_of_the_api_server) {
    const auto fault = cluster.faults().add(
        {.matches = [](const auto& request) { return request.verb == "apply"; }, .code = 500, .times = 3}
    );
    create("good day");
    EXPECT_TRUE(shows("good day"));
    EXPECT_EQ(cluster.faults().times_struck(fault), 3);
}

TEST_F(ConfigMapController, comes_through_a_compaction_while_its_watches_are_down) {
    create("good day");
    ASSERT_TRUE(shows("good day"));
    ConfigMapGenerator changed = *generator();
    changed.spec.content = "good night";
    const auto before = generator();
    const auto watches_are_down = cluster.faults().add(
        {.matches = [](const auto& request) { return request.verb == "watch"; }, .code = 503, .times = std::nullopt}
    );
    cluster.end_watches();
    ASSERT_TRUE(run_until([&] { return cluster.faults().times_struck(watches_are_down) > 0; }));
    ASSERT_TRUE(done(person.patch(before, std::move(changed))));
    cluster.compact();
    cluster.faults().remove(watches_are_down);
    EXPECT_TRUE(shows("good night"));
    EXPECT_TRUE(std::ranges::any_of(log, [](const std::string& line) {
        return line.find("version has expired") != std::string::npos || line.find("410") != std::string::npos;
    }));
}

}  // namespace
}  // namespace example
