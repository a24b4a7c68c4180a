#include "devcluster/sidecar/node_sidecar.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>
#include <openssl/sha.h>

#include "kube/meta/time.hpp"

namespace devcluster::sidecar {

namespace {

/// RFC 3339, UTC, with as many digits of the second as there are.
std::string to_text(kube::WallTime when) {
    std::string text = kube::to_string(kube::MicroTime{when});  // 2006-01-02T15:04:05.000000Z
    text.pop_back();
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return text + "Z";
}

std::string_view to_wire(TaskStatus status) {
    switch (status) {
        case TaskStatus::Running:
            return "running";
        case TaskStatus::Completed:
            return "completed";
        case TaskStatus::Failed:
            return "failed";
    }
    return "";
}

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest sha256(std::string_view bytes) {
    Digest digest{};
    std::vector<unsigned char> input(bytes.begin(), bytes.end());
    SHA256(input.data(), input.size(), digest.data());
    return digest;
}

std::string hex(std::span<const unsigned char> bytes) {
    std::string text;
    for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
    }
    return true;
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

}  // namespace

boost::json::object TaskRow::to_json() const {
    boost::json::object json{{"id", id}, {"type", type}, {"status", to_wire(status)}, {"run", run}};
    if (!params.empty()) json["params"] = params;
    if (!error.empty()) json["error"] = error;
    json["submittedAt"] = to_text(submitted_at);
    if (completed_at) json["completedAt"] = to_text(*completed_at);
    return json;
}

NodeSidecar::NodeSidecar(kube::NamespacedName node, kube::Clock& clock, Buckets& buckets, Scripts& scripts_of_all)
    : node_{std::move(node)}, clock_{clock}, buckets_{buckets}, scripts_of_all_{scripts_of_all} {}

std::expected<std::string, std::string> NodeSidecar::submit(
    std::string id, std::string type, boost::json::object params
) {
    settle();
    if (type.empty()) return std::unexpected("type is required");
    if (!is_known_type(type)) return std::unexpected("unknown task type: " + type);
    if (!id.empty() && !is_uuid(id)) return std::unexpected(fmt::format("task ID must be a valid UUID: \"{}\"", id));
    if (id.empty()) {
        const std::string seed = hex(sha256(fmt::format("{}/{}/{}", node_.namespace_, node_.name, sequence_)));
        id = fmt::format(
            "{}-{}-4{}-8{}-{}",
            seed.substr(0, 8),
            seed.substr(8, 4),
            seed.substr(12, 3),
            seed.substr(15, 3),
            seed.substr(18, 12)
        );
    }
    id = lower(std::move(id));

    TaskRow row{.id = id, .type = std::move(type), .params = std::move(params), .submitted_at = clock_.now()};
    if (const auto stored = rows_.find(id); stored != rows_.end()) {
        const TaskRow& known = stored->second.row;
        if (known.status != TaskStatus::Failed) return id;
        row.type = known.type;
        row.run = known.run + 1;
    }
    begin(std::move(row));
    settle();
    return id;
}

void NodeSidecar::begin(TaskRow row) {
    std::optional<Script> script = scripts_.take(row.type);
    if (!script) script = scripts_of_all_.take(row.type);
    Run run{.row = std::move(row), .script = script.value_or(Script{}), .sequence = ++sequence_};
    run.due = clock_.monotonic() + run.script.duration;
    if (run.script.outcome == Script::Outcome::Forget) {
        unstored_.push_back(std::move(run));
        return;
    }
    std::string id = run.row.id;
    rows_.insert_or_assign(std::move(id), std::move(run));
}

std::vector<NodeSidecar::Run*> NodeSidecar::due_runs() {
    std::vector<Run*> due;
    const kube::MonotonicTime now = clock_.monotonic();
    const auto consider = [&](Run& run) {
        const bool hangs = run.script.outcome == Script::Outcome::Hang;
        if (run.row.status == TaskStatus::Running && !hangs && run.due <= now) due.push_back(&run);
    };
    for (auto& [id, run] : rows_) consider(run);
    for (Run& run : unstored_) consider(run);
    std::ranges::sort(due, {}, [](const Run* run) { return std::pair{run->due, run->sequence}; });
    return due;
}

void NodeSidecar::finish(Run& run) {
    Outcome outcome = Completed{};
    if (run.script.outcome == Script::Outcome::Fail) {
        outcome = Failed{run.script.error};
    } else {
        // Without a pod nobody sets SEI_CHAIN_ID: the first thing that is said of a chain to be made is its name.
        if (const auto* chain = run.row.params.if_contains("chainId");
            chain_id_.empty() && run.row.type == "generate-identity" && chain != nullptr && chain->is_string()) {
            chain_id_ = chain->get_string();
        }
        outcome = run_handler(
            run.row.type,
            run.row.params,
            {.chain_id = chain_id_,
             .height = height_,
             .volume = volume_,
             .buckets = buckets_,
             .is_ready = is_ready_,
             .seid_terminations = seid_terminations_}
        );
    }
    const bool is_tried_again =
        run.script.outcome == Script::Outcome::OnceItCan && std::holds_alternative<Failed>(outcome);
    if (is_tried_again || std::holds_alternative<StillRunning>(outcome)) {
        run.waits = true;
        return;
    }
    if (const Failed* failure = std::get_if<Failed>(&outcome)) {
        run.row.status = TaskStatus::Failed;
        run.row.error = failure->error;
    } else {
        run.row.status = TaskStatus::Completed;
    }
    run.row.completed_at = clock_.now();
    if (!run.waits) {
        *run.row.completed_at -= std::chrono::duration_cast<std::chrono::microseconds>(clock_.monotonic() - run.due);
    }
}

void NodeSidecar::settle() {
    if (!is_serving_) return;
    for (Run* run : due_runs()) finish(*run);
    // A handler whose row was deleted meanwhile stores it again; a forgotten one does not.
    std::erase_if(unstored_, [this](Run& run) {
        if (run.row.status == TaskStatus::Running) return false;
        if (run.script.outcome != Script::Outcome::Forget) {
            std::string id = run.row.id;
            rows_.insert_or_assign(std::move(id), std::move(run));
        }
        return true;
    });
}

std::optional<TaskRow> NodeSidecar::get(std::string_view id) {
    settle();
    const auto found = rows_.find(lower(std::string{id}));
    if (found == rows_.end()) return std::nullopt;
    return found->second.row;
}

std::vector<TaskRow> NodeSidecar::list() {
    settle();
    std::vector<const Run*> runs;
    for (const auto& [id, run] : rows_) runs.push_back(&run);
    std::ranges::sort(runs, [](const Run* left, const Run* right) {
        return std::pair{left->row.submitted_at, left->sequence} > std::pair{right->row.submitted_at, right->sequence};
    });
    constexpr std::size_t kListedMax = 100;
    if (runs.size() > kListedMax) runs.resize(kListedMax);
    std::vector<TaskRow> rows;
    for (const Run* run : runs) rows.push_back(run->row);
    return rows;
}

bool NodeSidecar::erase(std::string_view id) {
    settle();
    const auto found = rows_.find(lower(std::string{id}));
    if (found == rows_.end()) return false;
    if (found->second.row.status == TaskStatus::Running) unstored_.push_back(std::move(found->second));
    rows_.erase(found);
    return true;
}

bool NodeSidecar::is_ready() {
    settle();
    return is_ready_ && is_serving_;
}

std::expected<std::string, std::string> NodeSidecar::node_id() const {
    if (!volume_.has_node_key) {
        return std::unexpected("node_key.json not found — generate-identity may not have run yet");
    }
    // The public half of a key that belongs to this node alone, and to every sidecar that plays it.
    const std::string key = hex(sha256(fmt::format("node key of {}/{}", node_.namespace_, node_.name)));
    constexpr std::size_t kNodeIdBytes = 20;
    const Digest digest = sha256(key);
    return hex(std::span{digest}.first(kNodeIdBytes));
}

void NodeSidecar::restart(Store store) {
    settle();
    is_serving_ = false;
    if (store == Store::Lost) forget_tasks();
    start();
}

void NodeSidecar::take_volume_of(NodeSidecar& other) {
    other.settle();
    rows_ = std::exchange(other.rows_, {});
    volume_ = std::exchange(other.volume_, {});
}

void NodeSidecar::start() {
    if (is_serving_) return;
    is_serving_ = true;
    is_ready_ = false;
    unstored_.clear();
    std::vector<TaskRow> interrupted;
    for (const auto& [id, run] : rows_) {
        if (run.row.status == TaskStatus::Running) interrupted.push_back(run.row);
    }
    for (TaskRow& row : interrupted) begin(std::move(row));
}

}  // namespace devcluster::sidecar
