// The event feed over HTTP: pages for who asks now and then, streams for who listens.
//
// Lifetime: outlives the handlers that it makes. Threads: all functions from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "api/auth.hpp"
#include "api/event_stream.hpp"
#include "api/http/router.hpp"
#include "api/http/workers.hpp"
#include "api/read.hpp"
#include "projections/feed.hpp"

namespace api {

struct FeedSettings {
    std::size_t streams_per_tenant_max = 32;
    std::chrono::milliseconds heartbeat{15'000};
    // What the names of the public topics begin with.
    std::string topic_prefix = "daybook";
};

// How many streams each tenant has open. Threads: all functions from any thread.
class StreamPlaces {
public:
    explicit StreamPlaces(std::size_t per_tenant_max) : per_tenant_max_(per_tenant_max) {}

    // The place is given back when the handle is destroyed; null when there is none.
    std::shared_ptr<void> take(const domain::TenantId& tenant);

private:
    struct Taken {
        std::mutex mutex;
        std::map<domain::TenantId, std::size_t> by_tenant;
    };
    std::size_t per_tenant_max_;
    std::shared_ptr<Taken> taken_ = std::make_shared<Taken>();
};

class EventFeed {
public:
    // REQUIRES: all of them outlive this.
    struct Ports {
        const Reads& reads;
        const projections::Feed& feed;
        http::Workers& workers;
        const KeyDirectory& keys;
        const Tokens* tokens;  // Null: there are none.
        std::function<domain::Timestamp()> now;
    };
    EventFeed(Ports ports, const FeedSettings& settings)
        : ports_(std::move(ports)),
          heartbeat_(settings.heartbeat),
          places_(settings.streams_per_tenant_max) {}
    EventFeed(const EventFeed&) = delete;
    EventFeed& operator=(const EventFeed&) = delete;

    // REQUIRES of the route: it declares event_parameters() and produces event_media_types.
    http::Handler events();

private:
    http::Task<http::Response> answer(http::Request request);
    http::Task<http::Response> answer_page(http::Request request, EventRequest wanted);
    http::Response stream(const http::Request& request, EventRequest wanted);

    bool may_go_on(const Principal& principal) const;

    Ports ports_;
    std::chrono::milliseconds heartbeat_;
    StreamPlaces places_;
};

}  // namespace api
