#include "kube/client/watch_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scripted_transport.hpp"

namespace kube::testing {
namespace {

using kube::detail::LineSplitter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> lines_of(const std::vector<std::string>& chunks) {
    LineSplitter splitter;
    std::vector<std::string> lines;
    for (const std::string& chunk : chunks) {
        splitter.append(chunk);
        while (const auto line = splitter.next_line()) lines.emplace_back(*line);
    }
    return lines;
}

TEST(LineSplitter, finds_the_same_lines_however_the_chunks_fall) {
    EXPECT_THAT(lines_of({"a\nbb\nccc\n"}), ElementsAre("a", "bb", "ccc"));
    EXPECT_THAT(lines_of({"a", "\n", "b", "b\nc", "cc", "\n"}), ElementsAre("a", "bb", "ccc"));
    EXPECT_THAT(lines_of({"\n\n"}), ElementsAre("", ""));
    EXPECT_THAT(lines_of({"unfinished"}), ElementsAre());
}

TEST(LineSplitter, keeps_long_lines_intact_while_it_frees_what_was_read) {
    const std::string line = std::string(100'000, 'x') + "\n";
    std::string all;
    for (int i = 0; i < 20; ++i) all += line;
    LineSplitter splitter;
    std::size_t count = 0;
    for (std::size_t at = 0; at < all.size(); at += 7'001) {
        splitter.append(std::string_view{all}.substr(at, 7'001));
        while (const auto found = splitter.next_line()) {
            EXPECT_EQ(found->size(), 100'000u);
            ++count;
        }
    }
    EXPECT_EQ(count, 20u);
    EXPECT_EQ(splitter.pending_bytes(), 0u);
}

TEST(WatchEvent, knows_five_types) {
    struct Case {
        std::string_view word;
        RawWatchEvent::Type type;
    };
    for (const Case& one : std::vector<Case>{
             {"ADDED", RawWatchEvent::Type::Added},
             {"MODIFIED", RawWatchEvent::Type::Modified},
             {"DELETED", RawWatchEvent::Type::Deleted},
             {"BOOKMARK", RawWatchEvent::Type::Bookmark},
             {"ERROR", RawWatchEvent::Type::Error},
         }) {
        SCOPED_TRACE(one.word);
        const auto event =
            kube::detail::parse_watch_event(R"({"type":")" + std::string{one.word} + R"(","object":{"kind":"X"}})");
        EXPECT_EQ(event.type, one.type);
        EXPECT_EQ(json::find_string(event.object(), {"kind"}), "X");
    }
}

TEST(WatchEvent, names_an_object_that_is_nested_too_deeply) {
    const auto event = kube::detail::parse_watch_event(
        R"({"type":"MODIFIED","object":{"metadata":{"name":"a","resourceVersion":"7"},"spec":{"free":)" +
        std::string(600, '[') + std::string(600, ']') + "}}}"
    );
    EXPECT_EQ(event.type, RawWatchEvent::Type::Modified);
    EXPECT_EQ(json::serialize(event.object()), R"({"metadata":{"name":"a","resourceVersion":"7"},"spec":{}})");
    EXPECT_EQ(event.undecodable, "it is nested more than 512 levels deep");
}

TEST(WatchEvent, refuses_what_is_no_event) {
    for (const std::string line :
         {"<html>", "[]", "{}", R"({"type":"ADDED"})", R"({"type":"NEW","object":{}})", R"({"type":"ADDED","object":1})"
         }) {
        SCOPED_TRACE(line);
        EXPECT_THROW((void)kube::detail::parse_watch_event(line), std::runtime_error);
    }
}

TEST(Transient, leaves_out_nothing_but_the_managed_fields_of_metadata) {
    struct Case {
        std::string behaviour;
        std::string text;
        std::string tree;
    };
    for (const Case& one : std::vector<Case>{
             {"last of the members",
              R"({"metadata":{"name":"a","managedFields":[{"fieldsV1":{"f:a":{"k:{\"x\":[1,2]}":{}}}},null,"s",2]},"spec":{"b":1}})",
              R"({"metadata":{"name":"a"},"spec":{"b":1}})"},
             {"first of the members",
              R"({"metadata":{"managedFields":[],"name":"a","labels":{"managedFields":"kept"}}})",
              R"({"metadata":{"name":"a","labels":{"managedFields":"kept"}}})"},
             {"the only member", R"({"metadata":{"managedFields":[{}]}})", R"({"metadata":{}})"},
             {"null", R"({"metadata":{"managedFields":null,"x":-7}})", R"({"metadata":{"x":-7}})"},
             {"metadata of an event, and of its object",
              R"({"type":"ADDED","object":{"metadata":{"managedFields":[1],"a":true},"spec":{"template":{"metadata":{"managedFields":[1]}}}}})",
              R"({"type":"ADDED","object":{"metadata":{"a":true},"spec":{"template":{"metadata":{}}}}})"},
             {"with brackets, quotes and backslashes in their strings",
              R"({"metadata":{"managedFields":[{"k":"]\"]\\"},["]"]],"a":"managedFields\":[1]"}})",
              R"({"metadata":{"a":"managedFields\":[1]"}})"},
             {"behind a space", R"({"metadata":{"managedFields" : [[1],{}],"a":1}})", R"({"metadata":{"a":1}})"},
             {"each item of a list",
              R"({"metadata":{},"items":[{"metadata":{"managedFields":[[1]],"a":1}},{"metadata":{"managedFields":[],"a":2}}]})",
              R"({"metadata":{},"items":[{"metadata":{"a":1}},{"metadata":{"a":2}}]})"},
             {"behind a metadata that is no object",
              R"([{"metadata":1},{"managedFields":[]}])",
              R"([{"metadata":1},{"managedFields":[]}])"},
             {"of that name outside of metadata",
              R"({"spec":{"managedFields":[1]},"managedFields":{"a":1},"metadata":[{"managedFields":[2]}]})",
              R"({"spec":{"managedFields":[1]},"managedFields":{"a":1},"metadata":[{"managedFields":[2]}]})"},
         }) {
        SCOPED_TRACE(one.behaviour);
        boost::system::error_code failed;
        EXPECT_EQ(json::serialize(*kube::detail::parse_transient(one.text, failed)), one.tree);
        EXPECT_FALSE(failed) << failed.message();
    }
}

TEST(Transient, reads_lists_and_objects_that_nobody_looks_at_as_empty) {
    constexpr std::array kUnread = std::to_array<std::string_view>({"env", "probe"});
    struct Case {
        std::string behaviour;
        std::string text;
        std::string tree;
    };
    for (const Case& one : std::vector<Case>{
             {"wherever they stand",
              R"({"env":[{"a":1}],"c":[{"n":"x","env":[[1],{}],"probe":{"p":[{}]},"z":2}]})",
              R"({"env":[],"c":[{"n":"x","env":[],"probe":{},"z":2}]})"},
             {"but scalars as they are", R"({"env":"prod","probe":null})", R"({"env":"prod","probe":null})"},
             {"with brackets, quotes and backslashes in their strings",
              R"({"env":[{"k":"]\"]}\\"},"{"],"a":1})",
              R"({"env":[],"a":1})"},
             {"but not of names that end alike", R"({"my env":[1],"xenv":[2]})", R"({"my env":[1],"xenv":[2]})"},
             {"but not of a name with a quote in it", R"({"a,\"env":[1]})", R"({"a,\"env":[1]})"},
             {"but not in a string", R"({"a":",\"env\":[1]"})", R"({"a":",\"env\":[1]"})"},
             {"though behind a space they are read",
              R"({ "env":[1], "probe": {"a":1}})",
              R"({"env":[1],"probe":{"a":1}})"},
             {"beside managed fields",
              R"({"metadata":{"managedFields":[{"env":[1]}],"env":{"a":1}},"env":[1]})",
              R"({"metadata":{"env":{}},"env":[]})"},
         }) {
        SCOPED_TRACE(one.behaviour);
        boost::system::error_code failed;
        EXPECT_EQ(json::serialize(*kube::detail::parse_transient(one.text, failed, kUnread)), one.tree);
        EXPECT_FALSE(failed) << failed.message();
    }
}

TEST(Transient, reads_what_is_nested_as_deeply_as_the_schema_of_a_kind) {
    const std::string text =
        R"({"metadata":{"name":"a"},"spec":)" + std::string(400, '[') + std::string(400, ']') + "}";
    boost::system::error_code failed;
    EXPECT_EQ(json::serialize(*kube::detail::parse_transient(text, failed)), text);
    EXPECT_FALSE(failed) << failed.message();
}

TEST(Transient, refuses_what_is_nested_without_end) {
    const std::string text = std::string(600, '[') + std::string(600, ']');
    boost::system::error_code failed;
    EXPECT_TRUE(kube::detail::parse_transient(text, failed)->is_null());
    EXPECT_TRUE(failed);
}

TEST(Transient, refuses_an_unread_value_that_does_not_end) {
    constexpr std::array kUnread = std::to_array<std::string_view>({"env"});
    for (const std::string_view text : {R"({"env":[{"a":")", R"({"env":["]"})", R"({"env":{"a\)"}) {
        SCOPED_TRACE(text);
        boost::system::error_code failed;
        EXPECT_TRUE(kube::detail::parse_transient(text, failed, kUnread)->is_null());
        EXPECT_TRUE(failed);
    }
}

TEST(Transient, refuses_text_behind_the_value) {
    boost::system::error_code failed;
    EXPECT_TRUE(kube::detail::parse_transient(R"({"a":1} {"b":2})", failed)->is_null());
    EXPECT_TRUE(failed);
}

TEST(Transient, refuses_managed_fields_that_do_not_end) {
    for (const std::string_view text :
         {R"({"metadata":{"managedFields":[{"a":")", R"({"metadata":{"managedFields":["]"}})"}) {
        SCOPED_TRACE(text);
        boost::system::error_code failed;
        EXPECT_TRUE(kube::detail::parse_transient(text, failed)->is_null());
        EXPECT_TRUE(failed);
    }
}

TEST(Watch, ends_with_an_error_when_the_stream_ends_within_an_event) {
    auto watch = kube::detail::make_watch(
        std::make_unique<ScriptedStream>(200, std::deque<std::string>{R"({"type":"ADD)"}), "WATCH /x"
    );
    EXPECT_THROW((void)run(watch->next()), TransportError);
}

}  // namespace
}  // namespace kube::testing
