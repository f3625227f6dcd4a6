#include "cli/instruments.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace cli {
namespace {

infra::MetricLabels of_shard(std::size_t shard) { return {{"shard", std::to_string(shard)}}; }

void add_shards(infra::MetricsPage& page, const Node& node) {
    if (node.shards() == nullptr) return;
    const auto all = node.shards()->status();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const commands::ShardStatus& status = all[i];
        const auto gauge = [&](std::string_view name, std::string_view help, auto value) {
            page.gauge(name, help, static_cast<double>(value), of_shard(i));
        };
        gauge("daybook_shard_serving", "1 when this node writes the shard.",
              status.is_serving ? 1 : 0);
        gauge("daybook_shard_seq", "Of the last valid entry.", status.seq);
        gauge("daybook_shard_queued_commands", "Commands that wait to be decided.", status.queued);
        gauge("daybook_shard_in_flight_entries", "Entries appended and not yet read back.",
              status.in_flight);
        gauge("daybook_shard_waiting_commands", "Commands decided and not yet answered.",
              status.waiting);
        gauge("daybook_clock_late_seconds",
              "For how long the first thing that is due has been due.",
              static_cast<double>(status.clock_late_ms) / 1000);
        gauge("daybook_clock_due", "Things that are due and not done yet, as far as counted.",
              status.clock_due);
        page.counter("daybook_clock_commands_total", "Commands of the clock that were done.",
                     static_cast<double>(status.clock_done), of_shard(i));
        page.counter("daybook_clock_refused_total", "The same, refused: they are tried again.",
                     static_cast<double>(status.clock_refused), of_shard(i));
        page.counter("daybook_shard_falls_total", "How often the shard was lost and taken again.",
                     static_cast<double>(status.falls), of_shard(i));
        page.counter("daybook_shard_voids_total", "Records of the log that are void.",
                     static_cast<double>(status.voids), of_shard(i));
    }
}

void add_projectors(infra::MetricsPage& page, const Node& node) {
    for (std::size_t i = 0; i < node.projectors().size(); ++i) {
        const auto status = node.projectors()[i]->status();
        const auto end = node.journal().end(static_cast<journal::ShardNumber>(i));
        const auto gauge = [&](std::string_view name, std::string_view help, auto value) {
            page.gauge(name, help, static_cast<double>(value), of_shard(i));
        };
        gauge("daybook_projector_running", "0 when the views of the shard stand still.",
              status.is_running ? 1 : 0);
        gauge("daybook_projector_seq", "Of the last entry that the views show.", status.seq);
        gauge("daybook_projector_lag_records", "Records of the journal that are not yet shown.",
              end > status.offset ? end - status.offset : 0);
        if (const auto lag = node.lag().of(static_cast<journal::ShardNumber>(i))) {
            gauge("daybook_projector_lag_seconds",
                  "For how long there may have been something in the journal that is not shown.",
                  static_cast<double>(lag->count()) / 1000);
        }
        gauge("daybook_journal_end_offset", "Of the last durable record.", end);
        page.counter("daybook_projector_events_total", "Events applied since the start.",
                     static_cast<double>(status.events), of_shard(i));
    }
}

void add_rebuild(infra::MetricsPage& page, const Node& node) {
    const auto progress = node.rebuild_progress();
    page.gauge("daybook_rebuild_running", "1 while the views are made anew.", progress ? 1 : 0);
    if (!progress) return;
    page.gauge("daybook_rebuild_percent", "Of the journal, that is in the new views.",
               progress->percent());
    page.gauge("daybook_rebuild_events_per_second", "Posted to them.",
               static_cast<double>(progress->events_per_second()));
    page.gauge("daybook_rebuild_seconds_left", "Until they take the place of the live ones.",
               static_cast<double>(progress->left().count()));
}

void add_checkpoints(infra::MetricsPage& page, const Node& node) {
    if (node.checkpoints() == nullptr) return;
    const auto all = node.checkpoints()->status();
    for (std::size_t i = 0; i < all.size(); ++i) {
        page.gauge("daybook_checkpoint_seq", "Of the last entry that was signed.",
                   static_cast<double>(all[i].size), of_shard(i));
        page.gauge("daybook_checkpoint_signing", "0 when nothing of the shard is signed any more.",
                   all[i].is_stopped ? 0 : 1, of_shard(i));
    }
}

void add_relays(infra::MetricsPage& page, const Node& node) {
    if (node.relays() == nullptr) return;
    const auto all = node.relays()->status();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const projections::RelayStatus& status = all[i];
        const auto end = node.journal().end(static_cast<journal::ShardNumber>(i));
        page.gauge("daybook_relay_publishing", "1 when this node publishes the shard.",
                   status.is_publishing ? 1 : 0, of_shard(i));
        page.counter("daybook_relay_events_total", "Events published since the start.",
                     static_cast<double>(status.events), of_shard(i));
        page.counter("daybook_relay_losses_total", "How often another relay took the shard.",
                     static_cast<double>(status.losses), of_shard(i));
        if (!status.is_publishing) continue;
        page.gauge("daybook_relay_seq", "Of the last entry that is published.",
                   static_cast<double>(status.seq), of_shard(i));
        page.gauge("daybook_relay_lag_records", "Records of the journal not yet published.",
                   static_cast<double>(end > status.offset ? end - status.offset : 0), of_shard(i));
    }
}

void add_webhooks(infra::MetricsPage& page, const infra::DeliveryStats& stats) {
    constexpr std::string_view deliveries = "daybook_webhook_deliveries_total";
    constexpr std::string_view help = "Deliveries to webhook endpoints that were tried.";
    page.counter(deliveries, help, static_cast<double>(stats.delivered),
                 {{"outcome", "delivered"}});
    page.counter(deliveries, help, static_cast<double>(stats.failed), {{"outcome", "failed"}});
    page.counter("daybook_webhook_disabled_total",
                 "Endpoints that were disabled because deliveries failed.",
                 static_cast<double>(stats.disabled));
    page.gauge("daybook_webhook_endpoints", "Endpoints that this node delivers to.",
               static_cast<double>(stats.endpoints));
    page.gauge("daybook_webhook_subjects_behind", "Subjects of which a delivery failed.",
               static_cast<double>(stats.subjects_behind));
}

// Those of which there can be a flood are counted only, so that nobody can drown the others in the
// log.
bool is_audited(api::Denial denial) {
    using enum api::Denial;
    return denial != address_limit && denial != key_limit && denial != tenant_limit &&
           denial != throttled;
}

}  // namespace

std::vector<infra::RequestMetrics::Route> counted_routes(const api::http::Router& router) {
    std::set<std::pair<std::string_view, std::string_view>> all;
    for (const api::http::Route& route : router.routes()) {
        all.emplace(route.path, name(route.verb));
        all.emplace(route.path, name(api::http::Verb::head));
        all.emplace(route.path, name(api::http::Verb::options));
    }
    std::vector<infra::RequestMetrics::Route> routes;
    for (const auto& [path, method] : all) routes.push_back({path, method});
    return routes;
}

void Instruments::record(const api::http::AccessRecord& record) {
    const auto status = static_cast<unsigned>(record.status);
    requests_.record(record.route, record.method, status, record.duration);
    infra::RequestLine line{.request_id = record.request_id,
                            .tenant = record.tenant,
                            .method = record.method,
                            .route = record.route,
                            .code = record.code,
                            .fault = record.fault,
                            .status = status,
                            .duration = record.duration};
    if (record.denial) {
        denied_[static_cast<std::size_t>(*record.denial)].fetch_add(1, std::memory_order_relaxed);
        if (is_audited(*record.denial)) {
            line.denial = name(*record.denial);
            line.key = record.key;
            line.client = record.client;
            if (logs_addresses_) line.address = record.remote_address;
        }
    }
    log_.request(line);
}

void Instruments::add_denied(infra::MetricsPage& page) const {
    for (std::size_t i = 0; i < denied_.size(); ++i) {
        page.counter("daybook_http_denied_total", "Calls that were denied, by the reason.",
                     static_cast<double>(denied_[i].load(std::memory_order_relaxed)),
                     {{"reason", std::string(name(static_cast<api::Denial>(i)))}});
    }
}

std::string Instruments::metrics(const FrontFacts& front) const {
    infra::MetricsPage page;
    page.gauge("daybook_build_info", "1; the version is a label.", 1,
               {{"version", DAYBOOK_VERSION}});
    page.gauge("daybook_ready", "1 when the node is ready.", node_.is_ready() ? 1 : 0);
    page.gauge("daybook_http_connections", "Connections that are open.",
               static_cast<double>(front.connections));
    if (front.certificate_ends) {
        page.gauge("daybook_tls_certificate_end_seconds",
                   "When the certificate of this server ends, since the epoch.",
                   static_cast<double>(front.certificate_ends->time_since_epoch().count()));
    }
    page.gauge("process_start_time_seconds", "Since the epoch.",
               std::chrono::duration<double>(started_.time_since_epoch()).count());
    page.counter("daybook_log_dropped_requests_total", "Lines about requests that were dropped.",
                 static_cast<double>(log_.dropped()));
    requests_.add_to(page);
    add_denied(page);
    node_.journal_metrics().add_to(page);
    add_shards(page, node_);
    add_projectors(page, node_);
    add_rebuild(page, node_);
    add_relays(page, node_);
    add_checkpoints(page, node_);
    if (node_.deliveries() != nullptr) add_webhooks(page, node_.deliveries()->stats());
    infra::add_process(page);
    return page.text();
}

void Instruments::watch() {
    if (node_.shards() != nullptr) {
        watch_shards();
        watch_clock();
    }
    watch_projectors();
    watch_relays();
    watch_checkpoints();
    watch_readiness();
}

void Instruments::watch_readiness() {
    std::string why = node_.why_not_ready();
    if (why == why_not_ready_) return;
    if (why.empty()) {
        log_.info("ready");
    } else {
        log_.warning("not_ready", {{"reason", why}});
    }
    why_not_ready_ = std::move(why);
}

void Instruments::watch_shards() {
    const auto all = node_.shards()->status();
    falls_.resize(all.size());
    voids_.resize(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto shard = static_cast<std::int64_t>(i);
        if (all[i].falls != falls_[i]) {
            log_.warning("shard_fell", {{"shard", shard}, {"reason", all[i].reason}});
        }
        if (all[i].voids > voids_[i]) {
            log_.warning("void_records",
                         {{"shard", shard}, {"count", static_cast<std::int64_t>(all[i].voids)}});
        }
        falls_[i] = all[i].falls;
        voids_[i] = all[i].voids;
    }
}

// While the clock catches up, how far it has come, at longer and longer intervals, so that a long
// run has few lines; and what it cannot do.
void Instruments::watch_clock() {
    const auto all = node_.shards()->status();
    clocks_.resize(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) watch_clock(i, all[i], clocks_[i]);
}

void Instruments::watch_clock(std::size_t shard, const commands::ShardStatus& status,
                              ClockWatch& watch) {
    constexpr std::int64_t late_ms = 10'000;
    constexpr std::uint64_t many = 10'000;
    constexpr std::chrono::seconds interval_min{5};
    const auto now = std::chrono::steady_clock::now();
    const infra::LogField of{"shard", static_cast<std::int64_t>(shard)};
    if (status.clock_refused != watch.refused) {
        watch.refused = status.clock_refused;
        log_.warning("clock_refused",
                     {of, {"count", static_cast<std::int64_t>(status.clock_refused)}});
    }
    const bool was_late =
        std::exchange(watch.is_late, status.clock_late_ms >= late_ms || status.clock_due >= many);
    if (watch.is_late && !was_late) {
        watch.done = status.clock_done;
        watch.since = watch.next = now;
    }
    const infra::LogField done{"done", static_cast<std::int64_t>(status.clock_done - watch.done)};
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - watch.since);
    const infra::LogField since{"seconds", std::int64_t{seconds.count()}};
    if (watch.is_late && now >= watch.next) {
        watch.next = now + std::max<std::chrono::steady_clock::duration>(interval_min,
                                                                         (now - watch.since) / 2);
        log_.info("clock_catching_up", {of,
                                        done,
                                        {"due", static_cast<std::int64_t>(status.clock_due)},
                                        {"late_ms", status.clock_late_ms},
                                        since});
    }
    if (was_late && !watch.is_late) log_.info("clock_caught_up", {of, done, since});
}

void Instruments::watch_projectors() {
    is_stopped_.resize(node_.projectors().size());
    for (std::size_t i = 0; i < node_.projectors().size(); ++i) {
        const auto status = node_.projectors()[i]->status();
        if (status.is_running || is_stopped_[i]) continue;
        is_stopped_[i] = true;
        log_.error("views_stopped", {{"shard", static_cast<std::int64_t>(i)},
                                     {"reason", domain::name(status.reason)},
                                     {"offset", static_cast<std::int64_t>(status.offset)}});
    }
}

void Instruments::watch_relays() {
    if (node_.relays() == nullptr) return;
    const auto all = node_.relays()->status();
    is_relay_stopped_.resize(all.size());
    relay_losses_.resize(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto shard = static_cast<std::int64_t>(i);
        if (all[i].losses != relay_losses_[i]) {
            log_.warning("relay_taken_by_another", {{"shard", shard}});
        }
        if (all[i].is_stopped && !is_relay_stopped_[i]) {
            log_.error("relay_stopped", {{"shard", shard},
                                         {"reason", domain::name(all[i].reason)},
                                         {"seq", static_cast<std::int64_t>(all[i].seq)}});
        }
        relay_losses_[i] = all[i].losses;
        is_relay_stopped_[i] = all[i].is_stopped;
    }
}

void Instruments::watch_checkpoints() {
    if (node_.checkpoints() == nullptr) return;
    const auto all = node_.checkpoints()->status();
    is_signing_stopped_.resize(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!all[i].is_stopped || is_signing_stopped_[i]) continue;
        is_signing_stopped_[i] = true;
        log_.error("checkpoints_stopped", {{"shard", static_cast<std::int64_t>(i)},
                                           {"reason", domain::name(all[i].fault)},
                                           {"seq", static_cast<std::int64_t>(all[i].size)}});
    }
}

}  // namespace cli
