#include "infra/webhooks/channel.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <tuple>

#include "commands/handlers.hpp"
#include "infra/ids.hpp"
#include "infra/webhooks/signature.hpp"

namespace infra {
namespace {

namespace net = boost::asio;
using projections::CloudEvent;
using projections::FeedPage;
using projections::FeedPlace;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How often the journal is told at most.
constexpr std::chrono::seconds note_interval{5};
// After a read that failed, and while others use all connections.
constexpr milliseconds read_again{1'000};
constexpr milliseconds try_again{20};
constexpr milliseconds pause_max{1'000};
constexpr std::size_t page_events_max = 64;
constexpr std::size_t catch_up_events_max = 16;
constexpr std::size_t reads_max = 4;
constexpr unsigned status_gone = 410;

// From 0 to 1.
double luck() { return static_cast<double>(random_word() >> 11U) / 9007199254740992.0; }

// Runs on a thread that may wait. Nothing when the journal or the disk cannot be read now.
net::awaitable<std::optional<FeedPage>> read_page(const projections::Feed* feed,
                                                  domain::TenantId tenant, FeedPlace after,
                                                  projections::FeedFilter filter,
                                                  projections::FeedLimits limits) {
    try {
        auto page = feed->read(tenant, after, filter, limits);
        if (page) co_return *std::move(page);
    } catch (const std::exception&) {
    }
    co_return std::nullopt;
}

}  // namespace

Channel::Channel(Shared& shared, domain::TenantId tenant, WebhookEndpointAggregate endpoint,
                 const domain::WebhookDeliveries& deliveries)
    : shared_(shared),
      tenant_(std::move(tenant)),
      endpoint_(std::move(endpoint)),
      round_(deliveries.round),
      lane_(deliveries, endpoint_.state.enabled_at, shared.lane, &luck),
      client_(shared.client),
      timer_(shared.context) {}

void Channel::start() { net::co_spawn(shared_.context, run(shared_from_this()), net::detached); }

bool Channel::is_of(const WebhookEndpointAggregate& endpoint, std::int64_t round) const {
    return round == round_ && endpoint.state.enabled_at == endpoint_.state.enabled_at;
}

void Channel::update(WebhookEndpointAggregate endpoint) {
    if (endpoint.version == endpoint_.version) return;
    endpoint_ = std::move(endpoint);
    wake();
}

void Channel::end() {
    is_ended_ = true;
    wake();
}

Channel::Task<void> Channel::run(Self self) {
    while (!self->is_ended_) {
        self->start_what_can_be();
        self->note(false);
        self->timer_.expires_after(self->pause());
        boost::system::error_code woken;
        co_await self->timer_.async_wait(net::redirect_error(net::use_awaitable, woken));
    }
    self->has_run_ = true;
}

bool Channel::has_unread() const {
    return !is_at_end_ || shared_.queries.position(tenant_).seq > lane_.place().seq;
}

void Channel::start_what_can_be() {
    const auto spawn = [this](Task<void> task) {
        net::co_spawn(shared_.context, std::move(task), net::detached);
    };
    while (under_way_ < shared_.concurrency && shared_.under_way < shared_.under_way_max) {
        auto event = lane_.next();
        if (!event) break;
        ++under_way_;
        ++shared_.under_way;
        spawn(send(shared_from_this(), *std::move(event)));
    }
    if (steady_clock::now() < read_again_at_) return;
    if (!is_reading_on_ && lane_.wants_page() && has_unread()) {
        is_reading_on_ = true;
        ++reading_;
        spawn(read_on(shared_from_this()));
    }
    while (reading_ < reads_max && under_way_ < shared_.concurrency) {
        auto wanted = lane_.next_catch_up(shared_.clock.now());
        if (!wanted) break;
        ++reading_;
        spawn(catch_up(shared_from_this(), *std::move(wanted)));
    }
}

milliseconds Channel::pause() const {
    if (shared_.under_way >= shared_.under_way_max) return try_again;
    milliseconds pause = pause_max;
    const domain::Timestamp now = shared_.clock.now();
    if (const auto next = lane_.next_at(now)) pause = std::min(pause, *next - now);
    return std::max(pause, milliseconds(1));
}

Channel::Task<std::optional<FeedPage>> Channel::read(FeedPlace after,
                                                     std::optional<domain::Subject> subject,
                                                     std::size_t events_max) {
    projections::FeedFilter filter;
    filter.types.insert(endpoint_.state.types.begin(), endpoint_.state.types.end());
    filter.subject = std::move(subject);
    projections::FeedLimits limits;
    limits.events_max = events_max;
    auto task = read_page(&shared_.feed, tenant_, after, std::move(filter), limits);
    auto page =
        co_await net::co_spawn(shared_.readers.get_executor(), std::move(task), net::use_awaitable);
    if (!page) read_again_at_ = steady_clock::now() + read_again;
    co_return page;
}

Channel::Task<void> Channel::read_on(Self self) {
    auto page = co_await self->read(self->lane_.place(), std::nullopt, page_events_max);
    --self->reading_;
    self->is_reading_on_ = false;
    if (page) {
        self->is_at_end_ = page->is_at_end;
        self->lane_.take(*std::move(page));
    }
    self->wake();
}

Channel::Task<void> Channel::catch_up(Self self, Lane::CatchUp wanted) {
    auto page = co_await self->read(wanted.after, wanted.subject, catch_up_events_max);
    --self->reading_;
    if (page) {
        self->lane_.take(wanted.subject, *std::move(page));
    } else {
        self->lane_.give_back(wanted.subject);
    }
    self->wake();
}

PostRequest Channel::request_of(const CloudEvent& event) const {
    PostRequest request{
        .address = parse_web_address(endpoint_.state.url.text), .fields = {}, .body = {}};
    append_json(request.body, event);
    const domain::Timestamp now = shared_.clock.now();
    const std::int64_t seconds =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    std::string signatures;
    const auto sign = [&](std::int64_t version) {
        if (!signatures.empty()) signatures += ' ';
        signatures += webhook_signature(shared_.secret(tenant_, endpoint_.id, version), event.id,
                                        seconds, request.body);
    };
    const domain::WebhookEndpoint& endpoint = endpoint_.state;
    sign(endpoint.secret_version);
    if (endpoint.previous_secret_expires_at && now < *endpoint.previous_secret_expires_at) {
        sign(endpoint.secret_version - 1);
    }
    request.fields = {{"Content-Type", "application/cloudevents+json"},
                      {"webhook-id", event.id},
                      {"webhook-timestamp", std::to_string(seconds)},
                      {"webhook-signature", std::move(signatures)}};
    return request;
}

Channel::Task<PostOutcome> Channel::post(PostRequest request) {
    try {
        co_return co_await client_.post(std::move(request));
    } catch (const std::exception&) {
        co_return PostOutcome{.status = 0, .fault = "unreachable"};
    }
}

Channel::Task<void> Channel::send(Self self, CloudEvent event) {
    const PostOutcome outcome = co_await self->post(self->request_of(event));
    --self->under_way_;
    --self->shared_.under_way;
    self->take(event, outcome);
    self->wake();
}

void Channel::take(const CloudEvent& event, const PostOutcome& outcome) {
    if (outcome.is_success()) {
        lane_.delivered(event);
        ++shared_.stats.delivered;
        return;
    }
    lane_.failed(event, to_text(outcome), shared_.clock.now(), outcome.retry_after);
    ++shared_.stats.failed;
    if (outcome.status == status_gone) {
        disable(domain::WebhookDisabledBecause::gone, to_text(outcome));
    } else if (lane_.gave_up()) {
        disable(domain::WebhookDisabledBecause::failing, *lane_.gave_up());
    }
}

void Channel::disable(domain::WebhookDisabledBecause because, std::string fault) {
    if (is_ended_) return;
    note(true);
    shared_.on_disabled(tenant_, name(because), fault);
    ++shared_.stats.disabled;
    domain::DisableWebhookEndpoint wish{.because = because, .fault = std::move(fault)};
    submit(domain::Kind::webhook_endpoints, std::move(wish), [](const commands::Outcome&) {});
    has_given_up_ = true;
    end();
}

void Channel::note(bool is_last) {
    if (note_failed_->exchange(false)) lane_.note_again();
    const auto now = steady_clock::now();
    if (!lane_.has_news() || (!is_last && now - noted_at_ < note_interval)) return;
    noted_at_ = now;
    submit(domain::Kind::webhook_deliveries, lane_.note(),
           [failed = note_failed_](const commands::Outcome& outcome) {
               if (!outcome) failed->store(true);
           });
}

template <class Wish>
void Channel::submit(domain::Kind kind, Wish wish, std::function<void(commands::Outcome)> done) {
    commands::Submission submission;
    submission.tenant = tenant_;
    submission.target.subject = {kind, endpoint_.id};
    submission.command = commands::make_command(std::move(wish));
    submission.actor = {"webhooks", shared_.node};
    submission.done = std::move(done);
    if (!shared_.shards.submit(std::move(submission))) note_failed_->store(true);
}

}  // namespace infra
