// The pod of a running node gets into trouble: its condition PodReady says so, and that it is over. The same on every
// backend that has pods.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/nodes.hpp"

namespace {

using namespace support;
using devcluster::workloads::FaultKind;
using sei::api::NodePhase;
using ::testing::HasSubstr;

struct PodTrouble {
    std::string name;
    FaultKind fault;
    std::string told;
};

class PodOfRunningNode : public ::testing::TestWithParam<PodTrouble> {};

TEST_P(PodOfRunningNode, is_told_to_get_nowhere_until_it_is_well_again) {
    if (backend() == Backend::ApiServer) GTEST_SKIP() << "there are no pods here";
    if (backend() == Backend::Cluster && GetParam().fault == FaultKind::Pending) {
        GTEST_SKIP() << "Kubernetes' own scheduler places pods here";
    }
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    ASSERT_TRUE(world.run_until_quiet());
    const auto fault = world.workloads().faults().add(
        {.namespace_ = world.namespace_name(), .pod = "n0-0", .labels = {}, .container = "seid", .image = {}},
        {.kind = GetParam().fault}
    );
    const auto pod = world.run(world.client().get<kube::Pod>(world.key("n0-0")));
    ASSERT_TRUE(pod);
    (void
    )world.run(world.client().delete_object<kube::Pod>(world.key("n0-0"), {.uid = pod->uid(), .resource_version = {}}));
    ASSERT_TRUE(world.run_until("it is told", [&] { return condition(world, "n0", "PodReady") == GetParam().told; }));
    EXPECT_THAT(condition_message(world, "n0", "PodReady"), HasSubstr("pod n0-0"));
    EXPECT_EQ(world.node("n0")->status.phase, NodePhase::Running);
    world.workloads().faults().remove(fault);
    EXPECT_TRUE(world.run_until("it is well again", [&] { return condition(world, "n0", "PodReady") == "True/Ready"; })
    );
}

INSTANTIATE_TEST_SUITE_P(
    OfEachTrouble,
    PodOfRunningNode,
    ::testing::Values(
        PodTrouble{"that_crashes", FaultKind::CrashLoop, "False/CrashLooping"},
        PodTrouble{"that_no_machine_takes", FaultKind::Pending, "False/Unschedulable"},
        PodTrouble{"whose_image_cannot_be_pulled", FaultKind::ImagePull, "False/ImagePullFailed"}
    ),
    [](const auto& tested) { return tested.param.name; }
);

}  // namespace
