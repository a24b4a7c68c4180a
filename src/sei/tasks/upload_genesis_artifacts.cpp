#include "sei/tasks/sidecar_params.hpp"

namespace sei::tasks {

WireParams upload_genesis_artifacts_params(const StoredParams& stored) {
    return required_texts(stored, "upload-genesis-artifacts", {RequiredText{"NodeName", "nodeName"}});
}

}  // namespace sei::tasks
