// Oracles about what a fleet's controller does to the images of its nodes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/oracle.hpp"

namespace sim {

class NoNodeIsSetBack final : public Oracle {
public:
    explicit NoNodeIsSetBack(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "no-node-is-set-back"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "An operator sets a node's image to what the fleet's template said when it looked last, uncached, and "
               "only where no operator has set it since.";
    }
    void exchanged(const Exchange& exchange) override;
    void changed(const Change& change) override;

private:
    struct Look {
        std::string image;
        std::uint64_t at = 0;
    };
    /// By incarnation and fleet: what its operator read last.
    std::map<std::pair<unsigned, kube::NamespacedName>, Look> looks_;
    /// When an operator last set the image of a node.
    std::map<kube::NamespacedName, std::uint64_t> set_at_;
    /// Counts looks and changes: what came after what.
    std::uint64_t order_ = 0;
};

class RolloutStaysBounded final : public Oracle {
public:
    explicit RolloutStaysBounded(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "rollout-stays-bounded"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "Of a fleet with maxUnavailable, an operator never has more nodes than that on their way to one image, "
               "those among them that another operator asked and that it had seen when it decided.";
    }
    void exchanged(const Exchange& exchange) override;
    void changed(const Change& change) override;
    void shown(const Process& to, std::string_view resource, std::uint64_t version) override;

private:
    struct Asked {
        std::string image;
        /// The name of the operator.
        std::string by;
        /// The version of the node with that image.
        std::uint64_t version = 0;
    };
    void note_arrivals();
    void judge(const Change& change);
    [[nodiscard]] bool knows(const Process& operator_process, const Asked& asked) const;
    /// The images that users did not set, by node: setting a node right that somebody edited is no rollout.
    std::map<kube::NamespacedName, std::string> set_by_operator_;
    /// Nodes that an operator has asked for another image, until their pod is ready with it.
    std::map<kube::NamespacedName, Asked> under_way_;
    /// By incarnation: the versions of nodes up to which its watch has shown everything, and when.
    std::map<unsigned, std::vector<std::pair<kube::MonotonicTime, std::uint64_t>>> shown_;
    /// By incarnation: the version that it certainly knew when it decided what it writes after its last look at a
    /// fleet.
    std::map<unsigned, std::uint64_t> known_;
};

}  // namespace sim
