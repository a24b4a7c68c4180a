// The configuration keys that a sidecar knows, and which values each takes (spec 04 §10.4).
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace devcluster::sidecar {

/// What the text of an override is read as.
enum class FieldType {
    Bool,
    Int,
    Int32,
    Int64,
    Uint,
    Uint16,
    Uint32,
    Uint64,
    Float64,
    String,
    Duration,
    List,
    Mode,
    ReadMode,
    WriteMode,
    /// Known, and nevertheless not to be set by an override: an optional bool, a list of lists.
    Unsettable,
};

struct ConfigField {
    std::string_view key;
    FieldType type = FieldType::String;
};

/// All 224 keys, sorted.
[[nodiscard]] std::span<const ConfigField> config_fields();
[[nodiscard]] const ConfigField* find_config_field(std::string_view key);

/// Would the sidecar take `value` for `field`? The error says why not.
[[nodiscard]] std::expected<void, std::string> check_value(const ConfigField& field, std::string_view value);

}  // namespace devcluster::sidecar
