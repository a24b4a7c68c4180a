// One fleet's controller at work on an API server in this process, in virtual time. Nodes have no controller here: what
// they report is the test's.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kube/meta/condition.hpp"
#include "kube/runtime/log.hpp"
#include "kube/runtime/random.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/phases.hpp"
#include "sei/deployment/deployment_controller.hpp"
#include "testkit/world.hpp"
#include "unit/sei/node/fake_sidecar.hpp"

namespace sei::deployment::test {

class DeploymentWorld {
public:
    /// `prepare` sees the operator's manager before the controller is added to it.
    explicit DeploymentWorld(std::function<void(kube::Manager&)> prepare = {}) : prepare_{std::move(prepare)} {}

    /// Of every node.
    sei::test::FakeSidecar sidecar;
    /// Lines that the reconciler logged.
    std::vector<std::string> log;
    [[nodiscard]] static kube::NamespacedName key(std::string name) { return {"default", std::move(name)}; }

    /// In place, full nodes of one image.
    [[nodiscard]] static api::SeiNodeDeployment a_fleet(std::int32_t replicas) {
        api::SeiNodeDeployment fleet;
        fleet.metadata.name = "fleet";
        fleet.metadata.namespace_ = "default";
        fleet.spec.replicas = replicas;
        fleet.spec.template_.spec.chainId = "pacific-1";
        fleet.spec.template_.spec.image = "example.com/seid:v1";
        fleet.spec.template_.spec.fullNode.emplace();
        return fleet;
    }
    /// The same of validators, one unavailable at most.
    [[nodiscard]] static api::SeiNodeDeployment validators(std::int32_t replicas) {
        api::SeiNodeDeployment fleet = a_fleet(replicas);
        fleet.spec.template_.spec.fullNode.reset();
        fleet.spec.template_.spec.validator.emplace();
        fleet.spec.updateStrategy.maxUnavailable = 1;
        return fleet;
    }
    /// Validators whose chain begins with them, and that outlive their fleet.
    [[nodiscard]] static api::SeiNodeDeployment a_chain(std::int32_t replicas) {
        api::SeiNodeDeployment chain = validators(replicas);
        chain.spec.genesis.emplace().chainId = "pacific-1";
        chain.spec.deletionPolicy = api::DeletionPolicy::Retain;
        return chain;
    }
    void edit(const std::function<void(api::SeiNodeDeployment&)>& change) {
        world.edit<api::SeiNodeDeployment>(key("fleet"), change);
    }
    /// A chain whose ceremony is under way, and whose operator has stopped. False: it did not begin.
    [[nodiscard]] bool stop_in_ceremony(std::int32_t replicas) {
        world.create(a_chain(replicas));
        const bool has_begun = world.run_until([&] { return fleet().status.plan.has_value(); });
        const bool is_quiet = world.run_until_quiet();
        world.stop_operator();
        return has_begun && is_quiet;
    }
    /// Until `forget_faults`, the server refuses what the operator writes of this node.
    void refuse_writes_of(const std::string& node) {
        kube::HttpResponse refusal{.status = 403, .headers = {{"content-type", "application/json"}}, .body = {}};
        refusal.body = R"({"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403})";
        const auto is_write = [end = "/seinodes/" + node + "?"](const kube::HttpRequest& request) {
            return request.method == kube::HttpMethod::Patch && request.target.contains(end);
        };
        world.calls().answer(is_write, std::move(refusal), 1'000'000);
    }
    /// What the controller of this object would write to its status. Throws when that is refused.
    template <kube::Kind K>
    void edit_status(const std::string& name, const std::function<void(K&)>& change) {
        const auto read = world.get<K>(key(name)).value();
        K changed = *read;
        change(changed);
        (void)world.run(world.person().write_status(read, std::move(changed.status))).value();
    }
    /// The fleet has no plan any more, and this condition, of what its spec says now.
    void end_plan(kube::Condition condition) {
        edit_status<api::SeiNodeDeployment>("fleet", [&](auto& fleet) {
            fleet.status.plan.reset();
            condition.observedGeneration = fleet.metadata.generation;
            kube::set_condition(fleet.status.conditions, condition);
        });
    }
    /// As a ceremony of the fleet leaves it that has failed.
    void fail_ceremony(std::string message = {}) {
        kube::Condition failed;
        failed.type = api::deployment_condition::kPlanInProgress;
        failed.status = kube::ConditionStatus::False;
        failed.reason = api::reason::kPlanFailed;
        failed.message = std::move(message);
        end_plan(std::move(failed));
    }
    /// Of the fleet: "True/TemplateChanged", or "absent".
    [[nodiscard]] std::string condition(std::string_view type) {
        const api::SeiNodeDeployment read = fleet();
        const kube::Condition* found = kube::find_condition(read.status.conditions, type);
        if (found == nullptr) return "absent";
        return std::string{api::word_of(found->status)} + "/" + found->reason;
    }
    [[nodiscard]] std::string condition_message(std::string_view type) {
        const api::SeiNodeDeployment read = fleet();
        const kube::Condition* found = kube::find_condition(read.status.conditions, type);
        return found == nullptr ? "" : found->message;
    }
    [[nodiscard]] api::SeiNodeDeployment fleet() { return **world.get<api::SeiNodeDeployment>(key("fleet")); }
    /// As the operator sees them.
    [[nodiscard]] std::vector<NodeSnapshot> nodes() {
        return world.operator_manager().cache<api::SeiNode>().list("default");
    }
    [[nodiscard]] bool is_gone() { return !world.operator_manager().cache<api::SeiNodeDeployment>().get(key("fleet")); }

private:
    [[nodiscard]] static std::vector<std::string> crds() {
        std::vector<std::string> texts;
        for (const char* plural : {"seinodes", "seinodedeployments"}) {
            const auto file = std::filesystem::path{SEI_SOURCE_DIR} / "config/crd" / ("sei.io_" + std::string{plural});
            std::ostringstream text;
            text << std::ifstream{file.string() + ".yaml"}.rdbuf();
            texts.push_back(std::move(text).str());
        }
        return texts;
    }
    [[nodiscard]] static kube::Async<bool> resolves(std::string) { co_return true; }
    [[nodiscard]] std::shared_ptr<void> make_operator(kube::Manager& manager) {
        if (prepare_) prepare_(manager);
        return add_controller(
            manager,
            {.platform = platform_,
             .sidecars = sidecars_,
             .resolve_host = &resolves,
             .random_bits = [this] { return random_.next(); },
             .log = kube::make_logger(manager.clock(), {}, [this](std::string_view line) { log.emplace_back(line); })}
        );
    }

    std::function<void(kube::Manager&)> prepare_;
    sei::test::FakeSidecarFactory sidecars_{sidecar};
    platform::Platform platform_;
    kube::Random random_{1};

public:
    testkit::World world{{.manifests = crds()}, [this](kube::Manager& manager) { return make_operator(manager); }};
};

}  // namespace sei::deployment::test
