// The deliveries to one webhook endpoint: up to where events were taken, and what waits.
//
// Everything up to `after` has been delivered, but for what `waiting` names: a subject of which a
// delivery failed. That event and all later ones of the subject are delivered in order, when they
// are taken at last; other subjects go on.
//
// The id is the endpoint's. Whoever delivers notes how far it is now and then; a note of before the
// last replay (`round`) says nothing. It is an aggregate of its own, so that the version of the
// endpoint changes only when somebody changes it.
//
// Events are stored for ever: add a field, never rename, retype or reuse one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/decider.hpp"
#include "domain/event_place.hpp"
#include "domain/time.hpp"

namespace domain {

// Deliveries stop before there are so many.
inline constexpr std::size_t webhook_waiting_max = 1000;

struct WaitingSubject {
    std::string subject;
    EventPlace after;
    std::int64_t attempts = 0;
    std::optional<EventPlace> event = {};
    std::optional<Timestamp> failing_since = {};
    std::optional<Timestamp> next_attempt_at = {};
    std::optional<std::string> fault = {};
    bool operator==(const WaitingSubject&) const = default;
};
constexpr auto describe(const WaitingSubject*) {
    using T = WaitingSubject;
    return fields(
        field<&T::subject>("subject", "Whose events wait: bills/4711."),
        field<&T::after>("after", "Its events up to here were delivered."),
        field<&T::attempts>("attempts", "How often the next one failed; 0 while it catches up."),
        field<&T::event>("event", "The one that failed."),
        field<&T::failing_since>("failingSince", "When it failed first."),
        field<&T::next_attempt_at>("nextAttemptAt", "When it is tried again."),
        field<&T::fault>("fault", "How it failed last: status_500, timeout, unreachable, …"));
}

// Commands ----------------------------------------------------------------------------------------

struct BeginWebhookDeliveries {
    EventPlace after;
    bool operator==(const BeginWebhookDeliveries&) const = default;
};
constexpr auto describe(const BeginWebhookDeliveries*) { return fields(); }

struct ReplayWebhookDeliveries {
    EventPlace after;
    std::optional<std::string> reason = {};
    bool operator==(const ReplayWebhookDeliveries&) const = default;
};
constexpr auto describe(const ReplayWebhookDeliveries*) {
    using C = ReplayWebhookDeliveries;
    return fields(field<&C::after>("after",
                                   "Deliver again what is behind this event (its id) or this "
                                   "Daybook-Position. What waits is given up, unless it is behind "
                                   "it.")
                      .required(),
                  field<&C::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct NoteWebhookDeliveries {
    std::int64_t round = 0;
    EventPlace after;
    std::vector<WaitingSubject> waiting = {};
    bool operator==(const NoteWebhookDeliveries&) const = default;
};
constexpr auto describe(const NoteWebhookDeliveries*) { return fields(); }

using WebhookDeliveriesCommand =
    std::variant<BeginWebhookDeliveries, ReplayWebhookDeliveries, NoteWebhookDeliveries>;

// Events ------------------------------------------------------------------------------------------

struct WebhookDeliveriesBegun {
    EventPlace after;
    bool operator==(const WebhookDeliveriesBegun&) const = default;
};
constexpr auto describe(const WebhookDeliveriesBegun*) {
    return fields(field<&WebhookDeliveriesBegun::after>("after", "Behind which they begin."));
}
struct WebhookDeliveriesReplayed {
    EventPlace after;
    bool operator==(const WebhookDeliveriesReplayed&) const = default;
};
constexpr auto describe(const WebhookDeliveriesReplayed*) {
    return fields(field<&WebhookDeliveriesReplayed::after>("after", "Behind which they go on."));
}
struct WebhookDeliveriesNoted {
    EventPlace after;
    std::vector<WaitingSubject> waiting;
    bool operator==(const WebhookDeliveriesNoted&) const = default;
};
constexpr auto describe(const WebhookDeliveriesNoted*) {
    using E = WebhookDeliveriesNoted;
    return fields(field<&E::after>("after", "Up to where events were taken."),
                  field<&E::waiting>("waiting", "What of it was not.").items(webhook_waiting_max));
}

using WebhookDeliveriesEvent =
    std::variant<WebhookDeliveriesBegun, WebhookDeliveriesReplayed, WebhookDeliveriesNoted>;

// Refusals ----------------------------------------------------------------------------------------

enum class WebhookDeliveriesRejection : std::uint8_t { too_many_waiting };
constexpr auto describe(const WebhookDeliveriesRejection*) {
    return wire_names("too_many_waiting");
}
RefusalInfo info(WebhookDeliveriesRejection refusal);

// State -------------------------------------------------------------------------------------------

enum class WebhookDeliveriesStatus : std::uint8_t { absent, begun };
constexpr auto describe(const WebhookDeliveriesStatus*) { return wire_names("", "BEGUN"); }

struct WebhookDeliveries {
    EventPlace after;
    std::vector<WaitingSubject> waiting;
    std::int64_t round = 0;
    WebhookDeliveriesStatus status = WebhookDeliveriesStatus::absent;
    bool operator==(const WebhookDeliveries&) const = default;
};
constexpr auto describe(const WebhookDeliveries*) {
    using T = WebhookDeliveries;
    return fields(
        field<&T::after>("after",
                         "Everything up to here was delivered, but for what waits. Noted every few "
                         "seconds while something is delivered."),
        field<&T::waiting>("waiting", "Subjects of which a delivery failed; others go on.")
            .items(webhook_waiting_max),
        field<&T::round>("round", "Counts the replays.").internal(),
        field<&T::status>("status", "That there are any."));
}

// They claim nothing besides their id.
inline std::vector<std::string> claims(const WebhookDeliveries&, std::string_view) { return {}; }

struct WebhookDeliveriesDecider {
    using State = WebhookDeliveries;
    using Command = WebhookDeliveriesCommand;
    using Event = WebhookDeliveriesEvent;
    using Rejection = WebhookDeliveriesRejection;
    using Status = WebhookDeliveriesStatus;

    static constexpr Kind kind = Kind::webhook_deliveries;
    static constexpr std::array<Transition<Status>, 3> transitions{{
        {"BeginWebhookDeliveries", {Status::absent}, {Status::begun}},
        {"ReplayWebhookDeliveries", {Status::begun}, {Status::begun}},
        {"NoteWebhookDeliveries", {Status::begun}, {Status::begun}},
    }};

    static Decision<WebhookDeliveriesDecider> decide(const WebhookDeliveries& deliveries,
                                                     const WebhookDeliveriesCommand& command);
    static WebhookDeliveries evolve(WebhookDeliveries deliveries,
                                    const WebhookDeliveriesEvent& event);
};

}  // namespace domain
