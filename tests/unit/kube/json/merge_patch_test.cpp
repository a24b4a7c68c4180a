#include <gtest/gtest.h>

#include "kube/json/json.hpp"

namespace kube::json {
namespace {

TEST(MergePatch, is_the_smallest_that_turns_one_into_the_other) {
    struct Case {
        std::string behaviour;
        std::string from;
        std::string to;
        std::string patch;
    };
    for (const auto& [behaviour, from, to, patch] : std::vector<Case>{
             {"nothing for equal objects", R"({"a": {"b": [1]}})", R"({"a": {"b": [1]}})", "{}"},
             {"nothing for another order of keys", R"({"a": 1, "b": 2})", R"({"b": 2, "a": 1})", "{}"},
             {"an added member", "{}", R"({"a": 1})", R"({"a": 1})"},
             {"an added empty object", "{}", R"({"a": {}})", R"({"a": {}})"},
             {"a changed member", R"({"a": 1, "b": 2})", R"({"a": 3, "b": 2})", R"({"a": 3})"},
             {"null for a removed member", R"({"a": 1})", "{}", R"({"a": null})"},
             {"only what changed of a nested object",
              R"({"a": {"b": 1, "c": 2}})",
              R"({"a": {"b": 1}})",
              R"({"a": {"c": null}})"},
             {"a list as a whole", R"({"a": [1, 2]})", R"({"a": [1, 2, 3]})", R"({"a": [1, 2, 3]})"},
             {"another type", R"({"a": {"b": 1}})", R"({"a": "x"})", R"({"a": "x"})"},
             {"an object in place of another type", R"({"a": "x"})", R"({"a": {"b": 1}})", R"({"a": {"b": 1}})"},
         }) {
        SCOPED_TRACE(behaviour);
        const Value before = parse(from);
        const Value after = parse(to);
        const Object made = merge_patch(before.as_object(), after.as_object());
        EXPECT_EQ(Value(made), parse(patch));
        Value patched = before;
        apply_merge_patch(patched, made);
        EXPECT_EQ(patched, after);
    }
}

// The examples of RFC 7386, appendix A.
TEST(ApplyMergePatch, does_as_the_rfc_says) {
    struct Case {
        std::string original;
        std::string patch;
        std::string result;
    };
    for (const auto& [original, patch, result] : std::vector<Case>{
             {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
             {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
             {R"({"a":"b"})", R"({"a":null})", "{}"},
             {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
             {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
             {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
             {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
             {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
             {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
             {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
             {R"({"a":"foo"})", "null", "null"},
             {R"({"a":"foo"})", R"("bar")", R"("bar")"},
             {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
             {"[1,2]", R"({"a":"b","c":null})", R"({"a":"b"})"},
             {"{}", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
         }) {
        SCOPED_TRACE(original + " + " + patch);
        Value target = parse(original);
        apply_merge_patch(target, parse(patch));
        EXPECT_EQ(target, parse(result));
    }
}

TEST(Parse, says_at_which_byte_and_why) {
    try {
        (void)parse(R"({"a": tru})");
        FAIL() << "broken text was taken";
    } catch (const std::runtime_error& error) {
        EXPECT_EQ(std::string{error.what()}.find("invalid JSON at byte 6: "), 0U) << error.what();
    }
    EXPECT_THROW((void)parse(""), std::runtime_error);
    EXPECT_THROW((void)parse("{} x"), std::runtime_error);
}

TEST(Parse, takes_what_nests_as_deep_as_a_crd_schema) {
    const std::string text = std::string(200, '[') + std::string(200, ']');
    EXPECT_EQ(json::serialize(parse(text)), text);
}

TEST(SerializeCanonical, sorts_keys_bytewise_at_every_level) {
    const Value value = parse(R"({"b": {"z": 1, "a": [{"y": 1, "x": "\""}]}, "B": null, "a\u00e9": true})");
    EXPECT_EQ(serialize_canonical(value), R"({"B":null,"aé":true,"b":{"a":[{"x":"\"","y":1}],"z":1}})");
    EXPECT_EQ(serialize_canonical(parse("[{}, []]")), "[{},[]]");
}

TEST(Find, follows_a_path_of_keys) {
    const Value value = parse(R"({"a": {"b": "c", "n": 5}})");
    EXPECT_EQ(find_string(value, {"a", "b"}), "c");
    EXPECT_EQ(find_string(value, {"a", "n"}), "");
    EXPECT_EQ(find_string(value, {"a", "b", "c"}), "");
    EXPECT_EQ(find(value, {"x"}), nullptr);
    EXPECT_EQ(*find(value, {"a", "n"}), Value(5));
}

}  // namespace
}  // namespace kube::json
