#include "api/event_stream.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <utility>

#include "api/http/on_worker.hpp"

namespace api {
namespace {

using std::chrono::steady_clock;

// A shard wakes its streams with every batch, whosever events are in it. So many times a second a
// stream looks at most; what comes meanwhile comes in one piece.
constexpr std::chrono::milliseconds look_interval{20};
// How soon a stream tries again when the journal cannot be read.
constexpr std::chrono::milliseconds retry_interval{1'000};
// Then the client connects again, with credentials that are checked again.
constexpr std::chrono::hours lifetime_max{1};

FeedResult read_page(const projections::Feed& feed, const domain::TenantId& tenant,
                     const EventRequest& wanted, const projections::FeedLimits& limits) try {
    return feed.read(tenant, wanted.after, wanted.filter, limits);
} catch (const std::runtime_error&) {
    return domain::Failure(journal::JournalError::unavailable);  // The views' disk fails.
}

}  // namespace

http::Task<std::optional<FeedResult>> read_feed(http::Workers& workers,
                                                const projections::Feed& feed,
                                                domain::TenantId tenant, EventRequest wanted,
                                                projections::FeedLimits limits,
                                                steady_clock::time_point deadline) {
    std::function<FeedResult()> job = [&feed, tenant, wanted, limits] {
        return read_page(feed, tenant, wanted, limits);
    };
    co_return co_await http::on_worker(workers, deadline, std::move(job));
}

EventStream::EventStream(Ports ports, domain::TenantId tenant, EventRequest wanted,
                         std::chrono::milliseconds heartbeat, std::shared_ptr<void> place)
    : ports_(std::move(ports)),
      tenant_(std::move(tenant)),
      wanted_(std::move(wanted)),
      heartbeat_(heartbeat),
      place_(std::move(place)),
      heartbeat_at_(steady_clock::now() + heartbeat),
      ends_at_(steady_clock::now() + lifetime_max) {}

void EventStream::stop() {
    is_stopped_ = true;
    if (waiting_) (*waiting_)(false);
}

// Nobody wakes who is stopped before it waits: it may have been while it read.
http::Task<void> EventStream::wait_until(TimePoint time, bool or_events) {
    if (is_stopped_) co_return;
    std::shared_ptr<void> armed;
    const journal::Seq next = wanted_.after.seq + 1;
    std::function<void(http::Completion<bool>)> start = [&](const http::Completion<bool>& done) {
        waiting_ = done;
        if (or_events) armed = ports_.freshness.when_applied(next, [done] { done(true); });
    };
    co_await http::completed<bool>(time, std::move(start));
    waiting_.reset();
}

http::Task<std::optional<std::string>> EventStream::next() {
    const projections::FeedLimits limits;
    std::string piece;
    while (!is_stopped_) {
        const TimePoint looked = steady_clock::now();
        const std::optional<FeedResult> page = co_await read_feed(
            ports_.workers, ports_.feed, tenant_, wanted_, limits, TimePoint::max());
        const bool is_over = steady_clock::now() >= ends_at_ || !ports_.may_go_on();
        if (is_over) co_return std::nullopt;
        const bool is_read = page && page->has_value();
        if (is_read) {
            wanted_.after = (*page)->next;
            for (const auto& event : (*page)->events) append_event(piece, wanted_.format, event);
        }
        const bool is_due = steady_clock::now() >= heartbeat_at_;
        if (piece.empty() && is_due) append_heartbeat(piece, wanted_.format, wanted_.after);
        if (!piece.empty()) break;
        if (!is_read) {
            co_await wait_until(std::min(heartbeat_at_, looked + retry_interval), false);
        } else if ((*page)->is_at_end) {
            co_await wait_until(heartbeat_at_, true);
            co_await wait_until(looked + look_interval, false);
        }
    }
    heartbeat_at_ = steady_clock::now() + heartbeat_;
    co_return piece;
}

}  // namespace api
