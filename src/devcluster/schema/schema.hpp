// The schema of one version of a custom resource: compiled once, then it prunes, defaults and validates objects.
#pragma once

#include "devcluster/schema/field_error.hpp"
#include "devcluster/schema/type_model.hpp"

#include <boost/json/fwd.hpp>

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace devcluster::schema {

/// A structural schema (`openAPIV3Schema` of a CRD's version) with its validation rules compiled.
///
/// Behaves as kube-apiserver 1.34 does, path by path and word by word, and refuses at compile time what it does not
/// support: an object is never accepted because a keyword was overlooked. Immutable and cheap to copy; all calls are
/// pure.
///
/// A request goes through `prune`, `apply_defaults` and `validate`, in this order.
class Schema {
public:
    /// Compiles `openapi`. What is not structural, unknown or not supported is refused with its path below `path` and
    /// with kube-apiserver's words where it refuses the same.
    [[nodiscard]] static std::expected<Schema, std::vector<FieldError>> compile(
        const boost::json::value& openapi, std::string_view path = "openAPIV3Schema"
    );

    /// Drops the fields that the schema does not know, and returns their paths, sorted, for strict field validation:
    /// `spec.foo`, `spec.peers[0].bar`, `metadata.baz`. `apiVersion`, `kind` and `metadata` of the object itself and of
    /// embedded resources always stay; below x-kubernetes-preserve-unknown-fields everything does.
    [[nodiscard]] std::vector<std::string> prune(boost::json::value& object) const;

    /// Drops nulls that are neither nullable nor have a default, then puts defaults where a field is absent (or null
    /// and not nullable) and its parent is present.
    void apply_defaults(boost::json::value& object) const;

    /// What is wrong with `object`, which is pruned and defaulted. `old` is the stored object of an update, null on
    /// creation.
    ///
    /// Structure and values come first, in the order of the schema's properties (which kube-apiserver leaves to
    /// chance), then duplicates in lists with identity, then validation rules. Rules are skipped, with an error that
    /// says so, when a field is missing, of a wrong type, not one of the supported values, too long or too many. On an
    /// update, failures of parts that did not change are forgiven (KEP-4008), rules that name `oldSelf` excepted; these
    /// run only where both sides have a value.
    [[nodiscard]] std::vector<FieldError> validate(const boost::json::value& object, const boost::json::value* old)
        const;

    /// The same for an update of the status subresource: values are checked in `status` only, with messages that name
    /// fields relative to it, as kube-apiserver does. `object` has everything but `status` from `old`.
    [[nodiscard]] std::vector<FieldError> validate_status(
        const boost::json::value& object, const boost::json::value& old
    ) const;

    /// How objects of this schema merge, for server-side apply. Lives as long as any copy of this schema.
    [[nodiscard]] const TypeModel& type_model() const;

    struct Compiled;

private:
    explicit Schema(std::shared_ptr<const Compiled> compiled);
    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace devcluster::schema
