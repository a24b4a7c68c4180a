#include "devcluster/sidecar/handlers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "devcluster/sidecar/config_fields.hpp"

namespace devcluster::sidecar {

namespace {

using boost::json::object;
using boost::json::value;

using Handler = Outcome (*)(const object& params, HandlerContext& context);

Outcome failed(std::string error) {
    return Failed{std::move(error)};
}

std::string_view text_of(const object& params, std::string_view key) {
    const value* found = params.if_contains(key);
    return found != nullptr && found->is_string() ? std::string_view{found->as_string()} : std::string_view{};
}

/// Numbers are read as IEEE doubles first, as the real decoder does; zero when absent.
double number_of(const object& params, std::string_view key) {
    const value* found = params.if_contains(key);
    if (found == nullptr) return 0;
    if (found->is_int64()) return static_cast<double>(found->as_int64());
    if (found->is_uint64()) return static_cast<double>(found->as_uint64());
    return found->is_double() ? found->as_double() : 0;
}

bool truth_of(const object& params, std::string_view key) {
    const value* found = params.if_contains(key);
    return found != nullptr && found->is_bool() && found->as_bool();
}

bool is_built_in(std::string_view chain) {
    return chain.empty() || chain == "pacific-1" || chain == "atlantic-2" || chain == "arctic-1";
}

Failed object_absent(std::string_view task, std::string_view key, std::string_view bucket) {
    return {fmt::format(
        "{}: S3: object \"{}\" not found in s3://{} [hint: it may not have been uploaded yet]", task, key, bucket
    )};
}

/// Succeeds at once where the marker exists, else runs `work` and leaves the marker when it succeeds.
template <class Work>
Outcome once(HandlerContext& context, std::string_view marker, Work work) {
    if (context.volume.markers.contains(marker)) return Completed{};
    Outcome outcome = work();
    if (std::holds_alternative<Completed>(outcome)) context.volume.markers.emplace(marker);
    return outcome;
}

Outcome snapshot_restore(const object& params, HandlerContext& context) {
    return once(context, ".sei-sidecar-snapshot-done", [&]() -> Outcome {
        const double target = number_of(params, "targetHeight");
        if (target < 0) {
            return failed(fmt::format("snapshot-restore: targetHeight must be >= 0, got {}", target));
        }
        if (context.buckets.snapshot_heights.empty()) {
            context.volume.snapshot_height = static_cast<std::int64_t>(target);
            return Completed{};
        }
        std::optional<std::int64_t> best;
        for (const std::int64_t height : context.buckets.snapshot_heights) {
            if (target == 0 || static_cast<double>(height) <= target) best = height;
        }
        if (!best) {
            return failed(fmt::format(
                "no snapshot found at or below height {} in s3://{}/{}/state-sync/",
                target,
                context.buckets.snapshot_name,
                context.chain_id
            ));
        }
        context.volume.snapshot_height = best;
        context.volume.markers.emplace(".sei-sidecar-snapshot-height");
        return Completed{};
    });
}

Outcome configure_genesis(const object&, HandlerContext& context) {
    return once(context, ".sei-sidecar-genesis-done", [&]() -> Outcome {
        if (is_built_in(context.chain_id)) return Completed{};
        const std::string key = fmt::format("{}/genesis.json", context.chain_id);
        if (context.buckets.genesis.contains(key)) return Completed{};
        return object_absent("configure-genesis", key, context.buckets.genesis_name);
    });
}

/// Nullopt: the overrides say nothing of the key.
std::optional<std::string_view> override_of(const object& params, std::string_view key) {
    const value* overrides = params.if_contains("overrides");
    if (overrides == nullptr || !overrides->is_object()) return std::nullopt;
    if (!overrides->as_object().contains(key)) return std::nullopt;
    return text_of(overrides->as_object(), key);
}

/// Whether overrides name persistent peers or none; nullopt: they say nothing of them.
std::optional<bool> names_peers(const object& params) {
    const auto peers = override_of(params, "network.p2p.persistent_peers");
    if (!peers) return std::nullopt;
    return !peers->empty();
}

Outcome config_apply(const object& params, HandlerContext& context) {
    const std::string_view mode = text_of(params, "mode");
    const bool is_incremental = truth_of(params, "incremental");
    if (is_incremental && !context.volume.config_mode) {
        return failed("config-apply incremental: reading config: config.toml does not exist");
    }
    if (!is_incremental) {
        constexpr std::array modes{"validator", "full", "seed", "archive"};
        if (mode.empty()) return failed("config-apply: mode is required for non-incremental config generation");
        if (std::ranges::find(modes, mode) == modes.end()) {
            return failed(
                fmt::format("config-apply: unknown mode \"{}\"; valid modes: validator, full, seed, archive", mode)
            );
        }
    }
    if (const double version = number_of(params, "targetVersion"); version > 1) {
        return failed(
            fmt::format("config-apply: target version {} exceeds maximum supported version 1", std::trunc(version))
        );
    }
    if (const value* overrides = params.if_contains("overrides"); overrides != nullptr && !overrides->is_null()) {
        if (!overrides->is_object()) return failed("config-apply: overrides must be a map of strings");
        for (const auto& override_ : overrides->as_object()) {
            const std::string_view key = override_.key();
            if (!override_.value().is_string()) {
                return failed(fmt::format("config-apply: override \"{}\" must be a string", key));
            }
            const std::string_view text = override_.value().as_string();
            const ConfigField* field = find_config_field(key);
            std::string why;
            if (field == nullptr) {
                why = fmt::format("unknown config field \"{}\"", key);
            } else if (const auto checked = check_value(*field, text); !checked) {
                why = checked.error();
            }
            if (!why.empty()) {
                return failed(
                    fmt::format("config-apply: applying overrides: applying override \"{}\"=\"{}\": {}", key, text, why)
                );
            }
        }
    }
    if (!is_incremental) {
        context.volume.config_mode = mode;
        context.volume.has_peers = false;
        context.volume.rpc_servers.clear();
    }
    context.volume.has_peers = names_peers(params).value_or(context.volume.has_peers);
    if (const auto servers = override_of(params, "state_sync.rpc_servers")) context.volume.rpc_servers = *servers;
    return Completed{};
}

Outcome config_validate(const object&, HandlerContext& context) {
    if (context.volume.config_mode) return Completed{};
    return failed("config-validate: reading config: config.toml does not exist");
}

Outcome discover_peers(const object& params, HandlerContext& context) {
    const value* sources = params.if_contains("sources");
    if (sources == nullptr || !sources->is_array() || sources->as_array().empty()) {
        return failed("discover-peers: at least one source is required");
    }
    for (std::size_t i = 0; i < sources->as_array().size(); ++i) {
        const value& source = sources->as_array()[i];
        const std::string_view type = source.is_object() ? text_of(source.as_object(), "type") : std::string_view{};
        std::string_view needed;
        if (type == "ec2Tags") {
            needed = "tags";
        } else if (type == "static") {
            needed = "addresses";
        } else if (type == "dnsEndpoints") {
            needed = "endpoints";
        } else {
            return failed(fmt::format("discover-peers: source[{}] unknown type \"{}\"", i, type));
        }
        const value* peers = source.as_object().if_contains(needed);
        const bool is_empty = peers == nullptr || (peers->is_array() && peers->as_array().empty()) ||
                              (peers->is_object() && peers->as_object().empty());
        if (is_empty) {
            return failed(fmt::format("discover-peers: source[{}] {} missing required field {}", i, type, needed));
        }
    }
    context.volume.has_peers = true;
    return Completed{};
}

Outcome configure_state_sync(const object&, HandlerContext& context) {
    return once(context, ".sei-sidecar-statesync-done", [&]() -> Outcome {
        if (!context.volume.has_peers) return failed("configure-state-sync: no peers in config.toml");
        context.volume.rpc_servers = "peers";
        return Completed{};
    });
}

Outcome mark_ready(const object&, HandlerContext& context) {
    context.is_ready = true;
    return Completed{};
}

Outcome snapshot_upload(const object&, HandlerContext&) {
    return StillRunning{};
}

/// The first of `keys` whose text is absent or empty.
std::optional<std::string> missing_text(std::string_view task, const object& params, std::vector<std::string> keys) {
    for (const std::string& key : keys) {
        if (text_of(params, key).empty()) return fmt::format("{}: missing required field {}", task, key);
    }
    return std::nullopt;
}

Outcome generate_identity(const object& params, HandlerContext& context) {
    return once(context, ".sei-sidecar-identity-done", [&]() -> Outcome {
        if (auto missing = missing_text("generate-identity", params, {"chainId", "moniker"})) return failed(*missing);
        context.volume.has_node_key = true;
        return Completed{};
    });
}

Outcome generate_gentx(const object& params, HandlerContext& context) {
    return once(context, ".sei-sidecar-gentx-done", [&]() -> Outcome {
        auto missing = missing_text("generate-gentx", params, {"chainId", "stakingAmount", "accountBalance"});
        if (missing) return failed(*missing);
        return Completed{};
    });
}

Outcome upload_genesis_artifacts(const object& params, HandlerContext& context) {
    return once(context, ".sei-sidecar-artifact-upload-done", [&]() -> Outcome {
        if (auto missing = missing_text("upload-genesis-artifacts", params, {"nodeName"})) return failed(*missing);
        if (!context.volume.markers.contains(".sei-sidecar-gentx-done")) {
            return failed("upload-genesis-artifacts: no gentx in config/gentx");
        }
        const std::string folder = fmt::format("{}/{}", context.chain_id, text_of(params, "nodeName"));
        context.buckets.genesis.insert(folder + "/gentx.json");
        context.buckets.genesis.insert(folder + "/identity.json");
        return Completed{};
    });
}

Outcome assemble_and_upload_genesis(const object& params, HandlerContext& context) {
    return once(context, ".sei-sidecar-assemble-done", [&]() -> Outcome {
        if (auto missing = missing_text("assemble-genesis", params, {"accountBalance", "namespace"})) {
            return failed(*missing);
        }
        const value* nodes = params.if_contains("nodes");
        if (nodes == nullptr || !nodes->is_array() || nodes->as_array().empty()) {
            return failed("assemble-genesis: at least one node is required");
        }
        for (const value& node : nodes->as_array()) {
            const std::string_view name = node.is_object() ? text_of(node.as_object(), "name") : std::string_view{};
            const std::string key = fmt::format("{}/{}/gentx.json", context.chain_id, name);
            if (!context.buckets.genesis.contains(key)) {
                return object_absent("assemble-and-upload-genesis", key, context.buckets.genesis_name);
            }
        }
        context.buckets.genesis.insert(fmt::format("{}/genesis.json", context.chain_id));
        context.buckets.genesis.insert(fmt::format("{}/peers.json", context.chain_id));
        return Completed{};
    });
}

Outcome set_genesis_peers(const object&, HandlerContext& context) {
    const std::string key = fmt::format("{}/peers.json", context.chain_id);
    if (!context.buckets.genesis.contains(key)) {
        return object_absent("set-genesis-peers", key, context.buckets.genesis_name);
    }
    context.volume.has_peers = true;
    return Completed{};
}

Outcome await_condition(const object& params, HandlerContext& context) {
    const std::string_view condition = text_of(params, "condition");
    const std::string_view action = text_of(params, "action");
    if (condition != "height") return failed(fmt::format("await-condition: unknown condition \"{}\"", condition));
    const double target = number_of(params, "targetHeight");
    if (target <= 0) return failed("await-condition: height condition requires targetHeight > 0");
    if (!action.empty() && action != "SIGTERM_SEID") {
        return failed(fmt::format("await-condition: unknown action \"{}\"", action));
    }
    if (static_cast<double>(context.height) < target) return StillRunning{};
    if (!action.empty()) ++context.seid_terminations;
    return Completed{};
}

/// What both transactions have in common: chain, key, fees, gas, memo.
std::optional<std::string> refused_transaction(std::string_view task, const object& params, HandlerContext& context) {
    const auto because = [&](std::string_view why) { return fmt::format("{}: {}", task, why); };
    const std::string_view chain = text_of(params, "chainId");
    if (chain.empty()) return because("chainId required");
    if (text_of(params, "keyName").empty()) return because("keyName required");
    if (!context.chain_id.empty() && chain != context.chain_id) {
        return because(fmt::format("chainId \"{}\" is not this node's chain \"{}\"", chain, context.chain_id));
    }
    if (!text_of(params, "fees").ends_with("usei")) return because("fees must be in usei");
    if (number_of(params, "gas") <= 0) return because("gas required (must be > 0)");
    const std::string_view memo = text_of(params, "memo");
    if (memo.size() > 256) return because("memo exceeds 256 bytes");
    if (memo.find("taskID=") != std::string_view::npos) return because("memo must not contain taskID=");
    return std::nullopt;
}

Outcome gov_vote(const object& params, HandlerContext& context) {
    if (auto refused = refused_transaction("gov-vote", params, context)) return failed(*refused);
    if (number_of(params, "proposalId") <= 0) return failed("gov-vote: proposalId required (must be > 0)");
    std::string option{text_of(params, "option")};
    for (char& c : option) c = static_cast<char>(c == '-' ? '_' : std::tolower(static_cast<unsigned char>(c)));
    constexpr std::array options{"yes", "no", "abstain", "no_with_veto"};
    if (std::ranges::find(options, option) == options.end()) {
        return failed(fmt::format("gov-vote: invalid vote option \"{}\"", text_of(params, "option")));
    }
    return Completed{};
}

Outcome gov_software_upgrade(const object& params, HandlerContext& context) {
    if (auto refused = refused_transaction("gov-software-upgrade", params, context)) return failed(*refused);
    if (auto missing = missing_text("gov-software-upgrade", params, {"title", "description", "upgradeName"})) {
        return failed(*missing);
    }
    if (number_of(params, "upgradeHeight") <= 0) {
        return failed("gov-software-upgrade: upgradeHeight required (must be > 0)");
    }
    if (!text_of(params, "initialDeposit").ends_with("usei")) {
        return failed("gov-software-upgrade: initialDeposit must be in usei");
    }
    return Completed{};
}

struct TypedHandler {
    std::string_view type;
    Handler run;
};

constexpr std::array kHandlers{
    TypedHandler{"assemble-and-upload-genesis", assemble_and_upload_genesis},
    TypedHandler{"await-condition", await_condition},
    TypedHandler{"config-apply", config_apply},
    TypedHandler{"config-validate", config_validate},
    TypedHandler{"configure-genesis", configure_genesis},
    TypedHandler{"configure-state-sync", configure_state_sync},
    TypedHandler{"discover-peers", discover_peers},
    TypedHandler{"generate-gentx", generate_gentx},
    TypedHandler{"generate-identity", generate_identity},
    TypedHandler{"gov-software-upgrade", gov_software_upgrade},
    TypedHandler{"gov-vote", gov_vote},
    TypedHandler{"mark-ready", mark_ready},
    TypedHandler{"set-genesis-peers", set_genesis_peers},
    TypedHandler{"snapshot-restore", snapshot_restore},
    TypedHandler{"snapshot-upload", snapshot_upload},
    TypedHandler{"upload-genesis-artifacts", upload_genesis_artifacts},
};

const TypedHandler* find_handler(std::string_view type) {
    const auto found = std::ranges::find(kHandlers, type, &TypedHandler::type);
    return found == kHandlers.end() ? nullptr : &*found;
}

}  // namespace

bool is_known_type(std::string_view type) {
    return find_handler(type) != nullptr;
}

std::vector<std::string_view> task_types() {
    std::vector<std::string_view> types;
    for (const TypedHandler& handler : kHandlers) types.push_back(handler.type);
    return types;
}

Outcome run_handler(std::string_view type, const object& params, HandlerContext context) {
    const TypedHandler* handler = find_handler(type);
    if (handler == nullptr) return failed("no handler registered for task type");
    return handler->run(params, context);
}

}  // namespace devcluster::sidecar
