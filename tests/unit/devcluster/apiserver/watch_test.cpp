// Lists at a revision, pages, watches.
#include "server_under_test.hpp"

namespace devcluster::apiserver::test {
namespace {

TEST(Lists, come_in_pages_of_one_revision) {
    ServerUnderTest server;
    for (const char* name : {"a", "b", "c"}) server.post(kConfigMaps, a_config_map(name));
    const Answered first = server.get(kConfigMaps + "?limit=2");
    EXPECT_EQ(first.body.at("items").as_array().size(), 2u);
    EXPECT_EQ(first.text("/metadata/remainingItemCount"), "1");
    server.post(kConfigMaps, a_config_map("d"));
    const Answered second = server.get(kConfigMaps + "?limit=2&continue=" + first.text("/metadata/continue"));
    EXPECT_EQ(second.body.at("items").as_array().size(), 1u);
    EXPECT_EQ(second.text("/items/0/metadata/name"), "c");
    EXPECT_EQ(second.text("/metadata/resourceVersion"), first.text("/metadata/resourceVersion"));
}

TEST(Lists, show_the_past_when_they_are_asked_to) {
    ServerUnderTest server;
    const std::string then = server.post(kConfigMaps, a_config_map("a")).text("/metadata/resourceVersion");
    server.remove(kConfigMaps + "/a");
    server.post(kConfigMaps, a_config_map("b"));
    const Answered past = server.get(kConfigMaps + "?resourceVersion=" + then + "&resourceVersionMatch=Exact");
    EXPECT_EQ(past.body.at("items").as_array().size(), 1u);
    EXPECT_EQ(past.text("/items/0/metadata/name"), "a");
}

TEST(Lists, are_refused_when_the_past_is_forgotten) {
    ServerUnderTest server;
    const std::string then = server.post(kConfigMaps, a_config_map("a")).text("/metadata/resourceVersion");
    server.post(kConfigMaps, a_config_map("b"));
    server.server.compact();
    const Answered gone = server.get(kConfigMaps + "?resourceVersion=" + then + "&resourceVersionMatch=Exact");
    EXPECT_EQ(gone.code, 410u);
    EXPECT_EQ(gone.text("/reason"), "Expired");
}

TEST(Lists, are_refused_for_the_future) {
    ServerUnderTest server;
    EXPECT_EQ(server.get(kConfigMaps + "?resourceVersion=999").code, 504u);
}

TEST(Watches, begin_with_the_state_and_go_on_with_changes) {
    ServerUnderTest server;
    server.post(kConfigMaps, a_config_map("a"));
    const auto watch = server.watch(kConfigMaps + "?watch=1");
    EXPECT_EQ(watch->events(), "ADDED a");
    server.post(kConfigMaps, a_config_map("b"));
    server.patch("merge", kConfigMaps + "/a", R"({"data":{"x":"y"}})");
    server.remove(kConfigMaps + "/b");
    server.settle();
    EXPECT_EQ(watch->events(), "ADDED a, ADDED b, MODIFIED a, DELETED b");
}

TEST(Watches, resume_after_a_revision) {
    ServerUnderTest server;
    const std::string version = server.post(kConfigMaps, a_config_map("a")).text("/metadata/resourceVersion");
    server.post(kConfigMaps, a_config_map("b"));
    EXPECT_EQ(server.watch(kConfigMaps + "?watch=1&resourceVersion=" + version)->events(), "ADDED b");
}

TEST(Watches, tell_a_deletion_with_the_version_of_the_deletion) {
    ServerUnderTest server;
    server.post(kConfigMaps, a_config_map("a"));
    const std::string version = server.get(kConfigMaps).text("/metadata/resourceVersion");
    server.remove(kConfigMaps + "/a");
    const auto lines = server.watch(kConfigMaps + "?watch=1&resourceVersion=" + version)->lines();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_GT(
        std::stoi(std::string{kube::json::find_string(lines[0], {"object", "metadata", "resourceVersion"})}),
        std::stoi(version)
    );
}

TEST(Watches, show_what_enters_and_leaves_a_selection) {
    ServerUnderTest server;
    server.post(kConfigMaps, a_config_map("a"));
    const auto watch = server.watch(kConfigMaps + "?watch=1&labelSelector=app%3Dx");
    server.patch("merge", kConfigMaps + "/a", R"({"metadata":{"labels":{"app":"x"}}})");
    server.patch("merge", kConfigMaps + "/a", R"({"metadata":{"labels":{"app":"y"}}})");
    server.settle();
    EXPECT_EQ(watch->events(), "ADDED a, DELETED a");
}

TEST(Watches, end_with_410_when_their_history_is_forgotten) {
    ServerUnderTest server;
    const std::string version = server.post(kConfigMaps, a_config_map("a")).text("/metadata/resourceVersion");
    server.post(kConfigMaps, a_config_map("b"));
    server.server.compact();
    const auto watch = server.watch(kConfigMaps + "?watch=1&resourceVersion=" + version);
    ASSERT_EQ(watch->lines().size(), 1u);
    EXPECT_EQ(kube::json::find(watch->lines()[0], {"object", "code"})->as_int64(), 410);
    EXPECT_TRUE(watch->has_ended);
}

TEST(Watches, survive_a_compaction_that_they_have_caught_up_with) {
    ServerUnderTest server;
    const auto watch = server.watch(kConfigMaps + "?watch=1");
    server.server.compact();
    server.post(kConfigMaps, a_config_map("a"));
    server.settle();
    EXPECT_EQ(watch->events(), "ADDED a");
}

TEST(Watches, end_when_their_time_is_up) {
    ServerUnderTest server;
    const auto watch = server.watch(kConfigMaps + "?watch=1&timeoutSeconds=5");
    server.clock.advance_by(std::chrono::seconds{6});
    server.settle();
    EXPECT_TRUE(watch->has_ended);
}

TEST(Watches, send_bookmarks_to_those_who_ask) {
    ServerUnderTest server;
    const auto watch = server.watch(kConfigMaps + "?watch=1&allowWatchBookmarks=true");
    server.post("/api/v1/namespaces", R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"t"}})");
    server.clock.advance_by(std::chrono::seconds{61});
    server.settle();
    EXPECT_EQ(watch->events(), "BOOKMARK");
    EXPECT_EQ(
        kube::json::find_string(watch->lines()[0], {"object", "metadata", "resourceVersion"}),
        std::to_string(server.server.store().revision())
    );
}

TEST(Watches, mark_the_end_of_the_initial_events) {
    ServerUnderTest server;
    server.post(kConfigMaps, a_config_map("a"));
    const auto watch = server.watch(
        kConfigMaps + "?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan"
    );
    EXPECT_EQ(watch->events(), "ADDED a, BOOKMARK");
    EXPECT_EQ(
        kube::json::find_string(watch->lines()[1], {"object", "metadata", "annotations", "k8s.io/initial-events-end"}),
        "true"
    );
}

TEST(Watches, end_when_the_server_is_told_to_end_them) {
    ServerUnderTest server;
    const auto watch = server.watch(kConfigMaps + "?watch=1");
    server.server.end_watches();
    server.settle();
    EXPECT_TRUE(watch->has_ended);
}

}  // namespace
}  // namespace devcluster::apiserver::test
