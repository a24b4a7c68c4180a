#include "devcluster/workloads/garbage_collector.hpp"

#include <algorithm>
#include <map>

#include "devcluster/workloads/key_loop.hpp"
#include "devcluster/workloads/ownership_graph.hpp"
#include "devcluster/workloads/served_types.hpp"
#include "kube/async/scope.hpp"
#include "kube/async/signal.hpp"
#include "kube/runtime/metrics.hpp"
#include "kube/runtime/reflector.hpp"

namespace devcluster::workloads {

namespace {

using Due = std::optional<std::chrono::microseconds>;

/// While a type that has just appeared is listed for the first time.
constexpr std::chrono::milliseconds kUnsyncedDelay{100};
/// For an owner of a type that nobody serves.
constexpr std::chrono::seconds kUnknownTypeDelay{30};
constexpr std::chrono::seconds kDiscoverAgainAfter{1};
/// A new CRD is served a moment after it was stored.
constexpr std::chrono::milliseconds kCrdSettleTime{50};

kube::detail::CacheStore::Entry decode_metadata(const kube::json::Value& object) {
    auto metadata = std::make_shared<const kube::ObjectMeta>(
        kube::json::from_json<kube::ObjectMeta>(object.as_object().at("metadata"))
    );
    const kube::ObjectMeta* view = metadata.get();
    return {std::move(metadata), view};
}

std::shared_ptr<const kube::ObjectMeta> metadata_of(const kube::detail::CacheStore::Entry& entry) {
    return std::static_pointer_cast<const kube::ObjectMeta>(entry.object);
}

std::string group_of(std::string_view api_version) {
    const std::size_t slash = api_version.find('/');
    return slash == std::string_view::npos ? std::string{} : std::string{api_version.substr(0, slash)};
}

}  // namespace

struct GarbageCollector::Impl {
    Impl(boost::asio::any_io_executor executor_, kube::Clock& clock_, kube::Transport& transport_, kube::Logger log_)
        : executor{executor_},
          clock{clock_},
          transport{transport_},
          log{std::move(log_)},
          client{transport_, {.field_manager = kube::FieldManager{"simulated-garbage-collector"}}},
          around{executor_, clock_, client, random, metrics, log},
          changed{executor_},
          loop{
              executor_,
              clock_,
              "garbage collector",
              log,
              [this](kube::NamespacedName key) { return look_at(std::move(key.name)); }
          },
          scope{executor_} {}

    /// A type that is watched. Its place in `watched` is its number, and never given to another one.
    struct Watched {
        ServedType served;
        kube::ResourceType type;
        std::shared_ptr<kube::detail::CacheStore> store;
        std::unique_ptr<kube::detail::Reflector> reflector;
        std::unique_ptr<kube::Scope> scope;
        bool is_served = true;
    };

    void watch(ServedType served);
    [[nodiscard]] kube::Async<> unwatch(Watched& one);
    [[nodiscard]] kube::Async<bool> refresh();
    [[nodiscard]] kube::Async<> keep_discovering();
    [[nodiscard]] bool is_synced() const {
        return std::ranges::all_of(watched, [](const auto& one) {
            return !one->is_served || one->store->is_synced() || one->reflector->is_type_missing();
        });
    }
    void enqueue(const std::set<std::string>& uids) {
        for (const std::string& uid : uids) loop.add({{}, uid});
    }
    void changed_object(
        std::size_t type, const kube::detail::CacheStore::Entry* before, const kube::detail::CacheStore::Entry* after
    );

    [[nodiscard]] kube::Async<Due> look_at(std::string uid);
    [[nodiscard]] kube::Async<Due> perform(std::string uid, OwnershipGraph::Object object, GarbageDecision decision);
    [[nodiscard]] kube::Async<std::optional<Absence>> look_up(kube::OwnerReference owner, std::string namespace_);
    [[nodiscard]] kube::Async<Due> patch_metadata(
        OwnershipGraph::Object object, std::string field, kube::json::Value value
    );
    [[nodiscard]] kube::Async<Due> orphan(std::string owner, std::vector<std::string> dependents);
    [[nodiscard]] const Watched* find_type(const kube::OwnerReference& owner) const;

    boost::asio::any_io_executor executor;
    kube::Clock& clock;
    kube::Transport& transport;
    kube::Logger log;
    kube::detail::RawClient client;
    kube::Random random{1};
    kube::Metrics metrics;
    kube::detail::Surroundings around;
    kube::Signal changed;
    std::vector<std::unique_ptr<Watched>> watched;
    OwnershipGraph graph;
    KeyLoop loop;
    kube::Scope scope;
    bool must_discover = true;
    bool is_ready = false;
    bool is_stopping = false;
};

void GarbageCollector::Impl::changed_object(
    std::size_t type, const kube::detail::CacheStore::Entry* before, const kube::detail::CacheStore::Entry* after
) {
    if (watched[type]->served.plural == "customresourcedefinitions") {
        must_discover = true;
        changed.notify_all();
    }
    if (after != nullptr) {
        enqueue(graph.put({type, metadata_of(*after)}));
    } else {
        enqueue(graph.erase(before->metadata->uid));
    }
}

void GarbageCollector::Impl::watch(ServedType served) {
    const std::size_t number = watched.size();
    Watched& one = *watched.emplace_back(std::make_unique<Watched>());
    one.served = std::move(served);
    one.type = one.served.type();
    one.store = std::make_shared<kube::detail::CacheStore>(one.type);
    one.store->on_change([this, number](const auto* before, const auto* after) {
        changed_object(number, before, after);
    });
    one.store->on_progress([this] {
        if (!is_ready) changed.notify_all();
    });
    one.reflector = std::make_unique<kube::detail::Reflector>(around, one.store, &decode_metadata);
    one.scope = std::make_unique<kube::Scope>(executor);
    one.scope->spawn("metadata of " + one.served.plural, one.reflector->run());
}

kube::Async<> GarbageCollector::Impl::unwatch(Watched& one) {
    one.is_served = false;
    co_await one.scope->stop();
    one.store->replace({}, {});
}

/// False when the server could not be asked.
kube::Async<bool> GarbageCollector::Impl::refresh() {
    Discovery found;
    std::string failure;
    try {
        found = co_await discover(transport);
    } catch (const kube::ApiError& error) {
        failure = error.what();
    } catch (const kube::TransportError& error) {
        failure = error.what();
    }
    if (!failure.empty()) {
        log.warn("The server's types could not be discovered; trying again", {{"error", failure}});
        co_return false;
    }
    for (const std::string& error : found.errors) log.warn("A group could not be discovered", {{"error", error}});
    for (const auto& one : watched) {
        const bool is_still_served = std::ranges::binary_search(found.types, one->served);
        if (one->is_served && !is_still_served && found.errors.empty()) co_await unwatch(*one);
    }
    for (ServedType& type : found.types) {
        const bool is_known =
            std::ranges::any_of(watched, [&](const auto& one) { return one->is_served && one->served == type; });
        if (!is_known) watch(std::move(type));
    }
    co_return true;
}

kube::Async<> GarbageCollector::Impl::keep_discovering() {
    for (;;) {
        while (!must_discover) co_await changed.wait();
        must_discover = false;
        co_await clock.sleep_for(kCrdSettleTime);
        if (co_await refresh()) continue;
        must_discover = true;
        co_await clock.sleep_for(kDiscoverAgainAfter);
    }
}

const GarbageCollector::Impl::Watched* GarbageCollector::Impl::find_type(const kube::OwnerReference& owner) const {
    const std::string group = group_of(owner.apiVersion);
    for (const auto& one : watched) {
        if (one->is_served && one->served.group == group && one->served.kind == owner.kind) return one.get();
    }
    return nullptr;
}

/// Nullopt when its type is not known.
kube::Async<std::optional<Absence>> GarbageCollector::Impl::look_up(
    kube::OwnerReference owner, std::string namespace_
) {
    const Watched* type = find_type(owner);
    if (type == nullptr) co_return std::nullopt;
    // An owner in a namespace cannot own what has none: nothing is deleted for such a reference.
    if (type->served.is_namespaced && namespace_.empty()) co_return Absence::Exists;
    const kube::NamespacedName key{type->served.is_namespaced ? namespace_ : std::string{}, owner.name};
    const auto found = co_await client.get(type->type, key);
    const bool is_same = found && kube::json::find_string(**found, {"metadata", "uid"}) == owner.uid;
    co_return is_same ? Absence::Exists : Absence::IsGone;
}

kube::Async<Due> GarbageCollector::Impl::patch_metadata(
    OwnershipGraph::Object object, std::string field, kube::json::Value value
) {
    kube::json::Object metadata;
    metadata["uid"] = object.metadata->uid;
    metadata["resourceVersion"] = object.metadata->resourceVersion;
    metadata[field] = std::move(value);
    kube::json::Object patch;
    patch["metadata"] = std::move(metadata);
    const kube::ResourceType& type = watched[object.type]->type;
    // Refused: the object has changed or is gone, and its event brings it back.
    (void)co_await client.merge_patch(type, object.metadata->key(), {}, std::move(patch));
    co_return std::nullopt;
}

kube::Async<Due> GarbageCollector::Impl::orphan(std::string owner, std::vector<std::string> dependents) {
    for (const std::string& uid : dependents) {
        const OwnershipGraph::Object* found = graph.find(uid);
        if (found == nullptr) continue;
        const OwnershipGraph::Object dependent = *found;
        kube::json::Array kept;
        for (const kube::OwnerReference& reference : dependent.metadata->ownerReferences) {
            if (reference.uid != owner) kept.push_back(kube::json::to_json(reference));
        }
        (void)co_await patch_metadata(dependent, "ownerReferences", std::move(kept));
    }
    co_return std::nullopt;
}

kube::Async<Due> GarbageCollector::Impl::perform(
    std::string uid, OwnershipGraph::Object object, GarbageDecision decision
) {
    if (const auto* erase = std::get_if<DeleteObject>(&decision)) {
        // The version too: whoever gives the object a new owner in this moment keeps it.
        const kube::DeletePrecondition precondition{kube::Uid{uid}, object.metadata->resource_version()};
        const kube::ResourceType& type = watched[object.type]->type;
        (void)co_await client.delete_object(type, object.metadata->key(), precondition, erase->propagation);
        co_return std::nullopt;
    }
    if (const auto* keep = std::get_if<KeepOwners>(&decision)) {
        kube::json::Array kept;
        for (const kube::OwnerReference& reference : keep->owners) kept.push_back(kube::json::to_json(reference));
        co_return co_await patch_metadata(std::move(object), "ownerReferences", std::move(kept));
    }
    if (const auto* wake = std::get_if<WakeDependents>(&decision)) {
        for (const std::string& dependent : wake->uids) loop.add({{}, dependent});
        co_return std::nullopt;
    }
    if (auto* orphans = std::get_if<OrphanDependents>(&decision)) {
        co_return co_await orphan(std::move(uid), std::move(orphans->uids));
    }
    if (const auto* remove = std::get_if<RemoveFinalizer>(&decision)) {
        kube::json::Array kept;
        for (const std::string& finalizer : object.metadata->finalizers) {
            if (finalizer != remove->finalizer) kept.emplace_back(finalizer);
        }
        co_return co_await patch_metadata(std::move(object), "finalizers", std::move(kept));
    }
    co_return std::nullopt;
}

kube::Async<Due> GarbageCollector::Impl::look_at(std::string uid) {
    std::map<std::string, Absence> absences;
    for (;;) {
        if (!is_synced()) co_return kUnsyncedDelay;
        GarbageDecision decision = graph.decide(uid, absences);
        const OwnershipGraph::Object* found = graph.find(uid);
        if (found == nullptr || std::holds_alternative<DoNothing>(decision)) co_return std::nullopt;
        OwnershipGraph::Object object = *found;
        const auto* ask = std::get_if<LookUp>(&decision);
        if (ask == nullptr) co_return co_await perform(std::move(uid), std::move(object), std::move(decision));
        for (const kube::OwnerReference& owner : ask->owners) {
            const auto absence = co_await look_up(owner, object.metadata->namespace_);
            if (!absence) co_return kUnknownTypeDelay;
            absences[owner.uid] = *absence;
        }
    }
}

GarbageCollector::GarbageCollector(
    boost::asio::any_io_executor executor, kube::Clock& clock, kube::Transport& transport, kube::Logger log
)
    : impl_{std::make_unique<Impl>(std::move(executor), clock, transport, std::move(log))} {}

GarbageCollector::~GarbageCollector() = default;

bool GarbageCollector::is_at_rest() const {
    return impl_->loop.is_at_rest();
}

bool GarbageCollector::is_synced() const {
    return impl_->is_ready;
}

kube::Async<> GarbageCollector::run() {
    Impl& impl = *impl_;
    std::exception_ptr failure;
    try {
        while (!impl.is_stopping && !co_await impl.refresh()) co_await impl.clock.sleep_for(kDiscoverAgainAfter);
        impl.must_discover = false;
        impl.scope.spawn("discovery", impl.keep_discovering());
        while (!impl.is_stopping && !impl.is_synced()) {
            // A type that turns out not to be served makes no progress: look again now and then.
            (void)co_await impl.changed.wait_until(impl.clock, impl.clock.monotonic() + kUnsyncedDelay);
        }
        impl.is_ready = true;
        co_await impl.loop.run();
    } catch (...) {
        failure = std::current_exception();
    }
    co_await impl.scope.stop();
    for (const auto& one : impl.watched) {
        if (one->is_served) co_await one->scope->stop();
    }
    if (failure) std::rethrow_exception(failure);
}

void GarbageCollector::stop() {
    impl_->is_stopping = true;
    impl_->changed.notify_all();
    impl_->loop.stop();
}

}  // namespace devcluster::workloads
