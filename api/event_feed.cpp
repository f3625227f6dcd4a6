#include "api/event_feed.hpp"

#include <utility>

#include "api/list_parameters.hpp"
#include "api/preconditions.hpp"
#include "api/tokens.hpp"

namespace api {
namespace {

using http::Problem;
using http::Response;
using http::Status;
using http::Task;
using std::chrono::steady_clock;

// A page ends at the first of these; `next` goes on from there.
constexpr std::size_t page_bytes_max = 1UL << 20U;
constexpr std::chrono::milliseconds page_patience{1'000};

Response response_of(EventFormat format) {
    Response response;
    response.content_type = event_media_types[static_cast<std::size_t>(format)];
    return response;
}

Problem too_many_streams() {
    return http::try_again(
        Status::too_many_requests, "too_many_streams",
        "All streams that this tenant may have are open; end one, or ask for pages with `limit`.");
}

}  // namespace

std::shared_ptr<void> StreamPlaces::take(const domain::TenantId& tenant) {
    const std::scoped_lock lock(taken_->mutex);
    std::size_t& count = taken_->by_tenant[tenant];
    if (count >= per_tenant_max_) return nullptr;
    ++count;
    return {taken_.get(), [taken = taken_, tenant](void*) {
                const std::scoped_lock inner(taken->mutex);
                const auto found = taken->by_tenant.find(tenant);
                if (--found->second == 0) taken->by_tenant.erase(found);
            }};
}

http::Handler EventFeed::events() {
    return [this](http::Request request) { return answer(std::move(request)); };
}

Task<Response> EventFeed::answer(http::Request request) {
    auto wanted = read_event_request(request, ports_.reads.views().shard_of(request.tenant()));
    if (!wanted) co_return wanted.error();
    if (has_min_position(request)) {
        auto problem = co_await ports_.reads.reach_position(request);
        if (problem) co_return *std::move(problem);
    }
    if (!wanted->limit) co_return stream(request, *std::move(wanted));
    co_return co_await answer_page(std::move(request), *std::move(wanted));
}

Response EventFeed::stream(const http::Request& request, EventRequest wanted) {
    auto place = places_.take(request.tenant());
    if (!place) return too_many_streams();
    const Views& views = ports_.reads.views();
    Response response = response_of(wanted.format);
    add_position(response, views, views.position_of(request.tenant()));
    response.add("X-Accel-Buffering", "no");  // Proxies must not hold events back.
    EventStream::Ports ports{
        ports_.feed, *views.freshness[wanted.after.shard], ports_.workers,
        [this, principal = request.principal] { return may_go_on(*principal); }};
    response.stream = std::make_unique<EventStream>(
        std::move(ports), request.tenant(), std::move(wanted), heartbeat_, std::move(place));
    return response;
}

// A key that is revoked while it listens hears no more, nor whom such a key of tokens vouched for.
bool EventFeed::may_go_on(const Principal& principal) const {
    if (principal.has_token()) {
        return ports_.now() < *principal.ends_at && ports_.tokens != nullptr &&
               ports_.tokens->has_key(principal.token_key);
    }
    const auto record = ports_.keys.find(principal.key.view());
    return record && !record->revoked && record->principal.scopes.contains(Scope::events_read) &&
           (!record->expires_at || ports_.now() < *record->expires_at);
}

Task<Response> EventFeed::answer_page(http::Request request, EventRequest wanted) {
    const Views& views = ports_.reads.views();
    const projections::Position position = views.position_of(request.tenant());
    const auto until = steady_clock::now() + page_patience;
    std::string body;
    bool is_full = false;
    while (!is_full && *wanted.limit > 0) {
        projections::FeedLimits limits;
        limits.events_max = *wanted.limit;
        auto page = co_await read_feed(ports_.workers, ports_.feed, request.tenant(), wanted,
                                       limits, request.deadline);
        if (!page || !*page) co_return http::journal_unavailable();
        for (const auto& event : (*page)->events) append_event(body, wanted.format, event);
        *wanted.limit -= (*page)->events.size();
        wanted.after = (*page)->next;
        is_full =
            (*page)->is_at_end || body.size() >= page_bytes_max || steady_clock::now() >= until;
    }
    Response response = response_of(wanted.format);
    response.body = std::move(body);
    response.add("Link", next_link(request, projections::to_text(wanted.after), "after"));
    add_position(response, views, position);
    co_return response;
}

}  // namespace api
