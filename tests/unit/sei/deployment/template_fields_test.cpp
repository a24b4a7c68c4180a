// Every field of the template has its line in the table (spec 08 6.1).
#include "sei/deployment/template_fields.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include "fleet_of_test.hpp"

namespace sei::deployment {
namespace {

template <class Struct>
std::set<std::string> fields_below(const std::string& prefix) {
    std::set<std::string> found;
    boost::mp11::mp_for_each<boost::describe::describe_members<Struct, boost::describe::mod_public>>([&](auto member) {
        found.insert(prefix + member.name);
    });
    return found;
}

TEST(TemplateFields, are_all_classified_once) {
    std::set<std::string> expected = fields_below<api::NodeSpec>("spec.");
    expected.merge(fields_below<api::TemplateMetadata>("metadata."));
    std::set<std::string> classified;
    for (const TemplateField& field : template_fields()) {
        EXPECT_TRUE(classified.insert(std::string{field.path}).second) << field.path << " is there twice";
        EXPECT_FALSE(field.note.empty()) << field.path;
    }
    EXPECT_EQ(classified, expected);
}

TEST(Child, is_made_without_changing_the_template) {
    api::SeiNodeDeployment deployment = test::a_deployment(1);
    deployment.spec.template_.metadata = {{{"team", "infra"}, {"sei.io/chain", "theirs"}}, {}};
    deployment.spec.template_.spec.podLabels = {{"team", "pods"}};
    deployment.spec.template_.spec.paused = true;
    const auto before = deployment;
    const api::SeiNode child = desired_child(deployment, 4, nullptr, Images::OfTemplate, {});
    EXPECT_EQ(deployment, before);
    EXPECT_EQ(child.metadata.name, "web-4");
    EXPECT_EQ(
        child.metadata.labels,
        (kube::StringMap{
            {"team", "infra"},
            {"sei.io/nodedeployment", "web"},
            {"sei.io/nodedeployment-ordinal", "4"},
            {"sei.io/revision", "1"},
            {"sei.io/chain", "pacific-1"}
        })
    );
    EXPECT_TRUE(child.metadata.annotations.empty());
    EXPECT_EQ(child.spec.podLabels.at("team"), "pods");
    EXPECT_EQ(child.spec.podLabels.at("sei.io/nodedeployment"), "web");
    EXPECT_FALSE(child.spec.podLabels.contains("sei.io/revision")) << "nothing that counts is in a pod template";
    EXPECT_FALSE(child.spec.paused);
}

/// A node that has done what was asked takes the annotation away.
TEST(Child, is_asked_for_no_retry_by_its_template) {
    api::SeiNodeDeployment deployment = test::a_deployment(1);
    deployment.spec.template_.metadata = {{}, {{"sei.io/retry", "now"}, {"example.com/note", "x"}}};
    const api::SeiNode child = desired_child(deployment, 0, nullptr, Images::OfTemplate, {});
    EXPECT_EQ(child.metadata.annotations, (kube::StringMap{{"example.com/note", "x"}}));
}

TEST(Child, has_no_revision_of_its_template_in_its_pod_labels) {
    for (const bool is_pod_label : {true, false}) {
        SCOPED_TRACE(is_pod_label ? "spec.podLabels" : "metadata.labels");
        api::SeiNodeDeployment deployment = test::a_deployment(1);
        auto& pattern = deployment.spec.template_;
        if (is_pod_label) pattern.spec.podLabels["sei.io/revision"] = "theirs";
        if (!is_pod_label) pattern.metadata = {{{"sei.io/revision", "theirs"}}, {}};
        const api::SeiNode child = desired_child(deployment, 0, nullptr, Images::OfTemplate, {});
        EXPECT_FALSE(child.spec.podLabels.contains("sei.io/revision"));
        EXPECT_EQ(child.metadata.labels.at("sei.io/revision"), "1");
    }
}

TEST(Child, that_kept_its_sidecar_until_its_turn_is_not_up_to_date_when_the_template_has_none) {
    api::SeiNodeDeployment deployment = test::a_deployment(1);
    deployment.spec.template_.spec.sidecar.emplace().image = "example.com/sidecar:v1";
    const api::SeiNode before = test::a_node(deployment, 0);
    deployment.spec.template_.spec.sidecar.reset();
    const api::SeiNode waiting = desired_child(deployment, 0, &before, Images::AsTheyAre, {});
    EXPECT_TRUE(waiting.spec.sidecar);
    EXPECT_TRUE(is_up_to_date(before, waiting));
    EXPECT_FALSE(is_up_to_date(before, desired_child(deployment, 0, &before, Images::OfTemplate, {})));
}

}  // namespace
}  // namespace sei::deployment
