// A channel: everything about one webhook endpoint while this node delivers to it. It does what its
// lane asks for: reads the feed, sends events, notes in the journal how far it is.
//
// It goes on until it is ended: because the endpoint changed in a way that begins a new round, was
// disabled or deleted, or because another node writes the tenant's shard now. What is under way is
// finished first, so that a channel that follows it does not overtake it.
//
// Threads: that of the context, for all functions. Lifetime: kept by what it has under way; the
// ports and what they refer to outlive the context.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "commands/shards.hpp"
#include "infra/webhooks/client.hpp"
#include "infra/webhooks/lane.hpp"
#include "projections/feed.hpp"
#include "projections/query.hpp"

namespace infra {

struct DeliveryStats {
    std::atomic<std::uint64_t> delivered = 0;
    std::atomic<std::uint64_t> failed = 0;
    std::atomic<std::uint64_t> disabled = 0;
    std::atomic<std::size_t> endpoints = 0;        // Delivered to by this node.
    std::atomic<std::size_t> subjects_behind = 0;  // Of which a delivery failed.
};

using WebhookEndpointAggregate = domain::AggregateOf<domain::WebhookEndpointDecider>;

class Channel : public std::enable_shared_from_this<Channel> {
public:
    // Of all channels of a node.
    struct Shared {
        boost::asio::io_context& context;
        boost::asio::thread_pool& readers;  // Read the feed, which may take long.
        ClientShared& client;
        const projections::Feed& feed;
        const projections::Queries& queries;
        commands::Shards& shards;
        const commands::Clock& clock;
        std::string node;
        std::function<std::string(const domain::TenantId&, std::string_view id, std::int64_t)>
            secret;
        std::function<void(const domain::TenantId&, std::string_view because,
                           std::string_view fault)>
            on_disabled;
        std::size_t concurrency = 8;      // Deliveries at once, of a channel
        std::size_t under_way_max = 256;  // and of all.
        LaneSettings lane;
        DeliveryStats stats = {};
        std::size_t under_way = 0;
    };

    // REQUIRES: the place that deliveries are at is in the tenant's shard.
    Channel(Shared& shared, domain::TenantId tenant, WebhookEndpointAggregate endpoint,
            const domain::WebhookDeliveries& deliveries);
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    void start();
    // What is sent from now on is sent as this says.
    void update(WebhookEndpointAggregate endpoint);
    // The tenant's shard has come to there: there may be something to do.
    void wake(journal::Seq seq) {
        woken_at_ = seq;
        wake();
    }
    journal::Seq woken_at() const { return woken_at_; }
    void end();
    // Nothing is under way any more either.
    bool has_ended() const { return has_run_ && under_way_ == 0 && reading_ == 0; }

    // The endpoint was disabled, as it failed in this version.
    bool has_given_up() const { return has_given_up_; }
    std::uint64_t version() const { return endpoint_.version; }
    // Of the round that this channel is in: another endpoint state begins another channel.
    bool is_of(const WebhookEndpointAggregate& endpoint, std::int64_t round) const;
    std::size_t behind() const { return lane_.behind(); }
    // To the journal, if there is something new. Not more often than every few seconds, unless it
    // is asked for.
    void note(bool is_last);

private:
    using Self = std::shared_ptr<Channel>;
    template <class T>
    using Task = boost::asio::awaitable<T>;

    static Task<void> run(Self self);
    static Task<void> send(Self self, projections::CloudEvent event);
    static Task<void> read_on(Self self);
    static Task<void> catch_up(Self self, Lane::CatchUp wanted);
    Task<PostOutcome> post(PostRequest request);
    Task<std::optional<projections::FeedPage>> read(projections::FeedPlace after,
                                                    std::optional<domain::Subject> subject,
                                                    std::size_t events_max);

    void wake() { timer_.cancel(); }
    void start_what_can_be();
    bool has_unread() const;
    std::chrono::milliseconds pause() const;
    void take(const projections::CloudEvent& event, const PostOutcome& outcome);
    void disable(domain::WebhookDisabledBecause because, std::string fault);
    PostRequest request_of(const projections::CloudEvent& event) const;
    template <class Wish>
    void submit(domain::Kind kind, Wish wish, std::function<void(commands::Outcome)> done);

    Shared& shared_;
    domain::TenantId tenant_;
    WebhookEndpointAggregate endpoint_;
    std::int64_t round_;
    Lane lane_;
    Client client_;
    boost::asio::steady_timer timer_;
    journal::Seq woken_at_ = 0;
    std::size_t under_way_ = 0;  // Deliveries
    std::size_t reading_ = 0;    // and reads.
    bool is_reading_on_ = false;
    bool is_at_end_ = false;  // Of the feed, as it was read last.
    bool is_ended_ = false;
    bool has_run_ = false;
    bool has_given_up_ = false;
    std::chrono::steady_clock::time_point read_again_at_{};
    std::chrono::steady_clock::time_point noted_at_{};
    std::shared_ptr<std::atomic<bool>> note_failed_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace infra
