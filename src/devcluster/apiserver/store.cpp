#include "devcluster/apiserver/store.hpp"

#include "devcluster/apiserver/managed_fields.hpp"

namespace devcluster::apiserver {

using kube::json::Value;

namespace {

/// Of an object that nothing is known about.
constexpr std::size_t kFirstBytes = 4096;
/// What a write adds to an object, as a rule.
constexpr std::size_t kMoreBytes = 512;

}  // namespace

StoredObject::StoredObject(kube::NamespacedName key, Value value, Revision revision, OwnersPtr owners)
    : StoredObject{std::move(key), std::move(value), revision, std::move(owners), kFirstBytes} {}

StoredObject::StoredObject(
    kube::NamespacedName key, Value value, Revision revision, OwnersPtr owners, std::size_t expected_bytes
)
    : key_{std::move(key)},
      memory_{expected_bytes},
      value_(std::move(value), memory_.storage()),
      revision_{revision},
      owners_{std::move(owners)} {
    memory_.seal();
}

StoredObject::~StoredObject() = default;

kube::json::Object StoredObject::whole() const {
    kube::json::Object object(this->object(), {});
    if (!owners_->empty()) object["metadata"].as_object()["managedFields"] = owners_->to_json();
    return object;
}

const std::string& StoredObject::text(std::string_view api_version) const {
    const auto it = texts_.find(api_version);
    if (it != texts_.end()) return it->second;
    std::string text = "{";
    for (const auto& [key, value] : object()) {
        if (text.size() > 1) text += ',';
        text += '"';
        text += std::string_view{key};
        text += "\":";
        if (key == "apiVersion") {
            text += '"';
            text += api_version;
            text += '"';
            continue;
        }
        text += boost::json::serialize(value);
        if (key != "metadata" || owners_->empty()) continue;
        text.pop_back();
        text += ",\"managedFields\":";
        owners_->append_text(text);
        text += '}';
    }
    text += '}';
    return texts_.emplace(std::string{api_version}, std::move(text)).first->second;
}

ObjectPtr Collection::find(const kube::NamespacedName& key) const {
    const auto it = objects_.find(key);
    return it != objects_.end() ? it->second : nullptr;
}

Collection::Objects Collection::objects_at(Revision revision) const {
    Objects objects = objects_;
    for (auto event = history_.rbegin(); event != history_.rend() && event->revision > revision; ++event) {
        const kube::NamespacedName& key = event->after ? event->after->key() : event->last->key();
        if (event->before) {
            objects[key] = event->before;
        } else {
            objects.erase(key);
        }
    }
    return objects;
}

std::vector<StoreEvent> Collection::events_after(Revision revision, std::size_t count_max) const {
    auto it = std::ranges::upper_bound(history_, revision, {}, &StoreEvent::revision);
    std::vector<StoreEvent> events;
    for (; it != history_.end() && events.size() < count_max; ++it) events.push_back(*it);
    return events;
}

Store::Store(boost::asio::any_io_executor executor, std::size_t history_events_max)
    : executor_{std::move(executor)}, history_events_max_{history_events_max} {}

Collection& Store::collection(std::string_view group, std::string_view plural) {
    auto& slot = collections_[{std::string{group}, std::string{plural}}];
    if (!slot) {
        slot = std::make_unique<Collection>(executor_);
        slot->oldest_ = 0;
    }
    return *slot;
}

namespace {

/// Owners that nobody gave are those of the object before, or nobody.
OwnersPtr owners_or(OwnersPtr given, const StoredObject* before) {
    if (given) return given;
    return before != nullptr ? before->owners() : std::make_shared<const ManagedFields>();
}

}  // namespace

ObjectPtr Store::put(Collection& collection, const kube::NamespacedName& key, Value value, OwnersPtr owners) {
    const Revision revision = ++revision_;
    value.as_object()["metadata"].as_object()["resourceVersion"] = std::to_string(revision);
    ObjectPtr& slot = collection.objects_[key];
    auto stored = std::make_shared<const StoredObject>(
        key,
        std::move(value),
        revision,
        owners_or(std::move(owners), slot.get()),
        slot ? slot->json_bytes() + kMoreBytes : kFirstBytes
    );
    StoreEvent event{.revision = revision, .before = slot, .after = stored, .last = nullptr};
    slot = stored;
    record(collection, std::move(event));
    return stored;
}

ObjectPtr Store::remove(Collection& collection, const kube::NamespacedName& key, Value final_value, OwnersPtr owners) {
    const auto it = collection.objects_.find(key);
    if (it == collection.objects_.end()) return nullptr;
    const Revision revision = ++revision_;
    final_value.as_object()["metadata"].as_object()["resourceVersion"] = std::to_string(revision);
    auto last = std::make_shared<const StoredObject>(
        key,
        std::move(final_value),
        revision,
        owners_or(std::move(owners), it->second.get()),
        it->second->json_bytes() + kMoreBytes
    );
    StoreEvent event{.revision = revision, .before = it->second, .after = nullptr, .last = last};
    collection.objects_.erase(it);
    record(collection, std::move(event));
    return last;
}

void Store::record(Collection& collection, StoreEvent event) {
    collection.history_.push_back(std::move(event));
    if (collection.history_.size() > history_events_max_) {
        collection.oldest_ = collection.history_.front().revision;
        collection.history_.pop_front();
    }
    collection.changed_->notify_all();
}

void Store::compact() {
    for (auto& [name, collection] : collections_) {
        collection->history_.clear();
        collection->oldest_ = revision_;
    }
}

void Store::end_watches() {
    ++watch_epoch_;
    for (auto& [name, collection] : collections_) collection->changed_->notify_all();
}

Store::Contents Store::contents() const {
    Contents now{.revision = revision_, .objects = {}};
    for (const auto& [name, collection] : collections_) now.objects[name] = collection->objects_;
    return now;
}

void Store::restore(const Contents& contents) {
    for (auto& [name, collection] : collections_) {
        const auto kept = contents.objects.find(name);
        collection->objects_ = kept == contents.objects.end() ? Collection::Objects{} : kept->second;
        collection->history_.clear();
        collection->oldest_ = contents.revision;
    }
    revision_ = contents.revision;
    ++watch_epoch_;
}

}  // namespace devcluster::apiserver
