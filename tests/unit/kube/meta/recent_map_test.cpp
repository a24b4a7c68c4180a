#include "kube/meta/recent_map.hpp"

#include <gtest/gtest.h>

#include <string>

namespace kube {
namespace {

TEST(RecentMap, forgets_what_was_not_used_for_the_longest_time) {
    RecentMap<std::string, int> map{2};
    map["a"] = 1;
    map["b"] = 2;
    EXPECT_EQ(map["a"], 1);
    map["c"] = 3;
    EXPECT_EQ(map["a"], 1);
    EXPECT_EQ(map["c"], 3);
    EXPECT_EQ(map["b"], 0) << "made anew";
}

TEST(RecentMap, has_room_for_another_entry_when_one_is_erased) {
    RecentMap<std::string, int> map{2};
    map["a"] = 1;
    map["b"] = 2;
    map.erase("a");
    map.erase("never there");
    map["c"] = 3;
    EXPECT_EQ(map["b"], 2);
    EXPECT_EQ(map["c"], 3);
}

}  // namespace
}  // namespace kube
