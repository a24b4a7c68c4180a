// The fake itself (no tests in here: the runtime's tests stand on it).
#include "fake_api.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kube::testing {

namespace {

HttpResponse status(unsigned code, const std::string& reason, const std::string& name) {
    json::Object details{{"kind", "things"}};
    if (!name.empty()) details["name"] = name;
    return {
        .status = code,
        .body = json::serialize(json::Object{
            {"kind", "Status"}, {"status", "Failure"}, {"reason", reason}, {"code", code}, {"details", details}
        })
    };
}

HttpResponse ok(const json::Value& object, unsigned code = 200) {
    return {.status = code, .body = json::serialize(object)};
}

std::string text(const json::Value& object, std::initializer_list<std::string_view> path) {
    return std::string{json::find_string(object, path)};
}

}  // namespace

struct FakeApi::Target {
    std::string plural;
    NamespacedName key;
    std::string subresource;
    std::map<std::string, std::string> query;

    explicit Target(const std::string& target) {
        const std::string path = target.substr(0, target.find('?'));
        std::vector<std::string> parts;
        for (std::size_t at = 1; at <= path.size();) {
            const std::size_t end = std::min(path.find('/', at), path.size());
            parts.push_back(path.substr(at, end - at));
            at = end + 1;
        }
        std::size_t next = parts[0] == "api" ? 2 : 3;
        if (parts.at(next) == "namespaces" && parts.size() > next + 2) {
            key.namespace_ = parts[next + 1];
            next += 2;
        }
        plural = parts.at(next);
        if (parts.size() > next + 1) key.name = parts[next + 1];
        if (parts.size() > next + 2) subresource = parts[next + 2];
        if (path.size() == target.size()) return;
        const std::string parameters = target.substr(path.size() + 1);
        for (std::size_t at = 0; at < parameters.size();) {
            const std::size_t end = std::min(parameters.find('&', at), parameters.size());
            const std::string one = parameters.substr(at, end - at);
            query[one.substr(0, one.find('='))] = one.substr(one.find('=') + 1);
            at = end + 1;
        }
    }
};

class FakeApi::Watch final : public HttpStream {
public:
    Watch(FakeApi& api, std::string plural, std::uint64_t since)
        : api_{api}, plural_{std::move(plural)}, since_{since}, broken_{api.broken_}, ended_{api.ended_} {}
    unsigned status() const override { return 200; }
    Async<std::optional<std::string>> next_chunk() override {
        for (;;) {
            if (broken_ != api_.broken_) throw TransportError{TransportError::Kind::Broken, "the connection broke"};
            if (ended_ != api_.ended_) co_return std::nullopt;
            if (since_ < api_.compacted_) {
                since_ = api_.version_;
                co_return R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})"
                          "\n";
            }
            std::string chunk;
            for (const Event& event : api_.events_) {
                if (api_.is_held_ || event.version <= since_) continue;
                since_ = event.version;
                if (event.plural != plural_) continue;
                chunk += json::serialize(json::Object{{"type", event.type}, {"object", event.object}}) + "\n";
            }
            if (!chunk.empty()) co_return chunk;
            co_await api_.changed_.wait();
        }
    }

private:
    FakeApi& api_;
    std::string plural_;
    std::uint64_t since_;
    std::uint64_t broken_;
    std::uint64_t ended_;
};

FakeApi::FakeApi(boost::asio::any_io_executor executor)
    : executor_{executor}, changed_{executor}, never_{std::move(executor)} {}

Async<HttpResponse> FakeApi::send(HttpRequest request) {
    requests.push_back(fmt::format("{} {}", to_string(request.method), request.target));
    co_await boost::asio::post(executor_, boost::asio::use_awaitable);
    if (is_down_) throw TransportError{TransportError::Kind::Connect, "connection refused"};
    if (arriving) arriving(request);
    if (instead) {
        if (auto other = instead(request)) co_return std::move(*other);
    }
    HttpResponse response = answer(request);
    if (keeps_answer_of && keeps_answer_of(request)) co_await never_.wait();
    co_await boost::asio::post(executor_, boost::asio::use_awaitable);
    co_return response;
}

Async<std::unique_ptr<HttpStream>> FakeApi::open(HttpRequest request) {
    requests.push_back(fmt::format("WATCH {}", request.target));
    co_await boost::asio::post(executor_, boost::asio::use_awaitable);
    if (is_down_) throw TransportError{TransportError::Kind::Connect, "connection refused"};
    if (arriving) arriving(request);
    const Target target{request.target};
    co_return std::make_unique<Watch>(*this, target.plural, std::stoull(target.query.at("resourceVersion")));
}

HttpResponse FakeApi::answer(const HttpRequest& request) {
    const Target target{request.target};
    if (missing_.contains(target.plural)) return {.status = 404, .body = "404 page not found\n"};
    switch (request.method) {
        case HttpMethod::Get: {
            if (target.key.name.empty()) return list(target);
            const json::Value* found = find(target.plural, target.key);
            return found == nullptr ? status(404, "NotFound", target.key.name) : ok(*found);
        }
        case HttpMethod::Post:
        case HttpMethod::Patch:
        case HttpMethod::Put:
            return write(request, target);
        case HttpMethod::Delete:
            return remove(request, target);
    }
    return {.status = 405};
}

HttpResponse FakeApi::list(const Target& target) const {
    json::Array items;
    const auto found = objects_.find(target.plural);
    if (found != objects_.end()) {
        for (const auto& [key, object] : found->second) items.push_back(object);
    }
    return ok(json::Object{
        {"metadata", json::Object{{"resourceVersion", std::to_string(version_)}}}, {"items", std::move(items)}
    });
}

HttpResponse FakeApi::write(const HttpRequest& request, const Target& target) {
    json::Value body = json::parse(request.body);
    if (request.method == HttpMethod::Post) {
        const NamespacedName key{target.key.namespace_, text(body, {"metadata", "name"})};
        if (find(target.plural, key) != nullptr) return status(409, "AlreadyExists", key.name);
        body.at("metadata").as_object()["uid"] = fmt::format("uid-{}", ++uids_);
        return ok(store(target.plural, std::move(body), "ADDED"), 201);
    }
    const json::Value* found = find(target.plural, target.key);
    const bool is_apply = request.content_type == "application/apply-patch+yaml";
    if (found == nullptr && is_apply) {
        body.at("metadata").as_object()["uid"] = fmt::format("uid-{}", ++uids_);
        return ok(store(target.plural, std::move(body), "ADDED"), 201);
    }
    if (found == nullptr) return status(404, "NotFound", target.key.name);
    const std::string wanted = text(body, {"metadata", "resourceVersion"});
    if (!wanted.empty() && wanted != text(*found, {"metadata", "resourceVersion"})) {
        return status(409, "Conflict", target.key.name);
    }
    if (target.subresource != "status" && body.as_object().contains("status")) body.as_object().erase("status");
    json::Value changed = *found;
    json::apply_merge_patch(changed, body);
    changed.at("metadata").as_object()["resourceVersion"] = text(*found, {"metadata", "resourceVersion"});
    if (json::serialize_canonical(changed) == json::serialize_canonical(*found)) return ok(*found);
    return ok(store(target.plural, std::move(changed), "MODIFIED"));
}

HttpResponse FakeApi::remove(const HttpRequest& request, const Target& target) {
    const json::Value* found = find(target.plural, target.key);
    if (found == nullptr) return status(404, "NotFound", target.key.name);
    const std::string uid = text(json::parse(request.body), {"preconditions", "uid"});
    if (!uid.empty() && uid != text(*found, {"metadata", "uid"})) return status(409, "Conflict", target.key.name);
    erase(target.plural, target.key);
    return ok(json::Object{{"kind", "Status"}, {"status", "Success"}});
}

void FakeApi::put(const std::string& plural, json::Object object) {
    json::Object& metadata = object["metadata"].as_object();
    if (!metadata.contains("uid")) metadata["uid"] = fmt::format("uid-{}", ++uids_);
    metadata["generation"] = 1;
    (void)store(plural, std::move(object), "ADDED");
}

void FakeApi::patch(const std::string& plural, const NamespacedName& key, const std::string& merge_patch) {
    json::Value changed = *find(plural, key);
    const json::Value body = json::parse(merge_patch);
    json::apply_merge_patch(changed, body);
    if (body.as_object().contains("spec")) {
        json::Value& generation = changed.at("metadata").as_object()["generation"];
        generation = (generation.is_int64() ? generation.as_int64() : 0) + 1;
    }
    (void)store(plural, std::move(changed), "MODIFIED");
}

void FakeApi::erase(const std::string& plural, const NamespacedName& key) {
    json::Value gone = *find(plural, key);
    ++version_;
    gone.at("metadata").as_object()["resourceVersion"] = std::to_string(version_);
    objects_[plural].erase(key);
    emit(plural, "DELETED", gone);
}

const json::Value* FakeApi::find(const std::string& plural, const NamespacedName& key) const {
    const auto kind = objects_.find(plural);
    if (kind == objects_.end()) return nullptr;
    const auto found = kind->second.find(key);
    return found == kind->second.end() ? nullptr : &found->second;
}

std::vector<json::Value> FakeApi::all(const std::string& plural) const {
    std::vector<json::Value> found;
    const auto kind = objects_.find(plural);
    if (kind == objects_.end()) return found;
    for (const auto& [key, object] : kind->second) found.push_back(object);
    return found;
}

json::Value& FakeApi::store(const std::string& plural, json::Value object, const std::string& type) {
    ++version_;
    object.at("metadata").as_object()["resourceVersion"] = std::to_string(version_);
    const NamespacedName key{text(object, {"metadata", "namespace"}), text(object, {"metadata", "name"})};
    json::Value& stored = objects_[plural][key] = std::move(object);
    emit(plural, type, stored);
    return stored;
}

void FakeApi::emit(const std::string& plural, const std::string& type, const json::Value& object) {
    events_.push_back({version_, plural, type, object});
    changed_.notify_all();
}

void FakeApi::go_down() {
    is_down_ = true;
    break_watches();
}

void FakeApi::break_watches() {
    ++broken_;
    changed_.notify_all();
}

void FakeApi::end_watches() {
    ++ended_;
    changed_.notify_all();
}

void FakeApi::hold_events(bool is_held) {
    is_held_ = is_held;
    changed_.notify_all();
}

std::size_t FakeApi::count(const std::string& beginning) const {
    return static_cast<std::size_t>(std::ranges::count_if(requests, [&](const std::string& one) {
        return one.starts_with(beginning);
    }));
}

}  // namespace kube::testing
