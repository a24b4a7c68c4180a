// The program sei-demo itself, as tools/demo starts it where there is no terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "support/backend.hpp"
#include "support/child_process.hpp"

namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::filesystem::path kSource{SEI_SOURCE_DIR};
const std::filesystem::path kBinaries = std::filesystem::path{SEI_BINARY_DIR} / "bin";

class DemoProgram : public ::testing::Test {
protected:
    void SetUp() override {
        if (support::backend() != support::Backend::Embedded) GTEST_SKIP() << "it brings the embedded cluster along";
    }
    static support::Finished demo_of(const std::string& sample, std::vector<std::string> flags = {}) {
        std::vector<std::string> arguments{
            "--binaries=" + kBinaries.string(),
            "--crds=" + (kSource / "config" / "crd").string(),
            "--sample=" + (kSource / "config" / "samples" / sample).string(),
            "--sidecar-task-ms=100"
        };
        arguments.insert(arguments.end(), flags.begin(), flags.end());
        return support::run_to_end(
            {.program = kBinaries / "sei-demo", .arguments = std::move(arguments), .environment = {}}, 120s
        );
    }
};

TEST_F(DemoProgram, tells_the_whole_life_of_a_fleet) {
    const support::Finished demo = demo_of("deployment.yaml");
    EXPECT_EQ(demo.status, 0) << demo.output;
    EXPECT_THAT(
        demo.output,
        AllOf(
            HasSubstr("fleet / fleet-2: Running"),
            HasSubstr("/ plan: coming up "),
            HasSubstr("fleet / plan: rollout 0/2"),
            HasSubstr("waits for its turn to get v6.6.0"),
            HasSubstr("the rollout was superseded"),
            HasSubstr("fleet: gone"),
            HasSubstr("the fleet is gone, and everything that it owned")
        )
    );
    EXPECT_THAT(demo.output, Not(HasSubstr("\x1b"))) << "control sequences belong on terminals";
}

TEST_F(DemoProgram, ends_with_two_lines_on_what_to_try_next) {
    const std::string output = demo_of("full-node.yaml").output;
    const std::size_t next = output.find("\nNext: ");
    ASSERT_NE(next, std::string::npos) << output;
    const std::string tail = output.substr(next + 1);
    EXPECT_EQ(std::ranges::count(tail, '\n'), 2) << tail;
    EXPECT_THAT(tail, HasSubstr("\nThen: "));
}

TEST_F(DemoProgram, shows_a_single_node_in_the_same_way) {
    const support::Finished demo = demo_of("full-node.yaml");
    EXPECT_EQ(demo.status, 0) << demo.output;
    EXPECT_THAT(demo.output, AllOf(HasSubstr("full-node / plan: coming up"), HasSubstr("full-node: gone")));
}

TEST_F(DemoProgram, says_what_is_wrong_with_a_sample_that_is_none) {
    const support::Finished demo = demo_of("no-such-file.yaml");
    EXPECT_EQ(demo.status, 1);
    EXPECT_THAT(demo.output, AllOf(HasSubstr("cannot read the sample"), HasSubstr("the logs are in")));
}

}  // namespace
