#include "domain/effective.hpp"

#include <optional>

namespace domain {
namespace {

bool has_come(const std::optional<Timestamp>& time, Timestamp at) { return time && *time <= at; }

}  // namespace

BillStatus status_at(const Bill& bill, Timestamp at) {
    using enum BillStatus;
    const bool is_settled = bill.in_flight.empty();
    BillStatus status = bill.status;
    if (status == pending && is_settled && bill.amount_paid == 0 && has_come(bill.expires_at, at)) {
        return expired;
    }
    if (status == pending && has_come(bill.due_at, at)) status = overdue;
    if (status == retrying && is_settled && has_come(attempts_end(bill), at)) status = overdue;
    if (status == overdue && is_settled && has_come(bill.write_off_at, at)) return expired;
    return status;
}

ContractStatus status_at(const Contract& contract, Timestamp at) {
    using enum ContractStatus;
    ContractStatus status = contract.status;
    if (status == paused && has_come(contract.resumes_at, at)) status = active;
    if (status == active && has_come(contract.will_cancel_at, at)) return canceled;
    if (status == active && has_come(term_end(contract), at)) return expired;
    return status;
}

EntitlementStatus status_at(const Entitlement& entitlement, Timestamp at) {
    using enum EntitlementStatus;
    if (entitlement.status == revoked) return revoked;
    if (at < entitlement.starts_at) return pending;
    if (has_come(valid_until(entitlement), at)) return expired;
    return entitlement.status == suspended ? suspended : active;
}

}  // namespace domain
