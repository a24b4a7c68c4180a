#include "devcluster/apiserver/discovery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_core.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Value;
using ::testing::HasSubstr;

constexpr std::string_view kAggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
/// What kubectl and client-go send.
constexpr std::string_view kClient =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

class Discovery : public ::testing::Test {
protected:
    Value ask(std::string target, std::string_view accept = "") {
        const Reply reply = discover(served.core, ServedCore::get(std::move(target), std::string{accept}));
        EXPECT_EQ(reply.status, 200u);
        return boost::json::parse(reply.body);
    }
    unsigned code_of(std::string target, std::string accept = "") {
        try {
            return discover(served.core, ServedCore::get(std::move(target), std::move(accept))).status;
        } catch (const StatusError& error) {
            return error.code();
        }
    }

    ServedCore served;
};

TEST_F(Discovery, tells_the_release_whose_api_is_served) {
    const Value version = ask("/version");
    EXPECT_EQ(version.at("gitVersion"), "v1.34.4+devcluster");
    EXPECT_EQ(version.at("major"), "1");
    EXPECT_EQ(version.at("minor"), "34");
}

TEST_F(Discovery, tells_the_core_versions_and_where_the_server_is) {
    EXPECT_EQ(ask("/api?timeout=32s"), boost::json::parse(R"({"kind":"APIVersions","versions":["v1"],
            "serverAddressByClientCIDRs":[{"clientCIDR":"0.0.0.0/0","serverAddress":"127.0.0.1:6443"}]})"));
}

TEST_F(Discovery, lists_groups_without_the_core_one) {
    const Value list = ask("/apis");
    EXPECT_EQ(list.at("kind"), "APIGroupList");
    EXPECT_EQ(
        at(list, "/groups/0"),
        boost::json::parse(R"({"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}],
            "preferredVersion":{"groupVersion":"apps/v1","version":"v1"}})")
    );
}

TEST_F(Discovery, tells_one_group) {
    EXPECT_EQ(ask("/apis/apps"), boost::json::parse(R"({"kind":"APIGroup","apiVersion":"v1","name":"apps",
            "versions":[{"groupVersion":"apps/v1","version":"v1"}],
            "preferredVersion":{"groupVersion":"apps/v1","version":"v1"}})"));
}

TEST_F(Discovery, lists_resources_as_kube_apiserver_does) {
    const Value list = ask("/apis/apps/v1");
    EXPECT_EQ(list.at("groupVersion"), "apps/v1");
    struct Case {
        std::string_view behaviour;
        std::string_view name;
        std::string_view expected;
    };
    const std::vector<Case> cases{
        {"a resource has its names, categories and verbs",
         "statefulsets",
         R"({"name":"statefulsets","singularName":"statefulset","namespaced":true,"kind":"StatefulSet",
             "verbs":["create","delete","deletecollection","get","list","patch","update","watch"],
             "shortNames":["sts"],"categories":["all"]})"},
        {"status is read and changed",
         "statefulsets/status",
         R"({"name":"statefulsets/status","singularName":"","namespaced":true,"kind":"StatefulSet",
             "verbs":["get","patch","update"]})"},
        {"scale is of another group",
         "statefulsets/scale",
         R"({"name":"statefulsets/scale","singularName":"","namespaced":true,"group":"autoscaling","version":"v1",
             "kind":"Scale","verbs":["get","patch","update"]})"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(find_in(list.at("resources"), "name", c.name), boost::json::parse(c.expected));
    }
}

TEST_F(Discovery, leaves_deletecollection_out_for_namespaces) {
    const Value list = ask("/api/v1");
    EXPECT_EQ(
        find_in(list.at("resources"), "name", "namespaces").at("verbs"),
        boost::json::parse(R"(["create","delete","get","list","patch","update","watch"])")
    );
}

TEST_F(Discovery, tells_that_a_pod_can_be_bound) {
    const Value list = ask("/api/v1");
    EXPECT_EQ(
        find_in(list.at("resources"), "name", "pods/binding"),
        boost::json::parse(
            R"({"name":"pods/binding","singularName":"","namespaced":true,"kind":"Binding","verbs":["create"]})"
        )
    );
}

TEST_F(Discovery, tells_that_reviews_are_only_created) {
    const Value list = ask("/apis/authorization.k8s.io/v1");
    EXPECT_EQ(
        find_in(list.at("resources"), "name", "selfsubjectaccessreviews").at("verbs"),
        boost::json::parse(R"(["create"])")
    );
}

TEST_F(Discovery, tells_all_resources_at_once_when_a_client_asks_for_it) {
    served.serve("v1");
    const Reply reply = discover(served.core, ServedCore::get("/apis", std::string{kClient}));
    EXPECT_EQ(reply.content_type, kAggregated);
    const Value list = boost::json::parse(reply.body);
    EXPECT_EQ(list.at("kind"), "APIGroupDiscoveryList");
    EXPECT_EQ(list.at("apiVersion"), "apidiscovery.k8s.io/v2");
    const Value& group = list.at("items").as_array().back();
    EXPECT_EQ(group, boost::json::parse(R"({"metadata":{"name":"example.com"},"versions":[{"version":"v1",
        "resources":[{"resource":"widgets",
            "responseKind":{"group":"example.com","version":"v1","kind":"Widget"},"scope":"Namespaced",
            "singularResource":"widget",
            "verbs":["delete","deletecollection","get","list","patch","create","update","watch"],
            "shortNames":["wd"],"categories":["all"],
            "subresources":[
                {"subresource":"scale","responseKind":{"group":"autoscaling","version":"v1","kind":"Scale"},
                 "verbs":["get","patch","update"]},
                {"subresource":"status","responseKind":{"group":"example.com","version":"v1","kind":"Widget"},
                 "verbs":["get","patch","update"]}]}],
        "freshness":"Current"}]})"));
}

TEST_F(Discovery, tells_the_core_group_at_api_when_asked_for_all_at_once) {
    const Value list = ask("/api", kClient);
    ASSERT_EQ(list.at("items").as_array().size(), 1u);
    EXPECT_EQ(at(list, "/items/0/metadata"), Value(kube::json::Object{}));
    const Value& pods = find_in(at(list, "/items/0/versions/0/resources"), "resource", "pods");
    EXPECT_EQ(at(pods, "/responseKind"), boost::json::parse(R"({"group":"","version":"","kind":"Pod"})"));
    EXPECT_EQ(find_in(at(list, "/items/0/versions/0/resources"), "resource", "nodes").at("scope"), "Cluster");
}

TEST_F(Discovery, negotiates_the_form_as_kube_apiserver_does) {
    struct Case {
        std::string_view behaviour;
        std::string target;
        std::string accept;
        unsigned code;
        bool is_aggregated;
    };
    const std::string aggregated{kAggregated};
    const std::vector<Case> cases{
        {"without an Accept header the answer is plain", "/apis", "", 200, false},
        {"a wildcard gets the plain form", "/apis", "text/html,*/*;q=0.8", 200, false},
        {"the aggregated form wins wherever it stands", "/apis", "application/json," + aggregated, 200, true},
        {"other parameters do not matter", "/api", aggregated + ";profile=nopeer", 200, true},
        {"blanks around parameters do not matter",
         "/api",
         "application/json; g=apidiscovery.k8s.io; v=v2; as=APIGroupDiscoveryList",
         200,
         true},
        {"v2beta1 is not served any more",
         "/apis",
         "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
         406,
         false},
        {"an unknown version falls back to what else is accepted",
         "/apis",
         "application/json;g=apidiscovery.k8s.io;v=v3;as=APIGroupDiscoveryList,application/json",
         200,
         false},
        {"another group's kind is refused", "/apis", "application/json;as=Table;g=meta.k8s.io;v=v1", 406, false},
        {"the aggregated form is that of the two roots alone", "/apis/apps", aggregated, 406, false},
        {"HTML alone is refused", "/version", "text/html", 406, false},
        {"protobuf alone is refused", "/apis", "application/vnd.kubernetes.protobuf", 406, false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(code_of(c.target, c.accept), c.code);
        if (c.code != 200) continue;
        const Reply reply = discover(served.core, ServedCore::get(c.target, c.accept));
        EXPECT_EQ(reply.content_type == kAggregated, c.is_aggregated);
    }
}

TEST_F(Discovery, answers_404_for_what_is_not_served) {
    for (const char* target : {"/apis/nope", "/apis/apps/v9", "/api/v2", "/apis/nope/v1"}) {
        SCOPED_TRACE(target);
        EXPECT_EQ(code_of(target), 404u);
    }
}

TEST_F(Discovery, refuses_to_be_written_to) {
    kube::ServedRequest request = ServedCore::get("/apis");
    request.method = kube::HttpMethod::Post;
    request.method_name = "POST";
    EXPECT_THROW((void)discover(served.core, request), StatusError);
}

TEST_F(Discovery, makes_the_aggregated_form_again_only_when_what_is_served_changes) {
    (void)ask("/apis", kClient);
    (void)ask("/apis", kClient);
    EXPECT_EQ(served.core.documents.made_count(), 1u);
    served.serve("v1");
    EXPECT_THAT(boost::json::serialize(ask("/apis", kClient)), HasSubstr("widgets"));
    EXPECT_EQ(served.core.documents.made_count(), 2u);
}

TEST_F(Discovery, lists_its_paths_at_the_root) {
    EXPECT_THAT(boost::json::serialize(ask("/")), HasSubstr("\"/apis/apps/v1\""));
}

TEST_F(Discovery, takes_the_paths_that_are_its_own) {
    struct Case {
        std::vector<std::string> segments;
        bool is_discovery;
    };
    const std::vector<Case> cases{
        {{}, true},
        {{"api"}, true},
        {{"api", "v1"}, true},
        {{"api", "v1", "pods"}, false},
        {{"apis", "apps", "v1"}, true},
        {{"apis", "apps", "v1", "statefulsets"}, false},
        {{"version"}, true},
        {{"openapi", "v3"}, false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(::testing::PrintToString(c.segments));
        EXPECT_EQ(is_discovery_path(c.segments), c.is_discovery);
    }
}

}  // namespace
}  // namespace devcluster::apiserver
