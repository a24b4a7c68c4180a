#include "kube/schema/schema_of.hpp"

namespace kube::schema::detail {

json::Object scalar(std::string_view type, std::string_view format) {
    json::Object node{{"type", type}};
    if (!format.empty()) node["format"] = format;
    return node;
}

json::Object int_or_string() {
    json::Object node;
    node["anyOf"] = json::Array{json::Object{{"type", "integer"}}, json::Object{{"type", "string"}}};
    node["x-kubernetes-int-or-string"] = true;
    return node;
}

}  // namespace kube::schema::detail
