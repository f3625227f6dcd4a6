// Payments that are asked for, and bills that are looked at before there are any.
#include <utility>

#include "commands/bill.hpp"
#include "commands/checks.hpp"
#include "commands/clock.hpp"
#include "commands/command.hpp"
#include "commands/contract.hpp"
#include "commands/transaction.hpp"

namespace commands {
namespace {

using domain::BillDecider;

// The last bill that was issued in this work.
std::optional<domain::Subject> issued_bill(const Work& work) {
    std::optional<domain::Subject> bill;
    for (const auto& recorded : work.events()) {
        if (domain::event_name(recorded.event) == "BillIssued") bill = recorded.subject;
    }
    return bill;
}

// Lets what is due happen to the contract until it is billed.
Answer next_bill(Work& work, const domain::ContractId& id) {
    constexpr int steps_max = 10;  // More cannot lie between two bills.
    const auto* contract = work.find<domain::ContractDecider>(id.view());
    if (contract == nullptr) return no_such("/contractId", "contract");
    const Target target{{domain::Kind::contracts, id.text}, std::nullopt};
    if (contract->state.status == domain::ContractStatus::draft) {
        const auto answer = handle(work, target, domain::ConfirmContract{});
        if (!answer) return answer;
    }
    for (int step = 0; step < steps_max; ++step) {
        if (auto bill = issued_bill(work)) return *std::move(bill);
        const auto due = next_due(contract->state);
        if (!due) break;
        work.pretend_it_is(due->at);
        const auto answer = clock_command(due->command)->run(work, target);
        if (!answer) return answer;
    }
    return domain::Failure(
        fault(FaultKind::conflict, "no_bill_to_come", "the contract is not billed again as it is"));
}

}  // namespace

Answer handle(Work& work, const Target& target, domain::PayBill wish) {
    const std::string id = work.new_id();
    wish.transaction_id = domain::TransactionId{id};
    const auto asked = work.decide<BillDecider>(target.id(), wish);
    if (!asked) return asked;
    const domain::Bill& bill = work.load<BillDecider>(target.id()).state;
    domain::RecordTransaction charge;
    charge.type = domain::TransactionType::charge;
    charge.status = domain::TransactionStatus::pending;
    charge.amount = wish.amount.value_or(bill.amount_remaining);
    charge.currency = bill.currency;
    charge.user_id = bill.user_id;
    charge.bill_id = domain::BillId{std::string(target.id())};
    charge.provider = wish.provider.value_or(bill.payment_provider.value_or("daybook"));
    charge.provider_reference = wish.provider_reference.value_or(own_reference(id));
    charge.payment_method = wish.payment_method;
    const Target transaction{{domain::Kind::transactions, id}, std::nullopt};
    const auto answer = handle(work, transaction, std::move(charge));
    if (answer && answer->id != id) {
        return domain::Failure(fault(FaultKind::conflict, "provider_reference_taken",
                                     "another transaction has this reference of this provider"));
    }
    return answer;
}

Answer handle(Work& work, const Target&, domain::PreviewBill wish) {
    if (wish.items.empty() && wish.contract_id) return next_bill(work, *wish.contract_id);
    Checks checks;
    const auto require = [&](bool is_given, std::string_view field) {
        if (!is_given) checks.add(std::string(field), "required", "needed to preview items");
    };
    require(!wish.items.empty(), "/items");
    require(wish.user_id.has_value(), "/userId");
    require(wish.vendor_id.has_value(), "/vendorId");
    require(wish.currency.has_value(), "/currency");
    if (checks.failed()) return checks.failure();
    domain::CreateBill create;
    create.contract_id = wish.contract_id;
    create.user_id = *wish.user_id;
    create.vendor_id = *wish.vendor_id;
    create.currency = *wish.currency;
    create.tax_behavior = wish.tax_behavior;
    create.items = std::move(wish.items);
    create.discount_amount = wish.discount_amount;
    create.collection_method = wish.collection_method;
    const Target bill{{domain::Kind::bills, work.new_id()}, std::nullopt};
    const auto answer = handle(work, bill, std::move(create));
    return answer ? handle(work, bill, domain::IssueBill{}) : answer;
}

}  // namespace commands
