// How an explanation is made: what one entitlement rests on, found by the indexes of lists.
#include <algorithm>
#include <utility>

#include "projections/candidates.hpp"

namespace projections {
namespace {

using domain::Kind;
using domain::Timestamp;
using Bill = domain::AggregateOf<domain::BillDecider>;
using Contract = domain::AggregateOf<domain::ContractDecider>;
using Entitlement = domain::AggregateOf<domain::EntitlementDecider>;
using Transaction = domain::AggregateOf<domain::TransactionDecider>;

// Of a contract, the newest are looked at: what was asked for is hardly longer ago.
constexpr std::size_t bills_scanned_max = 50;

CandidateReason reason_of(const std::optional<domain::AccessAnswer>& answer) {
    using enum CandidateReason;
    if (!answer) return not_covered;
    switch (answer->reason) {
        case domain::AccessReason::none: return none;
        case domain::AccessReason::not_started: return not_started;
        case domain::AccessReason::suspended_payment: return suspended_payment;
        case domain::AccessReason::paused: return paused;
        case domain::AccessReason::expired: return expired;
        case domain::AccessReason::revoked: return revoked;
        case domain::AccessReason::unknown_product: return not_covered;
    }
    return not_covered;
}

template <class T, class Aggregate>
T place_of(const Aggregate& aggregate) {
    T place;
    place.status = aggregate.state.status;
    place.sequence = static_cast<std::int64_t>(aggregate.version);
    place.updated_at = aggregate.updated_at;
    return place;
}

ExplainedTransaction explained(const Transaction& transaction) {
    auto made = place_of<ExplainedTransaction>(transaction);
    made.id = {transaction.id};
    made.type = transaction.state.type;
    return made;
}

std::vector<ExplainedTransaction> transactions_of(const SnapshotReader& reader, const Bill& bill) {
    std::vector<ExplainedTransaction> found;
    reader.each(
        Kind::transactions, Filter::bill_id, bill.id,
        [&](const std::string& id, const std::string& row) {
            found.push_back(explained(SnapshotReader::decode<domain::TransactionDecider>(id, row)));
            return found.size() < explained_transactions_max;
        });
    for (const domain::UsedCredit& credit : bill.state.credits) {
        if (found.size() == explained_transactions_max) break;
        const auto& id = credit.transaction_id;
        if (std::ranges::find(found, id, &ExplainedTransaction::id) != found.end()) continue;
        const auto transaction = reader.find<domain::TransactionDecider>(id.view());
        if (transaction) found.push_back(explained(*transaction));
    }
    return found;
}

ExplainedBill explained(const SnapshotReader& reader, const Bill& bill) {
    auto made = place_of<ExplainedBill>(bill);
    made.id = {bill.id};
    made.number = bill.state.number;
    made.due_at = bill.state.due_at;
    if (!bill.state.items.empty()) {
        made.period_start = bill.state.items.front().period_start;
        made.period_end = bill.state.items.front().period_end;
    }
    made.transactions = transactions_of(reader, bill);
    return made;
}

bool is_for(const Bill& bill, Timestamp at) {
    return std::ranges::any_of(bill.state.items, [at](const domain::BillLine& line) {
        return line.period_start && *line.period_start <= at &&
               (!line.period_end || at < *line.period_end);
    });
}

// The bills that one entitlement rests on, each once.
class Bills {
public:
    explicit Bills(const SnapshotReader& reader) : reader_(reader) {}

    void add(const domain::BillId& id) {
        if (is_full() || std::ranges::find(found_, id, &ExplainedBill::id) != found_.end()) return;
        const auto bill = reader_.find<domain::BillDecider>(id.view());
        if (bill) found_.push_back(explained(reader_, *bill));
    }
    // Those of the contract that are for this time, the newest first.
    void add_for(const domain::ContractId& contract, Timestamp at) {
        std::size_t scanned = 0;
        reader_.each(Kind::bills, Filter::contract_id, contract.view(),
                     [&](const std::string& id, const std::string& row) {
                         const auto bill = SnapshotReader::decode<domain::BillDecider>(id, row);
                         if (is_for(bill, at)) found_.push_back(explained(reader_, bill));
                         return !is_full() && ++scanned < bills_scanned_max;
                     });
    }
    std::vector<ExplainedBill> take() { return std::move(found_); }

private:
    bool is_full() const { return found_.size() >= explained_bills_max; }

    const SnapshotReader& reader_;
    std::vector<ExplainedBill> found_;
};

// The instant that was asked for, or the one of the right's time that is next to it.
Timestamp within(const domain::EntitlementTerms& right, Timestamp at) {
    if (right.ends_at && at >= *right.ends_at) at = *right.ends_at - Timestamp::duration(1);
    return std::max(at, right.starts_at);
}

void add_chain(const SnapshotReader& reader, const Entitlement& right, Timestamp at,
               AccessCandidate& made) {
    const domain::EntitlementSource& source = right.state.source;
    Bills bills(reader);
    if (source.contract_id) {
        bills.add_for(*source.contract_id, within(right.state, at));
        if (const auto found = reader.find<domain::ContractDecider>(source.contract_id->view())) {
            made.contract = place_of<ExplainedContract>(*found);
            made.contract->id = *source.contract_id;
            made.contract->payment_state = found->state.payment_state;
            for (const auto& trouble : found->state.troubles) bills.add(trouble.bill_id);
        }
    }
    if (source.bill_id) bills.add(*source.bill_id);
    made.bills = bills.take();
}

AccessCandidate explained(const SnapshotReader& reader, const Candidate& candidate, Timestamp at) {
    const domain::Entitlement& state = candidate.entitlement.state;
    auto made = place_of<AccessCandidate>(candidate.entitlement);
    made.entitlement_id = {candidate.entitlement.id};
    made.sku = state.sku;
    made.reason = reason_of(candidate.answer);
    made.has_access = candidate.answer && candidate.answer->has_access;
    made.note = state.reason;
    if (candidate.answer) made.via = candidate.answer->via;
    made.source_kind = state.source.kind;
    made.starts_at = state.starts_at;
    made.ends_at = state.ends_at;
    made.grace_until = state.grace_until;
    add_chain(reader, candidate.entitlement, at, made);
    return made;
}

}  // namespace

AccessExplanation explain(const SnapshotReader& reader, const std::vector<Candidate>& candidates,
                          const domain::AccessAnswer& answer) {
    // The one that answers, those that cover the product, and the others.
    const auto rank = [&answer](const Candidate& one) {
        const bool is_answer =
            answer.entitlement_id && answer.entitlement_id->view() == one.entitlement.id;
        return is_answer ? 0 : one.answer ? 1 : 2;
    };
    AccessExplanation made;
    for (const int wanted : {0, 1, 2}) {
        for (const Candidate& one : candidates) {
            if (rank(one) != wanted) continue;
            if (made.candidates.size() == candidates_max) {
                ++made.omitted;
            } else {
                made.candidates.push_back(explained(reader, one, answer.as_of));
            }
        }
    }
    return made;
}

}  // namespace projections
