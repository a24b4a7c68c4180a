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
               "sidecar's task as complete only after the sidecar finished it.";
    }
    void changed(const Change& change) override;

private:
    /// Images that a node's pod was started with, and uids of StatefulSets, ever.
    std::map<kube::NamespacedName, std::set<std::string>> started_images_;
    std::set<std::string> stateful_sets_;
};

class EventsAreTrue final : public Oracle {
public:
    explicit EventsAreTrue(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "events-are-true"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "An event about a change of phase follows the write of that phase.";
    }
    void changed(const Change& change) override;

private:
    std::map<std::string, std::set<std::string>> phases_by_uid_;
};

}  // namespace sim
