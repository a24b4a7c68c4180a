// An API server in a map, as far as the node controller asks: enough to assert the world, and to break it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kube/http/transport.hpp"
#include "kube/json/json.hpp"

namespace sei::test {

namespace json = kube::json;

/// Objects by their path ("/api/v1/namespaces/ns/pods/p0"). Knows versions, generations, uids, conflicts, finalizers,
/// status apart from the rest, merge patches and, as a merge of what is sent, server-side apply: with labels that are
/// no longer sent removed, and selectors as one whole.
class FakeApi final : public kube::Transport {
public:
    struct Write {
        std::string method;
        std::string path;
        json::Value body;
    };
    /// Every write that was asked for, refused ones too.
    std::vector<Write> writes;
    /// Called before each request; what it returns is the answer. For faults, and for other people's writes.
    std::function<std::optional<kube::HttpResponse>(const kube::HttpRequest&, const std::string& path)> before;

    /// Until `before` is set anew.
    void refuse_status_writes() { refuse_patches_of("/status"); }
    /// The same of every path that ends so.
    void refuse_patches_of(std::string end) {
        before = [end = std::move(end)](const kube::HttpRequest& request, const std::string& path) {
            std::optional<kube::HttpResponse> refused;
            if (request.method == kube::HttpMethod::Patch && path.ends_with(end)) {
                refused = refusal(500, "InternalError", "no");
            }
            return refused;
        };
    }

    [[nodiscard]] kube::Async<kube::HttpResponse> send(kube::HttpRequest request) override {
        const std::string path = request.target.substr(0, request.target.find('?'));
        if (request.method != kube::HttpMethod::Get) {
            json::Value body = request.body.empty() ? json::Value{} : json::parse(request.body);
            writes.push_back({std::string{to_string(request.method)}, path, std::move(body)});
        }
        if (before) {
            if (auto answer = before(request, path)) co_return *answer;
        }
        co_return handle(request, path);
    }
    [[nodiscard]] kube::Async<std::unique_ptr<kube::HttpStream>> open(kube::HttpRequest) override {
        throw kube::TransportError{kube::TransportError::Kind::Connect, "no watches here"};
    }

    [[nodiscard]] const json::Value* find(const std::string& path) const {
        const auto found = objects_.find(path);
        return found == objects_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] const std::map<std::string, json::Value>& objects() const { return objects_; }

    /// What anybody else does to an object: create it, change it (with a new version; `spec` moves the generation).
    json::Value& put(const std::string& path, json::Value object) {
        json::Object& metadata = object.as_object()["metadata"].is_object()
                                     ? object.as_object()["metadata"].as_object()
                                     : object.as_object()["metadata"].emplace_object();
        const std::size_t slash = path.rfind('/');
        metadata["name"] = path.substr(slash + 1);
        const std::size_t namespaces = path.find("/namespaces/");
        if (namespaces != std::string::npos) {
            const std::size_t begin = namespaces + 12;
            metadata["namespace"] = path.substr(begin, path.find('/', begin) - begin);
        }
        if (!metadata.contains("uid")) metadata["uid"] = "uid-" + std::to_string(++uids_);
        if (!metadata.contains("generation")) metadata["generation"] = 1;
        metadata["resourceVersion"] = std::to_string(++version_);
        return objects_[path] = std::move(object);
    }
    void edit(const std::string& path, const std::function<void(json::Object&)>& change) {
        json::Value object = objects_.at(path);
        const json::Value spec = member(object, "spec");
        change(object.as_object());
        bump(object, spec);
        objects_[path] = std::move(object);
    }
    void erase(const std::string& path) { objects_.erase(path); }

private:
    static json::Value member(const json::Value& object, std::string_view key) {
        const json::Value* found = object.as_object().if_contains(key);
        return found == nullptr ? json::Value{} : *found;
    }
    void bump(json::Value& object, const json::Value& spec_before) {
        json::Object& metadata = object.as_object()["metadata"].as_object();
        metadata["resourceVersion"] = std::to_string(++version_);
        if (member(object, "spec") != spec_before) {
            metadata["generation"] = metadata["generation"].to_number<std::int64_t>() + 1;
        }
    }
    static kube::HttpResponse answer(unsigned status, const json::Value& body) {
        kube::HttpResponse response;
        response.status = status;
        response.headers.push_back({"content-type", "application/json"});
        response.body = json::serialize(body);
        return response;
    }

public:
    static kube::HttpResponse refusal(unsigned code, const std::string& reason, const std::string& message) {
        return answer(
            code,
            json::Object{
                {"kind", "Status"},
                {"status", "Failure"},
                {"code", code},
                {"reason", reason},
                {"message", message},
                {"details", json::Object{{"name", "it"}, {"kind", "things"}}}
            }
        );
    }

private:
    kube::HttpResponse handle(const kube::HttpRequest& request, const std::string& path) {
        switch (request.method) {
            case kube::HttpMethod::Get:
                if (const json::Value* object = find(path)) return answer(200, *object);
                if (path.ends_with("/pods") || path.ends_with("/seinodes")) return list(request, path);
                return refusal(404, "NotFound", path + " not found");
            case kube::HttpMethod::Post: {
                json::Value object = json::parse(request.body);
                const std::string key = path + "/" + std::string{json::find_string(object, {"metadata", "name"})};
                if (objects_.contains(key)) return refusal(409, "AlreadyExists", key + " already exists");
                return answer(201, put(key, std::move(object)));
            }
            case kube::HttpMethod::Patch:
                return request.content_type.find("apply") == std::string::npos ? merge(request, path)
                                                                               : apply(request, path);
            case kube::HttpMethod::Delete:
                return remove(request, path);
            case kube::HttpMethod::Put:
                break;
        }
        return refusal(405, "MethodNotAllowed", "no PUT here");
    }
    /// Knows label selectors of one "key=value", as it stands in the query; all there is where there is none.
    kube::HttpResponse list(const kube::HttpRequest& request, const std::string& path) {
        const bool selects = request.target.find("labelSelector") != std::string::npos;
        const auto has_label = [&](const json::Value& object) {
            if (!selects) return true;
            const json::Value* labels = json::find(object, {"metadata", "labels"});
            if (labels == nullptr) return false;
            for (const auto& label : labels->as_object()) {
                const std::string value{label.value().as_string()};
                if (request.target.find("%3D" + value) != std::string::npos ||
                    request.target.find("=" + value) != std::string::npos) {
                    return true;
                }
            }
            return false;
        };
        json::Array items;
        for (const auto& [key, object] : objects_) {
            if (key.starts_with(path + "/") && has_label(object)) items.push_back(object);
        }
        return answer(
            200,
            json::Object{{"metadata", json::Object{{"resourceVersion", std::to_string(version_)}}}, {"items", items}}
        );
    }
    kube::HttpResponse merge(const kube::HttpRequest& request, const std::string& target) {
        const bool is_status = target.ends_with("/status");
        const std::string path = is_status ? target.substr(0, target.size() - 7) : target;
        if (!objects_.contains(path)) return refusal(404, "NotFound", path + " not found");
        json::Value patch = json::parse(request.body);
        json::Value object = objects_.at(path);
        const std::string_view wanted = json::find_string(patch, {"metadata", "resourceVersion"});
        if (!wanted.empty() && wanted != json::find_string(object, {"metadata", "resourceVersion"})) {
            return refusal(409, "Conflict", "the object has been modified");
        }
        const json::Value spec = member(object, "spec");
        if (is_status) {
            json::Object status;
            status["status"] = member(patch, "status");
            json::apply_merge_patch(object, status);
        } else {
            patch.as_object().erase("status");
            json::apply_merge_patch(object, patch);
        }
        bump(object, spec);
        const bool is_gone =
            json::find(object, {"metadata", "deletionTimestamp"}) != nullptr && !has_finalizers(object);
        objects_[path] = object;
        if (is_gone) objects_.erase(path);
        return answer(200, object);
    }
    kube::HttpResponse apply(const kube::HttpRequest& request, const std::string& path) {
        json::Value desired = json::parse(request.body);
        const std::string_view uid = json::find_string(desired, {"metadata", "uid"});
        const json::Value* there = find(path);
        if (!uid.empty() && (there == nullptr || uid != json::find_string(*there, {"metadata", "uid"}))) {
            return refusal(409, "Conflict", "uid mismatch");
        }
        if (there == nullptr) {
            applied_[path] = desired;
            return answer(201, put(path, std::move(desired)));
        }
        json::Value object = objects_.at(path);
        const json::Value live = object;
        const json::Value spec = member(object, "spec");
        remove_what_is_no_longer_applied(object, path, desired);
        json::apply_merge_patch(object, desired);
        applied_[path] = std::move(desired);
        if (object == live) return answer(200, object);
        bump(object, spec);
        return answer(200, objects_[path] = object);
    }
    void remove_what_is_no_longer_applied(json::Value& object, const std::string& path, const json::Value& desired) {
        const json::Value* was_applied = json::find(applied_[path], {"metadata", "labels"});
        const json::Value* is_applied = json::find(desired, {"metadata", "labels"});
        json::Value& labels = object.as_object()["metadata"].as_object()["labels"];
        for (const auto& label : was_applied == nullptr ? json::Object{} : was_applied->as_object()) {
            const bool is_kept = is_applied != nullptr && is_applied->as_object().contains(label.key());
            if (!is_kept && labels.is_object()) labels.as_object().erase(label.key());
        }
        if (json::find(desired, {"spec", "selector"}) != nullptr)
            object.as_object()["spec"].as_object().erase("selector");
    }
    kube::HttpResponse remove(const kube::HttpRequest& request, const std::string& path) {
        if (!objects_.contains(path)) return refusal(404, "NotFound", path + " not found");
        json::Value object = objects_.at(path);
        if (!request.body.empty()) {
            const json::Value options = json::parse(request.body);
            const std::string_view uid = json::find_string(options, {"preconditions", "uid"});
            if (!uid.empty() && uid != json::find_string(object, {"metadata", "uid"})) {
                return refusal(409, "Conflict", "the uid in the precondition does not match");
            }
        }
        if (has_finalizers(object)) {
            object.as_object()["metadata"].as_object()["deletionTimestamp"] = "2025-01-02T03:04:05Z";
            bump(object, member(object, "spec"));
            objects_[path] = object;
            return answer(200, object);
        }
        objects_.erase(path);
        return answer(200, json::Object{{"kind", "Status"}, {"status", "Success"}});
    }
    static bool has_finalizers(const json::Value& object) {
        const json::Value* finalizers = json::find(object, {"metadata", "finalizers"});
        return finalizers != nullptr && finalizers->is_array() && !finalizers->as_array().empty();
    }

    std::map<std::string, json::Value> objects_;
    /// As applied last, by path.
    std::map<std::string, json::Value> applied_;
    std::uint64_t version_ = 100;
    std::uint64_t uids_ = 0;
};

}  // namespace sei::test
