// What was paid for what is handed over, and what is given back of it.
#include <algorithm>
#include <utility>

#include "commands/contract.hpp"
#include "commands/fulfillment.hpp"
#include "commands/naming.hpp"
#include "domain/bill.hpp"
#include "domain/contract_items.hpp"

namespace commands {
namespace {

using domain::ContractDecider;
using domain::CreditFulfillment;
using domain::FulfillmentDecider;
using domain::FulfillmentTerms;

// A line of a bill, or what an item of a contract would be on one.
struct Line {
    domain::Minor total = 0;  // Tax included.
    std::int64_t quantity = 1;
    std::optional<domain::Timestamp> period_start;
    std::optional<domain::Timestamp> period_end;
    std::optional<std::int64_t> issues_total;  // Of a term that is counted by issues.
};

struct Share {
    domain::Minor usual = 0;
    domain::Minor most = 0;
};

// Cut off, so that all shares together are not more than the whole.
Share share_of(Work& work, const Line& line, const Title& title, const FulfillmentTerms& terms) {
    const auto copies = std::min(terms.copies, line.quantity);
    const auto total =
        static_cast<domain::Minor>(domain::Wide{line.total} * copies / line.quantity);
    if (!terms.issue) return {total, total};
    if (line.issues_total) return {total / *line.issues_total, total / *line.issues_total};
    if (!line.period_start || !line.period_end) return {total, total};
    const auto first = domain::day_of(*line.period_start, title.zone, work.zones());
    const auto end = domain::day_of(*line.period_end, title.zone, work.zones());
    if (title.calendar) {
        const auto issues = std::max<std::int64_t>(issues_between(*title.calendar, first, end), 1);
        return {total / issues, total / issues};
    }
    // Without a calendar an issue counts as a day.
    return {total / std::max<std::int64_t>((end - first).count(), 1), total};
}

const domain::Contract* contract_of(Work& work, const FulfillmentTerms& terms) {
    if (!terms.contract_id) return nullptr;
    const auto* contract = work.find<ContractDecider>(terms.contract_id->view());
    return contract == nullptr ? nullptr : &contract->state;
}

std::optional<std::int64_t> issues_of_term(const domain::Contract* contract) {
    if (contract == nullptr) return std::nullopt;
    const bool is_term = contract->contract_duration != domain::ContractDuration::recurring;
    return is_term ? contract->issues_total : std::nullopt;
}

// The line of the bill that is about the product, its publication, or the contract's item for it.
const domain::BillLine* line_for(Work& work, const domain::Bill& bill,
                                 const FulfillmentTerms& terms) {
    const auto find = [&](const domain::Sku& sku) -> const domain::BillLine* {
        const auto line = std::ranges::find(bill.items, sku, &domain::BillLine::sku);
        return line == bill.items.end() ? nullptr : &*line;
    };
    if (const auto* line = find(terms.sku)) return line;
    if (const auto title = title_of(work, terms.sku).sku) {
        if (const auto* line = find(*title)) return line;
    }
    const auto* contract = contract_of(work, terms);
    const auto* item = contract == nullptr ? nullptr : item_for(work, *contract, terms.sku);
    return item == nullptr ? nullptr : find(item->sku);
}

std::optional<domain::BillId> bill_of_period(Work& work, const domain::ContractId& id,
                                             domain::Timestamp start) {
    for (const auto reason :
         {domain::BillingReason::contract_cycle, domain::BillingReason::contract_created}) {
        const auto holder = work.claimed_by(domain::period_claim(id, start, reason));
        if (holder) return domain::BillId{holder->id};
    }
    return std::nullopt;
}

// The bill of the period in which the issue is.
std::optional<domain::BillId> bill_of_issue(Work& work, const domain::ContractId& id,
                                            const domain::Contract& contract,
                                            domain::Timestamp at) {
    const auto& start = contract.current_period_start;
    const bool is_recurring = contract.contract_duration == domain::ContractDuration::recurring;
    if (!is_recurring || !start || !contract.anchor_at) return current_bill(work, id);
    if (contract.current_period_end && at >= *contract.current_period_end) return std::nullopt;
    if (at >= *start) return current_bill(work, id);
    const domain::Recurrence recurrence{*contract.anchor_at, contract.time_zone.view(),
                                        *contract.recurring_interval,
                                        static_cast<std::int32_t>(*contract.recurring_time)};
    const auto n = period_index(work.zones(), recurrence, at);
    const auto bill = bill_of_period(work, id, period(work.zones(), recurrence, n).start);
    if (bill || !contract.started_at) return bill;
    return bill_of_period(work, id, *contract.start_at);
}

std::optional<domain::Timestamp> start_of_issue(Work& work, const Title& title,
                                                const FulfillmentTerms& terms) {
    if (!terms.issue || !terms.issue->cover_date) return std::nullopt;
    return start_of(domain::day_of(*terms.issue->cover_date), title.zone, work.zones());
}

// By what the contract says now, for a period that is not billed yet.
std::optional<ItemCost> cost_by_contract(Work& work, const FulfillmentTerms& terms) {
    const auto* contract = contract_of(work, terms);
    if (contract == nullptr) return std::nullopt;
    const auto* item = item_for(work, *contract, terms.sku);
    if (item == nullptr) return std::nullopt;
    const auto lines = priced(contract->items, contract->applied_discounts);
    const auto& line = lines[static_cast<std::size_t>(item - contract->items.data())];
    const Share share = share_of(
        work,
        {total_of(line, domain::TaxBehavior::exclusive), line.quantity,
         contract->current_period_start, contract->current_period_end, issues_of_term(contract)},
        title_of(work, terms.sku), terms);
    return ItemCost{{share.usual, contract->currency, contract->payer_id, std::nullopt},
                    share.most};
}

// A bill that a client names has to be one of who got it, or pays for it.
void check_bill(Checks& checks, Work& work, const domain::Fulfillment& fulfillment,
                const domain::BillId& id) {
    const auto* bill = checks.existing<domain::BillDecider>(work, id.view(), "/billId", "bill");
    if (bill == nullptr) return;
    const auto* contract = contract_of(work, fulfillment);
    const bool is_theirs = bill->state.user_id == fulfillment.user_id ||
                           (contract != nullptr && bill->state.user_id == contract->payer_id);
    if (!is_theirs || bill->state.vendor_id != fulfillment.vendor_id) {
        checks.add("/billId", "bill_of_others", "must be the vendor's bill to who got or pays it");
    } else if (line_for(work, bill->state, fulfillment) == nullptr) {
        checks.add("/billId", "product_not_on_bill", "no line of the bill is about the product");
    }
}

}  // namespace

std::optional<ItemCost> cost_by_bill(Work& work, const FulfillmentTerms& terms,
                                     const domain::BillId& id) {
    const auto* found = work.find<domain::BillDecider>(id.view());
    if (found == nullptr) return std::nullopt;
    const domain::Bill& bill = found->state;
    const bool counts =
        bill.status == domain::BillStatus::paid || domain::open_bill.contains(bill.status);
    const auto* line = counts ? line_for(work, bill, terms) : nullptr;
    if (line == nullptr) return std::nullopt;
    const Share share =
        share_of(work,
                 {total_of(*line, bill.tax_behavior), line->quantity, line->period_start,
                  line->period_end, issues_of_term(contract_of(work, terms))},
                 title_of(work, terms.sku), terms);
    const domain::Minor kept = bill.total - bill.amount_refunded;
    return ItemCost{{std::min(share.usual, kept), bill.currency, bill.user_id, id},
                    std::min(share.most, kept)};
}

std::optional<domain::BillId> bill_of_item(Work& work, const FulfillmentTerms& terms) {
    if (const auto* contract = contract_of(work, terms)) {
        const auto at = start_of_issue(work, title_of(work, terms.sku), terms);
        return bill_of_issue(work, *terms.contract_id, *contract, at.value_or(work.now()));
    }
    if (!terms.entitlement_id) return std::nullopt;
    return work.load<domain::EntitlementDecider>(terms.entitlement_id->view()).state.source.bill_id;
}

std::optional<domain::FulfillmentCredit> stop_credit(Work& work, const FulfillmentTerms& terms,
                                                     const domain::StopNote& stop) {
    const auto* contract = contract_of(work, terms);
    if (stop.action != domain::StopAction::credit || contract == nullptr) return std::nullopt;
    const auto at = start_of_issue(work, title_of(work, terms.sku), terms).value_or(work.now());
    const bool has_ended = contract->ended_at && *contract->ended_at <= at;
    const bool is_free = contract->trial_end && at < *contract->trial_end;
    if (has_ended || is_free) return std::nullopt;
    const auto bill = bill_of_item(work, terms);
    auto cost = bill ? cost_by_bill(work, terms, *bill) : std::nullopt;
    if (!cost) cost = cost_by_contract(work, terms);
    if (!cost || cost->usual.amount <= 0) return std::nullopt;
    // Nobody is left whose credit it could be.
    const auto* payer = work.find<domain::UserDecider>(cost->usual.payer_id.view());
    const bool is_gone = payer == nullptr || payer->state.status == domain::UserStatus::deleted;
    return is_gone ? std::nullopt : std::optional(cost->usual);
}

Answer handle(Work& work, const Target& target, CreditFulfillment wish) {
    const auto& fulfillment = work.load<FulfillmentDecider>(target.id()).state;
    if (domain::is_legal<FulfillmentDecider>(fulfillment.status, "CreditFulfillment")) {
        Checks checks;
        if (wish.bill_id) check_bill(checks, work, fulfillment, *wish.bill_id);
        if (checks.failed()) return checks.failure();
        const auto bill = wish.bill_id ? wish.bill_id : bill_of_item(work, fulfillment);
        const auto cost = bill ? cost_by_bill(work, fulfillment, *bill) : std::nullopt;
        if (cost) {
            wish.usual = cost->usual;
            wish.amount_max = cost->most;
        }
    }
    return work.decide<FulfillmentDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::SettleStop wish) {
    const auto& fulfillment = work.load<FulfillmentDecider>(target.id()).state;
    wish.now = work.now();
    if (is_stop_open(fulfillment)) wish.credit = stop_credit(work, fulfillment, *fulfillment.stop);
    return work.decide<FulfillmentDecider>(target.id(), std::move(wish));
}

}  // namespace commands
