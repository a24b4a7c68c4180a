// One node's sidecar: its task store, its volume, and the flag that lets seid start.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "devcluster/sidecar/handlers.hpp"
#include "devcluster/sidecar/script.hpp"
#include "devcluster/sidecar/volume.hpp"
#include "kube/async/clock.hpp"
#include "kube/meta/names.hpp"

namespace devcluster::sidecar {

enum class TaskStatus { Running, Completed, Failed };

/// A row of the task store (spec 04 §8.5, TaskResult).
struct TaskRow {
    std::string id;
    std::string type;
    TaskStatus status = TaskStatus::Running;
    int run = 1;
    boost::json::object params;
    std::string error;
    kube::WallTime submitted_at;
    std::optional<kube::WallTime> completed_at;

    /// As it goes over the wire.
    [[nodiscard]] boost::json::object to_json() const;
};

/// What survives the end of a sidecar's process.
enum class Store { Kept, Lost };

/// The task lifecycle of spec 04 §8.6, computed from the clock and without timers: a run that is due has ended by the
/// time anybody looks.
class NodeSidecar {
public:
    NodeSidecar(kube::NamespacedName node, kube::Clock& clock, Buckets& buckets, Scripts& scripts_of_all);

    /// Submits a task; `id` empty makes one up. The error is the text of the 400.
    [[nodiscard]] std::expected<std::string, std::string> submit(
        std::string id, std::string type, boost::json::object params
    );
    /// Nullopt: no such task.
    [[nodiscard]] std::optional<TaskRow> get(std::string_view id);
    /// Newest first, at most 100.
    [[nodiscard]] std::vector<TaskRow> list();
    /// Drops the row. A handler that runs is not cancelled, and stores its row again when it ends.
    [[nodiscard]] bool erase(std::string_view id);

    /// The flag of `mark-ready`: lost with the process, never cleared otherwise.
    [[nodiscard]] bool is_ready();
    /// Lower-case hex, 40 digits; the error is the text of the 500.
    [[nodiscard]] std::expected<std::string, std::string> node_id() const;

    /// The process ends and another one starts: not ready, and what ran runs again with the same run number.
    void restart(Store store = Store::Kept);
    /// The process ends; requests get no answer until `start`.
    void stop() { is_serving_ = false; }
    void start();
    [[nodiscard]] bool is_serving() const { return is_serving_; }
    /// Its data volume is from now on the one that `other` had: with its files and its tasks.
    void take_volume_of(NodeSidecar& other);
    /// Drops all rows, as a lost `sidecar.db` does.
    void forget_tasks() { rows_.clear(), unstored_.clear(); }

    /// The height of the node's chain, for `await-condition`.
    void set_height(std::int64_t height) { height_ = height; }
    /// SEI_CHAIN_ID of the container; until it is told, the chain counts as a built-in one.
    void set_chain_id(std::string chain_id) { chain_id_ = std::move(chain_id); }
    /// SIGTERMs that `await-condition` sent to seid.
    [[nodiscard]] unsigned seid_terminations() const { return seid_terminations_; }

    [[nodiscard]] Scripts& scripts() { return scripts_; }
    [[nodiscard]] Volume& volume() { return volume_; }
    [[nodiscard]] const kube::NamespacedName& node() const { return node_; }

private:
    struct Run {
        TaskRow row;
        Script script;
        kube::MonotonicTime due;
        std::uint64_t sequence = 0;
        /// The handler was asked and waits for something other than time.
        bool waits = false;
    };
    void begin(TaskRow row);
    /// Ends every run that is due, in the order of their due times.
    void settle();
    [[nodiscard]] std::vector<Run*> due_runs();
    void finish(Run& run);

    kube::NamespacedName node_;
    kube::Clock& clock_;
    Buckets& buckets_;
    Scripts& scripts_of_all_;
    Scripts scripts_;
    Volume volume_;
    std::string chain_id_;
    std::int64_t height_ = 0;
    unsigned seid_terminations_ = 0;
    bool is_ready_ = false;
    bool is_serving_ = true;
    std::uint64_t sequence_ = 0;
    std::map<std::string, Run, std::less<>> rows_;
    /// Runs whose row was deleted or never stored; they end all the same.
    std::vector<Run> unstored_;
};

}  // namespace devcluster::sidecar
