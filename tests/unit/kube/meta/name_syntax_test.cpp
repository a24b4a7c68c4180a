#include "kube/meta/name_syntax.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace kube {
namespace {

struct Case {
    std::string text;
    bool expected = false;
};

TEST(NameSyntax, of_a_service_begins_with_a_letter_and_has_no_dots) {
    const std::vector<Case> cases{
        {"n0", true},
        {"a", true},
        {"a-b", true},
        {std::string(63, 'a'), true},
        {std::string(64, 'a'), false},
        {"", false},
        {"0n", false},
        {"-a", false},
        {"a-", false},
        {"a.b", false},
        {"A", false},
        {"a_b", false},
        {"\xc3\xa9", false},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.text);
        EXPECT_EQ(is_service_name(tested.text), tested.expected);
    }
}

TEST(NameSyntax, of_an_object_may_have_dots) {
    const std::vector<Case> cases{
        {"gp3-10k-750", true},
        {"0", true},
        {"prod.platform.sei.io", true},
        {std::string(253, 'a'), true},
        {std::string(254, 'a'), false},
        {"", false},
        {"-a", false},
        {"a-", false},
        {"a..b", false},
        {"a.", false},
        {".a", false},
        {"a-.b", false},
        {"*.a", false},
        {"Gp3", false},
        {"a_b", false},
        {"a b", false},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.text);
        EXPECT_EQ(is_object_name(tested.text), tested.expected);
    }
}

TEST(NameSyntax, of_a_namespace_has_no_dots) {
    const std::vector<Case> cases{
        {"gateway", true},
        {"0-a", true},
        {std::string(63, 'a'), true},
        {std::string(64, 'a'), false},
        {"", false},
        {"a.b", false},
        {"-a", false},
        {"a-", false},
        {"A", false},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.text);
        EXPECT_EQ(is_namespace_name(tested.text), tested.expected);
    }
}

TEST(NameSyntax, of_a_label_value_is_that_of_the_api_server) {
    const std::vector<Case> cases{
        {"", true},
        {"pacific-1", true},
        {"A.b_c-9", true},
        {"9", true},
        {std::string(63, 'x'), true},
        {std::string(64, 'x'), false},
        {"-a", false},
        {"a.", false},
        {"a b", false},
        {"a/b", false},
        {"$(id)", false},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.text);
        EXPECT_EQ(is_label_value(tested.text), tested.expected);
    }
}

TEST(NameSyntax, of_a_label_key_may_have_a_domain) {
    const std::vector<Case> cases{
        {"team", true},
        {"Team_1.x", true},
        {"example.com/team", true},
        {"a/b", true},
        {std::string(253, 'd') + "/x", true},
        {std::string(254, 'd') + "/x", false},
        {"x/" + std::string(64, 'a'), false},
        {"", false},
        {"/a", false},
        {"a/", false},
        {"a/b/c", false},
        {"Example.com/a", false},
        {"a..b/c", false},
        {"a-.b/c", false},
        {".a/c", false},
        {"a b", false},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.text);
        EXPECT_EQ(is_label_key(tested.text), tested.expected);
    }
}

}  // namespace
}  // namespace kube
