// Why there is access, or why not: each entitlement that could give it, and what it rests on
// (contract, bills, transactions), all as of one moment.
//
// It names ids, statuses and places in histories, and no amounts: who may ask for access may not
// therefore see the money.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/aggregates.hpp"

namespace projections {

// What is said of the others is that they are there.
inline constexpr std::size_t candidates_max = 10;
inline constexpr std::size_t explained_bills_max = 5;
inline constexpr std::size_t explained_transactions_max = 20;

struct ExplainedTransaction {
    domain::TransactionId id;
    domain::TransactionType type = domain::TransactionType::charge;
    domain::TransactionStatus status = domain::TransactionStatus::pending;
    std::int64_t sequence = 0;
    domain::Timestamp updated_at;
};
constexpr auto describe(const ExplainedTransaction*) {
    using T = ExplainedTransaction;
    return domain::fields(
        domain::field<&T::id>("id", "Which transaction."),
        domain::field<&T::type>("type", "What it does."),
        domain::field<&T::status>("status", "Its outcome."),
        domain::field<&T::sequence>("sequence", "Of its last event in its history."),
        domain::field<&T::updated_at>("updatedAt", "When that was."));
}

struct ExplainedBill {
    domain::BillId id;
    std::optional<std::string> number;
    domain::BillStatus status = domain::BillStatus::draft;
    std::optional<domain::Timestamp> period_start;
    std::optional<domain::Timestamp> period_end;
    std::optional<domain::Timestamp> due_at;
    std::int64_t sequence = 0;
    domain::Timestamp updated_at;
    std::vector<ExplainedTransaction> transactions;
};
constexpr auto describe(const ExplainedBill*) {
    using T = ExplainedBill;
    return domain::fields(
        domain::field<&T::id>("id", "Which bill."),
        domain::field<&T::number>("number", "Given at issue."),
        domain::field<&T::status>("status", "Where it stands."),
        domain::field<&T::period_start>("periodStart", "What it is for."),
        domain::field<&T::period_end>("periodEnd", "The period's end, exclusive."),
        domain::field<&T::due_at>("dueAt", "Until when it should be paid."),
        domain::field<&T::sequence>("sequence", "Of its last event in its history."),
        domain::field<&T::updated_at>("updatedAt", "When that was."),
        domain::field<&T::transactions>("transactions",
                                        "What paid it, or should have: the newest first, at most "
                                        "20."));
}

struct ExplainedContract {
    domain::ContractId id;
    domain::ContractStatus status = domain::ContractStatus::draft;
    domain::PaymentState payment_state = domain::PaymentState::ok;
    std::int64_t sequence = 0;
    domain::Timestamp updated_at;
};
constexpr auto describe(const ExplainedContract*) {
    using T = ExplainedContract;
    return domain::fields(
        domain::field<&T::id>("id", "Which contract."),
        domain::field<&T::status>("status", "Where it stands."),
        domain::field<&T::payment_state>("paymentState", "Is there trouble with its payments?"),
        domain::field<&T::sequence>("sequence", "Of its last event in its history."),
        domain::field<&T::updated_at>("updatedAt", "When that was."));
}

// Why one entitlement does not give access; `none` when it does.
enum class CandidateReason : std::uint8_t {
    none,
    not_started,
    suspended_payment,
    paused,
    expired,
    revoked,
    not_covered
};
constexpr auto describe(const CandidateReason*) {
    return domain::wire_names("none", "notStarted", "suspendedPayment", "paused", "expired",
                              "revoked", "notCovered");
}

struct AccessCandidate {
    domain::EntitlementId entitlement_id;
    domain::Sku sku;
    domain::EntitlementStatus status = domain::EntitlementStatus::active;
    bool has_access = false;
    CandidateReason reason = CandidateReason::none;
    std::optional<std::string> note;
    std::vector<domain::Sku> via;
    domain::EntitlementSourceKind source_kind = domain::EntitlementSourceKind::grant;
    domain::Timestamp starts_at;
    std::optional<domain::Timestamp> ends_at;
    std::optional<domain::Timestamp> grace_until;
    std::int64_t sequence = 0;
    domain::Timestamp updated_at;
    std::optional<ExplainedContract> contract;
    std::vector<ExplainedBill> bills;
};
constexpr auto describe(const AccessCandidate*) {
    using T = AccessCandidate;
    return domain::fields(
        domain::field<&T::entitlement_id>("entitlementId", "Which entitlement."),
        domain::field<&T::sku>("sku", "The product that it is for."),
        domain::field<&T::status>("status", "Where it stands."),
        domain::field<&T::has_access>("hasAccess", "Does it give access at that instant?"),
        domain::field<&T::reason>("reason",
                                  "Why not; none when it does. notCovered: its product does not "
                                  "lead to the wanted one."),
        domain::field<&T::note>("note", "What was said when it was given, suspended or revoked."),
        domain::field<&T::via>("via", "The products from its own to the wanted one."),
        domain::field<&T::source_kind>("sourceKind", "What gave the right."),
        domain::field<&T::starts_at>("startsAt", "From when."),
        domain::field<&T::ends_at>("endsAt", "Until when, exclusive; for ever if absent."),
        domain::field<&T::grace_until>("graceUntil", "Access is kept until then, past the end."),
        domain::field<&T::sequence>("sequence", "Of its last event in its history."),
        domain::field<&T::updated_at>("updatedAt", "When that was."),
        domain::field<&T::contract>("contract", "The contract that it is from."),
        domain::field<&T::bills>("bills",
                                 "Of a purchase its bill; of a contract the bills for the time "
                                 "that was asked for, those that are not paid as they should be, "
                                 "and the one that the right was first given for; at most 5."));
}

struct AccessExplanation {
    std::vector<AccessCandidate> candidates;
    std::int64_t omitted = 0;
};
constexpr auto describe(const AccessExplanation*) {
    using T = AccessExplanation;
    return domain::fields(
        domain::field<&T::candidates>("candidates",
                                      "The user's entitlements to this product, or to a bundle, "
                                      "a pass or a publication; the one that answers is the first, "
                                      "then those that cover it, the newest first; at most 10."),
        domain::field<&T::omitted>("omitted", "How many candidates more there are."));
}

}  // namespace projections
