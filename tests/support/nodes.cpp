#include "support/nodes.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>

#include "devcluster/workloads/objects.hpp"
#include "kube/json/json.hpp"
#include "kube/meta/condition.hpp"
#include "kube/types/secret.hpp"
#include "sei/api/conditions.hpp"

namespace support {
namespace {

std::string base64(std::string_view bytes) {
    std::vector<unsigned char> plain(bytes.begin(), bytes.end());
    std::vector<unsigned char> text(4 * ((plain.size() + 2) / 3) + 1);
    const int size = EVP_EncodeBlock(text.data(), plain.data(), static_cast<int>(plain.size()));
    return {text.begin(), text.begin() + size};
}

std::string image_of_seid(const kube::PodSpec& pod) {
    const auto seid = std::ranges::find(pod.containers, "seid", &kube::Container::name);
    return seid == pod.containers.end() ? "no seid" : seid->image;
}

/// Does a pod run image v2? The server itself is asked, as watches of different kinds do not wait for each other.
bool pod_runs_v2(World& world, const std::string& name) {
    const auto pod = world.run(world.client().get<kube::Pod>(world.key(name + "-0")));
    if (!pod) return false;
    const auto& containers = (*pod)->status.containerStatuses;
    const auto seid = std::ranges::find(containers, "seid", &kube::ContainerStatus::name);
    const bool runs = seid != containers.end() && seid->state && seid->state->running;
    return runs && seid->image == kImageV2 && image_of_seid((*pod)->spec) == kImageV2;
}

/// What a node whose status tells of image v2 has to look like. False, with a failure for each, where it does not.
bool runs_v2(World& world, const std::string& name) {
    const std::string update = condition(world, name, "NodeUpdateInProgress");
    EXPECT_EQ(update, "False/UpdateComplete");
    const bool is_running = world.node(name)->status.phase == sei::api::NodePhase::Running;
    EXPECT_TRUE(is_running) << name << " has another phase";
    const auto set = world.run(world.client().get<kube::StatefulSet>(world.key(name)));
    const std::string image = set ? image_of_seid((*set)->spec.template_.spec) : "no StatefulSet";
    EXPECT_EQ(image, kImageV2);
    const bool has_pod = backend() == Backend::ApiServer || pod_runs_v2(world, name);
    EXPECT_TRUE(has_pod) << "no pod of " << name << " runs the new image";
    return update == "False/UpdateComplete" && is_running && image == kImageV2 && has_pod;
}

}  // namespace

sei::api::SeiNode a_node(const World& world, std::string name, std::string_view spec) {
    kube::json::Value value = kube::json::parse(spec);
    value.as_object()["chainId"] = "pacific-1";
    value.as_object()["image"] = kImageV1;
    sei::api::SeiNode node;
    node.spec = kube::json::from_json<sei::api::NodeSpec>(value);
    node.metadata.name = std::move(name);
    node.metadata.namespace_ = world.namespace_name();
    return node;
}

void create_secret(World& world, std::string name, const Files& files) {
    kube::Secret secret;
    secret.metadata.name = std::move(name);
    secret.metadata.namespace_ = world.namespace_name();
    for (const auto& [key, bytes] : files) secret.data[key] = base64(bytes);
    (void)world.run(world.client().create(std::move(secret)));
}

void create_validator_secrets(World& world) {
    create_secret(world, "sk", {{"priv_validator_key.json", std::string{kSigningKeyFile}}});
    create_secret(world, "nk", {{"node_key.json", std::string{kNodeKeyFile}}});
    create_secret(world, "kr", {{"node_admin.info", "x"}, {"ab.address", "x"}});
    create_secret(world, "pp", {{"p", "x"}});
}

kube::PersistentVolumeClaim a_claim(const World& world, std::string name, std::string access_mode) {
    kube::PersistentVolumeClaim claim;
    claim.metadata.name = std::move(name);
    claim.metadata.namespace_ = world.namespace_name();
    claim.spec.accessModes = {std::move(access_mode)};
    claim.spec.resources.emplace().requests["storage"] = kube::Quantity{"40Ti"};
    return claim;
}

void create_claim_with_data(World& world, const std::string& name) {
    const std::string volume_name = name + "-" + world.namespace_name();
    devcluster::workloads::NewVolume volume;
    volume.metadata.name = volume_name;
    volume.spec = kube::json::parse(R"({"capacity":{"storage":"40Ti"},"accessModes":["ReadWriteOnce"],)"
                                    R"("persistentVolumeReclaimPolicy":"Retain","hostPath":{"path":"/old"}})");
    (void)world.run(world.client().create(std::move(volume)));
    kube::PersistentVolumeClaim claim = a_claim(world, name, "ReadWriteOnce");
    claim.spec.storageClassName = "";
    claim.spec.volumeName = volume_name;
    (void)world.run(world.client().create(std::move(claim)));
}

std::string condition(const World& world, const std::string& node, std::string_view type) {
    const auto seen = world.node(node);
    const kube::Condition* found = seen ? kube::find_condition(seen->status.conditions, type) : nullptr;
    if (found == nullptr) return "absent";
    return std::string{sei::api::word_of(found->status)} + "/" + found->reason;
}

std::string condition_message(const World& world, const std::string& node, std::string_view type) {
    const auto seen = world.node(node);
    const kube::Condition* found = seen ? kube::find_condition(seen->status.conditions, type) : nullptr;
    return found == nullptr ? "" : found->message;
}

std::vector<std::string> planned(const World& world, const std::string& node) {
    std::vector<std::string> types;
    const auto seen = world.node(node);
    if (!seen || !seen->status.plan) return types;
    for (const auto& task : seen->status.plan->tasks) types.push_back(task.type);
    return types;
}

bool is_tracked(const World& world, const std::string& node) {
    const auto set = world.stateful_set(node);
    const auto seen = world.node(node);
    return set && seen && seen->status.statefulSet && seen->status.statefulSet->name == node &&
           seen->status.statefulSet->uid == set->metadata.uid;
}

bool run_until_failed_once(World& world, const std::string& name) {
    using devcluster::sidecar::Script;
    Script failing{.outcome = Script::Outcome::Fail, .error = "no such value", .times = 1};
    world.sidecars().node(world.key(name)).scripts().set("config-apply", std::move(failing));
    world.create(world.a_full_node(name));
    return world.run_until(name + " has failed", [&] {
        return world.node(name) && world.node(name)->status.phase == sei::api::NodePhase::Failed;
    });
}

bool roll(World& world, const std::string& name) {
    world.edit(name, [](sei::api::NodeSpec& spec) { spec.image = kImageV2; });
    const bool is_told = world.run_until("the new image of " + name + " is recorded", [&] {
        return world.node(name)->status.currentImage == kImageV2 && !world.node(name)->status.plan;
    });
    return is_told && runs_v2(world, name);
}

bool delete_and_wait(World& world, const std::string& name) {
    world.delete_node(name);
    return world.run_until("all of " + name + " is gone", [&] {
        return !world.node(name) && !world.stateful_set(name) && !world.service(name) &&
               !world.config_map(name + "-rbac-proxy-config") && !world.claim("data-" + name);
    });
}

}  // namespace support
