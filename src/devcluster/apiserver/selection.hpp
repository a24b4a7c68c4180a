// Which objects a list, a watch or a delete-collection speaks of.
#pragma once

#include <optional>

#include "devcluster/apiserver/request.hpp"
#include "devcluster/apiserver/selectors.hpp"

namespace devcluster::apiserver {

/// Namespace, label selector and field selector of a request.
class Selection {
public:
    /// Throws StatusError 400 for selectors that cannot be read, or fields that the kind cannot be selected by.
    [[nodiscard]] static Selection of(const ResourceRequest& request);
    [[nodiscard]] bool matches(const StoredObject& object) const;
    /// Does it leave out objects of the namespace?
    [[nodiscard]] bool is_selective() const { return !labels_.empty() || !fields_.empty(); }
    [[nodiscard]] const std::string& namespace_of() const { return namespace_; }

private:
    ResourcePtr resource_;
    std::string namespace_;
    LabelSelector labels_;
    FieldSelector fields_;
};

}  // namespace devcluster::apiserver
