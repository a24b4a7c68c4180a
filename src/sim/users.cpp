// What users do to the simulated world, one act after another.
#include <algorithm>
#include <utility>

#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/pod.hpp"
#include "kube/types/secret.hpp"
#include "kube/types/stateful_set.hpp"
#include "sei/api/deployment.hpp"
#include "sei/api/labels.hpp"
#include "sim/json_look.hpp"
#include "sim/world.hpp"

namespace sim {
namespace {

using sei::api::SeiNode;
using sei::api::SeiNodeDeployment;

constexpr const char* kNamespace = "default";
constexpr const char* kHold = "example.com/hold";
constexpr const char* kChain = "pacific-1";
constexpr const char* kNewChain = "chain-1";
constexpr const char* kPeer = "0000000000000000000000000000000000000000@h:26656";
constexpr const char* kOtherPeer = "0000000000000000000000000000000000000001@h:26656";
/// Key files, in the form that they have in a Secret.
constexpr const char* kSigningKeyFile =
    "eyJhZGRyZXNzIjoiMUIiLCJwdWJfa2V5Ijp7InR5cGUiOiJ0IiwidmFsdWUiOiJ2In0sInByaXZfa2V5Ijp7InR5cGUiOiJ0IiwidmFsdWUiOiJ2In"
    "19";
constexpr const char* kNodeKeyFile = "eyJwcml2X2tleSI6eyJ0eXBlIjoidCIsInZhbHVlIjoidiJ9fQ==";

kube::NamespacedName key_of(const std::string& name) {
    return {kNamespace, name};
}

sei::api::PeerSource fixed_peer(const char* address = kPeer) {
    sei::api::PeerSource peers;
    peers.static_.emplace().addresses = {address};
    return peers;
}

sei::api::NodeSpec spec_of(NodeMode mode, const std::string& name, std::string image, bool is_peered) {
    sei::api::NodeSpec spec;
    spec.chainId = kChain;
    spec.image = std::move(image);
    if (is_peered) {
        sei::api::PeerSource peers;
        peers.label.emplace().selector["fleet"] = "f";
        spec.peers.push_back(std::move(peers));
    }
    switch (mode) {
        case NodeMode::BlockSync:
            spec.fullNode.emplace();
            break;
        case NodeMode::StateSync:
            spec.fullNode.emplace().snapshot.emplace().stateSync.emplace();
            spec.peers.push_back(fixed_peer());
            break;
        case NodeMode::Archive:
            spec.archive.emplace();
            break;
        case NodeMode::Bootstrapped: {
            sei::api::SnapshotSource& snapshot = spec.fullNode.emplace().snapshot.emplace();
            snapshot.bootstrapImage = "example.com/seid:boot";
            snapshot.s3.emplace().targetHeight = 100;
            spec.peers.push_back(fixed_peer());
            break;
        }
        case NodeMode::Replayer:
            spec.replayer.emplace().snapshot.s3.emplace().targetHeight = 100;
            spec.peers.push_back(fixed_peer());
            break;
        case NodeMode::Validator:
            spec.validator.emplace();
            break;
        case NodeMode::KeyedValidator: {
            sei::api::ValidatorSpec& validator = spec.validator.emplace();
            validator.signingKey.emplace().secret.emplace().secretName = name + "-signing-key";
            validator.nodeKey.emplace().secret.emplace().secretName = name + "-node-key";
            break;
        }
    }
    return spec;
}

void import(SeiNode& node, const std::string& claim) {
    if (!node.spec.dataVolume) node.spec.dataVolume.emplace();
    node.spec.dataVolume->import_.emplace().pvcName = claim;
}

void retain(SeiNode& node) {
    if (!node.spec.dataVolume) node.spec.dataVolume.emplace();
    node.spec.dataVolume->retain = true;
}

kube::PersistentVolumeClaim claim_of_users(const std::string& name, const char* size, const char* mode) {
    kube::PersistentVolumeClaim claim;
    claim.metadata.name = name;
    claim.metadata.namespace_ = kNamespace;
    claim.spec.accessModes = {mode};
    claim.spec.storageClassName = "gp3-10k-750";
    claim.spec.resources.emplace().requests["storage"] = kube::Quantity{size};
    return claim;
}

kube::Pod copying_pod(const std::string& name, const std::string& claim) {
    kube::Pod pod;
    pod.metadata.name = name;
    pod.metadata.namespace_ = kNamespace;
    kube::Container container;
    container.name = "copy";
    container.image = "example.com/copy:v1";
    pod.spec.containers.push_back(std::move(container));
    kube::Volume volume;
    volume.name = "data";
    volume.persistentVolumeClaim.emplace().claimName = claim;
    pod.spec.volumes.push_back(std::move(volume));
    return pod;
}

}  // namespace

kube::Async<> World::perform_all(std::vector<Act> acts) {
    for (Act& act : acts) {
        co_await clock_.sleep_until(kube::MonotonicTime{act.at});
        if (settings_.with_trace) trace("user: " + to_string(act));
        if (scenario_.fleet && act.object == scenario_.fleet->name) {
            co_await perform_on_fleet(std::move(act));
        } else {
            co_await perform_on_node(std::move(act));
        }
    }
    --users_at_work_;
}

kube::Async<> World::perform_on_fleet(Act act) {
    const std::string name = act.object;
    switch (act.kind) {
        case ActKind::Create:
            wishes_.fleet = Wishes::Fleet{.image = act.image, .replicas = 3};
            co_await create_fleet(act.image);
            co_await until_nodes_are_taken(name);
            break;
        case ActKind::SetImage:
            wishes_.fleet->image = act.image;
            co_await edit<SeiNodeDeployment>(name, [image = act.image](SeiNodeDeployment& fleet) {
                fleet.spec.template_.spec.image = image;
            });
            break;
        case ActKind::Scale:
            wishes_.fleet->replicas = act.replicas;
            co_await edit<SeiNodeDeployment>(name, [replicas = act.replicas](SeiNodeDeployment& fleet) {
                fleet.spec.replicas = replicas;
            });
            break;
        case ActKind::Pause:
            co_await edit<SeiNodeDeployment>(name, [](SeiNodeDeployment& fleet) { fleet.spec.paused = true; });
            break;
        case ActKind::Unpause:
            co_await edit<SeiNodeDeployment>(name, [](SeiNodeDeployment& fleet) { fleet.spec.paused = false; });
            break;
        case ActKind::Delete:
            co_await delete_one<SeiNodeDeployment>(name);
            break;
        case ActKind::Hold:
        case ActKind::Release:
        case ActKind::ProvideKeys:
        case ActKind::SetPeers:
        case ActKind::DropBootstrap:
        case ActKind::DisruptBootstrap:
        case ActKind::Await:
        case ActKind::ProvideClaim:
        case ActKind::ProvideSmallClaim:
        case ActKind::ProvideReadOnlyClaim:
        case ActKind::DeleteClaim:
        case ActKind::StartCopy:
        case ActKind::StopCopy:
        case ActKind::SetImport:
        case ActKind::SetRetain:
            break;
    }
}

kube::Async<> World::perform_on_claim(Act act) {
    const std::string copy = act.object + "-copy";
    switch (act.kind) {
        case ActKind::ProvideClaim:
            co_await create_when_gone(claim_of_users(act.object, "2000Gi", "ReadWriteOnce"));
            break;
        case ActKind::ProvideSmallClaim:
            co_await create_when_gone(claim_of_users(act.object, "10Gi", "ReadWriteOnce"));
            break;
        case ActKind::ProvideReadOnlyClaim:
            co_await create_when_gone(claim_of_users(act.object, "2000Gi", "ReadOnlyMany"));
            break;
        case ActKind::DeleteClaim:
            co_await delete_one<kube::PersistentVolumeClaim>(act.object);
            // Whoever found it wrong before it went is asked to look again.
            for (const std::string& node : scenario_.nodes) scope_.spawn("user", ask_again_when_failed(node));
            break;
        case ActKind::StartCopy:
            static_cast<void>(co_await user_.create(copying_pod(copy, act.object)));
            break;
        case ActKind::StopCopy:
            co_await delete_one<kube::Pod>(copy);
            break;
        case ActKind::Create:
        case ActKind::SetImage:
        case ActKind::Scale:
        case ActKind::Pause:
        case ActKind::Unpause:
        case ActKind::Delete:
        case ActKind::Hold:
        case ActKind::Release:
        case ActKind::ProvideKeys:
        case ActKind::SetPeers:
        case ActKind::DropBootstrap:
        case ActKind::DisruptBootstrap:
        case ActKind::Await:
        case ActKind::SetImport:
        case ActKind::SetRetain:
            break;
    }
}

kube::Async<> World::perform_on_node(Act act) {
    const std::string name = act.object;
    switch (act.kind) {
        case ActKind::Create: {
            wishes_.images[name] = act.image;
            co_await create_node(std::move(act));
            break;
        }
        case ActKind::SetImage:
            if (!wishes_.images[name]) break;
            wishes_.images[name] = act.image;
            co_await edit<SeiNode>(name, [image = act.image](SeiNode& node) { node.spec.image = image; });
            break;
        case ActKind::Pause:
            co_await edit<SeiNode>(name, [](SeiNode& node) { node.spec.paused = true; });
            break;
        case ActKind::Unpause:
            co_await edit<SeiNode>(name, [](SeiNode& node) { node.spec.paused = false; });
            break;
        case ActKind::Delete:
            if (!scenario_.fleet) wishes_.images[name].reset();
            co_await delete_one<SeiNode>(name);
            break;
        case ActKind::Hold:
            co_await edit<SeiNode>(name, [](SeiNode& node) { node.metadata.finalizers.emplace_back(kHold); });
            break;
        case ActKind::Release:
            co_await edit<SeiNode>(name, [](SeiNode& node) { std::erase(node.metadata.finalizers, kHold); });
            break;
        case ActKind::ProvideKeys:
            co_await create_secret(name + "-signing-key", "priv_validator_key.json", kSigningKeyFile);
            co_await create_secret(name + "-node-key", "node_key.json", kNodeKeyFile);
            break;
        case ActKind::SetPeers:
            co_await edit<SeiNode>(name, [](SeiNode& node) { node.spec.peers = {fixed_peer(kOtherPeer)}; });
            break;
        case ActKind::DropBootstrap:
            co_await edit<SeiNode>(name, [](SeiNode& node) {
                if (node.spec.fullNode && node.spec.fullNode->snapshot) {
                    node.spec.fullNode->snapshot->bootstrapImage.clear();
                }
            });
            break;
        case ActKind::DisruptBootstrap: {
            const kube::NamespacedName pod = pod_of(name);
            const auto read = co_await user_.get<kube::Pod>(pod);
            if (!read || pod == key_of(name + "-0")) break;
            static_cast<void>(co_await user_.delete_object<kube::Pod>(pod, {.uid = read->uid(), .resource_version = {}})
            );
            scope_.spawn("user", ask_again_when_failed(name));
            break;
        }
        case ActKind::Await:
            co_await until_settled(name);
            break;
        case ActKind::SetImport:
            co_await edit<SeiNode>(name, [claim = act.claim](SeiNode& node) { import(node, claim); });
            break;
        case ActKind::SetRetain:
            co_await edit<SeiNode>(name, [](SeiNode& node) { retain(node); });
            break;
        case ActKind::ProvideClaim:
        case ActKind::ProvideSmallClaim:
        case ActKind::ProvideReadOnlyClaim:
        case ActKind::DeleteClaim:
        case ActKind::StartCopy:
        case ActKind::StopCopy:
            co_await perform_on_claim(std::move(act));
            break;
        case ActKind::Scale:
            break;
    }
}

kube::Async<> World::until_settled(std::string node) {
    const auto deadline = clock_.monotonic() + std::chrono::minutes{20};
    while (clock_.monotonic() < deadline && !is_stopping_ && !unsettled_node(node, wishes_.images[node]).empty()) {
        co_await clock_.sleep_for(milliseconds{500});
    }
}

/// Where no operator saw the pod of the bootstrap go, its failed Job does not say that it was disrupted (decision 0018,
/// Z): its user asks for another attempt.
kube::Async<> World::ask_again_when_failed(std::string name) {
    const auto deadline = clock_.monotonic() + std::chrono::minutes{10};
    while (clock_.monotonic() < deadline && !is_stopping_) {
        co_await clock_.sleep_for(std::chrono::seconds{30});
        const ObjectPtr node = find(WatchedKind::Node, key_of(name));
        if (!node || kube::json::find_string(node->value(), {"status", "phase"}) != "Failed") continue;
        if (settings_.with_trace) trace("user: asks for another attempt of " + name);
        co_await edit<SeiNode>(name, [](SeiNode& failed) {
            failed.metadata.annotations[std::string{sei::api::kRetryAnnotation}] = "disrupted";
        });
    }
}

template <class K>
kube::Async<> World::create_when_gone(K object) {
    const auto deadline = clock_.monotonic() + std::chrono::minutes{20};
    while (!(co_await user_.create(object)) && clock_.monotonic() < deadline && !is_stopping_) {
        co_await clock_.sleep_for(milliseconds{500});
    }
}

kube::Async<> World::create_node(Act act) {
    const std::string& name = act.object;
    const auto place = static_cast<std::size_t>(std::ranges::find(scenario_.nodes, name) - scenario_.nodes.begin());
    SeiNode node;
    node.metadata.name = name;
    node.metadata.namespace_ = kNamespace;
    node.metadata.labels["fleet"] = "f";
    node.spec = spec_of(scenario_.modes.at(place), name, std::move(act.image), scenario_.with_peers);
    if (!act.claim.empty()) import(node, act.claim);
    if (act.is_retained) retain(node);
    co_await create_when_gone(std::move(node));
}

kube::Async<> World::create_fleet(std::string image) {
    SeiNodeDeployment fleet;
    fleet.metadata.name = scenario_.fleet->name;
    fleet.metadata.namespace_ = kNamespace;
    fleet.spec.replicas = 3;
    fleet.spec.updateStrategy.maxUnavailable = scenario_.fleet->max_unavailable;
    if (scenario_.fleet->is_retained) fleet.spec.deletionPolicy = sei::api::DeletionPolicy::Retain;
    fleet.spec.template_.metadata.emplace().labels["fleet"] = "f";
    const bool is_chain = scenario_.fleet->is_chain;
    const NodeMode mode = is_chain ? NodeMode::Validator : NodeMode::BlockSync;
    fleet.spec.template_.spec = spec_of(mode, {}, std::move(image), scenario_.with_peers);
    if (is_chain) {
        fleet.spec.template_.spec.chainId = kNewChain;
        fleet.spec.genesis.emplace().chainId = kNewChain;
    }
    co_await create_when_gone(std::move(fleet));
}

kube::Async<> World::until_nodes_are_taken(std::string fleet) {
    const auto is_left_over = [&](const ObjectPtr& node) {
        return controller_of(node).empty() &&
               text_at(node, {"metadata", "labels", sei::api::kDeploymentLabel}) == fleet;
    };
    const auto deadline = clock_.monotonic() + std::chrono::minutes{20};
    while (clock_.monotonic() < deadline && !is_stopping_ && find(WatchedKind::Deployment, key_of(fleet)) &&
           std::ranges::any_of(all(WatchedKind::Node), is_left_over)) {
        co_await clock_.sleep_for(milliseconds{500});
    }
}

kube::Async<> World::create_secret(std::string name, std::string key, std::string file) {
    kube::Secret secret;
    secret.metadata.name = std::move(name);
    secret.metadata.namespace_ = kNamespace;
    secret.data[key] = std::move(file);
    static_cast<void>(co_await user_.create(std::move(secret)));
}

template <class K>
kube::Async<> World::edit(std::string name, std::function<void(K&)> change) {
    for (;;) {
        const auto read = co_await user_.get<K>(key_of(name));
        if (!read) co_return;
        K changed = **read;
        change(changed);
        const auto written = co_await user_.patch(*read, std::move(changed));
        if (written || written.error() == kube::WriteRefusal::Absent) co_return;
    }
}
template kube::Async<> World::edit(std::string name, std::function<void(SeiNode&)> change);

template <class K>
kube::Async<> World::delete_one(std::string name) {
    const auto read = co_await user_.get<K>(key_of(name));
    if (!read) co_return;
    static_cast<void>(co_await user_.delete_object<K>(key_of(name), {.uid = read->uid(), .resource_version = {}}));
}

kube::Async<> World::delete_all() {
    for (const auto& fleet : all(WatchedKind::Deployment)) co_await delete_one<SeiNodeDeployment>(fleet->key().name);
    const auto deadline = clock_.monotonic() + std::chrono::minutes{10};
    // Nodes that are to outlive their fleet are deleted when they have.
    const bool are_retained = scenario_.fleet && scenario_.fleet->is_retained;
    while (are_retained && clock_.monotonic() < deadline && !is_stopping_ && !all(WatchedKind::Deployment).empty()) {
        co_await clock_.sleep_for(milliseconds{500});
    }
    for (const auto& node : all(WatchedKind::Node)) {
        const std::string name = node->key().name;
        co_await edit<SeiNode>(name, [](SeiNode& held) { std::erase(held.metadata.finalizers, kHold); });
        co_await delete_one<SeiNode>(name);
    }
    co_await delete_own_sets();
    co_await delete_own_claims();
}

kube::Async<> World::until_nodes_are_gone() {
    const auto deadline = clock_.monotonic() + std::chrono::minutes{10};
    while (clock_.monotonic() < deadline && !is_stopping_ && !all(WatchedKind::Node).empty()) {
        co_await clock_.sleep_for(milliseconds{500});
    }
}

kube::Async<> World::delete_own_claims() {
    if (!scenario_.has_volumes) co_return;
    co_await until_nodes_are_gone();
    for (const auto& claim : all(WatchedKind::Claim)) {
        if (controller_of(claim).empty()) co_await delete_one<kube::PersistentVolumeClaim>(claim->key().name);
    }
}

kube::Async<> World::delete_own_sets() {
    if (sets_of_users_.empty()) co_return;
    co_await until_nodes_are_gone();
    for (const auto& set : all(WatchedKind::StatefulSet)) {
        if (is_of_users(WatchedKind::StatefulSet, set)) co_await delete_one<kube::StatefulSet>(set->key().name);
    }
}

void World::delete_everything() {
    trace("user: delete everything");
    wishes_ = {};
    scope_.spawn("user", delete_all());
}

}  // namespace sim
