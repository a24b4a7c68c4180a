// What each fault does to the world.
#include <utility>

#include <fmt/format.h>

#include "kube/types/pod.hpp"
#include "kube/types/stateful_set.hpp"
#include "sei/api/labels.hpp"
#include "sim/world.hpp"

namespace sim {
namespace {

using devcluster::workloads::FaultTarget;
using PodFault = devcluster::workloads::Fault;
using devcluster::workloads::FaultKind::CrashLoop;
using devcluster::workloads::FaultKind::ImagePull;
using devcluster::workloads::FaultKind::Pending;
using devcluster::workloads::FaultKind::SlowStart;

std::optional<PodFault> pod_fault(const Fault& fault) {
    switch (fault.kind) {
        case FaultKind::ImageUnpullable:
            return PodFault{.kind = ImagePull};
        case FaultKind::PodCrashes:
            return PodFault{.kind = CrashLoop};
        case FaultKind::PodPending:
            return PodFault{.kind = Pending};
        case FaultKind::PodSlow:
            return PodFault{.kind = SlowStart, .duration = std::chrono::ceil<std::chrono::seconds>(fault.lasts)};
        default:
            return std::nullopt;
    }
}

}  // namespace

bool World::is_felt_at_once(const Fault& fault) const {
    switch (fault.kind) {
        // The request that they hit tells.
        case FaultKind::ConflictBefore:
        case FaultKind::ErrorBefore:
        case FaultKind::ErrorAfter:
        case FaultKind::DropBefore:
        case FaultKind::DropAfter:
        case FaultKind::TimeoutBefore:
        case FaultKind::TimeoutAfter:
        case FaultKind::CrashBefore:
        case FaultKind::CrashAfter:
        // What they hit has to be there.
        case FaultKind::PodDeleted:
        case FaultKind::StatefulSetDeleted:
        case FaultKind::StatefulSetReplaced:
        case FaultKind::StatefulSetRelabelled:
        case FaultKind::SidecarRestarts:
        case FaultKind::SidecarForgets:
        // The task that they make fail.
        case FaultKind::TaskFails:
        case FaultKind::TaskFailsSlowly:
            return false;
        case FaultKind::LeaseUnreachable:
            return settings_.operators == Operators::TwoElecting;
        case FaultKind::NodeAnnotated:
        case FaultKind::NodeEdited:
        case FaultKind::SidecarStops:
        case FaultKind::SidecarErrors:
        case FaultKind::SidecarHangs:
        case FaultKind::SidecarGarbles:
        case FaultKind::SidecarIsSlow:
        case FaultKind::SidecarAnswersTooLate:
        case FaultKind::ImageUnpullable:
        case FaultKind::PodCrashes:
        case FaultKind::PodPending:
        case FaultKind::PodSlow:
            return find(WatchedKind::Node, {"default", fault.target}) != nullptr;
        case FaultKind::LagOfKind:
        case FaultKind::LagOfOne:
        case FaultKind::WatchesBreak:
        case FaultKind::HistoryExpires:
        case FaultKind::StatesSkipped:
        case FaultKind::Restart:
        case FaultKind::RestartOnOlderView:
        case FaultKind::RestartOnOlderNodes:
            return true;
    }
    return true;
}

kube::NamespacedName World::pod_of(const std::string& node) const {
    for (const devcluster::apiserver::ObjectPtr& pod : all(WatchedKind::Pod)) {
        if (pod->key().name.starts_with(node + "-bootstrap")) return pod->key();
    }
    return {"default", node + "-0"};
}

kube::Async<> World::strike(Fault fault) {
    co_await clock_.sleep_until(kube::MonotonicTime{fault.at});
    if (is_calm_ || fault.is_off) co_return;
    const kube::MonotonicTime until = clock_.monotonic() + fault.lasts;
    const kube::NamespacedName node{"default", fault.target};
    const kube::NamespacedName pod{"default", fault.target + "-0"};
    if (is_felt_at_once(fault)) struck(fault, "the world");
    switch (fault.kind) {
        case FaultKind::ConflictBefore:
        case FaultKind::ErrorBefore:
        case FaultKind::ErrorAfter:
        case FaultKind::DropBefore:
        case FaultKind::DropAfter:
        case FaultKind::TimeoutBefore:
        case FaultKind::TimeoutAfter:
        case FaultKind::CrashBefore:
        case FaultKind::CrashAfter:
            weather_.armed.push_back({fault, 0});
            break;
        case FaultKind::LagOfKind:
            weather_.lags.push_back({fault.target, fault.lasts / 3, until, {}});
            break;
        case FaultKind::LagOfOne:
            weather_.lags.push_back({fault.target, fault.lasts / 3, until, operators_.back()->process().name});
            break;
        case FaultKind::WatchesBreak:
            ++weather_.watch_epoch;
            server_.end_watches();
            break;
        case FaultKind::HistoryExpires:
            ++weather_.watch_epoch;
            server_.compact();
            server_.end_watches();
            break;
        case FaultKind::StatesSkipped:
            weather_.gaps.push_back({fault.target, until});
            co_await clock_.sleep_until(until - std::chrono::milliseconds{1});
            server_.compact();
            break;
        case FaultKind::RestartOnOlderView: {
            const auto revision = server_.store().revision();
            const auto age = static_cast<std::int64_t>(5 + fault.skip * 3);
            weather_.old_view = {.revision = std::max<std::int64_t>(1, revision - age), .resource = {}};
            operators_.front()->restart();
            co_await clock_.sleep_until(until);
            weather_.old_view.reset();
            break;
        }
        case FaultKind::RestartOnOlderNodes: {
            // Each kind has a cache of its own in an API server. The worst moment is the one before a StatefulSet was
            // lost.
            const auto revision = last_tracked_ > 0 ? last_tracked_ : server_.store().revision() - 5;
            weather_.old_view = {.revision = std::max<std::int64_t>(1, revision), .resource = "seinodes"};
            weather_.lags.push_back({"seinodes", fault.lasts / 3, until, {}});
            operators_.front()->restart();
            co_await clock_.sleep_until(until);
            weather_.old_view.reset();
            break;
        }
        case FaultKind::Restart:
            operators_.back()->restart();
            break;
        case FaultKind::LeaseUnreachable:
            weather_.leases_back_at = until;
            break;
        case FaultKind::PodDeleted: {
            const kube::NamespacedName hit = pod_of(fault.target);
            if (const auto read = co_await user_.get<kube::Pod>(hit)) {
                struck(fault, "a pod");
                static_cast<void>(
                    co_await user_.delete_object<kube::Pod>(hit, {.uid = read->uid(), .resource_version = {}})
                );
            }
            break;
        }
        case FaultKind::StatefulSetDeleted:
        case FaultKind::StatefulSetReplaced: {
            const auto read = co_await user_.get<kube::StatefulSet>(node);
            if (!read) break;
            struck(fault, "a StatefulSet");
            kube::StatefulSet impostor = **read;
            static_cast<void>(
                co_await user_.delete_object<kube::StatefulSet>(node, {.uid = read->uid(), .resource_version = {}})
            );
            if (fault.kind == FaultKind::StatefulSetDeleted) break;
            impostor.metadata = {
                .name = impostor.metadata.name,
                .namespace_ = impostor.metadata.namespace_,
                .labels = impostor.metadata.labels
            };
            impostor.spec.replicas = 0;
            if (const auto made = co_await user_.create(std::move(impostor))) {
                sets_of_users_.insert(made->uid().value());
            }
            break;
        }
        case FaultKind::StatefulSetRelabelled:
            if (const auto read = co_await user_.get<kube::StatefulSet>(node)) {
                struck(fault, "a StatefulSet");
                kube::StatefulSet changed = **read;
                changed.metadata.labels.clear();
                if (!changed.spec.template_.spec.containers.empty()) {
                    changed.spec.template_.spec.containers.front().image = "example.com/somebody-elses:v0";
                }
                static_cast<void>(co_await user_.patch(*read, std::move(changed)));
            }
            break;
        case FaultKind::NodeAnnotated:
            co_await edit<sei::api::SeiNode>(fault.target, [number = fault.number](sei::api::SeiNode& edited) {
                edited.metadata.annotations["note"] = fmt::format("{}", number);
            });
            break;
        case FaultKind::NodeEdited:
            co_await edit<sei::api::SeiNode>(fault.target, [](sei::api::SeiNode& edited) {
                edited.spec.image = "example.com/seid:by-hand";
            });
            // What a fleet's template says comes back; of a single node users take it back themselves.
            if (scenario_.fleet) break;
            co_await clock_.sleep_until(until);
            co_await edit<sei::api::SeiNode>(fault.target, [&](sei::api::SeiNode& edited) {
                if (const auto& wanted = wishes_.images[fault.target]) edited.spec.image = *wanted;
            });
            break;
        case FaultKind::SidecarRestarts:
            if (!sidecars_.node(node).is_serving()) break;
            struck(fault, "a sidecar");
            sidecars_.node(node).restart(devcluster::sidecar::Store::Kept);
            break;
        case FaultKind::SidecarForgets:
            if (!sidecars_.node(node).is_serving()) break;
            struck(fault, "a sidecar");
            sidecars_.node(node).restart(devcluster::sidecar::Store::Lost);
            break;
        case FaultKind::SidecarStops:
        case FaultKind::SidecarErrors:
        case FaultKind::SidecarHangs:
        case FaultKind::SidecarGarbles:
        case FaultKind::SidecarIsSlow:
        case FaultKind::SidecarAnswersTooLate:
            troubles_[node] = {fault.kind, until};
            break;
        case FaultKind::TaskFails:
        case FaultKind::TaskFailsSlowly: {
            devcluster::sidecar::Script script;
            script.outcome = devcluster::sidecar::Script::Outcome::Fail;
            script.times = 1;
            if (fault.kind == FaultKind::TaskFailsSlowly) script.duration = fault.lasts;
            // In an initial plan only what has retries may fail, else the node has failed for good, and rightly.
            const auto target = find(WatchedKind::Node, node);
            const bool is_running =
                target && kube::json::find_string(target->value(), {"status", "phase"}) == "Running";
            const char* of_running = fault.number % 2 == 0 ? "mark-ready" : "config-apply";
            const std::string type = is_running ? of_running : "discover-peers";
            sidecars_.node(node).scripts().set(type, std::move(script));
            co_await clock_.sleep_until(until);
            if (sidecars_.node(node).scripts().times_followed(type) > 0) struck(fault, "a task");
            sidecars_.node(node).scripts().clear(type);
            break;
        }
        case FaultKind::ImageUnpullable:
        case FaultKind::PodCrashes:
        case FaultKind::PodPending:
        case FaultKind::PodSlow: {
            const auto id = workloads_.faults().add({.namespace_ = "default", .pod = pod.name}, *pod_fault(fault));
            co_await clock_.sleep_until(until);
            workloads_.faults().remove(id);
            break;
        }
    }
}

}  // namespace sim
