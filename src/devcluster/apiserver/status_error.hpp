// A refusal as the API speaks it: metav1.Status with code, reason, message and details.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// One cause of a refusal, as in `Status.details.causes`.
struct StatusCause {
    std::string reason;
    std::string message;
    std::string field;
};

/// A request that is refused. Thrown by whoever finds the reason, turned into the response in one place.
class StatusError : public std::runtime_error {
public:
    StatusError(unsigned code, std::string reason, const std::string& message);

    /// Names the object that the refusal speaks of.
    StatusError about(std::string_view group, std::string_view kind_or_resource, std::string_view name) &&;
    StatusError with_uid(std::string_view uid) &&;
    StatusError with_causes(std::vector<StatusCause> causes) &&;
    StatusError retry_after(int seconds) &&;

    [[nodiscard]] unsigned code() const { return code_; }
    [[nodiscard]] const std::string& reason() const { return reason_; }
    /// 0 when the client need not wait.
    [[nodiscard]] int retry_after_seconds() const { return retry_after_seconds_; }
    [[nodiscard]] kube::json::Object to_json() const;

private:
    unsigned code_;
    std::string reason_;
    kube::json::Object details_;
    int retry_after_seconds_ = 0;
};

/// `resource` is the plural, with the group after a dot where there is one: "statefulsets.apps".
struct QualifiedResource {
    std::string_view group;
    std::string_view resource;
    [[nodiscard]] std::string text() const;
};

[[nodiscard]] StatusError bad_request(const std::string& message);
[[nodiscard]] StatusError not_found(QualifiedResource resource, std::string_view name);
[[nodiscard]] StatusError already_exists(QualifiedResource resource, std::string_view name);
/// The optimistic lock failed; `why` completes the sentence.
[[nodiscard]] StatusError conflict(QualifiedResource resource, std::string_view name, std::string_view why);
[[nodiscard]] StatusError forbidden(QualifiedResource resource, std::string_view name, std::string_view why);
[[nodiscard]] StatusError method_not_supported(QualifiedResource resource, std::string_view verb);
/// 410: the resource version is older than what the history holds.
[[nodiscard]] StatusError expired(const std::string& message);
/// 404 for a path that nothing serves.
[[nodiscard]] StatusError no_such_path();
[[nodiscard]] StatusError internal_error(const std::string& message);
[[nodiscard]] StatusError unsupported_media_type(const std::vector<std::string>& supported);

/// What validation finds, collected and reported together.
class FieldErrors {
public:
    void required(std::string_view field, std::string_view detail = "");
    void invalid(std::string_view field, const kube::json::Value& value, std::string_view detail);
    void forbidden(std::string_view field, std::string_view detail);
    void duplicate(std::string_view field, const kube::json::Value& value);
    void unsupported(std::string_view field, const kube::json::Value& value, std::vector<std::string_view> supported);
    void too_long(std::string_view field, std::size_t bytes_max);
    /// An error in the words of another validator; `reason` is a cause type such as FieldValueInvalid.
    void add(std::string reason, std::string field, std::string message);
    [[nodiscard]] bool empty() const { return causes_.empty(); }
    /// Throws 422 Invalid naming the object when there are any.
    void throw_if_any(std::string_view group, std::string_view kind, std::string_view name) const;

private:
    std::vector<StatusCause> causes_;
};

}  // namespace devcluster::apiserver
