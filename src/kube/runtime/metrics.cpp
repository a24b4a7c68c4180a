// The registry; prometheus-cpp, which keeps histograms and writes the text, stays in this file.
#include "kube/runtime/metrics.hpp"

#include <string_view>
#include <utility>

#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "kube/runtime/detail/metrics_format.hpp"

namespace kube {

namespace {

/// What a family of numbers is called, and its numbers by their labels.
///
/// A fleet has some ten series for each of its nodes, so they are kept small: name, NUL, value, NUL of each label in
/// one key, beside the number. prometheus-cpp's own families need some six times as much; they get to see them when
/// they are read.
class Series {
public:
    Series(std::string name, std::string help) : name_{std::move(name)}, help_{std::move(help)} {}
    double& at(const MetricLabels& labels) { return values_[key_of(labels)]; }
    void remove(const MetricLabels& labels) { values_.erase(key_of(labels)); }
    template <class Put>
    [[nodiscard]] prometheus::MetricFamily collect(prometheus::MetricType type, const Put& put) const {
        prometheus::MetricFamily family{name_, help_, type, {}};
        family.metric.reserve(values_.size());
        for (const auto& [key, value] : values_) {
            prometheus::ClientMetric& metric = family.metric.emplace_back();
            for (std::string_view left = key; !left.empty();) {
                std::string label{take_word(left)};
                metric.label.push_back({std::move(label), std::string{take_word(left)}});
            }
            put(metric, value);
        }
        return family;
    }

private:
    static std::string key_of(const MetricLabels& labels) {
        std::size_t size = 0;
        for (const auto& [name, value] : labels) size += name.size() + value.size() + 2;
        std::string key;
        key.reserve(size);
        for (const auto& [name, value] : labels) key.append(name).append(1, '\0').append(value).append(1, '\0');
        return key;
    }
    static std::string_view take_word(std::string_view& left) {
        const std::string_view word = left.substr(0, left.find('\0'));
        left.remove_prefix(word.size() + 1);
        return word;
    }

    std::string name_;
    std::string help_;
    std::map<std::string, double> values_;
};

class FlatGauge final : public Gauge {
public:
    FlatGauge(const std::string& name, const std::string& help) : series_{name, help} {}
    void set(const MetricLabels& labels, double value) override { series_.at(labels) = value; }
    void add(const MetricLabels& labels, double delta) override { series_.at(labels) += delta; }
    void remove(const MetricLabels& labels) override { series_.remove(labels); }
    [[nodiscard]] prometheus::MetricFamily collect() const {
        return series_.collect(prometheus::MetricType::Gauge, [](prometheus::ClientMetric& metric, double value) {
            metric.gauge.value = value;
        });
    }

private:
    Series series_;
};

class FlatCounter final : public Counter {
public:
    FlatCounter(const std::string& name, const std::string& help) : series_{name, help} {}
    void add(const MetricLabels& labels, double delta) override { series_.at(labels) += delta; }
    void remove(const MetricLabels& labels) override { series_.remove(labels); }
    [[nodiscard]] prometheus::MetricFamily collect() const {
        return series_.collect(prometheus::MetricType::Counter, [](prometheus::ClientMetric& metric, double value) {
            metric.counter.value = value;
        });
    }

private:
    Series series_;
};

/// The series of one family of prometheus-cpp, by their labels: it finds them too, but hashes all labels each time.
class HistogramSeries {
public:
    explicit HistogramSeries(prometheus::Family<prometheus::Histogram>& family) : family_{family} {}
    prometheus::Histogram& at(const MetricLabels& labels, const prometheus::Histogram::BucketBoundaries& buckets) {
        const auto found = metrics_.find(labels);
        if (found != metrics_.end()) return *found->second;
        prometheus::Histogram& added = family_.Add(labels, buckets);
        metrics_.emplace(labels, &added);
        return added;
    }
    void remove(const MetricLabels& labels) {
        const auto found = metrics_.find(labels);
        if (found == metrics_.end()) return;
        family_.Remove(found->second);
        metrics_.erase(found);
    }

private:
    prometheus::Family<prometheus::Histogram>& family_;
    std::map<MetricLabels, prometheus::Histogram*> metrics_;
};

class PrometheusHistogram final : public Histogram {
public:
    PrometheusHistogram(prometheus::Family<prometheus::Histogram>& family, std::vector<double> buckets)
        : series_{family}, buckets_{std::move(buckets)} {}
    void observe(const MetricLabels& labels, double value) override { series_.at(labels, buckets_).Observe(value); }
    void remove(const MetricLabels& labels) override { series_.remove(labels); }

private:
    HistogramSeries series_;
    prometheus::Histogram::BucketBoundaries buckets_;
};

using Collect = std::function<void(Gauge&)>;

struct CollectedGauge {
    std::string help;
    std::vector<std::weak_ptr<Collect>> collectors;
};

template <class Declared, class Make>
Declared& declared(std::map<std::string, std::unique_ptr<Declared>>& all, const std::string& name, const Make& make) {
    auto& one = all[name];
    if (one == nullptr) one = make();
    return *one;
}

}  // namespace

struct Metrics::Impl {
    prometheus::Registry registry;
    std::map<std::string, std::unique_ptr<FlatGauge>> gauges;
    std::map<std::string, CollectedGauge> collected;
    std::map<std::string, std::unique_ptr<FlatCounter>> counters;
    std::map<std::string, std::unique_ptr<Histogram>> histograms;
    std::vector<std::function<void()>> updates;
};

Metrics::Metrics() : impl_{std::make_unique<Impl>()} {}
Metrics::~Metrics() = default;

Gauge& Metrics::gauge(const std::string& name, const std::string& help) {
    return declared(impl_->gauges, name, [&] { return std::make_unique<FlatGauge>(name, help); });
}

std::shared_ptr<void> Metrics::collected_gauge(const std::string& name, const std::string& help, Collect collect) {
    CollectedGauge& gauge = impl_->collected[name];
    gauge.help = help;
    std::erase_if(gauge.collectors, [](const std::weak_ptr<Collect>& collector) { return collector.expired(); });
    auto collector = std::make_shared<Collect>(std::move(collect));
    gauge.collectors.push_back(collector);
    return collector;
}

Counter& Metrics::counter(const std::string& name, const std::string& help) {
    return declared(impl_->counters, name, [&] { return std::make_unique<FlatCounter>(name, help); });
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help, std::vector<double> buckets) {
    return declared(impl_->histograms, name, [&] {
        return std::make_unique<PrometheusHistogram>(
            prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry), std::move(buckets)
        );
    });
}

void Metrics::before_serialize(std::function<void()> update) {
    impl_->updates.push_back(std::move(update));
}

std::string Metrics::serialize(MetricsFormat format) const {
    for (const auto& update : impl_->updates) update();
    std::vector<prometheus::MetricFamily> families = impl_->registry.Collect();
    const auto take = [&families](prometheus::MetricFamily family) {
        if (!family.metric.empty()) families.push_back(std::move(family));
    };
    for (const auto& [name, counter] : impl_->counters) take(counter->collect());
    for (const auto& [name, gauge] : impl_->gauges) take(gauge->collect());
    for (const auto& [name, gauge] : impl_->collected) {
        FlatGauge series{name, gauge.help};
        for (const std::weak_ptr<Collect>& collector : gauge.collectors) {
            if (const auto collect = collector.lock()) (*collect)(series);
        }
        take(series.collect());
    }
    switch (format) {
        case MetricsFormat::Text:
            return prometheus::TextSerializer{}.Serialize(families);
        case MetricsFormat::DelimitedProtobuf:
            return detail::delimited_protobuf(families);
    }
    return {};
}

}  // namespace kube
