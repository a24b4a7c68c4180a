#include "sim/world.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sei/api/labels.hpp"
#include "sei/deployment/genesis.hpp"
#include "sei/plan/plan_kind.hpp"
#include "sim/final_state.hpp"
#include "sim/json_look.hpp"

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
    options.has_namespaces = false;
    options.has_garbage_collector = false;                   // the world's own needs no discovery and no watches
    options.events = devcluster::workloads::Events::Silent;  // oracles judge those of operators only
    return options;
}

}  // namespace

World::World(WorldSettings settings, Ground& ground)
    : settings_{std::move(settings)},
      loop_{ground.loop()},
      clock_{ground.clock()},
      random_{settings_.seed ^ 0x5eedu},
      around_{loop_.executor(), clock_, random_, weather_, *this},
      scope_{loop_.executor()},
      server_{ground.server()},
      sidecars_{clock_, {.accepted_tokens = {}, .serves_without_pod = false}},
      pod_sidecars_{sidecars_},
      sidecars_on_claims_{sidecars_, pod_sidecars_},
      cluster_way_{around_, server_.handler(), "cluster"},
      user_way_{around_, server_.handler(), "user"},
      workloads_{loop_.executor(), clock_, cluster_way_, workloads_options(), &pod_sidecars_, &sidecars_on_claims_},
      user_{user_way_, {.field_manager = kube::FieldManager{"user"}}},
      garbage_{*this, around_, scope_, user_},
      platform_{make_platform()},
      trouble_of_{[this](const kube::NamespacedName& node) -> std::optional<SidecarWay::Trouble> {
          const auto found = troubles_.find(node);
          if (found == troubles_.end() || clock_.monotonic() >= found->second.until) return std::nullopt;
          return found->second;
      }},
      oracles_{make_oracles(*this)},
      reached_{*this} {
    for (const WatchedKind kind : kWatchedKinds) {
        Watched& one = watched(kind);
        one.collection = &server_.store().collection(type_of(kind).group, type_of(kind).plural);
        one.seen = server_.store().revision();
        for (const auto& [key, object] : one.collection->objects()) garbage_.found(object);
    }
    sidecars_.on_ready([this](const kube::NamespacedName& node) {
        workloads_.kubelet().recheck({node.namespace_, node.name + "-0"});
        if (bootstrap_gates_.contains(node.name)) set_bootstrap_gate(node.name, Gate::Open);
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

bool World::stop() {
    is_calm_ = true;
    is_stopping_ = true;
    garbage_.stop();
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
    return scope_.running() == 0;
}

void World::begin(const Scenario& scenario, const FaultPlan& plan) {
    scenario_ = scenario;
    give_tasks_their_time();
    give_requests_their_time();
    // Who holds a node lets it go by himself: whoever waits to make it again may be waiting for that.
    std::map<std::size_t, std::vector<Act>> of_owners;
    std::vector<Act> of_others;
    for (const Act& act : scenario.acts) {
        const bool is_of_others = act.kind == ActKind::Hold || act.kind == ActKind::Release;
        (is_of_others ? of_others : of_owners[act.story]).push_back(act);
    }
    users_at_work_ = static_cast<int>(of_owners.size()) + 1;
    for (auto& [story, acts] : of_owners) scope_.spawn("users", perform_all(std::move(acts)));
    scope_.spawn("users", perform_all(std::move(of_others)));
    for (const Fault& fault : plan) scope_.spawn("fault", strike(fault));
}

/// In most runs sidecars take up to some seconds over each type of task, so that a task is met while it runs.
void World::give_tasks_their_time() {
    kube::Random random{settings_.seed ^ 0x7a5cu};
    if (settings_.order == SeededLoop::Order::Fifo || random.next() % 4 == 0) return;
    for (const char* type :
         {"snapshot-restore",
          "configure-genesis",
          "config-apply",
          "discover-peers",
          "configure-state-sync",
          "config-validate",
          "mark-ready",
          "generate-identity",
          "generate-gentx",
          "upload-genesis-artifacts",
          "assemble-and-upload-genesis",
          "set-genesis-peers"}) {
        devcluster::sidecar::Script script;
        script.duration = milliseconds{random.next() % 4'000};
        sidecars_.scripts().set(type, std::move(script));
    }
    // A restore of terabytes outlives the pod that it was begun in, and the plan.
    if (random.next() % 2 != 0) return;
    devcluster::sidecar::Script restore;
    restore.duration = milliseconds{100'000 + random.next() % 150'000};
    sidecars_.scripts().set("snapshot-restore", std::move(restore));
}

/// In every third run about volumes of users some requests take long: of two nodes that want one claim, one looks
/// around, and the other one does before what that one decided is stored.
void World::give_requests_their_time() {
    kube::Random random{settings_.seed ^ 0x510eu};
    if (!scenario_.has_volumes || settings_.order == SeededLoop::Order::Fifo || random.next() % 3 != 0) return;
    weather_.longest_request = milliseconds{100 + random.next() % 900};
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
    weather_.gaps.clear();
    weather_.old_view.reset();
    weather_.leases_back_at = {};
    weather_.longest_request = {};
    troubles_.clear();
    workloads_.faults().clear();
    for (const auto& [node, gate] : bootstrap_gates_) set_bootstrap_gate(node, gate);
    for (const std::string& node : scenario_.nodes) let_tasks_succeed({kNamespace, node});
    trace("calm: no fault any more");
}

void World::let_tasks_succeed(const kube::NamespacedName& node) {
    devcluster::sidecar::NodeSidecar& sidecar = sidecars_.node(node);
    for (const char* type : {"config-apply", "discover-peers", "mark-ready"}) sidecar.scripts().clear(type);
}

// ---- Seeing ---------------------------------------------------------------------------------------------------------

ObjectPtr World::find(WatchedKind kind, const kube::NamespacedName& key) const {
    return watched(kind).collection->find(key);
}

std::vector<ObjectPtr> World::all(WatchedKind kind) const {
    std::vector<ObjectPtr> objects;
    for (const auto& [key, object] : watched(kind).collection->objects()) {
        objects.push_back(object);
    }
    return objects;
}

bool World::sidecar_has_completed(const kube::NamespacedName& node, const std::string& task) const {
    static_cast<void>(node);
    return completed_tasks_.contains(task);
}

std::vector<std::string> World::running_tasks(const kube::NamespacedName& node) const {
    std::vector<std::string> running;
    for (const devcluster::sidecar::TaskRow& row : sidecars_.node(node).list()) {
        const bool is_running = row.status == devcluster::sidecar::TaskStatus::Running;
        if (is_running && row.type != "snapshot-upload") running.push_back(row.id);
    }
    return running;
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
    reached_.exchanged(*exchange);
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
    reached_.exchanged(exchange);
}

void World::shown(const Process& to, std::string_view resource, std::string_view chunk) {
    if (resource != "seinodes" && resource != "seinodedeployments") return;
    // Of the events in a chunk the last one is the newest; each is a line.
    constexpr std::string_view kVersion = R"("resourceVersion":")";
    const std::size_t before_last = chunk.substr(0, std::max<std::size_t>(chunk.size(), 1) - 1).rfind('\n');
    const std::size_t at = chunk.find(kVersion, before_last == chunk.npos ? 0 : before_last + 1);
    if (at == std::string_view::npos) return;
    std::uint64_t version = 0;
    for (std::size_t i = at + kVersion.size(); i < chunk.size() && chunk[i] >= '0' && chunk[i] <= '9'; ++i) {
        version = version * 10 + static_cast<std::uint64_t>(chunk[i] - '0');
    }
    for (const auto& oracle : oracles_) oracle->shown(to, resource, version);
}

void World::struck(const Fault& fault, const std::string& what) {
    if (struck_.insert(fault.number).second) {
        ++coverage_.faults[std::string{boost::describe::enum_to_string(fault.kind, "")}];
    }
    if (settings_.with_trace) trace(fmt::format("fault {} hits {}", to_string(fault), what));
}

void World::absorb(const Process* by) {
    for (const WatchedKind kind : kWatchedKinds) {
        Watched& one = watched(kind);
        if (!one.collection->has_events_after(one.seen)) continue;
        for (devcluster::apiserver::StoreEvent& event : one.collection->events_after(one.seen, 1'000)) {
            one.seen = event.revision;
            const kube::NamespacedName key = event.after ? event.after->key() : event.before->key();
            Change change{kind, key, std::move(event.before), std::move(event.after), by};
            note(change);
        }
    }
}

/// Which plans came to be, and which made way for another.
void World::count_plan(const Change& change) {
    if (!change.after || (change.kind != WatchedKind::Node && change.kind != WatchedKind::Deployment)) return;
    const Value* plan = kube::json::find(change.after->value(), {"status", "plan"});
    if (plan == nullptr) return;
    const std::string_view id = find_string(*plan, {"id"});
    const Value* before = change.before ? kube::json::find(change.before->value(), {"status", "plan"}) : nullptr;
    if (before != nullptr && find_string(*before, {"id"}) == id) return;
    const auto read = kube::json::from_json<sei::api::TaskPlan>(*plan);
    std::string kind;
    if (change.kind == WatchedKind::Node) {
        kind = sei::plan::to_string(sei::plan::kind_of(read));
    } else {
        kind = sei::deployment::kind_of(read) == sei::deployment::PlanKind::Rollout ? "Rollout" : "Genesis";
    }
    if (before != nullptr && find_string(*before, {"phase"}) == "Active") kind += ", in place of another";
    ++coverage_.plans[kind];
}

Coverage World::coverage() const {
    Coverage all = coverage_;
    for (const auto& oracle : oracles_) all.oracles[std::string{oracle->name()}] += oracle->times_judged();
    for (const std::string_view name : Reached::situations()) all.situations[std::string{name}];
    for (const auto& [name, count] : reached_.counts()) all.situations[std::string{name}] += count;
    return all;
}

void World::note_bootstrap(const Change& change) {
    if (change.kind != WatchedKind::Job || !change.after) return;
    const std::string node = text_at(change.after, {"metadata", "labels", sei::api::kNodeLabel});
    if (!change.before) return set_bootstrap_gate(node, Gate::Closed);
    if (is_condition_true(change.after->value(), "Complete")) note_tasks_of_bootstrap(node);
}

/// seid ran to its height: the gate was open, and the sidecar had done all that comes before that.
void World::note_tasks_of_bootstrap(const std::string& name) {
    const ObjectPtr node = find(WatchedKind::Node, {kNamespace, name});
    if (!node) return;
    const kube::json::Array none;
    for (const Value& task : array_at(node->value(), {"status", "plan", "tasks"}, none)) {
        if (find_string(task, {"type"}) == "await-bootstrap-complete") return;
        completed_tasks_.emplace(find_string(task, {"id"}));
    }
}

void World::set_bootstrap_gate(const std::string& node, Gate gate) {
    constexpr std::chrono::seconds kTimeToHeight{2};
    bootstrap_gates_[node] = gate;
    devcluster::workloads::FaultTarget seid;
    seid.labels[std::string{sei::api::kNodeLabel}] = node;
    seid.labels[std::string{sei::api::kComponentLabel}] = std::string{sei::api::kBootstrapComponent};
    seid.container = "seid";
    devcluster::workloads::ContainerExit exit{.code = 0, .after = std::nullopt};
    if (gate == Gate::Open) exit.after = kTimeToHeight;
    workloads_.faults().set_exit(std::move(seid), exit);
}

void World::note_lost_set(const Change& change) {
    if (change.kind != WatchedKind::Node || !change.before || !change.after) return;
    const std::string_view tracked = find_string(change.before->value(), {"status", "statefulSet", "uid"});
    if (tracked.empty() || tracked == find_string(change.after->value(), {"status", "statefulSet", "uid"})) return;
    last_tracked_ = change.after->revision() - 1;
}

void World::note(const Change& change) {
    count_plan(change);
    garbage_.changed(change);
    note_lost_set(change);
    note_bootstrap(change);
    if (change.kind == WatchedKind::Claim && !change.after && change.key.name.starts_with("data-")) {
        sidecars_.erase({change.key.namespace_, change.key.name.substr(5)});  // its volume is gone
        sidecars_on_claims_.claim_is_gone(change.key);
    }
    // The next node of the name may be on the same volume: what was to fail for one that runs would fail it for good.
    if (change.kind == WatchedKind::Node && !change.after && scenario_.has_volumes) let_tasks_succeed(change.key);
    if (settings_.with_trace && change.kind != WatchedKind::Event) {
        trace(fmt::format(
            "  {} {} {} at {} by {}",
            type_of(change.kind).kind,
            change.key.name,
            !change.before  ? "appears"
            : !change.after ? "goes"
                            : "changes",
            change.after ? change.after->revision() : 0,
            change.by != nullptr ? change.by->name : "nobody"
        ));
    }
    for (const auto& oracle : oracles_) oracle->changed(change);
    reached_.changed(change);
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

// ---- The end -------------------------------------------------------------------------------------------------------

/// Nobody's, and no node has its name: one that a node has, or should have removed, is not left to users.
bool World::is_of_users(WatchedKind kind, const ObjectPtr& object) const {
    return kind == WatchedKind::StatefulSet && sets_of_users_.contains(uid_of(object)) &&
           controller_of(object).empty() && !find(WatchedKind::Node, object->key());
}

bool World::is_empty() const {
    for (const WatchedKind kind :
         {WatchedKind::Deployment,
          WatchedKind::Node,
          WatchedKind::StatefulSet,
          WatchedKind::Pod,
          WatchedKind::Claim,
          WatchedKind::ConfigMap,
          WatchedKind::Job}) {
        if (!watched(kind).collection->objects().empty()) return false;
    }
    // The one that every cluster has stays, and that of a fleet which was to leave everything behind.
    const std::size_t stay = scenario_.fleet && scenario_.fleet->is_retained ? 2 : 1;
    return watched(WatchedKind::Service).collection->objects().size() <= stay;
}

std::string World::final_state() const {
    std::string text;
    for (const WatchedKind kind : kWatchedKinds) {
        if (kind == WatchedKind::Event || kind == WatchedKind::Revision) continue;  // a history, not a state
        for (const auto& [key, object] : watched(kind).collection->objects()) {
            if (is_of_users(kind, object)) continue;
            text += fmt::format("{} {} {}\n", type_of(kind).kind, key.name, without_accidents(object->value()));
            for (const std::string& type : false_conditions(object->value())) {
                text += fmt::format("{}{} {} {}\n", kFalse, type_of(kind).kind, key.name, type);
            }
        }
    }
    return text;
}

}  // namespace sim
