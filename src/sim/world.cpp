#include "sim/world.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "kube/types/config_map.hpp"
#include "kube/types/controller_revision.hpp"
#include "kube/types/event.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/pod.hpp"
#include "kube/types/service.hpp"
#include "kube/types/stateful_set.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/schema/crds.hpp"
#include "sim/final_state.hpp"

namespace sim {
namespace {

using devcluster::apiserver::ObjectPtr;
using kube::json::find;
using kube::json::find_string;
using kube::json::Value;
using sei::api::SeiNode;

constexpr const char* kNamespace = "default";

sei::platform::Platform make_platform() {
    sei::platform::Platform platform;
    platform.standard = {
        .node_pool = "sei-node",
        .cpu = kube::Quantity{"4"},
        .memory = kube::Quantity{"32Gi"},
        .storage_class = "gp3-10k-750",
        .storage_size = kube::Quantity{"2000Gi"}
    };
    platform.archive = platform.standard;
    platform.toleration_key = "sei.io/workload";
    platform.service_account = "seid-node";
    platform.sidecar_image = "example.com/sidecar:v1";
    platform.kube_rbac_proxy_image = "example.com/proxy:v1";
    platform.cosmos_exporter_image = "example.com/exporter:v1";
    return platform;
}

devcluster::workloads::WorkloadsOptions workloads_options() {
    devcluster::workloads::WorkloadsOptions options;
    options.has_jobs = false;
    options.has_namespaces = false;
    options.has_garbage_collector = false;  // the world's own needs no discovery and no watches
    return options;
}

kube::NamespacedName key_of(const std::string& node) {
    return {kNamespace, node};
}

std::string uid_of(const ObjectPtr& object) {
    return std::string{find_string(object->value(), {"metadata", "uid"})};
}

const kube::json::Array* array_at(const Value& value, std::initializer_list<std::string_view> path) {
    const Value* found = find(value, path);
    return found != nullptr && found->is_array() ? &found->get_array() : nullptr;
}

}  // namespace

World::World(WorldSettings settings)
    : settings_{std::move(settings)},
      loop_{settings_.seed, settings_.order},
      clock_{loop_.executor()},
      random_{settings_.seed ^ 0x5eedu},
      around_{loop_.executor(), clock_, random_, weather_, *this},
      scope_{loop_.executor()},
      server_{loop_.executor(), clock_, {.seed = settings_.seed}},
      sidecars_{clock_, {.accepted_tokens = {}, .serves_without_pod = false}},
      pod_sidecars_{sidecars_},
      cluster_way_{around_, server_.handler(), "cluster"},
      user_way_{around_, server_.handler(), "user"},
      workloads_{loop_.executor(), clock_, cluster_way_, workloads_options(), &pod_sidecars_, &pod_sidecars_},
      user_{user_way_, {.field_manager = kube::FieldManager{"user"}}},
      platform_{make_platform()},
      trouble_of_{[this](const kube::NamespacedName& node) -> std::optional<SidecarWay::Trouble> {
          const auto found = troubles_.find(node);
          if (found == troubles_.end() || clock_.monotonic() >= found->second.until) return std::nullopt;
          return found->second;
      }},
      oracles_{make_oracles(*this)} {
    for (const sei::api::CrdManifest& manifest : sei::api::crd_manifests()) {
        server_.install(kube::json::serialize(Value(manifest.crd)));
    }
    watched_[static_cast<std::size_t>(WatchedKind::Node)].type = kube::KindOf<SeiNode>::type;
    watched_[static_cast<std::size_t>(WatchedKind::StatefulSet)].type = kube::KindOf<kube::StatefulSet>::type;
    watched_[static_cast<std::size_t>(WatchedKind::Pod)].type = kube::KindOf<kube::Pod>::type;
    watched_[static_cast<std::size_t>(WatchedKind::Claim)].type = kube::KindOf<kube::PersistentVolumeClaim>::type;
    watched_[static_cast<std::size_t>(WatchedKind::Service)].type = kube::KindOf<kube::Service>::type;
    watched_[static_cast<std::size_t>(WatchedKind::ConfigMap)].type = kube::KindOf<kube::ConfigMap>::type;
    watched_[static_cast<std::size_t>(WatchedKind::Revision)].type = kube::KindOf<kube::ControllerRevision>::type;
    watched_[static_cast<std::size_t>(WatchedKind::Event)].type = kube::KindOf<kube::Event>::type;
    for (Watched& watched : watched_) {
        watched.collection = &server_.store().collection(watched.type.group, watched.type.plural);
        watched.seen = server_.store().revision();
        for (const auto& [key, object] : watched.collection->objects()) living_uids_.insert(uid_of(object));
    }
    sidecars_.on_ready([this](const kube::NamespacedName& node) {
        workloads_.kubelet().recheck({node.namespace_, node.name + "-0"});
    });
    scope_.spawn("cluster", workloads_.run());
    const bool is_elected = settings_.operators == Operators::TwoElecting;
    const std::size_t count = settings_.operators == Operators::One ? 1 : 2;
    for (std::size_t i = 0; i < count; ++i) {
        operators_.push_back(std::make_unique<OperatorProcess>(
            around_,
            server_.handler(),
            sidecars_,
            platform_,
            trouble_of_,
            incarnations_,
            OperatorSettings{
                .name = i == 0 ? "operator-a" : "operator-b",
                .seed = settings_.seed * 2 + i,
                .elects_leader = is_elected,
                .tamper = settings_.tamper
            }
        ));
        scope_.spawn("operator", operators_.back()->lives());
    }
}

World::~World() = default;

void World::stop() {
    is_calm_ = true;
    for (const auto& one : operators_) one->retire();
    workloads_.stop();
    const auto deadline = clock_.monotonic() + std::chrono::minutes{10};
    while (scope_.running() > 0) {
        if (loop_.run_one()) continue;
        const auto due = clock_.next_due();
        if (!due || *due > deadline) break;
        clock_.advance_to(*due);
    }
    while (loop_.run_one()) continue;
}

void World::begin(const Scenario& scenario, const FaultPlan& plan) {
    is_peered_ = scenario.with_peers;
    users_are_done_ = false;
    scope_.spawn("users", perform_all(scenario.acts));
    for (const Fault& fault : plan) scope_.spawn("fault", strike(fault));
}

bool World::run_until(const std::function<bool()>& done, std::chrono::seconds limit) {
    constexpr std::uint64_t kStepsWithoutTimeMax = 200'000;
    const auto deadline = clock_.monotonic() + limit;
    std::uint64_t steps_at_this_time = 0;
    for (;;) {
        if (loop_.run_one()) {
            if (objection() != nullptr || ++steps_at_this_time > kStepsWithoutTimeMax) return false;
            continue;
        }
        if (done()) return true;
        steps_at_this_time = 0;
        const auto due = clock_.next_due();
        if (!due || *due > deadline) {
            clock_.advance_to(deadline);
            return done();
        }
        clock_.advance_to(*due);
    }
}

void World::calm_down() {
    weather_.armed.clear();
    weather_.lags.clear();
    weather_.oldest_view.reset();
    weather_.leases_back_at = {};
    troubles_.clear();
    workloads_.faults().clear();
    for (const std::string node : {"n0", "n1", "n2"}) {
        devcluster::sidecar::NodeSidecar& sidecar = sidecars_.node(key_of(node));
        for (const char* type : {"config-apply", "discover-peers"}) sidecar.scripts().clear(type);
    }
    trace("calm: no fault any more");
}

// ---- Seeing ---------------------------------------------------------------------------------------------------------

ObjectPtr World::find(WatchedKind kind, const kube::NamespacedName& key) const {
    return watched_[static_cast<std::size_t>(kind)].collection->find(key);
}

std::vector<ObjectPtr> World::all(WatchedKind kind) const {
    std::vector<ObjectPtr> objects;
    for (const auto& [key, object] : watched_[static_cast<std::size_t>(kind)].collection->objects()) {
        objects.push_back(object);
    }
    return objects;
}

bool World::sidecar_has_completed(const kube::NamespacedName& node, const std::string& task) const {
    static_cast<void>(node);
    return completed_tasks_.contains(task);
}

void World::served(const Process& by, const Exchange* exchange) {
    ++requests_;
    absorb(&by);
    if (exchange == nullptr) return;
    if (settings_.with_trace && exchange->is_write()) {
        trace(fmt::format(
            "{}#{} {} {} -> {} {}",
            by.name,
            by.incarnation,
            kube::to_string(exchange->method),
            exchange->path,
            exchange->status,
            exchange->body.substr(0, 600)
        ));
    }
    for (const auto& oracle : oracles_) oracle->exchanged(*exchange);
}

void World::served(const SidecarExchange& exchange) {
    ++requests_;
    if (exchange.status == 200 && !exchange.is_submission && !exchange.task_id.empty() &&
        exchange.answer.find(R"("status":"completed")") != std::string::npos) {
        completed_tasks_.insert(exchange.task_id);
    }
    if (settings_.with_trace) {
        trace(fmt::format(
            "{}#{} sidecar of {}: {} {} -> {} {}",
            exchange.by.name,
            exchange.by.incarnation,
            exchange.node.name,
            exchange.is_submission ? "submit" : "ask",
            exchange.task_id,
            exchange.status,
            exchange.answer.substr(0, 160)
        ));
    }
    for (const auto& oracle : oracles_) oracle->exchanged(exchange);
}

void World::struck(const Fault& fault, const std::string& what) {
    struck_.insert(fault.number);
    if (settings_.with_trace) trace(fmt::format("fault {} hits {}", to_string(fault), what));
}

void World::absorb(const Process* by) {
    for (std::size_t kind = 0; kind < kWatchedKinds; ++kind) {
        Watched& watched = watched_[kind];
        if (!watched.collection->has_events_after(watched.seen)) continue;
        for (devcluster::apiserver::StoreEvent& event : watched.collection->events_after(watched.seen, 1'000)) {
            watched.seen = event.revision;
            const kube::NamespacedName key = event.after ? event.after->key() : event.before->key();
            Change change{static_cast<WatchedKind>(kind), key, std::move(event.before), std::move(event.after), by};
            note(change);
        }
    }
}

void World::note(const Change& change) {
    if (!change.before) living_uids_.insert(uid_of(change.after));
    if (!change.after) living_uids_.erase(uid_of(change.before));
    collect_garbage(change);
    if (change.kind == WatchedKind::Claim && !change.after && change.key.name.starts_with("data-")) {
        sidecars_.erase({change.key.namespace_, change.key.name.substr(5)});  // its volume is gone
    }
    if (settings_.with_trace && change.kind != WatchedKind::Event) {
        trace(fmt::format(
            "  {} {} {} at {} by {}",
            watched_[static_cast<std::size_t>(change.kind)].type.kind,
            change.key.name,
            !change.before  ? "appears"
            : !change.after ? "goes"
                            : "changes",
            change.after ? change.after->revision() : 0,
            change.by != nullptr ? change.by->name : "nobody"
        ));
    }
    for (const auto& oracle : oracles_) oracle->changed(change);
}

void World::trace(std::string line) {
    if (!settings_.with_trace) return;
    const auto elapsed = std::chrono::duration<double>(clock_.monotonic().time_since_epoch());
    trace_.push_back(fmt::format("{:10.4f}s {}", elapsed.count(), line));
}

void World::rest_begins() {
    trace("rest begins");
    for (const auto& oracle : oracles_) oracle->rest_begins();
}

void World::rest_ends() {
    for (const auto& oracle : oracles_) oracle->rest_ends();
    trace("rest ends");
}

const Oracle* World::objection() const {
    for (const auto& oracle : oracles_) {
        if (oracle->violation()) return oracle.get();
    }
    return nullptr;
}

// ---- Garbage --------------------------------------------------------------------------------------------------------

void World::collect_garbage(const Change& change) {
    const auto is_orphan = [&](const ObjectPtr& object) {
        const auto* owners = array_at(object->value(), {"metadata", "ownerReferences"});
        if (owners == nullptr || owners->empty()) return false;
        return std::ranges::none_of(*owners, [&](const Value& owner) {
            return living_uids_.contains(std::string{find_string(owner, {"uid"})});
        });
    };
    const auto collect = [&](std::size_t kind, const ObjectPtr& object) {
        if (find_string(object->value(), {"metadata", "deletionTimestamp"}).empty() && is_orphan(object)) {
            scope_.spawn("garbage collector", delete_orphan(kind, object->key(), kube::Uid{uid_of(object)}));
        }
    };
    if (!change.before) {
        collect(static_cast<std::size_t>(change.kind), change.after);
    } else if (!change.after) {
        for (std::size_t kind = 0; kind < kWatchedKinds; ++kind) {
            for (const auto& [key, object] : watched_[kind].collection->objects()) collect(kind, object);
        }
    }
}

kube::Async<> World::delete_orphan(std::size_t kind, kube::NamespacedName key, kube::Uid uid) {
    co_await clock_.sleep_for(milliseconds{random_.next() % 2'000});
    static_cast<void>(co_await user_.raw().delete_object(
        watched_[kind].type,
        std::move(key),
        {.uid = std::move(uid), .resource_version = {}},
        kube::Propagation::Background
    ));
}

// ---- Users ----------------------------------------------------------------------------------------------------------

kube::Async<> World::perform_all(std::vector<Act> acts) {
    for (Act& act : acts) {
        co_await clock_.sleep_until(kube::MonotonicTime{act.at});
        if (settings_.with_trace) trace("user: " + to_string(act));
        co_await perform(std::move(act));
    }
    users_are_done_ = true;
}

kube::Async<> World::perform(Act act) {
    switch (act.kind) {
        case ActKind::Create: {
            wanted_images_[act.node] = act.image;
            SeiNode node;
            node.metadata.name = act.node;
            node.metadata.namespace_ = kNamespace;
            node.metadata.labels["fleet"] = "f";
            node.spec.chainId = "pacific-1";
            node.spec.image = act.image;
            node.spec.fullNode.emplace();
            if (is_peered_) {
                sei::api::PeerSource peers;
                peers.label.emplace().selector["fleet"] = "f";
                node.spec.peers.push_back(std::move(peers));
            }
            const auto deadline = clock_.monotonic() + std::chrono::minutes{20};
            while (!(co_await user_.create(node)) && clock_.monotonic() < deadline) {
                co_await clock_.sleep_for(milliseconds{500});
            }
            break;
        }
        case ActKind::SetImage:
            if (!wanted_images_[act.node]) break;
            wanted_images_[act.node] = act.image;
            co_await edit(act.node, [image = act.image](SeiNode& node) { node.spec.image = image; });
            break;
        case ActKind::Pause:
            co_await edit(act.node, [](SeiNode& node) { node.spec.paused = true; });
            break;
        case ActKind::Unpause:
            co_await edit(act.node, [](SeiNode& node) { node.spec.paused = false; });
            break;
        case ActKind::Delete:
            wanted_images_[act.node].reset();
            co_await delete_node(act.node);
            break;
        case ActKind::Hold:
            co_await edit(act.node, [](SeiNode& node) { node.metadata.finalizers.emplace_back("example.com/hold"); });
            break;
        case ActKind::Release:
            co_await edit(act.node, [](SeiNode& node) { std::erase(node.metadata.finalizers, "example.com/hold"); });
            break;
    }
}

kube::Async<> World::edit(std::string node, std::function<void(SeiNode&)> change) {
    for (;;) {
        const auto read = co_await user_.get<SeiNode>(key_of(node));
        if (!read) co_return;
        SeiNode changed = **read;
        change(changed);
        const auto written = co_await user_.patch(*read, std::move(changed));
        if (written || written.error() == kube::WriteRefusal::Absent) co_return;
    }
}

kube::Async<> World::delete_node(std::string node) {
    const auto read = co_await user_.get<SeiNode>(key_of(node));
    if (!read) co_return;
    static_cast<void>(co_await user_.delete_object<SeiNode>(key_of(node), {.uid = read->uid(), .resource_version = {}})
    );
}

void World::delete_all_nodes() {
    trace("user: delete everything");
    for (const ObjectPtr& node : all(WatchedKind::Node)) {
        wanted_images_[node->key().name].reset();
        scope_.spawn("user", edit(node->key().name, [](SeiNode& held) {
                         std::erase(held.metadata.finalizers, "example.com/hold");
                     }));
        scope_.spawn("user", delete_node(node->key().name));
    }
}

bool World::is_empty() const {
    for (const WatchedKind kind : {WatchedKind::Node, WatchedKind::StatefulSet, WatchedKind::Pod, WatchedKind::Claim}) {
        if (!watched_[static_cast<std::size_t>(kind)].collection->objects().empty()) return false;
    }
    return find(WatchedKind::Service, key_of("n0")) == nullptr;
}

bool World::has_settled() const {
    return unsettled().empty();
}

std::string World::unsettled() const {
    if (!users_are_done_) return "users are not done";
    for (const auto& [name, image] : wanted_images_) {
        const ObjectPtr node = find(WatchedKind::Node, key_of(name));
        if (!image) {
            if (node) return "node " + name + " is still there";
            continue;
        }
        if (!node) return "node " + name + " is not there";
        const Value& status = node->value();
        if (find_string(status, {"status", "phase"}) != "Running") {
            return fmt::format("node {} is {}", name, find_string(status, {"status", "phase"}));
        }
        if (find_string(status, {"status", "currentImage"}) != *image) {
            return fmt::format(
                "node {} runs {} instead of {}", name, find_string(status, {"status", "currentImage"}), *image
            );
        }
        if (kube::json::find(status, {"status", "plan"}) != nullptr) return "node " + name + " has a plan";
        const ObjectPtr pod = find(WatchedKind::Pod, key_of(name + "-0"));
        if (!pod) return "node " + name + " has no pod";
        bool is_ready = false;
        if (const auto* conditions = array_at(pod->value(), {"status", "conditions"})) {
            for (const Value& condition : *conditions) {
                is_ready |= find_string(condition, {"type"}) == "Ready" && find_string(condition, {"status"}) == "True";
            }
        }
        if (!is_ready) return "the pod of node " + name + " is not ready";
        bool is_open = false;
        if (const auto* conditions = array_at(status, {"status", "conditions"})) {
            for (const Value& condition : *conditions) {
                is_open |=
                    find_string(condition, {"type"}) == "SidecarReady" && find_string(condition, {"status"}) == "True";
            }
        }
        if (!is_open) return "SidecarReady of node " + name + " is not True";
    }
    return {};
}

std::string World::final_state() const {
    std::string text;
    for (std::size_t kind = 0; kind < kWatchedKinds; ++kind) {
        if (static_cast<WatchedKind>(kind) == WatchedKind::Event) continue;
        if (static_cast<WatchedKind>(kind) == WatchedKind::Revision) continue;  // a history, not a state
        for (const auto& [key, object] : watched_[kind].collection->objects()) {
            text += fmt::format("{} {} {}\n", watched_[kind].type.kind, key.name, without_accidents(object->value()));
        }
    }
    return text;
}

}  // namespace sim
