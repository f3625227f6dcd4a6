#include "infra/metrics.hpp"

#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>

namespace infra {
namespace {

prometheus::ClientMetric::Histogram cumulated(const MetricsPage::Distribution& distribution) {
    prometheus::ClientMetric::Histogram histogram;
    for (std::size_t i = 0; i < distribution.counts.size(); ++i) {
        histogram.sample_count += distribution.counts[i];
        const bool is_last = i == distribution.bounds.size();
        histogram.bucket.push_back({.cumulative_count = histogram.sample_count,
                                    .upper_bound = is_last ? std::numeric_limits<double>::infinity()
                                                           : distribution.bounds[i]});
    }
    histogram.sample_sum = distribution.sum;
    return histogram;
}

std::size_t stripe_of_this_thread() {
    static std::atomic<std::size_t> threads = 0;
    thread_local const std::size_t mine = threads.fetch_add(1);
    return mine;
}

void increase(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) {
    counter.fetch_add(by, std::memory_order_relaxed);
}

std::uint64_t value_of(const std::atomic<std::uint64_t>& counter) {
    return counter.load(std::memory_order_relaxed);
}

}  // namespace

prometheus::ClientMetric& MetricsPage::add(prometheus::MetricType type, std::string_view name,
                                           std::string_view help, const MetricLabels& labels) {
    auto place = places_.find(name);
    if (place == places_.end()) {
        place = places_.emplace(name, families_.size()).first;
        families_.push_back({std::string(name), std::string(help), type, {}});
    }
    auto& metric = families_[place->second].metric.emplace_back();
    for (const auto& [label, value] : labels) metric.label.push_back({std::string(label), value});
    return metric;
}

void MetricsPage::gauge(std::string_view name, std::string_view help, double value,
                        const MetricLabels& labels) {
    add(prometheus::MetricType::Gauge, name, help, labels).gauge.value = value;
}

void MetricsPage::counter(std::string_view name, std::string_view help, double value,
                          const MetricLabels& labels) {
    add(prometheus::MetricType::Counter, name, help, labels).counter.value = value;
}

void MetricsPage::histogram(std::string_view name, std::string_view help,
                            const Distribution& distribution, const MetricLabels& labels) {
    add(prometheus::MetricType::Histogram, name, help, labels).histogram = cumulated(distribution);
}

std::string MetricsPage::text() const {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families_);
    return std::move(out).str();
}

void Durations::record(std::chrono::microseconds duration) {
    const auto* const bound = std::ranges::lower_bound(bounds_us, duration.count());
    increase(counts_[static_cast<std::size_t>(bound - bounds_us.begin())]);
    increase(sum_us_, static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0)));
}

void Durations::add_to(MetricsPage::Distribution& distribution) const {
    if (distribution.bounds.empty()) {
        for (const std::int64_t bound : bounds_us) {
            distribution.bounds.push_back(static_cast<double>(bound) / 1e6);
        }
        distribution.counts.resize(counts_.size());
    }
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        distribution.counts[i] += value_of(counts_[i]);
    }
    distribution.sum += static_cast<double>(value_of(sum_us_)) / 1e6;
}

std::size_t RequestMetrics::HashRoute::operator()(const Route& route) const {
    const std::hash<std::string_view> hash;
    return hash(route.path) * 31 + hash(route.method);
}

RequestMetrics::RequestMetrics(std::vector<Route> routes) : routes_(std::move(routes)) {
    routes_.push_back({"-", "-"});
    for (std::size_t i = 0; i < routes_.size(); ++i) places_.emplace(routes_[i], i);
    for (auto& stripe : cells_) stripe = std::make_unique<Cell[]>(routes_.size());
}

void RequestMetrics::record(std::string_view path, std::string_view method, unsigned status,
                            std::chrono::microseconds duration) {
    const auto found = places_.find(Route{path, method});
    const std::size_t place = found == places_.end() ? routes_.size() - 1 : found->second;
    Cell& cell = cells_[stripe_of_this_thread() % stripes][place];

    increase(cell.by_class[std::clamp(status / 100, 1U, 5U) - 1]);
    cell.durations.record(duration);
}

void RequestMetrics::add_to(MetricsPage& page) const {
    for (std::size_t place = 0; place < routes_.size(); ++place) add_route(page, place);
}

void RequestMetrics::add_route(MetricsPage& page, std::size_t place) const {
    std::array<std::uint64_t, 5> by_class{};
    MetricsPage::Distribution durations;
    for (const auto& stripe : cells_) {
        for (std::size_t i = 0; i < by_class.size(); ++i) {
            by_class[i] += value_of(stripe[place].by_class[i]);
        }
        stripe[place].durations.add_to(durations);
    }
    if (std::ranges::all_of(by_class, [](auto count) { return count == 0; })) return;

    const std::string path(routes_[place].path);
    const std::string method(routes_[place].method);
    for (std::size_t i = 0; i < by_class.size(); ++i) {
        if (by_class[i] == 0) continue;
        page.counter(
            "daybook_http_requests_total", "Answered requests.", static_cast<double>(by_class[i]),
            {{"route", path}, {"method", method}, {"status", std::to_string(i + 1) + "xx"}});
    }
    page.histogram("daybook_http_request_duration_seconds",
                   "From the whole header to the answer written.", durations,
                   {{"route", path}, {"method", method}});
}

void JournalMetrics::record(std::size_t records, std::size_t bytes,
                            std::chrono::microseconds duration) {
    increase(records_, records);
    increase(bytes_, bytes);
    durations_.record(duration);
}

void JournalMetrics::add_to(MetricsPage& page) const {
    page.counter("daybook_journal_records_total", "Records made durable.",
                 static_cast<double>(value_of(records_)));
    page.counter("daybook_journal_bytes_total", "Bytes of records made durable.",
                 static_cast<double>(value_of(bytes_)));
    MetricsPage::Distribution durations;
    durations_.add_to(durations);
    page.histogram("daybook_journal_commit_duration_seconds",
                   "Writing and syncing a batch of records.", durations);
}

void add_process(MetricsPage& page) {
    const auto second = static_cast<double>(sysconf(_SC_CLK_TCK));
    const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));

    std::ifstream stat("/proc/self/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), {});
    // The name of the program stands in parentheses and may hold anything.
    std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 2)));
    std::vector<std::string> field;
    for (std::string one; fields >> one;) field.push_back(one);
    if (field.size() < 22) return;
    const auto number = [&](std::size_t i) {
        return std::stod(field[i - 3]);
    };  // As proc(5) counts.

    page.counter("process_cpu_seconds_total", "User and system time.",
                 (number(14) + number(15)) / second);
    page.gauge("process_threads", "Threads.", number(20));
    page.gauge("process_virtual_memory_bytes", "Virtual memory.", number(23));
    page.gauge("process_resident_memory_bytes", "Resident memory.", number(24) * page_bytes);
}

}  // namespace infra
