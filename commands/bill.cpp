#include "commands/bill.hpp"

#include <algorithm>
#include <utility>

#include "commands/naming.hpp"
#include "domain/contract.hpp"
#include "domain/transaction.hpp"

namespace commands {
namespace {

using domain::BillDecider;

std::optional<domain::BillTo> snapshot_of(Work& work, const domain::UserId& id) {
    const auto* user = work.find<domain::UserDecider>(id.view());
    if (user == nullptr) return std::nullopt;
    domain::BillTo bill_to;
    if (user->state.name) bill_to.name = *user->state.name;
    bill_to.email = user->state.email;
    return bill_to;
}

// What the customer has in credit with the vendor pays first, the oldest of the last hundred
// credits before the others.
void use_credit(Work& work, const domain::Bill& bill, domain::IssueBill& wish) {
    constexpr std::int64_t credits_max = 100;
    const auto series = domain::credit_series(bill.vendor_id, bill.user_id, bill.currency);
    const std::int64_t behind = work.next_number(series);
    for (auto number = std::max<std::int64_t>(1, behind - credits_max); number < behind; ++number) {
        const auto holder = work.claimed_by(domain::credit_claim(series, number));
        if (!holder) continue;
        const auto& credit = work.load<domain::TransactionDecider>(holder->id).state;
        const auto used = std::min(bill.total - wish.credit_applied, credit.unallocated_amount);
        if (used <= 0) return;
        wish.credit_applied += used;
        wish.credits.push_back({domain::TransactionId{holder->id}, used});
    }
}

}  // namespace

std::vector<domain::EntitlementId> new_entitlement_ids(Work& work, const domain::Bill& bill) {
    std::vector<domain::EntitlementId> ids;
    if (bill.contract_id) return ids;
    for (std::size_t i = 0; i < bill.items.size(); ++i) ids.push_back({work.new_id()});
    return ids;
}

Answer handle(Work& work, const Target& target, domain::CreateBill wish) {
    Checks checks;
    check_user(checks, work, wish.user_id, "/userId");
    checks.existing<domain::VendorDecider>(work, wish.vendor_id.view(), "/vendorId", "vendor");
    if (wish.contract_id) {
        const auto* contract = checks.existing<domain::ContractDecider>(
            work, wish.contract_id->view(), "/contractId", "contract");
        if (contract != nullptr) wish.contract_currency = contract->state.currency;
        if (contract != nullptr && contract->state.status == domain::ContractStatus::draft) {
            checks.add("/contractId", "contract_is_draft",
                       "nothing is agreed yet; confirm the contract first");
        }
        if (contract != nullptr && contract->state.vendor_id != wish.vendor_id) {
            checks.add("/vendorId", "vendor_must_match_contract",
                       "must be the vendor of the contract");
        }
    }
    if (checks.failed()) return checks.failure();
    const std::string id = id_for(work, target, wish.id);
    return work.decide<BillDecider>(id, std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::UpdateBill wish) {
    return work.decide<BillDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::DeleteBill wish) {
    const auto* bill = work.find<BillDecider>(target.id());
    if (bill != nullptr && bill->state.status != domain::BillStatus::draft) {
        return domain::Failure(fault(FaultKind::conflict, "bill_not_draft",
                                     "only a draft can be deleted; void an issued bill instead"));
    }
    return work.decide<BillDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::IssueBill wish) {
    const auto& bill = work.load<BillDecider>(target.id()).state;
    if (const auto* vendor = work.find<domain::VendorDecider>(bill.vendor_id.view())) {
        wish.number_prefix = vendor->state.number_prefix.value_or("");
        wish.dunning = vendor->state.dunning;
    }
    wish.now = work.now();
    wish.number_value = work.next_number(domain::number_series(bill.vendor_id));
    wish.bill_to = snapshot_of(work, bill.user_id);
    use_credit(work, bill, wish);
    wish.entitlement_ids = new_entitlement_ids(work, bill);
    return work.decide<BillDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::MarkBillOverdue wish) {
    wish.now = work.now();
    return work.decide<BillDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::RequestPayment wish) {
    wish.now = work.now();
    return work.decide<BillDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::EndBillGrace wish) {
    wish.now = work.now();
    return work.decide<BillDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::RetryBill wish) {
    wish.now = work.now();
    return work.decide<BillDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::CancelBill wish) {
    return work.decide<BillDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ExpireBill wish) {
    wish.now = work.now();
    return work.decide<BillDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::WriteOffBill wish) {
    return work.decide<BillDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::ReinstateBill wish) {
    return work.decide<BillDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::VoidBill wish) {
    return work.decide<BillDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::RecordRefund wish) {
    return work.decide<BillDecider>(target.id(), std::move(wish));
}

}  // namespace commands
