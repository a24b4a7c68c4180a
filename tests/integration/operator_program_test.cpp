// The program sei-operator itself, as a process of its own: started, killed, stopped, and told nonsense.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kube/http/certificates.hpp"
#include "support/backend.hpp"
#include "support/child_process.hpp"
#include "support/program_events.hpp"
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
    /// `instead` replaces variables of the environment that a working operator has here.
    std::unique_ptr<ChildProcess> start(
        std::vector<std::string> metrics_flags = {"--metrics-bind-address=0"},
        const std::map<std::string, std::string>& instead = {}
    ) {
        std::map<std::string, std::string> environment = world_.operator_environment();
        for (const auto& [name, value] : instead) environment[name] = value;
        std::vector<std::string> arguments = {
            "--kubeconfig=" + world_.access().kubeconfig.string(),
            "--leader-elect=false",
            "--health-probe-bind-address=127.0.0.1:0"
        };
        arguments.insert(arguments.end(), metrics_flags.begin(), metrics_flags.end());
        auto process = std::make_unique<ChildProcess>(ChildProcess::Options{
            .program = program(), .arguments = std::move(arguments), .environment = std::move(environment), .log = log()
        });
        events_ = std::make_unique<support::ProgramEvents>(world_.loop(), *process, folder_.path());
        return process;
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
    std::unique_ptr<support::ProgramEvents> events_;
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
    const auto process = start({"--metrics-bind-address=0"}, {{"SEI_SIDECAR_IMAGE", ""}, {"SEI_GENESIS_BUCKET", ""}});
    EXPECT_EQ(ended(*process), 1);
    EXPECT_THAT(
        process->log(), AllOf(HasSubstr("SEI_SIDECAR_IMAGE is required"), HasSubstr("SEI_GENESIS_BUCKET is required"))
    );
}

TEST_F(OperatorProgram, says_that_a_certificate_without_secure_metrics_is_not_used) {
    const auto process = start({"--metrics-bind-address=127.0.0.1:0", "--metrics-cert-path=/etc/metrics-certs"});
    EXPECT_TRUE(world_.run_until("it says so", [&] {
        return process->log().contains("--metrics-cert-path is given without --metrics-secure");
    })) << process->log();
}

TEST_F(OperatorProgram, refuses_a_quantity_that_does_not_parse) {
    const auto process = start(
        {"--metrics-bind-address=0"}, {{"SEI_STORAGE_SIZE_DEFAULT", "2000 Gi"}, {"SEI_RESOURCE_CPU_ARCHIVE", "many"}}
    );
    EXPECT_EQ(ended(*process), 1);
    EXPECT_THAT(
        process->log(),
        AllOf(HasSubstr("SEI_STORAGE_SIZE_DEFAULT"), HasSubstr("2000 Gi"), HasSubstr("SEI_RESOURCE_CPU_ARCHIVE"))
    );
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

TEST_F(OperatorProgram, serves_secure_metrics_to_whom_the_api_server_allows) {
    if (!support::kubectl()) GTEST_SKIP() << "no kubectl: tools/kubernetes/build makes one";
    if (support::backend() == support::Backend::Embedded) GTEST_SKIP() << "the embedded API server reviews nobody";
    const kube::CertificateAuthority authority{"metrics", 1h};
    const kube::CertificateAndKey certificate = authority.issue_for_server({"127.0.0.1"});
    support::write_file(folder_.path() / "ca.crt", authority.certificate_pem());
    support::write_file(folder_.path() / "tls.crt", certificate.certificate_pem);
    support::write_file(folder_.path() / "tls.key", certificate.key_pem);
    const auto process = start(
        {"--metrics-secure", "--metrics-bind-address=127.0.0.1:0", "--metrics-cert-path=" + folder_.path().string()}
    );
    std::string port;
    ASSERT_TRUE(world_.run_until("the metrics are served", [&] {
        constexpr std::string_view line = "\"Serving metrics server\",\"port\":";
        const std::string text = process->log();
        const std::size_t at = text.find(line);
        if (at == std::string::npos) return false;
        port = text.substr(at + line.size(), text.find_first_not_of("0123456789", at + line.size()) - at - line.size());
        return true;
    })) << process->log();
    const auto scraped = [&](const std::string& token) {
        ChildProcess kubectl{
            {.program = *support::kubectl(),
             .arguments =
                 {"--server=https://127.0.0.1:" + port,
                  "--certificate-authority=" + (folder_.path() / "ca.crt").string(),
                  "--token=" + token,
                  "get",
                  "--raw",
                  "/metrics"},
             .environment = {{"HOME", folder_.path().string()}},
             .log = folder_.path() / ("kubectl-" + token + ".log")}
        };
        (void)ended(kubectl);
        return kubectl.log();
    };
    EXPECT_THAT(scraped("admin"), HasSubstr("workqueue_depth"));
    EXPECT_THAT(scraped("nobody"), HasSubstr("You must be logged in to the server"));
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
