#include "domain/contract_change.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

#include "domain/contract_items.hpp"

namespace domain {
namespace {

using Events = std::vector<ContractEvent>;

Failure<ContractRejection> because(ContractRejection reason) { return Failure{reason}; }

const ContractItem* find_item(const std::vector<ContractItem>& items, const Sku& sku,
                              const PurchaseOptionId& option) {
    const auto found = std::ranges::find_if(items, [&](const ContractItem& item) {
        return item.sku == sku && item.purchase_option_id == option;
    });
    return found == items.end() ? nullptr : &*found;
}

// What the contract has is offered to it as it was agreed, for sale or not.
Offer offer_of(const Contract& contract, const ContractItem& item) {
    PurchaseOption option;
    option.id = item.purchase_option_id;
    option.purchase_type = item.purchase_type;
    option.currency = contract.currency;
    option.recurring_interval = contract.recurring_interval;
    option.recurring_time = contract.recurring_time;
    return {.is_for_sale = true,
            .vendor_id = contract.vendor_id,
            .title = item.name,
            .cover = item.cover,
            .option = std::move(option)};
}

// What is wrong with the first of the offers, beside the contract.
std::optional<ContractRejection> problem_of(const Contract& contract, const Offer& offer,
                                            const std::optional<Timestamp>& anchor) {
    using enum ContractRejection;
    const PurchaseOption& option = *offer.option;
    if (offer.vendor_id != contract.vendor_id) return vendors_differ;
    if (option.currency != contract.currency) return currencies_differ;
    if (!option.recurring_interval) return duration_needs_period;
    const bool is_other_period = option.recurring_interval != contract.recurring_interval ||
                                 option.recurring_time != contract.recurring_time || anchor;
    // A term was agreed on as a whole.
    const bool keeps_period = contract.contract_duration != ContractDuration::recurring;
    if (keeps_period && is_other_period) return periods_differ;
    if (is_out_of_range(anchor)) return time_out_of_range;
    return std::nullopt;
}

// Do the items cost something that can be billed, now and with the prices to come?
std::optional<ContractRejection> problem_of_amounts(const Contract& contract,
                                                    const std::vector<ContractItem>& items,
                                                    const std::optional<PlannedPrices>& planned) {
    const auto now = amount_of(items, contract.applied_discounts);
    if (!now) return now.error();
    const auto then = amount_of(at_prices(items, planned), contract.applied_discounts);
    if (!then) return then.error();
    return std::nullopt;
}

bool is_as_it_is(const Contract& contract, const ChangedTerms& terms) {
    return terms.items == contract.items &&
           terms.recurring_interval == contract.recurring_interval &&
           terms.recurring_time == contract.recurring_time &&
           (!terms.anchor_at || terms.anchor_at == contract.anchor_at);
}

bool ends_by(const Contract& contract, Timestamp at) {
    const auto end = term_end(contract);
    return (contract.will_cancel_at && *contract.will_cancel_at <= at) || (end && *end <= at);
}

// A line for a share of what an item costs; `sign` is -1 for a credit.
void add_line(std::vector<BillLineWish>& lines, const BillLine& item, int sign, Period rest,
              Period whole) {
    BillLineWish line = item;
    if (item.quantity != 1) line.title = std::to_string(item.quantity) + " x " + item.title;
    line.quantity = 1;
    line.discount_amount = 0;
    line.unit_amount = prorate(sign * item.amount, rest, whole);
    line.period_start = rest.start;
    line.period_end = rest.end;
    if (line.unit_amount != 0) lines.push_back(std::move(line));
}

// What was not used of the old items, and what is used instead. What stays as it is has no line.
std::vector<BillLineWish> lines_of(const Contract& contract, const ChangedTerms& terms,
                                   const ChangeMoment::Periods& periods) {
    std::vector<BillLine> before = priced(contract.items, contract.applied_discounts);
    std::vector<BillLine> after = priced(terms.items, contract.applied_discounts);
    if (periods.old_whole == periods.new_whole) {
        std::erase_if(after, [&](const BillLine& line) {
            const auto same = std::ranges::find_if(before, [&](BillLine one) {
                one.id = line.id;
                return one == line;
            });
            if (same == before.end()) return false;
            before.erase(same);
            return true;
        });
    }
    std::vector<BillLineWish> lines;
    for (const BillLine& line : before) {
        add_line(lines, line, -1, periods.old_rest, periods.old_whole);
    }
    for (const BillLine& line : after) {
        add_line(lines, line, 1, periods.new_rest, periods.new_whole);
    }
    return lines;
}

// A bill is about nothing at the least: what is due to the customer is carried to the credit.
std::optional<ContractRejection> settle(ContractItemsChanged& event) {
    const Wide total = std::accumulate(event.lines.begin(), event.lines.end(), Wide{0},
                                       [](Wide sum, const BillLineWish& line) {
                                           return sum + total_of(line, TaxBehavior::exclusive);
                                       });
    if (!narrow(total)) return ContractRejection::amount_overflow;
    if (total >= 0) return std::nullopt;
    event.credit_amount = static_cast<Minor>(-total);
    BillLineWish carried;
    carried.sku = event.lines.front().sku;
    carried.title = "Customer credit";
    carried.unit_amount = event.credit_amount;
    event.lines.push_back(std::move(carried));
    return std::nullopt;
}

Decision<ContractDecider> change_now(const Contract& contract, const ChangedTerms& terms,
                                     const ChangeMoment& moment,
                                     const std::optional<std::string>& reason) {
    ContractItemsChanged event;
    static_cast<ChangedTerms&>(event) = terms;
    event.effective_at = moment.at;
    event.period_start = contract.current_period_start;
    event.period_end = contract.current_period_end;
    event.entitlement_ids = moment.entitlement_ids;
    for (const EntitlementId& id : contract.entitlement_ids) {
        const bool goes_on =
            std::ranges::find(moment.entitlement_ids, id) != moment.entitlement_ids.end();
        if (!goes_on) event.ended_entitlement_ids.push_back(id);
    }
    event.reason = reason;
    if (const auto& periods = moment.periods) {
        if (periods->old_whole != periods->new_whole) {
            event.period_start = periods->new_rest.start;
            event.period_end = periods->new_rest.end;
        }
        event.lines = lines_of(contract, terms, *periods);
    }
    if (!event.lines.empty()) {
        if (const auto problem = settle(event)) return because(*problem);
        event.bill_id = moment.bill_id;
        event.credited_bill_ids = moment.period_bill_ids;
    }
    return Events{std::move(event)};
}

Result<Timestamp, ContractRejection> time_of(const Contract& contract,
                                             const ChangeContract& command) {
    const bool is_at_end = command.mode == ChangeMode::at_period_end;
    const auto& at = command.effective_at;
    if (at && (is_at_end || *at <= command.now || is_out_of_range(at))) {
        return because(ContractRejection::change_out_of_range);
    }
    return is_at_end ? *contract.current_period_end : at.value_or(command.now);
}

}  // namespace

Result<ChangedTerms, ContractRejection> changed_terms(const Contract& contract,
                                                      const ChangeContract& command) {
    using enum ContractRejection;
    assert(command.offers.size() == command.items.size());
    if (command.items.empty()) return because(contract_has_no_items);
    if (!contract.current_period_end) return because(change_needs_period);
    std::vector<Offer> offers = command.offers;
    for (std::size_t i = 0; i < offers.size(); ++i) {
        const ContractItemWish& wish = command.items[i];
        const auto* had = find_item(contract.items, wish.sku, wish.purchase_option_id);
        if (had != nullptr) offers[i] = offer_of(contract, *had);
    }
    if (const auto problem = problem_of(offers, true, command.now)) return because(*problem);
    if (const auto problem = problem_of(contract, offers.front(), command.anchor_at)) {
        return because(*problem);
    }

    ChangedTerms terms;
    for (std::size_t i = 0; i < offers.size(); ++i) {
        const ContractItemWish& wish = command.items[i];
        const auto* had = find_item(contract.items, wish.sku, wish.purchase_option_id);
        terms.items.push_back(had != nullptr ? *had : item_of(wish, offers[i]));
        terms.items.back().quantity = wish.quantity;
    }
    terms.recurring_interval = offers.front().option->recurring_interval;
    terms.recurring_time = offers.front().option->recurring_time;
    terms.anchor_at = command.anchor_at;
    if (const auto problem = problem_of_amounts(contract, terms.items, contract.planned_prices)) {
        return because(*problem);
    }
    return terms;
}

Decision<ContractDecider> decide_on(const Contract& contract, const ChangeContract& command) {
    using enum ContractRejection;
    auto terms = changed_terms(contract, command);
    if (!terms) return because(terms.error());
    if (is_as_it_is(contract, *terms)) {
        if (!contract.planned_change) return Events{};
        return Events{ContractItemsChangeWithdrawn{}};
    }
    const auto at = time_of(contract, command);
    if (!at) return because(at.error());
    if (ends_by(contract, *at)) return because(contract_is_ending);
    if (*at > command.now) {
        PlannedChange planned{*std::move(terms), *at, command.reason};
        if (contract.planned_change == planned) return Events{};
        return Events{ContractItemsChangePlanned{std::move(planned)}};
    }
    if (command.moment.periods && !command.moment.is_period_paid) return because(period_not_paid);
    return change_now(contract, *terms, command.moment, command.reason);
}

// If it comes within a period that is not paid, it waits for the end of that period.
Decision<ContractDecider> decide_on(const Contract& contract, const ApplyContractChange& command) {
    const auto& planned = contract.planned_change;
    if (!planned || planned->effective_at > command.now) {
        return because(ContractRejection::change_not_due);
    }
    if (command.moment.periods && !command.moment.is_period_paid) {
        PlannedChange later = *planned;
        later.effective_at = *contract.current_period_end;
        return Events{ContractItemsChangePlanned{std::move(later)}};
    }
    return change_now(contract, *planned, command.moment, planned->reason);
}

Decision<ContractDecider> decide_on(const Contract& contract, const ChangeContractPrice& command) {
    using enum ContractRejection;
    if (contract.contract_duration != ContractDuration::recurring) {
        return because(change_needs_period);
    }
    const auto& at = command.effective_at;
    if (at && (*at <= command.now || is_out_of_range(at))) return because(change_out_of_range);
    const PlannedPrices planned{at.value_or(*contract.current_period_end), command.prices};
    std::vector<ContractItem> items = contract.items;
    if (contract.planned_change) {
        const auto& later = contract.planned_change->items;
        items.insert(items.end(), later.begin(), later.end());
        if (const auto problem = problem_of_amounts(contract, later, planned)) {
            return because(*problem);
        }
    }
    for (const ItemPrice& price : command.prices) {
        if (find_item(items, price.sku, price.purchase_option_id) == nullptr) {
            return because(unknown_item);
        }
    }
    if (command.prices.empty()) return because(unknown_item);
    if (const auto problem = problem_of_amounts(contract, contract.items, planned)) {
        return because(*problem);
    }
    if (contract.planned_prices == planned) return Events{};
    return Events{ContractPriceChanged{planned, command.reason}};
}

std::optional<ChangeMoment::Periods> change_periods(const Contract& contract,
                                                    const ChangedTerms& terms, Timestamp at,
                                                    const Zones& zones) {
    if (is_in_trial(contract) || !contract.current_period_end ||
        at >= *contract.current_period_end) {
        return std::nullopt;
    }
    const Period running{*contract.current_period_start, *contract.current_period_end};
    const Period rest{std::max(at, running.start), running.end};
    const Period whole = billed_whole(contract, zones);
    ChangeMoment::Periods periods{rest, whole, rest, whole};
    const bool is_other = terms.anchor_at ||
                          terms.recurring_interval != contract.recurring_interval ||
                          terms.recurring_time != contract.recurring_time;
    if (is_other) {
        const Recurrence recurrence{terms.anchor_at.value_or(*contract.anchor_at),
                                    contract.time_zone.view(), *terms.recurring_interval,
                                    static_cast<std::int32_t>(*terms.recurring_time)};
        periods.new_whole = period(zones, recurrence, period_index(zones, recurrence, rest.start));
        periods.new_rest = {rest.start, periods.new_whole.end};
    }
    return periods;
}

}  // namespace domain
