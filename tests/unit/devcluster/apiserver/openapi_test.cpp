#include "devcluster/apiserver/openapi.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "served_core.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Object;
using kube::json::Value;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr std::string_view kWidgetSchema = R"({"type":"object","description":"A widget.","properties":{
    "spec":{"type":"object","required":["size"],"properties":{
        "size":{"type":"integer","minimum":1},
        "template":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}}}})";

class OpenApi : public ::testing::Test {
protected:
    std::string text_at(std::string target) {
        const Reply reply = openapi(served.core, ServedCore::get(std::move(target), "application/json"));
        EXPECT_EQ(reply.status, 200u);
        EXPECT_EQ(reply.content_type, "application/json");
        return reply.body;
    }
    Value ask(std::string target) { return boost::json::parse(text_at(std::move(target))); }
    unsigned code_of(std::string target) {
        try {
            return openapi(served.core, ServedCore::get(std::move(target))).status;
        } catch (const StatusError& error) {
            return error.code();
        }
    }
    static const Object& schema_in(const Value& document, std::string_view name) {
        return document.at("components").at("schemas").at(name).as_object();
    }
    std::string url_of(std::string_view group_version) {
        const Value index = ask("/openapi/v3");
        return std::string{index.at("paths").at(group_version).at("serverRelativeURL").as_string()};
    }

    ServedCore served;
};

/// All that a document refers to and does not contain.
void find_dangling(const Value& value, const Object& schemas, std::set<std::string>& dangling) {
    constexpr std::string_view prefix = "#/components/schemas/";
    if (value.is_array()) {
        for (const Value& element : value.get_array()) find_dangling(element, schemas, dangling);
    } else if (value.is_object()) {
        for (const auto& [key, below] : value.get_object()) {
            if (key == "$ref" && below.is_string()) {
                const std::string_view target = below.get_string();
                if (!target.starts_with(prefix) || !schemas.contains(target.substr(prefix.size()))) {
                    dangling.emplace(target);
                }
            } else {
                find_dangling(below, schemas, dangling);
            }
        }
    }
}

TEST_F(OpenApi, lists_each_group_version_with_a_relative_url) {
    EXPECT_THAT(url_of("apis/apps/v1"), MatchesRegex("/openapi/v3/apis/apps/v1\\?hash=[0-9A-F]+"));
    EXPECT_THAT(url_of("api/v1"), MatchesRegex("/openapi/v3/api/v1\\?hash=[0-9A-F]+"));
}

TEST_F(OpenApi, refers_only_to_schemas_that_its_documents_contain) {
    served.serve_widgets(kWidgetSchema);
    const Value index = ask("/openapi/v3");
    ASSERT_GT(index.at("paths").as_object().size(), 8u);
    for (const auto& [name, entry] : index.at("paths").as_object()) {
        SCOPED_TRACE(std::string{name});
        const Value document = ask(std::string{entry.at("serverRelativeURL").as_string()});
        std::set<std::string> dangling;
        find_dangling(document, document.at("components").at("schemas").as_object(), dangling);
        EXPECT_EQ(dangling, std::set<std::string>{});
        EXPECT_FALSE(document.at("paths").as_object().empty());
    }
}

TEST_F(OpenApi, names_a_built_in_kind_by_its_package) {
    const Value document = ask("/openapi/v3/apis/apps/v1");
    const Object& stateful_set = schema_in(document, "io.k8s.api.apps.v1.StatefulSet");
    EXPECT_EQ(
        stateful_set.at("x-kubernetes-group-version-kind"),
        boost::json::parse(R"([{"group":"apps","version":"v1","kind":"StatefulSet"}])")
    );
}

TEST_F(OpenApi, describes_the_fields_of_built_in_kinds_as_kube_apiserver_does) {
    struct Case {
        std::string_view behaviour;
        std::string document;
        std::string schema;
        std::string field;
        std::string_view expected;
    };
    const std::vector<Case> cases{
        {"an integer has its width",
         "apis/apps/v1",
         "io.k8s.api.apps.v1.StatefulSetSpec",
         "replicas",
         R"({"type":"integer","format":"int32"})"},
        {"a list that is merged by key says so, for apply on either side",
         "api/v1",
         "io.k8s.api.core.v1.PodSpec",
         "containers",
         R"({"type":"array","items":{"$ref":"#/components/schemas/io.k8s.api.core.v1.Container"},
             "x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],
             "x-kubernetes-patch-strategy":"merge","x-kubernetes-patch-merge-key":"name"})"},
        {"a list whose elements keep only the keys of the patch says so",
         "api/v1",
         "io.k8s.api.core.v1.PodSpec",
         "volumes",
         R"({"type":"array","items":{"$ref":"#/components/schemas/io.k8s.api.core.v1.Volume"},
             "x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],
             "x-kubernetes-patch-strategy":"merge,retainKeys","x-kubernetes-patch-merge-key":"name"})"},
        {"a key with a default is part of the identity",
         "api/v1",
         "io.k8s.api.core.v1.ContainerPort",
         "protocol",
         R"({"type":"string","default":"TCP"})"},
        {"a list of plain values is atomic",
         "api/v1",
         "io.k8s.api.core.v1.Container",
         "args",
         R"({"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"atomic"})"},
        {"finalizers are a set",
         "api/v1",
         "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
         "finalizers",
         R"({"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"set",
             "x-kubernetes-patch-strategy":"merge"})"},
        {"a map may be atomic",
         "api/v1",
         "io.k8s.api.core.v1.PodSpec",
         "nodeSelector",
         R"({"type":"object","additionalProperties":{"type":"string"},"x-kubernetes-map-type":"atomic"})"},
        {"quantities are types of their own",
         "api/v1",
         "io.k8s.api.core.v1.ResourceRequirements",
         "limits",
         R"({"type":"object","additionalProperties":{
             "$ref":"#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"}})"},
        {"bytes are base64",
         "api/v1",
         "io.k8s.api.core.v1.Secret",
         "data",
         R"({"type":"object","additionalProperties":{"type":"string","format":"byte"}})"},
        {"a schema inside a definition is described too",
         "apis/apiextensions.k8s.io/v1",
         "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceValidation",
         "openAPIV3Schema",
         R"({"$ref":
             "#/components/schemas/io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"})"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        const Value document = ask("/openapi/v3/" + c.document);
        EXPECT_EQ(schema_in(document, c.schema).at("properties").at(c.field), boost::json::parse(c.expected));
    }
}

TEST_F(OpenApi, requires_what_kube_apiserver_requires) {
    struct Case {
        std::string schema;
        std::string_view required;
    };
    const std::vector<Case> cases{
        {"StatefulSetSpec", R"(["selector","template"])"},
        {"StatefulSetStatus", R"(["replicas"])"},
    };
    const Value document = ask("/openapi/v3/apis/apps/v1");
    for (const Case& c : cases) {
        SCOPED_TRACE(c.schema);
        EXPECT_EQ(schema_in(document, "io.k8s.api.apps.v1." + c.schema).at("required"), boost::json::parse(c.required));
    }
}

TEST_F(OpenApi, tells_that_the_server_validates_fields) {
    served.serve_widgets(kWidgetSchema);
    struct Case {
        std::string document;
        std::string path;
    };
    const std::vector<Case> cases{
        {"api/v1", "/api/v1/namespaces/{name}"},
        {"apis/apps/v1", "/apis/apps/v1/namespaces/{namespace}/statefulsets/{name}"},
        {"apis/example.com/v1", "/apis/example.com/v1/namespaces/{namespace}/widgets/{name}"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.path);
        const Value patch = ask("/openapi/v3/" + c.document).at("paths").at(c.path).at("patch");
        for (const char* parameter : {"fieldValidation", "dryRun", "fieldManager", "force"}) {
            EXPECT_EQ(find_in(patch.at("parameters"), "name", parameter).at("in"), "query");
        }
    }
}

TEST_F(OpenApi, offers_strategic_merge_for_built_in_kinds_alone) {
    served.serve_widgets(kWidgetSchema);
    const Value apps = ask("/openapi/v3/apis/apps/v1");
    const Value widgets = ask("/openapi/v3/apis/example.com/v1");
    const auto bodies = [](const Value& document, std::string_view path) {
        return boost::json::serialize(document.at("paths").at(path).at("patch").at("requestBody").at("content"));
    };
    EXPECT_THAT(
        bodies(apps, "/apis/apps/v1/namespaces/{namespace}/statefulsets/{name}"),
        HasSubstr("application/strategic-merge-patch+json")
    );
    EXPECT_THAT(
        bodies(widgets, "/apis/example.com/v1/namespaces/{namespace}/widgets/{name}"),
        ::testing::AllOf(
            HasSubstr("application/apply-patch+yaml"), ::testing::Not(HasSubstr("application/strategic-merge-patch"))
        )
    );
}

TEST_F(OpenApi, names_operations_as_kube_apiserver_does) {
    served.serve_widgets(kWidgetSchema);
    struct Case {
        std::string document;
        std::string path;
        std::string method;
        std::string_view id;
    };
    const std::vector<Case> cases{
        {"api/v1", "/api/v1/namespaces", "get", "listCoreV1Namespace"},
        {"api/v1", "/api/v1/pods", "get", "listCoreV1PodForAllNamespaces"},
        {"api/v1", "/api/v1/namespaces/{name}/finalize", "put", "replaceCoreV1NamespaceFinalize"},
        {"apis/apps/v1",
         "/apis/apps/v1/namespaces/{namespace}/statefulsets",
         "delete",
         "deleteAppsV1CollectionNamespacedStatefulSet"},
        {"apis/apps/v1",
         "/apis/apps/v1/namespaces/{namespace}/statefulsets/{name}/scale",
         "patch",
         "patchAppsV1NamespacedStatefulSetScale"},
        {"apis/rbac.authorization.k8s.io/v1",
         "/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}",
         "get",
         "readRbacAuthorizationV1ClusterRole"},
        {"apis/example.com/v1",
         "/apis/example.com/v1/namespaces/{namespace}/widgets",
         "post",
         "createExampleComV1NamespacedWidget"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.id);
        EXPECT_EQ(ask("/openapi/v3/" + c.document).at("paths").at(c.path).at(c.method).at("operationId"), Value(c.id));
    }
}

TEST_F(OpenApi, tells_the_kind_at_each_path) {
    const Value paths = ask("/openapi/v3/apis/apps/v1").at("paths");
    const std::string object = "/apis/apps/v1/namespaces/{namespace}/statefulsets/{name}";
    EXPECT_EQ(
        paths.at(object).at("patch").at("x-kubernetes-group-version-kind"),
        boost::json::parse(R"({"group":"apps","version":"v1","kind":"StatefulSet"})")
    );
    EXPECT_EQ(
        paths.at(object + "/scale").at("put").at("x-kubernetes-group-version-kind"),
        boost::json::parse(R"({"group":"autoscaling","version":"v1","kind":"Scale"})")
    );
}

TEST_F(OpenApi, describes_a_custom_kind_with_the_schema_of_its_definition) {
    served.serve_widgets(kWidgetSchema);
    const Value document = ask("/openapi/v3/apis/example.com/v1");
    const Object& widget = schema_in(document, "com.example.v1.Widget");
    EXPECT_EQ(widget.at("description"), "A widget.");
    EXPECT_EQ(
        widget.at("x-kubernetes-group-version-kind"),
        boost::json::parse(R"([{"group":"example.com","version":"v1","kind":"Widget"}])")
    );
    EXPECT_EQ(
        at(widget.at("properties"), "/spec/properties/size"), boost::json::parse(R"({"type":"integer","minimum":1})")
    );
    EXPECT_EQ(
        at(widget.at("properties"), "/metadata/allOf/0/$ref"),
        "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    );
    EXPECT_EQ(at(widget.at("properties"), "/spec/properties/template/properties/kind/type"), "string");
    EXPECT_EQ(
        at(schema_in(document, "com.example.v1.WidgetList").at("properties"), "/items/items/$ref"),
        "#/components/schemas/com.example.v1.Widget"
    );
}

TEST_F(OpenApi, describes_a_custom_kind_without_a_schema_as_any_object) {
    served.serve("v1");
    const Value document = ask("/openapi/v3/apis/example.com/v1");
    EXPECT_EQ(schema_in(document, "com.example.v1.Widget").at("type"), "object");
    EXPECT_FALSE(schema_in(document, "com.example.v1.Widget").contains("properties"));
}

TEST_F(OpenApi, changes_the_hash_with_the_definition) {
    served.serve_widgets(kWidgetSchema);
    const std::string before = url_of("apis/example.com/v1");
    served.serve_widgets(R"({"type":"object"})", 2);
    EXPECT_NE(url_of("apis/example.com/v1"), before);
    EXPECT_THAT(text_at("/openapi/v3/apis/example.com/v1"), ::testing::Not(HasSubstr("A widget.")));
}

TEST_F(OpenApi, keeps_the_hash_of_a_group_when_another_one_changes) {
    const std::string before = url_of("apis/apps/v1");
    served.serve_widgets(kWidgetSchema);
    EXPECT_EQ(url_of("apis/apps/v1"), before);
}

TEST_F(OpenApi, makes_a_document_once) {
    const std::string first = text_at("/openapi/v3/apis/apps/v1");
    served.serve_widgets(kWidgetSchema);
    EXPECT_EQ(text_at("/openapi/v3/apis/apps/v1?hash=stale&timeout=32s"), first);
    EXPECT_EQ(served.core.documents.made_count(), 1u);
}

TEST_F(OpenApi, makes_nothing_before_it_is_asked) {
    served.serve_widgets(kWidgetSchema);
    EXPECT_EQ(served.core.documents.made_count(), 0u);
}

TEST_F(OpenApi, answers_404_for_what_is_not_served) {
    for (const char* target :
         {"/openapi", "/openapi/v2", "/openapi/v3/apis/nope/v1", "/openapi/v3/api/v2", "/openapi/v3/apis/apps"}) {
        SCOPED_TRACE(target);
        EXPECT_EQ(code_of(target), 404u);
    }
}

}  // namespace
}  // namespace devcluster::apiserver
