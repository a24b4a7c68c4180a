#include "devcluster/workloads/pod_needs.hpp"

#include <algorithm>

namespace devcluster::workloads {

namespace {

std::string need(std::string_view kind, std::string_view namespace_, std::string_view name) {
    return fmt::format("{}/{}/{}", kind, namespace_, name);
}

bool is_optional(const std::optional<bool>& flag) {
    return flag.value_or(false);
}

template <class Map>
std::string missing_key(
    const Map& data, const std::vector<kube::KeyToPath>& items, std::string_view kind, std::string_view name
) {
    for (const kube::KeyToPath& item : items) {
        if (!data.contains(item.key)) {
            return fmt::format("references non-existent {} key: {} (of \"{}\")", kind, item.key, name);
        }
    }
    return {};
}

}  // namespace

std::string need_of_claim(const kube::NamespacedName& key) {
    return need("claim", key.namespace_, key.name);
}
std::string need_of_config_map(const kube::NamespacedName& key) {
    return need("configmap", key.namespace_, key.name);
}
std::string need_of_secret(const kube::NamespacedName& key) {
    return need("secret", key.namespace_, key.name);
}

std::vector<std::string> needs_of(const kube::Pod& pod) {
    const std::string& in = pod.metadata.namespace_;
    std::vector<std::string> needs;
    for (const kube::Volume& volume : pod.spec.volumes) {
        if (volume.persistentVolumeClaim) needs.push_back(need_of_claim({in, volume.persistentVolumeClaim->claimName}));
        if (volume.configMap) needs.push_back(need_of_config_map({in, volume.configMap->name}));
        if (volume.secret) needs.push_back(need_of_secret({in, volume.secret->secretName}));
    }
    for (const auto* containers : {&pod.spec.initContainers, &pod.spec.containers}) {
        for (const kube::Container& container : *containers) {
            for (const kube::EnvFromSource& source : container.envFrom) {
                if (source.configMapRef) needs.push_back(need_of_config_map({in, source.configMapRef->name}));
                if (source.secretRef) needs.push_back(need_of_secret({in, source.secretRef->name}));
            }
            for (const kube::EnvVar& variable : container.env) {
                if (!variable.valueFrom) continue;
                const kube::EnvVarSource& source = *variable.valueFrom;
                if (source.configMapKeyRef) needs.push_back(need_of_config_map({in, source.configMapKeyRef->name}));
                if (source.secretKeyRef) needs.push_back(need_of_secret({in, source.secretKeyRef->name}));
            }
        }
    }
    std::ranges::sort(needs);
    needs.erase(std::ranges::unique(needs).begin(), needs.end());
    return needs;
}

std::optional<std::string> why_unschedulable(const kube::Pod& pod, const Supplies& supplies) {
    for (const kube::Volume& volume : pod.spec.volumes) {
        if (!volume.persistentVolumeClaim) continue;
        const std::string& name = volume.persistentVolumeClaim->claimName;
        const auto claim = supplies.claims.get({pod.metadata.namespace_, name});
        if (!claim) return fmt::format("0/1 nodes are available: persistentvolumeclaim \"{}\" not found.", name);
        if ((*claim)->metadata.deletionTimestamp) {
            return fmt::format("0/1 nodes are available: persistentvolumeclaim \"{}\" is being deleted.", name);
        }
        if ((*claim)->status.phase != "Bound") {
            return std::string{"0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims."};
        }
    }
    return std::nullopt;
}

std::optional<MissingVolume> missing_volume(const kube::Pod& pod, const Supplies& supplies) {
    const std::string& in = pod.metadata.namespace_;
    for (const kube::Volume& volume : pod.spec.volumes) {
        std::string why;
        if (volume.persistentVolumeClaim) {
            const std::string& name = volume.persistentVolumeClaim->claimName;
            const auto claim = supplies.claims.get({in, name});
            if (!claim) {
                why = fmt::format("persistentvolumeclaim \"{}\" not found", name);
            } else if ((*claim)->status.phase != "Bound") {
                why = fmt::format("persistentvolumeclaim \"{}\" is not bound", name);
            }
        } else if (volume.configMap) {
            const auto map = supplies.config_maps.get({in, volume.configMap->name});
            const bool may_lack = is_optional(volume.configMap->optional);
            if (!map && !may_lack) why = fmt::format("configmap \"{}\" not found", volume.configMap->name);
            if (map && !may_lack) {
                kube::StringMap data = (*map)->data;
                data.insert((*map)->binaryData.begin(), (*map)->binaryData.end());
                why = missing_key(data, volume.configMap->items, "config", volume.configMap->name);
            }
        } else if (volume.secret) {
            const auto secret = supplies.secrets.get({in, volume.secret->secretName});
            const bool may_lack = is_optional(volume.secret->optional);
            if (!secret && !may_lack) why = fmt::format("secret \"{}\" not found", volume.secret->secretName);
            if (secret && !may_lack) {
                why = missing_key((*secret)->data, volume.secret->items, "secret", volume.secret->secretName);
            }
        }
        if (!why.empty()) {
            return MissingVolume{
                .message = fmt::format("MountVolume.SetUp failed for volume \"{}\" : {}", volume.name, why)
            };
        }
    }
    return std::nullopt;
}

std::optional<std::string> missing_environment(
    const kube::Pod& pod, const kube::Container& container, const Supplies& supplies
) {
    const std::string& in = pod.metadata.namespace_;
    for (const kube::EnvFromSource& source : container.envFrom) {
        if (source.configMapRef && !is_optional(source.configMapRef->optional) &&
            !supplies.config_maps.get({in, source.configMapRef->name})) {
            return fmt::format("configmap \"{}\" not found", source.configMapRef->name);
        }
        if (source.secretRef && !is_optional(source.secretRef->optional) &&
            !supplies.secrets.get({in, source.secretRef->name})) {
            return fmt::format("secret \"{}\" not found", source.secretRef->name);
        }
    }
    for (const kube::EnvVar& variable : container.env) {
        if (!variable.valueFrom) continue;
        const auto& from_map = variable.valueFrom->configMapKeyRef;
        if (from_map && !is_optional(from_map->optional)) {
            const auto map = supplies.config_maps.get({in, from_map->name});
            if (!map) return fmt::format("configmap \"{}\" not found", from_map->name);
            if (!(*map)->data.contains(from_map->key)) {
                return fmt::format("couldn't find key {} in ConfigMap {}/{}", from_map->key, in, from_map->name);
            }
        }
        const auto& from_secret = variable.valueFrom->secretKeyRef;
        if (from_secret && !is_optional(from_secret->optional)) {
            const auto secret = supplies.secrets.get({in, from_secret->name});
            if (!secret) return fmt::format("secret \"{}\" not found", from_secret->name);
            if (!(*secret)->data.contains(from_secret->key)) {
                return fmt::format("couldn't find key {} in Secret {}/{}", from_secret->key, in, from_secret->name);
            }
        }
    }
    return std::nullopt;
}

}  // namespace devcluster::workloads
