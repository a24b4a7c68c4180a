#include "devcluster/apiserver/selection.hpp"

#include "devcluster/apiserver/metadata.hpp"

namespace devcluster::apiserver {

using kube::json::Object;

namespace {

/// The selectable fields of every kind come first, then those of its own.
std::optional<std::string> read_field(const Resource& resource, const Object& object, std::string_view field) {
    if (field == "metadata.name") return std::string{string_in(metadata_of(object), "name")};
    if (field == "metadata.namespace" && resource.is_namespaced) {
        return std::string{string_in(metadata_of(object), "namespace")};
    }
    return resource.behaviour->select(object, field);
}

}  // namespace

Selection Selection::of(const ResourceRequest& request) {
    Selection selection;
    selection.resource_ = request.resource;
    selection.namespace_ = request.namespace_;
    selection.labels_ = LabelSelector::parse(request.query.get("labelSelector"));
    std::string fields{request.query.get("fieldSelector")};
    if (!request.name.empty()) fields = fmt::format("metadata.name={}", request.name);
    selection.fields_ = FieldSelector::parse(fields);
    for (const std::string& field : selection.fields_.fields()) {
        const bool is_known =
            field == "metadata.name" || (field == "metadata.namespace" && request.resource->is_namespaced) ||
            std::ranges::find(request.resource->selectable_fields, field) != request.resource->selectable_fields.end();
        if (!is_known && request.resource->is_builtin && request.resource->selectable_fields.empty()) {
            throw bad_request(fmt::format(
                "\"{}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"", field
            ));
        }
        if (!is_known) throw bad_request(fmt::format("field label not supported: {}", field));
    }
    return selection;
}

bool Selection::matches(const StoredObject& object) const {
    if (!namespace_.empty() && object.key().namespace_ != namespace_) return false;
    if (!labels_.empty() && !labels_.matches(object_in(metadata_of(object.object()), "labels"))) return false;
    return fields_.empty() ||
           fields_.matches([&](std::string_view field) { return read_field(*resource_, object.object(), field); });
}

}  // namespace devcluster::apiserver
