// Log lines: encoded here, carried to standard error by spdlog.
#include "kube/runtime/log.hpp"

#include <charconv>
#include <ctime>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <boost/json.hpp>

namespace kube {

namespace json = boost::json;

struct Logger::Core {
    Core(Clock& clock_, LogOptions options_, std::function<void(std::string_view)> sink_)
        : clock{clock_}, options{options_}, sink{std::move(sink_)} {}

    Clock& clock;
    LogOptions options;
    std::function<void(std::string_view)> sink;
    std::map<std::pair<LogLevel, std::string>, unsigned, std::less<>> counts;
    std::chrono::sys_seconds counts_of{};

    bool passes_limit(LogLevel level, std::string_view message, WallTime now) {
        const unsigned most = options.same_messages_per_second_max;
        if (most == 0) return true;
        const auto second = std::chrono::floor<std::chrono::seconds>(now);
        if (second != counts_of) {
            counts.clear();
            counts_of = second;
        }
        const unsigned count = ++counts[{level, std::string{message}}];
        return count <= most || (count - most) % 100 == 0;
    }
};

namespace {

std::string text_of_time(WallTime now, LogTimeEncoding encoding) {
    using namespace std::chrono;
    const auto micros = duration_cast<microseconds>(now.time_since_epoch()).count();
    switch (encoding) {
        case LogTimeEncoding::Epoch:
            return fmt::format("{}.{:06}", micros / 1'000'000, micros % 1'000'000);
        case LogTimeEncoding::Millis:
            return fmt::format("{}.{:03}", micros / 1'000, micros % 1'000);
        case LogTimeEncoding::Nanos:
            return fmt::format("{}", micros * 1'000);
        case LogTimeEncoding::Iso8601:
        case LogTimeEncoding::Rfc3339:
        case LogTimeEncoding::Rfc3339Nano:
            break;
    }
    const auto day = floor<days>(now);
    const year_month_day date{day};
    const hh_mm_ss time{floor<microseconds>(now - day)};
    const std::string whole = fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        time.hours().count(),
        time.minutes().count(),
        time.seconds().count()
    );
    const auto fraction = time.subseconds().count();
    if (encoding == LogTimeEncoding::Iso8601) return fmt::format("{}.{:03}Z", whole, fraction / 1'000);
    if (encoding == LogTimeEncoding::Rfc3339Nano && fraction != 0) {
        std::string digits = fmt::format("{:06}", fraction);
        digits.erase(digits.find_last_not_of('0') + 1);
        return whole + "." + digits + "Z";
    }
    return whole + "Z";
}

bool is_number(LogTimeEncoding encoding) {
    return encoding == LogTimeEncoding::Epoch || encoding == LogTimeEncoding::Millis ||
           encoding == LogTimeEncoding::Nanos;
}

void append_member(std::string& line, std::string_view key, const json::value& value) {
    if (line.back() != '{') line += ',';
    line += json::serialize(json::value(json::string_view{key.data(), key.size()}));
    line += ':';
    line += json::serialize(value);
}

json::value text_value(std::string_view text) {
    return json::value(json::string_view{text.data(), text.size()});
}

std::string upper(std::string_view text) {
    std::string out{text};
    for (char& letter : out) letter = static_cast<char>(letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter);
    return out;
}

}  // namespace

std::string_view to_string(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return "debug";
        case LogLevel::Info:
            return "info";
        case LogLevel::Warn:
            return "warn";
        case LogLevel::Error:
            return "error";
        case LogLevel::Panic:
            return "panic";
    }
    return "unknown";
}

std::optional<LogLevel> parse_log_level(std::string_view text) {
    for (const LogLevel level : {LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error, LogLevel::Panic}) {
        if (text == to_string(level)) return level;
    }
    int verbosity = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), verbosity);
    if (error == std::errc{} && end == text.data() + text.size() && verbosity > 0) return LogLevel::Debug;
    return std::nullopt;
}

std::optional<LogEncoding> parse_log_encoding(std::string_view text) {
    if (text == "json") return LogEncoding::Json;
    if (text == "console") return LogEncoding::Console;
    return std::nullopt;
}

std::optional<LogTimeEncoding> parse_log_time_encoding(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, LogTimeEncoding>, 6> known{
        {{"epoch", LogTimeEncoding::Epoch},
         {"millis", LogTimeEncoding::Millis},
         {"nanos", LogTimeEncoding::Nanos},
         {"iso8601", LogTimeEncoding::Iso8601},
         {"rfc3339", LogTimeEncoding::Rfc3339},
         {"rfc3339nano", LogTimeEncoding::Rfc3339Nano}}
    };
    for (const auto& [name, encoding] : known) {
        if (text == name) return encoding;
    }
    return std::nullopt;
}

bool Logger::is_enabled(LogLevel level) const {
    return core_ != nullptr && level >= core_->options.level;
}

void Logger::write(LogLevel level, std::string_view message, const std::string_view* error, Fields fields) const {
    if (!is_enabled(level)) return;
    const WallTime now = core_->clock.now();
    if (!core_->passes_limit(level, message, now)) return;

    std::string line = "{";
    const std::string time = text_of_time(now, core_->options.time_encoding);
    const bool is_json = core_->options.encoding == LogEncoding::Json;
    if (is_json) {
        append_member(line, "level", text_value(to_string(level)));
        line += is_number(core_->options.time_encoding) ? ",\"ts\":" + time : ",\"ts\":\"" + time + "\"";
        if (!name_.empty()) append_member(line, "logger", text_value(name_));
        append_member(line, "msg", text_value(message));
    }
    if (fields_ != nullptr) {
        for (const auto& member : *fields_) append_member(line, member.key(), member.value());
    }
    for (const LogField& field : fields) append_member(line, field.key, field.value);
    if (error != nullptr) append_member(line, "error", text_value(*error));
    line += '}';
    if (!is_json) {
        std::string console = time + "\t" + upper(to_string(level)) + "\t";
        if (!name_.empty()) console += name_ + "\t";
        console += message;
        if (line != "{}") console += "\t" + line;
        line = std::move(console);
    }
    core_->sink(line);
}

void Logger::error(std::string_view message, std::exception_ptr error, Fields fields) const {
    const std::string text = error_text(error);
    const std::string_view view = text;
    write(LogLevel::Error, message, &view, fields);
}

Logger Logger::with(Fields fields) const {
    if (core_ == nullptr) return {};
    auto joined = fields_ == nullptr ? std::make_shared<json::object>() : std::make_shared<json::object>(*fields_);
    for (const LogField& field : fields) (*joined)[field.key] = field.value;
    Logger logger = *this;
    logger.fields_ = std::move(joined);
    return logger;
}

Logger Logger::named(std::string_view name) const {
    Logger logger = *this;
    logger.name_ = name_.empty() ? std::string{name} : name_ + "." + std::string{name};
    return logger;
}

Logger make_logger(Clock& clock, LogOptions options, std::function<void(std::string_view)> sink) {
    return Logger{std::make_shared<Logger::Core>(clock, options, std::move(sink))};
}

Logger make_logger(Clock& clock, LogOptions options) {
    auto output = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    output->set_pattern("%v");
    return make_logger(clock, options, [output](std::string_view line) {
        output->log(spdlog::details::log_msg{"", spdlog::level::info, spdlog::string_view_t{line.data(), line.size()}});
        output->flush();
    });
}

std::string error_text(const std::exception_ptr& error) {
    try {
        if (error) std::rethrow_exception(error);
        return "no error";
    } catch (const std::exception& known) {
        return known.what();
    } catch (...) {
        return "unknown exception";
    }
}

}  // namespace kube
