// Structured log lines (spec 07 §12): a Logger is a small value that is passed around; there is no global one.
#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <boost/json/value.hpp>

#include "kube/async/clock.hpp"
#include "kube/meta/names.hpp"

namespace kube {

/// Panic is only a threshold: nothing is logged at it.
enum class LogLevel { Debug, Info, Warn, Error, Panic };
/// "debug", "info", "warn", "error", "panic".
[[nodiscard]] std::string_view to_string(LogLevel level);
/// A level's name, or an integer above 0 (a verbosity: 1 and more are Debug). Nullopt for anything else.
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view text);

enum class LogEncoding { Json, Console };
[[nodiscard]] std::optional<LogEncoding> parse_log_encoding(std::string_view text);

/// How `ts` is written: "epoch" (seconds with a fraction), "millis", "nanos", "iso8601", "rfc3339", "rfc3339nano".
enum class LogTimeEncoding { Epoch, Millis, Nanos, Iso8601, Rfc3339, Rfc3339Nano };
[[nodiscard]] std::optional<LogTimeEncoding> parse_log_time_encoding(std::string_view text);

struct LogOptions {
    LogLevel level = LogLevel::Info;
    LogEncoding encoding = LogEncoding::Json;
    LogTimeEncoding time_encoding = LogTimeEncoding::Rfc3339;
    /// Of one message at one level, within one second: this many lines, then each hundredth. 0: no limit.
    unsigned same_messages_per_second_max = 100;
};

/// One key and its value. Text, numbers, bools, JSON, and keys of objects ({"name", "namespace"}) go in as they are.
struct LogField {
    template <class V>
    LogField(std::string_view key_, const V& value_) : key{key_}, value{value_of(value_)} {}

    std::string_view key;
    boost::json::value value;

private:
    template <class V>
    static boost::json::value value_of(const V& value) {
        if constexpr (std::is_same_v<V, boost::json::value> || std::is_same_v<V, boost::json::object> ||
                      std::is_same_v<V, boost::json::array>) {
            return boost::json::value(value);
        } else if constexpr (std::is_same_v<V, NamespacedName>) {
            return boost::json::object{{"name", value.name}, {"namespace", value.namespace_}};
        } else if constexpr (std::convertible_to<const V&, std::string_view>) {
            const std::string_view text = value;
            return boost::json::value(boost::json::string_view{text.data(), text.size()});
        } else {
            static_assert(std::is_arithmetic_v<V>, "a log field is text, a number, a bool, JSON or a NamespacedName");
            return boost::json::value(value);
        }
    }
};

/// Writes lines with a name and fields of its own. Cheap to copy. A default-constructed one writes nothing.
///
///     log.info("Starting workers", {{"worker count", 64}});
///     log.with({{"controller", "seinode"}}).error("Reconciler error", error.what());
///
/// Keys of a line: level, ts, logger (when named), msg, the fields in their order, error.
class Logger {
public:
    using Fields = std::initializer_list<LogField>;
    struct Core;  // the sink and its options

    Logger() = default;
    explicit Logger(std::shared_ptr<Core> core) : core_{std::move(core)} {}

    void debug(std::string_view message, Fields fields = {}) const { write(LogLevel::Debug, message, nullptr, fields); }
    void info(std::string_view message, Fields fields = {}) const { write(LogLevel::Info, message, nullptr, fields); }
    void warn(std::string_view message, Fields fields = {}) const { write(LogLevel::Warn, message, nullptr, fields); }
    void error(std::string_view message, Fields fields = {}) const { write(LogLevel::Error, message, nullptr, fields); }
    /// `error` is the text of what went wrong.
    void error(std::string_view message, std::string_view error, Fields fields = {}) const {
        write(LogLevel::Error, message, &error, fields);
    }
    void error(std::string_view message, std::exception_ptr error, Fields fields = {}) const;

    /// A logger whose lines carry these fields too.
    [[nodiscard]] Logger with(Fields fields) const;
    /// A logger with this name; a name within a name is joined by a dot.
    [[nodiscard]] Logger named(std::string_view name) const;
    [[nodiscard]] bool is_enabled(LogLevel level) const;

private:
    void write(LogLevel level, std::string_view message, const std::string_view* error, Fields fields) const;

    std::shared_ptr<Core> core_;
    std::string name_;
    std::shared_ptr<const boost::json::object> fields_;
};

/// Lines to standard error. `clock` (for `ts` and the limit of equal messages) outlives every copy of the logger.
[[nodiscard]] Logger make_logger(Clock& clock, LogOptions options = {});
/// Lines, each without its line end, to `sink`.
[[nodiscard]] Logger make_logger(Clock& clock, LogOptions options, std::function<void(std::string_view line)> sink);

/// The text of an exception; "unknown exception" for one that is no std::exception.
[[nodiscard]] std::string error_text(const std::exception_ptr& error);

}  // namespace kube
