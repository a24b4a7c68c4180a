// The program sei-devcluster itself, as people start it: what it writes for kubectl works.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/backend.hpp"
#include "support/child_process.hpp"
#include "support/program_events.hpp"

namespace {

using namespace std::chrono_literals;
using support::ChildProcess;
using ::testing::HasSubstr;
using ::testing::Not;

class DevclusterProgram : public ::testing::Test {
protected:
    void SetUp() override {
        if (support::backend() != support::Backend::Embedded) GTEST_SKIP() << "it is the embedded backend";
        if (!support::kubectl()) GTEST_SKIP() << "no kubectl: tools/kubernetes/build makes one";
    }
    std::unique_ptr<ChildProcess> start(std::vector<std::string> flags) {
        flags.insert(flags.end(), {"--port=0", "--kubeconfig-out=" + kubeconfig().string()});
        auto process = std::make_unique<ChildProcess>(ChildProcess::Options{
            .program = std::filesystem::path{SEI_BINARY_DIR} / "bin" / "sei-devcluster",
            .arguments = std::move(flags),
            .environment = {},
            .log = folder_.path() / "sei-devcluster.log"
        });
        // The kubeconfig is written, by a rename, once the server answers.
        EXPECT_TRUE(
            support::wait_until(*process, folder_.path(), 30s, [this] { return std::filesystem::exists(kubeconfig()); })
        ) << "sei-devcluster did not start: "
          << process->log();
        return process;
    }
    support::Finished list_namespaces(std::vector<std::string> flags = {}) {
        flags.insert(flags.end(), {"--kubeconfig", kubeconfig().string(), "get", "namespaces", "-o", "name"});
        return support::run_to_end(
            {.program = *support::kubectl(),
             .arguments = std::move(flags),
             .environment = {{"HOME", folder_.path().string()}}},
            20s
        );
    }
    [[nodiscard]] std::filesystem::path kubeconfig() const { return folder_.path() / "kubeconfig"; }

    support::TemporaryFolder folder_;
};

TEST_F(DevclusterProgram, is_reached_over_tls_with_the_kubeconfig_that_it_writes) {
    const auto process = start({"--tls"});
    const support::Finished listed = list_namespaces();
    EXPECT_EQ(listed.status, 0) << listed.output;
    EXPECT_THAT(listed.output, HasSubstr("namespace/default"));
}

TEST_F(DevclusterProgram, is_not_reached_over_tls_with_another_token) {
    const auto process = start({"--tls"});
    const support::Finished listed = list_namespaces({"--token", "somebody-elses"});
    EXPECT_NE(listed.status, 0);
    EXPECT_THAT(listed.output, Not(HasSubstr("namespace/default")));
}

TEST_F(DevclusterProgram, asks_for_the_token_that_it_was_given) {
    const auto process = start({"--tls", "--token=agreed"});
    EXPECT_EQ(list_namespaces({"--token", "agreed"}).status, 0);
}

}  // namespace
