#include "devcluster/workloads/api_requests.hpp"

#include "kube/types/namespace.hpp"
#include "kube/types/pod.hpp"

namespace devcluster::workloads {

namespace {

kube::HttpRequest request_with(kube::HttpMethod method, std::string target, const kube::json::Value& body) {
    kube::HttpRequest request;
    request.method = method;
    request.target = std::move(target);
    request.content_type = "application/json";
    request.body = kube::json::serialize(body);
    return request;
}

std::string name_of(const kube::HttpRequest& request) {
    return fmt::format("{} {}", kube::to_string(request.method), request.target);
}

/// The answer; ApiError for any refusal but those in `expected`.
kube::Async<kube::HttpResponse> sent(
    kube::Transport& transport, kube::HttpRequest request, std::vector<unsigned> expected
) {
    const std::string name = name_of(request);
    kube::HttpResponse response = co_await transport.send(std::move(request));
    const bool is_success = response.status >= 200 && response.status < 300;
    if (!is_success && std::ranges::find(expected, response.status) == expected.end()) {
        throw kube::api_error_of(name, response);
    }
    co_return response;
}

}  // namespace

kube::Async<kube::json::Value> get_document(kube::Transport& transport, std::string path) {
    kube::HttpRequest request;
    request.target = std::move(path);
    request.repeat = kube::Repeat::WhenSafe;
    const kube::HttpResponse response = co_await sent(transport, std::move(request), {});
    co_return kube::json::parse(response.body);
}

kube::Async<> delete_at_once(kube::Transport& transport, kube::NamespacedName pod, kube::Uid uid) {
    kube::json::Object precondition;
    precondition["uid"] = uid.value();
    kube::json::Object options;
    options["apiVersion"] = "v1";
    options["kind"] = "DeleteOptions";
    options["gracePeriodSeconds"] = 0;
    options["preconditions"] = std::move(precondition);
    kube::HttpRequest request =
        request_with(kube::HttpMethod::Delete, kube::KindOf<kube::Pod>::type.object_path(pod), options);
    request.repeat = kube::Repeat::WhenSafe;
    (void)co_await sent(transport, std::move(request), {404, 409});
}

kube::Async<BindOutcome> bind_pod(
    kube::Transport& transport, kube::NamespacedName pod, kube::Uid uid, std::string machine
) {
    kube::json::Object metadata;
    metadata["name"] = pod.name;
    metadata["namespace"] = pod.namespace_;
    metadata["uid"] = uid.value();
    kube::json::Object target;
    target["apiVersion"] = "v1";
    target["kind"] = "Node";
    target["name"] = std::move(machine);
    kube::json::Object binding;
    binding["apiVersion"] = "v1";
    binding["kind"] = "Binding";
    binding["metadata"] = std::move(metadata);
    binding["target"] = std::move(target);
    const std::string path = kube::KindOf<kube::Pod>::type.object_path(pod) + "/binding";
    const kube::HttpResponse response =
        co_await sent(transport, request_with(kube::HttpMethod::Post, path, binding), {404, 409});
    if (response.status == 409) co_return BindOutcome::Conflict;
    if (response.status != 404) co_return BindOutcome::Bound;
    // A server without the subresource names no object in its answer.
    const kube::ApiError refusal = kube::api_error_of("POST " + path, response);
    if (refusal.is_type_not_served()) throw kube::ApiError{refusal};
    co_return BindOutcome::Absent;
}

kube::Async<> finalize_namespace(kube::Transport& transport, std::string name) {
    const std::string path = kube::KindOf<kube::Namespace>::type.object_path({{}, std::move(name)});
    kube::HttpRequest read;
    read.target = path;
    read.repeat = kube::Repeat::WhenSafe;
    const kube::HttpResponse present = co_await sent(transport, std::move(read), {404});
    if (present.status == 404) co_return;
    kube::json::Value object = kube::json::parse(present.body);
    kube::json::Value& spec = object.as_object()["spec"];
    if (!spec.is_object()) spec = kube::json::Object{};
    kube::json::Array kept;
    if (const auto* finalizers = kube::json::find(object, {"spec", "finalizers"});
        finalizers && finalizers->is_array()) {
        for (const auto& finalizer : finalizers->get_array()) {
            if (finalizer != "kubernetes") kept.push_back(finalizer);
        }
    }
    spec.get_object()["finalizers"] = std::move(kept);
    // A conflict means that the namespace changed: whoever waits for it looks again.
    (void)co_await sent(transport, request_with(kube::HttpMethod::Put, path + "/finalize", object), {404, 409});
}

}  // namespace devcluster::workloads
