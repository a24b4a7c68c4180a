#include "devcluster/apiserver/status_error.hpp"

#include <fmt/ranges.h>

namespace devcluster::apiserver {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

StatusError::StatusError(unsigned code, std::string reason, const std::string& message)
    : std::runtime_error{message}, code_{code}, reason_{std::move(reason)} {}

StatusError StatusError::about(std::string_view group, std::string_view kind_or_resource, std::string_view name) && {
    if (!name.empty()) details_["name"] = name;
    if (!group.empty()) details_["group"] = group;
    if (!kind_or_resource.empty()) details_["kind"] = kind_or_resource;
    return std::move(*this);
}

StatusError StatusError::with_uid(std::string_view uid) && {
    details_["uid"] = uid;
    return std::move(*this);
}

StatusError StatusError::with_causes(std::vector<StatusCause> causes) && {
    Array list;
    for (StatusCause& cause : causes) {
        Object entry{{"reason", cause.reason}, {"message", cause.message}};
        if (!cause.field.empty()) entry["field"] = cause.field;
        list.push_back(std::move(entry));
    }
    details_["causes"] = std::move(list);
    return std::move(*this);
}

StatusError StatusError::retry_after(int seconds) && {
    retry_after_seconds_ = seconds;
    details_["retryAfterSeconds"] = seconds;
    return std::move(*this);
}

Object StatusError::to_json() const {
    Object status{
        {"kind", "Status"},
        {"apiVersion", "v1"},
        {"metadata", Object{}},
        {"status", "Failure"},
        {"message", what()},
        {"reason", reason_}
    };
    if (!details_.empty()) status["details"] = details_;
    status["code"] = code_;
    return status;
}

std::string QualifiedResource::text() const {
    return group.empty() ? std::string{resource} : fmt::format("{}.{}", resource, group);
}

StatusError bad_request(const std::string& message) {
    return StatusError{400, "BadRequest", message};
}

StatusError not_found(QualifiedResource resource, std::string_view name) {
    return StatusError{404, "NotFound", fmt::format("{} \"{}\" not found", resource.text(), name)}.about(
        resource.group, resource.resource, name
    );
}

StatusError already_exists(QualifiedResource resource, std::string_view name) {
    return StatusError{409, "AlreadyExists", fmt::format("{} \"{}\" already exists", resource.text(), name)}.about(
        resource.group, resource.resource, name
    );
}

StatusError conflict(QualifiedResource resource, std::string_view name, std::string_view why) {
    return StatusError{
        409, "Conflict", fmt::format("Operation cannot be fulfilled on {} \"{}\": {}", resource.text(), name, why)
    }
        .about(resource.group, resource.resource, name);
}

StatusError forbidden(QualifiedResource resource, std::string_view name, std::string_view why) {
    const std::string subject = name.empty() ? resource.text() : fmt::format("{} \"{}\"", resource.text(), name);
    return StatusError{403, "Forbidden", fmt::format("{} is forbidden: {}", subject, why)}.about(
        resource.group, resource.resource, name
    );
}

StatusError method_not_supported(QualifiedResource resource, std::string_view verb) {
    return StatusError{
        405, "MethodNotAllowed", fmt::format("{} is not supported on resources of kind \"{}\"", verb, resource.text())
    }
        .about(resource.group, resource.resource, "");
}

StatusError expired(const std::string& message) {
    return StatusError{410, "Expired", message};
}

StatusError no_such_path() {
    return StatusError{404, "NotFound", "the server could not find the requested resource"};
}

StatusError internal_error(const std::string& message) {
    return StatusError{500, "InternalError", "Internal error occurred: " + message};
}

StatusError unsupported_media_type(const std::vector<std::string>& supported) {
    return StatusError{
        415,
        "UnsupportedMediaType",
        fmt::format(
            "the body of the request was in an unknown format - accepted media types include: {}",
            fmt::join(supported, ", ")
        )
    };
}

namespace {

std::string shown(const Value& value) {
    if (value.is_null()) return "null";
    return boost::json::serialize(value);
}

}  // namespace

void FieldErrors::add(std::string reason, std::string field, std::string message) {
    causes_.push_back({std::move(reason), std::move(message), std::move(field)});
}

void FieldErrors::required(std::string_view field, std::string_view detail) {
    add("FieldValueRequired",
        std::string{field},
        detail.empty() ? "Required value" : fmt::format("Required value: {}", detail));
}

void FieldErrors::invalid(std::string_view field, const Value& value, std::string_view detail) {
    add("FieldValueInvalid", std::string{field}, fmt::format("Invalid value: {}: {}", shown(value), detail));
}

void FieldErrors::forbidden(std::string_view field, std::string_view detail) {
    add("FieldValueForbidden", std::string{field}, fmt::format("Forbidden: {}", detail));
}

void FieldErrors::duplicate(std::string_view field, const Value& value) {
    add("FieldValueDuplicate", std::string{field}, fmt::format("Duplicate value: {}", shown(value)));
}

void FieldErrors::unsupported(std::string_view field, const Value& value, std::vector<std::string_view> supported) {
    std::vector<std::string> quoted;
    for (const std::string_view one : supported) quoted.push_back(fmt::format("\"{}\"", one));
    add("FieldValueNotSupported",
        std::string{field},
        fmt::format("Unsupported value: {}: supported values: {}", shown(value), fmt::join(quoted, ", ")));
}

void FieldErrors::too_long(std::string_view field, std::size_t bytes_max) {
    add("FieldValueTooLong", std::string{field}, fmt::format("Too long: may not be more than {} bytes", bytes_max));
}

void FieldErrors::throw_if_any(std::string_view group, std::string_view kind, std::string_view name) const {
    if (causes_.empty()) return;
    std::vector<std::string> messages;
    for (const StatusCause& cause : causes_) {
        messages.push_back(cause.field.empty() ? cause.message : fmt::format("{}: {}", cause.field, cause.message));
    }
    const std::string all = messages.size() == 1 ? messages.front() : fmt::format("[{}]", fmt::join(messages, ", "));
    const std::string qualified = group.empty() ? std::string{kind} : fmt::format("{}.{}", kind, group);
    throw StatusError{422, "Invalid", fmt::format("{} \"{}\" is invalid: {}", qualified, name, all)}
        .about(group, kind, name)
        .with_causes(causes_);
}

}  // namespace devcluster::apiserver
