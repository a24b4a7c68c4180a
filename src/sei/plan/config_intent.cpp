#include "sei/plan/config_intent.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "sei/plan/detail/override_keys.hpp"

namespace sei::plan {
namespace {

constexpr std::int64_t kSchemaVersionMax = 1;
constexpr std::array<std::string_view, 4> kModes{"validator", "full", "seed", "archive"};
static_assert(std::ranges::is_sorted(detail::kOverrideKeys), "is_override_key searches by halves");

boost::json::object to_json(const std::map<std::string, std::string>& overrides) {
    boost::json::object object;
    for (const auto& [key, value] : overrides) object[key] = value;
    return object;
}

}  // namespace

boost::json::object to_stored(const ConfigIntent& intent) {
    boost::json::object stored;
    stored["mode"] = intent.mode;
    if (!intent.overrides.empty()) stored["overrides"] = to_json(intent.overrides);
    if (intent.target_version != 0) stored["targetVersion"] = intent.target_version;
    if (intent.incremental) stored["incremental"] = true;
    return stored;
}

boost::json::object to_wire(const ConfigIntent& intent) {
    boost::json::object wire;
    wire["incremental"] = intent.incremental;
    wire["mode"] = intent.mode;
    if (!intent.overrides.empty()) wire["overrides"] = to_json(intent.overrides);
    wire["targetVersion"] = intent.target_version;
    return wire;
}

bool is_override_key(std::string_view key) {
    return std::ranges::binary_search(detail::kOverrideKeys, key);
}

std::optional<std::string> problem_of(const ConfigIntent& intent) {
    std::vector<std::string> problems;
    if (!intent.incremental) {
        if (intent.mode.empty()) {
            problems.emplace_back("mode is required for non-incremental config generation");
        } else if (std::ranges::find(kModes, intent.mode) == kModes.end()) {
            problems.push_back("mode \"" + intent.mode + "\" is unknown; it is one of validator, full, seed, archive");
        }
    }
    if (intent.target_version > kSchemaVersionMax) {
        problems.push_back(
            "targetVersion " + std::to_string(intent.target_version) + " exceeds the newest supported, " +
            std::to_string(kSchemaVersionMax)
        );
    }
    for (const auto& [key, value] : intent.overrides) {
        if (!is_override_key(key)) problems.push_back("overrides[" + key + "] is no configuration key");
    }
    if (problems.empty()) return std::nullopt;
    std::string text = problems.front();
    for (std::size_t i = 1; i < problems.size(); ++i) text += "; " + problems[i];
    return text;
}

}  // namespace sei::plan
