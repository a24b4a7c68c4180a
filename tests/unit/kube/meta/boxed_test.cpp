#include "kube/meta/boxed.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace {

using kube::Boxed;

TEST(Boxed, is_unset_at_first) {
    const Boxed<std::string> boxed;
    EXPECT_FALSE(boxed);
    EXPECT_EQ(boxed.value_or("otherwise"), "otherwise");
}
TEST(Boxed, copies_its_value_and_not_the_way_to_it) {
    Boxed<std::string> boxed = std::string{"a"};
    const Boxed<std::string> copy = boxed;
    *boxed = "b";
    EXPECT_EQ(*copy, "a");
}
TEST(Boxed, takes_a_copy_over_what_it_holds_and_over_nothing) {
    const Boxed<std::string> from = std::string{"a"};
    Boxed<std::string> held = std::string{"b"};
    held = from;
    EXPECT_EQ(held, from);
    Boxed<std::string> empty;
    empty = from;
    EXPECT_EQ(empty, from);
    held = Boxed<std::string>{};
    EXPECT_FALSE(held);
}
TEST(Boxed, survives_being_assigned_to_itself) {
    Boxed<std::string> boxed = std::string{"a"};
    const auto& same = boxed;
    boxed = same;
    EXPECT_EQ(*boxed, "a");
}
TEST(Boxed, is_unset_once_moved_from) {
    Boxed<std::string> boxed = std::string{"a"};
    const Boxed<std::string> moved = std::move(boxed);
    EXPECT_EQ(*moved, "a");
    EXPECT_FALSE(boxed.has_value());  // NOLINT(bugprone-use-after-move): that is the promise
}
TEST(Boxed, compares_values) {
    EXPECT_EQ(Boxed<std::string>{}, Boxed<std::string>{});
    EXPECT_EQ(Boxed<std::string>{std::string{"a"}}, Boxed<std::string>{std::string{"a"}});
    EXPECT_FALSE(Boxed<std::string>{std::string{"a"}} == Boxed<std::string>{std::string{"b"}});
    EXPECT_FALSE(Boxed<std::string>{std::string{"a"}} == Boxed<std::string>{});
}
TEST(Boxed, takes_what_an_optional_holds) {
    EXPECT_EQ(*Boxed<std::string>{std::optional<std::string>{"a"}}, "a");
    EXPECT_FALSE(Boxed<std::string>{std::optional<std::string>{}});
}

}  // namespace
