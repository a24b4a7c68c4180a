#include "kube/runtime/detail/metrics_format.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <stdexcept>

#include <prometheus/metric_family.h>
#define ZLIB_CONST
#include <zlib.h>

#include "kube/http/header_text.hpp"

namespace kube::detail {

namespace {

/// One of the values of a header that lists them by preference: "text/plain;version=0.0.4;q=0.5".
struct Preference {
    std::string value;
    std::map<std::string, std::string> parameters;
    double quality = 1;

    [[nodiscard]] bool has(const std::string& name, std::string_view value_of_it) const {
        const auto found = parameters.find(name);
        return found != parameters.end() && found->second == value_of_it;
    }
};

/// The most wanted first; those of equal quality as they stand. One with a quality of 0 is refused, and left out.
std::vector<Preference> preferences(std::string_view header) {
    std::vector<Preference> all;
    while (!header.empty()) {
        std::string_view left = take_until(',', header);
        Preference one{to_lower(take_until(';', left)), {}, 1};
        while (!left.empty()) {
            std::string_view value = take_until(';', left);
            std::string name = to_lower(take_until('=', value));
            if (name == "q") {
                // What is no number asks for nothing.
                one.quality = 0;
                std::from_chars(value.data(), value.data() + value.size(), one.quality);
            } else {
                one.parameters.emplace(std::move(name), trimmed(value));
            }
        }
        if (one.value.empty() || one.quality <= 0) continue;
        const auto place = std::ranges::upper_bound(all, one.quality, std::ranges::greater{}, &Preference::quality);
        all.insert(place, std::move(one));
    }
    return all;
}

/// A protobuf message as it is written down.
class Message {
public:
    Message& number(unsigned field, std::uint64_t value) {
        varint(field << 3u | kVarint);
        varint(value);
        return *this;
    }
    Message& real(unsigned field, double value) {
        varint(field << 3u | kFixed64);
        auto bits = std::bit_cast<std::uint64_t>(value);
        for (int byte = 0; byte < 8; ++byte, bits >>= 8u) encoded_ += static_cast<char>(bits & 0xffu);
        return *this;
    }
    Message& bytes(unsigned field, std::string_view value) {
        varint(field << 3u | kBytes);
        return delimited(value);
    }
    Message& message(unsigned field, const Message& value) { return bytes(field, value.encoded_); }
    /// `value` after its length, without a field.
    Message& delimited(std::string_view value) {
        varint(value.size());
        encoded_ += value;
        return *this;
    }
    [[nodiscard]] const std::string& encoded() const { return encoded_; }

private:
    static constexpr unsigned kVarint = 0;
    static constexpr unsigned kFixed64 = 1;
    static constexpr unsigned kBytes = 2;

    void varint(std::uint64_t value) {
        for (; value >= 0x80u; value >>= 7u) encoded_ += static_cast<char>((value & 0x7fu) | 0x80u);
        encoded_ += static_cast<char>(value);
    }
    std::string encoded_;
};

/// Of io.prometheus.client.MetricType, and of the field of Metric that holds the value.
enum class ProtoType : unsigned { Counter = 0, Gauge = 1, Summary = 2, Untyped = 3, Histogram = 4 };

ProtoType proto_type(prometheus::MetricType type) {
    switch (type) {
        case prometheus::MetricType::Counter:
            return ProtoType::Counter;
        case prometheus::MetricType::Gauge:
            return ProtoType::Gauge;
        case prometheus::MetricType::Summary:
            return ProtoType::Summary;
        case prometheus::MetricType::Untyped:
            return ProtoType::Untyped;
        case prometheus::MetricType::Histogram:
            return ProtoType::Histogram;
    }
    return ProtoType::Untyped;
}

Message histogram_of(const prometheus::ClientMetric::Histogram& histogram) {
    Message message;
    message.number(1, histogram.sample_count).real(2, histogram.sample_sum);
    for (const auto& bucket : histogram.bucket) {
        if (std::isinf(bucket.upper_bound)) continue;
        message.message(3, Message{}.number(1, bucket.cumulative_count).real(2, bucket.upper_bound));
    }
    return message;
}

Message summary_of(const prometheus::ClientMetric::Summary& summary) {
    Message message;
    message.number(1, summary.sample_count).real(2, summary.sample_sum);
    for (const auto& quantile : summary.quantile) {
        message.message(3, Message{}.real(1, quantile.quantile).real(2, quantile.value));
    }
    return message;
}

Message metric_of(const prometheus::ClientMetric& metric, ProtoType type) {
    Message message;
    for (const auto& label : metric.label) message.message(1, Message{}.bytes(1, label.name).bytes(2, label.value));
    switch (type) {
        case ProtoType::Gauge:
            return message.message(2, Message{}.real(1, metric.gauge.value));
        case ProtoType::Counter:
            return message.message(3, Message{}.real(1, metric.counter.value));
        case ProtoType::Summary:
            return message.message(4, summary_of(metric.summary));
        case ProtoType::Untyped:
            return message.message(5, Message{}.real(1, metric.untyped.value));
        case ProtoType::Histogram:
            return message.message(7, histogram_of(metric.histogram));
    }
    return message;
}

}  // namespace

MetricsFormat metrics_format_for(std::string_view accept) {
    for (const Preference& wanted : preferences(accept)) {
        const bool is_protobuf = wanted.value == "application/vnd.google.protobuf" &&
                                 wanted.has("proto", "io.prometheus.client.MetricFamily") &&
                                 wanted.has("encoding", "delimited");
        if (is_protobuf) return MetricsFormat::DelimitedProtobuf;
        const bool is_text = wanted.value == "text/plain" || wanted.value == "text/*" || wanted.value == "*/*";
        if (is_text && (!wanted.parameters.contains("version") || wanted.has("version", "0.0.4"))) {
            return MetricsFormat::Text;
        }
    }
    return MetricsFormat::Text;
}

bool accepts_gzip(std::string_view accept_encoding) {
    const std::vector<Preference> wanted = preferences(accept_encoding);
    return std::ranges::any_of(wanted, [](const Preference& one) { return one.value == "gzip" || one.value == "*"; });
}

std::string_view content_type(MetricsFormat format) {
    switch (format) {
        case MetricsFormat::Text:
            return "text/plain; version=0.0.4; charset=utf-8";
        case MetricsFormat::DelimitedProtobuf:
            return "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    }
    return {};
}

std::string delimited_protobuf(const std::vector<prometheus::MetricFamily>& families) {
    Message all;
    for (const prometheus::MetricFamily& family : families) {
        const ProtoType type = proto_type(family.type);
        Message message;
        message.bytes(1, family.name).bytes(2, family.help).number(3, static_cast<unsigned>(type));
        for (const prometheus::ClientMetric& metric : family.metric) message.message(4, metric_of(metric, type));
        all.delimited(message.encoded());
    }
    return all.encoded();
}

std::string gzip(std::string_view plain) {
    // A small window: neighbouring lines repeat each other, and 32 kB are enough to work in.
    constexpr int kWindowBits = 12;
    constexpr int kGzipHeader = 16;
    constexpr int kMemoryLevel = 5;
    z_stream stream{};
    if (deflateInit2(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWindowBits + kGzipHeader, kMemoryLevel, Z_DEFAULT_STRATEGY
        ) != Z_OK) {
        throw std::runtime_error{"zlib has no memory to compress the metrics"};
    }
    std::string packed(deflateBound(&stream, plain.size()), '\0');
    stream.next_in = reinterpret_cast<const Bytef*>(plain.data());
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const int result = deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error{"zlib did not compress the metrics in one go"};
    return packed;
}

}  // namespace kube::detail
