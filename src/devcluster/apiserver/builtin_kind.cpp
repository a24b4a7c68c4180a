#include "devcluster/apiserver/builtin_kind.hpp"

#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/table.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

class BuiltinBehaviour final : public Behaviour {
public:
    BuiltinBehaviour(const BuiltinType& type, std::string api_version, BuiltinHooks hooks)
        : type_{type}, api_version_{std::move(api_version)}, hooks_{hooks} {
        Object empty{{"apiVersion", api_version_}, {"kind", type.name()}};
        DecodeProblems none;
        decode_builtin(empty, type_, none);
        empty_ = std::move(empty);
    }

    void decode(Object& object, DecodeProblems& problems) const override { decode_builtin(object, type_, problems); }
    void set_defaults(Object& object) const override {
        if (hooks_.defaults != nullptr) hooks_.defaults(object);
    }
    [[nodiscard]] Value empty_object() const override { return empty_; }
    void prepare_create(Object& object, const PrepareContext& context) const override {
        if (hooks_.prepare_create != nullptr) hooks_.prepare_create(object, context);
    }
    void prepare_update(Object& object, const Object& before, Endpoint endpoint, const PrepareContext& context)
        const override {
        static_cast<void>(context);
        if (hooks_.prepare_update != nullptr) hooks_.prepare_update(object, before, endpoint);
    }
    void validate(const Value& object, FieldErrors& errors) const override {
        if (hooks_.validate != nullptr) hooks_.validate(object.get_object(), errors);
    }
    void validate_update(const Value& object, const Value& before, Endpoint endpoint, FieldErrors& errors)
        const override {
        if (endpoint != Endpoint::Main && endpoint != Endpoint::Scale) return;
        if (hooks_.validate != nullptr) hooks_.validate(object.get_object(), errors);
        if (hooks_.validate_update != nullptr) {
            hooks_.validate_update(object.get_object(), before.get_object(), errors);
        }
    }
    [[nodiscard]] std::optional<std::string> select(const Object& object, std::string_view field) const override {
        return hooks_.select != nullptr ? hooks_.select(object, field) : std::nullopt;
    }
    [[nodiscard]] Array cells(const Object& object, const kube::Clock& clock) const override {
        if (hooks_.cells != nullptr) return hooks_.cells(object, clock);
        return {Value(string_in(metadata_of(object), "name")), Value(age_cell(object, clock))};
    }
    [[nodiscard]] std::optional<std::int64_t> grace_period_seconds(
        const Object& object, std::optional<std::int64_t> requested
    ) const override {
        return hooks_.grace_period != nullptr ? hooks_.grace_period(object, requested) : std::nullopt;
    }

private:
    const BuiltinType& type_;
    std::string api_version_;
    BuiltinHooks hooks_;
    Value empty_;
};

/// A line of the table of built-in resources.
struct Line {
    std::string_view group;
    std::string_view version;
    std::string_view kind;
    std::string_view plural;
    std::string_view short_names;
    bool is_namespaced;
    bool has_status;
    bool has_generation;
    std::string_view columns;
    std::string_view selectable;
    BuiltinHooks (*hooks)();
    std::string_view subresources = "";
    std::string_view categories = "";
};

BuiltinHooks no_hooks() {
    return {};
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        out.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return out;
}

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

}  // namespace

std::shared_ptr<const Behaviour> builtin_behaviour(
    const BuiltinType& type, std::string api_version, BuiltinHooks hooks
) {
    return std::make_shared<BuiltinBehaviour>(type, std::move(api_version), hooks);
}

std::vector<Column> columns(std::string_view names) {
    std::vector<Column> out;
    for (std::string& name : split(names)) {
        Column column;
        if (name.ends_with('*')) {
            name.pop_back();
            column.priority = 1;
        }
        if (name == "Name") column.format = "name";
        column.description = name;
        column.name = std::move(name);
        out.push_back(std::move(column));
    }
    return out;
}

std::string age_cell(const Object& object, const kube::Clock& clock) {
    return age_of(string_in(metadata_of(object), "creationTimestamp"), clock);
}

void register_builtin_kinds(Registry& registry, Store& store, const BuiltinTypes& types) {
    const std::array lines{
        Line{
            "",
            "v1",
            "Namespace",
            "namespaces",
            "ns",
            false,
            true,
            false,
            "Name,Status,Age",
            "status.phase",
            namespace_hooks,
            "finalize"
        },
        Line{
            "",
            "v1",
            "Node",
            "nodes",
            "no",
            false,
            true,
            false,
            "Name,Status,Roles,Age,Version,Internal-IP*,External-IP*,OS-Image*,Kernel-Version*,Container-Runtime*",
            "spec.unschedulable",
            node_hooks
        },
        Line{
            "",
            "v1",
            "Pod",
            "pods",
            "po",
            true,
            true,
            true,
            "Name,Ready,Status,Restarts,Age,IP*,Node*,Nominated Node*,Readiness Gates*",
            "spec.nodeName,spec.restartPolicy,spec.schedulerName,spec.serviceAccountName,spec.hostNetwork,status.phase,"
            "status.podIP,status.nominatedNodeName",
            pod_hooks,
            "",
            "all"
        },
        Line{
            "",
            "v1",
            "Service",
            "services",
            "svc",
            true,
            true,
            false,
            "Name,Type,Cluster-IP,External-IP,Port(s),Age,Selector*",
            "spec.clusterIP,spec.type",
            service_hooks,
            "",
            "all"
        },
        Line{"", "v1", "ConfigMap", "configmaps", "cm", true, false, false, "Name,Data,Age", "", config_map_hooks},
        Line{"", "v1", "Secret", "secrets", "", true, false, false, "Name,Type,Data,Age", "type", secret_hooks},
        Line{
            "",
            "v1",
            "ServiceAccount",
            "serviceaccounts",
            "sa",
            true,
            false,
            false,
            "Name,Secrets,Age",
            "",
            service_account_hooks
        },
        Line{
            "",
            "v1",
            "PersistentVolume",
            "persistentvolumes",
            "pv",
            false,
            true,
            false,
            "Name,Capacity,Access Modes,Reclaim Policy,Status,Claim,StorageClass,VolumeAttributesClass,Reason,Age,"
            "VolumeMode*",
            "",
            volume_hooks
        },
        Line{
            "",
            "v1",
            "PersistentVolumeClaim",
            "persistentvolumeclaims",
            "pvc",
            true,
            true,
            false,
            "Name,Status,Volume,Capacity,Access Modes,StorageClass,VolumeAttributesClass,Age,VolumeMode*",
            "",
            claim_hooks
        },
        Line{
            "",
            "v1",
            "Event",
            "events",
            "ev",
            true,
            false,
            false,
            "Last Seen,Type,Reason,Object,Subobject*,Source*,Message,First Seen*,Count*,Name*",
            "involvedObject.kind,involvedObject.namespace,involvedObject.name,involvedObject.uid,"
            "involvedObject.apiVersion,involvedObject.resourceVersion,involvedObject.fieldPath,reason,"
            "reportingComponent,source,type",
            event_hooks
        },
        Line{"", "v1", "Endpoints", "endpoints", "ep", true, false, false, "Name,Endpoints,Age", "", endpoints_hooks},
        Line{
            "apps",
            "v1",
            "StatefulSet",
            "statefulsets",
            "sts",
            true,
            true,
            true,
            "Name,Ready,Age,Containers*,Images*",
            "",
            stateful_set_hooks,
            "scale",
            "all"
        },
        Line{
            "apps",
            "v1",
            "ControllerRevision",
            "controllerrevisions",
            "",
            true,
            false,
            false,
            "Name,Controller,Revision,Age",
            "",
            controller_revision_hooks
        },
        Line{
            "batch",
            "v1",
            "Job",
            "jobs",
            "",
            true,
            true,
            true,
            "Name,Status,Completions,Duration,Age,Containers*,Images*,Selector*",
            "status.successful",
            job_hooks,
            "",
            "all"
        },
        Line{
            "coordination.k8s.io", "v1", "Lease", "leases", "", true, false, false, "Name,Holder,Age", "", lease_hooks
        },
        Line{
            "discovery.k8s.io",
            "v1",
            "EndpointSlice",
            "endpointslices",
            "",
            true,
            false,
            true,
            "Name,AddressType,Ports,Endpoints,Age",
            "",
            endpoint_slice_hooks
        },
        Line{kRbac, "v1", "Role", "roles", "", true, false, false, "Name,Created At", "", role_hooks},
        Line{kRbac, "v1", "ClusterRole", "clusterroles", "", false, false, false, "Name,Created At", "", role_hooks},
        Line{
            kRbac,
            "v1",
            "RoleBinding",
            "rolebindings",
            "",
            true,
            false,
            false,
            "Name,Role,Age,Users*,Groups*,ServiceAccounts*",
            "",
            role_binding_hooks
        },
        Line{
            kRbac,
            "v1",
            "ClusterRoleBinding",
            "clusterrolebindings",
            "",
            false,
            false,
            false,
            "Name,Role,Age,Users*,Groups*,ServiceAccounts*",
            "",
            role_binding_hooks
        },
        Line{
            "storage.k8s.io",
            "v1",
            "StorageClass",
            "storageclasses",
            "sc",
            false,
            false,
            false,
            "Name,Provisioner,ReclaimPolicy,VolumeBindingMode,AllowVolumeExpansion,Age",
            "",
            storage_class_hooks
        },
        Line{
            "apiextensions.k8s.io",
            "v1",
            "CustomResourceDefinition",
            "customresourcedefinitions",
            "crd,crds",
            false,
            true,
            true,
            "Name,Created At",
            "",
            definition_hooks,
            "",
            "api-extensions"
        },
        Line{
            "authentication.k8s.io",
            "v1",
            "TokenReview",
            "tokenreviews",
            "",
            false,
            false,
            false,
            "Name",
            "",
            no_hooks,
            "review"
        },
        Line{
            "authentication.k8s.io",
            "v1",
            "SelfSubjectReview",
            "selfsubjectreviews",
            "",
            false,
            false,
            false,
            "Name",
            "",
            no_hooks,
            "review"
        },
        Line{
            "authorization.k8s.io",
            "v1",
            "SelfSubjectAccessReview",
            "selfsubjectaccessreviews",
            "",
            false,
            false,
            false,
            "Name",
            "",
            no_hooks,
            "review"
        },
        Line{
            "authorization.k8s.io",
            "v1",
            "SubjectAccessReview",
            "subjectaccessreviews",
            "",
            false,
            false,
            false,
            "Name",
            "",
            no_hooks,
            "review"
        },
    };
    for (const Line& line : lines) {
        auto resource = std::make_shared<Resource>();
        resource->group = line.group;
        resource->version = line.version;
        resource->kind = line.kind;
        resource->list_kind = fmt::format("{}List", line.kind);
        resource->plural = line.plural;
        for (const char c : line.kind)
            resource->singular += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        resource->short_names = split(line.short_names);
        resource->categories = split(line.categories);
        resource->is_namespaced = line.is_namespaced;
        resource->has_status = line.has_status;
        resource->has_generation = line.has_generation;
        resource->is_builtin = true;
        resource->is_review = line.subresources == "review";
        if (line.subresources == "scale") {
            resource->scale = ScalePaths{".spec.replicas", ".status.replicas", ".spec.selector"};
        } else if (!resource->is_review) {
            resource->other_subresources = split(line.subresources);
        }
        resource->columns = columns(line.columns);
        resource->selectable_fields = split(line.selectable);
        resource->builtin = &types.get(line.kind);
        resource->type = resource->builtin;
        resource->storage_api_version = resource->api_version();
        resource->behaviour = builtin_behaviour(*resource->builtin, resource->api_version(), line.hooks());
        resource->collection = &store.collection(line.group, line.plural);
        if (line.has_status) {
            resource->reset_by_main.insert({"f:status"});
            resource->reset_by_status.insert({"f:spec"});
        }
        registry.add(std::move(resource));
    }
}

}  // namespace devcluster::apiserver
