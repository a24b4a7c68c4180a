// The ways between processes and servers, with everything on them that can go wrong.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/clock.hpp"
#include "kube/async/signal.hpp"
#include "kube/http/server.hpp"
#include "kube/http/transport.hpp"
#include "kube/runtime/random.hpp"
#include "sim/fault_plan.hpp"
#include "sim/oracle.hpp"

namespace sim {

/// What ways report. Called in the step in which the server acted: nothing happens in between.
class Witness {
public:
    virtual ~Witness() = default;
    /// A request of anybody was served; operators' requests come as an exchange.
    virtual void served(const Process& by, const Exchange* exchange) = 0;
    virtual void served(const SidecarExchange& exchange) = 0;
    /// A watch brought an operator something.
    virtual void shown(const Process& to, std::string_view resource, std::string_view chunk) = 0;
    /// A fault did what it is there for.
    virtual void struck(const Fault& fault, const std::string& what) = 0;
};

/// The state of everything that can be wrong between an operator and the servers that it talks to.
struct Weather {
    /// Request faults that wait for their request.
    struct Armed {
        Fault fault;
        std::size_t skipped = 0;
    };
    std::vector<Armed> armed;
    struct Lag {
        std::string resource;
        milliseconds lag{0};
        kube::MonotonicTime until{};
        /// The name of the operator that it is about; empty: all of them.
        std::string of;
    };
    std::vector<Lag> lags;
    /// Watches of this resource bring nothing until then, and break: what comes next is a list, without what was
    /// between.
    struct Gap {
        std::string resource;
        kube::MonotonicTime until{};
    };
    std::vector<Gap> gaps;
    /// A watch that was opened in another epoch breaks.
    std::uint64_t watch_epoch = 0;
    /// Requests about leases fail until then.
    kube::MonotonicTime leases_back_at{};
    /// The next first lists of a process show the state at this revision.
    struct OldView {
        std::int64_t revision = 0;
        /// Of this resource alone; empty: of all.
        std::string resource;
    };
    std::optional<OldView> old_view;
    /// One request in sixteen takes up to so long each way; zero: none does.
    milliseconds longest_request{0};
};

/// What all ways of one world share. All of it outlives them.
struct Surroundings {
    boost::asio::any_io_executor executor;
    kube::Clock& clock;
    kube::Random& random;
    Weather& weather;
    Witness& witness;
};

/// The way of a process without faults: users, the cluster's own controllers.
class CalmWay final : public kube::Transport {
public:
    CalmWay(Surroundings& around, kube::HttpHandler& server, std::string name);
    [[nodiscard]] kube::Async<kube::HttpResponse> send(kube::HttpRequest request) override;
    [[nodiscard]] kube::Async<std::unique_ptr<kube::HttpStream>> open(kube::HttpRequest request) override;

private:
    Surroundings& around_;
    kube::InProcessTransport below_;
    Process process_;
};

/// The way of an operator to the API server: delays, refusals, lost answers, lagging watches, and the end of the
/// process at any request. After that nothing passes.
class StormyWay final : public kube::Transport {
public:
    /// `died` is notified when the process dies.
    StormyWay(Surroundings& around, kube::HttpHandler& server, Process& process, kube::Signal& died);
    [[nodiscard]] kube::Async<kube::HttpResponse> send(kube::HttpRequest request) override;
    [[nodiscard]] kube::Async<std::unique_ptr<kube::HttpStream>> open(kube::HttpRequest request) override;

private:
    class Stream;
    void throw_if_dead() const;
    void die();
    [[nodiscard]] std::optional<Fault> fault_for(const kube::HttpRequest& request);
    [[nodiscard]] kube::Async<kube::HttpResponse> pass(kube::HttpRequest request, bool is_answered = true);
    [[nodiscard]] kube::Async<> linger();
    void look_back(kube::HttpRequest& request) const;

    Surroundings& around_;
    kube::InProcessTransport below_;
    Process& process_;
    kube::Signal& died_;
};

/// The way of an operator to the sidecar of one node.
class SidecarWay final : public kube::Transport {
public:
    /// What a node's sidecar does wrong until a time.
    struct Trouble {
        FaultKind kind = FaultKind::SidecarErrors;
        kube::MonotonicTime until{};
    };
    using TroubleOf = std::function<std::optional<Trouble>(const kube::NamespacedName& node)>;
    SidecarWay(
        Surroundings& around, kube::HttpHandler& host, Process& process, std::string origin, const TroubleOf& trouble_of
    );
    [[nodiscard]] kube::Async<kube::HttpResponse> send(kube::HttpRequest request) override;
    [[nodiscard]] kube::Async<std::unique_ptr<kube::HttpStream>> open(kube::HttpRequest request) override;

private:
    Surroundings& around_;
    kube::InProcessTransport below_;
    Process& process_;
    std::string host_;
    const TroubleOf& trouble_of_;
};

}  // namespace sim
