// The requests of the typed client: which target, which body, and what each answer means.
#include "kube/client/client.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "kube/client/watch_stream.hpp"
#include "planted/planted.hpp"

namespace kube::detail {

namespace {

/// Times that one list begins again because its continue token expired.
constexpr unsigned kListRestartsMax = 3;
/// Of an error that answers the opening of a watch.
constexpr std::size_t kErrorBodyBytesMax = 1u << 20u;

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char byte : text) {
        const bool is_plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                              (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
        if (is_plain) {
            out += byte;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(byte)));
        }
    }
    return out;
}

/// A target with its query, parameter by parameter.
class Target {
public:
    explicit Target(std::string path) : text_{std::move(path)} {}
    /// Leaves out a parameter without a value.
    Target& with(std::string_view name, std::string_view value) {
        if (value.empty()) return *this;
        text_ += text_.find('?') == std::string::npos ? '?' : '&';
        text_ += name;
        text_ += '=';
        text_ += percent_encoded(value);
        return *this;
    }
    [[nodiscard]] std::string text() const { return text_; }

private:
    std::string text_;
};

std::string name_of(const HttpRequest& request) {
    return fmt::format(
        "{} {}", to_string(request.method), std::string_view{request.target}.substr(0, request.target.find('?'))
    );
}

bool is_success(unsigned status) {
    return status >= 200 && status < 300;
}

std::string accepted(Answer answer) {
    switch (answer) {
        case Answer::Object:
            return "application/json";
        case Answer::Metadata:
            return "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    }
    return "application/json";
}

/// What the body of a successful response was parsed into; TransportError when that is no object.
json::Tree checked_object(
    const std::string& request, const HttpResponse& response, json::Tree value, const boost::system::error_code& failed
) {
    if (failed) {
        throw TransportError{
            TransportError::Kind::Broken,
            fmt::format("{}: {} with a body that is no JSON: {}", request, response.status, failed.message())
        };
    }
    if (!value->is_object()) {
        throw TransportError{
            TransportError::Kind::Broken,
            fmt::format("{}: {} with a body that is no JSON object", request, response.status)
        };
    }
    return value;
}

/// The object that a successful response carries.
json::Tree object_of(const std::string& request, const HttpResponse& response) {
    boost::system::error_code failed;
    json::Tree value = parse_transient(response.body, failed);
    return checked_object(request, response, std::move(value), failed);
}

/// Does a patch say which version it was computed from?
bool has_version(const json::Object& patch) {
    const json::Value* metadata = patch.if_contains("metadata");
    return metadata != nullptr && !json::find_string(*metadata, {"resourceVersion"}).empty();
}

bool is_absent(const ApiError& error) {
    return error.code() == 404 && !error.is_type_not_served();
}
bool is_conflict(const ApiError& error) {
    return error.code() == 409 && error.reason() == "Conflict";
}

std::string text_of(const json::Value& object, std::string_view key) {
    return std::string{json::find_string(object, {key})};
}

FieldOwners field_owners_of(const json::Value& object) {
    FieldOwners owners{.metadata = metadata_of(object), .owners = {}};
    const json::Value* list = json::find(object, {"metadata", "managedFields"});
    if (list == nullptr || !list->is_array()) return owners;
    for (const json::Value& entry : list->get_array()) {
        const json::Value* fields = json::find(entry, {"fieldsV1"});
        owners.owners.push_back(
            {.manager = text_of(entry, "manager"),
             .operation = text_of(entry, "operation"),
             .apiVersion = text_of(entry, "apiVersion"),
             .time = text_of(entry, "time"),
             .subresource = text_of(entry, "subresource"),
             .fields = fields != nullptr ? *fields : json::Value{}}
        );
    }
    return owners;
}

/// A successful answer, and what was asked.
struct Found {
    std::string request;
    HttpResponse response;
};

/// Nullopt when there is no such object.
Async<std::optional<Found>> find(Transport& transport, std::string target, std::chrono::milliseconds time_limit) {
    HttpRequest request{
        .method = HttpMethod::Get, .target = std::move(target), .time_limit = time_limit, .repeat = Repeat::WhenSafe
    };
    std::string name = name_of(request);
    HttpResponse response = co_await transport.send(std::move(request));
    if (is_success(response.status)) co_return Found{std::move(name), std::move(response)};
    ApiError error = api_error_of(name, response);
    if (is_absent(error)) co_return std::nullopt;
    throw error;
}

std::string_view to_wire(Propagation propagation) {
    switch (propagation) {
        case Propagation::Background:
            return "Background";
        case Propagation::Foreground:
            return "Foreground";
        case Propagation::Orphan:
            return "Orphan";
    }
    return "Background";
}

}  // namespace

std::string version_of(const ObjectMeta& read) {
    if (read.resourceVersion.empty()) {
        throw std::logic_error{
            "a write of " + read.namespace_ + "/" + read.name +
            " has no version as its precondition: the object was made here, and not read from the API server"
        };
    }
    return read.resourceVersion;
}

void refuse_finalizers(const ObjectMeta& applied) {
    if (applied.finalizers.empty()) return;
    throw std::logic_error{
        "an apply of " + applied.namespace_ + "/" + applied.name +
        " has finalizers: they are written with a version as their precondition (write_finalizers)"
    };
}

json::Object patch_of(FieldOwners changed) {
    json::Array list;
    for (FieldOwner& owner : changed.owners) {
        json::Object entry{
            {"manager", owner.manager}, {"operation", owner.operation}, {"apiVersion", owner.apiVersion}
        };
        if (!owner.time.empty()) entry["time"] = owner.time;
        if (!owner.subresource.empty()) entry["subresource"] = owner.subresource;
        entry["fieldsType"] = "FieldsV1";
        entry["fieldsV1"] = std::move(owner.fields);
        list.push_back(std::move(entry));
    }
    json::Object metadata{{"resourceVersion", version_of(changed.metadata)}, {"uid", changed.metadata.uid}};
    metadata["managedFields"] = std::move(list);
    json::Object patch;
    patch["metadata"] = std::move(metadata);
    return patch;
}

RawClient::RawClient(Transport& transport, ClientOptions options)
    : transport_{transport}, options_{std::move(options)} {}

Async<std::optional<json::Tree>> RawClient::get(const ResourceType& type, NamespacedName key) {
    const std::optional<Found> found = co_await find(transport_, type.object_path(key), options_.time_limit);
    if (!found) co_return std::nullopt;
    co_return object_of(found->request, found->response);
}

Async<std::optional<FieldOwners>> RawClient::get_field_owners(const ResourceType& type, NamespacedName key) {
    const std::optional<Found> found = co_await find(transport_, type.object_path(key), options_.time_limit);
    if (!found) co_return std::nullopt;
    boost::json::parse_options options;
    options.max_depth = json::kDepthMax;
    boost::system::error_code failed;
    const json::Value object = boost::json::parse(found->response.body, failed, {}, options);
    if (failed || !object.is_object()) {
        throw TransportError{
            TransportError::Kind::Broken,
            fmt::format("{}: {} with a body that is no JSON object", found->request, found->response.status)
        };
    }
    co_return field_owners_of(object);
}

Async<RawClient::Page> RawClient::list_page(const ResourceType& type, ListOptions options, std::string continue_token) {
    Target target{type.collection_path(options.namespace_)};
    if (options.page_objects_max != 0) target.with("limit", std::to_string(options.page_objects_max));
    target.with("labelSelector", options.label_selector).with("fieldSelector", options.field_selector);
    if (options.any_version && continue_token.empty()) target.with("resourceVersion", "0");
    target.with("continue", continue_token);
    HttpRequest request{
        .method = HttpMethod::Get,
        .target = target.text(),
        .time_limit = options_.time_limit,
        .repeat = Repeat::WhenSafe
    };
    const std::string name = name_of(request);
    const HttpResponse response = co_await transport_.send(std::move(request));
    if (!is_success(response.status)) throw api_error_of(name, response);
    boost::system::error_code failed;
    std::vector<Undecodable> undecodable;
    json::Tree list = parse_list(response.body, failed, undecodable, options.unread);
    Page page{.list = checked_object(name, response, std::move(list), failed)};
    page.undecodable = std::move(undecodable);
    const json::Value* items = page.list->get_object().if_contains("items");
    const bool is_list = items == nullptr || items->is_null() || items->is_array();
    const std::string_view version = json::find_string(*page.list, {"metadata", "resourceVersion"});
    if (!is_list || version.empty()) {
        throw TransportError{
            TransportError::Kind::Broken, fmt::format("{}: {} with a body that is no list", name, response.status)
        };
    }
    page.resource_version = ResourceVersion{std::string{version}};
    page.continue_token = json::find_string(*page.list, {"metadata", "continue"});
    page.is_first = continue_token.empty();
    co_return page;
}

std::span<const json::Value> RawClient::Page::items() const {
    const json::Value* found = list->get_object().if_contains("items");
    if (found == nullptr || found->is_null()) return {};  // how an empty list is written by some servers
    const json::Array& all = found->as_array();
    return {all.data(), all.size()};
}

Async<std::unique_ptr<RawWatch>> RawClient::watch(
    const ResourceType& type, ListOptions options, ResourceVersion since
) {
    Target target{type.collection_path(options.namespace_)};
    target.with("watch", "true").with("allowWatchBookmarks", "true").with("resourceVersion", since.value());
    target.with("labelSelector", options.label_selector).with("fieldSelector", options.field_selector);
    if (options.watch_time_limit.count() > 0) {
        target.with("timeoutSeconds", std::to_string(options.watch_time_limit.count()));
    }
    HttpRequest request{
        .method = HttpMethod::Get,
        .target = target.text(),
        .time_limit = options_.time_limit,
        .repeat = Repeat::WhenSafe
    };
    std::string name = fmt::format("WATCH {}", type.collection_path(options.namespace_));
    std::unique_ptr<HttpStream> stream = co_await transport_.open(std::move(request));
    if (is_success(stream->status())) co_return make_watch(std::move(stream), std::move(name), options.unread);
    HttpResponse refused{.status = stream->status()};
    while (auto chunk = co_await stream->next_chunk()) {
        refused.body += *chunk;
        if (refused.body.size() > kErrorBodyBytesMax) break;
    }
    throw api_error_of(name, refused);
}

Async<std::expected<json::Tree, AlreadyExists>> RawClient::create(
    const ResourceType& type, std::string namespace_, std::string body, Answer answer
) {
    // Never repeated blindly: after a lost answer the second attempt could not tell whose object it finds.
    HttpRequest request{
        .method = HttpMethod::Post,
        .target = Target{type.collection_path(namespace_)}.with("fieldManager", options_.field_manager.value()).text(),
        .content_type = "application/json",
        .accept = accepted(answer),
        .body = std::move(body),
        .time_limit = options_.time_limit
    };
    const std::string name = name_of(request);
    const HttpResponse response = co_await transport_.send(std::move(request));
    if (is_success(response.status)) co_return object_of(name, response);
    ApiError error = api_error_of(name, response);
    if (error.code() == 409 && error.reason() == "AlreadyExists") co_return std::unexpected(AlreadyExists{});
    throw error;
}

Async<WriteResult<json::Tree>> RawClient::merge_patch(
    const ResourceType& type, NamespacedName key, std::string_view subresource, json::Object patch, Answer answer
) {
    std::string path = type.object_path(key);
    if (!subresource.empty()) path.append("/").append(subresource);
    const bool is_conditional = has_version(patch);
    HttpRequest request{
        .method = HttpMethod::Patch,
        .target = Target{std::move(path)}.with("fieldManager", options_.field_manager.value()).text(),
        .content_type = "application/merge-patch+json",
        .accept = accepted(answer),
        .body = boost::json::serialize(std::exchange(patch, {})),
        .time_limit = options_.time_limit,
        .repeat = is_conditional ? Repeat::WhenSafe : Repeat::Never
    };
    const std::string name = name_of(request);
    const HttpResponse response = co_await transport_.send(std::move(request));
    if (is_success(response.status)) co_return object_of(name, response);
    ApiError error = api_error_of(name, response);
    if (is_absent(error)) co_return std::unexpected(WriteRefusal::Absent);
    if (is_conflict(error)) co_return std::unexpected(WriteRefusal::Conflict);
    throw error;
}

Async<json::Tree> RawClient::apply(
    const ResourceType& type, NamespacedName key, std::string body, FieldManager manager, Force force, Answer answer
) {
    HttpRequest request{
        .method = HttpMethod::Patch,
        .target = Target{type.object_path(key)}
                      .with("fieldManager", manager.value())
                      .with("force", force == Force::Yes ? "true" : "false")
                      .text(),
        .content_type = "application/apply-patch+yaml",
        .accept = accepted(answer),
        .body = std::move(body),
        .time_limit = options_.time_limit,
        .repeat = Repeat::WhenSafe
    };
    const std::string name = name_of(request);
    const HttpResponse response = co_await transport_.send(std::move(request));
    if (!is_success(response.status)) throw api_error_of(name, response);
    co_return object_of(name, response);
}

Async<DeleteOutcome> RawClient::delete_object(
    const ResourceType& type, NamespacedName key, DeletePrecondition precondition, Propagation propagation
) {
    if (precondition.uid.empty()) {
        throw std::logic_error{
            "the deletion of " + to_string(key) + " names no identity: it would hit whatever is there"
        };
    }
    json::Object preconditions{{"uid", precondition.uid.value()}};
    if (precondition.resource_version) preconditions["resourceVersion"] = precondition.resource_version->value();
    json::Object body{{"apiVersion", "v1"}, {"kind", "DeleteOptions"}};
    body["preconditions"] = std::move(preconditions);
    body["propagationPolicy"] = to_wire(propagation);
    HttpRequest request{
        .method = HttpMethod::Delete,
        .target = type.object_path(key),
        .content_type = "application/json",
        .body = boost::json::serialize(body),
        .time_limit = options_.time_limit,
        .repeat = Repeat::WhenSafe
    };
    const std::string name = name_of(request);
    const HttpResponse response = co_await transport_.send(std::move(request));
    if (!is_success(response.status)) {
        ApiError error = api_error_of(name, response);
        if (is_absent(error)) co_return DeleteOutcome::Absent;
        if (is_conflict(error)) co_return DeleteOutcome::PreconditionFailed;
        throw error;
    }
    if (options_.observer != nullptr) {
        // The answer is a Status when the object is gone, else the object as it remains (or as it was last).
        const json::Tree remaining = object_of(name, response);
        std::optional<ObjectMeta> metadata;
        const json::Value* found = json::find(*remaining, {"metadata"});
        if (json::find_string(*remaining, {"kind"}) != "Status" && found != nullptr) {
            metadata = json::from_json<ObjectMeta>(*found);
        }
        options_.observer->deleted(type, key, precondition.uid, metadata ? &*metadata : nullptr);
    }
    co_return DeleteOutcome::Accepted;
}

void RawClient::observe(const ResourceType& type, const ObjectMeta& metadata) const {
    if (planted::has(planted::Bug::OwnWritesNotAwaited)) return;
    if (options_.observer != nullptr) options_.observer->written(type, metadata);
}

Async<std::optional<RawClient::Page>> Paging::next() {
    if (is_started_ && continue_token_.empty()) co_return std::nullopt;
    for (;;) {
        std::optional<RawClient::Page> page;
        try {
            page = co_await client_.list_page(type_, options_, continue_token_);
        } catch (const ApiError& error) {
            if (error.code() != 410 || continue_token_.empty() || restarts_ == kListRestartsMax) throw;
        }
        if (!page) {
            continue_token_.clear();
            ++restarts_;
            continue;
        }
        is_started_ = true;
        continue_token_ = page->continue_token;
        co_return page;
    }
}

Undecodable undecodable(const json::Value& item, std::string error) {
    return {
        .key =
            {std::string{json::find_string(item, {"metadata", "namespace"})},
             std::string{json::find_string(item, {"metadata", "name"})}},
        .resource_version = ResourceVersion{std::string{json::find_string(item, {"metadata", "resourceVersion"})}},
        .error = std::move(error)
    };
}

ObjectMeta metadata_of(const json::Value& value) {
    const json::Value* metadata = json::find(value, {"metadata"});
    if (metadata == nullptr) throw json::DecodeError{"metadata", "is missing"};
    return json::from_json<ObjectMeta>(*metadata);
}

std::string body_text(const ResourceType& type, const json::Value& object) {
    std::string text = fmt::format(R"({{"apiVersion":"{}","kind":"{}")", type.api_version(), type.kind);
    for (const auto& member : object.as_object()) {
        if (member.key() == "status") continue;
        text += ',';
        text += boost::json::serialize(boost::json::string_view{member.key()});
        text += ':';
        text += boost::json::serialize(member.value());
    }
    text += '}';
    return text;
}

}  // namespace kube::detail
