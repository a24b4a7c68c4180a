#include "kube/runtime/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kube {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, writes_what_was_counted_in_text_format) {
    Metrics metrics;
    metrics.counter("things_total", "Things").add({{"kind", "a"}}, 2);
    metrics.gauge("level", "Level").set({}, 1.5);
    metrics.histogram("time_seconds", "Time", {0.1, 1}).observe({{"x", "y"}}, 0.5);
    const std::string text = metrics.serialize();
    EXPECT_THAT(text, HasSubstr("# HELP things_total Things\n# TYPE things_total counter\nthings_total{kind=\"a\"} 2"));
    EXPECT_THAT(text, HasSubstr("level 1.5"));
    EXPECT_THAT(text, HasSubstr("time_seconds_bucket{x=\"y\",le=\"0.1\"} 0"));
    EXPECT_THAT(text, HasSubstr("time_seconds_bucket{x=\"y\",le=\"1\"} 1"));
    EXPECT_THAT(text, HasSubstr("time_seconds_count{x=\"y\"} 1"));
}

TEST(Metrics, gives_the_same_metric_when_it_is_declared_again) {
    Metrics metrics;
    EXPECT_EQ(&metrics.counter("a_total", "A"), &metrics.counter("a_total", "A"));
}

TEST(Metrics, removes_a_series_with_what_it_describes) {
    Metrics metrics;
    Gauge& gauge = metrics.gauge("level", "Level");
    gauge.set({{"name", "a"}}, 1);
    gauge.set({{"name", "b"}}, 1);
    gauge.remove({{"name", "a"}});
    gauge.remove({{"name", "never there"}});
    EXPECT_THAT(metrics.serialize(), Not(HasSubstr("name=\"a\"")));
    EXPECT_THAT(metrics.serialize(), HasSubstr("name=\"b\""));
    gauge.set({{"name", "a"}}, 2);
    EXPECT_THAT(metrics.serialize(), HasSubstr("level{name=\"a\"} 2"));
}

TEST(Metrics, asks_for_series_that_are_kept_elsewhere_when_it_is_read) {
    Metrics metrics;
    double height = 1;
    const auto first =
        metrics.collected_gauge("height", "Of the chain", [&](Gauge& gauge) { gauge.set({{"node", "a"}}, height); });
    auto second =
        metrics.collected_gauge("height", "Of the chain", [&](Gauge& gauge) { gauge.set({{"node", "b"}}, height); });
    height = 7;
    EXPECT_EQ(
        metrics.serialize(),
        "# HELP height Of the chain\n# TYPE height gauge\nheight{node=\"a\"} 7\nheight{node=\"b\"} 7\n"
    );
    second.reset();
    EXPECT_EQ(metrics.serialize(), "# HELP height Of the chain\n# TYPE height gauge\nheight{node=\"a\"} 7\n")
        << "who is gone is not asked";
}

TEST(Metrics, shows_the_process) {
    Metrics metrics;
    add_process_metrics(metrics);
    const std::string text = metrics.serialize();
    for (const char* name :
         {"process_cpu_seconds_total ",
          "process_resident_memory_bytes ",
          "process_virtual_memory_bytes ",
          "process_open_fds ",
          "process_max_fds ",
          "process_start_time_seconds "}) {
        EXPECT_THAT(text, HasSubstr(name));
    }
}

}  // namespace
}  // namespace kube
