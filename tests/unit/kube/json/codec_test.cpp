#include "kube/json/codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/meta/object_meta.hpp"

namespace kube::json {

// What follows has one member of each supported type and of each way to be left out.
namespace test {

enum class Color { Red, Green };
BOOST_DESCRIBE_ENUM(Color, Red, Green)

enum class Speed { Slow, VeryFast };
constexpr std::string_view to_wire(Speed speed) {
    return speed == Speed::Slow ? "slow" : "very-fast";
}
constexpr std::optional<Speed> from_wire(std::string_view text, std::type_identity<Speed>) {
    if (text == "slow") return Speed::Slow;
    if (text == "very-fast") return Speed::VeryFast;
    return std::nullopt;
}

struct Empty {
    bool operator==(const Empty&) const = default;
};
BOOST_DESCRIBE_STRUCT(Empty, (), ())

struct Part {
    std::string name;
    std::int32_t count = 0;
    static constexpr std::array required{"name"};
    bool operator==(const Part&) const = default;
};
BOOST_DESCRIBE_STRUCT(Part, (), (name, count))

struct Inner {
    std::string note;
    bool operator==(const Inner&) const = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (note))

struct Everything {
    bool flag = false;
    std::int32_t small = 0;
    std::int64_t large = 0;
    double ratio = 0;
    std::string text;
    std::optional<Color> color;
    std::optional<Speed> speed;
    std::optional<Time> when;
    std::optional<MicroTime> precisely;
    Quantity amount;
    std::optional<IntOrString> port;
    Value free;
    std::optional<std::int32_t> replicas;
    std::optional<Empty> presence;
    std::vector<std::string> words;
    std::vector<Part> parts;
    std::map<std::string, std::string> labels;
    std::map<std::string, Value> values;
    Inner inner;
    std::string default_;
    bool operator==(const Everything&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    Everything,
    (),
    (flag,
     small,
     large,
     ratio,
     text,
     color,
     speed,
     when,
     precisely,
     amount,
     port,
     free,
     replicas,
     presence,
     words,
     parts,
     labels,
     values,
     inner,
     default_)
)

struct AllRequired {
    bool flag = false;
    std::int32_t number = 0;
    std::string text;
    std::vector<std::string> words;
    std::map<std::string, std::string> labels;
    Inner inner;
    Color color = Color::Red;
    static constexpr std::array required{"color", "flag", "inner", "labels", "number", "text", "words"};
    bool operator==(const AllRequired&) const = default;
};
BOOST_DESCRIBE_STRUCT(AllRequired, (), (flag, number, text, words, labels, inner, color))

}  // namespace test

namespace {

using test::AllRequired;
using test::Everything;

std::string error_of(std::string_view text) {
    try {
        (void)from_json<Everything>(parse(text));
    } catch (const DecodeError& error) {
        return error.what();
    }
    return "";
}

TEST(ToJson, leaves_out_what_is_empty_or_zero_or_unset) {
    EXPECT_EQ(to_json(Everything{}), parse("{}"));
}

TEST(ToJson, writes_optional_members_when_set_even_if_empty_or_zero) {
    const Everything value{.color = test::Color::Red, .replicas = 0, .presence = test::Empty{}};
    EXPECT_EQ(to_json(value), parse(R"({"color": "Red", "replicas": 0, "presence": {}})"));
}

TEST(ToJson, writes_required_members_always) {
    EXPECT_EQ(
        to_json(AllRequired{}),
        parse(R"({"flag": false, "number": 0, "text": "", "words": [], "labels": {}, "inner": {}, "color": "Red"})")
    );
}

TEST(ToJson, writes_a_free_value_as_it_is) {
    EXPECT_EQ(to_json(Everything{.free = Object{}}), parse(R"({"free": {}})"));
    EXPECT_EQ(to_json(Everything{.free = false}), parse(R"({"free": false})"));
    EXPECT_EQ(to_json(Everything{.values = {{"a", nullptr}}}), parse(R"({"values": {"a": null}})"));
}

TEST(ToJson, writes_nothing_of_a_struct_whose_members_are_all_left_out) {
    EXPECT_EQ(to_json(Everything{.inner = {.note = "x"}}), parse(R"({"inner": {"note": "x"}})"));
}

TEST(Json, comes_back_as_it_went) {
    const std::string_view text = R"({
        "flag": true, "small": -5, "large": 9223372036854775807, "ratio": 0.5, "text": "x", "color": "Green",
        "speed": "very-fast", "when": "2026-01-02T15:04:05Z", "precisely": "2026-01-02T15:04:05.000001Z",
        "amount": "2000Gi", "port": "http", "free": {"a": [1, null]}, "replicas": 3, "presence": {},
        "words": ["a", ""], "parts": [{"name": "p", "count": 2}, {"name": ""}], "labels": {"a/b": "c"},
        "values": {"x": 1, "y": {"z": null}}, "inner": {"note": "n"}, "default": "d"})";
    const auto value = from_json<Everything>(parse(text));
    EXPECT_EQ(to_json(value), parse(text));
    EXPECT_EQ(from_json<Everything>(to_json(value)), value);
    EXPECT_EQ(value.default_, "d");
    EXPECT_EQ(value.parts.at(0).count, 2);
}

TEST(FromJson, takes_null_and_absence_alike) {
    EXPECT_EQ(
        from_json<Everything>(parse(R"({"flag": null, "small": null, "text": null, "color": null, "replicas": null,
                                        "presence": null, "words": null, "labels": null, "inner": null, "free": null})")
        ),
        Everything{}
    );
    EXPECT_EQ(from_json<Everything>(Value{}), Everything{});
}

TEST(FromJson, ignores_unknown_keys) {
    EXPECT_EQ(from_json<Everything>(parse(R"({"unknown": {"deep": [1, 2]}, "Text": "case matters"})")), Everything{});
}

TEST(FromJson, takes_an_empty_word_for_an_unset_enumeration) {
    EXPECT_EQ(from_json<Everything>(parse(R"({"color": ""})")), Everything{});
}

TEST(FromJson, takes_whole_numbers_however_they_are_written) {
    EXPECT_EQ(from_json<Everything>(parse(R"({"small": 5.0, "large": 1e3})")), (Everything{.small = 5, .large = 1000}));
}

TEST(FromJson, takes_an_amount_as_a_number_or_as_text) {
    EXPECT_EQ(from_json<Everything>(parse(R"({"amount": 4})")).amount.text(), "4");
    EXPECT_EQ(from_json<Everything>(parse(R"({"amount": "4Gi"})")).amount.text(), "4Gi");
}

TEST(FromJson, keeps_an_amount_that_is_none) {
    EXPECT_EQ(from_json<Everything>(parse(R"({"amount": "1e1.5"})")).amount.text(), "1e1.5");
}

TEST(FromJson, says_where_a_value_has_the_wrong_type) {
    struct Case {
        std::string behaviour;
        std::string text;
        std::string expected;
    };
    for (const auto& [behaviour, text, expected] : std::vector<Case>{
             {"the whole document", "[]", "expected an object, got a list"},
             {"a boolean", R"({"flag": "true"})", "flag: expected a boolean, got a string"},
             {"an integer", R"({"small": "5"})", "small: expected an integer, got a string"},
             {"a fraction", R"({"small": 5.5})", "small: expected an integer, got a number with a fraction"},
             {"a number too large for 32 bits",
              R"({"small": 2147483648})",
              "small: 2147483648 is out of range (-2147483648 to 2147483647)"},
             {"a number too large for 64 bits",
              R"({"large": 9223372036854775808})",
              "large: 9223372036854775808 is out of range"},
             {"a string", R"({"text": 5})", "text: expected a string, got an integer"},
             {"a word of an enumeration",
              R"({"color": "Blue"})",
              "color: unknown value \"Blue\", expected one of Red, Green"},
             {"a word of the wire", R"({"speed": "medium"})", "speed: unknown value \"medium\""},
             {"a time", R"({"when": "yesterday"})", "when: \"yesterday\" is no RFC 3339 time"},
             {"a port", R"({"port": true})", "port: expected an integer or a string, got a boolean"},
             {"a list", R"({"words": {}})", "words: expected a list, got an object"},
             {"an element of a list",
              R"({"parts": [{}, {"count": "x"}]})",
              "parts[1].count: expected an integer, got a string"},
             {"an entry of a map",
              R"({"labels": {"sei.io/node": 5}})",
              "labels[sei.io/node]: expected a string, got an integer"},
             {"a nested member", R"({"inner": {"note": []}})", "inner.note: expected a string, got a list"},
         }) {
        SCOPED_TRACE(behaviour);
        EXPECT_EQ(error_of(text), expected);
    }
}

TEST(FromJson, keeps_the_path_apart_from_the_message) {
    try {
        (void)from_json<Everything>(parse(R"({"parts": [{"count": "x"}]})"));
        FAIL() << "a wrong type was taken";
    } catch (const DecodeError& error) {
        EXPECT_EQ(error.path(), "parts[0].count");
    }
}

TEST(FromJson, drops_managed_fields_of_metadata) {
    const auto metadata = from_json<ObjectMeta>(parse(
        R"({"name": "n", "namespace": "ns", "managedFields": [{"manager": "m"}], "generation": 2,
            "creationTimestamp": null, "labels": {"a": "b"}})"
    ));
    EXPECT_EQ(metadata, (ObjectMeta{.name = "n", .namespace_ = "ns", .generation = 2, .labels = {{"a", "b"}}}));
}

}  // namespace
}  // namespace kube::json
