// The body of test_cluster.hpp, and what it promises.
#include "test_cluster.hpp"

#include <stdexcept>

namespace devcluster::workloads::test {

namespace {

kube::json::Value parsed(std::string_view base, std::string_view over, std::initializer_list<std::string_view> path) {
    kube::json::Value object = kube::json::parse(base);
    kube::json::Value* at = &object;
    for (const std::string_view key : path) at = &at->as_object()[key];
    kube::json::apply_merge_patch(*at, kube::json::parse(over));
    return object;
}

/// Tells whether a coroutine has ended, and how.
struct Outcome {
    bool is_done = false;
    std::exception_ptr failure;
};

kube::Async<> finish(kube::Async<> work, Outcome& outcome) {
    try {
        co_await std::move(work);
    } catch (...) {
        outcome.failure = std::current_exception();
    }
    outcome.is_done = true;
}

const kube::ResourceType& type_of(const kube::json::Value& object) {
    const std::string_view kind = kube::json::find_string(object, {"kind"});
    for (const auto* type :
         {&kPods, &kSets, &kRevisions, &kJobs, &kClaims, &kVolumes, &kMaps, &kSecrets, &kNamespaces, &kMachines}) {
        if (type->kind == kind) return *type;
    }
    throw std::invalid_argument{"the tests know no kind " + std::string{kind}};
}

}  // namespace

TestCluster::TestCluster(WorkloadsOptions options, PodProbe* probe, ContainerObserver* observer) {
    workloads = std::make_unique<Workloads>(loop.get_executor(), clock, way, std::move(options), probe, observer);
    scope.spawn("workloads", workloads->run());
    run_until("the workloads are ready", [this] { return workloads->is_ready(); });
}

TestCluster::~TestCluster() {
    workloads->stop();
    run_until("the workloads have stopped", [this] { return scope.running() == 0; });
    workloads.reset();
    server.end_watches();
    loop.restart();
    loop.poll();
}

bool TestCluster::turn() {
    loop.restart();
    if (loop.poll() > 0) return true;
    const auto due = clock.next_due();
    if (!due) return false;
    clock.advance_to(*due);
    return true;
}

void TestCluster::run_until(std::string_view what, const std::function<bool()>& done) {
    const auto give_up_at = clock.monotonic() + kWaitLimit;
    while (!done()) {
        if (!turn() || clock.monotonic() > give_up_at) {
            throw std::runtime_error{fmt::format("waited in vain until {}", what)};
        }
    }
}

void TestCluster::run_for(std::chrono::milliseconds time) {
    const auto end = clock.monotonic() + time;
    for (;;) {
        loop.restart();
        while (loop.poll() > 0) loop.restart();
        const auto due = clock.next_due();
        if (!due || *due > end) break;
        clock.advance_to(*due);
    }
    clock.advance_to(end);
    loop.restart();
    loop.poll();
}

void TestCluster::run(kube::Async<> work) {
    Outcome outcome;
    scope.spawn("test", finish(std::move(work), outcome));
    run_until("the test's own request is answered", [&] { return outcome.is_done; });
    if (outcome.failure) std::rethrow_exception(outcome.failure);
}

kube::json::Value TestCluster::create(std::string_view text) {
    kube::json::Value object = kube::json::parse(text);
    const kube::ResourceType& type = type_of(object);
    std::string namespace_{kube::json::find_string(object, {"metadata", "namespace"})};
    if (namespace_.empty() && type.is_namespaced) namespace_ = "default";
    auto created = run(kube::detail::unguarded(client).create(type, std::move(namespace_), object.as_object()));
    if (!created) throw std::runtime_error{"it exists already"};
    return kube::json::copy_of(**created);
}

kube::json::Value TestCluster::get(const kube::ResourceType& type, const std::string& name, std::string namespace_) {
    if (!type.is_namespaced) namespace_.clear();
    const auto found = run(kube::detail::unguarded(client).get(type, {std::move(namespace_), name}));
    return found ? kube::json::copy_of(**found) : nullptr;
}

void TestCluster::merge_patch(
    const kube::ResourceType& type, const std::string& name, std::string_view text, std::string_view subresource
) {
    const kube::NamespacedName key{type.is_namespaced ? "default" : "", name};
    const auto written =
        run(kube::detail::unguarded(client).merge_patch(type, key, subresource, kube::json::parse(text).as_object()));
    if (!written) throw std::runtime_error{"the patch was refused"};
}

void TestCluster::remove(const kube::ResourceType& type, const std::string& name, kube::Propagation propagation) {
    const kube::json::Value object = get(type, name);
    const kube::Uid uid{std::string{kube::json::find_string(object, {"metadata", "uid"})}};
    const kube::NamespacedName key{type.is_namespaced ? "default" : "", name};
    (void)run(kube::detail::unguarded(client).delete_object(type, key, {uid, std::nullopt}, propagation));
}

std::vector<kube::json::Value> TestCluster::list(const kube::ResourceType& type) {
    const auto page = run(kube::detail::unguarded(client).list_page(type, {}, {}));
    std::vector<kube::json::Value> all;
    for (const auto& item : page.items()) all.push_back(kube::json::copy_of(item));
    return all;
}

kube::Pod TestCluster::pod(const std::string& name) {
    return kube::json::from_json<kube::Pod>(get(kPods, name));
}

kube::StatefulSet TestCluster::stateful_set(const std::string& name) {
    return kube::json::from_json<kube::StatefulSet>(get(kSets, name));
}

bool TestCluster::exists(const kube::ResourceType& type, const std::string& name) {
    return !get(type, name).is_null();
}

std::string a_stateful_set(std::string_view name, std::string_view spec) {
    kube::json::Value set = parsed(
        R"({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {}, "spec": {
            "replicas": 1, "serviceName": "web", "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [
                {"name": "main", "image": "web:v1"}]}}}})",
        spec,
        {"spec"}
    );
    set.at("metadata").as_object()["name"] = name;
    return kube::json::serialize(set);
}

std::string a_job(std::string_view name, std::string_view spec) {
    kube::json::Value job = parsed(
        R"({"apiVersion": "batch/v1", "kind": "Job", "metadata": {}, "spec": {
            "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "work:v1"}]}}}})",
        spec,
        {"spec"}
    );
    job.at("metadata").as_object()["name"] = name;
    return kube::json::serialize(job);
}

std::string a_pod(std::string_view name, std::string_view metadata, std::string_view spec) {
    kube::json::Value pod = parsed(
        R"({"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {"containers": [{"name": "main", "image": "web:v1"}]}})",
        spec,
        {"spec"}
    );
    kube::json::apply_merge_patch(pod.at("metadata"), kube::json::parse(metadata));
    pod.at("metadata").as_object()["name"] = name;
    return kube::json::serialize(pod);
}

namespace {

TEST(TestCluster, is_at_rest_when_nothing_happens) {
    TestCluster cluster;
    cluster.run_for(std::chrono::minutes{1});
    const auto before = cluster.revision();
    cluster.run_for(std::chrono::hours{1});
    EXPECT_EQ(cluster.revision(), before);
}

}  // namespace

}  // namespace devcluster::workloads::test
