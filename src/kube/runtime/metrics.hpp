// Metrics, as Prometheus reads them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kube {

using MetricLabels = std::map<std::string, std::string>;

/// A number that goes up and down. Series appear when they are first set.
class Gauge {
public:
    virtual ~Gauge() = default;
    virtual void set(const MetricLabels& labels, double value) = 0;
    virtual void add(const MetricLabels& labels, double delta) = 0;
    /// The series goes away with what it describes.
    virtual void remove(const MetricLabels& labels) = 0;
};

/// A number that only grows. Its exposed name ends in `_total`.
class Counter {
public:
    virtual ~Counter() = default;
    virtual void add(const MetricLabels& labels, double delta = 1) = 0;
    virtual void remove(const MetricLabels& labels) = 0;
};

class Histogram {
public:
    virtual ~Histogram() = default;
    virtual void observe(const MetricLabels& labels, double value) = 0;
    virtual void remove(const MetricLabels& labels) = 0;
};

/// Prometheus' text format 0.0.4, or its protobuf messages with the length before each.
enum class MetricsFormat { Text, DelimitedProtobuf };

/// The registry of one process. A metric is declared once, where it is used; declaring it again gives the same one.
class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;
    [[nodiscard]] Gauge& gauge(const std::string& name, const std::string& help);
    /// A gauge whose series are made when they are read, for what is kept elsewhere anyway: `collect` sets them.
    /// Several may collect for one gauge. Each is asked for as long as somebody holds the result.
    [[nodiscard]] std::shared_ptr<void> collected_gauge(
        const std::string& name, const std::string& help, std::function<void(Gauge&)> collect
    );
    [[nodiscard]] Counter& counter(const std::string& name, const std::string& help);
    [[nodiscard]] Histogram& histogram(const std::string& name, const std::string& help, std::vector<double> buckets);
    /// Called at the beginning of each `serialize`: sets what is cheaper to look up than to keep up to date.
    void before_serialize(std::function<void()> update);
    [[nodiscard]] std::string serialize(MetricsFormat format = MetricsFormat::Text) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Adds process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes, process_open_fds,
/// process_max_fds and process_start_time_seconds, read from /proc at each scrape.
void add_process_metrics(Metrics& metrics);

}  // namespace kube
