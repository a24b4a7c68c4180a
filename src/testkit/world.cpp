#include "testkit/world.hpp"

#include <stdexcept>

#include "kube/runtime/log.hpp"

namespace testkit {

using namespace std::chrono_literals;

/// One life of the operator's process.
struct World::Operator {
    Operator(World& world, kube::ManagerOptions options)
        : scope{world.loop_.get_executor(), [](const std::string&, std::exception_ptr) {}},
          manager{world.loop_.get_executor(), world.clock_, world.calls_, std::move(options)},
          made{world.make_operator_(manager)} {
        scope.spawn("operator", manager.run());
    }
    kube::Scope scope;
    kube::Manager manager;
    std::shared_ptr<void> made;
};

World::World(WorldOptions options, MakeOperator make_operator)
    : options_{std::move(options)},
      make_operator_{std::move(make_operator)},
      clock_{loop_.get_executor()},
      server_{loop_.get_executor(), clock_, {.seed = options_.seed}},
      operators_way_{loop_.get_executor(), server_.handler(), clock_},
      workloads_way_{loop_.get_executor(), server_.handler(), clock_},
      persons_way_{loop_.get_executor(), server_.handler(), clock_},
      calls_{operators_way_},
      workloads_calls_{workloads_way_},
      person_{persons_way_, {.field_manager = kube::FieldManager{"person"}}},
      scope_{loop_.get_executor()} {
    for (const std::string& manifest : options_.manifests) server_.install(manifest);
    if (options_.workloads != Workloads::None) {
        devcluster::workloads::WorkloadsOptions parts;
        if (options_.workloads == Workloads::StatusFaker) parts = devcluster::workloads::WorkloadsOptions::faker_only();
        workloads_ = std::make_unique<devcluster::workloads::Workloads>(
            loop_.get_executor(), clock_, workloads_calls_, std::move(parts)
        );
        scope_.spawn("workloads", workloads_->run());
        run_until([this] { return workloads_->is_ready(); });
    }
    start_operator();
}

World::~World() {
    stop_operator();
    if (workloads_) workloads_->stop();
    run_until([this] { return scope_.running() == 0; });
    server_.end_watches();
    settle();
}

void World::start_operator() {
    if (operator_) throw std::logic_error{"the operator runs already"};
    kube::ManagerOptions options;
    options.seed = options_.seed + starts_++;
    options.log = kube::make_logger(clock_, {}, [this](std::string_view line) { log_.emplace_back(line); });
    operator_ = std::make_unique<Operator>(*this, std::move(options));
}

void World::stop_operator() {
    if (!operator_) return;
    operator_->manager.stop();
    run_until([this] { return operator_->scope.running() == 0; });
    operator_.reset();
    settle();
}

kube::Manager& World::operator_manager() {
    if (!operator_) throw std::logic_error{"the operator does not run"};
    return operator_->manager;
}

devcluster::workloads::Workloads& World::workloads() {
    if (!workloads_) throw std::logic_error{"this world was made without workloads"};
    return *workloads_;
}

void World::settle() {
    loop_.restart();
    loop_.poll();
}

bool World::run_until(const std::function<bool()>& reached, std::chrono::seconds most) {
    const kube::MonotonicTime end = clock_.monotonic() + most;
    for (settle(); !reached(); settle()) {
        const auto due = clock_.next_due();
        if (!due || *due > end) return false;
        clock_.advance_to(*due);
    }
    return true;
}

/// When everything has run that can, every watch in this process has delivered what the server has: `settle` is the
/// part of the barrier that a real server would be asked for.
std::string World::in_the_way(std::chrono::milliseconds polls_within) const {
    if (calls_.in_flight() > 0) return "the operator waits for an answer of the API server";
    if (workloads_calls_.in_flight() > 0) return "the workloads wait for an answer of the API server";
    if (operator_) {
        kube::BarrierQuestion question;
        question.polls_within = polls_within;
        question.wants_events_delivered = true;
        const kube::BarrierAnswer answer = operator_->manager.at_barrier(question);
        if (!answer.is_reached) return answer.reason;
    }
    if (workloads_) {
        const kube::BarrierAnswer answer = workloads_->at_barrier({});
        if (!answer.is_reached) return "workloads: " + answer.reason;
    }
    return {};
}

bool World::run_until_quiet(std::chrono::milliseconds polls_within) {
    return run_until([&] {
        last_reason_ = in_the_way(polls_within);
        return last_reason_.empty();
    });
}

bool World::run_one_more_pass_of_everything() {
    operator_manager().wake_all();
    return run_until_quiet();
}

}  // namespace testkit
