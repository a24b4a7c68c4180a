#include <algorithm>
#include <utility>

#include "sei/plan/peer_sources.hpp"
#include "sei/tasks/sidecar_params.hpp"

namespace sei::tasks {
namespace {

/// One source with exactly the members of its variant (spec 04 §9.5).
std::expected<boost::json::object, std::string> wire_source(const StoredParams& source, const std::string& where) {
    const std::string type = source.text("type");
    boost::json::object wire;
    if (type == "ec2Tags") {
        wire["region"] = source.text("region");
        wire["tags"] = source.object("tags");
        if (source.text("region").empty()) return std::unexpected(where + " ec2Tags has no region");
        if (source.object("tags").empty()) return std::unexpected(where + " ec2Tags has no tags");
    } else if (type == "static") {
        wire["addresses"] = source.array("addresses");
        if (source.array("addresses").empty()) return std::unexpected(where + " static has no addresses");
    } else if (type == "dnsEndpoints") {
        wire["endpoints"] = source.array("endpoints");
        if (source.array("endpoints").empty()) return std::unexpected(where + " dnsEndpoints has no endpoints");
    } else {
        return std::unexpected(where + " has the unknown type \"" + type + "\"");
    }
    wire["type"] = type;
    return wire;
}

void store_params(TaskContext& context, const std::string& id, const boost::json::value& params) {
    auto& tasks = context.status.plan->tasks;
    const auto stored = std::ranges::find(tasks, id, &api::PlannedTask::id);
    if (stored != tasks.end()) stored->params = params;
}

}  // namespace

WireParams discover_peers_params(const StoredParams& stored) {
    boost::json::array sources;
    for (const boost::json::value& source : stored.array("Sources")) {
        const std::string where = "discover-peers: source[" + std::to_string(sources.size()) + "]";
        auto wire = wire_source(StoredParams{source}, where);
        if (!wire) return std::unexpected(wire.error());
        sources.push_back(std::move(*wire));
    }
    if (sources.empty()) return std::unexpected("discover-peers: at least one source is required");
    boost::json::object wire;
    wire["sources"] = std::move(sources);
    return wire;
}

kube::Async<plan::TaskOutcome> discover_peers(TaskContext& context, api::PlannedTask task) {
    constexpr plan::TaskType kType = plan::TaskType::DiscoverPeers;
    if (auto outcome = co_await find_sidecar_task(context, task, kType)) {
        // A run keeps the parameters that it was begun with (spec 04 §13, 30): they are stored with the task, or known
        // to the process that began it, where the write was lost. Neither may name the peers of now.
        const std::optional<Submission>& given = context.memory.submitted;
        if (!task.submittedAt && given && given->task == task.id) store_params(context, task.id, given->params);
        co_return std::move(*outcome);
    }
    // The sidecar takes the parameters of whatever it begins: an id that it does not know, or one that has failed.
    task.params = plan::peer_sources(context.node->spec, context.status);
    store_params(context, task.id, task.params);
    if (task.params.at("Sources").as_array().empty()) co_return plan::Complete{};
    WireParams params = discover_peers_params(StoredParams{task.params});
    co_return co_await begin_sidecar_task(context, std::move(task), kType, std::move(params));
}

}  // namespace sei::tasks
