// Oracles about passes: what an operator may write before it has seen what it wrote.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "sim/oracle.hpp"

namespace sim {

class OneStatusWritePerPass final : public Oracle {
public:
    explicit OneStatusWritePerPass(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "one-status-write-per-pass"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "An operator writes a status again only after its watch has shown it what it wrote before.";
    }
    void exchanged(const Exchange& exchange) override;
    void shown(const Process& to, std::string_view resource, std::uint64_t version) override;

private:
    struct Written {
        std::uint64_t version = 0;
        kube::MonotonicTime at{};
    };
    /// By incarnation and path: the last status write whose result its author has not been shown.
    std::map<std::pair<unsigned, std::string>, Written> unseen_;
    /// By incarnation and resource.
    std::map<std::pair<unsigned, std::string>, std::uint64_t> shown_;
};

class NoBusyLoop final : public Oracle {
public:
    explicit NoBusyLoop(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "no-busy-loop"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "In one life, and in a second, an operator sends no more than a bounded number of requests about one "
               "object, or to one sidecar.";
    }
    void exchanged(const Exchange& exchange) override;
    void exchanged(const SidecarExchange& exchange) override;

private:
    void count(const Process& by, std::string whom);
    /// By incarnation and object or sidecar: the requests of the current second.
    std::map<std::pair<unsigned, std::string>, unsigned> requests_;
    kube::MonotonicTime second_begin_{};
};

}  // namespace sim
