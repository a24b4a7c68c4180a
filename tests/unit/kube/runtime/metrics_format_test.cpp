#include "kube/runtime/detail/metrics_format.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

namespace kube::detail {
namespace {

constexpr std::string_view kProtobuf =
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

TEST(MetricsFormat, is_what_the_scraper_likes_best_of_what_there_is) {
    struct Case {
        std::string accept;
        MetricsFormat format;
    };
    const std::string protobuf{kProtobuf};
    for (const Case& one : std::vector<Case>{
             {"", MetricsFormat::Text},
             {"*/*", MetricsFormat::Text},
             {"application/json", MetricsFormat::Text},
             {protobuf, MetricsFormat::DelimitedProtobuf},
             {protobuf + ";q=0.6,application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.4",
              MetricsFormat::DelimitedProtobuf},
             {"text/plain;version=0.0.4;q=0.5, " + protobuf + "; q=0.4", MetricsFormat::Text},
             {"text/plain;version=1.0.0;q=0.9," + protobuf + ";q=0.1", MetricsFormat::DelimitedProtobuf},
             {protobuf + ";q=0", MetricsFormat::Text},
             {protobuf + ";q=much", MetricsFormat::Text},
             {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text",
              MetricsFormat::Text},
             {"Application/VND.google.protobuf ; Proto=io.prometheus.client.MetricFamily ; encoding=delimited",
              MetricsFormat::DelimitedProtobuf},
         }) {
        EXPECT_EQ(metrics_format_for(one.accept), one.format) << one.accept;
    }
}

TEST(MetricsFormat, is_compressed_for_who_accepts_gzip) {
    for (const char* yes : {"gzip", "deflate, gzip;q=0.5", "GZIP", "*"}) EXPECT_TRUE(accepts_gzip(yes)) << yes;
    for (const char* no : {"", "identity", "gzip;q=0", "zstd, br"}) EXPECT_FALSE(accepts_gzip(no)) << no;
}

TEST(MetricsFormat, gzip_is_read_by_zlib_and_is_smaller) {
    std::string plain;
    for (int i = 0; i < 5'000; ++i) plain += fmt::format("some_metric{{name=\"node-{}\"}} {}\n", i, i * i);
    std::string packed = gzip(plain);
    EXPECT_LT(packed.size(), plain.size() / 4);

    std::string unpacked(plain.size() + 1, '\0');
    z_stream stream{};
    ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(unpacked.data());
    stream.avail_out = static_cast<uInt>(unpacked.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    unpacked.resize(stream.total_out);
    inflateEnd(&stream);
    EXPECT_EQ(unpacked, plain);
}

TEST(MetricsFormat, gzip_of_nothing_is_a_gzip) {
    EXPECT_EQ(gzip("").substr(0, 2), "\x1f\x8b");
}

std::string in_hex(std::string_view bytes) {
    std::string hex;
    for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return hex;
}

// The expected bytes were written by another program after the messages' definition.
TEST(MetricsFormat, protobuf_has_a_counter_with_its_labels) {
    Metrics metrics;
    metrics.counter("a_total", "A").add({{"kind", "x"}}, 2);
    EXPECT_EQ(
        in_hex(metrics.serialize(MetricsFormat::DelimitedProtobuf)),
        "260a07615f746f74616c120141180022160a090a046b696e641201781a09090000000000000040"
    );
}

TEST(MetricsFormat, protobuf_has_a_gauge) {
    Metrics metrics;
    metrics.gauge("level", "L").set({}, 1.5);
    EXPECT_EQ(
        in_hex(metrics.serialize(MetricsFormat::DelimitedProtobuf)),
        "190a056c6576656c12014c1801220b120909000000000000f83f"
    );
}

TEST(MetricsFormat, protobuf_has_a_histogram_whose_length_takes_two_bytes) {
    Metrics metrics;
    Histogram& time = metrics.histogram("time_seconds", std::string(200, 'T'), {0.5, 1});
    for (const double value : {0.25, 0.5, 5.0}) time.observe({}, value);
    std::string help;
    for (int i = 0; i < 200; ++i) help += "54";
    EXPECT_EQ(
        in_hex(metrics.serialize(MetricsFormat::DelimitedProtobuf)),
        "84020a0c74696d655f7365636f6e647312c801" + help +
            "180422273a2508031100000000000017401a0b080211000000000000e03f1a0b080211000000000000f03f"
    );
}

}  // namespace
}  // namespace kube::detail
