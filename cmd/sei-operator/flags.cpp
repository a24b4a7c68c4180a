#include "flags.hpp"

#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace sei_operator {
namespace {

/// Where a value goes. Says what is wrong with it, or nothing.
using Store = std::function<std::optional<std::string>(const std::string& value)>;

struct Flag {
    std::string name;
    std::string value_name;  // empty for a boolean
    std::string default_text;
    std::string meaning;
    Store store;
    [[nodiscard]] bool is_boolean() const { return value_name.empty(); }
};

std::optional<bool> parse_bool(std::string_view text) {
    for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
        if (text == yes) return true;
    }
    for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
        if (text == no) return false;
    }
    return std::nullopt;
}

Store text_into(std::string& target) {
    return [&target](const std::string& value) -> std::optional<std::string> {
        target = value;
        return std::nullopt;
    };
}

Store bool_into(bool& target) {
    return [&target](const std::string& value) -> std::optional<std::string> {
        const auto parsed = parse_bool(value);
        if (!parsed) return "expected true or false";
        target = *parsed;
        return std::nullopt;
    };
}

/// The --zap-* flags: what was given overrides the preset, in whichever order they came.
struct LogFlags {
    bool development = false;
    std::optional<kube::LogEncoding> encoding;
    std::optional<kube::LogLevel> level;
    std::optional<kube::LogTimeEncoding> time_encoding;

    [[nodiscard]] kube::LogOptions options() const {
        kube::LogOptions options;
        if (development) {
            options.encoding = kube::LogEncoding::Console;
            options.level = kube::LogLevel::Debug;
            options.same_messages_per_second_max = 0;
        }
        if (encoding) options.encoding = *encoding;
        if (level) options.level = *level;
        if (time_encoding) options.time_encoding = *time_encoding;
        return options;
    }
};

template <class T>
Store parsed_into(std::optional<T>& target, std::optional<T> (*parse)(std::string_view), std::string expected) {
    return [&target, parse, expected = std::move(expected)](const std::string& value) -> std::optional<std::string> {
        target = parse(value);
        if (!target) return "expected " + expected;
        return std::nullopt;
    };
}

std::optional<std::string> check_stacktrace_level(const std::string& value) {
    if (value == "info" || value == "error" || value == "panic") return std::nullopt;
    return "expected info, error or panic";
}

std::vector<Flag> flags_into(Flags& flags, LogFlags& log) {
    return {
        {"debug-barrier",
         "",
         "false",
         "Serve /debug/barrier beside the probes: for tests that wait until the operator is at rest.",
         bool_into(flags.debug_barrier)},
        {"enable-http2",
         "",
         "false",
         "Accepted for compatibility; does nothing: metrics are served over HTTP/1.1.",
         bool_into(flags.enable_http2)},
        {"health-probe-bind-address",
         "address",
         ":8081",
         "Where /healthz and /readyz are served; 0 or empty for nowhere.",
         text_into(flags.health_probe_bind_address)},
        {"kubeconfig",
         "file",
         "",
         "The kubeconfig file. Without it: KUBECONFIG, then the pod's own account, then ~/.kube/config.",
         text_into(flags.kubeconfig)},
        {"leader-elect",
         "",
         "true",
         "Work only while holding the Lease, so that one replica works at a time.",
         bool_into(flags.leader_elect)},
        {"metrics-bind-address",
         "address",
         ":8080",
         "Where /metrics is served; 0 for nowhere.",
         text_into(flags.metrics_bind_address)},
        {"metrics-cert-key",
         "file",
         "tls.key",
         "The key's file name in --metrics-cert-path.",
         text_into(flags.metrics_cert_key)},
        {"metrics-cert-name",
         "file",
         "tls.crt",
         "The certificate's file name in --metrics-cert-path.",
         text_into(flags.metrics_cert_name)},
        {"metrics-cert-path",
         "directory",
         "",
         "Where the certificate of the metrics server lies.",
         text_into(flags.metrics_cert_path)},
        {"metrics-secure",
         "",
         "false",
         "Serve metrics over HTTPS to authorized readers only.",
         bool_into(flags.metrics_secure)},
        {"zap-devel", "", "false", "Logs for people: console lines from debug level on.", bool_into(log.development)},
        {"zap-encoder",
         "name",
         "json",
         "How lines are written: json or console.",
         parsed_into(log.encoding, &kube::parse_log_encoding, "json or console")},
        {"zap-log-level",
         "level",
         "info",
         "The least level: debug, info, error, panic, or a verbosity above 0.",
         parsed_into(log.level, &kube::parse_log_level, "debug, info, error, panic or an integer above 0")},
        {"zap-stacktrace-level",
         "level",
         "error",
         "Accepted for compatibility: info, error or panic. There are no stack traces.",
         &check_stacktrace_level},
        {"zap-time-encoding",
         "name",
         "rfc3339",
         "How times are written: epoch, millis, nanos, iso8601, rfc3339 or rfc3339nano.",
         parsed_into(
             log.time_encoding, &kube::parse_log_time_encoding, "epoch, millis, nanos, iso8601, rfc3339 or rfc3339nano"
         )},
    };
}

EarlyExit bad_command_line(const std::string& program, const std::string& what) {
    return {2, what + "\n" + usage(program)};
}

}  // namespace

std::string usage(const std::string& program) {
    Flags flags;
    LogFlags log;
    std::string text = "Usage of " + program + ":\n";
    for (const Flag& flag : flags_into(flags, log)) {
        text += "  --" + flag.name;
        if (!flag.is_boolean()) text += " " + flag.value_name;
        text += "\n    \t" + flag.meaning;
        if (!flag.default_text.empty()) text += " (default " + flag.default_text + ")";
        text += "\n";
    }
    return text;
}

std::expected<Flags, EarlyExit> parse_flags(const std::string& program, const std::vector<std::string>& arguments) {
    Flags flags;
    LogFlags log;
    const std::vector<Flag> known = flags_into(flags, log);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (argument == "--" && i + 1 == arguments.size()) break;
        if (argument.size() < 2 || argument.front() != '-' || argument == "--") {
            return std::unexpected(bad_command_line(
                program,
                "unexpected argument \"" + argument + "\": there are only flags (a boolean's value follows \"=\")"
            ));
        }
        std::string name = argument.substr(argument.starts_with("--") ? 2 : 1);
        std::optional<std::string> value;
        if (const auto equals = name.find('='); equals != std::string::npos) {
            value = name.substr(equals + 1);
            name.resize(equals);
        }
        const Flag* flag = nullptr;
        for (const Flag& candidate : known) {
            if (candidate.name == name) flag = &candidate;
        }
        if (flag == nullptr) {
            if (name == "h" || name == "help") return std::unexpected(EarlyExit{0, usage(program)});
            return std::unexpected(bad_command_line(program, "flag provided but not defined: -" + name));
        }
        if (!value && flag->is_boolean()) value = "true";
        if (!value) {
            if (i + 1 == arguments.size()) {
                return std::unexpected(bad_command_line(program, "flag needs an argument: -" + name));
            }
            value = arguments[++i];
        }
        if (const auto problem = flag->store(*value)) {
            return std::unexpected(
                bad_command_line(program, "invalid value \"" + *value + "\" for flag -" + name + ": " + *problem)
            );
        }
    }
    flags.log = log.options();
    return flags;
}

}  // namespace sei_operator
