#include "kube/runtime/cache.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.hpp"

namespace kube::testing {
namespace {

using detail::CacheStore;
using ::testing::ElementsAre;

struct CacheTest : ::testing::Test {
    std::shared_ptr<CacheStore> store = std::make_shared<CacheStore>(KindOf<Part>::type);
    Cache<Part> cache{store};
    std::vector<std::string> changes;

    void SetUp() override {
        store->on_change([this](const CacheStore::Entry* before, const CacheStore::Entry* after) {
            const auto text = [](const CacheStore::Entry* entry) {
                return entry == nullptr ? std::string{"-"}
                                        : entry->metadata->name + "@" + entry->metadata->resourceVersion;
            };
            changes.push_back(text(before) + " > " + text(after));
        });
    }
    static CacheStore::Entry part(
        std::string namespace_, std::string name, std::string version, std::string uid = "u"
    ) {
        Part one;
        one.metadata.namespace_ = std::move(namespace_);
        one.metadata.name = std::move(name);
        one.metadata.resourceVersion = std::move(version);
        one.metadata.uid = std::move(uid);
        auto object = std::make_shared<const Part>(std::move(one));
        return {object, &object->metadata};
    }
    std::vector<std::string> names(std::string_view namespace_ = {}) {
        std::vector<std::string> all;
        for (const auto& one : cache.list(namespace_)) all.push_back(one->metadata.name);
        return all;
    }
};

TEST_F(CacheTest, lists_in_the_order_of_keys) {
    for (const char* name : {"b", "a", "c"}) store->put(part("ns", name, "1"));
    store->put(part("am", "z", "1"));
    EXPECT_THAT(names(), ElementsAre("z", "a", "b", "c"));
    EXPECT_THAT(names("ns"), ElementsAre("a", "b", "c"));
    EXPECT_THAT(names("n"), ElementsAre());
}

TEST_F(CacheTest, announces_what_appears_changes_or_goes) {
    store->put(part("ns", "a", "1"));
    store->put(part("ns", "a", "2"));
    store->put(part("ns", "a", "2"));
    store->erase({"ns", "a"});
    store->erase({"ns", "a"});
    EXPECT_THAT(changes, ElementsAre("- > a@1", "a@1 > a@2", "a@2 > -"));
}

TEST_F(CacheTest, shows_another_identity_as_gone_and_new) {
    store->put(part("ns", "a", "1", "u1"));
    store->put(part("ns", "a", "5", "u2"));
    EXPECT_THAT(changes, ElementsAre("- > a@1", "a@1 > -", "- > a@5"));
}

TEST_F(CacheTest, becomes_what_a_list_says) {
    for (const char* name : {"gone", "kept", "same", "undecodable"}) store->put(part("ns", name, "1"));
    changes.clear();
    store->replace({part("ns", "kept", "2"), part("ns", "same", "1"), part("ns", "new", "2")}, {{"ns", "undecodable"}});
    EXPECT_THAT(changes, ElementsAre("gone@1 > -", "kept@1 > kept@2", "- > new@2"));
    EXPECT_THAT(names(), ElementsAre("kept", "new", "same", "undecodable"));
}

TEST_F(CacheTest, finds_objects_by_index) {
    cache.add_index("uid", [](const Part& one) { return std::vector{one.metadata.uid}; });
    store->put(part("ns", "a", "1", "x"));
    store->put(part("ns", "b", "1", "x"));
    store->put(part("ns", "c", "1", "y"));
    EXPECT_EQ(cache.by_index("uid", "x").size(), 2u);
    store->put(part("ns", "b", "2", "y"));
    EXPECT_EQ(cache.by_index("uid", "x").size(), 1u);
    EXPECT_EQ(cache.by_index("uid", "y").size(), 2u);
    store->erase({"ns", "a"});
    EXPECT_TRUE(cache.by_index("uid", "x").empty());
    EXPECT_THROW((void)cache.by_index("nothing", "x"), std::logic_error);
}

TEST_F(CacheTest, gives_snapshots_that_stay_valid) {
    store->put(part("ns", "a", "1"));
    const auto before = cache.get({"ns", "a"});
    store->put(part("ns", "a", "2"));
    ASSERT_TRUE(before);
    EXPECT_EQ((*before)->metadata.resourceVersion, "1");
}

}  // namespace
}  // namespace kube::testing
