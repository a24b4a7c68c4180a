// Answers for the sidecars of many nodes at once, told apart by the host that is asked.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "devcluster/sidecar/node_sidecar.hpp"
#include "kube/async/clock.hpp"
#include "kube/http/server.hpp"

namespace devcluster::sidecar {

/// Who has to be authenticated how (spec 04 §8.3, §8.4).
enum class Authentication {
    /// Everybody may ask everything: a test host without tokens.
    None,
    /// As the proxy in front: `Authorization: Bearer <token>`, one of `accepted_tokens` where there are any.
    BearerToken,
    /// As the sidecar itself: exactly one non-empty X-Remote-User.
    TrustedHeader,
};

struct SidecarHostOptions {
    Authentication authentication = Authentication::None;
    std::set<std::string, std::less<>> accepted_tokens;
    /// Does a node's sidecar answer before anybody started it? False where pods run (PodSidecars).
    bool serves_without_pod = true;
};

/// One accepted POST, for tests that ask what a node was told to do.
struct Submission {
    kube::NamespacedName node;
    std::string id;
    std::string type;
    boost::json::object params;
};

/// The node of "rpc-0-0.rpc-0.sei.svc.cluster.local:8443" is "sei/rpc-0"; nullopt where no node's sidecar lives.
[[nodiscard]] std::optional<kube::NamespacedName> node_of_host(std::string_view host);

/// The wire protocol of spec 04 §8 for every node, as an HTTP handler.
///
/// It can be the upstream of a transport, or the HTTP proxy of a client: the node is taken from the absolute form of
/// the request target (`POST http://host/v0/tasks`) or else from the Host header. A node's sidecar comes into being
/// when it is first asked or configured. A sidecar that was stopped answers as the proxy in front of it would: 502.
class SidecarHost final : public kube::HttpHandler {
public:
    SidecarHost(kube::Clock& clock, SidecarHostOptions options);

    [[nodiscard]] kube::Async<Answer> handle(kube::ServedRequest request) override;

    [[nodiscard]] NodeSidecar& node(const kube::NamespacedName& key);
    /// As a new machine with an empty volume: everything that is known of the node is dropped.
    void erase(const kube::NamespacedName& key) { nodes_.erase(key); }
    /// For nodes that have no script of their own.
    [[nodiscard]] Scripts& scripts() { return scripts_; }
    [[nodiscard]] HttpFaults& faults() { return faults_; }
    [[nodiscard]] Buckets& buckets() { return buckets_; }
    [[nodiscard]] const std::vector<Submission>& submissions() const { return submissions_; }
    [[nodiscard]] std::uint64_t requests() const { return requests_; }
    /// Called when a request found that a node's sidecar has become ready: its pod's probes would say so now.
    void on_ready(std::function<void(const kube::NamespacedName& node)> call) { on_ready_ = std::move(call); }

private:
    [[nodiscard]] Answer answer(const kube::NamespacedName& key, const kube::ServedRequest& request);
    [[nodiscard]] Answer submit(const kube::NamespacedName& key, const kube::ServedRequest& request);
    void notice_ready(const kube::NamespacedName& key);
    [[nodiscard]] std::optional<Answer> refused(const kube::ServedRequest& request, Endpoint endpoint) const;

    kube::Clock& clock_;
    SidecarHostOptions options_;
    Buckets buckets_;
    Scripts scripts_;
    HttpFaults faults_;
    std::map<kube::NamespacedName, std::unique_ptr<NodeSidecar>> nodes_;
    std::vector<Submission> submissions_;
    std::uint64_t requests_ = 0;
    std::function<void(const kube::NamespacedName&)> on_ready_;
    std::set<kube::NamespacedName> known_ready_;
};

}  // namespace devcluster::sidecar
