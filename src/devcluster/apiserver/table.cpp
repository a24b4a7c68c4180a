#include "devcluster/apiserver/table.hpp"

#include "devcluster/apiserver/json_path.hpp"
#include "devcluster/apiserver/managed_fields.hpp"
#include "devcluster/apiserver/metadata.hpp"
#include "kube/meta/time.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

Array column_definitions(const Resource& resource) {
    Array definitions;
    for (const Column& column : resource.columns) {
        definitions.push_back(Object{
            {"name", column.name},
            {"type", column.type},
            {"format", column.format},
            {"description", column.description},
            {"priority", column.priority}
        });
    }
    return definitions;
}

/// The cell of a column with a path, as a custom resource's additional printer columns show it.
Value custom_cell(const Column& column, const Object& object, const kube::Clock& clock) {
    const std::vector<const Value*> found = json_path(object, column.json_path);
    if (found.empty() || found.front()->is_null()) return nullptr;
    const Value& value = *found.front();
    if (column.type == "date") {
        return value.is_string() ? Value(age_of(std::string_view{value.get_string()}, clock)) : Value("<invalid>");
    }
    if (column.type == "string") {
        return value.is_string() ? Value(value, {}) : Value(boost::json::serialize(value));
    }
    return Value(value, {});  // braces would make a list
}

}  // namespace

std::string age_of(std::string_view time, const kube::Clock& clock) {
    const auto then = kube::parse_time(time);
    if (!then) return "<unknown>";
    using namespace std::chrono;
    const auto seconds = floor<std::chrono::seconds>(clock.now() - then->at).count();
    if (seconds < -1) return "<invalid>";
    if (seconds < 0) return "0s";
    if (seconds < 60 * 2) return fmt::format("{}s", seconds);
    const auto minutes = seconds / 60;
    if (minutes < 10)
        return seconds % 60 == 0 ? fmt::format("{}m", minutes) : fmt::format("{}m{}s", minutes, seconds % 60);
    if (minutes < 60 * 3) return fmt::format("{}m", minutes);
    const auto hours = minutes / 60;
    if (hours < 8) return minutes % 60 == 0 ? fmt::format("{}h", hours) : fmt::format("{}h{}m", hours, minutes % 60);
    if (hours < 48) return fmt::format("{}h", hours);
    if (hours < 24 * 8)
        return hours % 24 == 0 ? fmt::format("{}d", hours / 24) : fmt::format("{}d{}h", hours / 24, hours % 24);
    if (hours < 24 * 365 * 2) return fmt::format("{}d", hours / 24);
    return fmt::format("{}y{}d", hours / 24 / 365, (hours / 24) % 365);
}

Object partial_metadata(const StoredObject& object) {
    return Object{
        {"kind", "PartialObjectMetadata"}, {"apiVersion", "meta.k8s.io/v1"}, {"metadata", metadata_of(object.object())}
    };
}

Object table_of(
    const Core& core,
    const ResourceRequest& request,
    const std::vector<const StoredObject*>& objects,
    Object metadata,
    bool with_columns
) {
    const Resource& resource = *request.resource;
    const std::string_view include = request.query.get("includeObject");
    Array rows;
    for (const StoredObject* object : objects) {
        const Object& value = object->object();
        Array cells;
        if (resource.is_builtin) {
            cells = resource.behaviour->cells(value, core.clock);
        } else {
            for (const Column& column : resource.columns) {
                cells.push_back(custom_cell(column, value, core.clock));
            }
        }
        Object row{{"cells", std::move(cells)}};
        if (include == "Object") {
            Object whole = object->whole();
            whole["apiVersion"] = resource.api_version();
            row["object"] = std::move(whole);
        } else if (include != "None") {
            row["object"] = partial_metadata(*object);
        }
        rows.push_back(std::move(row));
    }
    return Object{
        {"kind", "Table"},
        {"apiVersion", "meta.k8s.io/v1"},
        {"metadata", std::move(metadata)},
        {"columnDefinitions", with_columns ? Value(column_definitions(resource)) : Value(nullptr)},
        {"rows", std::move(rows)}
    };
}

}  // namespace devcluster::apiserver
