#include "infra/webhooks/deliveries.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <tuple>
#include <variant>
#include <vector>

#include "commands/handlers.hpp"
#include "journal/partition.hpp"

namespace infra {
namespace {

namespace net = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How often it looks whether shards moved on, and then for endpoints.
constexpr milliseconds look_interval{20};
constexpr milliseconds search_interval{250};
// However quiet it is: what ended by itself is met again.
constexpr milliseconds search_all_interval{5'000};

net::awaitable<void> pause(milliseconds time) {
    net::steady_timer timer(co_await net::this_coro::executor, time);
    co_await timer.async_wait(net::use_awaitable);
}

}  // namespace

Deliveries::Deliveries(Ports ports, const DeliverySettings& settings)
    : ports_(std::move(ports)),
      client_(settings.client),
      shared_{.context = context_,
              .readers = readers_,
              .client = client_,
              .feed = ports_.feed,
              .queries = ports_.queries,
              .shards = ports_.shards,
              .clock = ports_.clock,
              .node = ports_.node,
              .secret = ports_.secret,
              .on_disabled = ports_.on_disabled,
              .concurrency = settings.concurrency,
              .under_way_max = settings.under_way_max,
              .lane = settings.lane} {}

Deliveries::~Deliveries() { stop(milliseconds(0)); }

void Deliveries::start() {
    if (shared_.under_way_max == 0) return;
    net::co_spawn(context_, watch(), net::detached);
    thread_ = std::thread([this] { run(); });
}

// A disk that fails ends what met it; the search begins it again.
void Deliveries::run() {
    while (!context_.stopped()) {
        try {
            context_.run();
        } catch (const std::exception& fault) {
            ports_.report(fault.what());
        }
    }
}

void Deliveries::stop(milliseconds patience) {
    if (!thread_.joinable()) return;
    net::co_spawn(context_, finish(patience), net::detached);
    thread_.join();
    readers_.join();
}

net::awaitable<void> Deliveries::finish(milliseconds patience) {
    is_stopping_ = true;
    for (const auto& [key, channel] : channels_) channel->end();
    const auto deadline = steady_clock::now() + patience;
    const auto is_busy = [](const auto& one) { return !one.second->has_ended(); };
    while (std::ranges::any_of(channels_, is_busy) && steady_clock::now() < deadline) {
        co_await pause(look_interval);
    }
    look_at_shards();
    for (const auto& [key, channel] : channels_) {
        if (is_ours(key.first)) channel->note(true);
    }
    context_.stop();
}

net::awaitable<void> Deliveries::watch() {
    while (!is_stopping_) {
        try {
            if (ports_.has_caught_up()) {
                look_at_shards();
                end_what_is_not_ours();
                drop_ended();
                const auto now = steady_clock::now();
                const bool is_time = now - searched_at_ >= search_interval;
                const bool all = now - searched_all_at_ >= search_all_interval;
                if (is_time) {
                    searched_at_ = now;
                    if (all) searched_all_at_ = now;
                    search_shards(all);
                }
                count();
            }
        } catch (const std::exception& fault) {
            ports_.report(fault.what());
        }
        co_await pause(look_interval);
    }
}

// A shard that has just been taken may be ahead of the views: they have to know how far deliveries
// were.
void Deliveries::look_at_shards() {
    const auto all = ports_.shards.status();
    shards_.resize(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].is_serving && !shards_[i].is_serving) shards_[i].wanted = all[i].seq;
        shards_[i].is_serving = all[i].is_serving;
    }
}

bool Deliveries::is_ours(const domain::TenantId& tenant) const {
    const auto position = ports_.queries.position(tenant);
    const Seen& seen = shards_[position.shard];
    return seen.is_serving && position.seq >= seen.wanted;
}

void Deliveries::end_what_is_not_ours() {
    for (const auto& [key, channel] : channels_) {
        if (!is_ours(key.first)) {
            channel->end();
            continue;
        }
        const auto position = ports_.queries.position(key.first);
        if (position.seq > channel->woken_at()) channel->wake(position.seq);
    }
}

void Deliveries::drop_ended() {
    for (auto one = channels_.begin(); one != channels_.end();) {
        const auto& [key, channel] = *one;
        if (!channel->has_ended()) {
            ++one;
            continue;
        }
        if (is_ours(key.first)) channel->note(true);
        if (channel->has_given_up()) given_up_[key] = {channel->version(), steady_clock::now()};
        one = channels_.erase(one);
    }
}

// Tenants of shards where nothing was written since have what they had.
void Deliveries::search_shards(bool all) {
    std::vector<std::optional<journal::Seq>> reached(shards_.size());
    for (const auto& tenant : ports_.directory.tenants()) {
        const domain::TenantId id{tenant->id};
        const auto position = ports_.queries.position(id);
        if (!is_ours(id) || (!all && position.seq == shards_[position.shard].searched)) continue;
        // The first one's: what comes while others are searched is searched again.
        if (!reached[position.shard]) reached[position.shard] = position.seq;
        search(id);
    }
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        shards_[i].searched = reached[i].value_or(shards_[i].searched);
    }
}

void Deliveries::search(const domain::TenantId& tenant) {
    for (const auto& one : ports_.queries.all(tenant, domain::Kind::webhook_endpoints)) {
        meet(tenant, std::get<WebhookEndpointAggregate>(one));
    }
}

void Deliveries::meet(const domain::TenantId& tenant, const WebhookEndpointAggregate& endpoint) {
    const Key key{tenant, endpoint.id};
    const auto found = channels_.find(key);
    const bool is_enabled = endpoint.state.status == domain::WebhookEndpointStatus::enabled;
    if (!is_enabled) {
        if (found != channels_.end()) found->second->end();
        return;
    }
    const auto stored =
        ports_.queries.find(tenant, {domain::Kind::webhook_deliveries, endpoint.id});
    if (!stored) return;
    const auto& deliveries =
        std::get<domain::AggregateOf<domain::WebhookDeliveriesDecider>>(*stored).state;
    if (found == channels_.end()) {
        open(key, endpoint, deliveries);
    } else if (found->second->is_of(endpoint, deliveries.round)) {
        found->second->update(endpoint);
    } else {
        found->second->end();
    }
}

// Until it is seen that the endpoint was disabled; if it was not, after a while.
bool Deliveries::is_given_up(const Key& key, std::uint64_t version) {
    const auto found = given_up_.find(key);
    if (found == given_up_.end()) return false;
    const auto& [of, at] = found->second;
    if (of == version && steady_clock::now() - at < search_all_interval) return true;
    given_up_.erase(found);
    return false;
}

void Deliveries::open(const Key& key, const WebhookEndpointAggregate& endpoint,
                      const domain::WebhookDeliveries& deliveries) {
    if (is_given_up(key, endpoint.version)) return;
    const auto place = projections::parse_feed_place(deliveries.after.text);
    if (!place || place->shard != ports_.queries.position(key.first).shard) {
        disable(key, domain::WebhookDisabledBecause::place_unknown);
        given_up_[key] = {endpoint.version, steady_clock::now()};
        return;
    }
    auto channel = std::make_shared<Channel>(shared_, key.first, endpoint, deliveries);
    channel->start();
    channels_.emplace(key, std::move(channel));
}

void Deliveries::disable(const Key& key, domain::WebhookDisabledBecause because) {
    ports_.on_disabled(key.first, name(because), {});
    commands::Submission submission;
    submission.tenant = key.first;
    submission.target.subject = {domain::Kind::webhook_endpoints, key.second};
    submission.command = commands::make_command(domain::DisableWebhookEndpoint{.because = because});
    submission.actor = {"webhooks", ports_.node};
    submission.done = [](const commands::Outcome&) {};
    std::ignore = ports_.shards.submit(std::move(submission));  // Else at the next search.
}

void Deliveries::count() {
    std::size_t behind = 0;
    for (const auto& [key, channel] : channels_) behind += channel->behind();
    shared_.stats.subjects_behind = behind;
    shared_.stats.endpoints = channels_.size();
}

}  // namespace infra
