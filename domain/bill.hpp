// A bill: what one vendor asks one user to pay.
//
// Read this file to know what a bill remembers (Bill), why it refuses (BillRejection) and in which
// status each command is legal. Commands are in bill_commands.hpp, events in bill_events.hpp, the
// prices of lines in bill_lines.hpp, the rules in bill.cpp and bill_replay.cpp, what the clock does
// with it in due.hpp.
//
// Invariants, kept by decide and asserted by evolve, besides I1 to I3 of bill_lines.hpp:
//   I4 amountDue = total - creditApplied, and amountRemaining = amountDue - amountPaid >= 0;
//   I5 a bill is PAID exactly when it was issued and amountRemaining is 0 (VOIDED ends that);
//   I6 after issue, lines, currency and billTo never change;
//   I7 at most one live bill for a contract, period start and reason: by `claims`;
//   I9 amountPaid is what payments brought minus what was reversed.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "domain/bill_commands.hpp"
#include "domain/bill_events.hpp"
#include "domain/decider.hpp"

namespace domain {

enum class BillStatus : std::uint8_t {
    absent,
    draft,     // May be edited; has no number.
    pending,   // Issued, waits for its first settlement.
    retrying,  // An attempt failed and the next one is planned.
    overdue,   // Unpaid after its due time, or the attempts are used up.
    paid,      // Nothing remains to be paid.
    canceled,  // Withdrawn for a business reason before any money settled.
    expired,   // Lapsed by the clock, or written off.
    deleted,   // A draft that was removed.
    voided     // Annulled after issue; keeps its number.
};
constexpr auto describe(const BillStatus*) {
    return wire_names("", "DRAFT", "PENDING", "RETRYING", "OVERDUE", "PAID", "CANCELED", "EXPIRED",
                      "DELETED", "VOIDED");
}

// Money that a transaction brought to the bill and that is still there.
struct BillPayment {
    TransactionId transaction_id;
    Minor amount = 0;
    bool operator==(const BillPayment&) const = default;
};
constexpr auto describe(const BillPayment*) {
    using T = BillPayment;
    return fields(field<&T::transaction_id>("transactionId", "The transaction.").required(),
                  field<&T::amount>("amount", "What it brought.").required());
}

struct Bill : BillHead, BillDetails, BillContent {
    BillStatus status = BillStatus::absent;
    std::optional<std::string> number;
    Minor credit_applied = 0;
    Minor amount_due = 0;
    Minor amount_paid = 0;
    Minor amount_remaining = 0;
    Minor amount_refunded = 0;
    std::string price;
    std::optional<std::string> receipt_url;
    std::optional<BillTo> bill_to;
    std::optional<Timestamp> issued_at;
    std::optional<Timestamp> due_at;
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> paid_at;
    std::int32_t attempt_count = 0;
    std::optional<Timestamp> next_attempt_at;
    std::optional<Timestamp> write_off_at;
    std::optional<std::string> cancel_reason;
    std::optional<std::string> void_reason;
    std::optional<ExpireReason> expire_reason;

    std::int64_t number_value = 0;
    Dunning dunning;
    std::vector<BillPayment> payments;
    std::vector<TransactionId> in_flight;
    std::vector<EntitlementId> entitlement_ids;
    std::vector<UsedCredit> credits;
    std::optional<Timestamp> payment_requested_at;  // Of the last attempt; empty once it failed.
    bool is_past_grace = false;
    bool is_reopened = false;
    bool operator==(const Bill&) const = default;
};
constexpr auto describe_bill_money() {
    using T = Bill;
    return fields(field<&T::credit_applied>("creditApplied", "Customer credit that was used."),
                  field<&T::amount_due>("amountDue", "total - creditApplied."),
                  field<&T::amount_paid>("amountPaid", "What transactions paid."),
                  field<&T::amount_remaining>("amountRemaining", "amountDue - amountPaid."),
                  field<&T::amount_refunded>("amountRefunded", "What was paid back of amountPaid."),
                  field<&T::price>("price", "total as a decimal number."),
                  field<&T::receipt_url>("receiptUrl", "Where the provider shows a receipt."),
                  field<&T::bill_to>("billTo", "Whom the bill was made out to, as of its issue."),
                  field<&T::issued_at>("issuedAt", "When it was issued."),
                  field<&T::due_at>("dueAt", "Until when it should be paid."),
                  field<&T::expires_at>("expiresAt", "When an unfinished checkout lapses."),
                  field<&T::paid_at>("paidAt", "When nothing remained to be paid."),
                  field<&T::attempt_count>("attemptCount", "Payments that failed."),
                  field<&T::next_attempt_at>("nextAttemptAt", "When the next attempt is planned."),
                  field<&T::write_off_at>("writeOffAt", "When it is given up if it is not paid."),
                  field<&T::cancel_reason>("cancelReason", "Why it was canceled."),
                  field<&T::void_reason>("voidReason", "Why it was voided."),
                  field<&T::expire_reason>("expireReason", "Why it expired."));
}
constexpr auto describe(const Bill*) {
    using T = Bill;
    return std::tuple_cat(
        fields(field<&T::number>("number", "Gapless for each vendor, given at issue."),
               field<&T::status>("status", "Where the bill stands.")),
        describe(static_cast<const BillHead*>(nullptr)),
        describe(static_cast<const BillDetails*>(nullptr)),
        describe(static_cast<const BillContent*>(nullptr)), describe_bill_money(),
        fields(
            field<&T::number_value>("numberValue", "The number without prefix.").internal(),
            field<&T::dunning>("dunning", "The vendor's schedule at issue.").internal(),
            field<&T::payments>("payments", "What paid it.").items(10'000).internal(),
            field<&T::entitlement_ids>("entitlementIds", "The rights that it gave.").internal(),
            field<&T::in_flight>("inFlight", "Payments without an outcome yet.")
                .items(10'000)
                .internal(),
            field<&T::credits>("credits", "Where creditApplied comes from.").internal(),
            field<&T::payment_requested_at>("paymentRequestedAt", "When it was asked for last.")
                .internal(),
            field<&T::is_past_grace>("isPastGrace", "Has access ended for want of it?").internal(),
            field<&T::is_reopened>("isReopened", "Was its payment reversed once?").internal()));
}

enum class BillRejection : std::uint8_t {
    bill_has_no_lines,
    currency_must_match_contract,
    discount_exceeds_amount,
    total_is_negative,
    amount_overflow,
    line_period_is_reversed,
    due_out_of_range,
    expires_out_of_range,
    credit_exceeds_total,
    currency_must_match,
    amount_must_be_positive,
    payment_in_flight,
    bill_has_payments,
    payments_not_refunded,
    refund_exceeds_paid,
    reversal_exceeds_payment,
    reason_required,
    attempt_out_of_range,
    not_due_yet,
    not_expired_yet,
    not_written_off,
    too_many_metadata_keys,
    attempt_not_due,
    grace_not_over,
    payment_exceeds_remaining
};
constexpr auto describe(const BillRejection*) {
    return wire_names("bill_has_no_lines", "currency_must_match_contract",
                      "discount_exceeds_amount", "total_is_negative", "amount_overflow",
                      "line_period_is_reversed", "due_out_of_range", "expires_out_of_range",
                      "credit_exceeds_total", "currency_must_match", "amount_must_be_positive",
                      "payment_in_flight", "bill_has_payments", "payments_not_refunded",
                      "refund_exceeds_paid", "reversal_exceeds_payment", "reason_required",
                      "attempt_out_of_range", "not_due_yet", "not_expired_yet", "not_written_off",
                      "too_many_metadata_keys", "attempt_not_due", "grace_not_over",
                      "payment_exceeds_remaining");
}
RefusalInfo info(BillRejection refusal);

// Issued, and not yet at an end or settled.
constexpr StatusSet<BillStatus> open_bill{BillStatus::pending, BillStatus::retrying,
                                          BillStatus::overdue};

struct BillDecider {
    using State = Bill;
    using Command = BillCommand;
    using Event = BillEvent;
    using Rejection = BillRejection;
    static constexpr Kind kind = Kind::bills;

    static constexpr auto transitions = [] {
        using enum BillStatus;
        return std::to_array<Transition<BillStatus>>({
            {"CreateBill", {absent}, {draft}},
            {"UpdateBill", {draft}, {draft}},
            {"DeleteBill", {draft}, {deleted}},
            {"IssueBill", {draft}, {pending, paid}},
            {"StartPayment", {pending}, {pending}},
            {"StartPayment", {retrying}, {retrying}},
            {"StartPayment", {overdue}, {overdue}},
            {"PayBill", {pending}, {pending}},
            {"PayBill", {retrying}, {retrying}},
            {"PayBill", {overdue}, {overdue}},
            {"ApplyPayment", {pending}, {pending, paid}},
            {"ApplyPayment", {retrying}, {retrying, paid}},
            {"ApplyPayment", {overdue}, {overdue, paid}},
            {"FailPayment", {pending}, {pending, retrying, overdue}},
            {"FailPayment", {retrying, overdue}, {retrying, overdue}},
            {"ReleasePayment", {pending}, {pending}},
            {"ReleasePayment", {retrying}, {retrying}},
            {"ReleasePayment", {overdue}, {overdue}},
            {"ReleasePayment", {paid}, {paid}},
            {"MarkBillOverdue", {pending, retrying}, {overdue}},
            {"RequestPayment", {retrying}, {retrying}},
            {"EndBillGrace", {overdue}, {overdue}},
            {"RetryBill", {pending, retrying, overdue}, {retrying}},
            {"CancelBill", {pending, retrying, overdue}, {canceled}},
            {"ExpireBill", {pending}, {expired}},
            {"WriteOffBill", {overdue}, {expired}},
            {"ReinstateBill", {expired}, {overdue}},
            {"VoidBill", {pending, retrying, overdue, paid}, {voided}},
            {"ReverseSettlement", {paid}, {overdue}},
            {"ReverseSettlement", {pending}, {pending}},
            {"ReverseSettlement", {retrying}, {retrying}},
            {"ReverseSettlement", {overdue}, {overdue}},
            {"ReverseSettlement", {expired}, {expired}},
            {"RecordRefund", {paid}, {paid}},
        });
    }();

    // REQUIRES: the table allows the command in the bill's status.
    static Decision<BillDecider> decide(const Bill& bill, const BillCommand& command);
    static Bill evolve(Bill bill, const BillEvent& event);
};

// Until when access is kept although the bill is not paid. REQUIRES: it was issued.
Timestamp grace_end(const Bill& bill);

// From when a bill of which the last planned attempt was asked for, and nothing came, is overdue;
// empty while an attempt is planned.
std::optional<Timestamp> attempts_end(const Bill& bill);

// Not deleted, canceled, voided or expired.
bool is_live(const Bill& bill);

// The key of I7. Who holds it is the contract's live bill for that period and reason.
std::string period_claim(const ContractId& contract, Timestamp period_start, BillingReason reason);

// The keys that this bill holds: each is held by one aggregate of the tenant at most.
std::vector<std::string> claims(const Bill& bill, std::string_view id);

}  // namespace domain
