// Handlers of what is asked of bills; see work.hpp.
#pragma once

#include <vector>

#include "commands/work.hpp"
#include "domain/bill.hpp"

namespace commands {

Answer handle(Work& work, const Target& target, domain::CreateBill wish);
Answer handle(Work& work, const Target& target, domain::UpdateBill wish);
Answer handle(Work& work, const Target& target, domain::DeleteBill wish);
Answer handle(Work& work, const Target& target, domain::IssueBill wish);
Answer handle(Work& work, const Target& target, domain::MarkBillOverdue wish);
Answer handle(Work& work, const Target& target, domain::RequestPayment wish);
Answer handle(Work& work, const Target& target, domain::EndBillGrace wish);
Answer handle(Work& work, const Target& target, domain::RetryBill wish);
Answer handle(Work& work, const Target& target, domain::CancelBill wish);
Answer handle(Work& work, const Target& target, domain::ExpireBill wish);
Answer handle(Work& work, const Target& target, domain::WriteOffBill wish);
Answer handle(Work& work, const Target& target, domain::ReinstateBill wish);
Answer handle(Work& work, const Target& target, domain::VoidBill wish);
Answer handle(Work& work, const Target& target, domain::RecordRefund wish);
// The answer is the transaction that waits for its outcome.
Answer handle(Work& work, const Target& target, domain::PayBill wish);
// The answer is a bill that must not be kept. REQUIRES: a dry run, whose clock this moves.
Answer handle(Work& work, const Target& target, domain::PreviewBill wish);

// Ids for the rights that the bill gives when it is paid, one a line; none if a contract gives
// them.
std::vector<domain::EntitlementId> new_entitlement_ids(Work& work, const domain::Bill& bill);

}  // namespace commands
