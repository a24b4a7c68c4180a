// Sidecars over HTTP: what production uses.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "kube/async/clock.hpp"
#include "kube/http/transport.hpp"
#include "kube/meta/names.hpp"
#include "kube/meta/recent_map.hpp"
#include "sei/sidecar/bearer_token.hpp"
#include "sei/sidecar/sidecar.hpp"

namespace sei::sidecar {

/// The longest that a submission or a look-up may take (spec 02 D24), and a health probe (spec 02 §10.2).
inline constexpr std::chrono::seconds kCallTimeLimit{10};
inline constexpr std::chrono::seconds kProbeTimeLimit{2};
/// No honest answer is longer.
inline constexpr std::size_t kAnswerBytesMax = 1u << 20u;

/// Speaks the wire protocol of spec 04 §8 through one transport.
class HttpSidecar final : public Sidecar {
public:
    /// `token` and `clock` outlive the sidecar.
    HttpSidecar(std::shared_ptr<kube::Transport> transport, BearerToken& token, const kube::Clock& clock);
    [[nodiscard]] kube::Async<SubmitOutcome> submit(TaskSubmission submission) override;
    [[nodiscard]] kube::Async<LookupOutcome> look_up(std::string id) override;
    [[nodiscard]] kube::Async<AtWorkOutcome> tasks_at_work() override;
    [[nodiscard]] kube::Async<HealthOutcome> probe(ProbedPod pod) override;
    [[nodiscard]] kube::Async<std::expected<std::string, Unavailable>> node_id() override;

private:
    enum class Token { Sent, LeftOut };
    [[nodiscard]] kube::Async<std::expected<kube::HttpResponse, Unavailable>> send(
        kube::HttpRequest request, std::string asked, Token sent = Token::Sent
    );
    /// Of a question that has a path alone.
    [[nodiscard]] kube::Async<std::expected<kube::HttpResponse, Unavailable>> get(std::string path, std::string asked);
    std::shared_ptr<kube::Transport> transport_;
    BearerToken& token_;
    const kube::Clock& clock_;
};

/// Gives each node's sidecar a transport of its own. Those that were used last are kept: making one anew costs less
/// than keeping it for a node that is at rest, and connections are the pool's.
class HttpSidecarFactory final : public SidecarFactory {
public:
    /// Makes a transport to "http://host:port"; it should honour the proxy variables of the environment.
    using TransportTo = std::function<std::unique_ptr<kube::Transport>(const std::string& base_url)>;
    HttpSidecarFactory(
        TransportTo transport_to, const kube::Clock& clock, std::string token_file, BearerToken::Log log
    );
    [[nodiscard]] std::unique_ptr<Sidecar> sidecar_of(const kube::NamespacedName& node) override;
    void forget(const kube::NamespacedName& node) override;

private:
    TransportTo transport_to_;
    const kube::Clock& clock_;
    BearerToken token_;
    static constexpr std::size_t kTransportsMax = 64;
    kube::RecentMap<kube::NamespacedName, std::shared_ptr<kube::Transport>> transports_{kTransportsMax};
};

}  // namespace sei::sidecar
