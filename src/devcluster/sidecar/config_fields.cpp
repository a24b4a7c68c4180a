#include "devcluster/sidecar/config_fields.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace devcluster::sidecar {

namespace {

constexpr auto kFields = std::to_array<ConfigField>({
    {"api.grpc.address", FieldType::String},
    {"api.grpc.enable", FieldType::Bool},
    {"api.grpc_web.address", FieldType::String},
    {"api.grpc_web.enable", FieldType::Bool},
    {"api.grpc_web.enable_unsafe_cors", FieldType::Bool},
    {"api.rest.address", FieldType::String},
    {"api.rest.enable", FieldType::Bool},
    {"api.rest.enable_unsafe_cors", FieldType::Bool},
    {"api.rest.max_open_connections", FieldType::Uint},
    {"api.rest.rpc_max_body_bytes", FieldType::Uint},
    {"api.rest.rpc_read_timeout", FieldType::Uint},
    {"api.rest.rpc_write_timeout", FieldType::Uint},
    {"api.rest.swagger", FieldType::Bool},
    {"chain.abci", FieldType::String},
    {"chain.chain_id", FieldType::String},
    {"chain.concurrency_workers", FieldType::Int},
    {"chain.filter_peers", FieldType::Bool},
    {"chain.halt_height", FieldType::Uint64},
    {"chain.halt_time", FieldType::Uint64},
    {"chain.index_events", FieldType::List},
    {"chain.inter_block_cache", FieldType::Bool},
    {"chain.min_gas_prices", FieldType::String},
    {"chain.min_retain_blocks", FieldType::Uint64},
    {"chain.moniker", FieldType::String},
    {"chain.occ_enabled", FieldType::Bool},
    {"chain.proxy_app", FieldType::String},
    {"consensus.create_empty_blocks", FieldType::Bool},
    {"consensus.create_empty_blocks_interval", FieldType::Duration},
    {"consensus.double_sign_check_height", FieldType::Int64},
    {"consensus.gossip_transaction_key_only", FieldType::Bool},
    {"consensus.peer_gossip_sleep_duration", FieldType::Duration},
    {"consensus.peer_query_maj23_sleep_duration", FieldType::Duration},
    {"consensus.unsafe_bypass_commit_timeout_override", FieldType::Unsettable},
    {"consensus.unsafe_commit_timeout_override", FieldType::Duration},
    {"consensus.unsafe_propose_timeout_delta_override", FieldType::Duration},
    {"consensus.unsafe_propose_timeout_override", FieldType::Duration},
    {"consensus.unsafe_vote_timeout_delta_override", FieldType::Duration},
    {"consensus.unsafe_vote_timeout_override", FieldType::Duration},
    {"consensus.wal_path", FieldType::String},
    {"evm.block_test.enabled", FieldType::Bool},
    {"evm.block_test.test_data_path", FieldType::String},
    {"evm.checktx_timeout", FieldType::Duration},
    {"evm.cors_origins", FieldType::String},
    {"evm.deny_list", FieldType::List},
    {"evm.enable_test_api", FieldType::Bool},
    {"evm.enabled_legacy_sei_apis", FieldType::List},
    {"evm.filter_timeout", FieldType::Duration},
    {"evm.http_enabled", FieldType::Bool},
    {"evm.http_port", FieldType::Int},
    {"evm.idle_timeout", FieldType::Duration},
    {"evm.max_blocks_for_log", FieldType::Int64},
    {"evm.max_concurrent_simulation_calls", FieldType::Int},
    {"evm.max_concurrent_trace_calls", FieldType::Uint64},
    {"evm.max_log_no_block", FieldType::Int64},
    {"evm.max_subscriptions_new_head", FieldType::Uint64},
    {"evm.max_trace_lookback_blocks", FieldType::Int64},
    {"evm.max_tx_pool_txs", FieldType::Uint64},
    {"evm.query.gas_limit", FieldType::Uint64},
    {"evm.read_header_timeout", FieldType::Duration},
    {"evm.read_timeout", FieldType::Duration},
    {"evm.replay.contract_state_checks", FieldType::Bool},
    {"evm.replay.enabled", FieldType::Bool},
    {"evm.replay.eth_data_dir", FieldType::String},
    {"evm.replay.eth_rpc", FieldType::String},
    {"evm.rpc_stats_interval", FieldType::Duration},
    {"evm.simulation_evm_timeout", FieldType::Duration},
    {"evm.simulation_gas_limit", FieldType::Uint64},
    {"evm.slow", FieldType::Bool},
    {"evm.trace_timeout", FieldType::Duration},
    {"evm.worker_pool_size", FieldType::Int},
    {"evm.worker_queue_size", FieldType::Int},
    {"evm.write_timeout", FieldType::Duration},
    {"evm.ws_enabled", FieldType::Bool},
    {"evm.ws_origins", FieldType::String},
    {"evm.ws_port", FieldType::Int},
    {"genesis.genesis_stream_file", FieldType::String},
    {"genesis.stream_import", FieldType::Bool},
    {"giga_executor.enabled", FieldType::Bool},
    {"giga_executor.occ_enabled", FieldType::Bool},
    {"light_invariance.supply_enabled", FieldType::Bool},
    {"logging.format", FieldType::String},
    {"logging.level", FieldType::String},
    {"mempool.broadcast", FieldType::Bool},
    {"mempool.cache_size", FieldType::Int},
    {"mempool.check_tx_error_blacklist_enabled", FieldType::Bool},
    {"mempool.check_tx_error_threshold", FieldType::Int},
    {"mempool.drop_priority_reservoir_size", FieldType::Int},
    {"mempool.drop_priority_threshold", FieldType::Float64},
    {"mempool.drop_utilisation_threshold", FieldType::Float64},
    {"mempool.duplicate_txs_cache_size", FieldType::Int},
    {"mempool.keep_invalid_txs_in_cache", FieldType::Bool},
    {"mempool.max_batch_bytes", FieldType::Int},
    {"mempool.max_pending_txs_bytes", FieldType::Int64},
    {"mempool.max_tx_bytes", FieldType::Int},
    {"mempool.max_txs_bytes", FieldType::Int64},
    {"mempool.pending_size", FieldType::Int},
    {"mempool.pending_ttl_duration", FieldType::Duration},
    {"mempool.pending_ttl_num_blocks", FieldType::Int64},
    {"mempool.remove_expired_txs_from_queue", FieldType::Bool},
    {"mempool.size", FieldType::Int},
    {"mempool.ttl_duration", FieldType::Duration},
    {"mempool.ttl_num_blocks", FieldType::Int64},
    {"mempool.tx_notify_threshold", FieldType::Uint64},
    {"metrics.enable_hostname", FieldType::Bool},
    {"metrics.enable_hostname_label", FieldType::Bool},
    {"metrics.enable_service_label", FieldType::Bool},
    {"metrics.enabled", FieldType::Bool},
    {"metrics.global_labels", FieldType::Unsettable},
    {"metrics.max_open_connections", FieldType::Int},
    {"metrics.namespace", FieldType::String},
    {"metrics.prometheus_listen_addr", FieldType::String},
    {"metrics.prometheus_retention_time", FieldType::Int64},
    {"metrics.service_name", FieldType::String},
    {"mode", FieldType::Mode},
    {"network.p2p.allow_duplicate_ip", FieldType::Bool},
    {"network.p2p.blocksync_peers", FieldType::String},
    {"network.p2p.bootstrap_peers", FieldType::String},
    {"network.p2p.dial_interval", FieldType::Duration},
    {"network.p2p.dial_timeout", FieldType::Duration},
    {"network.p2p.external_address", FieldType::String},
    {"network.p2p.flush_throttle_timeout", FieldType::Duration},
    {"network.p2p.handshake_timeout", FieldType::Duration},
    {"network.p2p.listen_address", FieldType::String},
    {"network.p2p.max_connections", FieldType::Uint16},
    {"network.p2p.max_incoming_connection_attempts", FieldType::Uint},
    {"network.p2p.max_packet_msg_payload_size", FieldType::Int},
    {"network.p2p.persistent_peers", FieldType::String},
    {"network.p2p.pex", FieldType::Bool},
    {"network.p2p.private_peer_ids", FieldType::String},
    {"network.p2p.queue_type", FieldType::String},
    {"network.p2p.recv_rate", FieldType::Int64},
    {"network.p2p.send_rate", FieldType::Int64},
    {"network.p2p.unconditional_peer_ids", FieldType::String},
    {"network.p2p.upnp", FieldType::Bool},
    {"network.rpc.cors_allowed_headers", FieldType::List},
    {"network.rpc.cors_allowed_methods", FieldType::List},
    {"network.rpc.cors_allowed_origins", FieldType::List},
    {"network.rpc.event_log_max_items", FieldType::Int},
    {"network.rpc.event_log_window_size", FieldType::Duration},
    {"network.rpc.experimental_disable_websocket", FieldType::Bool},
    {"network.rpc.lag_threshold", FieldType::Int64},
    {"network.rpc.listen_address", FieldType::String},
    {"network.rpc.max_body_bytes", FieldType::Int64},
    {"network.rpc.max_header_bytes", FieldType::Int},
    {"network.rpc.max_open_connections", FieldType::Int},
    {"network.rpc.max_subscription_clients", FieldType::Int},
    {"network.rpc.max_subscriptions_per_client", FieldType::Int},
    {"network.rpc.pprof_listen_address", FieldType::String},
    {"network.rpc.timeout_broadcast_tx_commit", FieldType::Duration},
    {"network.rpc.timeout_read", FieldType::Duration},
    {"network.rpc.tls_cert_file", FieldType::String},
    {"network.rpc.tls_key_file", FieldType::String},
    {"network.rpc.unsafe", FieldType::Bool},
    {"priv_validator.client_certificate_file", FieldType::String},
    {"priv_validator.client_key_file", FieldType::String},
    {"priv_validator.key_file", FieldType::String},
    {"priv_validator.listen_addr", FieldType::String},
    {"priv_validator.root_ca_file", FieldType::String},
    {"priv_validator.state_file", FieldType::String},
    {"self_remediation.blocks_behind_check_interval_seconds", FieldType::Uint64},
    {"self_remediation.blocks_behind_threshold", FieldType::Uint64},
    {"self_remediation.p2p_no_peers_restart_window_seconds", FieldType::Uint64},
    {"self_remediation.restart_cooldown_seconds", FieldType::Uint64},
    {"self_remediation.statesync_no_peers_restart_window_seconds", FieldType::Uint64},
    {"state_sync.backfill_blocks", FieldType::Int64},
    {"state_sync.backfill_duration", FieldType::Duration},
    {"state_sync.blacklist_ttl", FieldType::Duration},
    {"state_sync.chunk_request_timeout", FieldType::Duration},
    {"state_sync.discovery_time", FieldType::Duration},
    {"state_sync.enable", FieldType::Bool},
    {"state_sync.fetchers", FieldType::Int32},
    {"state_sync.light_block_response_timeout", FieldType::Duration},
    {"state_sync.rpc_servers", FieldType::List},
    {"state_sync.temp_dir", FieldType::String},
    {"state_sync.trust_hash", FieldType::String},
    {"state_sync.trust_height", FieldType::Int64},
    {"state_sync.trust_period", FieldType::Duration},
    {"state_sync.use_local_snapshot", FieldType::Bool},
    {"state_sync.use_p2p", FieldType::Bool},
    {"state_sync.verify_light_block_timeout", FieldType::Duration},
    {"storage.compaction_interval", FieldType::Uint64},
    {"storage.db_backend", FieldType::String},
    {"storage.db_path", FieldType::String},
    {"storage.iavl_disable_fast_node", FieldType::Bool},
    {"storage.pruning", FieldType::String},
    {"storage.pruning_interval", FieldType::String},
    {"storage.pruning_keep_every", FieldType::String},
    {"storage.pruning_keep_recent", FieldType::String},
    {"storage.receipt_store.async_write_buffer", FieldType::Int},
    {"storage.receipt_store.backend", FieldType::String},
    {"storage.receipt_store.db_directory", FieldType::String},
    {"storage.receipt_store.keep_recent", FieldType::Int},
    {"storage.receipt_store.prune_interval_seconds", FieldType::Int},
    {"storage.receipt_store.tx_index_backend", FieldType::String},
    {"storage.snapshot_directory", FieldType::String},
    {"storage.snapshot_interval", FieldType::Uint64},
    {"storage.snapshot_keep_recent", FieldType::Uint32},
    {"storage.state_commit.async_commit_buffer", FieldType::Int},
    {"storage.state_commit.directory", FieldType::String},
    {"storage.state_commit.enable", FieldType::Bool},
    {"storage.state_commit.memiavl.snapshot_interval", FieldType::Uint32},
    {"storage.state_commit.memiavl.snapshot_keep_recent", FieldType::Uint32},
    {"storage.state_commit.memiavl.snapshot_min_time_interval", FieldType::Uint32},
    {"storage.state_commit.memiavl.snapshot_prefetch_threshold", FieldType::Float64},
    {"storage.state_commit.memiavl.snapshot_writer_limit", FieldType::Int},
    {"storage.state_commit.read_mode", FieldType::ReadMode},
    {"storage.state_commit.write_mode", FieldType::WriteMode},
    {"storage.state_store.async_write_buffer", FieldType::Int},
    {"storage.state_store.backend", FieldType::String},
    {"storage.state_store.db_directory", FieldType::String},
    {"storage.state_store.enable", FieldType::Bool},
    {"storage.state_store.evm_db_directory", FieldType::String},
    {"storage.state_store.import_num_workers", FieldType::Int},
    {"storage.state_store.keep_last_version", FieldType::Bool},
    {"storage.state_store.keep_recent", FieldType::Int},
    {"storage.state_store.prune_interval_seconds", FieldType::Int},
    {"storage.state_store.read_mode", FieldType::ReadMode},
    {"storage.state_store.use_default_comparer", FieldType::Bool},
    {"storage.state_store.write_mode", FieldType::WriteMode},
    {"tx_index.indexer", FieldType::List},
    {"tx_index.psql_conn", FieldType::String},
    {"version", FieldType::Int},
    {"wasm.lru_size", FieldType::Uint64},
    {"wasm.query_gas_limit", FieldType::Uint64},
});
static_assert(kFields.size() == 224);
static_assert(std::ranges::is_sorted(kFields, {}, &ConfigField::key));

using Checked = std::expected<void, std::string>;

Checked refused(std::string_view expected, std::string_view value) {
    return std::unexpected(fmt::format("expected {}, got \"{}\"", expected, value));
}

Checked one_of(std::string_view value, std::initializer_list<std::string_view> words) {
    if (std::ranges::find(words, value) != words.end()) return {};
    return std::unexpected(fmt::format("expected one of {}, got \"{}\"", fmt::join(words, ", "), value));
}

template <class Number>
Checked number(std::string_view value, std::string_view name) {
    Number parsed{};
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, parsed);
    if (error != std::errc{} || stop != end) return refused(name, value);
    return {};
}

Checked boolean(std::string_view value) {
    std::string lower{value};
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (one_of(lower, {"true", "1", "yes", "false", "0", "no"})) return {};
    return refused("true or false", value);
}

/// 10s, 100ms, 9999h0m0s, 1.5h; a bare zero.
bool is_duration(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (text == "0") return true;
    if (text.empty()) return false;
    while (!text.empty()) {
        const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
        const std::string_view amount = text.substr(0, digits);
        if (amount.empty() || amount == "." || std::ranges::count(amount, '.') > 1) return false;
        text.remove_prefix(digits);
        const std::size_t letters = std::min(text.find_first_of("0123456789."), text.size());
        if (!one_of(text.substr(0, letters), {"ns", "us", "µs", "ms", "s", "m", "h"})) return false;
        text.remove_prefix(letters);
    }
    return true;
}

/// Comma-separated; the empty text is the empty list, an empty entry is a mistake.
Checked list(std::string_view value) {
    if (value.empty()) return {};
    while (true) {
        const std::size_t comma = value.find(',');
        if (value.substr(0, comma).find_first_not_of(" \t") == std::string_view::npos) {
            return std::unexpected("a list must not have an empty entry");
        }
        if (comma == std::string_view::npos) return {};
        value.remove_prefix(comma + 1);
    }
}

}  // namespace

std::span<const ConfigField> config_fields() {
    return kFields;
}

const ConfigField* find_config_field(std::string_view key) {
    const auto found = std::ranges::lower_bound(kFields, key, {}, &ConfigField::key);
    return found != kFields.end() && found->key == key ? &*found : nullptr;
}

std::expected<void, std::string> check_value(const ConfigField& field, std::string_view value) {
    switch (field.type) {
        case FieldType::Bool:
            return boolean(value);
        case FieldType::Int:
        case FieldType::Int64:
            return number<std::int64_t>(value, "an integer");
        case FieldType::Int32:
            return number<std::int32_t>(value, "a 32-bit integer");
        case FieldType::Uint:
        case FieldType::Uint64:
            return number<std::uint64_t>(value, "an unsigned integer");
        case FieldType::Uint16:
            return number<std::uint16_t>(value, "an unsigned 16-bit integer");
        case FieldType::Uint32:
            return number<std::uint32_t>(value, "an unsigned 32-bit integer");
        case FieldType::Float64:
            return number<double>(value, "a number");
        case FieldType::String:
            return {};
        case FieldType::Duration:
            return is_duration(value) ? Checked{} : refused("a duration such as 10s", value);
        case FieldType::List:
            return list(value);
        case FieldType::Mode:
            return one_of(value, {"validator", "full", "seed", "archive"});
        case FieldType::ReadMode:
            return one_of(value, {"cosmos_only", "evm_first", "split_read"});
        case FieldType::WriteMode:
            return one_of(value, {"cosmos_only", "dual_write", "split_write", "evm_only"});
        case FieldType::Unsettable:
            return std::unexpected(fmt::format("{} cannot be set by an override", field.key));
    }
    return std::unexpected("unknown field type");
}

}  // namespace devcluster::sidecar
