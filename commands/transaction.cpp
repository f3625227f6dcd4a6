#include "commands/transaction.hpp"

#include <utility>

#include "commands/naming.hpp"
#include "domain/bill.hpp"

namespace commands {
namespace {

using domain::RecordTransaction;
using domain::TransactionDecider;
using domain::TransactionStatus;

bool is_final(TransactionStatus status) {
    return !domain::is_legal<TransactionDecider>(status, "ResolveTransaction");
}

// Takes from the bill what the notice leaves out.
void complete_from_bill(Checks& checks, Work& work, RecordTransaction& wish) {
    if (!wish.bill_id) return;
    const auto* bill =
        checks.existing<domain::BillDecider>(work, wish.bill_id->view(), "/billId", "bill");
    if (bill == nullptr) return;
    if (wish.vendor_id && *wish.vendor_id != bill->state.vendor_id) {
        checks.add("/vendorId", "vendor_must_match_bill", "must be the vendor of the bill");
    }
    wish.vendor_id = bill->state.vendor_id;
    wish.bill_currency = bill->state.currency;
    if (!wish.contract_id) wish.contract_id = bill->state.contract_id;
    const bool is_refund = wish.type == domain::TransactionType::refund;
    if (is_refund && !wish.parent_transaction_id && bill->state.payments.size() == 1) {
        wish.parent_transaction_id = bill->state.payments.front().transaction_id;
    }
}

// The one bill that the transaction is about.
std::optional<domain::BillId> paid_bill(const domain::Transaction& transaction) {
    const auto& allocations = transaction.allocations;
    if (transaction.bill_id || allocations.size() != 1) return transaction.bill_id;
    return allocations.front().bill_id;
}

// Takes from the parent what the notice leaves out.
void complete_from_parent(Checks& checks, Work& work, RecordTransaction& wish) {
    if (!wish.parent_transaction_id) return;
    const auto* parent = checks.existing<TransactionDecider>(
        work, wish.parent_transaction_id->view(), "/parentTransactionId", "transaction");
    if (parent == nullptr) return;
    wish.parent_payment_id = parent->state.payment_id;
    if (!wish.vendor_id) wish.vendor_id = parent->state.vendor_id;
    if (!wish.bill_id) wish.bill_id = paid_bill(parent->state);
    if (!wish.contract_id) wish.contract_id = parent->state.contract_id;
}

void check_names(Checks& checks, Work& work, const RecordTransaction& wish) {
    check_user(checks, work, wish.user_id, "/userId");
    if (wish.vendor_id) {
        checks.existing<domain::VendorDecider>(work, wish.vendor_id->view(), "/vendorId", "vendor");
    }
    if (wish.contract_id) {
        checks.existing<domain::ContractDecider>(work, wish.contract_id->view(), "/contractId",
                                                 "contract");
    }
}

// A child counts against its parent from its beginning, unless it has failed already.
std::optional<Fault> extend_chain(Work& work, const RecordTransaction& wish) {
    using enum TransactionStatus;
    const bool counts = wish.status != failed && wish.status != canceled;
    if (!wish.parent_transaction_id || !counts || wish.amount <= 0) return std::nullopt;
    const std::string_view parent = wish.parent_transaction_id->view();
    if (work.load<TransactionDecider>(parent).state.status != succeeded) {
        return fault(FaultKind::conflict, "parent_not_succeeded",
                     "the parent transaction has not succeeded; nothing can follow it");
    }
    const auto answer = work.decide<TransactionDecider>(
        parent,
        domain::ExtendChain{{wish.self, wish.type, wish.amount}, wish.currency, wish.user_id});
    return answer ? std::nullopt : std::optional<Fault>(answer.error());
}

}  // namespace

std::string own_reference(std::string_view id) { return "daybook-" + std::string(id); }

Answer record_again(Work& work, const domain::Subject& known, const RecordTransaction& wish) {
    const auto status = work.load<TransactionDecider>(known.id).state.status;
    if (is_final(status) || wish.status == TransactionStatus::pending) return known;
    domain::ResolveTransaction resolve;
    static_cast<domain::TransactionOutcome&>(resolve) = wish;
    resolve.now = work.now();
    return work.decide<TransactionDecider>(known.id, std::move(resolve));
}

Answer handle(Work& work, const Target& target, RecordTransaction wish) {
    Checks checks;
    complete_from_bill(checks, work, wish);
    complete_from_parent(checks, work, wish);
    if (wish.vendor_id && !checks.failed()) {
        const auto known = work.claimed_by(domain::reference_claim(wish));
        if (known) return record_again(work, *known, wish);
    }
    check_names(checks, work, wish);
    if (checks.failed()) return checks.failure();

    const std::string id = id_for(work, target, wish.id);
    wish.self = domain::TransactionId{id};
    wish.now = work.now();
    const bool is_new = work.find<TransactionDecider>(id) == nullptr;
    if (is_new) {
        if (auto problem = extend_chain(work, wish)) return domain::Failure(*problem);
    }
    return work.decide<TransactionDecider>(id, std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ResolveTransaction wish) {
    wish.now = work.now();
    return work.decide<TransactionDecider>(target.id(), std::move(wish));
}

}  // namespace commands
