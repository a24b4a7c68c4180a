// The real kubectl, as a person uses it in daily work, against the backend's API server.
//
// The same commands must give the same on the embedded cluster and on a real kube-apiserver.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "support/backend.hpp"
#include "support/child_process.hpp"
#include "support/kubectl_server.hpp"
#include "support/program_events.hpp"

namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kNode = R"(apiVersion: sei.io/v1alpha1
kind: SeiNode
metadata: {name: NAME, labels: {team: infra}}
spec: {chainId: pacific-1, image: "example.com/seid:v1", fullNode: {}}
)";

/// kubectl in a namespace of its own, on one server for the whole suite.
class Kubectl : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        server_ = std::make_unique<support::KubectlServer>();
        home_ = std::make_unique<support::TemporaryFolder>();
    }
    static void TearDownTestSuite() {
        server_.reset();
        home_.reset();
    }

    void SetUp() override {
        if (!support::kubectl()) GTEST_SKIP() << "no kubectl: tools/kubernetes/build makes one";
        static int count = 0;
        namespace_ = fmt::format("kubectl-{}", ++count);
        const auto made = run({"create", "namespace", namespace_});
        ASSERT_EQ(made.status, 0) << made.output;
    }

    support::ChildProcess::Options command(std::vector<std::string> arguments) {
        std::vector<std::string> all{"--kubeconfig", server_->kubeconfig().string(), "--namespace", namespace_};
        if (namespace_.empty()) all.resize(2);
        all.insert(all.end(), arguments.begin(), arguments.end());
        return {
            .program = *support::kubectl(),
            .arguments = std::move(all),
            .environment = {{"HOME", home_->path().string()}}
        };
    }

    support::Finished run(std::vector<std::string> arguments) {
        return support::run_to_end(command(std::move(arguments)), std::chrono::seconds{60});
    }

    std::string manifest(std::string_view text, const std::string& name) {
        std::string filled{text};
        const auto at = filled.find("NAME");
        if (at != std::string::npos) filled.replace(at, 4, name);
        const auto path = folder_.path() / (name + ".yaml");
        support::write_file(path, filled);
        return path.string();
    }

    void apply_node(const std::string& name) {
        const auto applied = run({"apply", "-f", manifest(kNode, name)});
        ASSERT_EQ(applied.status, 0) << applied.output;
    }

    // NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
    static std::unique_ptr<support::KubectlServer> server_;
    /// What kubectl remembers of the server from one command to the next.
    static std::unique_ptr<support::TemporaryFolder> home_;
    // NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)
    support::TemporaryFolder folder_;
    std::string namespace_;
};

// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
std::unique_ptr<support::KubectlServer> Kubectl::server_;
std::unique_ptr<support::TemporaryFolder> Kubectl::home_;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

TEST_F(Kubectl, applies_a_manifest_then_applies_it_again_unchanged) {
    const std::string file = manifest(kNode, "n0");
    EXPECT_THAT(run({"apply", "-f", file}).output, HasSubstr("seinode.sei.io/n0 created"));
    EXPECT_THAT(run({"apply", "-f", file}).output, HasSubstr("seinode.sei.io/n0 unchanged"));
}

TEST_F(Kubectl, applies_a_changed_manifest_as_a_change_of_just_that_field) {
    apply_node("n0");
    std::string changed{kNode};
    changed.replace(changed.find("seid:v1"), 7, "seid:v2");
    EXPECT_THAT(run({"apply", "-f", manifest(changed, "n0")}).output, HasSubstr("configured"));
    EXPECT_EQ(run({"get", "snode", "n0", "-o", "jsonpath={.spec.image}"}).output, "example.com/seid:v2");
}

TEST_F(Kubectl, applies_server_side_as_a_named_manager) {
    const auto applied = run({"apply", "--server-side", "--field-manager=ops", "-f", manifest(kNode, "n0")});
    EXPECT_THAT(applied.output, HasSubstr("serverside-applied"));
    EXPECT_THAT(run({"get", "snode", "n0", "--show-managed-fields", "-o", "yaml"}).output, HasSubstr("manager: ops"));
}

TEST_F(Kubectl, is_told_of_a_conflict_when_another_manager_owns_a_field) {
    ASSERT_EQ(run({"apply", "--server-side", "--field-manager=ops", "-f", manifest(kNode, "n0")}).status, 0);
    std::string changed{kNode};
    changed.replace(changed.find("seid:v1"), 7, "seid:v2");
    const auto refused = run({"apply", "--server-side", "--field-manager=other", "-f", manifest(changed, "n0")});
    EXPECT_NE(refused.status, 0);
    EXPECT_THAT(refused.output, AllOf(HasSubstr("conflict with \"ops\""), HasSubstr(".spec.image")));
}

TEST_F(Kubectl, creates_an_object_once) {
    EXPECT_THAT(run({"create", "-f", manifest(kNode, "n0")}).output, HasSubstr("created"));
    const auto again = run({"create", "-f", manifest(kNode, "n0")});
    EXPECT_NE(again.status, 0);
    EXPECT_THAT(again.output, HasSubstr("seinodes.sei.io \"n0\" already exists"));
}

TEST_F(Kubectl, creates_a_config_map_from_literals) {
    ASSERT_EQ(run({"create", "configmap", "settings", "--from-literal=level=info"}).status, 0);
    EXPECT_EQ(run({"get", "configmap", "settings", "-o", "jsonpath={.data.level}"}).output, "info");
}

TEST_F(Kubectl, prints_a_table_with_the_columns_of_the_kind) {
    apply_node("n0");
    const auto table = run({"get", "seinodes"});
    EXPECT_THAT(table.output, AllOf(ContainsRegex("NAME +PHASE +AGE"), HasSubstr("n0")));
}

TEST_F(Kubectl, prints_more_columns_when_asked_for_wide) {
    apply_node("n0");
    EXPECT_THAT(run({"get", "seinodes", "-o", "wide"}).output, ContainsRegex("NAME +PHASE +STATEFULSET +AGE"));
}

TEST_F(Kubectl, prints_an_object_as_yaml) {
    apply_node("n0");
    EXPECT_THAT(
        run({"get", "seinode", "n0", "-o", "yaml"}).output,
        AllOf(HasSubstr("kind: SeiNode"), HasSubstr("fullNode: {}"), HasSubstr("generation: 1"), HasSubstr("uid: "))
    );
}

TEST_F(Kubectl, selects_by_label) {
    apply_node("n0");
    EXPECT_THAT(run({"get", "seinodes", "-l", "team=infra"}).output, HasSubstr("n0"));
    EXPECT_THAT(run({"get", "seinodes", "-l", "team!=infra"}).output, HasSubstr("No resources found"));
}

TEST_F(Kubectl, selects_by_field) {
    apply_node("n0");
    apply_node("n1");
    const auto one = run({"get", "seinodes", "--field-selector", "metadata.name=n1"});
    EXPECT_THAT(one.output, AllOf(HasSubstr("n1"), Not(HasSubstr("n0"))));
}

TEST_F(Kubectl, lists_all_namespaces) {
    apply_node("n0");
    EXPECT_THAT(run({"get", "seinodes", "-A"}).output, ContainsRegex(namespace_ + " +n0"));
}

TEST_F(Kubectl, watches_an_object_appear) {
    const auto log = folder_.path() / "watch.log";
    support::ChildProcess watching{
        {.program = *support::kubectl(),
         .arguments =
             {"--kubeconfig",
              server_->kubeconfig().string(),
              "-n",
              namespace_,
              "wait",
              "--for=create",
              "seinode/n0",
              "--timeout=30s"},
         .environment = {{"HOME", home_->path().string()}},
         .log = log}
    };
    apply_node("n0");
    EXPECT_EQ(watching.wait(std::chrono::seconds{30}), 0) << watching.log();
}

TEST_F(Kubectl, prints_each_change_of_a_watched_object) {
    // From a version on: without one the real server first waits for its own cache to reach the newest version of
    // every kind, and gives up after three seconds when nothing is written meanwhile.
    const std::string nodes = "/apis/sei.io/v1alpha1/namespaces/" + namespace_ + "/seinodes";
    const std::string version =
        run({"get", "seinodes", "--chunk-size=0", "-o", "jsonpath={.metadata.resourceVersion}"}).output;
    apply_node("n0");
    // The watch stays open until it has told of it. It is begun anew only where the server ends it: a real one was seen
    // to hear nothing from its store for a minute, and to answer that the version is too large, every three seconds.
    const auto log = folder_.path() / "changes.log";
    support::write_file(log, "");
    const auto is_told = [&] {
        const std::string text = support::read_file(log);
        return text.contains("\"ADDED\"") && text.ends_with('\n');
    };
    bool is_ended = true;
    for (int watches = 0; watches < 60 && is_ended && !is_told(); ++watches) {
        auto options = command({"get", "--raw", nodes + "?watch=true&resourceVersion=" + version});
        options.log = log;
        support::ChildProcess watching{std::move(options)};
        (void)support::wait_until(watching, folder_.path(), std::chrono::seconds{60}, is_told);
        is_ended = watching.wait(std::chrono::milliseconds{0}) == 0;
    }
    EXPECT_THAT(support::read_file(log), AllOf(HasSubstr("\"type\":\"ADDED\""), HasSubstr("\"name\":\"n0\"")));
}

TEST_F(Kubectl, follows_with_get_w_until_it_is_stopped) {
    apply_node("n0");
    const auto log = folder_.path() / "follow.log";
    support::ChildProcess following{
        {.program = *support::kubectl(),
         .arguments =
             {"--kubeconfig",
              server_->kubeconfig().string(),
              "-n",
              namespace_,
              "get",
              "seinode",
              "n0",
              "-w",
              "--request-timeout=60s"},
         .environment = {{"HOME", home_->path().string()}},
         .log = log}
    };
    // It is stopped once it has said something.
    EXPECT_TRUE(support::wait_until(following, folder_.path(), std::chrono::seconds{60}, [&] {
        return following.log().contains("n0");
    }));
    following.signal(SIGINT);
    (void)following.wait(std::chrono::seconds{20});
    EXPECT_THAT(following.log(), AllOf(ContainsRegex("NAME +PHASE +AGE"), HasSubstr("n0")));
}

TEST_F(Kubectl, describes_an_object_with_its_events) {
    apply_node("n0");
    const std::string uid = run({"get", "seinode", "n0", "-o", "jsonpath={.metadata.uid}"}).output;
    const std::string event = fmt::format(
        "apiVersion: v1\nkind: Event\nmetadata: {{name: n0.1}}\n"
        "involvedObject: {{apiVersion: sei.io/v1alpha1, kind: SeiNode, name: n0, namespace: {}, uid: {}}}\n"
        "reason: PhaseTransition\nmessage: Phase changed from  to Initializing\ntype: Normal\n"
        "firstTimestamp: \"2026-01-01T00:00:00Z\"\nlastTimestamp: \"2026-01-01T00:00:00Z\"\ncount: 1\nsource: "
        "{{component: test}}\n",
        namespace_,
        uid
    );
    const auto created = run({"create", "-f", manifest(event, "event")});
    ASSERT_EQ(created.status, 0) << created.output;
    EXPECT_THAT(
        run({"describe", "seinode", "n0"}).output,
        AllOf(ContainsRegex("Name: +n0"), HasSubstr("Full Node:"), ContainsRegex("Normal +PhaseTransition"))
    );
}

TEST_F(Kubectl, lists_events) {
    const std::string event = fmt::format(
        "apiVersion: v1\nkind: Event\nmetadata: {{name: e.1}}\n"
        "involvedObject: {{apiVersion: v1, kind: ConfigMap, name: settings, namespace: {}}}\n"
        "reason: Changed\nmessage: a setting changed\ntype: Warning\n"
        "firstTimestamp: \"2026-01-01T00:00:00Z\"\nlastTimestamp: \"2026-01-01T00:00:00Z\"\ncount: 2\nsource: "
        "{{component: test}}\n",
        namespace_
    );
    ASSERT_EQ(run({"create", "-f", manifest(event, "event")}).status, 0);
    EXPECT_THAT(
        run({"events"}).output, AllOf(HasSubstr("Warning"), HasSubstr("Changed"), HasSubstr("ConfigMap/settings"))
    );
    EXPECT_THAT(run({"get", "events"}).output, AllOf(HasSubstr("Warning"), HasSubstr("a setting changed")));
}

TEST_F(Kubectl, waits_for_a_condition) {
    apply_node("n0");
    const auto patched = run(
        {"patch",
         "seinode",
         "n0",
         "--subresource=status",
         "--type=merge",
         "-p",
         R"({"status":{"conditions":[{"type":"SidecarReady","status":"True","reason":"Ready","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}})"
        }
    );
    ASSERT_EQ(patched.status, 0) << patched.output;
    EXPECT_THAT(
        run({"wait", "--for=condition=SidecarReady", "seinode/n0", "--timeout=10s"}).output, HasSubstr("condition met")
    );
}

TEST_F(Kubectl, waits_for_a_field) {
    apply_node("n0");
    ASSERT_EQ(
        run({"patch", "seinode", "n0", "--subresource=status", "--type=merge", "-p", R"({"status":{"phase":"Running"}})"
            })
            .status,
        0
    );
    EXPECT_EQ(run({"wait", "--for=jsonpath={.status.phase}=Running", "seinode/n0", "--timeout=10s"}).status, 0);
}

TEST_F(Kubectl, patches_with_a_merge_patch) {
    apply_node("n0");
    EXPECT_THAT(
        run({"patch", "seinode", "n0", "--type=merge", "-p", R"({"spec":{"paused":true}})"}).output,
        HasSubstr("patched")
    );
    EXPECT_EQ(run({"get", "snode", "n0", "-o", "jsonpath={.spec.paused} {.metadata.generation}"}).output, "true 2");
}

TEST_F(Kubectl, patches_with_a_json_patch) {
    apply_node("n0");
    const auto patched = run(
        {"patch",
         "seinode",
         "n0",
         "--type=json",
         "-p",
         R"([{"op":"replace","path":"/spec/image","value":"example.com/seid:v9"}])"}
    );
    EXPECT_EQ(patched.status, 0) << patched.output;
    EXPECT_EQ(run({"get", "snode", "n0", "-o", "jsonpath={.spec.image}"}).output, "example.com/seid:v9");
}

TEST_F(Kubectl, patches_a_built_in_kind_strategically) {
    const std::string service =
        "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {clusterIP: None, ports: [{name: a, port: 1}], "
        "selector: {app: s}}\n";
    ASSERT_EQ(run({"apply", "-f", manifest(service, "s")}).status, 0);
    const auto patched = run({"patch", "service", "s", "-p", R"({"spec":{"ports":[{"name":"b","port":2}]}})"});
    EXPECT_EQ(patched.status, 0) << patched.output;
    EXPECT_EQ(run({"get", "service", "s", "-o", "jsonpath={.spec.ports[*].name}"}).output, "b a");
}

TEST_F(Kubectl, labels_and_annotates) {
    apply_node("n0");
    EXPECT_EQ(run({"label", "seinode", "n0", "tier=gold"}).status, 0);
    EXPECT_EQ(run({"annotate", "seinode", "n0", "note=hello"}).status, 0);
    EXPECT_EQ(
        run({"get", "snode", "n0", "-o", "jsonpath={.metadata.labels.tier} {.metadata.annotations.note}"}).output,
        "gold hello"
    );
}

TEST_F(Kubectl, deletes_and_waits_until_the_object_is_gone) {
    apply_node("n0");
    EXPECT_THAT(run({"delete", "seinode", "n0", "--timeout=30s"}).output, HasSubstr("deleted"));
    EXPECT_THAT(run({"get", "seinode", "n0"}).output, HasSubstr("seinodes.sei.io \"n0\" not found"));
}

TEST_F(Kubectl, is_told_which_field_is_wrong) {
    const auto refused = run(
        {"apply",
         "-f",
         manifest(
             "apiVersion: sei.io/v1alpha1\nkind: SeiNode\nmetadata: {name: bad}\nspec: {chainId: c, image: i}\n", "bad"
         )}
    );
    EXPECT_NE(refused.status, 0);
    EXPECT_THAT(refused.output, AllOf(HasSubstr("SeiNode"), HasSubstr("\"bad\" is invalid"), HasSubstr("spec")));
}

TEST_F(Kubectl, is_told_of_an_unknown_field) {
    std::string typo{kNode};
    typo.replace(typo.find("image:"), 6, "imagee: x, image:");
    const auto refused = run({"apply", "-f", manifest(typo, "bad")});
    EXPECT_NE(refused.status, 0);
    EXPECT_THAT(refused.output, HasSubstr("unknown field \"spec.imagee\""));
}

TEST_F(Kubectl, lists_the_resource_types_of_the_server) {
    EXPECT_THAT(
        run({"api-resources", "--api-group=sei.io"}).output,
        ContainsRegex("seinodes +snode +sei.io/v1alpha1 +true +SeiNode")
    );
}

}  // namespace
