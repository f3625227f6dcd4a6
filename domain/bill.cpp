#include "domain/bill.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "domain/claims.hpp"

namespace domain {
namespace {

using Events = std::vector<BillEvent>;
using std::chrono::days;

constexpr days invoice_term{14};
constexpr days charge_term{1};
constexpr days attempt_term{1};  // An attempt that nobody reports on has failed after it.
constexpr days range_max{3660};  // No date of a bill is further away than ten years.

Failure<BillRejection> because(BillRejection reason) { return Failure{reason}; }

BillRejection rejection_of(PricingProblem problem) {
    switch (problem) {
        case PricingProblem::discount_exceeds_amount: return BillRejection::discount_exceeds_amount;
        case PricingProblem::total_is_negative: return BillRejection::total_is_negative;
        case PricingProblem::amount_overflow: return BillRejection::amount_overflow;
    }
    return BillRejection::amount_overflow;
}

bool is_reversed(const BillLineWish& line) {
    if (!line.period_end) return false;
    return !line.period_start || *line.period_end <= *line.period_start;
}

Result<BillContent, BillRejection> price(const std::vector<BillLineWish>& lines,
                                         TaxBehavior tax_behavior, Minor discount) {
    if (std::ranges::any_of(lines, is_reversed)) {
        return because(BillRejection::line_period_is_reversed);
    }
    auto priced = price_lines(lines, tax_behavior, discount);
    if (!priced) return because(rejection_of(priced.error()));
    return *std::move(priced);
}

bool is_out_of_range(std::optional<Timestamp> time, Timestamp from) {
    return time && (*time < from || *time > from + range_max);
}

// Each handle reads as a list of refusals, the most general first, and then what happened.

Decision<BillDecider> handle(const Bill&, const CreateBill& command) {
    if (command.contract_currency && *command.contract_currency != command.currency) {
        return because(BillRejection::currency_must_match_contract);
    }
    auto content = price(command.items, command.tax_behavior, command.discount_amount);
    if (!content) return because(content.error());

    BillDrafted drafted;
    static_cast<BillDetails&>(drafted) = command;
    static_cast<BillContent&>(drafted) = *std::move(content);
    drafted.contract_id = command.contract_id;
    drafted.user_id = command.user_id;
    drafted.vendor_id = command.vendor_id;
    drafted.billing_reason = command.billing_reason;
    drafted.currency = command.currency;
    return Events{std::move(drafted)};
}

Decision<BillDecider> handle(const Bill& bill, const UpdateBill& command) {
    std::vector<BillLineWish> lines;
    std::ranges::transform(bill.items, std::back_inserter(lines), wish_of);
    BillDetailsChanged details{bill};
    details.external_id = command.external_id.over(bill.external_id);
    details.collection_method = command.collection_method.or_else(bill.collection_method);
    details.payment_provider = command.payment_provider.over(bill.payment_provider);
    details.payment_method = command.payment_method.over(bill.payment_method);
    details.metadata = merged(bill.metadata, command.metadata);
    if (details.metadata.size() > metadata_keys_max) {
        return because(BillRejection::too_many_metadata_keys);
    }
    auto content = price(command.items.or_else(std::move(lines)),
                         command.tax_behavior.or_else(bill.tax_behavior),
                         command.discount_amount.or_else(bill.bill_discount_amount));
    if (!content) return because(content.error());

    Events events;
    if (static_cast<const BillContent&>(bill) != *content) {
        events.emplace_back(BillLinesChanged{*std::move(content)});
    }
    if (static_cast<const BillDetails&>(bill) != details) events.emplace_back(std::move(details));
    return events;
}

Decision<BillDecider> handle(const Bill&, const DeleteBill&) { return Events{BillDeleted{}}; }

Decision<BillDecider> handle(const Bill& bill, const IssueBill& command) {
    using enum BillRejection;
    if (bill.items.empty()) return because(bill_has_no_lines);
    if (is_out_of_range(command.due_at, command.now)) return because(due_out_of_range);
    if (is_out_of_range(command.expires_at, command.now)) return because(expires_out_of_range);
    if (command.credit_applied > bill.total) return because(credit_exceeds_total);

    const bool is_invoice = bill.collection_method == CollectionMethod::send_invoice;
    Events events{BillIssued{
        .number = command.number_prefix + std::to_string(command.number_value),
        .number_value = command.number_value,
        .vendor_id = bill.vendor_id,
        .user_id = bill.user_id,
        .bill_to = command.bill_to,
        .issued_at = command.now,
        .due_at = command.due_at.value_or(command.now + (is_invoice ? invoice_term : charge_term)),
        .expires_at = command.expires_at,
        .credit_applied = command.credit_applied,
        .dunning = command.dunning,
        .credits = command.credits}};
    if (bill.total == command.credit_applied) {
        events.emplace_back(BillPaid{command.now, command.entitlement_ids});
    }
    return events;
}

bool is_in_flight(const Bill& bill, const TransactionId& transaction) {
    return std::ranges::find(bill.in_flight, transaction) != bill.in_flight.end();
}

Decision<BillDecider> handle(const Bill& bill, const StartPayment& command) {
    if (is_in_flight(bill, command.transaction_id)) return Events{};
    return Events{BillPaymentStarted{command.transaction_id}};
}

Decision<BillDecider> handle(const Bill& bill, const PayBill& command) {
    using enum BillRejection;
    if (!bill.in_flight.empty()) return because(payment_in_flight);
    const Minor amount = command.amount.value_or(bill.amount_remaining);
    if (amount <= 0) return because(amount_must_be_positive);
    if (amount > bill.amount_remaining) return because(payment_exceeds_remaining);
    return Events{BillPaymentStarted{command.transaction_id}};
}

Decision<BillDecider> handle(const Bill& bill, const ApplyPayment& command) {
    using enum BillRejection;
    if (command.currency != bill.currency) return because(currency_must_match);
    if (command.amount <= 0) return because(amount_must_be_positive);

    const Minor applied = std::min(command.amount, bill.amount_remaining);
    Events events{BillPaymentApplied{command.transaction_id, applied, command.payment_provider,
                                     command.payment_method, command.receipt_url}};
    if (applied == bill.amount_remaining) {
        events.emplace_back(BillPaid{command.now, command.entitlement_ids});
    }
    return events;
}

// When the schedule has the next attempt, if it has one left.
std::optional<Timestamp> next_attempt(const Bill& bill, Timestamp now) {
    if (bill.collection_method == CollectionMethod::send_invoice) return std::nullopt;
    for (const std::int64_t day : bill.dunning.retry_days) {
        const Timestamp at = *bill.due_at + days{day};
        if (at > now) return at;
    }
    return std::nullopt;
}

// Who becomes overdue after the days of grace has no more of them.
void mark_overdue(Events& events, const Bill& bill, Timestamp now) {
    events.emplace_back(BillMarkedOverdue{});
    const bool is_past = !bill.is_past_grace && bill.contract_id && grace_end(bill) <= now;
    if (is_past) events.emplace_back(BillGraceEnded{});
}

// Somebody is there to try again: an invoice's payer, or who stands at the checkout.
bool is_interactive(const Bill& bill) {
    const bool may_retry =
        bill.collection_method == CollectionMethod::send_invoice || bill.expires_at.has_value();
    return bill.status == BillStatus::pending && may_retry;
}

Decision<BillDecider> handle(const Bill& bill, const FailPayment& command) {
    Events events{BillPaymentFailed{command.transaction_id, command.failure_code}};
    if (is_interactive(bill)) return events;

    const auto at = command.is_retryable ? next_attempt(bill, command.now) : std::nullopt;
    if (at) {
        // The one that failed counts, too.
        events.emplace_back(BillRetryScheduled{bill.attempt_count + 2, *at});
    } else if (bill.status != BillStatus::overdue) {
        events.emplace_back(BillRetriesExhausted{});
        mark_overdue(events, bill, command.now);
    }
    return events;
}

Decision<BillDecider> handle(const Bill& bill, const ReleasePayment& command) {
    if (!is_in_flight(bill, command.transaction_id)) return Events{};
    return Events{BillPaymentReleased{command.transaction_id}};
}

Decision<BillDecider> handle(const Bill& bill, const MarkBillOverdue& command) {
    Events events;
    auto due = bill.due_at;
    if (bill.status == BillStatus::retrying) {
        due = attempts_end(bill);
        events.emplace_back(BillRetriesExhausted{});
    }
    if (!due || command.now < *due) return because(BillRejection::not_due_yet);
    mark_overdue(events, bill, command.now);
    return events;
}

Decision<BillDecider> handle(const Bill& bill, const RequestPayment& command) {
    using enum BillRejection;
    if (!bill.in_flight.empty()) return because(payment_in_flight);
    const bool is_due = bill.next_attempt_at && *bill.next_attempt_at <= command.now;
    if (!is_due) return because(attempt_not_due);
    return Events{
        BillPaymentRequested{bill.attempt_count + 1, command.now, next_attempt(bill, command.now)}};
}

Decision<BillDecider> handle(const Bill& bill, const EndBillGrace& command) {
    if (bill.is_past_grace) return Events{};
    if (command.now < grace_end(bill)) return because(BillRejection::grace_not_over);
    return Events{BillGraceEnded{}};
}

Decision<BillDecider> handle(const Bill& bill, const RetryBill& command) {
    using enum BillRejection;
    if (!bill.in_flight.empty()) return because(payment_in_flight);
    if (is_out_of_range(command.next_attempt_at, command.now)) return because(attempt_out_of_range);

    return Events{
        BillRetryScheduled{bill.attempt_count + 1, command.next_attempt_at.value_or(command.now)}};
}

// Credit that a bill used comes back when the bill will never be paid.
void restore_credit(Events& events, const Bill& bill) {
    if (bill.credit_applied != 0) events.emplace_back(CreditRestored{bill.credit_applied});
}

Decision<BillDecider> handle(const Bill& bill, const CancelBill& command) {
    using enum BillRejection;
    if (!bill.in_flight.empty()) return because(payment_in_flight);
    if (bill.amount_paid != 0) return because(bill_has_payments);

    Events events{BillCanceled{command.reason}};
    restore_credit(events, bill);
    return events;
}

Decision<BillDecider> handle(const Bill& bill, const ExpireBill& command) {
    using enum BillRejection;
    if (!bill.expires_at || command.now < *bill.expires_at) return because(not_expired_yet);
    if (!bill.in_flight.empty()) return because(payment_in_flight);
    if (bill.amount_paid != 0) return because(bill_has_payments);

    Events events{BillExpired{ExpireReason::checkout_lapsed}};
    restore_credit(events, bill);
    return events;
}

Decision<BillDecider> handle(const Bill& bill, const WriteOffBill&) {
    if (!bill.in_flight.empty()) return because(BillRejection::payment_in_flight);
    return Events{BillExpired{ExpireReason::uncollectible}};
}

Decision<BillDecider> handle(const Bill& bill, const ReinstateBill&) {
    if (bill.expire_reason != ExpireReason::uncollectible) {
        return because(BillRejection::not_written_off);
    }
    return Events{BillReinstated{}};
}

Decision<BillDecider> handle(const Bill& bill, const VoidBill& command) {
    using enum BillRejection;
    if (command.reason.empty()) return because(reason_required);
    if (!bill.in_flight.empty()) return because(payment_in_flight);
    if (bill.amount_paid != bill.amount_refunded) return because(payments_not_refunded);

    Events events{BillVoided{command.reason}};
    restore_credit(events, bill);
    return events;
}

Decision<BillDecider> handle(const Bill& bill, const ReverseSettlement& command) {
    using enum BillRejection;
    const auto payment =
        std::ranges::find(bill.payments, command.transaction_id, &BillPayment::transaction_id);
    if (command.amount <= 0) return because(amount_must_be_positive);
    if (payment == bill.payments.end() || command.amount > payment->amount ||
        command.amount > bill.amount_paid - bill.amount_refunded) {
        return because(reversal_exceeds_payment);
    }
    Events events{BillPaymentReversed{command.transaction_id, command.amount}};
    if (bill.status == BillStatus::paid) {
        events.emplace_back(BillReopened{command.now + days{bill.dunning.cancel_after_days}});
    }
    return events;
}

Decision<BillDecider> handle(const Bill& bill, const RecordRefund& command) {
    using enum BillRejection;
    if (command.amount <= 0) return because(amount_must_be_positive);
    if (command.amount > bill.amount_paid - bill.amount_refunded) {
        return because(refund_exceeds_paid);
    }
    return Events{BillRefundRecorded{command.amount, command.transaction_id}};
}

}  // namespace

RefusalInfo info(BillRejection refusal) {
    using enum BillRejection;
    using enum RefusalKind;
    switch (refusal) {
        case bill_has_no_lines: return {conflict, "", "add a line before the bill is issued"};
        case currency_must_match_contract:
            return {invalid, "/currency", "must be the currency of the contract"};
        case discount_exceeds_amount:
            return {invalid, "/discountAmount", "must not be more than what it is taken off"};
        case total_is_negative:
            return {invalid, "/items", "the credits are more than the charges; add charges"};
        case amount_overflow: return {invalid, "/items", "the amounts are too large to add up"};
        case line_period_is_reversed:
            return {invalid, "/items", "periodEnd needs a periodStart before it"};
        case due_out_of_range: return {invalid, "/dueAt", "must be from now to ten years from now"};
        case expires_out_of_range:
            return {invalid, "/expiresAt", "must be from now to ten years from now"};
        case credit_exceeds_total: return {conflict, "", "use no more credit than the total"};
        case currency_must_match: return {invalid, "/currency", "must be the bill's currency"};
        case amount_must_be_positive: return {invalid, "/amount", "must be more than zero"};
        case payment_in_flight:
            return {conflict, "", "a payment has no outcome yet; wait for it or cancel it"};
        case bill_has_payments:
            return {conflict, "", "money was paid; refund it, then void the bill"};
        case payments_not_refunded: return {conflict, "", "refund what was paid first"};
        case refund_exceeds_paid:
            return {conflict, "/amount", "must not be more than what was paid and not refunded"};
        case reversal_exceeds_payment:
            return {conflict, "/amount", "must not be more than what the transaction paid"};
        case reason_required: return {invalid, "/reason", "say why the bill is annulled"};
        case attempt_out_of_range:
            return {invalid, "/nextAttemptAt", "must be from now to ten years from now"};
        case not_due_yet: return {conflict, "", "the bill is not due yet; wait for dueAt"};
        case not_expired_yet: return {conflict, "", "the bill has no expiresAt that has passed"};
        case not_written_off:
            return {conflict, "", "only a bill that was written off comes back; make a new one"};
        case attempt_not_due: return {conflict, "", "no attempt is planned for now"};
        case payment_exceeds_remaining:
            return {conflict, "/amount", "must not be more than what remains to be paid"};
        case grace_not_over: return {conflict, "", "the days of grace are not over"};
        case too_many_metadata_keys: return {invalid, "/metadata", "at most 50 keys; remove some"};
    }
    return {conflict, "", ""};
}

Decision<BillDecider> BillDecider::decide(const Bill& bill, const BillCommand& command) {
    assert(is_legal<BillDecider>(bill.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(bill, one); }, command);
}

Timestamp grace_end(const Bill& bill) { return *bill.due_at + days{bill.dunning.grace_days}; }

std::optional<Timestamp> attempts_end(const Bill& bill) {
    if (bill.next_attempt_at || !bill.payment_requested_at) return std::nullopt;
    return *bill.payment_requested_at + attempt_term;
}

bool is_live(const Bill& bill) {
    using enum BillStatus;
    constexpr StatusSet<BillStatus> live{draft, pending, retrying, overdue, paid};
    return live.contains(bill.status);
}

std::vector<std::string> claims(const Bill& bill, std::string_view id) {
    if (bill.status == BillStatus::absent) return {};
    std::vector<std::string> keys{held_claim(bill.user_id, Kind::bills, id)};
    if (bill.status != BillStatus::deleted && bill.external_id) {
        keys.push_back(external_claims("bill", bill.external_id).front());
    }
    if (bill.number) keys.push_back(number_series(bill.vendor_id) + '/' + *bill.number);
    const auto starts = std::ranges::find_if(
        bill.items, [](const BillLine& line) { return line.period_start.has_value(); });
    if (is_live(bill) && bill.contract_id && starts != bill.items.end()) {
        keys.push_back(period_claim(*bill.contract_id, *starts->period_start, bill.billing_reason));
    }
    return keys;
}

std::string period_claim(const ContractId& contract, Timestamp period_start, BillingReason reason) {
    return "bill-period/" + contract.text + '/' + to_rfc3339(period_start) + '/' +
           std::string(name(reason));
}

}  // namespace domain
