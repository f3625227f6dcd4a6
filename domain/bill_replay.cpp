// How a bill takes in what happened to it.
#include <algorithm>
#include <cassert>
#include <utility>

#include "domain/bill.hpp"

namespace domain {
namespace {

// Each replay takes in a fact. It refuses nothing: what happened, happened. An impossible history
// is a programmer's error, hence an assertion.

void add_up(Bill& bill) {
    bill.amount_due = bill.total - bill.credit_applied;
    bill.amount_remaining = bill.amount_due - bill.amount_paid;
    bill.price = to_decimal(bill.total, bill.currency);
    assert(bill.amount_remaining >= 0);
    assert(0 <= bill.amount_refunded && bill.amount_refunded <= bill.amount_paid);
}

bool is_open(const Bill& bill) { return open_bill.contains(bill.status); }

void land(Bill& bill, const TransactionId& transaction) { std::erase(bill.in_flight, transaction); }

Bill replay(Bill bill, const BillDrafted& event) {
    assert(bill.status == BillStatus::absent);
    bill.status = BillStatus::draft;
    static_cast<BillHead&>(bill) = event;
    static_cast<BillDetails&>(bill) = event;
    static_cast<BillContent&>(bill) = event;
    add_up(bill);
    return bill;
}

Bill replay(Bill bill, const BillLinesChanged& event) {
    assert(bill.status == BillStatus::draft);
    static_cast<BillContent&>(bill) = event;
    add_up(bill);
    return bill;
}

Bill replay(Bill bill, const BillDetailsChanged& event) {
    assert(bill.status == BillStatus::draft);
    static_cast<BillDetails&>(bill) = event;
    return bill;
}

Bill replay(Bill bill, const BillDeleted&) {
    assert(bill.status == BillStatus::draft);
    bill.status = BillStatus::deleted;
    return bill;
}

Bill replay(Bill bill, const BillIssued& event) {
    assert(bill.status == BillStatus::draft);
    bill.status = BillStatus::pending;
    bill.number = event.number;
    bill.number_value = event.number_value;
    bill.bill_to = event.bill_to;
    bill.issued_at = event.issued_at;
    bill.due_at = event.due_at;
    bill.expires_at = event.expires_at;
    bill.credit_applied = event.credit_applied;
    bill.dunning = event.dunning;
    bill.credits = event.credits;
    bill.write_off_at = event.due_at + std::chrono::days{event.dunning.cancel_after_days};
    add_up(bill);
    return bill;
}

Bill replay(Bill bill, const BillPaymentStarted& event) {
    assert(is_open(bill));
    bill.in_flight.push_back(event.transaction_id);
    return bill;
}

Bill replay(Bill bill, const BillPaymentApplied& event) {
    assert(is_open(bill));
    land(bill, event.transaction_id);
    bill.amount_paid += event.amount;
    const auto payment =
        std::ranges::find(bill.payments, event.transaction_id, &BillPayment::transaction_id);
    if (payment == bill.payments.end()) {
        bill.payments.push_back({event.transaction_id, event.amount});
    } else {
        payment->amount += event.amount;
    }
    if (event.payment_provider) bill.payment_provider = event.payment_provider;
    if (event.payment_method) bill.payment_method = event.payment_method;
    if (event.receipt_url) bill.receipt_url = event.receipt_url;
    add_up(bill);
    return bill;
}

Bill replay(Bill bill, const BillPaid& event) {
    assert(is_open(bill) && bill.amount_remaining == 0);
    bill.status = BillStatus::paid;
    bill.paid_at = event.paid_at;
    bill.next_attempt_at.reset();
    bill.payment_requested_at.reset();
    bill.is_past_grace = false;
    bill.entitlement_ids = event.entitlement_ids;
    return bill;
}

Bill replay(Bill bill, const BillPaymentFailed& event) {
    assert(is_open(bill));
    land(bill, event.transaction_id);
    ++bill.attempt_count;
    bill.payment_requested_at.reset();
    return bill;
}

Bill replay(Bill bill, const BillPaymentRequested& event) {
    assert(bill.status == BillStatus::retrying && bill.in_flight.empty());
    bill.payment_requested_at = event.requested_at;
    bill.next_attempt_at = event.next_attempt_at;
    return bill;
}

Bill replay(Bill bill, const BillGraceEnded&) {
    assert(bill.status == BillStatus::overdue && !bill.is_past_grace);
    bill.is_past_grace = true;
    return bill;
}

Bill replay(Bill bill, const BillPaymentReleased& event) {
    land(bill, event.transaction_id);
    return bill;
}

Bill replay(Bill bill, const BillRetryScheduled& event) {
    assert(is_open(bill));
    bill.status = BillStatus::retrying;
    bill.next_attempt_at = event.next_attempt_at;
    return bill;
}

Bill replay(Bill bill, const BillRetriesExhausted&) {
    assert(is_open(bill));
    bill.next_attempt_at.reset();
    return bill;
}

Bill replay(Bill bill, const BillMarkedOverdue&) {
    assert(is_open(bill));
    bill.status = BillStatus::overdue;
    return bill;
}

Bill replay(Bill bill, const BillCanceled& event) {
    assert(is_open(bill) && bill.amount_paid == 0);
    bill.status = BillStatus::canceled;
    bill.cancel_reason = event.reason;
    bill.next_attempt_at.reset();
    return bill;
}

Bill replay(Bill bill, const BillExpired& event) {
    assert(is_open(bill));
    bill.status = BillStatus::expired;
    bill.expire_reason = event.reason;
    return bill;
}

Bill replay(Bill bill, const BillReinstated&) {
    assert(bill.status == BillStatus::expired);
    bill.status = BillStatus::overdue;
    bill.expire_reason.reset();
    bill.write_off_at.reset();  // It was given up once; the clock does not do it again.
    return bill;
}

Bill replay(Bill bill, const BillVoided& event) {
    assert(is_open(bill) || bill.status == BillStatus::paid);
    bill.status = BillStatus::voided;
    bill.void_reason = event.reason;
    bill.next_attempt_at.reset();
    return bill;
}

Bill replay(Bill bill, const CreditRestored& event) {
    assert(!is_live(bill) && event.amount == bill.credit_applied);
    return bill;
}

Bill replay(Bill bill, const BillPaymentReversed& event) {
    // Of what was paid of a bill that was given up, too: it may be reinstated.
    assert(bill.status == BillStatus::paid || bill.status == BillStatus::expired || is_open(bill));
    const auto payment =
        std::ranges::find(bill.payments, event.transaction_id, &BillPayment::transaction_id);
    assert(payment != bill.payments.end() && payment->amount >= event.amount);
    payment->amount -= event.amount;
    if (payment->amount == 0) bill.payments.erase(payment);
    bill.amount_paid -= event.amount;
    add_up(bill);
    return bill;
}

Bill replay(Bill bill, const BillReopened& event) {
    assert(bill.status == BillStatus::paid && bill.amount_remaining > 0);
    bill.status = BillStatus::overdue;
    bill.paid_at.reset();
    bill.write_off_at = event.write_off_at;
    bill.is_reopened = true;
    return bill;
}

Bill replay(Bill bill, const BillRefundRecorded& event) {
    assert(bill.status == BillStatus::paid);
    bill.amount_refunded += event.amount;
    add_up(bill);
    return bill;
}

}  // namespace

Bill BillDecider::evolve(Bill bill, const BillEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(bill), one); }, event);
}

}  // namespace domain
