// The rules for metadata that hold for every kind.
#pragma once

#include <string_view>

#include "devcluster/apiserver/resource.hpp"

namespace devcluster::apiserver {

[[nodiscard]] bool is_dns_label(std::string_view text);
[[nodiscard]] bool is_dns_subdomain(std::string_view text);
[[nodiscard]] bool is_qualified_name(std::string_view text);
[[nodiscard]] bool is_label_value(std::string_view text);

inline constexpr std::string_view kDnsLabelRule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
inline constexpr std::string_view kServiceNameRule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and "
    "end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')";
inline constexpr std::string_view kDnsSubdomainRule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/// Names, labels, annotations, owner references, finalizers.
void validate_metadata(const Resource& resource, const kube::json::Object& metadata, FieldErrors& errors);
/// What of the metadata never changes.
void validate_metadata_update(
    const Resource& resource, kube::json::Object& metadata, const kube::json::Object& before, FieldErrors& errors
);
/// `labels` of anything, at `path`.
void validate_labels(const kube::json::Object* labels, std::string_view path, FieldErrors& errors);

}  // namespace devcluster::apiserver
