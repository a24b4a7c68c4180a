#include "sei/tasks/bootstrap.hpp"

#include <algorithm>
#include <string>

#include "kube/types/pod.hpp"
#include "sei/api/labels.hpp"
#include "sei/resources/bootstrap_service.hpp"
#include "sei/tasks/rollout.hpp"

namespace sei::tasks {
namespace {

const kube::Container* seid_of(const kube::Job& job) {
    const auto& containers = job.spec.template_.spec.containers;
    const auto found = std::ranges::find(containers, kSeidContainer, &kube::Container::name);
    return found == containers.end() ? nullptr : &*found;
}

}  // namespace

kube::Async<NodePods> read_pods(TaskContext& context) {
    kube::ListOptions options;
    options.namespace_ = context.node->metadata.namespace_;
    options.label_selector = std::string{api::kNodeLabel} + "=" + context.node->metadata.name;
    const kube::List<kube::Pod> pods = co_await context.client.list<kube::Pod>(std::move(options));
    NodePods found;
    for (const auto& pod : pods.items) {
        const auto component = pod->metadata.labels.find(std::string{api::kComponentLabel});
        const bool is_bootstrap =
            component != pod->metadata.labels.end() && component->second == api::kBootstrapComponent;
        (is_bootstrap ? found.has_bootstrap_pod : found.has_own_pod) = true;
    }
    co_return found;
}

bool serves_spec(const kube::Job& live, const kube::Job& rendered) {
    const kube::Container* running = seid_of(live);
    const kube::Container* wanted = seid_of(rendered);
    if (running == nullptr || wanted == nullptr) return false;
    return running->image == wanted->image && running->args == wanted->args;
}

bool has_ended(const kube::Job& job) {
    return kube::is_condition_true(job.status.conditions, "Complete") ||
           kube::is_condition_true(job.status.conditions, "Failed");
}

bool is_bootstrap_service(const kube::Service& service, const api::SeiNode& node) {
    return service.spec.selector == resources::render_bootstrap_service(node).spec.selector;
}

}  // namespace sei::tasks
