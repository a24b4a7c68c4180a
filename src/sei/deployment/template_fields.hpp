// What becomes of each field of a deployment's template on nodes that exist already (spec 08 6.1).
#pragma once

#include <span>
#include <string_view>

namespace sei::deployment {

/// Every field has exactly one writer; none is silently ignored.
enum class FieldClass {
    /// A change reaches every node at its next write.
    Propagated,
    /// A change reaches the nodes in a rollout: it moves the template hash.
    RolledOut,
    /// Fixed by what the nodes were made with, or never the same for all: a change is refused at admission.
    RefusedAtAdmission,
    /// The template's value is not used: another field or the ceremony writes it.
    OwnedElsewhere,
};

struct TemplateField {
    /// "spec.image" below `spec.template`.
    std::string_view path;
    FieldClass field_class;
    /// For people: what the class means here.
    std::string_view note;
};

/// All fields of the template, in the order of the schema.
[[nodiscard]] std::span<const TemplateField> template_fields();

}  // namespace sei::deployment
