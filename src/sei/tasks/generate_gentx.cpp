#include "sei/tasks/sidecar_params.hpp"

namespace sei::tasks {

WireParams generate_gentx_params(const StoredParams& stored) {
    return required_texts(
        stored,
        "generate-gentx",
        {RequiredText{"ChainID", "chainId"},
         RequiredText{"StakingAmount", "stakingAmount"},
         RequiredText{"AccountBalance", "accountBalance"}}
    );
}

}  // namespace sei::tasks
