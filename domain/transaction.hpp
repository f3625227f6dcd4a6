// A transaction: what a payment provider says about money that moves, or should have.
//
// Invariants, kept by decide and asserted by evolve:
//   1. amount > 0 in one currency, and never changes;
//   2. succeeded, failed and canceled are final; a success is undone only by another transaction;
//   3. Σ allocations + unallocated + what of it went back = amount of a succeeded charge, capture
//      or credit, once allocated;
//   4. of an authorize: Σ captures <= amount, and no capture beside a void; of a charge or capture:
//      Σ refunds and chargebacks <= amount. Children count from their beginning until they fail.
//
// A chain is the transactions that stem from one another; `paymentId` is the same in all of a
// chain. Commands are in transaction_commands.hpp, events in transaction_events.hpp, the rules in
// transaction.cpp and transaction_replay.cpp, what the clock does with it in due.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "domain/decider.hpp"
#include "domain/transaction_commands.hpp"
#include "domain/transaction_events.hpp"

namespace domain {

struct Transaction : TransactionHead, TransactionOutcome {
    PaymentId payment_id;
    std::vector<Allocation> allocations;
    Minor unallocated_amount = 0;
    std::vector<ChainLink> children;
    std::optional<Timestamp> next_poll_at;
    std::int32_t poll_count = 0;
    std::int64_t credit_number = 0;  // 0: it never left any credit.
    Minor withdrawn_amount = 0;
    bool operator==(const Transaction&) const = default;
};
constexpr auto describe(const Transaction*) {
    using T = Transaction;
    return std::tuple_cat(
        fields(field<&T::payment_id>("paymentId", "The same in all of a chain.").required()),
        describe(static_cast<const TransactionHead*>(nullptr)),
        describe(static_cast<const TransactionOutcome*>(nullptr)),
        fields(
            field<&T::allocations>("allocations", "Which bills got the money."),
            field<&T::unallocated_amount>("unallocatedAmount", "What is customer credit."),
            field<&T::next_poll_at>("nextPollAt", "When its outcome is asked for again."),
            field<&T::poll_count>("pollCount", "How often it was.").internal(),
            field<&T::withdrawn_amount>("withdrawnAmount", "Credit that went back.").internal(),
            field<&T::children>("children", "What counts against the amount.")
                .items(10'000)
                .internal(),
            field<&T::credit_number>("creditNumber", "Of its credit, in its series.").internal()));
}

// Refusals ----------------------------------------------------------------------------------------

enum class TransactionRejection : std::uint8_t {
    amount_must_be_positive,
    vendor_required,
    parent_required,
    parent_not_allowed,
    currency_must_match_bill,
    currency_must_match_parent,
    user_must_match_parent,
    parent_does_not_allow_it,
    authorization_is_used,
    captures_exceed_authorized,
    refunds_exceed_captured,
    reversal_exceeds_chargeback,
    allocation_exceeds_amount,
    status_must_move_on,
    credit_exceeds_unallocated,
    poll_not_due
};
constexpr auto describe(const TransactionRejection*) {
    return wire_names(
        "amount_must_be_positive", "vendor_required", "parent_required", "parent_not_allowed",
        "currency_must_match_bill", "currency_must_match_parent", "user_must_match_parent",
        "parent_does_not_allow_it", "authorization_is_used", "captures_exceed_authorized",
        "refunds_exceed_captured", "reversal_exceeds_chargeback", "allocation_exceeds_amount",
        "status_must_move_on", "credit_exceeds_unallocated", "poll_not_due");
}
RefusalInfo info(TransactionRejection refusal);

struct TransactionDecider {
    using State = Transaction;
    using Command = TransactionCommand;
    using Event = TransactionEvent;
    using Rejection = TransactionRejection;
    static constexpr Kind kind = Kind::transactions;

    static constexpr auto transitions = [] {
        using enum TransactionStatus;
        return std::to_array<Transition<TransactionStatus>>({
            {"RecordTransaction",
             {absent},
             {pending, requires_action, succeeded, failed, canceled, unknown}},
            {"ResolveTransaction",
             {pending},
             {pending, requires_action, succeeded, failed, canceled, unknown}},
            {"ResolveTransaction",
             {requires_action, unknown},
             {requires_action, succeeded, failed, canceled, unknown}},
            {"AllocateTransaction", {succeeded}, {succeeded}},
            {"ExtendChain", {succeeded}, {succeeded}},
            {"ReleaseChain", {succeeded}, {succeeded}},
            {"AdjustCredit", {succeeded}, {succeeded}},
            {"CaptureTransaction", {succeeded}, {succeeded}},
            {"VoidTransaction", {succeeded}, {succeeded}},
            {"RefundTransaction", {succeeded}, {succeeded}},
            {"OpenChargeback", {succeeded}, {succeeded}},
            {"AllocateCredit", {succeeded}, {succeeded}},
            {"WithdrawCredit", {succeeded}, {succeeded}},
            {"PollTransaction", {unknown}, {unknown}},
        });
    }();

    // REQUIRES: the table allows the command in the transaction's status.
    static Decision<TransactionDecider> decide(const Transaction& transaction,
                                               const TransactionCommand& command);
    static Transaction evolve(Transaction transaction, const TransactionEvent& event);
};

// Does it bring money that pays bills?
constexpr bool brings_money(TransactionType type) {
    using enum TransactionType;
    return type == charge || type == capture || type == chargeback_reversal;
}

// What became of the amount so far: allocated, credit, or withdrawn.
Minor allocated(const Transaction& transaction);

// What children count against the amount already.
Wide used(const Transaction& parent);

// The series in which a customer's credits with a vendor in one currency are numbered, and the
// claim of one of them, which is held while anything is left of it: so that a bill finds them.
std::string credit_series(const VendorId& vendor, const UserId& user, const Currency& currency);
std::string credit_claim(std::string_view series, std::int64_t number);

// The key of a provider's notice: the same notice has the same key, for ever.
std::string reference_claim(const TransactionHead& head);

// The keys that this transaction holds: each is held by one aggregate of the tenant at most.
std::vector<std::string> claims(const Transaction& transaction, std::string_view id);

}  // namespace domain
