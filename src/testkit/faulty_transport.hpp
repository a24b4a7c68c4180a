// A transport that records what passes, and breaks what it is told to break.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kube/http/transport.hpp"

namespace testkit {

/// One request that passed.
struct PassedRequest {
    kube::HttpMethod method = kube::HttpMethod::Get;
    std::string target;
    std::string content_type;
    std::string body;
    /// Of the answer, where there was one. Of a refusal it is a Status.
    std::string answer;
    /// 0 where the answer did not come back.
    unsigned status = 0;
    /// "/apis/sei.io/v1alpha1/namespaces/x/seinodes/n0/status" without its query.
    [[nodiscard]] std::string path() const { return target.substr(0, target.find('?')); }
    [[nodiscard]] bool is_write() const { return method != kube::HttpMethod::Get; }
};

/// Wraps the way to an API server. Faults are ordered by the test, and count how often they fired.
class FaultyTransport final : public kube::Transport {
public:
    explicit FaultyTransport(kube::Transport& below) : below_{below} {}

    [[nodiscard]] kube::Async<kube::HttpResponse> send(kube::HttpRequest request) override;
    [[nodiscard]] kube::Async<std::unique_ptr<kube::HttpStream>> open(kube::HttpRequest request) override;

    using Matches = std::function<bool(const kube::HttpRequest&)>;
    enum class Effect {
        /// The request does not reach the server.
        Before,
        /// The server acts on it; the answer is lost.
        After,
    };
    /// The process dies at the `nth` request (from 1, counted from now): nothing passes any more. `crashed` tells.
    void crash_at(std::size_t nth, Effect effect);
    [[nodiscard]] bool has_crashed() const { return has_crashed_; }
    /// A crashed or cut-off transport works again, as for a process that was started anew.
    void restore();
    /// Everything fails to connect, and running watches break, until `restore`.
    void cut_off();
    /// Requests and watches that a crash or a cut kept from the server.
    [[nodiscard]] std::size_t turned_away() const { return turned_away_; }

    /// The next `times` matching requests are answered with this instead.
    void answer(Matches matches, kube::HttpResponse response, std::size_t times);
    /// The next `times` matching requests fail with a TransportError, before or after their effect.
    void fail(Matches matches, Effect effect, std::size_t times);
    [[nodiscard]] std::size_t times_fired() const { return fired_; }
    /// What is left of the ordered answers and failures does not happen.
    void forget_faults() { faults_.clear(); }
    /// Breaks every running watch once.
    void break_watches();

    /// Called before each request passes on; what it awaits delays the request.
    std::function<kube::Async<>(const kube::HttpRequest&)> before_each;
    /// Called with each write as it is sent on: without its answer, which it may never have.
    std::function<void(const PassedRequest&)> on_write;
    /// Changes each matching request on its way, until `stop_rewriting`: what a broken client would send.
    void rewrite(Matches matches, std::function<void(kube::HttpRequest&)> change);
    void stop_rewriting() { rewrites_.clear(); }
    [[nodiscard]] std::size_t times_rewritten() const { return rewritten_; }

    [[nodiscard]] const std::vector<PassedRequest>& requests() const { return requests_; }
    void forget_requests();
    /// Requests without an answer yet; watches do not count.
    [[nodiscard]] std::size_t in_flight() const { return in_flight_; }
    /// Requests that passed since the beginning, forgotten ones included.
    [[nodiscard]] std::size_t passed() const { return forgotten_ + requests_.size(); }
    /// Writes (everything but GET) that passed since the last `forget_requests`.
    [[nodiscard]] std::vector<PassedRequest> writes() const;
    /// The target of every watch that was begun.
    [[nodiscard]] const std::vector<std::string>& watches() const { return watches_; }

private:
    struct Fault {
        Matches matches;
        std::optional<kube::HttpResponse> response;
        Effect effect = Effect::Before;
        std::size_t times = 0;
    };
    class Stream;
    struct Rewrite {
        Matches matches;
        std::function<void(kube::HttpRequest&)> change;
    };
    struct Flight {
        explicit Flight(FaultyTransport& transport_) : transport{transport_} { ++transport.in_flight_; }
        ~Flight() { --transport.in_flight_; }
        Flight(const Flight&) = delete;
        Flight& operator=(const Flight&) = delete;
        FaultyTransport& transport;
    };
    [[nodiscard]] Fault* fault_for(const kube::HttpRequest& request);
    void throw_if_dead() const;

    kube::Transport& below_;
    std::vector<PassedRequest> requests_;
    std::vector<std::string> watches_;
    std::vector<Fault> faults_;
    std::vector<Rewrite> rewrites_;
    std::size_t rewritten_ = 0;
    std::size_t in_flight_ = 0;
    std::size_t forgotten_ = 0;
    std::size_t turned_away_ = 0;
    std::size_t fired_ = 0;
    std::optional<std::size_t> crash_in_;
    Effect crash_effect_ = Effect::Before;
    bool has_crashed_ = false;
    bool is_cut_off_ = false;
    std::size_t watch_epoch_ = 0;
    std::size_t restores_ = 0;
};

}  // namespace testkit
