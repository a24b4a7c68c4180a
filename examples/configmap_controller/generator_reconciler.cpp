#include "generator_reconciler.hpp"

#include <utility>

#include "kube/runtime/controller.hpp"

namespace example {

namespace {

/// Is everything that we want there? What others added to the object is their affair.
bool has_what_is_wanted(const kube::ConfigMap& found, const kube::ConfigMap& wanted, const kube::Uid& owner) {
    return found.data == wanted.data && found.metadata.is_controlled_by(owner);
}

}  // namespace

GeneratorReconciler::GeneratorReconciler(kube::Manager& manager)
    : client_{manager.client()},
      config_maps_{manager.cache<kube::ConfigMap>()},
      events_{manager.event_recorder("configmap-controller")} {}

kube::Async<kube::Requeue> GeneratorReconciler::reconcile(kube::Snapshot<ConfigMapGenerator> generator) {
    // The garbage collector takes the ConfigMap away with its owner.
    if (generator->metadata.deletionTimestamp) co_return kube::Requeue::on_change("the end of the deletion");

    const kube::ConfigMap wanted = wanted_config_map(*generator);
    const auto found = config_maps_.get(wanted.metadata.key());
    const bool must_write = !found || !has_what_is_wanted(**found, wanted, generator.uid());
    if (must_write) {
        (void)co_await client_.apply_returning_metadata(
            wanted, kube::FieldManager{"configmap-controller"}, kube::Force::Yes
        );
    }

    ConfigMapGeneratorStatus status = generator->status;
    status.configMapName = wanted.metadata.name;
    status.observedGeneration = generator->metadata.generation;
    const auto written = co_await client_.write_status(generator, std::move(status));
    if (!written) co_return kube::after_refusal(written.error(), generator.resource_version());

    // Events follow the write that they speak of.
    if (must_write) {
        events_.record(
            kube::reference_to(**written),
            kube::EventType::Normal,
            "Generated",
            "Wrote ConfigMap " + wanted.metadata.name
        );
    }
    co_return kube::Requeue::on_change("a change of the generator or of its ConfigMap");
}

kube::ConfigMap wanted_config_map(const ConfigMapGenerator& generator) {
    kube::ConfigMap wanted;
    wanted.metadata.name = generator.metadata.name;
    wanted.metadata.namespace_ = generator.metadata.namespace_;
    wanted.metadata.ownerReferences = {{
        .apiVersion = kube::KindOf<ConfigMapGenerator>::type.api_version(),
        .kind = std::string{kube::KindOf<ConfigMapGenerator>::type.kind},
        .name = generator.metadata.name,
        .uid = generator.metadata.uid,
        .controller = true,
        .blockOwnerDeletion = true,
    }};
    wanted.data = {{"content", generator.spec.content}};
    return wanted;
}

void add_generator_controller(kube::Manager& manager, GeneratorReconciler& reconciler) {
    kube::ControllerBuilder<ConfigMapGenerator>{manager, "configmapgenerator"}
        .when(kube::generation_changed)
        .owns<kube::ConfigMap>()
        .build(reconciler);
}

}  // namespace example
