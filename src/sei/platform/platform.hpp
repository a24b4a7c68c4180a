// The platform that nodes run on: what one installation of the operator is told by its environment.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kube/meta/quantity.hpp"

namespace sei::platform {

/// The environment of a process, or of a test: names and values, as `environ` has them.
using Environment = std::map<std::string, std::string, std::less<>>;

/// Where the nodes of one kind run, and what they ask for (spec 05 §3.3).
struct Footprint {
    /// Value of the node affinity on `karpenter.sh/nodepool`, and of the toleration.
    std::string node_pool;
    /// Requests of the seid container.
    kube::Quantity cpu;
    kube::Quantity memory;
    /// StorageClass and size of the data volume; the size is also the least that an imported volume must have.
    std::string storage_class;
    kube::Quantity storage_size;
};

/// The configuration of spec 07 §3.1, read once at start. White space around a value is no part
/// of it: it would be one of every object that the value is written to (spec 05 §19, 7).
struct Platform {
    /// Full nodes, replayers and validators.
    Footprint standard;
    Footprint archive;
    std::string toleration_key;
    std::string service_account;
    /// SEI_STORAGE_CLASS_DEFAULT: of a mode that is none of the known ones, so of no node today.
    std::string storage_class_of_other_modes;

    std::string snapshot_bucket;
    std::string snapshot_region;
    std::string genesis_bucket;
    std::string genesis_region;
    /// SEI_RESULT_EXPORT_*: accepted, may be empty, used by nothing.
    std::string result_export_bucket;
    std::string result_export_region;
    std::string result_export_prefix;

    std::string gateway_name;
    std::string gateway_namespace;
    std::string gateway_domain;
    /// A second domain for the same routes; empty for none.
    std::string gateway_public_domain;

    /// The default; `spec.sidecar.image` of a node overrides it.
    std::string sidecar_image;
    std::string kube_rbac_proxy_image;
    std::string cosmos_exporter_image;
};

/// What is wrong with one variable, as a sentence for the person who sets it.
struct Problem {
    std::string variable;
    std::string text;
    bool operator==(const Problem&) const = default;
};

/// A variable that `read` asks for, for references and for checks of manifests.
struct Variable {
    std::string_view name;
    /// What it is for: "names the sidecar image of every node pod".
    std::string_view purpose;
    bool is_required = true;
};

/// Every variable, in the order of spec 07 §3.1.
[[nodiscard]] std::span<const Variable> variables();

/// Reads the configuration, or tells everything that is wrong with it at once, by name (decision 0022).
///
/// A required variable that is absent or blank is a problem, and so is a quantity that is none, a negative one, a
/// volume size of zero, a name, label or domain that is none, and an image with white space in it: what the API server
/// would refuse for every node is refused here, once (spec 08 13.6). Buckets, regions and the prefix are any text.
[[nodiscard]] std::expected<Platform, std::vector<Problem>> read(const Environment& environment);

/// All problems as one text, a sentence each: for the log line before the process exits.
[[nodiscard]] std::string to_string(const std::vector<Problem>& problems);

}  // namespace sei::platform
