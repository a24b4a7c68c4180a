// Stateful sets, their revisions, and jobs.
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

const Object& part_of(const Object& object, std::string_view part) {
    static const auto* const nothing = new Object{};  // Leaked: nothing to destroy at exit.
    const Object* found = object_in(object, part);
    return found != nullptr ? *found : *nothing;
}

// ---- stateful sets

void default_stateful_set(Object& set) {
    Object& spec = made_object_in(set, "spec");
    default_pod_template(spec);
    set_default(spec, "podManagementPolicy", "OrderedReady");
    Object& strategy = made_object_in(spec, "updateStrategy");
    if (string_in(strategy, "type").empty()) strategy["type"] = "RollingUpdate";
    if (string_in(strategy, "type") == "RollingUpdate") {
        set_default(made_object_in(strategy, "rollingUpdate"), "partition", 0);
    }
    Object& retention = made_object_in(spec, "persistentVolumeClaimRetentionPolicy");
    set_default(retention, "whenDeleted", "Retain");
    set_default(retention, "whenScaled", "Retain");
    set_default(spec, "replicas", 1);
    set_default(spec, "revisionHistoryLimit", 10);
    if (Array* claims = array_in(spec, "volumeClaimTemplates")) {
        for (Value& claim : *claims) {
            if (!claim.is_object()) continue;
            set_default(claim.get_object(), "apiVersion", "v1");
            set_default(claim.get_object(), "kind", "PersistentVolumeClaim");
            default_claim_spec(made_object_in(claim.get_object(), "spec"));
            set_default(made_object_in(claim.get_object(), "status"), "phase", "Pending");
        }
    }
}

void prepare_stateful_set(Object& set, const PrepareContext&) {
    set["status"] = Object{{"replicas", 0}, {"availableReplicas", 0}};
}

void validate_stateful_set(const Object& set, FieldErrors& errors) {
    const Object& spec = part_of(set, "spec");
    const std::string_view policy = string_in(spec, "podManagementPolicy");
    if (policy != "OrderedReady" && policy != "Parallel") {
        errors.invalid("spec.podManagementPolicy", Value(policy), "must be 'OrderedReady' or 'Parallel'");
    }
    const std::string_view strategy = string_in(part_of(spec, "updateStrategy"), "type");
    if (strategy != "RollingUpdate" && strategy != "OnDelete") {
        errors.invalid("spec.updateStrategy", Value(strategy), "must be 'RollingUpdate' or 'OnDelete'");
    }
    if (strategy == "OnDelete" && part_of(spec, "updateStrategy").contains("rollingUpdate")) {
        errors.invalid(
            "spec.updateStrategy.rollingUpdate",
            part_of(spec, "updateStrategy").at("rollingUpdate"),
            "only allowed for updateStrategy 'RollingUpdate'"
        );
    }
    if (const auto replicas = integer_in(spec, "replicas"); replicas && *replicas < 0) {
        errors.invalid("spec.replicas", Value(*replicas), "must be greater than or equal to 0");
    }
    validate_selector(spec, "spec", errors);
    const Object& pod = part_of(part_of(spec, "template"), "spec");
    validate_pod_spec(pod, "spec.template.spec", errors);
    if (const std::string_view restart = string_in(pod, "restartPolicy"); restart != "Always") {
        errors.unsupported("spec.template.spec.restartPolicy", Value(restart), {"Always"});
    }
}

void validate_stateful_set_update(const Object& set, const Object& before, FieldErrors& errors) {
    const bool is_same = same_but_for(
        part_of(set, "spec"),
        part_of(before, "spec"),
        {"replicas",
         "template",
         "updateStrategy",
         "minReadySeconds",
         "ordinals",
         "revisionHistoryLimit",
         "persistentVolumeClaimRetentionPolicy"}
    );
    if (!is_same) {
        errors.forbidden(
            "spec",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
            "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
        );
    }
}

Array stateful_set_cells(const Object& set, const kube::Clock& clock) {
    const Object& pod = part_of(part_of(part_of(set, "spec"), "template"), "spec");
    return {
        Value(string_in(metadata_of(set), "name")),
        Value(fmt::format(
            "{}/{}",
            integer_in(part_of(set, "status"), "readyReplicas").value_or(0),
            integer_in(part_of(set, "spec"), "replicas").value_or(0)
        )),
        Value(age_cell(set, clock)),
        Value(container_fields(pod, "name")),
        Value(container_fields(pod, "image"))
    };
}

// ---- controller revisions

Array controller_revision_cells(const Object& revision, const kube::Clock& clock) {
    std::string controller = "<none>";
    if (const Array* owners = array_in(metadata_of(revision), "ownerReferences")) {
        for (const Value& value : *owners) {
            const Object* owner = value.if_object();
            if (owner == nullptr || !owner->contains("controller") || owner->at("controller") != Value(true)) continue;
            std::string kind;
            for (const char c : string_in(*owner, "kind"))
                kind += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
            const std::string_view version = string_in(*owner, "apiVersion");
            const std::size_t slash = version.find('/');
            if (slash != std::string_view::npos) kind += fmt::format(".{}", version.substr(0, slash));
            controller = fmt::format("{}/{}", kind, string_in(*owner, "name"));
        }
    }
    return {
        Value(string_in(metadata_of(revision), "name")),
        Value(controller),
        Value(integer_in(revision, "revision").value_or(0)),
        Value(age_cell(revision, clock))
    };
}

void validate_revision_update(const Object& revision, const Object& before, FieldErrors& errors) {
    const Value* now = revision.if_contains("data");
    const Value* then = before.if_contains("data");
    if ((now == nullptr) != (then == nullptr) || (now != nullptr && !same(*now, *then))) {
        errors.invalid("data", now != nullptr ? *now : Value{}, "field is immutable");
    }
}

// ---- jobs

void default_job(Object& job) {
    Object& spec = made_object_in(job, "spec");
    default_pod_template(spec);
    if (!spec.contains("completions") && !spec.contains("parallelism")) set_default(spec, "completions", 1);
    set_default(spec, "parallelism", 1);
    set_default(spec, "backoffLimit", spec.contains("backoffLimitPerIndex") ? INT32_MAX : 6);
    set_default(spec, "completionMode", "NonIndexed");
    set_default(spec, "suspend", false);
    set_default(spec, "manualSelector", false);
    set_default(spec, "podReplacementPolicy", spec.contains("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
    const Object* labels = object_in(metadata_of(part_of(spec, "template")), "labels");
    Object& metadata = metadata_of(job);
    if (labels != nullptr && !labels->empty() && !metadata.contains("labels")) metadata["labels"] = Object(*labels);
}

void prepare_job(Object& job, const PrepareContext&) {
    job["status"] = Object{};
    Object& spec = made_object_in(job, "spec");
    if (spec.contains("manualSelector") && spec.at("manualSelector") == Value(true)) return;
    const std::string uid{string_in(metadata_of(std::as_const(job)), "uid")};
    const std::string name{string_in(metadata_of(std::as_const(job)), "name")};
    Object& labels = made_object_in(metadata_of(made_object_in(spec, "template")), "labels");
    labels["batch.kubernetes.io/controller-uid"] = uid;
    labels["batch.kubernetes.io/job-name"] = name;
    labels["controller-uid"] = uid;
    labels["job-name"] = name;
    Object& selector = made_object_in(spec, "selector");
    made_object_in(selector, "matchLabels")["batch.kubernetes.io/controller-uid"] = uid;
    // Defaults are filled in again when the stored job is read: labels that it lacks are those of its template.
    Object& metadata = metadata_of(job);
    if (!metadata.contains("labels")) metadata["labels"] = Value(labels);
}

void validate_job(const Object& job, FieldErrors& errors) {
    const Object& spec = part_of(job, "spec");
    const Object& pod = part_of(part_of(spec, "template"), "spec");
    validate_pod_spec(pod, "spec.template.spec", errors);
    const std::string_view restart = string_in(pod, "restartPolicy");
    if (restart != "OnFailure" && restart != "Never") {
        errors.required("spec.template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\"");
    }
    for (const std::string_view key : {"parallelism", "completions", "backoffLimit", "ttlSecondsAfterFinished"}) {
        if (const auto number = integer_in(spec, key); number && *number < 0) {
            errors.invalid(fmt::format("spec.{}", key), Value(*number), "must be greater than or equal to 0");
        }
    }
}

void validate_job_update(const Object& job, const Object& before, FieldErrors& errors) {
    const Object& now = part_of(job, "spec");
    const Object& then = part_of(before, "spec");
    for (const std::string_view key : {"completions", "selector", "completionMode", "podFailurePolicy", "template"}) {
        const Value* given = now.if_contains(key);
        const Value* old = then.if_contains(key);
        if ((given == nullptr) != (old == nullptr) || (given != nullptr && !same(*given, *old))) {
            errors.invalid(fmt::format("spec.{}", key), given != nullptr ? *given : Value{}, "field is immutable");
        }
    }
}

Array job_cells(const Object& job, const kube::Clock& clock) {
    const Object& spec = part_of(job, "spec");
    const Object& status = part_of(job, "status");
    std::string state = "Running";
    if (const Array* conditions = array_in(status, "conditions")) {
        for (const Value& value : *conditions) {
            if (!value.is_object() || string_in(value.get_object(), "status") != "True") continue;
            const std::string_view type = string_in(value.get_object(), "type");
            if (type == "Complete" || type == "Failed" || type == "Suspended") state = type;
        }
    }
    if (state == "Running" && metadata_of(job).contains("deletionTimestamp")) state = "Terminating";
    const auto completions = integer_in(spec, "completions");
    const std::int64_t succeeded = integer_in(status, "succeeded").value_or(0);
    const std::int64_t parallelism = integer_in(spec, "parallelism").value_or(0);
    const std::string done = completions       ? fmt::format("{}/{}", succeeded, *completions)
                             : parallelism > 1 ? fmt::format("{}/1 of {}", succeeded, parallelism)
                                               : fmt::format("{}/1", succeeded);
    std::string duration;
    if (const std::string_view start = string_in(status, "startTime"); !start.empty()) {
        const auto begin = kube::parse_time(start);
        const auto end = kube::parse_time(string_in(status, "completionTime"));
        duration = begin && end ? age_of(kube::to_string(kube::Time::of(clock.now() - (end->at - begin->at))), clock)
                                : age_of(start, clock);
    }
    const Object& pod = part_of(part_of(spec, "template"), "spec");
    std::string selector;
    for (const auto& [key, value] : part_of(part_of(spec, "selector"), "matchLabels")) {
        selector += fmt::format(
            "{}{}={}", selector.empty() ? "" : ",", std::string_view{key}, std::string_view{value.as_string()}
        );
    }
    return {
        Value(string_in(metadata_of(job), "name")),
        Value(state),
        Value(done),
        Value(duration),
        Value(age_cell(job, clock)),
        Value(container_fields(pod, "name")),
        Value(container_fields(pod, "image")),
        Value(selector)
    };
}

std::optional<std::string> select_job(const Object& job, std::string_view field) {
    if (field != "status.successful") return std::nullopt;
    return std::to_string(integer_in(part_of(job, "status"), "succeeded").value_or(0));
}

}  // namespace

BuiltinHooks stateful_set_hooks() {
    return {
        .defaults = default_stateful_set,
        .prepare_create = prepare_stateful_set,
        .validate = validate_stateful_set,
        .validate_update = validate_stateful_set_update,
        .cells = stateful_set_cells
    };
}

BuiltinHooks controller_revision_hooks() {
    return {.validate_update = validate_revision_update, .cells = controller_revision_cells};
}

BuiltinHooks job_hooks() {
    return {
        .defaults = default_job,
        .prepare_create = prepare_job,
        .validate = validate_job,
        .validate_update = validate_job_update,
        .select = select_job,
        .cells = job_cells
    };
}

}  // namespace devcluster::apiserver
