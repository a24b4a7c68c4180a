#include "devcluster/apiserver/validate_metadata.hpp"

#include <fmt/ranges.h>

#include "devcluster/apiserver/metadata.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

constexpr std::size_t kAnnotationBytesMax = 262'144;

bool is_lower_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_alphanumeric(char c) {
    return is_lower_alphanumeric(c) || (c >= 'A' && c <= 'Z');
}

bool is_label_text(std::string_view text) {
    if (!is_alphanumeric(text.front()) || !is_alphanumeric(text.back())) return false;
    return std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

constexpr std::string_view kNamePartRule =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr std::string_view kLabelValueRule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

void validate_annotations(const Object* annotations, FieldErrors& errors) {
    if (annotations == nullptr) return;
    std::size_t bytes = 0;
    for (const auto& [key, value] : *annotations) {
        if (!is_qualified_name(key)) errors.invalid("metadata.annotations", Value(key), kNamePartRule);
        bytes += key.size() + (value.is_string() ? value.get_string().size() : 0);
    }
    if (bytes > kAnnotationBytesMax) errors.too_long("metadata.annotations", kAnnotationBytesMax);
}

void validate_owners(const Array* owners, FieldErrors& errors) {
    if (owners == nullptr) return;
    std::vector<std::string> controllers;
    std::size_t index = 0;
    for (const Value& value : *owners) {
        const std::string path = fmt::format("metadata.ownerReferences[{}]", index++);
        const Object* owner = value.if_object();
        if (owner == nullptr) continue;
        for (const std::string_view key : {"apiVersion", "kind", "name", "uid"}) {
            if (string_in(*owner, key).empty()) {
                errors.invalid(fmt::format("{}.{}", path, key), Value(""), "must not be empty");
            }
        }
        const Value* controller = owner->if_contains("controller");
        if (controller != nullptr && controller->is_bool() && controller->get_bool()) {
            controllers.emplace_back(string_in(*owner, "name"));
        }
    }
    if (controllers.size() > 1) {
        errors.invalid(
            "metadata.ownerReferences",
            Value(fmt::format("{}", fmt::join(controllers, ", "))),
            "Only one reference can have Controller set to true"
        );
    }
}

}  // namespace

bool is_dns_label(std::string_view text) {
    if (text.empty() || text.size() > 63) return false;
    if (!is_lower_alphanumeric(text.front()) || !is_lower_alphanumeric(text.back())) return false;
    return std::ranges::all_of(text, [](char c) { return is_lower_alphanumeric(c) || c == '-'; });
}

bool is_dns_subdomain(std::string_view text) {
    if (text.empty() || text.size() > 253) return false;
    while (true) {
        const std::size_t dot = std::min(text.find('.'), text.size());
        const std::string_view part = text.substr(0, dot);
        if (part.empty() || !is_lower_alphanumeric(part.front()) || !is_lower_alphanumeric(part.back())) return false;
        if (!std::ranges::all_of(part, [](char c) { return is_lower_alphanumeric(c) || c == '-'; })) return false;
        if (dot == text.size()) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_qualified_name(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos) {
        std::string prefix{text.substr(0, slash)};
        for (char& c : prefix) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        if (!is_dns_subdomain(prefix)) return false;
        text.remove_prefix(slash + 1);
    }
    return !text.empty() && text.size() <= 63 && is_label_text(text);
}

bool is_label_value(std::string_view text) {
    return text.empty() || (text.size() <= 63 && is_label_text(text));
}

void validate_labels(const Object* labels, std::string_view path, FieldErrors& errors) {
    if (labels == nullptr) return;
    for (const auto& [key, value] : *labels) {
        if (!is_qualified_name(key)) errors.invalid(path, Value(key), kNamePartRule);
        if (value.is_string() && !is_label_value(std::string_view{value.get_string()})) {
            errors.invalid(path, value, kLabelValueRule);
        }
    }
}

void validate_metadata(const Resource& resource, const Object& metadata, FieldErrors& errors) {
    const std::string_view name = string_in(metadata, "name");
    const bool is_label = resource.is_builtin && resource.plural == "namespaces";
    const bool is_service = resource.is_builtin && resource.plural == "services";
    const bool is_free = resource.group == "rbac.authorization.k8s.io";
    if (name.empty()) {
        errors.required("metadata.name", "name or generateName is required");
    } else if (is_free) {
        if (name == "." || name == ".." || name.contains('/') || name.contains('%')) {
            errors.invalid("metadata.name", Value(name), "may not be '.', '..' or contain '/' or '%'");
        }
    } else if (is_service) {
        const bool begins_with_digit = name.front() >= '0' && name.front() <= '9';
        if (begins_with_digit || !is_dns_label(name)) errors.invalid("metadata.name", Value(name), kServiceNameRule);
    } else if (is_label ? !is_dns_label(name) : !is_dns_subdomain(name)) {
        errors.invalid("metadata.name", Value(name), is_label ? kDnsLabelRule : kDnsSubdomainRule);
    }
    validate_labels(object_in(metadata, "labels"), "metadata.labels", errors);
    validate_annotations(object_in(metadata, "annotations"), errors);
    validate_owners(array_in(metadata, "ownerReferences"), errors);
    if (const Array* finalizers = array_in(metadata, "finalizers")) {
        for (const Value& value : *finalizers) {
            const std::string_view text = value.is_string() ? std::string_view{value.get_string()} : std::string_view{};
            if (!is_qualified_name(text)) errors.invalid("metadata.finalizers", value, kNamePartRule);
        }
        if (has_finalizer(metadata, "orphan") && has_finalizer(metadata, "foregroundDeletion")) {
            errors.invalid(
                "metadata.finalizers", Value(*finalizers), "finalizer orphan and foregroundDeletion cannot be both set"
            );
        }
    }
}

void validate_metadata_update(const Resource& resource, Object& metadata, const Object& before, FieldErrors& errors) {
    static_cast<void>(resource);
    const auto require_same = [&](std::string_view key) {
        const Value* given = metadata.if_contains(key);
        const Value* old = before.if_contains(key);
        if (given == nullptr || given->is_null()) return;
        if (old == nullptr || *old != *given) {
            errors.invalid(fmt::format("metadata.{}", key), *given, "field is immutable");
        }
    };
    require_same("deletionTimestamp");
    require_same("deletionGracePeriodSeconds");
    if (!before.contains("deletionTimestamp")) return;
    const Array* finalizers = array_in(metadata, "finalizers");
    if (finalizers == nullptr) return;
    std::vector<std::string> added;
    for (const Value& value : *finalizers) {
        const std::string_view text = value.is_string() ? std::string_view{value.get_string()} : std::string_view{};
        if (!has_finalizer(before, text)) added.push_back(fmt::format("\"{}\"", text));
    }
    if (!added.empty()) {
        errors.forbidden(
            "metadata.finalizers",
            fmt::format(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                fmt::join(added, ", ")
            )
        );
    }
}

}  // namespace devcluster::apiserver
