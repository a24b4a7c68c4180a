#include "sim/planted_write_bugs.hpp"

#include <string_view>
#include <utility>

#include "sei/api/labels.hpp"

namespace sim {
namespace {

using kube::HttpMethod;
using kube::HttpRequest;
using kube::HttpResponse;
using kube::json::Object;
using kube::json::Value;

constexpr std::string_view kStatus = "/status";
constexpr int kForcedMax = 3;

/// The path of the object that a request is about, without subresource and query.
std::string object_of(const HttpRequest& request) {
    std::string path = request.target.substr(0, request.target.find('?'));
    if (path.ends_with(kStatus)) path.resize(path.size() - kStatus.size());
    return path;
}

bool is_merge_patch(const HttpRequest& request) {
    return request.method == HttpMethod::Patch && request.content_type.starts_with("application/merge-patch");
}

bool is_status_patch(const HttpRequest& request) {
    return is_merge_patch(request) && request.target.substr(0, request.target.find('?')).ends_with(kStatus);
}

Value parsed(const std::string& body) {
    boost::system::error_code failed;
    Value value = boost::json::parse(body, failed);
    return failed ? Value{} : value;
}

std::string version_of(const std::string& body) {
    return std::string{kube::json::find_string(parsed(body), {"metadata", "resourceVersion"})};
}

HttpRequest with_version(HttpRequest request, const std::string& version) {
    Value body = parsed(request.body);
    body.as_object()["metadata"].as_object()["resourceVersion"] = version;
    request.body = kube::json::serialize(body);
    return request;
}

bool is_success(const HttpResponse& response) {
    return response.status >= 200 && response.status < 300;
}

}  // namespace

kube::Transport& OverRequests::transport(kube::Transport& way) {
    way_ = &way;
    return *this;
}

kube::Async<HttpResponse> OverRequests::send(HttpRequest request) {
    return tampered(std::move(request));
}

kube::Async<std::unique_ptr<kube::HttpStream>> OverRequests::open(HttpRequest request) {
    return way().open(std::move(request));
}

kube::Async<HttpResponse> StatusWithoutVersion::tampered(HttpRequest request) {
    if (is_status_patch(request)) {
        Value body = parsed(request.body);
        body.as_object().erase("metadata");
        request.body = kube::json::serialize(body);
    }
    co_return co_await way().send(std::move(request));
}

kube::Async<HttpResponse> StatusFromStaleBase::tampered(HttpRequest request) {
    if (!is_merge_patch(request)) co_return co_await way().send(std::move(request));
    const std::string object = object_of(request);
    const std::string base = version_of(request.body);
    const auto replaced = replaced_.find(object);
    if (is_status_patch(request) && replaced != replaced_.end()) {
        request = with_version(std::move(request), replaced->second);
    }
    HttpResponse response = co_await way().send(std::move(request));
    if (is_success(response)) replaced_[object] = base;
    co_return response;
}

kube::Async<HttpResponse> TwoStatusWrites::tampered(HttpRequest request) {
    if (!is_status_patch(request)) co_return co_await way().send(std::move(request));
    const Value body = parsed(request.body);
    const Object& status = body.as_object().at("status").as_object();
    if (status.size() < 2) co_return co_await way().send(std::move(request));
    Object first = body.as_object();
    Object second = body.as_object();
    first["status"] = Object{{status.begin()->key(), status.begin()->value()}};
    second["status"].as_object().erase(status.begin()->key());
    HttpRequest of_first = request;
    of_first.body = kube::json::serialize(first);
    HttpResponse response = co_await way().send(std::move(of_first));
    if (!is_success(response)) co_return response;
    request.body = kube::json::serialize(second);
    co_return co_await way().send(with_version(std::move(request), version_of(response.body)));
}

kube::Async<HttpResponse> ConflictForced::tampered(HttpRequest request) {
    const bool is_forced = is_status_patch(request);
    HttpRequest again = request;
    HttpResponse response = co_await way().send(std::move(request));
    for (int i = 0; is_forced && response.status == 409 && i < kForcedMax; ++i) {
        HttpRequest read{.method = HttpMethod::Get, .target = object_of(again), .time_limit = again.time_limit};
        const HttpResponse newest = co_await way().send(std::move(read));
        if (!is_success(newest)) break;
        again = with_version(std::move(again), version_of(newest.body));
        HttpRequest forced = again;
        response = co_await way().send(std::move(forced));
    }
    co_return response;
}

kube::Async<HttpResponse> FinalizersOverwritten::tampered(HttpRequest request) {
    if (is_merge_patch(request)) {
        Value body = parsed(request.body);
        if (kube::json::find(body, {"metadata", "finalizers"}) != nullptr) {
            kube::json::Array own;
            for (const Value& one : body.at("metadata").at("finalizers").as_array()) {
                if (one.as_string().starts_with("sei.io/")) own.push_back(one);
            }
            body.as_object()["metadata"].as_object()["finalizers"] = std::move(own);
            request.body = kube::json::serialize(body);
        }
    }
    co_return co_await way().send(std::move(request));
}

kube::Async<HttpResponse> NodeWithoutVersion::tampered(HttpRequest request) {
    if (request.content_type.starts_with("application/apply-patch") &&
        request.target.find("/seinodes/") != std::string::npos) {
        Value body = parsed(request.body);
        body.as_object()["metadata"].as_object().erase("resourceVersion");
        request.body = kube::json::serialize(body);
    }
    co_return co_await way().send(std::move(request));
}

kube::Async<HttpResponse> DeleteWithoutIdentity::tampered(HttpRequest request) {
    if (request.method == HttpMethod::Delete) {
        Value body = parsed(request.body);
        if (body.is_object()) body.as_object().erase("preconditions");
        request.body = kube::json::serialize(body);
    }
    co_return co_await way().send(std::move(request));
}

kube::Async<HttpResponse> FinalizerKept::tampered(HttpRequest request) {
    const bool is_of_node = object_of(request).find("/seinodes/") != std::string::npos;
    if (!is_of_node || !is_merge_patch(request)) co_return co_await way().send(std::move(request));
    const Value body = parsed(request.body);
    const Value* finalizers = kube::json::find(body, {"metadata", "finalizers"});
    if (finalizers == nullptr || !finalizers->as_array().empty()) co_return co_await way().send(std::move(request));
    // It says that it let go, and did not.
    HttpRequest read{.method = HttpMethod::Get, .target = object_of(request), .time_limit = request.time_limit};
    co_return co_await way().send(std::move(read));
}

kube::Async<HttpResponse> RetainedClaimStillOwned::tampered(HttpRequest request) {
    if (request.target.find("/persistentvolumeclaims/") != std::string::npos && is_merge_patch(request)) {
        Value body = parsed(request.body);
        if (!kube::json::find_string(body, {"metadata", "annotations", sei::api::kRetainedDataAnnotation}).empty()) {
            body.as_object()["metadata"].as_object().erase("ownerReferences");
            request.body = kube::json::serialize(body);
        }
    }
    co_return co_await way().send(std::move(request));
}

kube::Async<HttpResponse> SecondClaimUnlabelled::tampered(HttpRequest request) {
    if (request.method == HttpMethod::Post && request.target.find("/persistentvolumeclaims") != std::string::npos) {
        Value body = parsed(request.body);
        Object& metadata = body.as_object()["metadata"].as_object();
        if (!made_.insert(std::string{metadata["name"].as_string()}).second) metadata.erase("labels");
        request.body = kube::json::serialize(body);
    }
    co_return co_await way().send(std::move(request));
}

}  // namespace sim
