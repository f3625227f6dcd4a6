#include "domain/entitlement.hpp"

#include <algorithm>
#include <cassert>

#include "domain/claims.hpp"

namespace domain {
namespace {

using Events = std::vector<EntitlementEvent>;

const Events nothing;  // The wish is already true: a retry succeeds and records nothing.
Failure<EntitlementRejection> because(EntitlementRejection reason) { return Failure{reason}; }

bool is_live(const Entitlement& entitlement) {
    using enum EntitlementStatus;
    return entitlement.status == pending || entitlement.status == active ||
           entitlement.status == suspended;
}

Decision<EntitlementDecider> handle(const Entitlement&, const GrantEntitlement& command) {
    using enum EntitlementRejection;
    const Timestamp starts_at = command.starts_at.value_or(command.now);
    if (command.ends_at && *command.ends_at <= starts_at) {
        return because(entitlement_ends_before_it_starts);
    }
    if (command.grace_until && (!command.ends_at || *command.grace_until < *command.ends_at)) {
        return because(grace_ends_before_entitlement);
    }
    EntitlementGranted granted;
    static_cast<EntitlementTerms&>(granted) = {.user_id = command.user_id,
                                               .sku = command.sku,
                                               .product_type = command.product_type,
                                               .source = command.source,
                                               .starts_at = starts_at,
                                               .ends_at = command.ends_at,
                                               .grace_until = command.grace_until,
                                               .scope = command.scope,
                                               .via_sku = command.via_sku,
                                               .external_id = command.external_id};
    const bool begins_later = command.now < starts_at;
    granted.status = begins_later ? EntitlementStatus::pending : EntitlementStatus::active;
    granted.reason = command.reason;
    return Events{std::move(granted)};
}

Decision<EntitlementDecider> handle(const Entitlement& entitlement,
                                    const StartEntitlement& command) {
    if (command.now < entitlement.starts_at) {
        return because(EntitlementRejection::entitlement_not_started);
    }
    return Events{EntitlementStarted{}};
}

Decision<EntitlementDecider> handle(const Entitlement&, const SuspendEntitlement& command) {
    return Events{EntitlementSuspended{command.cause, command.reason}};
}

Decision<EntitlementDecider> handle(const Entitlement& entitlement,
                                    const ReinstateEntitlement& command) {
    if (command.only_if && *command.only_if != entitlement.suspension_cause) return nothing;
    return Events{EntitlementReinstated{command.reason}};
}

Decision<EntitlementDecider> handle(const Entitlement& entitlement,
                                    const ExtendEntitlement& command) {
    using enum EntitlementRejection;
    if (!entitlement.ends_at) return because(entitlement_has_no_end);
    if (command.grace_until && *command.grace_until < command.ends_at) {
        return because(grace_ends_before_entitlement);
    }
    const bool is_same =
        command.ends_at == *entitlement.ends_at && command.grace_until == entitlement.grace_until;
    if (is_same) return nothing;
    if (command.ends_at < *entitlement.ends_at) return because(end_must_be_later);
    return Events{EntitlementExtended{command.ends_at, command.grace_until}};
}

Decision<EntitlementDecider> handle(const Entitlement& entitlement,
                                    const ExpireEntitlement& command) {
    const auto end = valid_until(entitlement);
    if (!end) return because(EntitlementRejection::entitlement_has_no_end);
    if (command.now < *end) return because(EntitlementRejection::entitlement_not_ended);
    return Events{EntitlementExpired{}};
}

Decision<EntitlementDecider> handle(const Entitlement&, const RevokeEntitlement& command) {
    return Events{EntitlementRevoked{command.reason}};
}

Entitlement replay(Entitlement entitlement, const EntitlementGranted& event) {
    assert(entitlement.status == EntitlementStatus::absent);
    static_cast<EntitlementTerms&>(entitlement) = event;
    entitlement.status = event.status;
    entitlement.reason = event.reason;
    return entitlement;
}

Entitlement replay(Entitlement entitlement, const EntitlementStarted&) {
    assert(entitlement.status == EntitlementStatus::pending);
    entitlement.status = EntitlementStatus::active;
    return entitlement;
}

Entitlement replay(Entitlement entitlement, const EntitlementSuspended& event) {
    assert(entitlement.status == EntitlementStatus::active);
    entitlement.status = EntitlementStatus::suspended;
    entitlement.suspension_cause = event.cause;
    entitlement.reason = event.reason;
    return entitlement;
}

Entitlement replay(Entitlement entitlement, const EntitlementReinstated& event) {
    assert(entitlement.status == EntitlementStatus::suspended);
    entitlement.status = EntitlementStatus::active;
    entitlement.reason = event.reason;
    return entitlement;
}

Entitlement replay(Entitlement entitlement, const EntitlementExtended& event) {
    assert(is_live(entitlement) && entitlement.ends_at <= event.ends_at);
    entitlement.ends_at = event.ends_at;
    entitlement.grace_until = event.grace_until;
    return entitlement;
}

Entitlement replay(Entitlement entitlement, const EntitlementExpired&) {
    assert(is_live(entitlement));
    entitlement.status = EntitlementStatus::expired;
    return entitlement;
}

Entitlement replay(Entitlement entitlement, const EntitlementRevoked& event) {
    assert(is_live(entitlement));
    entitlement.status = EntitlementStatus::revoked;
    entitlement.reason = event.reason;
    return entitlement;
}

}  // namespace

RefusalInfo info(EntitlementRejection refusal) {
    using enum EntitlementRejection;
    using enum RefusalKind;
    switch (refusal) {
        case entitlement_ends_before_it_starts:
            return {invalid, "/endsAt", "must be later than startsAt"};
        case grace_ends_before_entitlement:
            return {invalid, "/graceUntil", "needs endsAt, and must not be earlier"};
        case entitlement_not_started:
            return {conflict, "", "its start is not reached yet; try again then"};
        case entitlement_not_ended:
            return {conflict, "", "its end is not reached yet; revoke it to end it now"};
        case entitlement_has_no_end: return {conflict, "/endsAt", "it never ends"};
        case end_must_be_later:
            return {invalid, "/endsAt", "must not be earlier than the end that it has"};
    }
    return {};
}

std::optional<Timestamp> valid_until(const EntitlementTerms& terms) {
    if (!terms.ends_at) return std::nullopt;
    return std::max(*terms.ends_at, terms.grace_until.value_or(*terms.ends_at));
}

AccessReason access_to_own(const Entitlement& entitlement, Timestamp at) {
    assert(entitlement.status != EntitlementStatus::absent);
    if (entitlement.status == EntitlementStatus::revoked) return AccessReason::revoked;
    if (at < entitlement.starts_at) return AccessReason::not_started;
    if (const auto end = valid_until(entitlement); end && *end <= at) return AccessReason::expired;
    if (entitlement.status == EntitlementStatus::suspended) {
        const bool is_unpaid = entitlement.suspension_cause == SuspensionCause::payment;
        return is_unpaid ? AccessReason::suspended_payment : AccessReason::paused;
    }
    return AccessReason::none;
}

std::vector<std::string> claims(const Entitlement& entitlement, std::string_view id) {
    if (entitlement.status == EntitlementStatus::absent) return {};
    std::vector<std::string> keys = external_claims("entitlement", entitlement.external_id);
    keys.push_back(held_claim(entitlement.user_id, Kind::entitlements, id));
    return keys;
}

Decision<EntitlementDecider> EntitlementDecider::decide(const Entitlement& entitlement,
                                                        const EntitlementCommand& command) {
    assert(is_legal<EntitlementDecider>(entitlement.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(entitlement, one); }, command);
}

Entitlement EntitlementDecider::evolve(Entitlement entitlement, const EntitlementEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(entitlement), one); }, event);
}

}  // namespace domain
