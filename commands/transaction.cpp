#include "commands/transaction.hpp"

#include <utility>

#include "commands/naming.hpp"
#include "domain/bill.hpp"

namespace commands {
namespace {

using domain::RecordTransaction;
using domain::TransactionDecider;
using domain::TransactionStatus;

// Takes from the bill what the notice leaves out.
std::optional<Fault> complete_from_bill(Work& work, RecordTransaction& wish) {
    if (!wish.bill_id) return std::nullopt;
    const auto* bill = work.find<domain::BillDecider>(wish.bill_id->view());
    if (bill == nullptr) return no_such("/billId", "bill").error();
    if (wish.vendor_id && *wish.vendor_id != bill->state.vendor_id) {
        return field_fault("/vendorId", "vendor_must_match_bill", "must be the vendor of the bill");
    }
    wish.vendor_id = bill->state.vendor_id;
    wish.bill_currency = bill->state.currency;
    if (!wish.contract_id) wish.contract_id = bill->state.contract_id;
    const bool is_refund = wish.type == domain::TransactionType::refund;
    if (is_refund && !wish.parent_transaction_id && bill->state.payments.size() == 1) {
        wish.parent_transaction_id = bill->state.payments.front().transaction_id;
    }
    return std::nullopt;
}

// Takes from the parent what the notice leaves out.
std::optional<Fault> complete_from_parent(Work& work, RecordTransaction& wish) {
    if (!wish.parent_transaction_id) return std::nullopt;
    const auto* parent = work.find<TransactionDecider>(wish.parent_transaction_id->view());
    if (parent == nullptr) return no_such("/parentTransactionId", "transaction").error();
    wish.parent_payment_id = parent->state.payment_id;
    if (!wish.vendor_id) wish.vendor_id = parent->state.vendor_id;
    if (!wish.bill_id) wish.bill_id = parent->state.bill_id;
    if (!wish.contract_id) wish.contract_id = parent->state.contract_id;
    return std::nullopt;
}

std::optional<Fault> problem_of_names(Work& work, const RecordTransaction& wish) {
    if (!is_user(work, wish.user_id)) return no_such("/userId", "user").error();
    if (wish.vendor_id && work.find<domain::VendorDecider>(wish.vendor_id->view()) == nullptr) {
        return no_such("/vendorId", "vendor").error();
    }
    if (wish.contract_id &&
        work.find<domain::ContractDecider>(wish.contract_id->view()) == nullptr) {
        return no_such("/contractId", "contract").error();
    }
    return std::nullopt;
}

bool is_final(TransactionStatus status) {
    return !domain::is_legal<TransactionDecider>(status, "ResolveTransaction");
}

// The notice is about a transaction that is there: it may bring its outcome, and nothing else.
Answer record_again(Work& work, const domain::Subject& known, const RecordTransaction& wish) {
    const auto status = work.load<TransactionDecider>(known.id).state.status;
    if (is_final(status) || wish.status == TransactionStatus::pending) return known;
    domain::ResolveTransaction resolve;
    static_cast<domain::TransactionOutcome&>(resolve) = wish;
    resolve.now = work.now();
    return work.decide<TransactionDecider>(known.id, std::move(resolve));
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

Answer handle(Work& work, const Target& target, RecordTransaction wish) {
    if (auto problem = complete_from_bill(work, wish)) return domain::Failure(*problem);
    if (auto problem = complete_from_parent(work, wish)) return domain::Failure(*problem);
    if (wish.vendor_id) {
        const auto known = work.claimed_by(domain::reference_claim(wish));
        if (known) return record_again(work, *known, wish);
    }
    if (auto problem = problem_of_names(work, wish)) return domain::Failure(*problem);

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
