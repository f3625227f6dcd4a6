// What can have happened to a fulfillment. Events are stored for ever: add a field, never rename,
// retype or reuse one. Those with something about a person name the person whose key seals it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>

#include "domain/decider.hpp"
#include "domain/fulfillment_parts.hpp"

namespace domain {

// Something digital is to be made ready.
struct FulfillmentRequested : FulfillmentTerms {
    bool operator==(const FulfillmentRequested&) const = default;
};
// Something is to be shipped.
struct FulfillmentScheduled : FulfillmentTerms {
    bool operator==(const FulfillmentScheduled&) const = default;
};

struct FulfillmentReady {
    UserId user_id;
    Personal url;  // Whoever has it can get it.
    std::optional<Timestamp> expires_at;
    bool operator==(const FulfillmentReady&) const = default;
};
constexpr auto describe(const FulfillmentReady*) {
    using R = FulfillmentReady;
    return fields(field<&R::user_id>("userId", "For whom.").required(),
                  field<&R::url>("url", "Where the user gets it.").required(),
                  field<&R::expires_at>("expiresAt", "Until when that works (exclusive)."));
}
struct FulfillmentFailed {
    std::optional<std::string> reason;
    bool operator==(const FulfillmentFailed&) const = default;
};
constexpr auto describe(const FulfillmentFailed*) {
    return fields(field<&FulfillmentFailed::reason>("reason", "Why."));
}
struct FulfillmentRevoked {
    std::optional<std::string> reason;
    bool operator==(const FulfillmentRevoked&) const = default;
};
constexpr auto describe(const FulfillmentRevoked*) {
    return fields(field<&FulfillmentRevoked::reason>("reason", "Why."));
}
struct FulfillmentCanceled {
    std::optional<std::string> reason;
    bool operator==(const FulfillmentCanceled&) const = default;
};
constexpr auto describe(const FulfillmentCanceled*) {
    return fields(field<&FulfillmentCanceled::reason>("reason", "Why."));
}
// It is in the dispatch file.
struct FulfillmentIncluded {
    std::optional<std::string> dispatch_file;
    bool operator==(const FulfillmentIncluded&) const = default;
};
constexpr auto describe(const FulfillmentIncluded*) {
    return fields(field<&FulfillmentIncluded::dispatch_file>("dispatchFile", "The file's name."));
}
struct FulfillmentDispatched {
    Timestamp dispatched_at;
    std::optional<std::string> carrier;
    std::optional<std::string> tracking_number;
    bool operator==(const FulfillmentDispatched&) const = default;
};
constexpr auto describe(const FulfillmentDispatched*) {
    using D = FulfillmentDispatched;
    return fields(field<&D::dispatched_at>("dispatchedAt", "When.").required(),
                  field<&D::carrier>("carrier", "Who carries it."),
                  field<&D::tracking_number>("trackingNumber", "The carrier's number."));
}
struct FulfillmentDelivered {
    Timestamp delivered_at;
    bool operator==(const FulfillmentDelivered&) const = default;
};
constexpr auto describe(const FulfillmentDelivered*) {
    return fields(field<&FulfillmentDelivered::delivered_at>("deliveredAt", "When.").required());
}
struct FulfillmentReturned {
    std::optional<std::string> reason;
    bool operator==(const FulfillmentReturned&) const = default;
};
constexpr auto describe(const FulfillmentReturned*) {
    return fields(field<&FulfillmentReturned::reason>("reason", "Why it came back."));
}
struct FulfillmentReportedMissing {
    UserId user_id;
    FulfillmentProblem problem;
    bool operator==(const FulfillmentReportedMissing&) const = default;
};
constexpr auto describe(const FulfillmentReportedMissing*) {
    using R = FulfillmentReportedMissing;
    return fields(field<&R::user_id>("userId", "Who should have got it.").required(),
                  field<&R::problem>("problem", "What is wrong.").required());
}
struct FulfillmentReshipped {
    UserId user_id;
    FulfillmentId reshipment_id;
    std::int64_t copies = 1;
    std::optional<Address> address;
    std::optional<Personal> instructions;
    bool operator==(const FulfillmentReshipped&) const = default;
};
constexpr auto describe(const FulfillmentReshipped*) {
    using R = FulfillmentReshipped;
    return fields(field<&R::user_id>("userId", "To whom.").required(),
                  field<&R::reshipment_id>("reshipmentId", "What is sent in its place.").required(),
                  field<&R::copies>("copies", "How many."),
                  field<&R::address>("address", "Where it goes."),
                  field<&R::instructions>("instructions", "For who delivers it."));
}
struct FulfillmentCredited : FulfillmentCredit {
    bool operator==(const FulfillmentCredited&) const = default;
};
struct FulfillmentStopped : StopNote {
    bool operator==(const FulfillmentStopped&) const = default;
};
struct FulfillmentReinstated {
    bool operator==(const FulfillmentReinstated&) const = default;
};
constexpr auto describe(const FulfillmentReinstated*) { return fields(); }
// It will not be delivered for the stop; `credit` is what the customer gets for that.
struct FulfillmentStopSettled {
    std::optional<FulfillmentCredit> credit;
    bool operator==(const FulfillmentStopSettled&) const = default;
};
constexpr auto describe(const FulfillmentStopSettled*) {
    return fields(field<&FulfillmentStopSettled::credit>("credit", "What was given for it."));
}
struct FulfillmentReaddressed {
    UserId user_id;
    Address address;
    bool operator==(const FulfillmentReaddressed&) const = default;
};
constexpr auto describe(const FulfillmentReaddressed*) {
    using R = FulfillmentReaddressed;
    return fields(field<&R::user_id>("userId", "To whom.").required(),
                  field<&R::address>("address", "Where it goes now.").required());
}

using FulfillmentEvent =
    std::variant<FulfillmentRequested, FulfillmentScheduled, FulfillmentReady, FulfillmentFailed,
                 FulfillmentRevoked, FulfillmentCanceled, FulfillmentIncluded,
                 FulfillmentDispatched, FulfillmentDelivered, FulfillmentReturned,
                 FulfillmentReportedMissing, FulfillmentReshipped, FulfillmentCredited,
                 FulfillmentStopped, FulfillmentReinstated, FulfillmentStopSettled,
                 FulfillmentReaddressed>;

}  // namespace domain
