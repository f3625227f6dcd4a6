// Policies: what one event makes others happen, in the same entry.
//
//   ContractConfirmed → its first bill is drafted and issued; with invoice terms it begins at once;
//   with a trial it begins without a bill
//   BillPaid → the contract begins, or, without a contract, rights are granted
//   ContractActivated, ContractRightsRestored → rights are granted
//   ContractRenewed → the bill of the new period; its rights are extended to its end
//   ContractItemsChanged → the rights to its items end and begin; the bill of the change, and what
//   the customer gets back of it as credit
//   ContractImported → rights are granted
//   ContractPaused, ContractResumed → the rights are suspended, and reinstated
//   BillGraceEnded → the rights of the contract are suspended; BillPaid, BillCanceled, BillVoided,
//   BillExpired of the last such bill → they are reinstated
//   BillRefundRecorded of all, BillVoided, BillReopened → the rights are revoked
//   ContractCanceled, ContractExpired → its open first bill is canceled, its rights are revoked,
//   and with `refund` a refund of what was paid for the period waits to be made BillExpired,
//   BillCanceled, BillVoided of the first bill → a contract that has not begun ends, too
//   BillExpired because it was never paid → its contract expires
//   BillIssued, CreditRestored → the credit that it uses is used, and comes back
//   TransactionInitiated, …Succeeded, …Failed, …Canceled → the bill learns of it
//   money that no bill needs, a credit that was given → customer credit
//   ChargebackLost → what was paid with that money is unpaid again
//   UserDeleted → contracts canceled, rights revoked, what is not handed over yet ended
//   FulfillmentIncluded → an issue of its contract is counted
//   FulfillmentReshipped → a fulfillment in its place
//   FulfillmentCredited, FulfillmentStopSettled → customer credit
//   ContractDeliveryStopAdded → what is scheduled on its days is stopped, and the rights last as
//   long as the contract does then; ContractDeliveryStopRemoved → it is scheduled again
//   ContractDeliveryAddressChanged → what is scheduled from that issue on goes there
//   ContractPaused, ContractCanceled, ContractExpired → what is scheduled behind that is canceled
//   EntitlementRevoked → what is not delivered yet by it is revoked
//
// `on` says what one event is followed by. It sees the aggregate as it is after all of the events
// that were decided with this one.
#pragma once

#include <optional>
#include <string>

#include "commands/work.hpp"

namespace commands {

using Followed = std::optional<Fault>;  // Empty: all went well.

Followed on(Work& work, const domain::BillId& id, const domain::BillIssued& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillPaid& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillGraceEnded& event);
Followed on(Work& work, const domain::BillId& id, const domain::CreditRestored& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillRetryScheduled& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillMarkedOverdue& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillCanceled& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillExpired& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillReinstated& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillVoided& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillReopened& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillRefundRecorded& event);

Followed on(Work& work, const domain::ContractId& id, const domain::ContractConfirmed& event);
Followed on(Work& work, const domain::ContractId& id, const domain::ContractActivated& event);
Followed on(Work& work, const domain::ContractId& id, const domain::ContractRenewed& event);
Followed on(Work& work, const domain::ContractId& id, const domain::ContractItemsChanged& event);
Followed on(Work& work, const domain::ContractId& id, const domain::ContractImported& event);
Followed on(Work& work, const domain::ContractId& id, const domain::ContractPaused& event);
Followed on(Work& work, const domain::ContractId& id, const domain::ContractResumed& event);
Followed on(Work& work, const domain::ContractId& id, const domain::ContractRightsRestored& event);
Followed on(Work& work, const domain::ContractId& id, const domain::ContractCanceled& event);
Followed on(Work& work, const domain::ContractId& id, const domain::ContractExpired& event);

Followed on(Work& work, const domain::TransactionId& id, const domain::TransactionInitiated& event);
Followed on(Work& work, const domain::TransactionId& id, const domain::TransactionSucceeded& event);
Followed on(Work& work, const domain::TransactionId& id, const domain::TransactionFailed& event);
Followed on(Work& work, const domain::TransactionId& id, const domain::TransactionCanceled& event);

Followed on(Work& work, const domain::TransactionId& id, const domain::ChargebackLost& event);

Followed on(Work& work, const domain::UserId& id, const domain::UserDeleted& event);

Followed on(Work& work, const domain::FulfillmentId& id, const domain::FulfillmentIncluded& event);
Followed on(Work& work, const domain::FulfillmentId& id, const domain::FulfillmentReshipped& event);
Followed on(Work& work, const domain::FulfillmentId& id, const domain::FulfillmentCredited& event);
Followed on(Work& work, const domain::FulfillmentId& id,
            const domain::FulfillmentStopSettled& event);
Followed on(Work& work, const domain::ContractId& id,
            const domain::ContractDeliveryStopAdded& event);
Followed on(Work& work, const domain::ContractId& id,
            const domain::ContractDeliveryStopRemoved& event);
Followed on(Work& work, const domain::ContractId& id,
            const domain::ContractDeliveryAddressChanged& event);
Followed on(Work& work, const domain::EntitlementId& id, const domain::EntitlementRevoked& event);

// Cancels what is scheduled of the contract with a cover date from that day on (and before the day
// of `until`), as far as the cut-offs allow, and what has no cover date.
Followed cancel_shipments(Work& work, const domain::ContractId& id, domain::Timestamp from,
                          std::optional<domain::Timestamp> until, std::string_view reason);

// Nothing to do if the right goes on for longer already, or for ever.
Followed extend_right(Work& work, const domain::EntitlementId& id, domain::Timestamp end);

// Asks for `amount` of what was paid for the bill to be paid back: refunds that wait to be made,
// one for each transaction that paid it.
Followed ask_refund(Work& work, const domain::BillId& id, domain::Minor amount);

// Issues the bill of the period that runs.
Followed issue_bill(Work& work, const domain::ContractId& id, domain::BillingReason reason);

// Issues the bill of a change of items, and gives the customer the credit that it carries over.
Followed bill_change(Work& work, const domain::ContractId& id,
                     const domain::ContractItemsChanged& event);

// What a cancellation at once pays back of the period that runs.
Followed pay_back(Work& work, const domain::ContractId& id, domain::RefundMode mode);

// Suspends the contract's rights that are active, and reinstates those suspended for this cause.
Followed suspend_rights(Work& work, const domain::ContractId& id, domain::SuspensionCause cause,
                        std::string_view reason);
Followed reinstate_rights(Work& work, const domain::ContractId& id, domain::SuspensionCause cause);

// Is a bill of the contract unpaid although its days of grace are over? Then it gives no access.
bool is_past_grace(Work& work, const domain::Contract& contract);

// Takes of the customer's credit what is of money that went back while a bill used it. REQUIRES:
// the bill has just given it back.
Followed withdraw_what_is_gone(Work& work, const domain::TransactionId& id);

// Grants the right to a product; nothing to do if there is no such product.
Followed grant(Work& work, const domain::EntitlementId& id, domain::GrantEntitlement wish);

// Takes the rights away that have not ended.
Followed revoke(Work& work, const std::vector<domain::EntitlementId>& ids, std::string_view reason);

}  // namespace commands
