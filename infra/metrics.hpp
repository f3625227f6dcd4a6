// Metrics as Prometheus reads them: a page of samples, and counters of requests.
#pragma once

#include <prometheus/metric_family.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace infra {

using MetricLabels = std::vector<std::pair<std::string_view, std::string>>;

// The samples of one moment, put together for one answer. Names begin with `daybook_`, or with
// `process_` where that is what everybody calls it. REQUIRES: helps of one line. Not thread-safe;
// one page an answer.
class MetricsPage {
public:
    void gauge(std::string_view name, std::string_view help, double value,
               const MetricLabels& labels = {});
    // REQUIRES: the name ends in `_total`.
    void counter(std::string_view name, std::string_view help, double value,
                 const MetricLabels& labels = {});
    // `counts` are of the buckets up to each bound, and one more above the last; not cumulative.
    struct Distribution {
        std::vector<double> bounds;
        std::vector<std::uint64_t> counts;
        double sum = 0;
    };
    void histogram(std::string_view name, std::string_view help, const Distribution& distribution,
                   const MetricLabels& labels = {});

    // In the text format of Prometheus, version 0.0.4.
    std::string text() const;

private:
    prometheus::ClientMetric& add(prometheus::MetricType type, std::string_view name,
                                  std::string_view help, const MetricLabels& labels);
    std::vector<prometheus::MetricFamily> families_;
    std::map<std::string, std::size_t, std::less<>> places_;
};

// How long something took, in buckets. Threads: any; counting is a few relaxed additions.
class Durations {
public:
    void record(std::chrono::microseconds duration);
    // Adds what was counted to a distribution, which may hold that of others.
    void add_to(MetricsPage::Distribution& distribution) const;

private:
    static constexpr std::array<std::int64_t, 14> bounds_us = {
        100,    250,    500,     1'000,   2'500,   5'000,     10'000,
        25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 5'000'000};
    std::array<std::atomic<std::uint64_t>, bounds_us.size() + 1> counts_{};
    std::atomic<std::uint64_t> sum_us_ = 0;
};

// Counts requests by route, method and status class, with their durations.
//
// Threads: `record` from any thread, `add_to` from any. Counting is a few relaxed additions to
// cells that threads hardly share.
class RequestMetrics {
public:
    struct Route {
        std::string_view path;    // A template; REQUIRES: outlives this.
        std::string_view method;  // The same.
        bool operator==(const Route&) const = default;
    };
    // Requests of other routes or methods are counted together, as "-".
    explicit RequestMetrics(std::vector<Route> routes);

    void record(std::string_view path, std::string_view method, unsigned status,
                std::chrono::microseconds duration);
    void add_to(MetricsPage& page) const;

private:
    static constexpr std::size_t stripes = 8;
    struct Cell {
        std::array<std::atomic<std::uint64_t>, 5> by_class{};  // 1xx to 5xx.
        Durations durations;
    };
    void add_route(MetricsPage& page, std::size_t place) const;

    struct HashRoute {
        std::size_t operator()(const Route& route) const;
    };

    std::vector<Route> routes_;  // The last one is "-".
    std::unordered_map<Route, std::size_t, HashRoute> places_;
    std::array<std::unique_ptr<Cell[]>, stripes> cells_;
};

// What the journal wrote. Threads: any.
class JournalMetrics {
public:
    void record(std::size_t records, std::size_t bytes, std::chrono::microseconds duration);
    void add_to(MetricsPage& page) const;

private:
    std::atomic<std::uint64_t> records_ = 0;
    std::atomic<std::uint64_t> bytes_ = 0;
    Durations durations_;
};

// What the operating system says of this process.
void add_process(MetricsPage& page);

}  // namespace infra
