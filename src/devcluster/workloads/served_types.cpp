#include "devcluster/workloads/served_types.hpp"

#include <algorithm>

#include "devcluster/workloads/api_requests.hpp"

namespace devcluster::workloads {

namespace {

bool can(const kube::json::Value& resource, std::string_view verb) {
    const kube::json::Value* verbs = kube::json::find(resource, {"verbs"});
    if (verbs == nullptr || !verbs->is_array()) return false;
    return std::ranges::any_of(verbs->get_array(), [&](const kube::json::Value& value) {
        return value.is_string() && std::string_view{value.get_string()} == verb;
    });
}

/// The types of an APIResourceList.
void take(
    const kube::json::Value& list, const std::string& group, const std::string& version, std::vector<ServedType>& out
) {
    const kube::json::Value* resources = kube::json::find(list, {"resources"});
    if (resources == nullptr || !resources->is_array()) return;
    for (const kube::json::Value& resource : resources->get_array()) {
        const std::string plural{kube::json::find_string(resource, {"name"})};
        const bool is_subresource = plural.find('/') != std::string::npos;
        if (is_subresource || plural == "events") continue;
        if (!can(resource, "list") || !can(resource, "watch") || !can(resource, "delete")) continue;
        const kube::json::Value* namespaced = kube::json::find(resource, {"namespaced"});
        out.push_back(
            {.group = group,
             .version = version,
             .kind = std::string{kube::json::find_string(resource, {"kind"})},
             .plural = plural,
             .is_namespaced = namespaced != nullptr && namespaced->is_bool() && namespaced->get_bool()}
        );
    }
}

}  // namespace

kube::Async<Discovery> discover(kube::Transport& transport) {
    Discovery found;
    const kube::json::Value core = co_await get_document(transport, "/api/v1");
    take(core, "", "v1", found.types);
    const kube::json::Value groups = co_await get_document(transport, "/apis");
    const kube::json::Value* listed = kube::json::find(groups, {"groups"});
    if (listed != nullptr && listed->is_array()) {
        for (const kube::json::Value& group : listed->get_array()) {
            const std::string name{kube::json::find_string(group, {"name"})};
            const std::string version{kube::json::find_string(group, {"preferredVersion", "version"})};
            try {
                const kube::json::Value list = co_await get_document(transport, "/apis/" + name + "/" + version);
                take(list, name, version, found.types);
            } catch (const kube::ApiError& error) {
                found.errors.emplace_back(error.what());
            }
        }
    }
    std::ranges::sort(found.types);
    co_return found;
}

}  // namespace devcluster::workloads
