// Deliveries: sends the events of each tenant to its webhook endpoints.
//
// The node that writes a tenant's shard delivers, so that one does. How far it is goes into the
// journal now and then and at the end (domain/webhook_deliveries.hpp), from where whatever node
// comes next goes on; what was delivered and not noted is delivered again, with the same id.
//
// One thread does it all, but for reading the feed and looking up names, which block: those have
// threads of their own. Lifetime: what it is made of outlives it; stopped before the shards are.
// Threads: start and stop from one; the rest from any.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "infra/webhooks/channel.hpp"
#include "projections/key_directory.hpp"

namespace infra {

struct DeliverySettings {
    ClientSettings client;
    LaneSettings lane;
    std::size_t concurrency = 8;      // Deliveries at once, to an endpoint
    std::size_t under_way_max = 256;  // and to all.
};

class Deliveries {
public:
    struct Ports {
        const projections::Feed& feed;
        const projections::Queries& queries;
        const projections::KeyDirectory& directory;
        commands::Shards& shards;
        const commands::Clock& clock;
        std::string node;
        std::function<std::string(const domain::TenantId&, std::string_view id,
                                  std::int64_t version)>
            secret;
        // Takes what an operator should know.
        std::function<void(const domain::TenantId&, std::string_view because,
                           std::string_view fault)>
            on_disabled;
        std::function<void(std::string_view)> report;
        std::function<bool()> has_caught_up;  // Have the views?
    };
    // Throws when the file of certificates cannot be read.
    Deliveries(Ports ports, const DeliverySettings& settings);
    ~Deliveries();
    Deliveries(const Deliveries&) = delete;
    Deliveries& operator=(const Deliveries&) = delete;

    void start();
    // Sends nothing new, lets what is under way end for `patience` at most, notes how far it is,
    // and ends the threads. Idempotent.
    void stop(std::chrono::milliseconds patience);

    const DeliveryStats& stats() const { return shared_.stats; }

private:
    using Key = std::pair<domain::TenantId, std::string>;
    // What was seen of a shard.
    struct Seen {
        bool is_serving = false;
        journal::Seq wanted = 0;  // The views have to come to there before anything is delivered.
        journal::Seq searched = 0;
    };

    void run();
    boost::asio::awaitable<void> watch();
    boost::asio::awaitable<void> finish(std::chrono::milliseconds patience);
    void look_at_shards();
    bool is_ours(const domain::TenantId& tenant) const;
    void end_what_is_not_ours();
    void search_shards(bool all);
    void search(const domain::TenantId& tenant);
    void meet(const domain::TenantId& tenant, const WebhookEndpointAggregate& endpoint);
    bool is_given_up(const Key& key, std::uint64_t version);
    void open(const Key& key, const WebhookEndpointAggregate& endpoint,
              const domain::WebhookDeliveries& deliveries);
    void disable(const Key& key, domain::WebhookDisabledBecause because);
    void drop_ended();
    void count();

    Ports ports_;
    boost::asio::io_context context_{1};
    boost::asio::thread_pool readers_{1};
    ClientShared client_;
    Channel::Shared shared_;
    std::vector<Seen> shards_;
    std::map<Key, std::shared_ptr<Channel>> channels_;
    // Endpoints that were just disabled, as they were before.
    struct GivenUp {
        std::uint64_t version = 0;
        std::chrono::steady_clock::time_point at{};
    };
    std::map<Key, GivenUp> given_up_;
    std::chrono::steady_clock::time_point searched_at_{};
    std::chrono::steady_clock::time_point searched_all_at_{};
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace infra
