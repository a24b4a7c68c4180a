// The scripts that run inside node pods (spec 05 §5.8, §10.3).
//
// Each is part of a pod template: any change of its text is a new revision of every node. They run in images that carry
// a shell and little else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sei::resources {

/// For `/bin/sh -c`: initialises the data directory unless it is, and makes the directory for temporary files.
[[nodiscard]] std::string seid_init_script(std::string_view chain_id);
/// For `/bin/bash -c`: becomes seid once the sidecar says that the node is ready for it.
[[nodiscard]] std::string seid_wait_script(std::int32_t sidecar_port);
/// For `/bin/bash -c`: becomes the exporter once seid serves gRPC.
[[nodiscard]] std::string exporter_wait_script();
/// For `/bin/bash -c`: runs seid up to a height; that it stopped itself there is success.
[[nodiscard]] std::string bootstrap_script(std::int32_t sidecar_port, std::int64_t halt_height);

}  // namespace sei::resources
