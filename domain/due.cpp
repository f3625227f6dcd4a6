#include "domain/due.hpp"

#include <cassert>

namespace domain {
namespace {

// The earliest of what could be next; of two at the same time the one that was named first.
class Earliest {
public:
    void add(const std::optional<Timestamp>& at, ClockCommand command) {
        if (at && (!next_ || *at < next_->at)) next_ = Due{*at, command};
    }
    std::optional<Due> next() const { return next_; }

private:
    std::optional<Due> next_;
};

}  // namespace

std::optional<Due> next_due(const Bill& bill) {
    using enum ClockCommand;
    using enum BillStatus;
    const bool is_settled = bill.in_flight.empty();
    Earliest due;
    switch (bill.status) {
        case pending:
            if (is_settled && bill.amount_paid == 0) due.add(bill.expires_at, expire_bill);
            due.add(bill.due_at, mark_bill_overdue);
            break;
        case retrying:
            if (!is_settled) break;
            due.add(bill.next_attempt_at, request_payment);
            due.add(attempts_end(bill), mark_bill_overdue);
            break;
        case overdue:
            if (bill.contract_id && !bill.is_past_grace) due.add(grace_end(bill), end_bill_grace);
            if (is_settled) due.add(bill.write_off_at, write_off_bill);
            break;
        case absent:
        case draft:
        case paid:
        case canceled:
        case expired:
        case deleted:
        case voided: break;
    }
    return due.next();
}

std::optional<Due> next_due(const Contract& contract) {
    using enum ClockCommand;
    using enum ContractStatus;
    Earliest due;
    switch (contract.status) {
        case pending:
            // Not while the payment of the first bill, or of another one, is in trouble again.
            if ((contract.is_first_bill_paid && contract.troubles.empty()) ||
                has_invoice_terms(contract) || is_in_trial(contract)) {
                due.add(contract.start_at, activate_contract);
            }
            break;
        case active:
            due.add(contract.will_cancel_at, complete_cancellation);
            due.add(term_end(contract), expire_contract);
            if (contract.planned_change) {
                due.add(contract.planned_change->effective_at, apply_contract_change);
            }
            due.add(contract.next_bill_at, renew_contract);
            break;
        case paused: due.add(contract.resumes_at, resume_contract); break;
        case absent:
        case draft:
        case canceled:
        case expired: break;
    }
    return due.next();
}

std::optional<Due> next_due(const Entitlement& entitlement) {
    using enum ClockCommand;
    using enum EntitlementStatus;
    Earliest due;
    switch (entitlement.status) {
        case pending: due.add(entitlement.starts_at, start_entitlement); break;
        case active:
        case suspended: due.add(valid_until(entitlement), expire_entitlement); break;
        case absent:
        case expired:
        case revoked: break;
    }
    return due.next();
}

std::optional<Due> next_due(const Transaction& transaction) {
    Earliest due;
    due.add(transaction.next_poll_at, ClockCommand::poll_transaction);
    return due.next();
}

std::optional<Due> next_due(const Fulfillment& fulfillment) {
    if (!is_stop_open(fulfillment)) return std::nullopt;
    return Due{fulfillment.stop->final_at, ClockCommand::settle_stop};
}

}  // namespace domain
