// One test's world: a cluster in this process, in virtual time, with the operator under test in it.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "devcluster/apiserver/api_server.hpp"
#include "devcluster/workloads/workloads.hpp"
#include "kube/async/manual_clock.hpp"
#include "kube/async/scope.hpp"
#include "kube/client/client.hpp"
#include "kube/runtime/manager.hpp"
#include "testkit/faulty_transport.hpp"

namespace testkit {

/// Who looks after StatefulSets, Jobs, claims and pods.
enum class Workloads {
    /// Nobody: their statuses are the test's.
    None,
    /// Statuses advance without any pod: `World::workloads().status_faker()` pauses and resumes that.
    StatusFaker,
    /// Simulated controllers and a kubelet: pods run; `World::workloads().faults()`.
    Pods,
};

struct WorldOptions {
    /// CRDs and whatever else the server starts with: YAML or JSON.
    std::vector<std::string> manifests;
    Workloads workloads = Workloads::None;
    /// Of the operator's jitter and ids, and of the server's identities.
    std::uint64_t seed = 1;
};

/// Everything runs on one loop in this thread, and time stands still unless nothing else can happen: then it moves to
/// the next due time. A world shares nothing with another one, and ends in order when it goes.
class World {
public:
    /// Adds the controllers under test to the manager; what it returns lives as long as the operator runs.
    using MakeOperator = std::function<std::shared_ptr<void>(kube::Manager&)>;
    /// Starts the server, the workloads and the operator.
    World(WorldOptions options, MakeOperator make_operator);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    // The operator.
    void start_operator();
    /// In order, as SIGTERM does.
    void stop_operator();
    [[nodiscard]] bool operator_is_running() const { return operator_ != nullptr; }
    [[nodiscard]] kube::Manager& operator_manager();
    /// Every API call of the operator; faults are ordered here, too.
    [[nodiscard]] FaultyTransport& calls() { return calls_; }
    /// Lines that the operator logged.
    [[nodiscard]] const std::vector<std::string>& log() const { return log_; }

    // What a person does, and what is there: read from the server itself.
    [[nodiscard]] kube::Client& person() { return person_; }
    template <kube::Kind K>
    kube::Snapshot<K> create(K object) {
        return run(person_.create(std::move(object))).value();
    }
    /// As `kubectl edit` would: read, change, write, again on a conflict. Throws when there is nothing of that name.
    template <kube::Kind K>
    kube::Snapshot<K> edit(const kube::NamespacedName& key, const std::function<void(K&)>& change) {
        for (;;) {
            const auto read = run(person_.get<K>(key)).value();
            K changed = *read;
            change(changed);
            if (auto written = run(person_.patch(read, std::move(changed)))) return *written;
        }
    }
    template <kube::Kind K>
    void erase(const kube::NamespacedName& key) {
        if (const auto read = get<K>(key)) (void)run(person_.delete_object<K>(key, {.uid = read->uid()}));
    }
    template <kube::Kind K>
    std::optional<kube::Snapshot<K>> get(const kube::NamespacedName& key) {
        return run(person_.get<K>(key));
    }

    // Waiting.
    /// Until `reached`, which may look at anything in this process, moving time from due time to due time. False when
    /// the bound of virtual time passes in vain, or when nothing can ever happen any more.
    bool run_until(const std::function<bool()>& reached, std::chrono::seconds most = std::chrono::seconds{600});
    /// The barrier of everybody: the operator and the workloads have seen what the server has, no key of theirs is
    /// queued, in flight or due within `polls_within`, and events are delivered. `last_reason` says what was in the
    /// way.
    bool run_until_quiet(std::chrono::milliseconds polls_within = std::chrono::milliseconds{500});
    [[nodiscard]] const std::string& last_reason() const { return last_reason_; }
    /// One more pass of every object, then quiet: what happens in it happens at rest.
    bool run_one_more_pass_of_everything();
    /// Runs what can run now; time stands still.
    void settle();
    /// The outcome of a call, waited for in virtual time.
    template <class T>
    T run(kube::Async<T> work) {
        std::optional<T> value;
        std::exception_ptr failure;
        scope_.spawn("test", store(std::move(work), &value, &failure));
        run_until([&] { return value.has_value() || failure; });
        if (failure) std::rethrow_exception(failure);
        return std::move(value.value());
    }

    [[nodiscard]] kube::ManualClock& clock() { return clock_; }
    [[nodiscard]] boost::asio::io_context& loop() { return loop_; }
    [[nodiscard]] devcluster::apiserver::ApiServer& server() { return server_; }
    /// Throws std::logic_error where the world was made without any.
    [[nodiscard]] devcluster::workloads::Workloads& workloads();

private:
    struct Operator;
    template <class T>
    static kube::Async<> store(kube::Async<T> work, std::optional<T>* value, std::exception_ptr* failure) {
        try {
            value->emplace(co_await std::move(work));
        } catch (...) {
            *failure = std::current_exception();
        }
    }
    [[nodiscard]] std::string in_the_way(std::chrono::milliseconds polls_within) const;

    WorldOptions options_;
    MakeOperator make_operator_;
    boost::asio::io_context loop_{1};
    kube::ManualClock clock_;
    devcluster::apiserver::ApiServer server_;
    kube::InProcessTransport operators_way_;
    kube::InProcessTransport workloads_way_;
    kube::InProcessTransport persons_way_;
    FaultyTransport calls_;
    FaultyTransport workloads_calls_;
    kube::Client person_;
    std::vector<std::string> log_;
    std::string last_reason_;
    kube::Scope scope_;
    std::unique_ptr<devcluster::workloads::Workloads> workloads_;
    std::unique_ptr<Operator> operator_;
    std::uint64_t starts_ = 0;
};

}  // namespace testkit
