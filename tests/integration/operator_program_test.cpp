// The program sei-operator itself, as a process of its own: started, killed, stopped, and told nonsense.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/world.hpp"

namespace {

using namespace std::chrono_literals;
using sei::api::NodePhase;
using support::ChildProcess;
using support::World;
using ::testing::AllOf;
using ::testing::HasSubstr;

const std::filesystem::path& program() {
    static const std::filesystem::path path = std::filesystem::path{SEI_BINARY_DIR} / "bin" / "sei-operator";
    return path;
}

/// sei-operator in a world that has no operator of its own.
class OperatorProgram : public ::testing::Test {
protected:
    std::unique_ptr<ChildProcess> start() {
        return std::make_unique<ChildProcess>(ChildProcess::Options{
            .program = program(),
            .arguments =
                {"--kubeconfig=" + world_.access().kubeconfig.string(),
                 "--leader-elect=false",
                 "--metrics-bind-address=0",
                 "--health-probe-bind-address=127.0.0.1:0"},
            .environment = world_.operator_environment(),
            .log = log()
        });
    }
    /// Runs the loop until the process has ended, and returns its status.
    int ended(ChildProcess& process) {
        std::optional<int> status;
        world_.run_until("the process has ended", [&] { return (status = process.wait(0ms)).has_value(); });
        return status.value_or(-1);
    }
    [[nodiscard]] std::filesystem::path log() const { return folder_.path() / "sei-operator.log"; }

    support::TemporaryFolder folder_;
    World world_{{.with_operator = false}};
};

TEST_F(OperatorProgram, brings_up_a_node_that_kubectl_applied) {
    if (!support::kubectl()) GTEST_SKIP() << "no kubectl: tools/kubernetes/build makes one";
    const auto process = start();
    const auto manifest = folder_.path() / "node.yaml";
    support::write_file(
        manifest,
        "apiVersion: sei.io/v1alpha1\nkind: SeiNode\nmetadata: {name: n0}\n"
        "spec: {chainId: pacific-1, image: \"example.com/seid:v1\", fullNode: {}}\n"
    );
    ChildProcess kubectl{
        {.program = *support::kubectl(),
         .arguments =
             {"--kubeconfig",
              world_.access().kubeconfig.string(),
              "-n",
              world_.namespace_name(),
              "apply",
              "-f",
              manifest.string()},
         .environment = {{"HOME", folder_.path().string()}},
         .log = folder_.path() / "kubectl.log"}
    };
    EXPECT_EQ(ended(kubectl), 0) << kubectl.log();
    EXPECT_TRUE(world_.run_until_running("n0")) << process->log();
}

TEST_F(OperatorProgram, goes_on_where_it_was_killed) {
    auto process = start();
    world_.create(world_.a_full_node("n0"));
    ASSERT_TRUE(world_.run_until("its plan is stored", [this] {
        return world_.node("n0") && world_.node("n0")->status.plan;
    })) << process->log();
    const std::string plan = world_.node("n0")->status.plan->id;
    process->signal(SIGKILL);
    (void)ended(*process);
    process = start();
    bool was_replaced = false;
    EXPECT_TRUE(world_.run_until("the node runs", [&] {
        const auto status = world_.node("n0")->status;
        was_replaced = was_replaced || (status.plan && status.plan->id != plan);
        return status.phase == NodePhase::Running;
    })) << process->log();
    EXPECT_FALSE(was_replaced);
}

TEST_F(OperatorProgram, ends_with_status_0_when_it_is_asked_to) {
    const auto process = start();
    world_.create(world_.a_full_node("n0"));
    ASSERT_TRUE(world_.run_until_running("n0")) << process->log();
    process->signal(SIGTERM);
    EXPECT_EQ(ended(*process), 0) << process->log();
}

TEST_F(OperatorProgram, names_every_missing_variable_at_once) {
    auto environment = world_.operator_environment();
    environment["SEI_SIDECAR_IMAGE"] = "";
    environment["SEI_GENESIS_BUCKET"] = "";
    ChildProcess process{
        {.program = program(),
         .arguments =
             {"--kubeconfig=" + world_.access().kubeconfig.string(),
              "--leader-elect=false",
              "--metrics-bind-address=0",
              "--health-probe-bind-address=0"},
         .environment = environment,
         .log = log()}
    };
    EXPECT_EQ(ended(process), 1);
    EXPECT_THAT(process.log(), AllOf(HasSubstr("SEI_SIDECAR_IMAGE"), HasSubstr("SEI_GENESIS_BUCKET")));
}

TEST_F(OperatorProgram, says_what_is_wrong_with_a_broken_kubeconfig) {
    const auto broken = folder_.path() / "broken";
    support::write_file(broken, "apiVersion: v1\nkind: Config\ncurrent-context: nowhere\n");
    ChildProcess process{
        {.program = program(),
         .arguments = {"--kubeconfig=" + broken.string(), "--leader-elect=false"},
         .environment = world_.operator_environment(),
         .log = log()}
    };
    EXPECT_EQ(ended(process), 1);
    EXPECT_THAT(process.log(), AllOf(HasSubstr(broken.string()), HasSubstr("nowhere")));
}

TEST_F(OperatorProgram, refuses_an_unknown_flag_with_status_2) {
    ChildProcess process{
        {.program = program(),
         .arguments = {"--no-such-flag"},
         .environment = world_.operator_environment(),
         .log = log()}
    };
    EXPECT_EQ(ended(process), 2);
    EXPECT_THAT(process.log(), HasSubstr("no-such-flag"));
}

}  // namespace
