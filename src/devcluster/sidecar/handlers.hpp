// What each task does when its turn comes: the observable part of the real handlers (spec 04 §8.6, §9).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json.hpp>

#include "devcluster/sidecar/volume.hpp"

namespace devcluster::sidecar {

struct Completed {};
struct Failed {
    std::string error;
};
/// Not done yet: to be asked again when something changed. `snapshot-upload` stays so for good.
struct StillRunning {};
using Outcome = std::variant<Completed, Failed, StillRunning>;

/// What a handler may read and change. `is_ready` is memory of the process; the rest outlives it.
struct HandlerContext {
    std::string_view chain_id;  // empty: as one of the built-in chains
    std::int64_t height = 0;    // of the local chain
    Volume& volume;
    Buckets& buckets;
    bool& is_ready;
    unsigned& seid_terminations;
};

/// Has the sidecar a handler for this type?
[[nodiscard]] bool is_known_type(std::string_view type);
/// All types that have one, sorted.
[[nodiscard]] std::vector<std::string_view> task_types();

/// Runs the handler. Params are judged here and not at submission, as the real one does.
[[nodiscard]] Outcome run_handler(std::string_view type, const boost::json::object& params, HandlerContext context);

}  // namespace devcluster::sidecar
