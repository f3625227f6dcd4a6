// A webhook endpoint: an address to which a tenant's events are delivered, signed.
//
// ENABLED ⇄ DISABLED → DELETED. It is disabled by its owner, or when deliveries have failed for too
// long; how far deliveries are is in another aggregate (webhook_deliveries.hpp).
//
// No secret is here: it is made of the key-encryption key, the endpoint and `secret_version`, so
// that nothing has to keep it. After a rotation the one before signs, too, for a while.
//
// Events are stored for ever: add a field, never rename, retype or reuse one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/change.hpp"
#include "domain/decider.hpp"
#include "domain/event_place.hpp"
#include "domain/ids.hpp"
#include "domain/text_types.hpp"
#include "domain/time.hpp"

namespace domain {

struct WebhookEndpointTag : PlainIdTag {};
using WebhookEndpointId = Id<WebhookEndpointTag>;

struct WebhookTerms {
    Url url;
    std::vector<std::string> types;
    std::optional<std::string> description;
    bool operator==(const WebhookTerms&) const = default;
};
constexpr auto describe(const WebhookTerms*) {
    using T = WebhookTerms;
    return fields(
        field<&T::url>("url", "Where events are sent, by POST.").required(),
        field<&T::types>("types", "Types of events, such as BillPaid; without any, all of them.")
            .length(1, 100)
            .items(200),
        field<&T::description>("description", "What it is for.").length(0, 500));
}

// Commands ----------------------------------------------------------------------------------------

struct CreateWebhookEndpoint : WebhookTerms {
    std::optional<WebhookEndpointId> id = {};
    std::optional<EventPlace> after = {};
    std::int64_t endpoints_max = 1;
    std::int64_t slot = 0;
    bool operator==(const CreateWebhookEndpoint&) const = default;
};
constexpr auto describe(const CreateWebhookEndpoint*) {
    using C = CreateWebhookEndpoint;
    return std::tuple_cat(
        fields(field<&C::id>("id", "The endpoint's id; made if left out.")),
        describe(static_cast<const WebhookTerms*>(nullptr)),
        fields(field<&C::after>("after",
                                "Begin behind this event (its id) or this Daybook-Position, 0-0 "
                                "for the first event of all; left out, with what happens from now "
                                "on. The first number is the tenant's shard.")));
}

struct UpdateWebhookEndpoint {
    Change<Url> url = {};
    Change<std::vector<std::string>> types = {};
    Change<std::string> description = {};
    std::optional<std::string> reason = {};
    bool operator==(const UpdateWebhookEndpoint&) const = default;
};
constexpr auto describe(const UpdateWebhookEndpoint*) {
    using C = UpdateWebhookEndpoint;
    return fields(field<&C::url>("url", "Where events are sent, by POST.").required(),
                  field<&C::types>("types", "Replaced as a whole; null is all types.")
                      .length(1, 100)
                      .items(200),
                  field<&C::description>("description", "What it is for.").length(0, 500),
                  field<&C::reason>("reason", "Why; kept in the history.").length(0, 500));
}

// Deliveries go on where they were.
struct EnableWebhookEndpoint {
    std::optional<std::string> reason = {};
    Timestamp now = {};
    bool operator==(const EnableWebhookEndpoint&) const = default;
};
constexpr auto describe(const EnableWebhookEndpoint*) {
    return fields(field<&EnableWebhookEndpoint::reason>("reason", "Why; kept in the history.")
                      .length(0, 500));
}

enum class WebhookDisabledBecause : std::uint8_t {
    requested,     // By its owner.
    failing,       // Nothing of a subject was taken for as long as is tried.
    gone,          // The receiver said so: 410.
    place_unknown  // Deliveries were to begin at a place that is not in the tenant's shard.
};
constexpr auto describe(const WebhookDisabledBecause*) {
    return wire_names("requested", "failing", "gone", "placeUnknown");
}

struct DisableWebhookEndpoint {
    std::optional<std::string> reason = {};
    WebhookDisabledBecause because = WebhookDisabledBecause::requested;
    std::optional<std::string> fault = {};
    bool operator==(const DisableWebhookEndpoint&) const = default;
};
constexpr auto describe(const DisableWebhookEndpoint*) {
    return fields(field<&DisableWebhookEndpoint::reason>("reason", "Why; kept in the history.")
                      .length(0, 500));
}

struct RotateWebhookSecret {
    std::int64_t previous_valid_hours = 24;
    std::optional<std::string> reason = {};
    Timestamp now = {};
    bool operator==(const RotateWebhookSecret&) const = default;
};
constexpr auto describe(const RotateWebhookSecret*) {
    using C = RotateWebhookSecret;
    return fields(field<&C::previous_valid_hours>(
                      "previousValidHours",
                      "For how long the secret before signs, too; 24 if left out, 0 after a leak.")
                      .range(0, 168),
                  field<&C::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct DeleteWebhookEndpoint {
    bool operator==(const DeleteWebhookEndpoint&) const = default;
};
constexpr auto describe(const DeleteWebhookEndpoint*) { return fields(); }

using WebhookEndpointCommand =
    std::variant<CreateWebhookEndpoint, UpdateWebhookEndpoint, EnableWebhookEndpoint,
                 DisableWebhookEndpoint, RotateWebhookSecret, DeleteWebhookEndpoint>;

// Events ------------------------------------------------------------------------------------------

struct WebhookEndpointCreated : WebhookTerms {
    std::int64_t slot = 0;
    bool operator==(const WebhookEndpointCreated&) const = default;
};
constexpr auto describe(const WebhookEndpointCreated*) {
    return std::tuple_cat(describe(static_cast<const WebhookTerms*>(nullptr)),
                          fields(field<&WebhookEndpointCreated::slot>(
                                     "slot", "Which of the tenant's places it takes.")
                                     .internal()));
}
// All terms as they are after the change.
struct WebhookEndpointChanged : WebhookTerms {
    bool operator==(const WebhookEndpointChanged&) const = default;
};
struct WebhookEndpointEnabled {
    Timestamp enabled_at;
    bool operator==(const WebhookEndpointEnabled&) const = default;
};
constexpr auto describe(const WebhookEndpointEnabled*) {
    return fields(field<&WebhookEndpointEnabled::enabled_at>("enabledAt", "When."));
}
struct WebhookEndpointDisabled {
    WebhookDisabledBecause because = WebhookDisabledBecause::requested;
    std::optional<std::string> fault;
    bool operator==(const WebhookEndpointDisabled&) const = default;
};
constexpr auto describe(const WebhookEndpointDisabled*) {
    using E = WebhookEndpointDisabled;
    return fields(field<&E::because>("because", "Why nothing is delivered any more."),
                  field<&E::fault>("fault", "How the last delivery failed."));
}
struct WebhookSecretRotated {
    Timestamp previous_expires_at;
    bool operator==(const WebhookSecretRotated&) const = default;
};
constexpr auto describe(const WebhookSecretRotated*) {
    return fields(field<&WebhookSecretRotated::previous_expires_at>(
        "previousExpiresAt", "Until when the secret before signs, too."));
}
struct WebhookEndpointDeleted {
    bool operator==(const WebhookEndpointDeleted&) const = default;
};
constexpr auto describe(const WebhookEndpointDeleted*) { return fields(); }

using WebhookEndpointEvent =
    std::variant<WebhookEndpointCreated, WebhookEndpointChanged, WebhookEndpointEnabled,
                 WebhookEndpointDisabled, WebhookSecretRotated, WebhookEndpointDeleted>;

// Refusals ----------------------------------------------------------------------------------------

enum class WebhookEndpointRejection : std::uint8_t { webhook_type_repeated };
constexpr auto describe(const WebhookEndpointRejection*) {
    return wire_names("webhook_type_repeated");
}
RefusalInfo info(WebhookEndpointRejection refusal);

// State -------------------------------------------------------------------------------------------

enum class WebhookEndpointStatus : std::uint8_t { absent, enabled, disabled, deleted };
constexpr auto describe(const WebhookEndpointStatus*) {
    return wire_names("", "ENABLED", "DISABLED", "DELETED");
}

struct WebhookEndpoint : WebhookTerms {
    std::int64_t secret_version = 0;
    std::optional<Timestamp> previous_secret_expires_at;
    std::optional<Timestamp> enabled_at;
    std::optional<WebhookDisabledBecause> disabled_because;
    std::optional<std::string> fault;
    std::int64_t slot = 0;
    WebhookEndpointStatus status = WebhookEndpointStatus::absent;
    bool operator==(const WebhookEndpoint&) const = default;
};
constexpr auto describe(const WebhookEndpoint*) {
    using T = WebhookEndpoint;
    return std::tuple_cat(
        describe(static_cast<const WebhookTerms*>(nullptr)),
        fields(field<&T::secret_version>("secretVersion", "Counts the secrets that it had."),
               field<&T::previous_secret_expires_at>("previousSecretExpiresAt",
                                                     "Until when the secret before signs, too."),
               field<&T::enabled_at>("enabledAt", "When it was enabled again."),
               field<&T::disabled_because>("disabledBecause", "Why nothing is delivered."),
               field<&T::fault>("fault", "How the last delivery failed before it was disabled."),
               field<&T::slot>("slot", "Which of the tenant's places it takes.").internal(),
               field<&T::status>("status", "Whether events are delivered.")));
}

// One of the places that a tenant has for endpoints, until it is deleted.
std::vector<std::string> claims(const WebhookEndpoint& endpoint, std::string_view id);
std::string webhook_slot_claim(std::int64_t slot);

struct WebhookEndpointDecider {
    using State = WebhookEndpoint;
    using Command = WebhookEndpointCommand;
    using Event = WebhookEndpointEvent;
    using Rejection = WebhookEndpointRejection;
    using Status = WebhookEndpointStatus;

    static constexpr Kind kind = Kind::webhook_endpoints;
    static constexpr std::array<Transition<Status>, 8> transitions{{
        {"CreateWebhookEndpoint", {Status::absent}, {Status::enabled}},
        {"UpdateWebhookEndpoint", {Status::enabled}, {Status::enabled}},
        {"UpdateWebhookEndpoint", {Status::disabled}, {Status::disabled}},
        {"EnableWebhookEndpoint", {Status::disabled}, {Status::enabled}},
        {"DisableWebhookEndpoint", {Status::enabled}, {Status::disabled}},
        {"RotateWebhookSecret", {Status::enabled}, {Status::enabled}},
        {"RotateWebhookSecret", {Status::disabled}, {Status::disabled}},
        {"DeleteWebhookEndpoint", {Status::enabled, Status::disabled}, {Status::deleted}},
    }};

    static Decision<WebhookEndpointDecider> decide(const WebhookEndpoint& endpoint,
                                                   const WebhookEndpointCommand& command);
    static WebhookEndpoint evolve(WebhookEndpoint endpoint, const WebhookEndpointEvent& event);
};

}  // namespace domain
