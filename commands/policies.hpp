// Policies: what one event makes others happen, in the same entry.
//
//   ContractConfirmed → its first bill is drafted and issued; with invoice terms it begins at once
//   BillPaid → the contract begins, or, without a contract, rights are granted
//   ContractActivated → rights are granted
//   BillRefundRecorded of all, BillVoided, BillReopened → the rights are revoked
//   ContractCanceled, ContractExpired → its open first bill is canceled, its rights are revoked
//   BillExpired, BillCanceled, BillVoided of the first bill → a contract that has not begun ends,
//   too TransactionInitiated, …Succeeded, …Failed, …Canceled → the bill learns of it money that no
//   bill needs → customer credit
//
// `on` says what one event is followed by. It sees the aggregate as it is after all of the events
// that were decided with this one.
#pragma once

#include <optional>
#include <string>

#include "commands/work.hpp"

namespace commands {

using Followed = std::optional<Fault>;  // Empty: all went well.

Followed on(Work& work, const domain::BillId& id, const domain::BillPaid& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillRetryScheduled& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillMarkedOverdue& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillCanceled& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillExpired& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillVoided& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillReopened& event);
Followed on(Work& work, const domain::BillId& id, const domain::BillRefundRecorded& event);

Followed on(Work& work, const domain::ContractId& id, const domain::ContractConfirmed& event);
Followed on(Work& work, const domain::ContractId& id, const domain::ContractActivated& event);
Followed on(Work& work, const domain::ContractId& id, const domain::ContractCanceled& event);
Followed on(Work& work, const domain::ContractId& id, const domain::ContractExpired& event);

Followed on(Work& work, const domain::TransactionId& id, const domain::TransactionInitiated& event);
Followed on(Work& work, const domain::TransactionId& id, const domain::TransactionSucceeded& event);
Followed on(Work& work, const domain::TransactionId& id, const domain::TransactionFailed& event);
Followed on(Work& work, const domain::TransactionId& id, const domain::TransactionCanceled& event);

// Grants the right to a product; nothing to do if there is no such product.
Followed grant(Work& work, const domain::EntitlementId& id, domain::GrantEntitlement wish);

// Takes the rights away that have not ended.
Followed revoke(Work& work, const std::vector<domain::EntitlementId>& ids, std::string_view reason);

}  // namespace commands
