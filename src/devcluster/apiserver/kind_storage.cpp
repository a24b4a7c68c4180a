// Volume claims, volumes and storage classes.
#include <fmt/ranges.h>

#include "devcluster/apiserver/builtin_kind.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/pod_template.hpp"
#include "devcluster/apiserver/same_json.hpp"
#include "devcluster/apiserver/table.hpp"
#include "kube/meta/time.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

constexpr std::string_view kDefaultClassAnnotation = "storageclass.kubernetes.io/is-default-class";

const Object& part_of(const Object& object, std::string_view part) {
    static const auto* const nothing = new Object{};  // Leaked: nothing to destroy at exit.
    const Object* found = object_in(object, part);
    return found != nullptr ? *found : *nothing;
}

std::string access_modes(const Array* modes) {
    std::vector<std::string_view> out;
    if (modes != nullptr) {
        for (const Value& value : *modes) {
            const std::string_view mode = value.is_string() ? std::string_view{value.get_string()} : std::string_view{};
            if (mode == "ReadWriteOnce") out.push_back("RWO");
            if (mode == "ReadOnlyMany") out.push_back("ROX");
            if (mode == "ReadWriteMany") out.push_back("RWX");
            if (mode == "ReadWriteOncePod") out.push_back("RWOP");
        }
    }
    return fmt::format("{}", fmt::join(out, ","));
}

std::string or_unset(std::string_view text) {
    return text.empty() ? "<unset>" : std::string{text};
}

bool is_default_class(const Object& storage_class) {
    return string_in(part_of(metadata_of(storage_class), "annotations"), kDefaultClassAnnotation) == "true";
}

// ---- claims

void default_claim(Object& claim) {
    default_claim_spec(made_object_in(claim, "spec"));
    set_default(made_object_in(claim, "status"), "phase", "Pending");
}

void prepare_claim(Object& claim, const PrepareContext& context) {
    claim["status"] = Object{{"phase", "Pending"}};
    add_finalizer(metadata_of(claim), "kubernetes.io/pvc-protection");
    Object& spec = made_object_in(claim, "spec");
    if (spec.contains("storageClassName")) return;
    for (const auto& [key, object] : context.store.collection("storage.k8s.io", "storageclasses").objects()) {
        if (is_default_class(object->object())) spec["storageClassName"] = key.name;
    }
}

void validate_claim(const Object& claim, FieldErrors& errors) {
    const Object& spec = part_of(claim, "spec");
    const Array* modes = array_in(spec, "accessModes");
    if (modes == nullptr || modes->empty()) {
        errors.required("spec.accessModes", "at least 1 access mode is required");
    } else {
        for (const Value& value : *modes) {
            const std::string_view mode = value.is_string() ? std::string_view{value.get_string()} : std::string_view{};
            if (access_modes(modes).empty() && !mode.empty()) {
                errors.unsupported(
                    "spec.accessModes", value, {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"}
                );
            }
        }
    }
    if (!part_of(part_of(spec, "resources"), "requests").contains("storage"))
        errors.required("spec.resources[storage]");
}

void validate_claim_update(const Object& claim, const Object& before, FieldErrors& errors) {
    const Object& now = part_of(claim, "spec");
    const Object& then = part_of(before, "spec");
    // A binder sets the volume once; a request may be raised.
    const bool is_binding = string_in(then, "volumeName").empty();
    Object comparable(now, {});
    if (is_binding) comparable.erase("volumeName");
    comparable.erase("resources");
    comparable.erase("volumeAttributesClassName");
    Object old(then, {});
    if (is_binding) old.erase("volumeName");
    old.erase("resources");
    old.erase("volumeAttributesClassName");
    if (!old.contains("storageClassName")) comparable.erase("storageClassName");
    if (!same(comparable, old)) {
        errors.forbidden(
            "spec",
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
        );
    }
}

Array claim_cells(const Object& claim, const kube::Clock& clock) {
    const Object& spec = part_of(claim, "spec");
    const Object& status = part_of(claim, "status");
    std::string phase{string_in(status, "phase")};
    if (metadata_of(claim).contains("deletionTimestamp")) phase = "Terminating";
    const bool is_bound = !string_in(spec, "volumeName").empty();
    return {
        Value(string_in(metadata_of(claim), "name")),
        Value(phase),
        Value(string_in(spec, "volumeName")),
        Value(is_bound ? string_in(part_of(status, "capacity"), "storage") : std::string_view{}),
        Value(is_bound ? access_modes(array_in(status, "accessModes")) : std::string{}),
        Value(string_in(spec, "storageClassName")),
        Value(or_unset(string_in(spec, "volumeAttributesClassName"))),
        Value(age_cell(claim, clock)),
        Value(or_unset(string_in(spec, "volumeMode")))
    };
}

// ---- volumes

void default_volume(Object& volume) {
    Object& spec = made_object_in(volume, "spec");
    set_default(spec, "persistentVolumeReclaimPolicy", "Retain");
    set_default(spec, "volumeMode", "Filesystem");
    if (Object* host = object_in(spec, "hostPath")) set_default(*host, "type", "");
    set_default(made_object_in(volume, "status"), "phase", "Pending");
}

void prepare_volume(Object& volume, const PrepareContext& context) {
    volume["status"] =
        Object{{"phase", "Pending"}, {"lastPhaseTransitionTime", kube::to_string(kube::Time::of(context.clock.now()))}};
    add_finalizer(metadata_of(volume), "kubernetes.io/pv-protection");
}

void validate_volume(const Object& volume, FieldErrors& errors) {
    const Object& spec = part_of(volume, "spec");
    if (!part_of(spec, "capacity").contains("storage")) errors.required("spec.capacity");
    const Array* modes = array_in(spec, "accessModes");
    if (modes == nullptr || modes->empty()) errors.required("spec.accessModes");
}

Array volume_cells(const Object& volume, const kube::Clock& clock) {
    const Object& spec = part_of(volume, "spec");
    const Object& status = part_of(volume, "status");
    const Object& claim = part_of(spec, "claimRef");
    std::string phase{string_in(status, "phase")};
    if (metadata_of(volume).contains("deletionTimestamp")) phase = "Terminating";
    return {
        Value(string_in(metadata_of(volume), "name")),
        Value(string_in(part_of(spec, "capacity"), "storage")),
        Value(access_modes(array_in(spec, "accessModes"))),
        Value(string_in(spec, "persistentVolumeReclaimPolicy")),
        Value(phase),
        Value(
            claim.empty() ? std::string{}
                          : fmt::format("{}/{}", string_in(claim, "namespace"), string_in(claim, "name"))
        ),
        Value(string_in(spec, "storageClassName")),
        Value(or_unset(string_in(spec, "volumeAttributesClassName"))),
        Value(string_in(status, "reason")),
        Value(age_cell(volume, clock)),
        Value(or_unset(string_in(spec, "volumeMode")))
    };
}

// ---- classes

void default_class(Object& storage_class) {
    set_default(storage_class, "reclaimPolicy", "Delete");
    set_default(storage_class, "volumeBindingMode", "Immediate");
}

void validate_class(const Object& storage_class, FieldErrors& errors) {
    if (string_in(storage_class, "provisioner").empty()) errors.required("provisioner");
}

void validate_class_update(const Object& storage_class, const Object& before, FieldErrors& errors) {
    for (const std::string_view key : {"parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"}) {
        const Value* now = storage_class.if_contains(key);
        const Value* then = before.if_contains(key);
        if ((now == nullptr) != (then == nullptr) || (now != nullptr && !same(*now, *then))) {
            errors.forbidden(key, "updates to this field are forbidden.");
        }
    }
}

Array class_cells(const Object& storage_class, const kube::Clock& clock) {
    const Value* expansion = storage_class.if_contains("allowVolumeExpansion");
    return {
        Value(fmt::format(
            "{}{}", string_in(metadata_of(storage_class), "name"), is_default_class(storage_class) ? " (default)" : ""
        )),
        Value(string_in(storage_class, "provisioner")),
        Value(string_in(storage_class, "reclaimPolicy")),
        Value(string_in(storage_class, "volumeBindingMode")),
        expansion != nullptr ? Value(*expansion, {}) : Value(false),
        Value(age_cell(storage_class, clock))
    };
}

}  // namespace

BuiltinHooks claim_hooks() {
    return {
        .defaults = default_claim,
        .prepare_create = prepare_claim,
        .validate = validate_claim,
        .validate_update = validate_claim_update,
        .cells = claim_cells
    };
}

BuiltinHooks volume_hooks() {
    return {
        .defaults = default_volume, .prepare_create = prepare_volume, .validate = validate_volume, .cells = volume_cells
    };
}

BuiltinHooks storage_class_hooks() {
    return {
        .defaults = default_class,
        .validate = validate_class,
        .validate_update = validate_class_update,
        .cells = class_cells
    };
}

}  // namespace devcluster::apiserver
