#include "devcluster/cel/time_text.hpp"

#include <fmt/core.h>

#include <chrono>

namespace devcluster::cel {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

/// Reads decimal digits off the front of a text.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}
    [[nodiscard]] bool at_end() const { return text_.empty(); }
    bool accept(std::string_view prefix) {
        if (!text_.starts_with(prefix)) return false;
        text_.remove_prefix(prefix.size());
        return true;
    }
    /// Exactly `digits` of them.
    std::optional<unsigned> number(std::size_t digits) {
        if (text_.size() < digits) return std::nullopt;
        unsigned value = 0;
        for (std::size_t index = 0; index < digits; ++index) {
            if (text_[index] < '0' || text_[index] > '9') return std::nullopt;
            value = value * 10 + static_cast<unsigned>(text_[index] - '0');
        }
        text_.remove_prefix(digits);
        return value;
    }
    std::string_view digits() {
        std::size_t length = 0;
        while (length < text_.size() && text_[length] >= '0' && text_[length] <= '9') ++length;
        const std::string_view run = text_.substr(0, length);
        text_.remove_prefix(length);
        return run;
    }

private:
    std::string_view text_;
};

struct Unit {
    std::string_view name;
    std::int64_t nanos;
};
// Longer names first where one begins with another.
constexpr Unit kUnits[] = {
    {"ns", 1},
    {"us", 1'000},
    {"\xC2\xB5s", 1'000},
    {"\xCE\xBCs", 1'000},
    {"ms", 1'000'000},
    {"s", kNanosPerSecond},
    {"m", 60 * kNanosPerSecond},
    {"h", 3600 * kNanosPerSecond},
};

std::optional<std::int64_t> read_date(Reader& reader) {
    const auto year = reader.number(4);
    if (!year || !reader.accept("-")) return std::nullopt;
    const auto month = reader.number(2);
    if (!month || !reader.accept("-")) return std::nullopt;
    const auto day = reader.number(2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month}, std::chrono::day{*day}
    };
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date}.time_since_epoch().count();
}

/// Digits after a decimal point as nanoseconds; what is finer is cut off.
std::int32_t fraction_nanos(std::string_view digits) {
    std::int32_t nanos = 0;
    for (std::size_t index = 0; index < 9; ++index) {
        nanos = nanos * 10 + (index < digits.size() ? digits[index] - '0' : 0);
    }
    return nanos;
}

std::string fraction_text(std::int64_t nanos) {
    if (nanos == 0) return {};
    std::string digits = fmt::format(".{:09}", nanos);
    while (digits.ends_with('0')) digits.pop_back();
    return digits;
}

}  // namespace

std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
    const std::chrono::year_month_day date{
        std::chrono::year{static_cast<int>(year)}, std::chrono::month{month}, std::chrono::day{day}
    };
    return std::chrono::sys_days{date}.time_since_epoch().count();
}

CivilTime civil_time(std::int64_t seconds) {
    std::int64_t days = seconds / kSecondsPerDay;
    std::int64_t of_day = seconds % kSecondsPerDay;
    if (of_day < 0) {
        of_day += kSecondsPerDay;
        --days;
    }
    const std::chrono::sys_days date{std::chrono::days{days}};
    const std::chrono::year_month_day civil{date};
    const auto year = static_cast<std::int64_t>(static_cast<int>(civil.year()));
    return {
        .year = year,
        .month = static_cast<unsigned>(civil.month()),
        .day = static_cast<unsigned>(civil.day()),
        .weekday = std::chrono::weekday{date}.c_encoding(),
        .year_day = static_cast<unsigned>(days - days_from_civil(year, 1, 1)),
        .hour = static_cast<unsigned>(of_day / 3600),
        .minute = static_cast<unsigned>(of_day / 60 % 60),
        .second = static_cast<unsigned>(of_day % 60),
    };
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
    Reader reader{text};
    const bool is_negative = reader.accept("-");
    if (!is_negative) reader.accept("+");
    if (reader.accept("0") && reader.at_end()) return 0;
    reader = Reader{text};
    if (!reader.accept("-")) reader.accept("+");
    if (reader.at_end()) return std::nullopt;
    __extension__ using Wide = __int128;
    Wide total = 0;
    while (!reader.at_end()) {
        const std::string_view whole = reader.digits();
        const std::string_view fraction = reader.accept(".") ? reader.digits() : std::string_view{};
        if ((whole.empty() && fraction.empty()) || whole.size() > 18 || fraction.size() > 18) return std::nullopt;
        const Unit* unit = nullptr;
        for (const Unit& candidate : kUnits) {
            if (reader.accept(candidate.name)) {
                unit = &candidate;
                break;
            }
        }
        if (unit == nullptr) return std::nullopt;
        Wide value = 0;
        for (const char digit : whole) value = value * 10 + (digit - '0');
        total += value * unit->nanos;
        Wide scale = 1;
        Wide part = 0;
        for (const char digit : fraction) {
            part = part * 10 + (digit - '0');
            scale *= 10;
        }
        total += part * unit->nanos / scale;
        if (total > INT64_MAX) return std::nullopt;
    }
    const auto nanos = static_cast<std::int64_t>(total);
    return is_negative ? -nanos : nanos;
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
    Reader reader{text};
    const auto days = read_date(reader);
    if (!days || (!reader.accept("T") && !reader.accept("t"))) return std::nullopt;
    const auto hour = reader.number(2);
    if (!hour || *hour > 23 || !reader.accept(":")) return std::nullopt;
    const auto minute = reader.number(2);
    if (!minute || *minute > 59 || !reader.accept(":")) return std::nullopt;
    const auto second = reader.number(2);
    if (!second || *second > 59) return std::nullopt;
    std::int32_t nanos = 0;
    if (reader.accept(".")) {
        const std::string_view digits = reader.digits();
        if (digits.empty()) return std::nullopt;
        nanos = fraction_nanos(digits);
    }
    std::int64_t offset = 0;
    if (!reader.accept("Z") && !reader.accept("z")) {
        const bool is_west = reader.accept("-");
        if (!is_west && !reader.accept("+")) return std::nullopt;
        const auto hours = reader.number(2);
        if (!hours || *hours > 23 || !reader.accept(":")) return std::nullopt;
        const auto minutes = reader.number(2);
        if (!minutes || *minutes > 59) return std::nullopt;
        offset = static_cast<std::int64_t>(*hours) * 3600 + static_cast<std::int64_t>(*minutes) * 60;
        if (is_west) offset = -offset;
    }
    if (!reader.at_end()) return std::nullopt;
    const std::int64_t seconds = *days * kSecondsPerDay + *hour * 3600 + *minute * 60 + *second - offset;
    return Timestamp{seconds, nanos};
}

std::optional<Timestamp> parse_timestamp_or_date(std::string_view text) {
    Reader reader{text};
    const auto days = read_date(reader);
    if (days && reader.at_end()) return Timestamp{*days * kSecondsPerDay, 0};
    return parse_timestamp(text);
}

bool is_date(std::string_view text) {
    Reader reader{text};
    return read_date(reader).has_value() && reader.at_end();
}

std::string format_duration_seconds(std::int64_t nanoseconds) {
    const bool is_negative = nanoseconds < 0;
    const std::uint64_t magnitude =
        is_negative ? 0 - static_cast<std::uint64_t>(nanoseconds) : static_cast<std::uint64_t>(nanoseconds);
    const auto fraction = static_cast<std::int64_t>(magnitude % kNanosPerSecond);
    return fmt::format("{}{}{}s", is_negative ? "-" : "", magnitude / kNanosPerSecond, fraction_text(fraction));
}

std::string format_timestamp(const Timestamp& time) {
    const CivilTime civil = civil_time(time.seconds);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z",
        civil.year,
        civil.month,
        civil.day,
        civil.hour,
        civil.minute,
        civil.second,
        fraction_text(time.nanos)
    );
}

}  // namespace devcluster::cel
