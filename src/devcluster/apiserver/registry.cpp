#include "devcluster/apiserver/registry.hpp"

namespace devcluster::apiserver {

void Registry::add(ResourcePtr resource) {
    const auto position = [](const ResourcePtr& r) { return std::tie(r->group, r->version, r->plural); };
    const auto it = std::ranges::lower_bound(resources_, position(resource), {}, position);
    ++changes_;
    if (it != resources_.end() && position(*it) == position(resource)) {
        *it = std::move(resource);
    } else {
        resources_.insert(it, std::move(resource));
    }
}

void Registry::remove(std::string_view group, std::string_view plural) {
    ++changes_;
    std::erase_if(resources_, [&](const ResourcePtr& r) { return r->group == group && r->plural == plural; });
}

ResourcePtr Registry::find(std::string_view group, std::string_view version, std::string_view plural) const {
    for (const ResourcePtr& r : resources_) {
        if (r->plural == plural && r->version == version && r->group == group) return r;
    }
    return nullptr;
}

ResourcePtr Registry::find_kind(std::string_view group, std::string_view version, std::string_view kind) const {
    for (const ResourcePtr& r : resources_) {
        if (r->kind == kind && r->version == version && r->group == group) return r;
    }
    return nullptr;
}

bool Registry::has_group(std::string_view group) const {
    return std::ranges::any_of(resources_, [&](const ResourcePtr& r) { return r->group == group; });
}

bool Registry::has_version(std::string_view group, std::string_view version) const {
    return std::ranges::any_of(resources_, [&](const ResourcePtr& r) {
        return r->group == group && r->version == version;
    });
}

}  // namespace devcluster::apiserver
