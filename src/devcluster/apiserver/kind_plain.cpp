// Kinds that are mostly data: namespaces, configuration, accounts, events, leases, roles.
#include <fmt/ranges.h>

#include "devcluster/apiserver/base64.hpp"
#include "devcluster/apiserver/builtin_kind.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/same_json.hpp"
#include "devcluster/apiserver/table.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

constexpr std::size_t kDataBytesMax = 1u << 20u;

const Object& part_of(const Object& object, std::string_view part) {
    static const auto* const nothing = new Object{};  // Leaked: nothing to destroy at exit.
    const Object* found = object_in(object, part);
    return found != nullptr ? *found : *nothing;
}

Value name_of(const Object& object) {
    return Value(string_in(metadata_of(object), "name"));
}

std::size_t count_of(const Object& object, std::string_view key) {
    const Object* map = object_in(object, key);
    return map != nullptr ? map->size() : 0;
}

// ---- namespaces

void default_namespace(Object& object) {
    Object& metadata = metadata_of(object);
    const std::string name{string_in(metadata, "name")};
    if (!name.empty()) made_object_in(metadata, "labels")["kubernetes.io/metadata.name"] = name;
    set_default(made_object_in(object, "status"), "phase", "Active");
}

void prepare_namespace(Object& object, const PrepareContext&) {
    object["status"] = Object{{"phase", "Active"}};
    Object& spec = made_object_in(object, "spec");
    Array* finalizers = array_in(spec, "finalizers");
    if (finalizers == nullptr) {
        spec["finalizers"] = Array{Value("kubernetes")};
    } else if (std::ranges::find(*finalizers, Value("kubernetes")) == finalizers->end()) {
        finalizers->push_back("kubernetes");
    }
}

void prepare_namespace_update(Object& object, const Object& before, Endpoint endpoint) {
    if (endpoint == Endpoint::Main) copy_field(made_object_in(object, "spec"), part_of(before, "spec"), "finalizers");
}

std::optional<std::string> select_namespace(const Object& object, std::string_view field) {
    if (field != "status.phase") return std::nullopt;
    return std::string{string_in(part_of(object, "status"), "phase")};
}

Array namespace_cells(const Object& object, const kube::Clock& clock) {
    return {name_of(object), Value(string_in(part_of(object, "status"), "phase")), Value(age_cell(object, clock))};
}

// ---- configuration

void validate_data(const Object& object, FieldErrors& errors) {
    std::size_t bytes = 0;
    for (const std::string_view part : {"data", "binaryData"}) {
        for (const auto& [key, value] : part_of(object, part)) {
            bytes += value.is_string() ? value.get_string().size() : 0;
            const bool is_valid = !key.empty() && key.size() <= 253 && std::ranges::all_of(key, [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.';
            });
            if (!is_valid) {
                errors.invalid(
                    fmt::format("{}[{}]", part, std::string_view{key}),
                    Value(key),
                    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                    "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
                );
            }
        }
    }
    if (bytes > kDataBytesMax) errors.too_long("", kDataBytesMax);
}

void validate_data_update(const Object& object, const Object& before, FieldErrors& errors) {
    const Value* immutable = before.if_contains("immutable");
    if (immutable == nullptr || *immutable != Value(true)) return;
    if (object.if_contains("immutable") == nullptr || object.at("immutable") != Value(true)) {
        errors.forbidden("immutable", "field is immutable when `immutable` is set");
    }
    for (const std::string_view key : {"data", "binaryData"}) {
        const Value* now = object.if_contains(key);
        const Value* then = before.if_contains(key);
        if ((now == nullptr) != (then == nullptr) || (now != nullptr && !same(*now, *then))) {
            errors.forbidden(key, "field is immutable when `immutable` is set");
        }
    }
}

Array config_map_cells(const Object& object, const kube::Clock& clock) {
    return {
        name_of(object),
        Value(std::to_string(count_of(object, "data") + count_of(object, "binaryData"))),
        Value(age_cell(object, clock))
    };
}

void default_secret(Object& secret) {
    set_default(secret, "type", "Opaque");
    const Object* plain = object_in(std::as_const(secret), "stringData");
    if (plain == nullptr) return;
    const Object given = *plain;
    Object& data = made_object_in(secret, "data");
    for (const auto& [key, value] : given) {
        if (value.is_string()) data[key] = base64(std::string_view{value.get_string()});
    }
    secret.erase("stringData");
}

void validate_secret_update(const Object& secret, const Object& before, FieldErrors& errors) {
    if (string_in(secret, "type") != string_in(before, "type")) {
        errors.invalid("type", Value(string_in(secret, "type")), "field is immutable");
    }
    validate_data_update(secret, before, errors);
}

std::optional<std::string> select_secret(const Object& secret, std::string_view field) {
    if (field != "type") return std::nullopt;
    return std::string{string_in(secret, "type")};
}

Array secret_cells(const Object& secret, const kube::Clock& clock) {
    return {
        name_of(secret),
        Value(string_in(secret, "type")),
        Value(std::to_string(count_of(secret, "data"))),
        Value(age_cell(secret, clock))
    };
}

Array service_account_cells(const Object& account, const kube::Clock& clock) {
    const Array* secrets = array_in(account, "secrets");
    return {
        name_of(account),
        Value(std::to_string(secrets != nullptr ? secrets->size() : 0)),
        Value(age_cell(account, clock))
    };
}

// ---- events

std::optional<std::string> select_event(const Object& event, std::string_view field) {
    constexpr std::string_view kInvolved = "involvedObject.";
    if (field.starts_with(kInvolved)) {
        return std::string{string_in(part_of(event, "involvedObject"), field.substr(kInvolved.size()))};
    }
    if (field == "source") {
        const std::string_view component = string_in(part_of(event, "source"), "component");
        return std::string{component.empty() ? string_in(event, "reportingComponent") : component};
    }
    if (field == "reason" || field == "type" || field == "reportingComponent")
        return std::string{string_in(event, field)};
    return std::nullopt;
}

void validate_event(const Object& event, FieldErrors& errors) {
    const Object& involved = part_of(event, "involvedObject");
    const std::string_view theirs = string_in(involved, "namespace");
    const std::string_view mine = string_in(metadata_of(event), "namespace");
    const bool is_matching = theirs.empty() ? mine == "default" || mine == "kube-system" : theirs == mine;
    if (!is_matching) {
        errors.invalid("involvedObject.namespace", Value(theirs), "does not match event.namespace");
    }
}

Array event_cells(const Object& event, const kube::Clock& clock) {
    const Object& involved = part_of(event, "involvedObject");
    const Object& series = part_of(event, "series");
    std::string kind;
    for (const char c : string_in(involved, "kind"))
        kind += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    std::string first = age_of(string_in(event, "firstTimestamp"), clock);
    if (string_in(event, "firstTimestamp").empty()) first = age_of(string_in(event, "eventTime"), clock);
    std::string last = age_of(string_in(event, "lastTimestamp"), clock);
    if (string_in(event, "lastTimestamp").empty()) last = first;
    if (!series.empty()) last = age_of(string_in(series, "lastObservedTime"), clock);
    std::int64_t count = integer_in(event, "count").value_or(1);
    if (!series.empty()) count = integer_in(series, "count").value_or(1);
    std::string_view component = string_in(part_of(event, "source"), "component");
    if (component.empty()) component = string_in(event, "reportingComponent");
    const std::string_view host = string_in(part_of(event, "source"), "host");
    return {
        Value(last),
        Value(string_in(event, "type")),
        Value(string_in(event, "reason")),
        Value(fmt::format("{}/{}", kind, string_in(involved, "name"))),
        Value(string_in(involved, "fieldPath")),
        Value(host.empty() ? std::string{component} : fmt::format("{}, {}", component, host)),
        Value(string_in(event, "message")),
        Value(first),
        Value(count),
        name_of(event)
    };
}

// ---- leases

Array lease_cells(const Object& lease, const kube::Clock& clock) {
    return {name_of(lease), Value(string_in(part_of(lease, "spec"), "holderIdentity")), Value(age_cell(lease, clock))};
}

// ---- roles

Array role_cells(const Object& role, const kube::Clock&) {
    return {name_of(role), Value(string_in(metadata_of(role), "creationTimestamp"))};
}

void default_binding(Object& binding) {
    constexpr std::string_view kGroup = "rbac.authorization.k8s.io";
    Object& role = made_object_in(binding, "roleRef");
    if (string_in(role, "apiGroup").empty()) role["apiGroup"] = kGroup;
    Array* subjects = array_in(binding, "subjects");
    if (subjects == nullptr) return;
    for (Value& value : *subjects) {
        if (!value.is_object()) continue;
        const std::string_view kind = string_in(value.get_object(), "kind");
        if (kind == "User" || kind == "Group") set_default(value.get_object(), "apiGroup", Value(kGroup));
    }
}

void validate_binding_update(const Object& binding, const Object& before, FieldErrors& errors) {
    if (part_of(binding, "roleRef") != part_of(before, "roleRef")) {
        errors.invalid("roleRef", Value(part_of(binding, "roleRef")), "cannot change roleRef");
    }
}

Array binding_cells(const Object& binding, const kube::Clock& clock) {
    const Object& role = part_of(binding, "roleRef");
    std::vector<std::string> users;
    std::vector<std::string> groups;
    std::vector<std::string> accounts;
    if (const Array* subjects = array_in(binding, "subjects")) {
        for (const Value& value : *subjects) {
            if (!value.is_object()) continue;
            const Object& subject = value.get_object();
            const std::string_view kind = string_in(subject, "kind");
            if (kind == "User") users.emplace_back(string_in(subject, "name"));
            if (kind == "Group") groups.emplace_back(string_in(subject, "name"));
            if (kind == "ServiceAccount") {
                accounts.push_back(fmt::format("{}/{}", string_in(subject, "namespace"), string_in(subject, "name")));
            }
        }
    }
    return {
        name_of(binding),
        Value(fmt::format("{}/{}", string_in(role, "kind"), string_in(role, "name"))),
        Value(age_cell(binding, clock)),
        Value(fmt::format("{}", fmt::join(users, ", "))),
        Value(fmt::format("{}", fmt::join(groups, ", "))),
        Value(fmt::format("{}", fmt::join(accounts, ", ")))
    };
}

}  // namespace

BuiltinHooks namespace_hooks() {
    return {
        .defaults = default_namespace,
        .prepare_create = prepare_namespace,
        .prepare_update = prepare_namespace_update,
        .select = select_namespace,
        .cells = namespace_cells
    };
}
BuiltinHooks config_map_hooks() {
    return {.validate = validate_data, .validate_update = validate_data_update, .cells = config_map_cells};
}
BuiltinHooks secret_hooks() {
    return {
        .defaults = default_secret,
        .validate = validate_data,
        .validate_update = validate_secret_update,
        .select = select_secret,
        .cells = secret_cells
    };
}
BuiltinHooks service_account_hooks() {
    return {.cells = service_account_cells};
}
BuiltinHooks event_hooks() {
    return {.validate = validate_event, .select = select_event, .cells = event_cells};
}
BuiltinHooks lease_hooks() {
    return {.cells = lease_cells};
}
BuiltinHooks role_hooks() {
    return {.cells = role_cells};
}
BuiltinHooks role_binding_hooks() {
    return {.defaults = default_binding, .validate_update = validate_binding_update, .cells = binding_cells};
}

}  // namespace devcluster::apiserver
