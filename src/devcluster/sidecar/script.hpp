// What a test orders: how tasks of a type end, and which requests get no proper answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/async/async.hpp"
#include "kube/async/signal.hpp"
#include "kube/meta/names.hpp"

namespace devcluster::sidecar {

/// What becomes of the runs of one task type.
struct Script {
    enum class Outcome {
        /// What the real handler would do, as far as it can be known without a chain.
        Handler,
        /// The run fails with `error`.
        Fail,
        /// The run never ends.
        Hang,
        /// The submission is accepted and forgotten: asking for the task answers 404.
        Forget,
        /// As Handler, but where that would fail the run goes on, and is tried again whenever somebody looks.
        OnceItCan,
    };
    Outcome outcome = Outcome::Handler;
    std::string error = "scripted failure";
    /// From the submission (or the restart) to the end of the run.
    std::chrono::milliseconds duration{0};
    /// How many runs this applies to; later ones follow the handler. Nullopt: all.
    std::optional<unsigned> times;
};

/// Scripts by task type, and how often each was followed: a test asserts that its disturbance took place.
class Scripts {
public:
    void set(std::string type, Script script) { entries_[std::move(type)] = {std::move(script), 0}; }
    void clear(const std::string& type) { entries_.erase(type); }
    /// The script for the next run of this type, counted as followed; nullopt when there is none (any more).
    [[nodiscard]] std::optional<Script> take(const std::string& type);
    [[nodiscard]] unsigned times_followed(const std::string& type) const;

private:
    struct Entry {
        Script script;
        unsigned followed = 0;
    };
    std::map<std::string, Entry> entries_;
};

/// The paths of spec 04 §8.5, as far as they differ in what can go wrong.
enum class Endpoint {
    Any,
    SubmitTask,
    GetTask,
    ListTasks,
    DeleteTask,
    Healthz,
    Livez,
    Status,
    NodeId,
    Metrics,
    Unknown
};

/// Requests that get no proper answer.
struct HttpFault {
    enum class Kind {
        /// Answered with `status` and the body that the proxy or the sidecar sends with it.
        Status,
        /// Answered with success, a JSON content type and half a document.
        Garbage,
        /// Never answered.
        Hang,
        /// Answered properly once the fault is cleared.
        Hold,
    };
    Kind kind = Kind::Status;
    unsigned status = 500;
    Endpoint endpoint = Endpoint::Any;
    /// Nullopt: of every node.
    std::optional<kube::NamespacedName> node;
    /// How many requests; nullopt: until cleared.
    std::optional<unsigned> times;
};

/// The faults in force; of several that match, the first ordered is used.
class HttpFaults {
public:
    using Id = std::size_t;
    Id add(HttpFault fault);
    void clear(Id id);
    [[nodiscard]] unsigned times_fired(Id id) const;
    /// The fault for this request, counted as fired.
    [[nodiscard]] std::optional<Id> take(const kube::NamespacedName& node, Endpoint endpoint);
    [[nodiscard]] const HttpFault& operator[](Id id) const { return entries_.at(id).fault; }
    /// Returns when the fault has been cleared.
    [[nodiscard]] kube::Async<> cleared(Id id);

private:
    struct Entry {
        HttpFault fault;
        unsigned fired = 0;
        bool is_cleared = false;
    };
    std::vector<Entry> entries_;
    /// Of those that wait for one to be cleared; made by the first of them.
    std::unique_ptr<kube::Signal> some_cleared_;
};

}  // namespace devcluster::sidecar
