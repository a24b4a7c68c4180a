#include "kube/schema/yaml.hpp"

#include <gtest/gtest.h>

namespace kube::schema {
namespace {

TEST(ToYaml, writes_block_style_with_sorted_keys) {
    const auto value = json::parse(R"({"b": [1, {"y": true, "x": null}, [], [2]], "a": {}, "c": {"d": "e"}})");
    EXPECT_EQ(to_yaml(value), R"(a: {}
b:
- 1
- x: null
  'y': true
- []
-
  - 2
c:
  d: e
)");
}

TEST(ToYaml, quotes_what_would_be_read_as_something_else) {
    for (const std::string_view text :
         {"",    "yes", "no",   "on",         "True", "null",        "~",     "5",        "-5", "0x1f",
          "1e3", "1.5", "1:30", "2026-01-02", ".5",   "- a",         "a: b",  "a #b",     "#a", "[a]",
          "{a}", "&a",  "*a",   "!a",         "|",    ">",           "'a'",   "\"a\"",    "%a", "@a",
          "`a`", " a",  "a ",   "a:",         "=",    "line\nbreak", "tab\t", "it's: so", "+1", "<<"}) {
        SCOPED_TRACE(text);
        const json::Value value(json::Object{{"k", json::Value(text)}});
        EXPECT_EQ(from_yaml(to_yaml(value)), value) << to_yaml(value);
        const std::string written = to_yaml(value);
        EXPECT_TRUE(written.starts_with("k: '") || written.starts_with("k: \"")) << written;
    }
}

TEST(ToYaml, leaves_plain_words_plain) {
    for (const std::string_view text :
         {"a",
          "a b",
          "it's",
          "10000000usei",
          "a:b",
          "a#b",
          "v1",
          "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
          "(has(self.s3))",
          ".spec"}) {
        SCOPED_TRACE(text);
        const json::Value value(json::Object{{"k", json::Value(text)}});
        EXPECT_EQ(to_yaml(value), "k: " + std::string{text} + "\n");
        EXPECT_EQ(from_yaml(to_yaml(value)), value);
    }
}

TEST(FromYaml, reads_scalars_of_the_core_schema) {
    EXPECT_EQ(
        from_yaml("{a: 1, b: -2, c: 1.5, d: true, e: null, f: ~, g: '1', h: yes, i: 0.5e1, j: 18446744073709551615}"),
        json::parse(R"({"a": 1, "b": -2, "c": 1.5, "d": true, "e": null, "f": null, "g": "1", "h": "yes", "i": 5.0,
                        "j": 18446744073709551615.0})")
    );
}

TEST(FromYaml, says_where_it_is_broken) {
    try {
        (void)from_yaml("a: b\nc: [d\n");
        FAIL() << "broken YAML was taken";
    } catch (const std::runtime_error& error) {
        EXPECT_EQ(std::string{error.what()}.find("invalid YAML at line "), 0U) << error.what();
    }
}

}  // namespace
}  // namespace kube::schema
