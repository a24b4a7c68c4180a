#include "kube/json/skip.hpp"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace kube::testing {
namespace {

TEST(LeadingContainer, ends_with_its_closing_bracket_and_not_with_one_in_a_string) {
    const std::string padding(100, ' ');
    struct Case {
        std::string value;
    };
    for (const Case& one : std::vector<Case>{
             {"[]"},
             {"{}"},
             {R"([[],{"a":[{}]}])"},
             {R"({"]}":"[[{{","\"":"}\\"})"},
             {R"(["\\\\"])"},
             {"[" + padding + R"("]")" + padding + "]"},
             {"{" + padding + R"("\"}")" + padding + "}"},
             {"[\"" + std::string(63, 'x') + R"(\")" + padding + "]\"]"},
             {"[\"" + std::string(61, 'x') + R"(\"]"])"},
             {"[" + std::string(70, '[') + padding + std::string(70, ']') + "]"},
         }) {
        SCOPED_TRACE(one.value);
        EXPECT_EQ(json::leading_container(one.value), one.value);
        EXPECT_EQ(json::leading_container(one.value + R"(,"b":[1]})" + padding), one.value);
    }
}

TEST(LeadingContainer, is_none_where_the_text_ends_within_it_or_begins_with_something_else) {
    for (const std::string& text :
         {std::string{},
          std::string{"["},
          std::string{R"(["]")"},
          "[" + std::string(200, '['),
          std::string{R"("[]")"},
          std::string{" []"},
          std::string{"1"},
          R"({"a":"\)" + std::string(64, '}')}) {
        SCOPED_TRACE(text);
        EXPECT_EQ(json::leading_container(text), std::nullopt);
    }
}

/// A list or an object of random depth, whose strings are of what a scanner could stumble over.
boost::json::value random_value(std::mt19937& random, int depth) {
    const auto word = [&] {
        constexpr std::string_view kBytes = R"([]{}",:\ax)";
        std::string made;
        for (std::size_t i = random() % 40; i > 0; --i) made += kBytes[random() % kBytes.size()];
        return made;
    };
    const std::size_t members = random() % 5;
    if (random() % 2 == 0) {
        boost::json::array list;
        for (std::size_t i = 0; i < members; ++i) {
            list.push_back(depth > 0 ? random_value(random, depth - 1) : boost::json::value(word()));
        }
        return list;
    }
    boost::json::object object;
    for (std::size_t i = 0; i < members; ++i) {
        object[word()] = depth > 0 ? random_value(random, depth - 1) : boost::json::value(word());
    }
    return object;
}

TEST(LeadingContainer, is_the_whole_text_of_any_list_or_object) {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random{seed};
        const std::string text = boost::json::serialize(random_value(random, 4));
        ASSERT_EQ(json::leading_container(text + R"(}]","x":1)"), text);
        ASSERT_EQ(json::leading_container(std::string_view{text}.substr(0, text.size() - 1)), std::nullopt);
    }
}

}  // namespace
}  // namespace kube::testing
