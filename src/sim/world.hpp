// One simulated world: a cluster in memory, its operators, its users, and what goes wrong.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "devcluster/sidecar/pod_sidecars.hpp"
#include "devcluster/sidecar/sidecar_host.hpp"
#include "devcluster/workloads/workloads.hpp"
#include "kube/async/scope.hpp"
#include "kube/client/client.hpp"
#include "sim/coverage.hpp"
#include "sim/garbage_collector.hpp"
#include "sim/ground.hpp"
#include "sim/operator_process.hpp"
#include "sim/oracle.hpp"
#include "sim/reached.hpp"
#include "sim/scenario.hpp"
#include "sim/seeded_loop.hpp"
#include "sim/sidecars_on_claims.hpp"
#include "sim/ways.hpp"

namespace sim {

/// How many operators there are, and what keeps them apart.
enum class Operators { One, TwoElecting, TwoAtOnce };

struct WorldSettings {
    std::uint64_t seed = 0;
    SeededLoop::Order order = SeededLoop::Order::Drawn;
    Operators operators = Operators::One;
    MakeTampering tamper;
    /// Keep a readable history: costs time, changes nothing else.
    bool with_trace = false;
};

/// Everything runs on one loop and in virtual time; the same settings and acts give the same run, byte by byte.
class World final : public View, private Witness {
public:
    /// Begins on `ground`, which outlives it and carries no other world meanwhile.
    World(WorldSettings settings, Ground& ground);
    ~World() override;
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// Lets users act and faults strike at their times from now on.
    void begin(const Scenario& scenario, const FaultPlan& plan);
    /// Runs until `done`, asked whenever no step is ready, or until `limit` of virtual time has passed, or an oracle
    /// objects. True when done.
    bool run_until(const std::function<bool()>& done, std::chrono::seconds limit);
    /// All faults end, whatever they are.
    void calm_down();
    /// Everything stops. False when something could not be brought to an end: the ground is not to be used again.
    bool stop();

    /// Have users done all that they wanted, are all nodes as they want them, and is nothing under way?
    [[nodiscard]] bool has_settled() const;
    /// What keeps it from that, for people.
    [[nodiscard]] std::string unsettled() const;
    /// Users delete all fleets and nodes.
    void delete_everything();
    [[nodiscard]] bool is_empty() const;
    /// The objects that are left, without what differs between two runs that ended alike, and without what users put
    /// in the place of a node's StatefulSet when the node went: it is theirs, and stays.
    [[nodiscard]] std::string final_state() const;

    void rest_begins();
    void rest_ends();
    /// The first oracle that objects; null while none does.
    [[nodiscard]] const Oracle* objection() const;
    [[nodiscard]] const std::vector<std::string>& trace() const { return trace_; }
    [[nodiscard]] const std::set<std::size_t>& faults_struck() const { return struck_; }
    [[nodiscard]] Coverage coverage() const;
    [[nodiscard]] std::uint64_t steps() const { return loop_.steps(); }
    [[nodiscard]] std::uint64_t requests() const { return requests_; }

    // View.
    [[nodiscard]] devcluster::apiserver::ObjectPtr find(WatchedKind kind, const kube::NamespacedName& key)
        const override;
    [[nodiscard]] std::vector<devcluster::apiserver::ObjectPtr> all(WatchedKind kind) const override;
    [[nodiscard]] kube::MonotonicTime now() const override { return clock_.monotonic(); }
    [[nodiscard]] bool sidecar_has_completed(const kube::NamespacedName& node, const std::string& task) const override;
    [[nodiscard]] std::vector<std::string> running_tasks(const kube::NamespacedName& node) const override;

private:
    struct Watched {
        devcluster::apiserver::Collection* collection = nullptr;
        devcluster::apiserver::Revision seen = 0;
    };
    static constexpr std::int32_t kFleetReplicasMax = 5;
    /// What users want at last.
    struct Wishes {
        struct Fleet {
            std::string image;
            std::int32_t replicas = 0;
        };
        std::optional<Fleet> fleet;
        /// Of single nodes; nullopt: it is to be gone.
        std::map<std::string, std::optional<std::string>> images;
    };

    // Witness.
    void served(const Process& by, const Exchange* exchange) override;
    void served(const SidecarExchange& exchange) override;
    void shown(const Process& to, std::string_view resource, std::string_view chunk) override;
    void struck(const Fault& fault, const std::string& what) override;

    [[nodiscard]] const Watched& watched(WatchedKind kind) const { return watched_[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] Watched& watched(WatchedKind kind) { return watched_[static_cast<std::size_t>(kind)]; }

    void give_tasks_their_time();
    void give_requests_their_time();
    void let_tasks_succeed(const kube::NamespacedName& node);
    void absorb(const Process* by);
    void note(const Change& change);
    void count_plan(const Change& change);
    void note_lost_set(const Change& change);
    [[nodiscard]] bool is_of_users(WatchedKind kind, const devcluster::apiserver::ObjectPtr& object) const;
    void note_bootstrap(const Change& change);
    void note_tasks_of_bootstrap(const std::string& name);
    /// seid of a bootstrap pod waits for the gate, and then runs to its height; `Gate::Closed` for as long.
    enum class Gate { Closed, Open };
    void set_bootstrap_gate(const std::string& node, Gate gate);
    void trace(std::string line);

    [[nodiscard]] kube::Async<> perform_all(std::vector<Act> acts);
    [[nodiscard]] kube::Async<> perform_on_fleet(Act act);
    [[nodiscard]] kube::Async<> perform_on_node(Act act);
    [[nodiscard]] kube::Async<> ask_again_when_failed(std::string name);
    template <class K>
    [[nodiscard]] kube::Async<> create_when_gone(K object);
    [[nodiscard]] kube::Async<> create_node(Act act);
    [[nodiscard]] kube::Async<> perform_on_claim(Act act);
    [[nodiscard]] kube::Async<> until_settled(std::string node);
    [[nodiscard]] kube::Async<> create_fleet(std::string image);
    /// Whoever makes a fleet anew waits until it has taken the nodes that its predecessor left: those that it is not
    /// asked for when it looks first stay nobody's.
    [[nodiscard]] kube::Async<> until_nodes_are_taken(std::string fleet);
    [[nodiscard]] kube::Async<> create_secret(std::string name, std::string key, std::string file);
    template <class K>
    [[nodiscard]] kube::Async<> edit(std::string name, std::function<void(K&)> change);
    template <class K>
    [[nodiscard]] kube::Async<> delete_one(std::string name);
    [[nodiscard]] kube::Async<> delete_all();
    [[nodiscard]] kube::Async<> until_nodes_are_gone();
    /// StatefulSets of users, when the nodes whose names they have are gone.
    [[nodiscard]] kube::Async<> delete_own_sets();
    /// What users made, and what nodes left.
    [[nodiscard]] kube::Async<> delete_own_claims();
    [[nodiscard]] std::string unsettled_fleet() const;
    [[nodiscard]] std::string unsettled_node(const std::string& name, const std::optional<std::string>& image) const;
    /// Does the node wait for a claim that another one has which users want, too?
    [[nodiscard]] bool is_told_to_wait(const std::string& name) const;
    /// Does the fault find at this moment what it is for?
    [[nodiscard]] bool is_felt_at_once(const Fault& fault) const;
    /// Its own, or that of its bootstrap Job.
    [[nodiscard]] kube::NamespacedName pod_of(const std::string& node) const;
    [[nodiscard]] kube::Async<> strike(Fault fault);

    WorldSettings settings_;
    SeededLoop& loop_;
    kube::ManualClock& clock_;
    kube::Random random_;
    Weather weather_;
    Surroundings around_;
    kube::Scope scope_;
    devcluster::apiserver::ApiServer& server_;
    /// One for each of kWatchedKinds.
    std::array<Watched, kWatchedKinds.size()> watched_;
    /// Whoever asks a sidecar makes it notice what has ended since: that is no change.
    mutable devcluster::sidecar::SidecarHost sidecars_;
    devcluster::sidecar::PodSidecars pod_sidecars_;
    SidecarsOnClaims sidecars_on_claims_;
    CalmWay cluster_way_;
    CalmWay user_way_;
    devcluster::workloads::Workloads workloads_;
    kube::Client user_;
    GarbageCollector garbage_;
    sei::platform::Platform platform_;
    std::map<kube::NamespacedName, SidecarWay::Trouble> troubles_;
    SidecarWay::TroubleOf trouble_of_;
    unsigned incarnations_ = 0;
    std::vector<std::unique_ptr<OperatorProcess>> operators_;
    std::vector<std::unique_ptr<Oracle>> oracles_;
    Reached reached_;
    /// The uids of StatefulSets that users put in a node's place.
    std::set<std::string> sets_of_users_;
    /// Of nodes that have, or had, a bootstrap Job.
    std::map<std::string, Gate> bootstrap_gates_;
    std::set<std::string> completed_tasks_;
    std::set<std::size_t> struck_;
    Coverage coverage_;
    Scenario scenario_;
    Wishes wishes_;
    /// The last revision at which a node still tracked a StatefulSet that it lost then; 0: none did.
    devcluster::apiserver::Revision last_tracked_ = 0;
    bool is_calm_ = false;
    bool is_stopping_ = false;
    int users_at_work_ = 0;
    std::uint64_t requests_ = 0;
    std::vector<std::string> trace_;
};

}  // namespace sim
