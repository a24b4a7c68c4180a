#include "devcluster/workloads/revisions.hpp"
#include "testkit/snapshot_of.hpp"

#include <gtest/gtest.h>

namespace devcluster::workloads {
namespace {

kube::json::Value a_template(std::string_view image) {
    return kube::json::parse(fmt::format(R"({{"spec": {{"containers": [{{"name": "main", "image": "{}"}}]}}}})", image)
    );
}

StatefulSet a_set(std::string_view image) {
    StatefulSet set;
    set.metadata.name = "web";
    set.metadata.namespace_ = "default";
    set.metadata.uid = "set-uid";
    set.spec.template_ = a_template(image);
    return set;
}

kube::Snapshot<kube::ControllerRevision> stored(std::string_view image, std::int64_t number) {
    return testkit::snapshot_of(new_revision(a_set(image), number, 0));
}

TEST(Revisions, of_equal_templates_have_one_name_however_they_are_written) {
    const auto ordered =
        kube::json::parse(R"({"metadata": {"labels": {"a": "b"}}, "spec": {"hostname": "x", "subdomain": "y"}})");
    const auto shuffled = kube::json::parse(
        R"({"spec": {"subdomain": "y", "hostname": "x", "affinity": null}, "metadata": {"creationTimestamp": null, "labels": {"a": "b"}}})"
    );
    EXPECT_EQ(revision_hash(revision_data(ordered), 0), revision_hash(revision_data(shuffled), 0));
}

TEST(Revisions, of_different_templates_have_different_names) {
    EXPECT_NE(new_revision(a_set("v1"), 1, 0).metadata.name, new_revision(a_set("v2"), 1, 0).metadata.name);
}

TEST(Revisions, change_their_name_with_the_count_of_collisions) {
    EXPECT_NE(new_revision(a_set("v1"), 1, 0).metadata.name, new_revision(a_set("v1"), 1, 1).metadata.name);
}

TEST(Revisions, are_named_by_fnv1_in_letters_that_make_no_words) {
    EXPECT_EQ(
        revision_hash(kube::json::Object{}, 0).find_first_not_of("bcdfghjklmnpqrstvwxz2456789"), std::string::npos
    );
    EXPECT_EQ(new_revision(a_set("v1"), 1, 0).metadata.name.substr(0, 4), "web-");
}

TEST(Revisions, give_back_the_template_that_they_remember) {
    EXPECT_EQ(template_of(*stored("v1", 1)), a_template("v1"));
}

TEST(Revisions, begin_with_number_one) {
    const auto decision = decide_revision(a_set("v1"), {});
    ASSERT_TRUE(std::holds_alternative<CreateRevision>(decision));
    EXPECT_EQ(std::get<CreateRevision>(decision).revision.revision, 1);
}

TEST(Revisions, are_kept_while_the_template_is_the_newest_one) {
    EXPECT_TRUE(std::holds_alternative<KeepRevision>(decide_revision(a_set("v2"), {stored("v1", 1), stored("v2", 2)})));
}

TEST(Revisions, of_a_template_that_comes_back_get_the_next_number) {
    const auto decision = decide_revision(a_set("v1"), {stored("v1", 1), stored("v2", 2)});
    ASSERT_TRUE(std::holds_alternative<RenumberRevision>(decision));
    EXPECT_EQ(std::get<RenumberRevision>(decision).number, 3);
}

TEST(Revisions, beyond_the_limit_go_oldest_first_unless_they_are_in_use) {
    StatefulSet set = a_set("v4");
    set.spec.revisionHistoryLimit = 1;
    const std::vector revisions{stored("v1", 1), stored("v2", 2), stored("v3", 3), stored("v4", 4)};
    const std::vector<std::string> in_use{revisions[0]->metadata.name, revisions[3]->metadata.name};
    const auto superfluous = superfluous_revisions(set, revisions, in_use);
    ASSERT_EQ(superfluous.size(), 1U);
    EXPECT_EQ(superfluous.front()->metadata.name, revisions[1]->metadata.name);
}

}  // namespace
}  // namespace devcluster::workloads
