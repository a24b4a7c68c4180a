// What a test makes the server do wrong.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace devcluster::apiserver {

/// What a fault, or a test that looks on, sees of a request.
struct RequestSummary {
    std::string user_agent;
    /// get, list, watch, create, update, patch, apply, delete, deletecollection; empty for what is no resource.
    std::string verb;
    std::string group;
    std::string resource;
    std::string subresource;
    std::string namespace_;
    std::string name;
    std::string path;
};

/// One way to go wrong. `code` answers with a Status of that code; `drop` breaks the connection without an answer.
struct Fault {
    /// Which requests; empty means all.
    std::function<bool(const RequestSummary&)> matches;
    /// 0: no refusal, only the delay. 429 and 503 carry a Retry-After of `retry_after_seconds`.
    unsigned code = 0;
    int retry_after_seconds = 1;
    bool drop = false;
    std::chrono::milliseconds delay{0};
    /// Does the request take effect before it goes wrong? Then the client cannot know.
    bool after_effect = false;
    /// How often it strikes; nullopt until it is removed.
    std::optional<int> times = 1;
    /// Called when it strikes, before the refusal: another writer that comes in at the worst moment.
    std::function<void(const RequestSummary&)> struck;
};

/// The faults that are switched on, and how often each has struck.
class Faults {
public:
    using Id = int;
    Id add(Fault fault);
    void remove(Id id);
    void clear();
    [[nodiscard]] int times_struck(Id id) const;
    /// The fault for this request, counted as having struck. Nullptr when none matches.
    [[nodiscard]] std::shared_ptr<const Fault> next_for(const RequestSummary& request);
    [[nodiscard]] bool empty() const { return active_.empty(); }

private:
    struct Active {
        Id id;
        std::shared_ptr<Fault> fault;
        int struck = 0;
        bool is_spent = false;
    };
    std::vector<Active> active_;
    Id next_id_ = 1;
};

}  // namespace devcluster::apiserver
