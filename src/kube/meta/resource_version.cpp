#include "kube/meta/resource_version.hpp"

namespace kube {

bool ResourceVersion::is_at_least(const ResourceVersion& other) const {
    if (decimal_.size() != other.decimal_.size()) return decimal_.size() > other.decimal_.size();
    return decimal_ >= other.decimal_;
}

}  // namespace kube
