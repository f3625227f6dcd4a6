// A stream of events: what is in the feed, then what comes, and heartbeats while nothing does.
//
// Threads: the session's own, as of every Stream; pages are read by the workers. A stream holds one
// page, and asks for the next when it has been sent.
// Lifetime: what its ports refer to outlives it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/event_request.hpp"
#include "api/http/completion.hpp"
#include "api/http/response.hpp"
#include "api/http/workers.hpp"
#include "domain/ids.hpp"
#include "projections/feed.hpp"
#include "projections/freshness.hpp"

namespace api {

using FeedResult = domain::Result<projections::FeedPage, journal::JournalError>;

// Reads a page on a worker's thread; nothing when the deadline came first.
http::Task<std::optional<FeedResult>> read_feed(http::Workers& workers,
                                                const projections::Feed& feed,
                                                domain::TenantId tenant, EventRequest wanted,
                                                projections::FeedLimits limits,
                                                std::chrono::steady_clock::time_point deadline);

class EventStream final : public http::Stream {
public:
    struct Ports {
        const projections::Feed& feed;
        projections::Freshness& freshness;  // Of the tenant's shard.
        http::Workers& workers;
        // May whoever opened it still read? Asked before anything is sent.
        std::function<bool()> may_go_on;
    };
    // `place` is held until the stream ends; see StreamPlaces.
    EventStream(Ports ports, domain::TenantId tenant, EventRequest wanted,
                std::chrono::milliseconds heartbeat, std::shared_ptr<void> place);

    http::Task<std::optional<std::string>> next() override;
    void stop() override;

private:
    using TimePoint = std::chrono::steady_clock::time_point;

    http::Task<void> wait_until(TimePoint time, bool or_events);

    Ports ports_;
    domain::TenantId tenant_;
    EventRequest wanted_;  // `after` moves on.
    std::chrono::milliseconds heartbeat_;
    std::shared_ptr<void> place_;
    TimePoint heartbeat_at_;
    TimePoint ends_at_;
    std::optional<http::Completion<bool>> waiting_;
    bool is_stopped_ = false;
};

}  // namespace api
