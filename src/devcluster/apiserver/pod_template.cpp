#include "devcluster/apiserver/pod_template.hpp"

#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/selectors.hpp"
#include "devcluster/apiserver/validate_metadata.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

constexpr int kFileMode = 0644;

void default_http_get(Object& handler) {
    Object* http = object_in(handler, "httpGet");
    if (http == nullptr) return;
    set_default(*http, "path", "/");
    set_default(*http, "scheme", "HTTP");
}

void default_probe(Object& container, std::string_view name) {
    Object* probe = object_in(container, name);
    if (probe == nullptr) return;
    default_http_get(*probe);
    if (Object* grpc = object_in(*probe, "grpc")) set_default(*grpc, "service", "");
    set_default(*probe, "timeoutSeconds", 1);
    set_default(*probe, "periodSeconds", 10);
    set_default(*probe, "successThreshold", 1);
    set_default(*probe, "failureThreshold", 3);
}

std::string_view pull_policy_of(std::string_view image) {
    if (image.contains('@')) return "IfNotPresent";
    const std::size_t slash = image.rfind('/');
    const std::string_view last = slash == std::string_view::npos ? image : image.substr(slash + 1);
    const std::size_t colon = last.find(':');
    return colon == std::string_view::npos || last.substr(colon + 1) == "latest" ? "Always" : "IfNotPresent";
}

void default_field_refs(Array* items) {
    if (items == nullptr) return;
    for (Value& value : *items) {
        Object* item = value.if_object();
        Object* ref = item != nullptr ? object_in(*item, "fieldRef") : nullptr;
        if (ref != nullptr) set_default(*ref, "apiVersion", "v1");
    }
}

void default_container(Object& container) {
    set_default(container, "terminationMessagePath", "/dev/termination-log");
    set_default(container, "terminationMessagePolicy", "File");
    set_default(container, "imagePullPolicy", Value(pull_policy_of(string_in(container, "image"))));
    if (Array* ports = array_in(container, "ports")) {
        for (Value& port : *ports) {
            if (port.is_object()) set_default(port.get_object(), "protocol", "TCP");
        }
    }
    if (Array* env = array_in(container, "env")) {
        for (Value& variable : *env) {
            Object* from = variable.is_object() ? object_in(variable.get_object(), "valueFrom") : nullptr;
            Object* ref = from != nullptr ? object_in(*from, "fieldRef") : nullptr;
            if (ref != nullptr) set_default(*ref, "apiVersion", "v1");
        }
    }
    for (const std::string_view probe : {"livenessProbe", "readinessProbe", "startupProbe"}) {
        default_probe(container, probe);
    }
    if (Object* lifecycle = object_in(container, "lifecycle")) {
        for (const std::string_view name : {"postStart", "preStop"}) {
            if (Object* handler = object_in(*lifecycle, name)) default_http_get(*handler);
        }
    }
}

void default_projection(Object& projected) {
    set_default(projected, "defaultMode", kFileMode);
    Array* sources = array_in(projected, "sources");
    if (sources == nullptr) return;
    for (Value& source : *sources) {
        if (!source.is_object()) continue;
        if (Object* token = object_in(source.get_object(), "serviceAccountToken")) {
            set_default(*token, "expirationSeconds", 3600);
        }
        if (Object* downward = object_in(source.get_object(), "downwardAPI"))
            default_field_refs(array_in(*downward, "items"));
    }
}

void default_volume(Object& volume) {
    if (volume.size() == 1 && volume.contains("name")) volume["emptyDir"] = Object{};
    for (const std::string_view name : {"secret", "configMap", "downwardAPI"}) {
        if (Object* source = object_in(volume, name)) set_default(*source, "defaultMode", kFileMode);
    }
    if (Object* downward = object_in(volume, "downwardAPI")) default_field_refs(array_in(*downward, "items"));
    if (Object* projected = object_in(volume, "projected")) default_projection(*projected);
    if (Object* host = object_in(volume, "hostPath")) set_default(*host, "type", "");
    Object* ephemeral = object_in(volume, "ephemeral");
    Object* claim = ephemeral != nullptr ? object_in(*ephemeral, "volumeClaimTemplate") : nullptr;
    if (claim != nullptr) default_claim_spec(made_object_in(*claim, "spec"));
}

constexpr std::array<std::string_view, 3> kContainerLists{"initContainers", "containers", "ephemeralContainers"};

void validate_containers(const Object& spec, std::string_view path, FieldErrors& errors) {
    std::set<std::string_view> volumes;
    if (const Array* list = array_in(spec, "volumes")) {
        std::size_t index = 0;
        for (const Value& volume : *list) {
            const std::string at = fmt::format("{}.volumes[{}].name", path, index++);
            const std::string_view name = volume.is_object() ? string_in(volume.get_object(), "name") : "";
            if (name.empty()) {
                errors.required(at);
            } else if (!is_dns_label(name)) {
                errors.invalid(at, Value(name), kDnsLabelRule);
            } else if (!volumes.insert(name).second) {
                errors.duplicate(at, Value(name));
            }
        }
    }
    const Array* main = array_in(spec, "containers");
    if (main == nullptr || main->empty()) errors.required(fmt::format("{}.containers", path));
    std::set<std::string_view> names;
    for (const std::string_view list_name : kContainerLists) {
        const Array* list = array_in(spec, list_name);
        if (list == nullptr) continue;
        std::size_t index = 0;
        for (const Value& value : *list) {
            const std::string at = fmt::format("{}.{}[{}]", path, list_name, index++);
            const Object* container = value.if_object();
            if (container == nullptr) continue;
            const std::string_view name = string_in(*container, "name");
            if (name.empty()) {
                errors.required(at + ".name");
            } else if (!is_dns_label(name)) {
                errors.invalid(at + ".name", Value(name), kDnsLabelRule);
            } else if (!names.insert(name).second) {
                errors.duplicate(at + ".name", Value(name));
            }
            if (string_in(*container, "image").empty()) errors.required(at + ".image");
            const std::string_view policy = string_in(*container, "imagePullPolicy");
            if (policy != "Always" && policy != "IfNotPresent" && policy != "Never") {
                errors.unsupported(at + ".imagePullPolicy", Value(policy), {"Always", "IfNotPresent", "Never"});
            }
            if (const Array* mounts = array_in(*container, "volumeMounts")) {
                std::size_t mount_index = 0;
                for (const Value& mount : *mounts) {
                    const std::string mount_at = fmt::format("{}.volumeMounts[{}]", at, mount_index++);
                    const std::string_view volume = mount.is_object() ? string_in(mount.get_object(), "name") : "";
                    if (!volumes.contains(volume)) {
                        errors.add("FieldValueNotFound", mount_at + ".name", fmt::format("Not found: \"{}\"", volume));
                    }
                    if (mount.is_object() && string_in(mount.get_object(), "mountPath").empty()) {
                        errors.required(mount_at + ".mountPath");
                    }
                }
            }
        }
    }
}

}  // namespace

void default_claim_spec(Object& spec) {
    set_default(spec, "volumeMode", "Filesystem");
    set_default(spec, "resources", Object{});
}

void default_pod_spec(Object& spec) {
    set_default(spec, "restartPolicy", "Always");
    set_default(spec, "dnsPolicy", "ClusterFirst");
    set_default(spec, "terminationGracePeriodSeconds", 30);
    set_default(spec, "securityContext", Object{});
    set_default(spec, "schedulerName", "default-scheduler");
    if (spec.contains("serviceAccountName")) {
        spec["serviceAccount"] = Value(spec.at("serviceAccountName"));
    } else if (spec.contains("serviceAccount")) {
        spec["serviceAccountName"] = Value(spec.at("serviceAccount"));
    }
    for (const std::string_view list : kContainerLists) {
        Array* containers = array_in(spec, list);
        if (containers == nullptr) continue;
        for (Value& container : *containers) {
            if (container.is_object()) default_container(container.get_object());
        }
    }
    if (Array* volumes = array_in(spec, "volumes")) {
        for (Value& volume : *volumes) {
            if (volume.is_object()) default_volume(volume.get_object());
        }
    }
}

void default_pod_template(Object& owner_spec) {
    Object& pod = made_object_in(owner_spec, "template");
    set_default(pod, "metadata", Object{});
    default_pod_spec(made_object_in(pod, "spec"));
}

void validate_pod_spec(const Object& spec, std::string_view path, FieldErrors& errors) {
    validate_containers(spec, path, errors);
    const std::string_view restart = string_in(spec, "restartPolicy");
    if (restart != "Always" && restart != "OnFailure" && restart != "Never") {
        errors.unsupported(fmt::format("{}.restartPolicy", path), Value(restart), {"Always", "OnFailure", "Never"});
    }
    const std::string_view dns = string_in(spec, "dnsPolicy");
    if (dns != "ClusterFirst" && dns != "ClusterFirstWithHostNet" && dns != "Default" && dns != "None") {
        errors.unsupported(
            fmt::format("{}.dnsPolicy", path),
            Value(dns),
            {"ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"}
        );
    }
}

std::string_view quality_of_service(const Object& pod_spec) {
    bool has_any = false;
    bool is_guaranteed = true;
    for (const std::string_view list : {"initContainers", "containers"}) {
        const Array* containers = array_in(pod_spec, list);
        if (containers == nullptr) continue;
        for (const Value& container : *containers) {
            const Object* resources = container.is_object() ? object_in(container.get_object(), "resources") : nullptr;
            const Object* limits = resources != nullptr ? object_in(*resources, "limits") : nullptr;
            const Object* requests = resources != nullptr ? object_in(*resources, "requests") : nullptr;
            for (const std::string_view name : {"cpu", "memory"}) {
                const Value* limit = limits != nullptr ? limits->if_contains(name) : nullptr;
                const Value* request = requests != nullptr ? requests->if_contains(name) : nullptr;
                has_any = has_any || limit != nullptr || request != nullptr;
                is_guaranteed = is_guaranteed && limit != nullptr && (request == nullptr || *request == *limit);
            }
        }
    }
    if (!has_any) return "BestEffort";
    return is_guaranteed ? "Guaranteed" : "Burstable";
}

std::string container_fields(const Object& pod_spec, std::string_view field) {
    std::string out;
    if (const Array* containers = array_in(pod_spec, "containers")) {
        for (const Value& container : *containers) {
            if (!out.empty()) out += ',';
            if (container.is_object()) out += string_in(container.get_object(), field);
        }
    }
    return out;
}

void validate_selector(const Object& spec, std::string_view path, FieldErrors& errors) {
    const Value* selector = spec.if_contains("selector");
    const Object* pod = object_in(spec, "template");
    const Object* labels = pod != nullptr ? object_in(metadata_of(*pod), "labels") : nullptr;
    if (selector == nullptr || !selector->is_object()) {
        errors.required(fmt::format("{}.selector", path));
        errors.invalid(
            fmt::format("{}.template.metadata.labels", path),
            labels != nullptr ? Value(*labels) : Value(nullptr),
            "`selector` does not match template `labels`"
        );
        return;
    }
    if (selector->get_object().empty()) {
        errors.invalid(fmt::format("{}.selector", path), *selector, "empty selector is invalid for statefulset");
        return;
    }
    if (!LabelSelector::from_json(*selector).matches(labels)) {
        errors.invalid(
            fmt::format("{}.template.metadata.labels", path),
            labels != nullptr ? Value(*labels) : Value(nullptr),
            "`selector` does not match template `labels`"
        );
    }
}

}  // namespace devcluster::apiserver
