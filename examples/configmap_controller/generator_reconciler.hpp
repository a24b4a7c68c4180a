// What the operator does for one ConfigMapGenerator.
#pragma once

#include "config_map_generator.hpp"
#include "kube/client/client.hpp"
#include "kube/runtime/cache.hpp"
#include "kube/runtime/event_recorder.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/runtime/reconciler.hpp"
#include "kube/types/config_map.hpp"

namespace example {

/// Keeps one ConfigMap of the generator's name as the generator wants it, and says so in the status.
class GeneratorReconciler final : public kube::Reconciler<ConfigMapGenerator> {
public:
    explicit GeneratorReconciler(kube::Manager& manager);
    [[nodiscard]] kube::Async<kube::Requeue> reconcile(kube::Snapshot<ConfigMapGenerator> generator) override;
    void forget(const kube::NamespacedName&) override {}

private:
    kube::Client& client_;
    kube::Cache<kube::ConfigMap> config_maps_;
    kube::EventRecorder& events_;
};

/// Registers the controller: a generator's spec wakes it, and every change of a ConfigMap that a generator controls.
void add_generator_controller(kube::Manager& manager, GeneratorReconciler& reconciler);

/// The ConfigMap that a generator asks for: pure, and so easy to test.
[[nodiscard]] kube::ConfigMap wanted_config_map(const ConfigMapGenerator& generator);

}  // namespace example
