// The kubeconfig of an embedded cluster.
#pragma once

#include <string>

/// What a client has to know to reach the cluster.
struct ClusterAccess {
    std::string server;
    std::string authority_pem;
    std::string token;
};

/// Writes a kubeconfig with one context. Throws std::runtime_error when the file cannot be written.
void write_kubeconfig(const std::string& path, const ClusterAccess& access);
