// The reflector as the world sees it: what a cache holds after each thing that an API server can do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "kube/json/codec.hpp"
#include "world.hpp"

template void kube::json::write_json(const kube::testing::Widget&, kube::json::Value&);
template kube::testing::Widget kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::testing::WidgetStatus&, kube::json::Value&);
template void kube::json::write_json(const kube::testing::Part&, kube::json::Value&);
template kube::testing::Part kube::json::from_json(const kube::json::Value&);

namespace kube::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct ReflectorTest : ::testing::Test {
    World world;
    Cache<Widget> cache = world.manager->cache<Widget>();
    std::vector<std::string> names() {
        std::vector<std::string> all;
        for (const auto& one : cache.list()) all.push_back(one->metadata.name);
        return all;
    }
    bool shows(const std::vector<std::string>& expected) {
        return world.run_until([&] { return names() == expected; }, 120s);
    }
};

TEST_F(ReflectorTest, lists_from_any_version_then_watches_with_bookmarks_from_there) {
    world.add_widget("a");
    world.start_and_sync();
    world.add_widget("b");
    ASSERT_TRUE(shows({"a", "b"}));
    EXPECT_EQ(world.api.requests.at(0), "GET /apis/example.io/v1/widgets?limit=500&resourceVersion=0");
    EXPECT_THAT(
        world.api.requests.at(1),
        HasSubstr("WATCH /apis/example.io/v1/widgets?watch=true&allowWatchBookmarks=true&resourceVersion=101")
    );
    world.api.erase("widgets", {"ns", "a"});
    ASSERT_TRUE(shows({"b"}));
    EXPECT_EQ(world.api.count("GET"), 1u);
}

TEST_F(ReflectorTest, resumes_a_broken_watch_from_the_last_version_without_listing) {
    world.start_and_sync();
    world.add_widget("a");
    ASSERT_TRUE(shows({"a"}));
    world.api.break_watches();
    world.add_widget("b");
    ASSERT_TRUE(shows({"a", "b"}));
    EXPECT_EQ(world.api.count("GET"), 1u);
    EXPECT_THAT(world.api.requests.back(), HasSubstr("resourceVersion=101"));
}

TEST_F(ReflectorTest, watches_on_when_the_server_ends_a_watch_in_order) {
    world.start_and_sync();
    world.run_for(2s);
    world.api.end_watches();
    world.add_widget("a");
    ASSERT_TRUE(shows({"a"}));
    EXPECT_EQ(world.api.count("WATCH"), 2u);
    EXPECT_EQ(world.api.count("GET"), 1u);
}

TEST_F(ReflectorTest, lists_again_after_410_and_deletes_what_went_away) {
    world.add_widget("a");
    world.add_widget("b");
    world.start_and_sync();
    ASSERT_TRUE(shows({"a", "b"}));
    world.api.go_down();
    world.settle();
    world.api.erase("widgets", {"ns", "a"});
    world.add_widget("c");
    world.api.compact();
    world.api.come_up();
    ASSERT_TRUE(shows({"b", "c"}));
    EXPECT_EQ(world.api.count("GET"), 2u);
    EXPECT_EQ(world.api.requests.back().find("resourceVersion=0&"), std::string::npos);
}

TEST_F(ReflectorTest, lists_at_once_when_its_version_has_expired_during_an_outage) {
    world.add_widget("a");
    world.start_and_sync();
    world.api.go_down();
    world.run_for(60s);
    world.add_widget("b");
    world.api.compact();
    world.api.come_up();
    ASSERT_TRUE(world.run_until([&] { return world.api.count("WATCH") > 1 && names().size() == 2; }, 8s));
}

TEST_F(ReflectorTest, waits_for_an_api_server_that_is_down_at_the_start) {
    world.api.go_down();
    world.add_widget("a");
    world.start();
    world.run_for(60s);
    EXPECT_FALSE(world.manager->is_ready());
    const std::size_t attempts = world.api.requests.size();
    EXPECT_GE(attempts, 5u);
    EXPECT_LE(attempts, 25u);
    EXPECT_GE(world.lines_with("Cannot list or watch; trying again"), 1u);
    EXPECT_LE(world.lines_with("Cannot list or watch; trying again"), 3u);
    EXPECT_GE(world.lines_with("connection refused"), 1u);
    world.api.come_up();
    ASSERT_TRUE(shows({"a"}));
    EXPECT_TRUE(world.manager->is_ready());
    EXPECT_EQ(world.lines_with("works again"), 1u);
}

TEST_F(ReflectorTest, recovers_from_an_api_server_that_dies_mid_watch) {
    world.add_widget("a");
    world.start_and_sync();
    world.api.go_down();
    world.add_widget("b");
    world.run_for(120s);
    EXPECT_THAT(names(), ElementsAre("a"));
    EXPECT_GE(world.lines_with("Cannot list or watch; trying again"), 1u);
    world.api.come_up();
    ASSERT_TRUE(shows({"a", "b"}));
}

TEST_F(ReflectorTest, recovers_from_errors_and_garbage) {
    world.add_widget("a");
    int answers = 0;
    world.api.instead = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (request.method != HttpMethod::Get) return std::nullopt;
        switch (answers++) {
            case 0:
                return HttpResponse{.status = 500, .body = "<html>oops</html>"};
            case 1:
                return HttpResponse{.status = 200, .body = "this is no JSON"};
            case 2:
                return HttpResponse{.status = 200, .body = R"({"items":7})"};
            case 3:
                return HttpResponse{.status = 403, .body = R"({"kind":"Status","reason":"Forbidden"})"};
            default:
                return std::nullopt;
        }
    };
    world.start();
    ASSERT_TRUE(shows({"a"}));
    EXPECT_EQ(answers, 5);
}

TEST_F(ReflectorTest, says_that_a_kind_is_not_installed_and_finds_it_later) {
    world.api.uninstall("widgets");
    world.add_widget("a");
    world.start();
    world.run_for(20s);
    EXPECT_FALSE(world.manager->is_ready());
    EXPECT_EQ(world.lines_with("waiting for its CustomResourceDefinition to be installed"), 1u);
    world.api.install("widgets");
    ASSERT_TRUE(shows({"a"}));
    EXPECT_TRUE(world.manager->is_ready());
}

TEST_F(ReflectorTest, is_ready_without_an_optional_kind_that_is_not_installed) {
    (void)world.manager->cache<Part>(KindNeed::Optional);
    world.api.uninstall("parts");
    world.start();
    EXPECT_TRUE(world.run_until([&] { return world.manager->is_ready(); }, 1s));
}

TEST_F(ReflectorTest, is_ready_without_an_optional_kind_whose_list_is_refused) {
    (void)world.manager->cache<Part>(KindNeed::Optional);
    world.api.instead = [](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (request.target.find("/parts") == std::string::npos) return std::nullopt;
        return HttpResponse{.status = 403, .body = R"({"kind":"Status","reason":"Forbidden"})"};
    };
    world.start();
    EXPECT_TRUE(world.run_until([&] { return world.manager->is_ready(); }, 1s));
}

TEST_F(ReflectorTest, tells_in_the_words_of_the_server_why_a_kind_may_not_be_listed) {
    const auto parts = world.manager->cache<Part>(KindNeed::Optional);
    world.api.instead = [](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (request.target.find("/parts") == std::string::npos) return std::nullopt;
        constexpr const char* kStatus = R"({"kind":"Status","reason":"Forbidden","message":"cannot list \"parts\""})";
        return HttpResponse{.status = 403, .body = kStatus};
    };
    world.start();
    ASSERT_TRUE(world.run_until([&] { return parts.list_refusal() == "cannot list \"parts\""; }, 1s));
    world.api.instead = {};
    ASSERT_TRUE(world.run_until([&] { return parts.is_synced(); }, 60s));
    EXPECT_EQ(parts.list_refusal(), "");
}

TEST_F(ReflectorTest, does_not_call_a_kind_refused_that_is_not_installed) {
    const auto parts = world.manager->cache<Part>(KindNeed::Optional);
    bool is_refused = true;
    world.api.instead = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (!is_refused || request.target.find("/parts") == std::string::npos) return std::nullopt;
        return HttpResponse{.status = 403, .body = R"({"kind":"Status","reason":"Forbidden"})"};
    };
    world.start();
    ASSERT_TRUE(world.run_until([&] { return !parts.list_refusal().empty(); }, 1s));
    world.api.uninstall("parts");
    is_refused = false;
    EXPECT_TRUE(world.run_until([&] { return parts.list_refusal().empty(); }, 60s));
    EXPECT_FALSE(parts.is_synced());
}

TEST_F(ReflectorTest, waits_for_an_optional_kind_whose_list_fails_for_a_moment) {
    (void)world.manager->cache<Part>(KindNeed::Optional);
    bool has_failed = false;
    world.api.instead = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (has_failed || request.target.find("/parts") == std::string::npos) return std::nullopt;
        has_failed = true;
        return HttpResponse{.status = 500, .body = "etcd has no leader"};
    };
    world.start();
    ASSERT_TRUE(world.run_until([&] { return world.manager->is_ready(); }, 60s));
    EXPECT_TRUE(has_failed);
    EXPECT_TRUE(world.manager->cache<Part>(KindNeed::Optional).is_synced());
}

TEST_F(ReflectorTest, waits_for_a_required_kind_whose_list_is_refused) {
    world.api.instead = [](const HttpRequest&) -> std::optional<HttpResponse> {
        return HttpResponse{.status = 403, .body = R"({"kind":"Status","reason":"Forbidden"})"};
    };
    world.start();
    world.run_for(60s);
    EXPECT_FALSE(world.manager->is_ready());
}

TEST_F(ReflectorTest, stays_ready_when_a_missing_optional_kind_fails_in_another_way) {
    (void)world.manager->cache<Part>(KindNeed::Optional);
    world.api.uninstall("parts");
    world.start_and_sync();
    bool has_failed = false;
    world.api.instead = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (request.target.find("/parts") == std::string::npos) return std::nullopt;
        has_failed = true;
        return HttpResponse{.status = 500, .body = "conversion webhook failed"};
    };
    EXPECT_TRUE(world.run_until([&] { return has_failed; }, 60s));
    EXPECT_TRUE(world.manager->is_ready());
}

TEST_F(ReflectorTest, asks_for_smaller_pages_of_the_newest_version_after_a_list_that_is_too_large) {
    world.add_widget("a");
    world.api.instead = [](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (request.target.ends_with("limit=125")) return std::nullopt;
        throw TransportError{TransportError::Kind::TooLarge, "the response is longer than 67108864 bytes"};
    };
    world.start();
    ASSERT_TRUE(shows({"a"}));
    const std::string list = "GET /apis/example.io/v1/widgets?limit=";
    EXPECT_THAT(
        world.api.requests,
        ElementsAre(list + "500&resourceVersion=0", list + "250", list + "125", StartsWith("WATCH "))
    );
}

TEST_F(ReflectorTest, asks_for_one_object_at_a_time_at_the_least) {
    world.api.instead = [](const HttpRequest&) -> std::optional<HttpResponse> {
        throw TransportError{TransportError::Kind::TooLarge, "the response is longer than 67108864 bytes"};
    };
    world.start();
    world.run_for(120s);
    EXPECT_THAT(world.api.requests.back(), ::testing::EndsWith("?limit=1"));
}

TEST_F(ReflectorTest, lists_again_when_its_watch_fails_again_and_again_at_one_version) {
    world.add_widget("a");
    world.start_and_sync();
    int failed = 0;
    world.api.arriving = [&](const HttpRequest& request) {
        if (request.target.find("watch=true&allowWatchBookmarks=true&resourceVersion=101&") == std::string::npos)
            return;
        ++failed;
        throw std::runtime_error{"not a watch event"};
    };
    world.api.break_watches();
    world.add_widget("b");
    ASSERT_TRUE(shows({"a", "b"}));
    EXPECT_EQ(failed, 4);
    EXPECT_EQ(world.api.count("GET"), 2u);
}

TEST_F(ReflectorTest, resumes_without_listing_when_nobody_was_there_for_a_while) {
    world.add_widget("a");
    world.start_and_sync();
    world.api.go_down();
    world.run_for(120s);
    EXPECT_GE(world.api.count("WATCH"), 10u);
    world.api.come_up();
    world.add_widget("b");
    ASSERT_TRUE(shows({"a", "b"}));
    EXPECT_EQ(world.api.count("GET"), 1u);
}

TEST_F(ReflectorTest, reports_an_undecodable_object_once_beside_the_others) {
    world.add_widget("good");
    world.add_widget("bad");
    world.api.patch("widgets", {"ns", "bad"}, R"({"spec":{"size":"large"}})");
    world.start_and_sync();
    ASSERT_TRUE(shows({"good"}));
    world.api.go_down();
    world.settle();
    world.add_widget("later");
    world.api.compact();
    world.api.come_up();
    ASSERT_TRUE(shows({"good", "later"}));
    EXPECT_EQ(world.api.count("GET"), 2u);
    EXPECT_EQ(world.lines_with("does not fit its type"), 1u);
    EXPECT_THAT(
        world.manager->metrics().serialize(), HasSubstr(R"(reflector_undecodable_objects_total{kind="Widget"} 1)")
    );
    world.api.patch("widgets", {"ns", "bad"}, R"({"spec":{"size":2}})");
    ASSERT_TRUE(shows({"bad", "good", "later"}));
}

TEST_F(ReflectorTest, reports_an_object_that_is_nested_too_deeply_beside_the_others) {
    const auto add_deep = [&](const std::string& name) {
        json::Value deep = 1;
        for (int i = 0; i < 600; ++i) {
            json::Array around;
            around.push_back(std::move(deep));
            deep = std::move(around);
        }
        json::Object spec{{"size", 1}};
        spec["free"] = std::move(deep);
        json::Object widget{{"metadata", json::Object{{"name", name}, {"namespace", "ns"}}}};
        widget["spec"] = std::move(spec);
        world.api.put("widgets", std::move(widget));
    };
    world.add_widget("a");
    add_deep("listed");
    world.start_and_sync();
    ASSERT_TRUE(shows({"a"}));
    EXPECT_EQ(world.lines_with("does not fit its type"), 1u);
    EXPECT_EQ(world.lines_with(R"("name":"listed")"), 1u);
    add_deep("watched");
    world.add_widget("later");
    ASSERT_TRUE(shows({"a", "later"}));
    EXPECT_EQ(world.lines_with(R"("name":"watched")"), 1u);
    EXPECT_EQ(world.api.count("GET"), 1u);
    EXPECT_EQ(world.api.count("WATCH"), 1u);
}

TEST_F(ReflectorTest, remembers_no_undecodable_object_that_is_gone) {
    const std::string bad =
        R"({"metadata":{"namespace":"ns","name":"bad","resourceVersion":"7"},"spec":{"size":"large"}})";
    std::string items = bad;
    std::size_t lists = 0;
    world.api.instead = [&](const HttpRequest&) -> std::optional<HttpResponse> {
        ++lists;
        return HttpResponse{
            .status = 200,
            .body = R"({"metadata":{"resourceVersion":")" + std::to_string(world.api.version()) + R"("},"items":[)" +
                    items + "]}"
        };
    };
    const auto list_again = [&] {
        const std::size_t before = lists;
        world.add_widget("other");
        world.api.compact();
        return world.run_until([&] { return lists > before; }, 60s);
    };
    world.start_and_sync();
    EXPECT_TRUE(list_again());
    EXPECT_EQ(world.lines_with("does not fit its type"), 1u);
    items.clear();
    EXPECT_TRUE(list_again());
    items = bad;
    EXPECT_TRUE(list_again());
    EXPECT_EQ(world.lines_with("does not fit its type"), 2u) << "what is reported again had been forgotten";
}

TEST_F(ReflectorTest, keeps_the_last_good_version_of_an_object_that_became_undecodable) {
    world.add_widget("a", 7);
    world.start_and_sync();
    world.api.patch("widgets", {"ns", "a"}, R"({"spec":{"size":"large"}})");
    world.settle();
    ASSERT_TRUE(cache.get({"ns", "a"}));
    EXPECT_EQ((*cache.get({"ns", "a"}))->spec.size, 7);
    EXPECT_EQ(cache.store()->seen_version().value(), "102");
}

TEST_F(ReflectorTest, does_not_spin_when_the_server_ends_each_watch_at_once) {
    world.start_and_sync();
    world.api.arriving = [&](const HttpRequest& request) {
        if (request.target.find("watch=true") != std::string::npos) {
            boost::asio::post(world.loop, [&] { world.api.end_watches(); });
        }
    };
    world.api.end_watches();
    world.run_for(60s);
    EXPECT_LE(world.api.count("WATCH"), 30u);
}

}  // namespace
}  // namespace kube::testing
