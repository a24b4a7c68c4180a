#include "sei/tasks/sidecar_params.hpp"

namespace sei::tasks {

WireParams generate_identity_params(const StoredParams& stored) {
    return required_texts(
        stored, "generate-identity", {RequiredText{"ChainID", "chainId"}, RequiredText{"Moniker", "moniker"}}
    );
}

}  // namespace sei::tasks
