#include "sei/tasks/sidecar_params.hpp"

namespace sei::tasks {

WireParams configure_state_sync_params(const StoredParams& stored) {
    boost::json::object wire;
    if (stored.boolean("UseLocalSnapshot")) wire["useLocalSnapshot"] = true;
    if (const std::string period = stored.text("TrustPeriod"); !period.empty()) wire["trustPeriod"] = period;
    if (const std::int64_t blocks = stored.integer("BackfillBlocks"); blocks > 0) wire["backfillBlocks"] = blocks;
    if (wire.empty()) return std::nullopt;
    return wire;
}

}  // namespace sei::tasks
