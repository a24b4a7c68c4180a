#include "kube/meta/time.hpp"

#include <fmt/format.h>

namespace kube {
namespace {

using Microseconds = std::chrono::sys_time<std::chrono::microseconds>;

/// Reads the parts of an RFC 3339 time, front to back.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_{text} {}

    /// Exactly `digits` decimal digits.
    std::optional<int> number(std::size_t digits) {
        if (rest_.size() < digits) return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            const char c = rest_[i];
            if (c < '0' || c > '9') return std::nullopt;
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(digits);
        return value;
    }

    bool skip(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool skip_any_of(std::string_view wanted) {
        if (rest_.empty() || !wanted.contains(rest_.front())) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// ".123456789": the first six digits count, at least one must be there.
    std::optional<std::chrono::microseconds> fraction() {
        std::int64_t value = 0;
        std::int64_t scale = 100'000;
        std::size_t digits = 0;
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
            value += (rest_.front() - '0') * scale;
            scale /= 10;
            ++digits;
            rest_.remove_prefix(1);
        }
        if (digits == 0) return std::nullopt;
        return std::chrono::microseconds{value};
    }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

/// How far local time is ahead of UTC.
std::optional<std::chrono::minutes> parse_offset(Scanner& scanner) {
    if (scanner.skip_any_of("Zz")) return std::chrono::minutes{0};
    const bool is_ahead = scanner.skip('+');
    if (!is_ahead && !scanner.skip('-')) return std::nullopt;
    const auto hours = scanner.number(2);
    if (!hours || *hours > 23 || !scanner.skip(':')) return std::nullopt;
    const auto minutes = scanner.number(2);
    if (!minutes || *minutes > 59) return std::nullopt;
    const std::chrono::minutes offset{*hours * 60 + *minutes};
    return is_ahead ? offset : -offset;
}

std::optional<Microseconds> parse_rfc3339(std::string_view text) {
    Scanner scanner{text};
    const auto year = scanner.number(4);
    if (!year || !scanner.skip('-')) return std::nullopt;
    const auto month = scanner.number(2);
    if (!month || !scanner.skip('-')) return std::nullopt;
    const auto day = scanner.number(2);
    if (!day || !scanner.skip_any_of("Tt")) return std::nullopt;
    const auto hour = scanner.number(2);
    if (!hour || *hour > 23 || !scanner.skip(':')) return std::nullopt;
    const auto minute = scanner.number(2);
    if (!minute || *minute > 59 || !scanner.skip(':')) return std::nullopt;
    const auto second = scanner.number(2);
    if (!second || *second > 59) return std::nullopt;
    std::chrono::microseconds fraction{0};
    if (scanner.skip('.')) {
        const auto digits = scanner.fraction();
        if (!digits) return std::nullopt;
        fraction = *digits;
    }
    const auto offset = parse_offset(scanner);
    if (!offset || !scanner.at_end()) return std::nullopt;

    const std::chrono::year_month_day date{
        std::chrono::year{*year},
        std::chrono::month{static_cast<unsigned>(*month)},
        std::chrono::day{static_cast<unsigned>(*day)}
    };
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
           std::chrono::seconds{*second} + fraction - *offset;
}

/// Two digits at `place`, for which there is room.
void put(std::string& text, std::size_t place, unsigned value) {
    text[place] = static_cast<char>('0' + value / 10 % 10);
    text[place + 1] = static_cast<char>('0' + value % 10);
}

/// By hand: it is in every condition and every entry of managedFields that is written.
std::string date_and_time(std::chrono::sys_seconds at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{at - day};
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    std::string text = "0000-00-00T00:00:00";
    put(text, 0, year / 100);
    put(text, 2, year % 100);
    put(text, 5, static_cast<unsigned>(date.month()));
    put(text, 8, static_cast<unsigned>(date.day()));
    put(text, 11, static_cast<unsigned>(time.hours().count()));
    put(text, 14, static_cast<unsigned>(time.minutes().count()));
    put(text, 17, static_cast<unsigned>(time.seconds().count()));
    return text;
}

}  // namespace

std::string to_string(Time time) {
    return date_and_time(time.at) + "Z";
}

std::optional<Time> parse_time(std::string_view rfc3339) {
    const auto at = parse_rfc3339(rfc3339);
    if (!at) return std::nullopt;
    return Time::of(*at);
}

std::string to_string(MicroTime time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time.at);
    return fmt::format("{}.{:06}Z", date_and_time(seconds), (time.at - seconds).count());
}

std::optional<MicroTime> parse_micro_time(std::string_view rfc3339) {
    const auto at = parse_rfc3339(rfc3339);
    if (!at) return std::nullopt;
    return MicroTime{*at};
}

}  // namespace kube
