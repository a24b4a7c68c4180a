// A container of a pod template.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/boxed.hpp"
#include "kube/meta/flat_map.hpp"
#include "kube/meta/quantity.hpp"
#include "kube/types/probe.hpp"

namespace kube {

struct ContainerPort {
    std::string name;
    std::int32_t containerPort = 0;
    std::string protocol;
    static constexpr std::array required{"containerPort"};
    bool operator==(const ContainerPort&) const = default;
};
BOOST_DESCRIBE_STRUCT(ContainerPort, (), (name, containerPort, protocol))

/// One key of a Secret or ConfigMap.
struct KeySelector {
    std::string name;
    std::string key;
    std::optional<bool> optional;
    static constexpr std::array required{"key"};
    bool operator==(const KeySelector&) const = default;
};
BOOST_DESCRIBE_STRUCT(KeySelector, (), (name, key, optional))

/// A field of the pod itself.
struct FieldSelector {
    std::string fieldPath;
    static constexpr std::array required{"fieldPath"};
    bool operator==(const FieldSelector&) const = default;
};
BOOST_DESCRIBE_STRUCT(FieldSelector, (), (fieldPath))

struct EnvVarSource {
    std::optional<FieldSelector> fieldRef;
    std::optional<KeySelector> configMapKeyRef;
    std::optional<KeySelector> secretKeyRef;
    bool operator==(const EnvVarSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(EnvVarSource, (), (fieldRef, configMapKeyRef, secretKeyRef))

struct EnvVar {
    std::string name;
    std::string value;
    Boxed<EnvVarSource> valueFrom;
    static constexpr std::array required{"name"};
    bool operator==(const EnvVar&) const = default;
};
BOOST_DESCRIBE_STRUCT(EnvVar, (), (name, value, valueFrom))

/// A Secret or ConfigMap by name.
struct EnvFromObject {
    std::string name;
    std::optional<bool> optional;
    bool operator==(const EnvFromObject&) const = default;
};
BOOST_DESCRIBE_STRUCT(EnvFromObject, (), (name, optional))

struct EnvFromSource {
    std::string prefix;
    std::optional<EnvFromObject> configMapRef;
    std::optional<EnvFromObject> secretRef;
    bool operator==(const EnvFromSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(EnvFromSource, (), (prefix, configMapRef, secretRef))

struct VolumeMount {
    std::string name;
    std::string mountPath;
    std::string subPath;
    bool readOnly = false;
    static constexpr std::array required{"mountPath", "name"};
    bool operator==(const VolumeMount&) const = default;
};
BOOST_DESCRIBE_STRUCT(VolumeMount, (), (name, mountPath, subPath, readOnly))

struct ResourceClaim {
    std::string name;
    std::string request;
    static constexpr std::array required{"name"};
    bool operator==(const ResourceClaim&) const = default;
};
BOOST_DESCRIBE_STRUCT(ResourceClaim, (), (name, request))

using ResourceList = FlatMap<Quantity>;

/// Resources of a container (spec 01 §4.4).
struct ResourceRequirements {
    std::vector<ResourceClaim> claims;
    ResourceList limits;
    ResourceList requests;
    bool operator==(const ResourceRequirements&) const = default;
};
BOOST_DESCRIBE_STRUCT(ResourceRequirements, (), (claims, limits, requests))

struct Capabilities {
    std::vector<std::string> add;
    std::vector<std::string> drop;
    bool operator==(const Capabilities&) const = default;
};
BOOST_DESCRIBE_STRUCT(Capabilities, (), (add, drop))

struct SeccompProfile {
    std::string type;
    std::string localhostProfile;
    static constexpr std::array required{"type"};
    bool operator==(const SeccompProfile&) const = default;
};
BOOST_DESCRIBE_STRUCT(SeccompProfile, (), (type, localhostProfile))

struct SecurityContext {
    std::optional<bool> allowPrivilegeEscalation;
    std::optional<Capabilities> capabilities;
    std::optional<bool> privileged;
    std::optional<bool> readOnlyRootFilesystem;
    std::optional<std::int64_t> runAsGroup;
    std::optional<bool> runAsNonRoot;
    std::optional<std::int64_t> runAsUser;
    std::optional<SeccompProfile> seccompProfile;
    bool operator==(const SecurityContext&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    SecurityContext,
    (),
    (allowPrivilegeEscalation,
     capabilities,
     privileged,
     readOnlyRootFilesystem,
     runAsGroup,
     runAsNonRoot,
     runAsUser,
     seccompProfile)
)

struct Container {
    std::string name;
    std::string image;
    std::vector<std::string> command;
    std::vector<std::string> args;
    std::vector<ContainerPort> ports;
    std::vector<EnvFromSource> envFrom;
    std::vector<EnvVar> env;
    Boxed<ResourceRequirements> resources;
    /// "Always" makes an init container a sidecar.
    std::string restartPolicy;
    std::vector<VolumeMount> volumeMounts;
    Boxed<Probe> livenessProbe;
    Boxed<Probe> readinessProbe;
    Boxed<Probe> startupProbe;
    Boxed<SecurityContext> securityContext;
    static constexpr std::array required{"name"};
    bool operator==(const Container&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    Container,
    (),
    (name,
     image,
     command,
     args,
     ports,
     envFrom,
     env,
     resources,
     restartPolicy,
     volumeMounts,
     livenessProbe,
     readinessProbe,
     startupProbe,
     securityContext)
)

}  // namespace kube
