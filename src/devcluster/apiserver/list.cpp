// get and list.
#include <charconv>

#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/selection.hpp"
#include "devcluster/apiserver/table.hpp"
#include "devcluster/apiserver/verbs.hpp"

namespace devcluster::apiserver {
namespace {

using kube::json::Array;
using kube::json::Object;
using kube::json::Value;

std::optional<Revision> revision_in(const Query& query) {
    const std::string_view text = query.get("resourceVersion");
    if (text.empty()) return std::nullopt;
    Revision revision = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), revision);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw bad_request(fmt::format(
            "invalid resource version: resourceVersion: Invalid value: \"{0}\": strconv.ParseUint: parsing \"{0}\": "
            "invalid syntax",
            text
        ));
    }
    return revision;
}

StatusError too_large(Revision wanted, Revision current) {
    return StatusError{504, "Timeout", fmt::format("Too large resource version: {}, current: {}", wanted, current)}
        .with_causes({{"ResourceVersionTooLarge", "Too large resource version", ""}})
        .retry_after(1);
}

/// Where a page goes on: the revision of the first page, and the key after which.
struct Continuation {
    Revision revision;
    kube::NamespacedName after;

    [[nodiscard]] std::string token() const {
        const std::string plain = boost::json::serialize(
            Object{{"v", "meta.k8s.io/v1"}, {"rv", revision}, {"ns", after.namespace_}, {"name", after.name}}
        );
        std::string hex;
        for (const char c : plain) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
        return hex;
    }
    [[nodiscard]] static Continuation parse(std::string_view token) {
        try {
            std::string plain;
            for (std::size_t i = 0; i + 1 < token.size(); i += 2) {
                unsigned byte = 0;
                const auto [end, error] = std::from_chars(token.data() + i, token.data() + i + 2, byte, 16);
                if (error != std::errc{} || end != token.data() + i + 2) throw std::runtime_error{"not hexadecimal"};
                plain += static_cast<char>(byte);
            }
            const Value value = kube::json::parse(plain);
            const Object& object = value.as_object();
            return {
                .revision = object.at("rv").as_int64(),
                .after = {std::string{string_in(object, "ns")}, std::string{string_in(object, "name")}}
            };
        } catch (const std::exception&) {
            throw bad_request("continue key is not valid: it was not given out by this server");
        }
    }
};

}  // namespace

Reply get_object(Core& core, const ResourceRequest& request) {
    const ObjectPtr object = request.resource->collection->find(request.key());
    if (!object) throw not_found(request.resource->qualified(), request.name);
    return object_reply(core, request, *object);
}

Reply list_objects(Core& core, const ResourceRequest& request) {
    const Resource& resource = *request.resource;
    const Collection& collection = *resource.collection;
    const Selection selection = Selection::of(request);
    const auto wanted = revision_in(request.query);
    const std::string_view match = request.query.get("resourceVersionMatch");
    const auto limit = request.query.integer("limit").value_or(0);
    if (!match.empty() && match != "Exact" && match != "NotOlderThan") {
        throw bad_request(fmt::format("resourceVersionMatch: Unsupported value: \"{}\"", match));
    }
    if (!match.empty() && !wanted) {
        throw bad_request("resourceVersionMatch is forbidden unless resourceVersion is provided");
    }

    Revision revision = core.store.revision();
    Collection::Objects past;
    const Collection::Objects* objects = &collection.objects();
    std::optional<kube::NamespacedName> after;
    const auto go_back_to = [&](Revision then) {
        if (then < collection.oldest()) {
            throw expired(
                "The provided continue parameter or resourceVersion is too old to display a consistent list result. "
                "You "
                "can start a new list without it."
            );
        }
        revision = then;
        if (collection.has_events_after(then)) {
            past = collection.objects_at(then);
            objects = &past;
        }
    };
    if (const std::string_view token = request.query.get("continue"); !token.empty()) {
        if (wanted && *wanted != 0) throw bad_request("specifying resource version is not allowed when using continue");
        const Continuation continuation = Continuation::parse(token);
        go_back_to(continuation.revision);
        after = continuation.after;
    } else if (wanted && *wanted > revision) {
        throw too_large(*wanted, revision);
    } else if (wanted && *wanted > 0 && (match == "Exact" || (match.empty() && limit > 0))) {
        go_back_to(*wanted);
    }

    std::vector<const StoredObject*> page;
    std::size_t remaining = 0;
    const kube::NamespacedName first{selection.namespace_of(), ""};
    for (auto it = after ? objects->upper_bound(*after) : objects->lower_bound(first); it != objects->end(); ++it) {
        if (!selection.namespace_of().empty() && it->first.namespace_ != selection.namespace_of()) break;
        if (!selection.matches(*it->second)) continue;
        if (limit > 0 && page.size() == static_cast<std::size_t>(limit)) {
            ++remaining;
        } else {
            page.push_back(it->second.get());
        }
    }

    Object metadata{{"resourceVersion", std::to_string(revision)}};
    if (remaining > 0) {
        metadata["continue"] = Continuation{.revision = revision, .after = page.back()->key()}.token();
        if (!selection.is_selective()) metadata["remainingItemCount"] = remaining;
    }
    if (request.form == Form::Table) return json_reply(table_of(core, request, page, std::move(metadata)));
    const std::string api_version = request.form == Form::PartialMetadata ? "meta.k8s.io/v1" : resource.api_version();
    const std::string kind = request.form == Form::PartialMetadata ? "PartialObjectMetadataList" : resource.list_kind;
    Reply reply;
    reply.body = fmt::format(
        R"({{"kind":"{}","apiVersion":"{}","metadata":{},"items":[)",
        kind,
        api_version,
        boost::json::serialize(metadata)
    );
    bool is_first = true;
    for (const StoredObject* object : page) {
        if (!is_first) reply.body += ',';
        is_first = false;
        if (request.form == Form::PartialMetadata) {
            reply.body += boost::json::serialize(partial_metadata(*object));
        } else {
            reply.body += object->text(api_version);
        }
    }
    reply.body += "]}\n";
    return reply;
}

}  // namespace devcluster::apiserver
