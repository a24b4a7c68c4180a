// Oracles about plans and tasks.
#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/oracle.hpp"

namespace sim {

/// The nodes whose bootstrap Job has failed at some time.
class FailedBootstraps {
public:
    void changed(const Change& change);
    [[nodiscard]] bool has(const devcluster::apiserver::ObjectPtr& node) const;

private:
    std::set<std::string> uids_;
};

class NoPlanIsLost final : public Oracle {
public:
    explicit NoPlanIsLost(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "no-plan-is-lost"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "An active plan ends with what it was made for, or as failed; only a changed spec replaces it, and what "
               "it has done is never undone.";
    }
    void changed(const Change& change) override;

private:
    void judge_tasks(const kube::json::Value& before, const kube::json::Value& after, const std::string& whose);
    /// Who stored it, and its object as it was then: stored objects do not change.
    struct Beginning {
        devcluster::apiserver::ObjectPtr object;
        unsigned by = 0;
    };
    /// By plan.
    std::map<std::string, Beginning, std::less<>> built_for_;
    FailedBootstraps failed_bootstraps_;
};

class NoPlanFailsByItself final : public Oracle {
public:
    explicit NoPlanFailsByItself(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "no-plan-fails-by-itself"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "A node's plan fails only by a task that its sidecar refused or said to have failed, by a bootstrap "
               "Job that failed, or by an imported claim that is too small or not to be written to.";
    }
    void exchanged(const SidecarExchange& exchange) override;
    void changed(const Change& change) override;

private:
    std::set<std::string, std::less<>> failed_tasks_;
    FailedBootstraps failed_bootstraps_;
    /// The names of claims that were wrong at some time.
    std::set<std::string> wrong_claims_;
};

class PlanBeforeEffect final : public Oracle {
public:
    explicit PlanBeforeEffect(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "plan-before-effect"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "A sidecar is given only tasks that stand in the stored plan of its node, under their stored "
               "identifiers; and nothing is made for a node before its first plan is stored.";
    }
    void exchanged(const SidecarExchange& exchange) override;
    void changed(const Change& change) override;

private:
    /// All identifiers that were ever stored: a submission may arrive after another operator ended the plan.
    std::set<std::string> stored_;
    /// The uids of the nodes that ever had a plan.
    std::set<std::string> planned_;
};

class OneTaskAtATime final : public Oracle {
public:
    explicit OneTaskAtATime(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "one-task-at-a-time"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "A sidecar is given no task of its node's stored plan while it works at one of an earlier plan, but for "
               "one that another operator hands over at that time.";
    }
    void exchanged(const SidecarExchange& exchange) override;

private:
    /// By task of a plan that was stored then: who handed it over last.
    std::map<std::string, const Process*> givers_;
};

class SubmittedOnce final : public Oracle {
public:
    explicit SubmittedOnce(const View& view) : Oracle{view} {}
    [[nodiscard]] std::string_view name() const override { return "submitted-once"; }
    [[nodiscard]] std::string_view sentence() const override {
        return "A task is handed over once, whoever asks for it, unless the sidecar said before that it does not know "
               "it, or that it failed.";
    }
    void exchanged(const SidecarExchange& exchange) override;

private:
    /// By incarnation and task: was it told last that the sidecar does not know it, or that it failed?
    std::set<std::pair<unsigned, std::string>> free_;
    std::set<std::string> accepted_;
};

}  // namespace sim
