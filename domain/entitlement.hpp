// An entitlement: one user's right to one product, from a start to an end.
//
// PENDING → ACTIVE ↔ SUSPENDED → EXPIRED | REVOKED; the last two are final, a new purchase makes a
// new entitlement. The rules are in entitlement.cpp; what a right to one product says about another
// is in coverage.hpp.
//
// Statuses follow the clock by commands, maybe late. So nobody reads access from the status alone:
// `access_to_own` compares with the time, and a late clock never grants more than was bought.
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
#include "domain/ids.hpp"
#include "domain/product.hpp"
#include "domain/time.hpp"

namespace domain {

enum class EntitlementSourceKind : std::uint8_t { contract, purchase, grant, share, import };
constexpr auto describe(const EntitlementSourceKind*) {
    return wire_names("contract", "purchase", "grant", "share", "import");
}

// Where the right comes from.
struct EntitlementSource {
    EntitlementSourceKind kind = EntitlementSourceKind::grant;
    std::optional<ContractId> contract_id;
    std::optional<BillId> bill_id;
    std::optional<std::string> granted_by;
    bool operator==(const EntitlementSource&) const = default;
};
constexpr auto describe(const EntitlementSource*) {
    using S = EntitlementSource;
    return fields(field<&S::kind>("kind", "What gave the right.").required(),
                  field<&S::contract_id>("contractId", "The contract that gave it."),
                  field<&S::bill_id>("billId", "The bill that was paid for it."),
                  field<&S::granted_by>("grantedBy", "Who gave it by hand.").length(1, 128));
}

// Of a publication, only these issues.
struct EntitlementScope {
    std::optional<Sku> publication;
    std::optional<std::string> issue_from;
    std::optional<std::string> issue_to;
    bool operator==(const EntitlementScope&) const = default;
};
constexpr auto describe(const EntitlementScope*) {
    using S = EntitlementScope;
    return fields(field<&S::publication>("publication", "The publication's SKU."),
                  field<&S::issue_from>("issueFrom", "The first issue's code.").length(1, 40),
                  field<&S::issue_to>("issueTo", "The last issue's code.").length(1, 40));
}

// Why an entitlement is suspended.
enum class SuspensionCause : std::uint8_t { payment, pause };
constexpr auto describe(const SuspensionCause*) { return wire_names("payment", "pause"); }

enum class EntitlementStatus : std::uint8_t {
    absent,
    pending,
    active,
    suspended,
    expired,
    revoked
};
constexpr auto describe(const EntitlementStatus*) {
    return wire_names("", "PENDING", "ACTIVE", "SUSPENDED", "EXPIRED", "REVOKED");
}

// What is said when the right is given.
struct EntitlementTerms {
    UserId user_id;
    Sku sku;
    ProductType product_type = ProductType::article;
    EntitlementSource source;
    Timestamp starts_at;
    std::optional<Timestamp> ends_at;
    std::optional<Timestamp> grace_until;
    std::optional<EntitlementScope> scope;
    std::optional<Sku> via_sku;
    std::optional<std::string> external_id;
    bool operator==(const EntitlementTerms&) const = default;
};
constexpr auto describe(const EntitlementTerms*) {
    using T = EntitlementTerms;
    return fields(
        field<&T::user_id>("userId", "Who has the right."), field<&T::sku>("sku", "To what."),
        field<&T::product_type>("productType", "The product's type."),
        field<&T::source>("source", "Where the right comes from."),
        field<&T::starts_at>("startsAt", "From when."),
        field<&T::ends_at>("endsAt", "Until when, exclusive; for ever if absent."),
        field<&T::grace_until>("graceUntil", "Access is kept until then, past the end."),
        field<&T::scope>("scope", "Of a publication, only these issues."),
        field<&T::via_sku>("viaSku", "The product that was bought, if it is another one."),
        field<&T::external_id>("externalId", "The id in another system; unique.").length(1, 128));
}

// Commands ----------------------------------------------------------------------------------------

struct GrantEntitlement {
    std::optional<EntitlementId> id = {};
    UserId user_id = {};
    Sku sku = {};
    std::optional<Timestamp> starts_at = {};  // Now if left out.
    std::optional<Timestamp> ends_at = {};
    std::optional<Timestamp> grace_until = {};
    std::optional<EntitlementScope> scope = {};
    std::optional<std::string> external_id = {};
    std::optional<std::string> reason = {};
    ProductType product_type = ProductType::article;  // The product's.
    EntitlementSource source = {};
    std::optional<Sku> via_sku = {};
    Timestamp now = {};
    bool operator==(const GrantEntitlement&) const = default;
};
constexpr auto describe(const GrantEntitlement*) {
    using G = GrantEntitlement;
    return fields(
        field<&G::id>("id", "The entitlement's id; made if left out."),
        field<&G::user_id>("userId", "Who gets the right.").required(),
        field<&G::sku>("sku", "To what.").required(),
        field<&G::starts_at>("startsAt", "From when; now if left out."),
        field<&G::ends_at>("endsAt", "Until when, exclusive; for ever if left out."),
        field<&G::grace_until>("graceUntil", "Access is kept until then, past the end."),
        field<&G::scope>("scope", "Of a publication, only these issues."),
        field<&G::source>("source",
                          "Where it comes from: `grant` if left out, `share` or `import`; what "
                          "contracts and bills give is given by them alone."),
        field<&G::external_id>("externalId", "The id in another system; unique.").length(1, 128),
        field<&G::reason>("reason", "Why; kept in the history.").length(0, 500));
}

// The start was reached.
struct StartEntitlement {
    Timestamp now = {};
    bool operator==(const StartEntitlement&) const = default;
};
constexpr auto describe(const StartEntitlement*) { return fields(); }

struct SuspendEntitlement {
    SuspensionCause cause = SuspensionCause::pause;
    std::optional<std::string> reason = {};
    bool operator==(const SuspendEntitlement&) const = default;
};
constexpr auto describe(const SuspendEntitlement*) {
    using S = SuspendEntitlement;
    return fields(field<&S::cause>("cause", "What readers are told: payment, or pause."),
                  field<&S::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct ReinstateEntitlement {
    std::optional<std::string> reason = {};
    std::optional<SuspensionCause> only_if =
        {};  // Policies: nothing to do if suspended for another.
    bool operator==(const ReinstateEntitlement&) const = default;
};
constexpr auto describe(const ReinstateEntitlement*) {
    return fields(
        field<&ReinstateEntitlement::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct ExtendEntitlement {
    Timestamp ends_at = {};
    std::optional<Timestamp> grace_until = {};
    std::optional<std::string> reason = {};
    bool operator==(const ExtendEntitlement&) const = default;
};
constexpr auto describe(const ExtendEntitlement*) {
    using X = ExtendEntitlement;
    return fields(field<&X::ends_at>("endsAt", "The new, later end, exclusive.").required(),
                  field<&X::grace_until>("graceUntil", "Access is kept until then, past the end."),
                  field<&X::reason>("reason", "Why; kept in the history.").length(0, 500));
}

// The end, and the grace past it, were reached.
struct ExpireEntitlement {
    Timestamp now = {};
    bool operator==(const ExpireEntitlement&) const = default;
};
constexpr auto describe(const ExpireEntitlement*) { return fields(); }

struct RevokeEntitlement {
    std::optional<std::string> reason = {};
    bool operator==(const RevokeEntitlement&) const = default;
};
constexpr auto describe(const RevokeEntitlement*) {
    return fields(
        field<&RevokeEntitlement::reason>("reason", "Why; kept in the history.").length(0, 500));
}

using EntitlementCommand =
    std::variant<GrantEntitlement, StartEntitlement, SuspendEntitlement, ReinstateEntitlement,
                 ExtendEntitlement, ExpireEntitlement, RevokeEntitlement>;

// Events ------------------------------------------------------------------------------------------

struct EntitlementGranted : EntitlementTerms {
    EntitlementStatus status = EntitlementStatus::active;  // Pending or active.
    std::optional<std::string> reason;
    bool operator==(const EntitlementGranted&) const = default;
};
constexpr auto describe(const EntitlementGranted*) {
    return std::tuple_cat(
        describe(static_cast<const EntitlementTerms*>(nullptr)),
        fields(field<&EntitlementGranted::status>("status", "PENDING when it begins later."),
               field<&EntitlementGranted::reason>("reason", "Why.")));
}
struct EntitlementStarted {
    bool operator==(const EntitlementStarted&) const = default;
};
constexpr auto describe(const EntitlementStarted*) { return fields(); }
struct EntitlementSuspended {
    SuspensionCause cause = SuspensionCause::pause;
    std::optional<std::string> reason;
    bool operator==(const EntitlementSuspended&) const = default;
};
constexpr auto describe(const EntitlementSuspended*) {
    return fields(field<&EntitlementSuspended::cause>("cause", "For want of payment, or a pause."),
                  field<&EntitlementSuspended::reason>("reason", "Why."));
}
struct EntitlementReinstated {
    std::optional<std::string> reason;
    bool operator==(const EntitlementReinstated&) const = default;
};
constexpr auto describe(const EntitlementReinstated*) {
    return fields(field<&EntitlementReinstated::reason>("reason", "Why."));
}
struct EntitlementExtended {
    Timestamp ends_at;
    std::optional<Timestamp> grace_until;
    bool operator==(const EntitlementExtended&) const = default;
};
constexpr auto describe(const EntitlementExtended*) {
    return fields(field<&EntitlementExtended::ends_at>("endsAt", "The new end, exclusive."),
                  field<&EntitlementExtended::grace_until>("graceUntil", "Grace past it."));
}
struct EntitlementExpired {
    bool operator==(const EntitlementExpired&) const = default;
};
constexpr auto describe(const EntitlementExpired*) { return fields(); }
struct EntitlementRevoked {
    std::optional<std::string> reason;
    bool operator==(const EntitlementRevoked&) const = default;
};
constexpr auto describe(const EntitlementRevoked*) {
    return fields(field<&EntitlementRevoked::reason>("reason", "Why."));
}

using EntitlementEvent = std::variant<EntitlementGranted, EntitlementStarted, EntitlementSuspended,
                                      EntitlementReinstated, EntitlementExtended,
                                      EntitlementExpired, EntitlementRevoked>;

// Refusals ----------------------------------------------------------------------------------------

enum class EntitlementRejection : std::uint8_t {
    entitlement_ends_before_it_starts,
    grace_ends_before_entitlement,
    entitlement_not_started,
    entitlement_not_ended,
    entitlement_has_no_end,
    end_must_be_later
};
constexpr auto describe(const EntitlementRejection*) {
    return wire_names("entitlement_ends_before_it_starts", "grace_ends_before_entitlement",
                      "entitlement_not_started", "entitlement_not_ended", "entitlement_has_no_end",
                      "end_must_be_later");
}
RefusalInfo info(EntitlementRejection refusal);

// State -------------------------------------------------------------------------------------------

struct Entitlement : EntitlementTerms {
    EntitlementStatus status = EntitlementStatus::absent;
    std::optional<std::string> reason;  // Of the last grant, suspension or revocation.
    SuspensionCause suspension_cause = SuspensionCause::pause;
    bool operator==(const Entitlement&) const = default;
};
constexpr auto describe(const Entitlement*) {
    return std::tuple_cat(
        describe(static_cast<const EntitlementTerms*>(nullptr)),
        fields(field<&Entitlement::status>("status", "Compare with startsAt and endsAt, too."),
               field<&Entitlement::reason>("reason", "Why it is so."),
               field<&Entitlement::suspension_cause>("suspensionCause", "While suspended.")
                   .internal()));
}

// Why there is no access; `none` when there is, or when there is no entitlement at all.
enum class AccessReason : std::uint8_t {
    none,
    not_started,
    suspended_payment,
    paused,
    expired,
    revoked,
    unknown_product
};
constexpr auto describe(const AccessReason*) {
    return wire_names("none", "notStarted", "suspendedPayment", "paused", "expired", "revoked",
                      "unknownProduct");
}

// When access ends at the latest: the end, or the grace past it. Empty: never.
std::optional<Timestamp> valid_until(const EntitlementTerms& terms);

// `none` when the entitlement gives access at this instant to what it names.
// REQUIRES: the entitlement exists.
AccessReason access_to_own(const Entitlement& entitlement, Timestamp at);

// Keys that no other entitlement of the tenant may have; see claims.hpp.
std::vector<std::string> claims(const Entitlement& entitlement, std::string_view id);

struct EntitlementDecider {
    using State = Entitlement;
    using Command = EntitlementCommand;
    using Event = EntitlementEvent;
    using Rejection = EntitlementRejection;
    using Status = EntitlementStatus;

    static constexpr Kind kind = Kind::entitlements;
    static constexpr std::array<Transition<Status>, 9> transitions{{
        {"GrantEntitlement", {Status::absent}, {Status::pending, Status::active}},
        {"StartEntitlement", {Status::pending}, {Status::active}},
        {"SuspendEntitlement", {Status::active}, {Status::suspended}},
        {"ReinstateEntitlement", {Status::suspended}, {Status::active, Status::suspended}},
        {"ExtendEntitlement", {Status::pending}, {Status::pending}},
        {"ExtendEntitlement", {Status::active}, {Status::active}},
        {"ExtendEntitlement", {Status::suspended}, {Status::suspended}},
        {"ExpireEntitlement", {Status::active, Status::suspended}, {Status::expired}},
        {"RevokeEntitlement",
         {Status::pending, Status::active, Status::suspended},
         {Status::revoked}},
    }};

    static Decision<EntitlementDecider> decide(const Entitlement& entitlement,
                                               const EntitlementCommand& command);
    static Entitlement evolve(Entitlement entitlement, const EntitlementEvent& event);
};

}  // namespace domain
