// The behaviour of one built-in kind, as a table of functions; what a kind does not need stays null.
#pragma once

#include "devcluster/apiserver/registry.hpp"

namespace devcluster::apiserver {

/// What a built-in kind does in its own way.
struct BuiltinHooks {
    void (*defaults)(kube::json::Object& object) = nullptr;
    void (*prepare_create)(kube::json::Object& object, const PrepareContext& context) = nullptr;
    void (*prepare_update)(kube::json::Object& object, const kube::json::Object& before, Endpoint endpoint) = nullptr;
    void (*validate)(const kube::json::Object& object, FieldErrors& errors) = nullptr;
    /// Of the main endpoint only.
    void (*validate_update)(const kube::json::Object& object, const kube::json::Object& before, FieldErrors& errors) =
        nullptr;
    std::optional<std::string> (*select)(const kube::json::Object& object, std::string_view field) = nullptr;
    kube::json::Array (*cells)(const kube::json::Object& object, const kube::Clock& clock) = nullptr;
    std::optional<std::int64_t> (*grace_period)(
        const kube::json::Object& object, std::optional<std::int64_t> requested
    ) = nullptr;
};

/// A Behaviour made of a type of the table and hooks.
[[nodiscard]] std::shared_ptr<const Behaviour> builtin_behaviour(
    const BuiltinType& type, std::string api_version, BuiltinHooks hooks
);

/// Columns from "Name,Ready,Age,IP*": a star marks what only `-o wide` shows.
[[nodiscard]] std::vector<Column> columns(std::string_view names);
/// "5m", from metadata.creationTimestamp.
[[nodiscard]] std::string age_cell(const kube::json::Object& object, const kube::Clock& clock);

// One function per kind that has a file of its own.
[[nodiscard]] BuiltinHooks pod_hooks();
[[nodiscard]] BuiltinHooks node_hooks();
[[nodiscard]] BuiltinHooks stateful_set_hooks();
[[nodiscard]] BuiltinHooks controller_revision_hooks();
[[nodiscard]] BuiltinHooks job_hooks();
[[nodiscard]] BuiltinHooks service_hooks();
[[nodiscard]] BuiltinHooks endpoints_hooks();
[[nodiscard]] BuiltinHooks endpoint_slice_hooks();
[[nodiscard]] BuiltinHooks claim_hooks();
[[nodiscard]] BuiltinHooks volume_hooks();
[[nodiscard]] BuiltinHooks storage_class_hooks();
[[nodiscard]] BuiltinHooks namespace_hooks();
[[nodiscard]] BuiltinHooks config_map_hooks();
[[nodiscard]] BuiltinHooks secret_hooks();
[[nodiscard]] BuiltinHooks service_account_hooks();
[[nodiscard]] BuiltinHooks event_hooks();
[[nodiscard]] BuiltinHooks lease_hooks();
[[nodiscard]] BuiltinHooks role_hooks();
[[nodiscard]] BuiltinHooks role_binding_hooks();
[[nodiscard]] BuiltinHooks definition_hooks();

/// Adds every built-in resource to the registry.
void register_builtin_kinds(Registry& registry, Store& store, const BuiltinTypes& types);

}  // namespace devcluster::apiserver
