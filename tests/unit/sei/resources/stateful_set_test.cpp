#include "sei/resources/stateful_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "examples.hpp"
#include "sei/resources/data_volume_claim.hpp"

namespace sei::resources {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

kube::StatefulSet rendered(const api::SeiNode& node) {
    auto set = render_stateful_set(node, examples::platform_p());
    EXPECT_TRUE(set) << set.error().text;
    return std::move(set).value_or(kube::StatefulSet{});
}

const kube::Container& container(const kube::StatefulSet& set, std::string_view name) {
    const kube::PodSpec& pod = set.spec.template_.spec;
    for (const auto* list : {&pod.containers, &pod.initContainers}) {
        for (const kube::Container& candidate : *list) {
            if (candidate.name == name) return candidate;
        }
    }
    throw std::runtime_error{"no container " + std::string{name}};
}

TEST(StatefulSetRendering, has_no_replicas_while_the_node_is_paused_and_is_the_same_otherwise) {
    api::SeiNode node = examples::full_node();
    kube::StatefulSet running = rendered(node);
    node.spec.paused = true;
    const kube::StatefulSet paused = rendered(node);
    EXPECT_EQ(running.spec.replicas, 1);
    EXPECT_EQ(paused.spec.replicas, 0);
    running.spec.replicas = 0;
    EXPECT_EQ(paused, running);
}

TEST(StatefulSetRendering, does_not_depend_on_status_or_metadata_of_the_node) {
    api::SeiNode node = examples::full_node();
    const kube::StatefulSet before = rendered(node);
    node.status.phase = api::NodePhase::Running;
    node.status.currentImage = "another";
    node.metadata.labels["a"] = "b";
    node.metadata.annotations["a"] = "b";
    EXPECT_EQ(rendered(node), before);
}

TEST(StatefulSetRendering, selects_by_one_label_that_users_cannot_change) {
    api::SeiNode node = examples::full_node();
    node.spec.podLabels = {{"sei.io/node", "x"}, {"sei.io/chain", "x"}, {"sei.io/role", "x"}};
    const kube::StatefulSet set = rendered(node);
    EXPECT_EQ(set.spec.selector.matchLabels, (kube::StringMap{{"sei.io/node", "rpc-0"}}));
    const kube::StringMap expected{{"sei.io/chain", "pacific-1"}, {"sei.io/node", "rpc-0"}, {"sei.io/role", "node"}};
    EXPECT_EQ(set.spec.template_.metadata.labels, expected);
}

TEST(StatefulSetRendering, leaves_out_the_chain_label_without_a_chain) {
    api::SeiNode node = examples::full_node();
    node.spec.chainId.clear();
    EXPECT_THAT(rendered(node).metadata.labels, testing::Not(Contains(Pair("sei.io/chain", testing::_))));
}

TEST(StatefulSetRendering, takes_the_port_of_the_sidecar_where_it_listens_and_nowhere_else) {
    struct Case {
        std::string behaviour;
        std::optional<api::SidecarConfig> sidecar;
        std::string port;
    };
    const std::vector<Case> cases{
        {"no sidecar section", std::nullopt, "7777"},
        {"an empty one", api::SidecarConfig{}, "7777"},
        {"a port of its own", api::SidecarConfig{.port = 7000}, "7000"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        api::SeiNode node = examples::full_node();
        node.spec.sidecar = c.sidecar;
        const kube::StatefulSet set = rendered(node);
        EXPECT_EQ(container(set, "sei-sidecar").env.at(1).value, c.port);
        EXPECT_EQ(std::to_string(container(set, "sei-sidecar").ports.at(0).containerPort), c.port);
        EXPECT_EQ(container(set, "kube-rbac-proxy").args.at(1), "--upstream=http://127.0.0.1:" + c.port + "/");
        EXPECT_THAT(container(set, "seid").args.at(0), HasSubstr("/dev/tcp/localhost/" + c.port));
        EXPECT_EQ(container(set, "seid").startupProbe->httpGet->port, kube::IntOrString{8443});
    }
}

TEST(StatefulSetRendering, gives_quantities_their_canonical_form) {
    api::SeiNode node = examples::full_node();
    node.spec.sidecar = api::SidecarConfig{};
    node.spec.sidecar->resources =
        kube::ResourceRequirements{.requests = {{"cpu", kube::Quantity{"1000m"}}, {"memory", kube::Quantity{"1.5Gi"}}}};
    const kube::StatefulSet set = rendered(node);
    EXPECT_EQ(container(set, "sei-sidecar").resources->requests.at("cpu").text(), "1");
    EXPECT_EQ(container(set, "sei-sidecar").resources->requests.at("memory").text(), "1536Mi");
}

TEST(StatefulSetRendering, mounts_an_imported_volume_in_place_of_its_own) {
    api::SeiNode node = examples::full_node();
    node.spec.dataVolume = api::DataVolumeSpec{.import_ = api::DataVolumeImport{.pvcName = "old-data"}};
    EXPECT_EQ(rendered(node).spec.template_.spec.volumes.at(0).persistentVolumeClaim->claimName, "old-data");
    EXPECT_FALSE(render_data_volume_claim(node, examples::platform_p()));
    node.spec.dataVolume->import_->pvcName.clear();
    EXPECT_EQ(rendered(node).spec.template_.spec.volumes.at(0).persistentVolumeClaim->claimName, "data-rpc-0");
    EXPECT_TRUE(render_data_volume_claim(node, examples::platform_p()));
}

TEST(StatefulSetRendering, refuses_a_platform_without_an_image_that_every_pod_needs) {
    platform::Platform platform = examples::platform_p();
    platform.cosmos_exporter_image.clear();
    EXPECT_EQ(
        render_stateful_set(examples::full_node(), platform).error().text,
        "SEI_COSMOS_EXPORTER_IMAGE is required on the operator Deployment"
    );
    platform.kube_rbac_proxy_image.clear();
    EXPECT_EQ(
        render_stateful_set(examples::full_node(), platform).error().text,
        "SEI_KUBE_RBAC_PROXY_IMAGE is not configured on the controller"
    );
}

}  // namespace
}  // namespace sei::resources
