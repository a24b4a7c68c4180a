// Planted bugs in what an operator writes: made on its way to the API server.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "kube/json/json.hpp"
#include "sim/operator_process.hpp"

namespace sim {

/// An operator's requests, each of which may be changed before it is sent.
class OverRequests : public Tampering, private kube::Transport {
public:
    [[nodiscard]] kube::Transport& transport(kube::Transport& way) final;

protected:
    /// Sends what `request` should have been, and gives the answer.
    [[nodiscard]] virtual kube::Async<kube::HttpResponse> tampered(kube::HttpRequest request) = 0;
    [[nodiscard]] kube::Transport& way() const { return *way_; }

private:
    [[nodiscard]] kube::Async<kube::HttpResponse> send(kube::HttpRequest request) final;
    [[nodiscard]] kube::Async<std::unique_ptr<kube::HttpStream>> open(kube::HttpRequest request) final;
    kube::Transport* way_ = nullptr;
};

class StatusWithoutVersion final : public OverRequests {
public:
    explicit StatusWithoutVersion(std::uint64_t) {}

private:
    [[nodiscard]] kube::Async<kube::HttpResponse> tampered(kube::HttpRequest request) override;
};

class StatusFromStaleBase final : public OverRequests {
public:
    explicit StatusFromStaleBase(std::uint64_t) {}

private:
    [[nodiscard]] kube::Async<kube::HttpResponse> tampered(kube::HttpRequest request) override;
    /// By object: the version that its last accepted patch replaced.
    std::map<std::string, std::string> replaced_;
};

class TwoStatusWrites final : public OverRequests {
public:
    explicit TwoStatusWrites(std::uint64_t) {}

private:
    [[nodiscard]] kube::Async<kube::HttpResponse> tampered(kube::HttpRequest request) override;
};

class ConflictForced final : public OverRequests {
public:
    explicit ConflictForced(std::uint64_t) {}

private:
    [[nodiscard]] kube::Async<kube::HttpResponse> tampered(kube::HttpRequest request) override;
};

class FinalizersOverwritten final : public OverRequests {
public:
    explicit FinalizersOverwritten(std::uint64_t) {}

private:
    [[nodiscard]] kube::Async<kube::HttpResponse> tampered(kube::HttpRequest request) override;
};

/// Of a fleet's nodes.
class NodeWithoutVersion final : public OverRequests {
public:
    explicit NodeWithoutVersion(std::uint64_t) {}

private:
    [[nodiscard]] kube::Async<kube::HttpResponse> tampered(kube::HttpRequest request) override;
};

class DeleteWithoutIdentity final : public OverRequests {
public:
    explicit DeleteWithoutIdentity(std::uint64_t) {}

private:
    [[nodiscard]] kube::Async<kube::HttpResponse> tampered(kube::HttpRequest request) override;
};

class FinalizerKept final : public OverRequests {
public:
    explicit FinalizerKept(std::uint64_t) {}

private:
    [[nodiscard]] kube::Async<kube::HttpResponse> tampered(kube::HttpRequest request) override;
};

class RetainedClaimStillOwned final : public OverRequests {
public:
    explicit RetainedClaimStillOwned(std::uint64_t) {}

private:
    [[nodiscard]] kube::Async<kube::HttpResponse> tampered(kube::HttpRequest request) override;
};

class SecondClaimUnlabelled final : public OverRequests {
public:
    explicit SecondClaimUnlabelled(std::uint64_t) {}

private:
    [[nodiscard]] kube::Async<kube::HttpResponse> tampered(kube::HttpRequest request) override;
    /// Names of claims that were made before.
    std::set<std::string> made_;
};

}  // namespace sim
