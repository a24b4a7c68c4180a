// Pods and nodes.
#include "devcluster/apiserver/builtin_kind.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/pod_template.hpp"
#include "devcluster/apiserver/same_json.hpp"
#include "devcluster/apiserver/table.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

std::string text_at(const Object& object, std::string_view part, std::string_view key) {
    const Object* inner = object_in(object, part);
    return inner != nullptr ? std::string{string_in(*inner, key)} : std::string{};
}

std::string or_none(std::string text) {
    return text.empty() ? "<none>" : text;
}

void default_pod(Object& pod) {
    Object& spec = made_object_in(pod, "spec");
    default_pod_spec(spec);
    set_default(spec, "enableServiceLinks", true);
    for (const std::string_view list : {"initContainers", "containers"}) {
        Array* containers = array_in(spec, list);
        if (containers == nullptr) continue;
        for (Value& container : *containers) {
            Object* resources = container.is_object() ? object_in(container.get_object(), "resources") : nullptr;
            const Object* limits = resources != nullptr ? object_in(std::as_const(*resources), "limits") : nullptr;
            if (limits == nullptr) continue;
            const Object copied = *limits;
            Object& requests = made_object_in(*resources, "requests");
            for (const auto& [name, limit] : copied) set_default(requests, name, limit);
        }
    }
}

/// What admission adds to every pod: a priority, and patience with machines that are away.
void admit_pod(Object& spec) {
    set_default(spec, "priority", 0);
    set_default(spec, "preemptionPolicy", "PreemptLowerPriority");
    Value& tolerations = spec["tolerations"];
    if (!tolerations.is_array()) tolerations = Array{};
    for (const std::string_view key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
        const bool is_there = std::ranges::any_of(tolerations.get_array(), [&](const Value& value) {
            if (!value.is_object()) return false;
            const std::string_view theirs = string_in(value.get_object(), "key");
            const std::string_view effect = string_in(value.get_object(), "effect");
            return (theirs == key || theirs.empty()) && (effect.empty() || effect == "NoExecute");
        });
        if (is_there) continue;
        tolerations.get_array().push_back(
            Object{{"effect", "NoExecute"}, {"key", key}, {"operator", "Exists"}, {"tolerationSeconds", 300}}
        );
    }
}

void prepare_pod(Object& pod, const PrepareContext&) {
    admit_pod(made_object_in(pod, "spec"));
    const Object* spec = object_in(std::as_const(pod), "spec");
    pod["status"] = Object{
        {"phase", "Pending"}, {"qosClass", spec != nullptr ? Value(quality_of_service(*spec)) : Value("BestEffort")}
    };
}

void validate_pod(const Object& pod, FieldErrors& errors) {
    if (const Object* spec = object_in(pod, "spec")) validate_pod_spec(*spec, "spec", errors);
}

/// Of a pod's spec, an update may change images, tolerations (add), deadlines, gates; nothing else.
void validate_pod_update(const Object& pod, const Object& before, FieldErrors& errors) {
    const Object* spec_now = object_in(pod, "spec");
    const Object* spec_then = object_in(before, "spec");
    if (spec_now != nullptr && spec_then != nullptr && same(*spec_now, *spec_then)) return;
    Object now = spec_now != nullptr ? Object(*spec_now, {}) : Object{};
    Object then = spec_then != nullptr ? Object(*spec_then, {}) : Object{};
    for (Object* spec : {&now, &then}) {
        for (const std::string_view key :
             {"tolerations", "activeDeadlineSeconds", "terminationGracePeriodSeconds", "schedulingGates"}) {
            spec->erase(key);
        }
        for (const std::string_view list : {"initContainers", "containers"}) {
            if (Array* containers = array_in(*spec, list)) {
                for (Value& container : *containers) {
                    if (container.is_object()) container.get_object().erase("image");
                }
            }
        }
    }
    if (!same(now, then)) {
        errors.forbidden(
            "spec",
            "pod updates may not change fields other than `spec.containers[*].image`,"
            "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
            "existing "
            "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
        );
    }
}

std::optional<std::string> select_pod(const Object& pod, std::string_view field) {
    if (field == "spec.hostNetwork") {
        const Value* value = kube::json::find(Value(pod), {"spec", "hostNetwork"});
        return value != nullptr && value->is_bool() && value->get_bool() ? "true" : "false";
    }
    if (field.starts_with("spec.")) return text_at(pod, "spec", field.substr(5));
    if (field.starts_with("status.")) return text_at(pod, "status", field.substr(7));
    return std::nullopt;
}

/// Is the init container one that keeps running beside the others?
bool is_sidecar(const Array* init_containers, std::string_view name) {
    if (init_containers == nullptr) return false;
    return std::ranges::any_of(*init_containers, [&](const Value& value) {
        return value.is_object() && string_in(value.get_object(), "name") == name &&
               string_in(value.get_object(), "restartPolicy") == "Always";
    });
}

bool flag(const Object& object, std::string_view key) {
    const Value* value = object.if_contains(key);
    return value != nullptr && value->is_bool() && value->get_bool();
}

/// What kubectl shows of a pod's state.
struct PodState {
    std::string reason;
    std::int64_t ready = 0;
    std::int64_t total = 0;
    std::int64_t restarts = 0;
    std::string last_restart;
};

const Object* state_of(const Object& container_status, std::string_view which) {
    const Object* state = object_in(container_status, "state");
    return state != nullptr ? object_in(*state, which) : nullptr;
}

PodState state_of_pod(const Object& pod) {
    PodState out;
    static const auto* const nothing = new Object{};  // Leaked: nothing to destroy at exit.
    const Object* spec = object_in(pod, "spec");
    const Object* status = object_in(pod, "status");
    if (spec == nullptr) spec = nothing;
    if (status == nullptr) status = nothing;
    const Array* init_containers = array_in(*spec, "initContainers");
    if (const Array* containers = array_in(*spec, "containers"))
        out.total = static_cast<std::int64_t>(containers->size());
    if (init_containers != nullptr) {
        for (const Value& value : *init_containers) {
            if (value.is_object() && string_in(value.get_object(), "restartPolicy") == "Always") ++out.total;
        }
    }
    out.reason = string_in(*status, "reason").empty() ? string_in(*status, "phase") : string_in(*status, "reason");

    bool is_initializing = false;
    std::int64_t index = 0;
    std::int64_t init_restarts = 0;
    if (const Array* statuses = array_in(*status, "initContainerStatuses")) {
        for (const Value& value : *statuses) {
            const Object* container = value.if_object();
            if (container == nullptr) continue;
            const bool sidecar = is_sidecar(init_containers, string_in(*container, "name"));
            const std::int64_t restarts = integer_in(*container, "restartCount").value_or(0);
            init_restarts += restarts;
            if (sidecar) {
                out.restarts += restarts;
                if (flag(*container, "ready")) ++out.ready;
            }
            ++index;
            if (is_initializing) continue;
            const Object* terminated = state_of(*container, "terminated");
            const Object* waiting = state_of(*container, "waiting");
            if (terminated != nullptr && integer_in(*terminated, "exitCode").value_or(0) == 0) continue;
            if (sidecar && flag(*container, "started")) continue;
            if (terminated != nullptr) {
                const std::string_view reason = string_in(*terminated, "reason");
                out.reason = reason.empty()
                                 ? fmt::format("Init:ExitCode:{}", integer_in(*terminated, "exitCode").value_or(0))
                                 : fmt::format("Init:{}", reason);
            } else if (waiting != nullptr && !string_in(*waiting, "reason").empty() &&
                       string_in(*waiting, "reason") != "PodInitializing") {
                out.reason = fmt::format("Init:{}", string_in(*waiting, "reason"));
            } else {
                out.reason =
                    fmt::format("Init:{}/{}", index - 1, init_containers != nullptr ? init_containers->size() : 0);
            }
            is_initializing = true;
        }
    }
    if (is_initializing) out.restarts = init_restarts;
    if (!is_initializing) {
        bool has_running = false;
        if (const Array* statuses = array_in(*status, "containerStatuses")) {
            for (auto it = statuses->end(); it != statuses->begin();) {
                const Object* container = (--it)->if_object();
                if (container == nullptr) continue;
                out.restarts += integer_in(*container, "restartCount").value_or(0);
                const Object* waiting = state_of(*container, "waiting");
                const Object* terminated = state_of(*container, "terminated");
                if (waiting != nullptr && !string_in(*waiting, "reason").empty()) {
                    out.reason = string_in(*waiting, "reason");
                } else if (terminated != nullptr) {
                    out.reason = string_in(*terminated, "reason").empty()
                                     ? fmt::format("ExitCode:{}", integer_in(*terminated, "exitCode").value_or(0))
                                     : std::string{string_in(*terminated, "reason")};
                } else if (flag(*container, "ready") && state_of(*container, "running") != nullptr) {
                    has_running = true;
                    ++out.ready;
                }
            }
        }
        if (out.reason == "Completed" && has_running) out.reason = "Running";
    }
    if (metadata_of(pod).contains("deletionTimestamp")) {
        const std::string_view phase = string_in(*status, "phase");
        if (string_in(*status, "reason") == "NodeLost") {
            out.reason = "Unknown";
        } else if (phase != "Failed" && phase != "Succeeded") {
            out.reason = "Terminating";
        }
    }
    return out;
}

Array pod_cells(const Object& pod, const kube::Clock& clock) {
    const PodState state = state_of_pod(pod);
    std::string ips = text_at(pod, "status", "podIP");
    return {
        Value(string_in(metadata_of(pod), "name")),
        Value(fmt::format("{}/{}", state.ready, state.total)),
        Value(state.reason),
        Value(std::to_string(state.restarts)),
        Value(age_cell(pod, clock)),
        Value(or_none(std::move(ips))),
        Value(or_none(text_at(pod, "spec", "nodeName"))),
        Value(or_none(text_at(pod, "status", "nominatedNodeName"))),
        "<none>"
    };
}

/// A pod that runs nowhere, or has ended, goes at once; another one when its kubelet says so.
std::optional<std::int64_t> pod_grace_period(const Object& pod, std::optional<std::int64_t> requested) {
    const Object* spec = object_in(pod, "spec");
    const std::string phase = text_at(pod, "status", "phase");
    if (text_at(pod, "spec", "nodeName").empty() || phase == "Succeeded" || phase == "Failed") return 0;
    if (requested) return std::max<std::int64_t>(*requested, 0);
    return spec != nullptr ? integer_in(*spec, "terminationGracePeriodSeconds").value_or(30) : 30;
}

Array node_cells(const Object& node, const kube::Clock& clock) {
    std::string status = "Unknown";
    if (const Object* part = object_in(node, "status")) {
        if (const Array* conditions = array_in(*part, "conditions")) {
            for (const Value& value : *conditions) {
                if (!value.is_object() || string_in(value.get_object(), "type") != "Ready") continue;
                status = string_in(value.get_object(), "status") == "True" ? "Ready" : "NotReady";
            }
        }
    }
    if (const Object* spec = object_in(node, "spec"); spec != nullptr && flag(*spec, "unschedulable")) {
        status += ",SchedulingDisabled";
    }
    std::string roles;
    if (const Object* labels = object_in(metadata_of(node), "labels")) {
        for (const auto& [key, value] : *labels) {
            constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
            if (key.starts_with(kPrefix)) roles += (roles.empty() ? "" : ",") + std::string{key.substr(kPrefix.size())};
        }
    }
    std::string internal;
    std::string external;
    const Object* part = object_in(node, "status");
    const Array* addresses = part != nullptr ? array_in(*part, "addresses") : nullptr;
    if (addresses != nullptr) {
        for (const Value& value : *addresses) {
            if (!value.is_object()) continue;
            const std::string_view type = string_in(value.get_object(), "type");
            if (type == "InternalIP" && internal.empty()) internal = string_in(value.get_object(), "address");
            if (type == "ExternalIP" && external.empty()) external = string_in(value.get_object(), "address");
        }
    }
    const Object* info = part != nullptr ? object_in(*part, "nodeInfo") : nullptr;
    const auto from_info = [&](std::string_view key) {
        const std::string_view text = info != nullptr ? string_in(*info, key) : std::string_view{};
        return Value(text.empty() ? std::string_view{"<unknown>"} : text);
    };
    return {
        Value(string_in(metadata_of(node), "name")),
        Value(status),
        Value(or_none(roles)),
        Value(age_cell(node, clock)),
        Value(info != nullptr ? string_in(*info, "kubeletVersion") : std::string_view{}),
        Value(or_none(internal)),
        Value(or_none(external)),
        from_info("osImage"),
        from_info("kernelVersion"),
        from_info("containerRuntimeVersion")
    };
}

std::optional<std::string> select_node(const Object& node, std::string_view field) {
    if (field != "spec.unschedulable") return std::nullopt;
    const Object* spec = object_in(node, "spec");
    return spec != nullptr && flag(*spec, "unschedulable") ? "true" : "false";
}

}  // namespace

BuiltinHooks pod_hooks() {
    return {
        .defaults = default_pod,
        .prepare_create = prepare_pod,
        .validate = validate_pod,
        .validate_update = validate_pod_update,
        .select = select_pod,
        .cells = pod_cells,
        .grace_period = pod_grace_period
    };
}

BuiltinHooks node_hooks() {
    return {.select = select_node, .cells = node_cells};
}

}  // namespace devcluster::apiserver
