// The registry over prometheus-cpp, which stays in this file.
#include "kube/runtime/metrics.hpp"

#include <stdexcept>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace kube {

namespace {

/// The series of one family, by their labels: prometheus-cpp finds them too, but hashes all labels each time.
template <class Metric>
class Series {
public:
    explicit Series(prometheus::Family<Metric>& family) : family_{family} {}
    template <class... Arguments>
    Metric& at(const MetricLabels& labels, const Arguments&... arguments) {
        const auto found = metrics_.find(labels);
        if (found != metrics_.end()) return *found->second;
        Metric& added = family_.Add(labels, arguments...);
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
    prometheus::Family<Metric>& family_;
    std::map<MetricLabels, Metric*> metrics_;
};

class PrometheusGauge final : public Gauge {
public:
    explicit PrometheusGauge(prometheus::Family<prometheus::Gauge>& family) : series_{family} {}
    void set(const MetricLabels& labels, double value) override { series_.at(labels).Set(value); }
    void add(const MetricLabels& labels, double delta) override { series_.at(labels).Increment(delta); }
    void remove(const MetricLabels& labels) override { series_.remove(labels); }

private:
    Series<prometheus::Gauge> series_;
};

class PrometheusCounter final : public Counter {
public:
    explicit PrometheusCounter(prometheus::Family<prometheus::Counter>& family) : series_{family} {}
    void add(const MetricLabels& labels, double delta) override { series_.at(labels).Increment(delta); }
    void remove(const MetricLabels& labels) override { series_.remove(labels); }

private:
    Series<prometheus::Counter> series_;
};

class PrometheusHistogram final : public Histogram {
public:
    PrometheusHistogram(prometheus::Family<prometheus::Histogram>& family, std::vector<double> buckets)
        : series_{family}, buckets_{std::move(buckets)} {}
    void observe(const MetricLabels& labels, double value) override { series_.at(labels, buckets_).Observe(value); }
    void remove(const MetricLabels& labels) override { series_.remove(labels); }

private:
    Series<prometheus::Histogram> series_;
    prometheus::Histogram::BucketBoundaries buckets_;
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
    std::map<std::string, std::unique_ptr<Gauge>> gauges;
    std::map<std::string, std::unique_ptr<Counter>> counters;
    std::map<std::string, std::unique_ptr<Histogram>> histograms;
    std::vector<std::function<void()>> updates;
};

Metrics::Metrics() : impl_{std::make_unique<Impl>()} {}
Metrics::~Metrics() = default;

Gauge& Metrics::gauge(const std::string& name, const std::string& help) {
    return declared(impl_->gauges, name, [&] {
        return std::make_unique<PrometheusGauge>(prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry
        ));
    });
}

Counter& Metrics::counter(const std::string& name, const std::string& help) {
    return declared(impl_->counters, name, [&] {
        return std::make_unique<PrometheusCounter>(
            prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry)
        );
    });
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

std::string Metrics::serialize() const {
    for (const auto& update : impl_->updates) update();
    return prometheus::TextSerializer{}.Serialize(impl_->registry.Collect());
}

}  // namespace kube
