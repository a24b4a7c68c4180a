// The version of an object, as the API server gives it.
#pragma once

#include <string>

namespace kube {

/// The version that the API server gave an object or a list.
///
/// There is no operator<: only versions of one resource type have an order, as decimal integers of any length
/// (Kubernetes API concepts, "Resource versions"; KEP-5504).
class ResourceVersion {
public:
    ResourceVersion() = default;
    explicit ResourceVersion(std::string decimal) : decimal_{std::move(decimal)} {}
    [[nodiscard]] const std::string& value() const { return decimal_; }
    [[nodiscard]] bool empty() const { return decimal_.empty(); }
    /// Decimal comparison: longer is larger, equal length compares digit by digit. An empty version is older than any.
    [[nodiscard]] bool is_at_least(const ResourceVersion& other) const;
    bool operator==(const ResourceVersion&) const = default;

private:
    std::string decimal_;
};

}  // namespace kube
