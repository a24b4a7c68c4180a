#include "sei/deployment/template_fields.hpp"

#include <array>

namespace sei::deployment {

std::span<const TemplateField> template_fields() {
    using enum FieldClass;
    static constexpr std::array kFields{
        TemplateField{"metadata.labels", Propagated, "labels of the node and its pod, below the operator's own"},
        TemplateField{"metadata.annotations", Propagated, "annotations of the node, but for sei.io/retry"},
        TemplateField{"spec.chainId", RefusedAtAdmission, "the nodes hold the data of their chain"},
        TemplateField{"spec.image", RolledOut, "a rollout"},
        TemplateField{
            "spec.peers", Propagated, "of a deployment with spec.genesis they are the ceremony's: kept as they are"
        },
        TemplateField{"spec.overrides", Propagated, "used by the node's next plan that applies configuration"},
        TemplateField{
            "spec.externalAddress", RefusedAtAdmission, "each node has its own, which is set on the SeiNode and kept"
        },
        TemplateField{"spec.sidecar", RolledOut, "its image; port and resources go along or are propagated"},
        TemplateField{"spec.podLabels", Propagated, "labels of the pod, from its next replacement on"},
        TemplateField{
            "spec.dataVolume", Propagated, "whether data are retained; what is imported is fixed at admission"
        },
        TemplateField{"spec.fullNode", Propagated, "its settings; the mode itself is fixed at admission"},
        TemplateField{"spec.archive", Propagated, "its settings; the mode itself is fixed at admission"},
        TemplateField{"spec.replayer", Propagated, "its settings; the mode itself is fixed at admission"},
        TemplateField{
            "spec.validator",
            Propagated,
            "its settings; the mode and the names of Secrets are fixed at admission; genesisCeremony is written from "
            "spec.genesis"
        },
        TemplateField{"spec.paused", OwnedElsewhere, "spec.paused of the deployment pauses the nodes"},
    };
    return kFields;
}

}  // namespace sei::deployment
