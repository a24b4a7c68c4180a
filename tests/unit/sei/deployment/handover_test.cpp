// Whose the fields of a node are, after they were handed over (spec 03 §1.6, H4).
#include "sei/deployment/handover.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kube/json/json.hpp"

namespace sei::deployment {
namespace {

kube::FieldOwner owner(const std::string& manager, const std::string& operation, const std::string& fields) {
    return {
        .manager = manager,
        .operation = operation,
        .apiVersion = "sei.io/v1alpha1",
        .time = "2026-01-01T00:00:00Z",
        .subresource = {},
        .fields = kube::json::parse(fields)
    };
}

api::SeiNode a_full_node() {
    api::SeiNode node;
    node.spec.fullNode.emplace();
    return node;
}

api::SeiNode a_participant() {
    api::SeiNode node;
    node.spec.validator.emplace().genesisCeremony.emplace();
    return node;
}

struct Case {
    std::string behaviour;
    api::SeiNode desired = a_full_node();
    std::string written;
    std::string left;
    std::string ours;
};

TEST(Handover, takes_what_a_template_says_and_leaves_what_it_does_not) {
    const std::vector<Case> cases{
        {.behaviour = "fields of the spec",
         .written = R"({"f:spec":{".":{},"f:image":{},"f:sidecar":{".":{},"f:image":{}}}})",
         .left = "",
         .ours = R"({"f:spec":{"f:image":{},"f:sidecar":{".":{},"f:image":{}}}})"},
        {.behaviour = "labels and annotations, and no other metadata",
         .written = R"({"f:metadata":{"f:finalizers":{".":{},"v:\"x\"":{}},"f:labels":{".":{},"f:a":{}},)"
                    R"("f:annotations":{"f:b":{}},"f:ownerReferences":{"k:{\"uid\":\"u\"}":{}}}})",
         .left =
             R"({"f:metadata":{"f:finalizers":{".":{},"v:\"x\"":{}},"f:ownerReferences":{"k:{\"uid\":\"u\"}":{}}}})",
         .ours = R"({"f:metadata":{"f:labels":{"f:a":{}},"f:annotations":{"f:b":{}}}})"},
        {.behaviour = "not the pause, chain and volume",
         .written = R"({"f:spec":{".":{},"f:chainId":{},"f:dataVolume":{"f:import":{}},"f:overrides":{"f:a":{}},)"
                    R"("f:paused":{}}})",
         .left = R"({"f:spec":{".":{},"f:chainId":{},"f:dataVolume":{"f:import":{}},"f:paused":{}}})",
         .ours = R"({"f:spec":{"f:overrides":{"f:a":{}}}})"},
        {.behaviour = "the settings of the mode, and no other mode",
         .written = R"({"f:spec":{"f:archive":{},"f:fullNode":{".":{},"f:snapshot":{"f:s3":{}}}}})",
         .left = R"({"f:spec":{"f:archive":{}}})",
         .ours = R"({"f:spec":{"f:fullNode":{".":{},"f:snapshot":{"f:s3":{}}}}})"},
        {.behaviour = "not the peers of a ceremony, nor the names of Secrets",
         .desired = a_participant(),
         .written = R"({"f:spec":{"f:image":{},"f:peers":{},"f:validator":{".":{},"f:genesisCeremony":{},)"
                    R"("f:signingKey":{"f:secret":{}}}}})",
         .left = R"({"f:spec":{"f:peers":{},"f:validator":{".":{},"f:signingKey":{"f:secret":{}}}}})",
         .ours = R"({"f:spec":{"f:validator":{"f:genesisCeremony":{}},"f:image":{}}})"},
        {.behaviour = "peers of a template",
         .written = R"({"f:spec":{"f:peers":{}}})",
         .left = "",
         .ours = R"({"f:spec":{"f:peers":{}}})"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.behaviour);
        const auto owners = with_fields_handed_over({owner("manager", "Update", one.written)}, one.desired);
        ASSERT_TRUE(owners);
        ASSERT_EQ(owners->size(), one.left.empty() ? 1U : 2U);
        if (!one.left.empty()) EXPECT_EQ(owners->front().fields, kube::json::parse(one.left));
        EXPECT_EQ(owners->back().fields, kube::json::parse(one.ours));
        EXPECT_EQ(owners->back().manager, "seinodedeployment-controller");
        EXPECT_EQ(owners->back().operation, "Apply");
        EXPECT_EQ(owners->back().time, "2026-01-01T00:00:00Z");
    }
}

TEST(Handover, adds_to_what_was_applied_before) {
    const auto owners = with_fields_handed_over(
        {owner("seinodedeployment-controller", "Apply", R"({"f:spec":{"f:image":{}}})"),
         owner("manager", "Update", R"({"f:spec":{"f:image":{},"f:sidecar":{"f:image":{}}}})")},
        a_full_node()
    );
    ASSERT_TRUE(owners);
    ASSERT_EQ(owners->size(), 1U);
    EXPECT_EQ(owners->front().fields, kube::json::parse(R"({"f:spec":{"f:image":{},"f:sidecar":{"f:image":{}}}})"));
}

TEST(Handover, touches_nobody_else) {
    kube::FieldOwner of_status = owner("manager", "Update", R"({"f:spec":{"f:image":{}}})");
    of_status.subresource = "status";
    kube::FieldOwner of_other_version = owner("manager", "Update", R"({"f:spec":{"f:image":{}}})");
    of_other_version.apiVersion = "sei.io/v2";
    EXPECT_FALSE(with_fields_handed_over(
        {owner("kubectl-edit", "Update", R"({"f:spec":{"f:overrides":{"f:a":{}}}})"),
         owner("manager", "Apply", R"({"f:spec":{"f:image":{}}})"),
         owner("manager", "Update", R"({"f:metadata":{"f:finalizers":{}},"f:spec":{".":{},"f:paused":{}}})"),
         of_status,
         of_other_version},
        a_full_node()
    ));
}

}  // namespace
}  // namespace sei::deployment
