// Every field of a template is edited, and has an effect, is refused, or is documented to be somebody else's (spec 08
// 6.1): the same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "integration/deployment_steps.hpp"
#include "sei/deployment/template_fields.hpp"
#include "support/world.hpp"

namespace {

using namespace steps;  // NOLINT(google-build-using-namespace)
using sei::api::NodeSpec;
using sei::api::SeiNode;
using sei::api::SeiNodeTemplate;
using sei::deployment::FieldClass;
using sei::deployment::TemplateField;
using support::World;

struct Edit {
    /// The template that the deployment is made with: that of a full node, changed by this.
    std::function<void(SeiNodeTemplate&)> begin = [](SeiNodeTemplate&) {};
    std::function<void(SeiNodeTemplate&)> change;
    /// Has the edit arrived at this node?
    std::function<bool(const SeiNode&)> is_there = [](const SeiNode&) { return false; };
};

sei::api::PeerSource a_peer() {
    sei::api::PeerSource source;
    source.static_.emplace();
    source.static_->addresses = {"0123456789012345678901234567890123456789@peer.example.com:26656"};
    return source;
}

sei::api::SnapshotSource state_sync(const std::string& trust_period) {
    sei::api::SnapshotSource source;
    source.stateSync.emplace();
    source.trustPeriod = trust_period;
    return source;
}

sei::api::SnapshotGenerationConfig keeping(int recent) {
    sei::api::SnapshotGenerationConfig generation;
    generation.tendermint.emplace();
    generation.tendermint->keepRecent = recent;
    return generation;
}

std::map<std::string, Edit> edits() {
    std::map<std::string, Edit> all;
    all["metadata.labels"] = {
        .change = [](auto& it) { it.metadata = {{{"team", "infra"}}, {}}; },
        .is_there = [](const auto& node
                    ) { return node.metadata.labels.contains("team") && node.spec.podLabels.contains("team"); }
    };
    all["metadata.annotations"] = {
        .change = [](auto& it) { it.metadata = {{}, {{"example.com/owner", "infra"}}}; },
        .is_there = [](const auto& node) { return node.metadata.annotations.contains("example.com/owner"); }
    };
    all["spec.chainId"] = {.change = [](auto& it) { it.spec.chainId = "atlantic-2"; }};
    all["spec.image"] = {
        .change = [](auto& it) { it.spec.image = kV2; },
        .is_there = [](const auto& node) { return node.status.currentImage == kV2; }
    };
    all["spec.peers"] = {
        .change = [](auto& it) { it.spec.peers = {a_peer()}; },
        .is_there = [](const auto& node) { return node.spec.peers.size() == 1; }
    };
    all["spec.overrides"] = {
        .change = [](auto& it) { it.spec.overrides["network.p2p.max_connections"] = "40"; },
        .is_there = [](const auto& node) { return node.spec.overrides.contains("network.p2p.max_connections"); }
    };
    all["spec.externalAddress"] = {.change = [](auto& it) { it.spec.externalAddress = "one.example.com:26656"; }};
    all["spec.sidecar"] = {
        .change =
            [](auto& it) {
                it.spec.sidecar.emplace();
                it.spec.sidecar->image = "example.com/sidecar:v2";
            },
        .is_there = [](const auto& node
                    ) { return node.spec.sidecar && node.spec.sidecar->image == "example.com/sidecar:v2"; }
    };
    all["spec.podLabels"] = {
        .change = [](auto& it) { it.spec.podLabels["tier"] = "public"; },
        .is_there = [](const auto& node) { return node.spec.podLabels.contains("tier"); }
    };
    all["spec.dataVolume"] = {
        .change =
            [](auto& it) {
                it.spec.dataVolume.emplace();
                it.spec.dataVolume->retain = true;
            },
        .is_there = [](const auto& node) { return node.spec.dataVolume && node.spec.dataVolume->retain; }
    };
    all["spec.fullNode"] = {
        .change = [](auto& it) { it.spec.fullNode->snapshotGeneration = keeping(7); },
        .is_there = [](const auto& node) { return node.spec.fullNode->snapshotGeneration.has_value(); }
    };
    all["spec.archive"] = {
        .begin =
            [](auto& it) {
                it.spec.fullNode.reset();
                it.spec.archive.emplace();
            },
        .change = [](auto& it) { it.spec.archive->snapshotGeneration = keeping(7); },
        .is_there = [](const auto& node) { return node.spec.archive->snapshotGeneration.has_value(); }
    };
    all["spec.replayer"] = {
        .begin =
            [](auto& it) {
                it.spec.fullNode.reset();
                it.spec.peers.push_back(a_peer());
                it.spec.replayer.emplace();
                it.spec.replayer->snapshot = state_sync("168h0m0s");
            },
        .change = [](auto& it) { it.spec.replayer->snapshot.trustPeriod = "100h0m0s"; },
        .is_there = [](const auto& node) { return node.spec.replayer->snapshot.trustPeriod == "100h0m0s"; }
    };
    all["spec.validator"] = {
        .begin =
            [](auto& it) {
                it.spec.fullNode.reset();
                it.spec.validator.emplace();
            },
        .change = [](auto& it) { it.spec.validator->snapshot = state_sync("100h0m0s"); },
        .is_there = [](const auto& node) { return node.spec.validator->snapshot.has_value(); }
    };
    all["spec.paused"] = {
        .change = [](auto& it) { it.spec.paused = true; }, .is_there = [](const auto& node) { return node.spec.paused; }
    };
    return all;
}

class TemplateFields : public ::testing::TestWithParam<std::size_t> {};

TEST_P(TemplateFields, have_the_effect_of_their_class) {
    const TemplateField& field = sei::deployment::template_fields()[GetParam()];
    const auto all = edits();
    const auto found = all.find(std::string{field.path});
    ASSERT_NE(found, all.end()) << "there is no edit of " << field.path << ": what becomes of it is not shown";
    const Edit& edit = found->second;

    World world;
    auto fleet = world.a_deployment("fleet", 1);
    if (edit.begin) edit.begin(fleet.spec.template_);
    world.create(std::move(fleet));
    ASSERT_TRUE(world.run_until("the node is there", [&] { return world.node("fleet-0").has_value(); }));
    if (field.field_class == FieldClass::RolledOut) ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    const std::string hash = world.deployment("fleet")->status.templateHash;
    const auto change = [&] { world.edit_deployment("fleet", [&](auto& spec) { edit.change(spec.template_); }); };
    const auto arrived = [&] { return edit.is_there(*world.node("fleet-0")); };
    switch (field.field_class) {
        case FieldClass::Propagated:
            change();
            EXPECT_TRUE(world.run_until("the edit is at the node", arrived));
            EXPECT_FALSE(world.deployment("fleet")->status.rollout);
            break;
        case FieldClass::RolledOut:
            change();
            EXPECT_TRUE(run_until_told(world, "fleet", "RolloutStarted"));
            EXPECT_TRUE(world.run_until("the edit is at the node", arrived));
            EXPECT_TRUE(world.run_until("the rollout is complete", [&] {
                return world.deployment("fleet")->status.templateHash != hash;
            }));
            break;
        case FieldClass::RefusedAtAdmission:
            try {
                change();
                ADD_FAILURE() << "an edit of " << field.path << " was accepted";
            } catch (const kube::ApiError& error) {
                EXPECT_EQ(error.code(), 422U) << error.what();
                EXPECT_TRUE(std::string{error.what()}.contains("spec.template." + std::string{field.path}))
                    << error.what();
            }
            break;
        case FieldClass::OwnedElsewhere:
            change();
            ASSERT_TRUE(world.run_until("the edit was seen", [&] {
                return world.deployment("fleet")->status.observedGeneration == 2;
            }));
            EXPECT_FALSE(arrived());
            break;
    }
}

std::string test_name(const ::testing::TestParamInfo<std::size_t>& about) {
    std::string name{sei::deployment::template_fields()[about.param].path};
    for (char& c : name) {
        if (c == '.') c = '_';
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(
    Deployment, TemplateFields, ::testing::Range(std::size_t{0}, sei::deployment::template_fields().size()), test_name
);

TEST(AnnotationsOfSomebodyElse, stay_while_those_of_the_template_come_and_go) {
    World world{{.with_workloads = false}};
    world.create(world.a_deployment("fleet", 1));
    ASSERT_TRUE(world.run_until("the node is there", [&] { return world.node("fleet-0").has_value(); }));
    world.change<SeiNode>("fleet-0", [](SeiNode& node) { node.metadata.annotations["example.com/tracking"] = "id"; });
    const auto annotations = [&] { return world.node("fleet-0")->metadata.annotations; };
    world.edit_deployment("fleet", [](auto& spec) {
        spec.template_.metadata = {{}, {{"example.com/owner", "infra"}}};
    });
    ASSERT_TRUE(world.run_until("the template's annotation is there", [&] {
        return annotations().contains("example.com/owner");
    }));
    EXPECT_EQ(annotations().at("example.com/tracking"), "id");
    world.edit_deployment("fleet", [](auto& spec) { spec.template_.metadata.reset(); });
    ASSERT_TRUE(world.run_until("the template's annotation is gone", [&] {
        return !annotations().contains("example.com/owner");
    }));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(annotations(), (kube::StringMap{{"example.com/tracking", "id"}}));
}

TEST(ExternalAddressOfNode, stays_while_its_deployment_writes_the_node) {
    World world{{.with_workloads = false}};
    world.create(world.a_deployment("fleet", 2));
    ASSERT_TRUE(world.run_until("the nodes are there", [&] { return world.nodes().size() == 2; }));
    for (const std::string name : {"fleet-0", "fleet-1"}) {
        world.edit(name, [&](NodeSpec& spec) { spec.externalAddress = name + ".example.com:26656"; });
    }
    world.edit_deployment("fleet", [](auto& spec) { spec.template_.spec.overrides["chain.moniker"] = "m"; });
    ASSERT_TRUE(world.run_until("the template is at the nodes", [&] {
        return std::ranges::all_of(world.nodes(), [](const SeiNode& node) {
            return node.spec.overrides.contains("chain.moniker");
        });
    }));
    ASSERT_TRUE(world.run_until_quiet());
    for (const std::string name : {"fleet-0", "fleet-1"}) {
        EXPECT_EQ(world.node(name)->spec.externalAddress, name + ".example.com:26656");
    }
}

TEST(NameOfFleet, that_is_too_long_for_its_services_is_told) {
    World world{{.with_workloads = false}};
    const std::string name(55, 'a');
    world.create(world.a_deployment(name, 1));
    ASSERT_TRUE(world.run_until("its condition says so", [&] {
        return message_of(world, name, "Stalled").contains(name + "-internal");
    }));
    EXPECT_TRUE(condition(world, name, "Stalled").starts_with("True/")) << condition(world, name, "Stalled");
}

TEST(ChainOfTemplate, that_is_no_value_of_a_label_is_told) {
    World world{{.with_workloads = false}};
    auto fleet = world.a_deployment("fleet", 1);
    fleet.spec.template_.spec.chainId = "no label";
    world.create(std::move(fleet));
    ASSERT_TRUE(run_until_condition(world, "fleet", "Stalled", "True/NodeNotApplied"));
    EXPECT_TRUE(message_of(world, "fleet", "Stalled").contains("no label")) << message_of(world, "fleet", "Stalled");
}

TEST(ModeOfTemplate, cannot_change) {
    World world;
    world.create(world.a_deployment("fleet", 1));
    try {
        world.edit_deployment("fleet", [](auto& spec) {
            spec.template_.spec.fullNode.reset();
            spec.template_.spec.archive.emplace();
        });
        ADD_FAILURE() << "another mode was accepted";
    } catch (const kube::ApiError& error) {
        EXPECT_EQ(error.code(), 422U);
    }
}

TEST(SidecarImageOfTemplate, is_rolled_out_when_the_pods_run_it) {
    if (support::backend() == support::Backend::ApiServer) GTEST_SKIP() << "there are no pods here";
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
    world.edit_deployment("fleet", [](auto& spec) {
        spec.template_.spec.sidecar.emplace();
        spec.template_.spec.sidecar->image = "example.com/sidecar:v2";
    });
    ASSERT_TRUE(run_until_told(world, "fleet", "RolloutComplete"));
    ASSERT_TRUE(world.run_until_quiet());
    int pods = 0;
    for (const auto& pod : world.pods()) {
        for (const auto& container : pod.spec.initContainers) {
            if (container.name != "sei-sidecar") continue;
            EXPECT_EQ(container.image, "example.com/sidecar:v2");
            ++pods;
        }
    }
    EXPECT_EQ(pods, 2);
}

}  // namespace
