// One node's sidecar in memory: it keeps runs of tasks and does what a test tells it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/this_coro.hpp>

#include "kube/async/signal.hpp"
#include "sei/sidecar/sidecar.hpp"

namespace sei::test {

class FakeSidecar final : public sidecar::Sidecar {
public:
    struct Run {
        std::string type;
        sidecar::TaskRun run;
    };
    struct Submission {
        std::string type;
        std::string id;
        std::optional<boost::json::object> params;
    };
    /// What a task is when it has been started; by default it is done at once.
    std::function<sidecar::TaskRun(const std::string& type)> on_start = [](const std::string&) {
        return sidecar::TaskRun{.status = sidecar::RunStatus::Completed, .run = 1, .error = {}};
    };
    /// Set: every submission is answered so.
    std::optional<sidecar::SubmitOutcome> submit_answer;
    /// Set: every look-up is answered so.
    std::optional<sidecar::LookupOutcome> lookup_answer;
    /// Nobody answers.
    bool is_unreachable = false;
    /// So many look-ups are answered as if no task were known.
    int lookups_without_memory = 0;
    /// Look-ups are never answered; they end when they are cancelled.
    bool hangs = false;
    sidecar::HealthOutcome health = sidecar::Ready{};
    /// By id.
    std::map<std::string, Run> runs;
    std::vector<Submission> submissions;
    /// "GET <id>" and "POST <id>" of tasks, in order.
    std::vector<std::string> requests;
    unsigned lookups = 0;
    unsigned probes = 0;

    [[nodiscard]] kube::Async<sidecar::SubmitOutcome> submit(sidecar::TaskSubmission task) override {
        if (is_unreachable) co_return no_connection();
        requests.push_back("POST " + task.id);
        submissions.push_back({task.type, task.id, task.params});
        if (submit_answer) co_return *submit_answer;
        const auto known = runs.find(task.id);
        if (known == runs.end() || known->second.run.status == sidecar::RunStatus::Failed) {
            const std::int64_t earlier = known == runs.end() ? 0 : known->second.run.run;
            sidecar::TaskRun run = on_start(task.type);
            run.run = earlier + 1;
            runs[task.id] = {task.type, run};
        }
        co_return sidecar::Accepted{};
    }
    [[nodiscard]] kube::Async<sidecar::LookupOutcome> look_up(std::string id) override {
        if (is_unreachable) co_return no_connection();
        if (hangs) {
            kube::Signal never{co_await boost::asio::this_coro::executor};
            co_await never.wait();
        }
        ++lookups;
        requests.push_back("GET " + id);
        if (lookup_answer) co_return *lookup_answer;
        if (lookups_without_memory > 0) {
            --lookups_without_memory;
            co_return sidecar::UnknownTask{};
        }
        const auto found = runs.find(id);
        if (found == runs.end()) co_return sidecar::UnknownTask{};
        co_return found->second.run;
    }
    [[nodiscard]] kube::Async<sidecar::AtWorkOutcome> tasks_at_work() override {
        if (is_unreachable) co_return std::unexpected(no_connection());
        requests.emplace_back("GET all");
        std::vector<sidecar::TaskAtWork> tasks;
        for (const auto& [id, run] : runs) {
            if (run.run.status == sidecar::RunStatus::Running) tasks.push_back({id, run.type});
        }
        co_return tasks;
    }
    [[nodiscard]] kube::Async<sidecar::HealthOutcome> probe(sidecar::ProbedPod) override {
        ++probes;
        if (is_unreachable) co_return no_connection();
        co_return health;
    }
    [[nodiscard]] kube::Async<std::expected<std::string, sidecar::Unavailable>> node_id() override {
        co_return std::unexpected(no_connection());
    }

    /// From now on what is started ends only when `end` says so.
    void leave_tasks_running() {
        on_start = [](const std::string&) {
            return sidecar::TaskRun{.status = sidecar::RunStatus::Running, .run = 1, .error = {}};
        };
    }
    /// As by default: what is started is done.
    void complete_tasks() { on_start = FakeSidecar{}.on_start; }
    void end(const std::string& type, sidecar::RunStatus status, const std::string& error = {}) {
        for (auto& [id, run] : runs) {
            if (run.type == type && run.run.status == sidecar::RunStatus::Running) {
                run.run.status = status;
                run.run.error = error;
            }
        }
    }
    [[nodiscard]] std::vector<std::string> submitted_types() const {
        std::vector<std::string> types;
        for (const auto& submission : submissions) types.push_back(submission.type);
        return types;
    }
    static sidecar::Unavailable no_connection() {
        return {sidecar::Unavailable::Kind::NoAnswer, "no connection to the sidecar"};
    }
};

/// Hands out the same sidecar for every node.
class FakeSidecarFactory final : public sidecar::SidecarFactory {
public:
    explicit FakeSidecarFactory(FakeSidecar& sidecar) : sidecar_{sidecar} {}
    [[nodiscard]] std::unique_ptr<sidecar::Sidecar> sidecar_of(const kube::NamespacedName&) override {
        return std::make_unique<Handle>(sidecar_);
    }
    void forget(const kube::NamespacedName& node) override { forgotten.push_back(node); }
    std::vector<kube::NamespacedName> forgotten;

private:
    class Handle final : public sidecar::Sidecar {
    public:
        explicit Handle(FakeSidecar& sidecar) : sidecar_{sidecar} {}
        [[nodiscard]] kube::Async<sidecar::SubmitOutcome> submit(sidecar::TaskSubmission task) override {
            return sidecar_.submit(std::move(task));
        }
        [[nodiscard]] kube::Async<sidecar::LookupOutcome> look_up(std::string id) override {
            return sidecar_.look_up(std::move(id));
        }
        [[nodiscard]] kube::Async<sidecar::AtWorkOutcome> tasks_at_work() override { return sidecar_.tasks_at_work(); }
        [[nodiscard]] kube::Async<sidecar::HealthOutcome> probe(sidecar::ProbedPod pod) override {
            return sidecar_.probe(pod);
        }
        [[nodiscard]] kube::Async<std::expected<std::string, sidecar::Unavailable>> node_id() override {
            return sidecar_.node_id();
        }

    private:
        FakeSidecar& sidecar_;
    };
    FakeSidecar& sidecar_;
};

}  // namespace sei::test
