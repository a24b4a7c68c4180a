// What kubectl learns from discovery and OpenAPI, and what it then does: explain, diff, validate, merge.
//
// The same commands must give the same on the embedded cluster and on a real kube-apiserver.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "support/backend.hpp"
#include "support/child_process.hpp"
#include "support/kubectl_server.hpp"

namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kStatefulSet = R"(apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: main, image: "example.com/web:v1", env: [{name: A, value: a}, {name: B, value: b}]}
      - {name: side, image: "example.com/side:v1"}
)";

/// kubectl in a namespace of its own, on one server for the whole suite.
class KubectlDiscovery : public ::testing::Test {
protected:
    static void SetUpTestSuite() { server_ = std::make_unique<support::KubectlServer>(); }
    static void TearDownTestSuite() { server_.reset(); }

    void SetUp() override {
        if (!support::kubectl()) GTEST_SKIP() << "no kubectl: tools/kubernetes/build makes one";
        namespace_ = ::testing::UnitTest::GetInstance()->current_test_info()->name();
        std::ranges::replace(namespace_, '_', '-');
        namespace_.resize(std::min<std::size_t>(namespace_.size(), 60));
        namespace_ += "-x";
        const auto made = run({"create", "namespace", namespace_});
        ASSERT_EQ(made.status, 0) << made.output;
    }

    support::Finished run(std::vector<std::string> arguments) {
        std::vector<std::string> all{"--kubeconfig", server_->kubeconfig().string(), "--namespace", namespace_};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return support::run_to_end(
            {.program = *support::kubectl(),
             .arguments = std::move(all),
             .environment = {{"HOME", folder_.path().string()}}},
            std::chrono::seconds{60}
        );
    }

    boost::json::value get_raw(const std::string& path) {
        const support::Finished got = run({"get", "--raw", path});
        EXPECT_EQ(got.status, 0) << got.output;
        return boost::json::parse(got.output);
    }

    std::string manifest(std::string text, std::string_view what = "", std::string_view by = "") {
        if (!what.empty()) text.replace(text.find(what), what.size(), by);
        const auto path = folder_.path() / "manifest.yaml";
        support::write_file(path, text);
        return path.string();
    }

    static std::unique_ptr<support::KubectlServer>
        server_;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
    support::TemporaryFolder folder_;
    std::string namespace_;
};

std::unique_ptr<support::KubectlServer>
    KubectlDiscovery::server_;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

TEST_F(KubectlDiscovery, explains_a_field_of_a_custom_kind) {
    const auto explained = run({"explain", "seinode.spec"});
    EXPECT_EQ(explained.status, 0);
    EXPECT_THAT(
        explained.output,
        AllOf(
            ContainsRegex("GROUP: +sei.io"),
            ContainsRegex("KIND: +SeiNode"),
            ContainsRegex("chainId\t<string> -required-"),
            HasSubstr("The ID of the chain")
        )
    );
}

TEST_F(KubectlDiscovery, explains_all_fields_of_a_built_in_kind) {
    const auto explained = run({"explain", "sts", "--recursive"});
    EXPECT_EQ(explained.status, 0);
    EXPECT_THAT(
        explained.output,
        AllOf(
            HasSubstr("volumeClaimTemplates\t<[]PersistentVolumeClaim>"),
            HasSubstr("template\t<PodTemplateSpec> -required-"),
            ContainsRegex(" +containers\t<\\[\\]Container> -required-"),
            HasSubstr("managedFields\t<[]ManagedFieldsEntry>")
        )
    );
}

TEST_F(KubectlDiscovery, lists_resources_with_their_short_names) {
    const auto listed = run({"api-resources"});
    EXPECT_THAT(
        listed.output,
        AllOf(
            ContainsRegex("pods +po +v1 +true +Pod"),
            ContainsRegex("statefulsets +sts +apps/v1 +true +StatefulSet"),
            ContainsRegex("seinodes +snode +sei.io/v1alpha1 +true +SeiNode"),
            ContainsRegex("nodes +no +v1 +false +Node")
        )
    );
}

TEST_F(KubectlDiscovery, shows_a_difference_before_it_is_applied) {
    ASSERT_EQ(run({"apply", "-f", manifest(std::string{kStatefulSet})}).status, 0);
    const auto same = run({"diff", "-f", manifest(std::string{kStatefulSet})});
    EXPECT_EQ(same.status, 0) << same.output;
    const auto different = run({"diff", "-f", manifest(std::string{kStatefulSet}, "side:v1", "side:v2")});
    EXPECT_EQ(different.status, 1) << different.output;
    EXPECT_THAT(
        different.output,
        AllOf(HasSubstr("\n-      - image: example.com/side:v1"), HasSubstr("\n+      - image: example.com/side:v2"))
    );
}

TEST_F(KubectlDiscovery, merges_the_lists_of_a_built_in_kind_by_key) {
    ASSERT_EQ(run({"apply", "-f", manifest(std::string{kStatefulSet})}).status, 0);
    const auto applied = run({"apply", "-v=8", "-f", manifest(std::string{kStatefulSet}, "value: b", "value: c")});
    EXPECT_EQ(applied.status, 0);
    EXPECT_THAT(
        applied.output,
        AllOf(HasSubstr("application/strategic-merge-patch+json"), Not(HasSubstr("warning: error calculating patch")))
    );
    EXPECT_EQ(
        run({"get", "sts", "web", "-o", "jsonpath={.spec.template.spec.containers[*].env[*].value}"}).output, "a c"
    );
}

TEST_F(KubectlDiscovery, leaves_the_validation_of_fields_to_the_server) {
    const auto strict =
        run({"create", "--validate=strict", "-f", manifest(std::string{kStatefulSet}, "serviceName", "servceName")});
    EXPECT_NE(strict.status, 0);
    EXPECT_THAT(strict.output, AllOf(HasSubstr("strict decoding error"), HasSubstr("\"spec.servceName\"")));
    const auto warned = run(
        {"create", "--validate=warn", "-f", manifest(std::string{kStatefulSet}, "name: main,", "name: main, imgae: x,")}
    );
    EXPECT_EQ(warned.status, 0) << warned.output;
    EXPECT_THAT(warned.output, HasSubstr("Warning: unknown field \"spec.template.spec.containers[0].imgae\""));
}

TEST_F(KubectlDiscovery, gets_the_same_description_of_a_resource_from_every_server) {
    struct Case {
        std::string list;
        std::string_view name;
        std::string_view expected;
    };
    const std::vector<Case> cases{
        {"/api/v1",
         "namespaces",
         R"({"name":"namespaces","singularName":"namespace","namespaced":false,"kind":"Namespace",
             "verbs":["create","delete","get","list","patch","update","watch"],"shortNames":["ns"]})"},
        {"/apis/apps/v1",
         "statefulsets",
         R"({"name":"statefulsets","singularName":"statefulset","namespaced":true,"kind":"StatefulSet",
             "verbs":["create","delete","deletecollection","get","list","patch","update","watch"],
             "shortNames":["sts"],"categories":["all"]})"},
        {"/apis/apps/v1",
         "statefulsets/scale",
         R"({"name":"statefulsets/scale","singularName":"","namespaced":true,"group":"autoscaling","version":"v1",
             "kind":"Scale","verbs":["get","patch","update"]})"},
        {"/apis/sei.io/v1alpha1",
         "seinodes",
         R"({"name":"seinodes","singularName":"seinode","namespaced":true,"kind":"SeiNode",
             "verbs":["delete","deletecollection","get","list","patch","create","update","watch"],
             "shortNames":["snode"]})"},
        {"/apis/sei.io/v1alpha1",
         "seinodes/status",
         R"({"name":"seinodes/status","singularName":"","namespaced":true,"kind":"SeiNode",
             "verbs":["get","patch","update"]})"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const boost::json::value list = get_raw(c.list);
        boost::json::object found;
        for (const boost::json::value& resource : list.at("resources").as_array()) {
            if (resource.at("name").as_string() == c.name) found = resource.as_object();
        }
        found.erase("storageVersionHash");
        EXPECT_EQ(boost::json::value(found), boost::json::parse(c.expected));
    }
}

TEST_F(KubectlDiscovery, gets_the_same_schema_of_a_field_from_every_server) {
    struct Case {
        std::string document;
        std::string pointer;
        std::string_view expected;
    };
    const std::string schemas = "/components/schemas/";
    const std::vector<Case> cases{
        {"api/v1",
         schemas + "io.k8s.api.core.v1.PodSpec/properties/containers/x-kubernetes-list-map-keys",
         R"(["name"])"},
        {"api/v1",
         schemas + "io.k8s.api.core.v1.PodSpec/properties/volumes/x-kubernetes-patch-strategy",
         R"("merge,retainKeys")"},
        {"api/v1", schemas + "io.k8s.api.core.v1.PodSpec/required", R"(["containers"])"},
        {"apis/apps/v1", schemas + "io.k8s.api.apps.v1.StatefulSetSpec/required", R"(["selector","template"])"},
        {"apis/apps/v1", schemas + "io.k8s.api.apps.v1.StatefulSetSpec/properties/replicas/format", R"("int32")"},
        {"apis/sei.io/v1alpha1",
         schemas + "io.sei.v1alpha1.SeiNode/x-kubernetes-group-version-kind",
         R"([{"group":"sei.io","kind":"SeiNode","version":"v1alpha1"}])"},
        {"apis/sei.io/v1alpha1", schemas + "io.sei.v1alpha1.SeiNode/properties/spec/required", R"(["chainId","image"])"
        },
        {"apis/sei.io/v1alpha1",
         schemas + "io.sei.v1alpha1.SeiNodeList/properties/items/items/$ref",
         R"("#/components/schemas/io.sei.v1alpha1.SeiNode")"},
        {"apis/sei.io/v1alpha1",
         "/paths/~1apis~1sei.io~1v1alpha1~1namespaces~1{namespace}~1seinodes~1{name}/patch/operationId",
         R"("patchSeiIoV1alpha1NamespacedSeiNode")"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.pointer);
        const boost::json::value document = get_raw("/openapi/v3/" + c.document);
        EXPECT_EQ(document.at_pointer(c.pointer), boost::json::parse(c.expected));
    }
}

}  // namespace
