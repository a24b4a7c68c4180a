// What a served resource is: its names, its type, and how its kind behaves.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "devcluster/apiserver/builtin_types.hpp"
#include "devcluster/apiserver/field_set.hpp"
#include "devcluster/apiserver/status_error.hpp"
#include "devcluster/apiserver/store.hpp"
#include "devcluster/schema/type_model.hpp"
#include "kube/async/clock.hpp"
#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// The parts of an object that are written through different endpoints.
enum class Endpoint { Main, Status, Scale, Finalize, Ephemeral, Resize };

/// A column of `kubectl get`.
struct Column {
    std::string name;
    std::string type = "string";
    std::string format;
    std::string description;
    /// Above 0: shown with `-o wide` only.
    int priority = 0;
    /// Of a custom resource: where the value is. Empty where the kind has its own rows.
    std::string json_path;
};

/// What a kind may ask of the server while it prepares an object.
struct PrepareContext {
    kube::Clock& clock;
    Store& store;
};

/// How a kind differs from every other: called by the verbs in the order of this list.
class Behaviour {
public:
    virtual ~Behaviour() = default;
    /// Makes of a body what may be stored: drops (and reports) unknown fields, checks types, canonical forms.
    virtual void decode(kube::json::Object& object, DecodeProblems& problems) const = 0;
    /// Fills in defaults. Idempotent.
    virtual void set_defaults(kube::json::Object& object) const = 0;
    /// An object of this kind without any content: what a creation is compared with.
    [[nodiscard]] virtual kube::json::Value empty_object() const = 0;
    /// What the server sets on a new object (status reset, generated fields, allocated addresses).
    virtual void prepare_create(kube::json::Object& object, const PrepareContext& context) const = 0;
    /// What an update may not touch is taken from `before`; generated fields follow.
    virtual void prepare_update(
        kube::json::Object& object, const kube::json::Object& before, Endpoint endpoint, const PrepareContext& context
    ) const = 0;
    virtual void validate(const kube::json::Value& object, FieldErrors& errors) const = 0;
    virtual void validate_update(
        const kube::json::Value& object, const kube::json::Value& before, Endpoint endpoint, FieldErrors& errors
    ) const = 0;
    /// The value of a selectable field besides metadata.name and metadata.namespace; nullopt when it is none.
    [[nodiscard]] virtual std::optional<std::string> select(const kube::json::Object& object, std::string_view field)
        const = 0;
    /// The cells of a row, for columns without a path.
    [[nodiscard]] virtual kube::json::Array cells(const kube::json::Object& object, const kube::Clock& clock) const = 0;
    /// How long a delete leaves the object with a deletion timestamp before somebody must remove it; nullopt when this
    /// kind is removed at once.
    [[nodiscard]] virtual std::optional<std::int64_t> grace_period_seconds(
        const kube::json::Object& object, std::optional<std::int64_t> requested
    ) const {
        static_cast<void>(object);
        static_cast<void>(requested);
        return std::nullopt;
    }
};

/// Paths of a custom resource's scale subresource.
struct ScalePaths {
    std::string spec_replicas;
    std::string status_replicas;
    std::string label_selector;
};

/// One served version of a resource.
struct Resource {
    std::string group;
    std::string version;
    std::string kind;
    std::string list_kind;
    std::string plural;
    std::string singular;
    std::vector<std::string> short_names;
    std::vector<std::string> categories;
    bool is_namespaced = true;
    bool has_status = false;
    bool has_generation = false;
    /// Is this a kind of the table, with Go's codec and strategic merge patches?
    bool is_builtin = false;
    /// May a PUT leave out the resourceVersion?
    bool may_update_unconditionally = true;
    /// Only POST, answered without storing (reviews).
    bool is_review = false;
    std::vector<std::string> other_subresources;
    std::optional<ScalePaths> scale;
    std::vector<Column> columns;
    std::vector<std::string> selectable_fields;
    /// Of the kind of the table; null for a custom resource.
    const BuiltinType* builtin = nullptr;
    const schema::TypeModel* type = nullptr;
    std::shared_ptr<const Behaviour> behaviour;
    Collection* collection = nullptr;
    /// The apiVersion that is stored.
    std::string storage_api_version;
    /// Of a custom resource: the schema as its definition gives it, for OpenAPI. Null when it has none.
    std::shared_ptr<const kube::json::Value> openapi;
    /// The definition is being deleted: nothing new may be created.
    bool is_terminating = false;
    /// A version that shall no longer be used; sent as a warning.
    std::string deprecation_warning;
    /// What the endpoint resets, and so nobody owns through it.
    FieldSet reset_by_main;
    FieldSet reset_by_status;

    [[nodiscard]] std::string api_version() const { return group.empty() ? version : group + "/" + version; }
    [[nodiscard]] QualifiedResource qualified() const { return {group, plural}; }
    [[nodiscard]] const FieldSet& reset_by(Endpoint endpoint) const {
        return endpoint == Endpoint::Status ? reset_by_status : reset_by_main;
    }
};
using ResourcePtr = std::shared_ptr<const Resource>;

}  // namespace devcluster::apiserver
