// Oracles about what the cluster is in, and about what is said of it.
#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/oracle.hpp"

namespace sim {

class OnePodPerVolume final : public Oracle {
public:
    explicit OnePodPerVolume(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "one-pod-per-volume"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "Never do two pods run on one volume or with one signing key.";
    }
    void changed(const Change& change) override;
};

class StatusIsTrue final : public Oracle {
public:
    explicit StatusIsTrue(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "status-is-true"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "A status claims an image only after a pod has run it, a StatefulSet only after it existed, and a "
               "sidecar's task as complete only after the sidecar finished it. A rollout's hash says that every node "
               "has run its image.";
    }
    void changed(const Change& change) override;

private:
    void judge_node(const Change& change);
    void judge_fleet(const Change& change);
    /// Images that nodes ever said they run.
    std::map<kube::NamespacedName, std::set<std::string>> claimed_images_;
    /// Images that a node's pod was started with, and uids of StatefulSets, ever.
    std::map<kube::NamespacedName, std::set<std::string>> started_images_;
    std::set<std::string> stateful_sets_;
};

class EventsAreTrue final : public Oracle {
public:
    explicit EventsAreTrue(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "events-are-true"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "An event about a phase, a plan or a rollout follows the write that it speaks of.";
    }
    void changed(const Change& change) override;

private:
    /// By uid of a node or fleet: phases, reasons, and what else it ever said.
    std::map<std::string, std::set<std::string>> said_;
};

}  // namespace sim
