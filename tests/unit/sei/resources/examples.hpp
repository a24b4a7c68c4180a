// The worked examples of spec 05 §16: their platform, their nodes, and the bodies that are sent for them.
#pragma once

#include <string>
#include <string_view>

#include "kube/json/json.hpp"
#include "sei/api/node.hpp"
#include "sei/platform/platform.hpp"

namespace sei::resources::examples {

/// Configuration P (spec 05 §3.1, last column).
inline platform::Platform platform_p() {
    platform::Platform platform;
    platform.standard = {
        .node_pool = "sei-node",
        .cpu = kube::Quantity{"4"},
        .memory = kube::Quantity{"32Gi"},
        .storage_class = "gp3-10k-750",
        .storage_size = kube::Quantity{"2000Gi"}
    };
    platform.archive = {
        .node_pool = "sei-archive",
        .cpu = kube::Quantity{"48"},
        .memory = kube::Quantity{"448Gi"},
        .storage_class = "gp3-archive",
        .storage_size = kube::Quantity{"40Ti"}
    };
    platform.toleration_key = "sei.io/workload";
    platform.service_account = "seid-node";
    platform.snapshot_bucket = "acme-sei-snapshots";
    platform.snapshot_region = "us-east-2";
    platform.genesis_bucket = "acme-sei-genesis";
    platform.genesis_region = "us-east-2";
    platform.sidecar_image = "ghcr.io/sei-protocol/seictl:v0.0.50";
    platform.kube_rbac_proxy_image = "quay.io/brancz/kube-rbac-proxy:v0.19.1";
    platform.cosmos_exporter_image = "ghcr.io/sei-protocol/sei-cosmos-exporter:v1.0.0";
    return platform;
}

inline api::SeiNode node_from(std::string_view name, std::string_view uid_end, std::string_view spec) {
    kube::json::Object object;
    object["metadata"] = kube::json::Object{
        {"name", name}, {"namespace", "sei"}, {"uid", "7f1c0000-0000-4000-8000-00000000000" + std::string{uid_end}}
    };
    object["spec"] = kube::json::parse(spec);
    return kube::json::from_json<api::SeiNode>(object);
}

inline api::SeiNode full_node() {
    return node_from(
        "rpc-0",
        "1",
        R"({"chainId":"pacific-1","image":"ghcr.io/sei-protocol/seid:v6.5.0","podLabels":{"team":"infra"},"fullNode":{}})"
    );
}

inline api::SeiNode archive() {
    return node_from(
        "archive-0",
        "2",
        R"({"chainId":"pacific-1","image":"ghcr.io/sei-protocol/seid:v6.5.0",
            "sidecar":{"port":7777,"resources":{"requests":{"cpu":"250m","memory":"128Mi"},"limits":{"memory":"256Mi"}}},
            "archive":{}})"
    );
}

inline api::SeiNode replayer() {
    return node_from(
        "replay-0",
        "3",
        R"({"chainId":"pacific-1","image":"ghcr.io/sei-protocol/seid:v6.5.0",
            "peers":[{"label":{"selector":{"sei.io/chain":"pacific-1"}}}],
            "sidecar":{"image":"registry.example.com/seictl:test","port":7778},
            "replayer":{"snapshot":{"s3":{"targetHeight":200100000},"trustPeriod":"9999h0m0s",
                                    "bootstrapImage":"ghcr.io/sei-protocol/seid:v6.4.1"}}})"
    );
}

inline api::SeiNode validator() {
    return node_from(
        "val-0",
        "4",
        R"({"chainId":"atlantic-2","image":"ghcr.io/sei-protocol/seid:v6.5.0",
            "validator":{"signingKey":{"secret":{"secretName":"val-0-signing"}},
                         "nodeKey":{"secret":{"secretName":"val-0-nodekey"}},
                         "operatorKeyring":{"secret":{"secretName":"val-0-opk","keyName":"node_admin",
                             "passphraseSecretRef":{"secretName":"val-0-opk-pass","key":"passphrase"}}}}})"
    );
}

inline api::SeiNode ceremony_validator() {
    return node_from(
        "devnet-0",
        "5",
        R"({"chainId":"devnet-1","image":"ghcr.io/sei-protocol/seid:v6.5.0",
            "podLabels":{"sei.io/nodedeployment":"devnet","sei.io/revision":"1"},
            "validator":{"genesisCeremony":{"chainId":"devnet-1","stakingAmount":"10000000usei",
                                            "accountBalance":"1000000000000usei","index":0}}})"
    );
}

/// What is sent: type, and everything but the status.
template <class K>
kube::json::Value body_of(const K& object) {
    kube::json::Value body = kube::json::to_json(object);
    body.as_object().erase("status");
    body.as_object()["apiVersion"] = kube::KindOf<K>::type.api_version();
    body.as_object()["kind"] = kube::KindOf<K>::type.kind;
    return body;
}

}  // namespace sei::resources::examples
