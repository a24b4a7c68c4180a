// kubeconfig files: reading, merging, and picking a context.
#pragma once

#include <string>
#include <vector>

#include "kube/client/config.hpp"

namespace kube {

/// What is to be done where a file of the list does not exist.
enum class MissingFile { Refuse, Skip };

/// Merges the files as kubectl does (the first file that names an entry or the current context wins) and resolves the
/// context: `context`, or the current one. Relative paths belong to the file that they stand in. Throws ConfigError.
[[nodiscard]] RestConfig load_kubeconfig(
    const std::vector<std::string>& paths, const std::string& context, MissingFile missing
);

}  // namespace kube
