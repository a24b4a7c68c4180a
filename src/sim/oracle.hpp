// What must never happen, watched from outside of the operator.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "devcluster/apiserver/store.hpp"
#include "kube/async/clock.hpp"
#include "kube/http/transport.hpp"
#include "kube/json/json.hpp"
#include "kube/meta/names.hpp"
#include "sim/watched_kind.hpp"

namespace sim {

/// One process of the simulated world: an incarnation of an operator, a user, the cluster's own controllers.
struct Process {
    std::string name;
    /// Counted over all operators and restarts: no two are equal.
    unsigned incarnation = 0;
    bool is_operator = false;
    /// Nothing passes any more.
    bool is_dead = false;
};

/// One write to the store.
struct Change {
    WatchedKind kind = WatchedKind::Node;
    kube::NamespacedName key;
    /// Null for a creation.
    devcluster::apiserver::ObjectPtr before;
    /// Null for a removal.
    devcluster::apiserver::ObjectPtr after;
    /// Who sent the request; null where nobody did.
    const Process* by = nullptr;

    [[nodiscard]] bool is_by_operator() const { return by != nullptr && by->is_operator; }
};

/// A request of an operator that reached the API server, and the server's answer (which the operator may not have got).
struct Exchange {
    const Process& by;
    kube::HttpMethod method = kube::HttpMethod::Get;
    std::string_view path;
    std::string_view content_type;
    const std::string& body;
    unsigned status = 0;
    /// Will the operator get this answer?
    bool is_answered = true;
    [[nodiscard]] bool is_write() const { return method != kube::HttpMethod::Get; }
};

/// The same with a sidecar; `status` 0: there was no answer.
struct SidecarExchange {
    const Process& by;
    kube::NamespacedName node;
    bool is_submission = false;
    /// Of submissions and look-ups.
    std::string task_id;
    unsigned status = 0;
    const std::string& answer;
    /// Will the operator get this answer in time?
    bool is_answered = true;
};

/// What oracles may look at.
class View {
public:
    virtual ~View() = default;
    [[nodiscard]] virtual devcluster::apiserver::ObjectPtr find(WatchedKind kind, const kube::NamespacedName& key)
        const = 0;
    [[nodiscard]] virtual std::vector<devcluster::apiserver::ObjectPtr> all(WatchedKind kind) const = 0;
    [[nodiscard]] virtual kube::MonotonicTime now() const = 0;
    /// Did the sidecar of the node ever finish this task?
    [[nodiscard]] virtual bool sidecar_has_completed(const kube::NamespacedName& node, const std::string& task)
        const = 0;
    /// The tasks that the sidecar of the node works at now, without uploads, which never end.
    [[nodiscard]] virtual std::vector<std::string> running_tasks(const kube::NamespacedName& node) const = 0;
};

/// Watches a run. `name` is for tables, `sentence` says what holds in every run.
class Oracle {
public:
    virtual ~Oracle() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual std::string_view sentence() const = 0;
    virtual void exchanged(const Exchange&) {}
    virtual void exchanged(const SidecarExchange&) {}
    virtual void changed(const Change&) {}
    /// A watch of `resource` ("seinodes") has brought an operator everything up to this version.
    virtual void shown(const Process& to, std::string_view resource, std::uint64_t version) {
        static_cast<void>(to), static_cast<void>(resource), static_cast<void>(version);
    }
    /// Faults are over and everything has settled: from now on nothing should happen.
    virtual void rest_begins() {}
    virtual void rest_ends() {}

    [[nodiscard]] const std::optional<std::string>& violation() const { return violation_; }
    /// How often it had something to judge: an oracle that never has proves nothing.
    [[nodiscard]] std::uint64_t times_judged() const { return times_judged_; }

protected:
    explicit Oracle(const View& view) : view_{view} {}
    /// The first one counts.
    void violated(std::string how) {
        if (!violation_) violation_ = std::move(how);
    }
    void judged() { ++times_judged_; }
    [[nodiscard]] const View& view() const { return view_; }

private:
    const View& view_;
    std::optional<std::string> violation_;
    std::uint64_t times_judged_ = 0;
};

/// One of each. `view` outlives them.
[[nodiscard]] std::vector<std::unique_ptr<Oracle>> make_oracles(const View& view);

}  // namespace sim
