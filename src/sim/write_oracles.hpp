// Oracles about requests: preconditions, conflicts, rest, finalizers, deletions.
#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/oracle.hpp"

namespace sim {

class NoBlindWrite final : public Oracle {
public:
    explicit NoBlindWrite(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "no-blind-write"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "Every status and finalizer write carries the version that it was computed from, every delete the "
               "identity of what it is to hit.";
    }
    void exchanged(const Exchange& exchange) override;
};

class NoConflictWithItself final : public Oracle {
public:
    explicit NoConflictWithItself(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "no-conflict-with-itself"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "No write of a controller is refused because of an earlier write of the same controller.";
    }
    void exchanged(const Exchange& exchange) override;
    void changed(const Change& change) override;

private:
    /// Who wrote each node and fleet last, and the version before.
    struct LastWrite {
        unsigned incarnation = 0;
        std::string version_before;
        kube::MonotonicTime at{};
    };
    std::map<std::pair<WatchedKind, kube::NamespacedName>, LastWrite> last_writes_;
};

class QuietAtRest final : public Oracle {
public:
    explicit QuietAtRest(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "quiet-at-rest"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "When everything is as it should be, operators write nothing.";
    }
    void exchanged(const Exchange& exchange) override;
    void exchanged(const SidecarExchange& exchange) override;
    void rest_begins() override;
    void rest_ends() override { is_resting_ = false; }

private:
    bool is_resting_ = false;
};

class ForeignFinalizersStay final : public Oracle {
public:
    explicit ForeignFinalizersStay(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "foreign-finalizers-stay"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "An operator adds and removes its own finalizer only.";
    }
    void changed(const Change& change) override;
};

class OnlyOursIsDeleted final : public Oracle {
public:
    explicit OnlyOursIsDeleted(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "only-ours-is-deleted"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "An operator deletes what its nodes control, a StatefulSet under a node's name that is not the tracked "
               "one, and nodes that are too many in their fleet, as far as it could know; nothing else. Nodes "
               "that are to outlive their fleet are not collected with it, nor claims that are to outlive their node, "
               "and nobody writes to a claim that users made.";
    }
    void exchanged(const Exchange& exchange) override;
    void changed(const Change& change) override;

private:
    void note_owners(const Change& change);
    void judge_node(const Change& change);
    void judge_retention(const Change& change);
    void judge_claim(const Change& change);
    [[nodiscard]] bool is_one(WatchedKind kind, const std::string& uid) const;
    /// The uids of all nodes that ever were: what one of them left behind is still ours.
    std::set<std::string> nodes_;
    /// The same of the StatefulSets that a node controlled: their pods are ours, also when somebody deleted the set.
    std::set<std::string> sets_;
    /// The uids of fleets with the policy Retain.
    std::set<std::string> retaining_;
    /// The uids of nodes that leave their claim behind, as their users said last.
    std::set<std::string> leaving_;
    /// The uids of claims that users made.
    std::set<std::string> claims_of_users_;
    /// By incarnation and node: the uid of the tracked StatefulSet when this operator read the node last, uncached.
    std::map<std::pair<unsigned, kube::NamespacedName>, std::string> last_read_;
    /// By incarnation and fleet: how many nodes it asked for when this operator read it last, uncached.
    std::map<std::pair<unsigned, kube::NamespacedName>, std::int64_t> replicas_read_;
};

}  // namespace sim
