#include "domain/contract.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "domain/claims.hpp"

namespace domain {
namespace {

using Events = std::vector<ContractEvent>;

Failure<ContractRejection> because(ContractRejection reason) { return Failure{reason}; }

// Periods from these times on stay within the years that times can be written in.
constexpr Timestamp earliest{std::chrono::sys_days{std::chrono::year{1970} / 1 / 1}};
constexpr Timestamp latest{std::chrono::sys_days{std::chrono::year{3000} / 1 / 1}};

bool is_out_of_range(const std::optional<Timestamp>& time) {
    return time && (*time < earliest || *time >= latest);
}

std::optional<ContractRejection> problem_of_times(const CreateContract& command) {
    const Timestamp start = command.start_at.value_or(command.now);
    for (const auto& time :
         {command.start_at, command.anchor_at, command.trial_end, command.expires_at}) {
        if (is_out_of_range(time)) return ContractRejection::time_out_of_range;
    }
    const bool ends_early = (command.trial_end && *command.trial_end <= start) ||
                            (command.expires_at && *command.expires_at <= start);
    if (ends_early) return ContractRejection::ends_before_start;
    return std::nullopt;
}

// What is wrong with one offer, or with it beside the first.
std::optional<ContractRejection> problem_of(const Offer& offer, const Offer& first, Timestamp now) {
    using enum ContractRejection;
    if (!offer.option) return unknown_purchase_option;
    if (!offer.is_for_sale) return product_not_for_sale;
    if (!is_offered(*offer.option, now)) return option_not_offered;
    if (offer.vendor_id != first.vendor_id) return vendors_differ;
    if (offer.option->currency != first.option->currency) return currencies_differ;
    const bool same_period = offer.option->purchase_type == first.option->purchase_type &&
                             offer.option->recurring_interval == first.option->recurring_interval &&
                             offer.option->recurring_time == first.option->recurring_time;
    if (!same_period) return periods_differ;
    return std::nullopt;
}

ContractItem item_of(const ContractItemWish& wish, const Offer& offer) {
    ContractItem item;
    static_cast<ContractItemWish&>(item) = wish;
    item.purchase_option_name = offer.option->name;
    item.name = offer.title;
    item.cover = offer.cover;
    item.purchase_type = offer.option->purchase_type;
    item.unit_amount = offer.option->amount;
    item.tax_rate = offer.option->tax_rate;
    return item;
}

ContractDuration usual_duration(PurchaseType type) {
    switch (type) {
        case PurchaseType::one_time: return ContractDuration::perpetual;
        case PurchaseType::recurring: return ContractDuration::recurring;
        case PurchaseType::rental: return ContractDuration::renewable;
    }
    return ContractDuration::recurring;
}

Result<Minor, ContractRejection> amount_of(const ContractTerms& terms) {
    Wide sum = 0;
    for (const ContractItem& item : terms.items) sum += Wide{item.quantity} * item.unit_amount;
    const auto before = narrow(sum);
    if (!before) return because(ContractRejection::amount_overflow);
    for (const AppliedDiscount& discount : terms.applied_discounts) sum -= discount.amount;
    if (sum < 0) return because(ContractRejection::discount_exceeds_amount);
    return static_cast<Minor>(sum);
}

ContractDrafted draft_of(const CreateContract& command) {
    const PurchaseOption& option = *command.offers.front().option;
    ContractDrafted drafted;
    static_cast<ContractOptions&>(drafted) = command;
    std::ranges::transform(command.items, command.offers, std::back_inserter(drafted.items),
                           item_of);
    drafted.name = command.name.value_or(drafted.items.front().name);
    drafted.user_id = command.user_id;
    drafted.payer_id = command.payer_id.value_or(command.user_id);
    drafted.vendor_id = command.offers.front().vendor_id;
    drafted.currency = option.currency;
    drafted.contract_duration =
        command.contract_duration.value_or(usual_duration(option.purchase_type));
    drafted.recurring_interval = option.recurring_interval;
    drafted.recurring_time = option.recurring_time;
    drafted.time_zone = command.time_zone.value_or(command.vendor_time_zone);
    return drafted;
}

// Each handle reads as a list of refusals, the most general first, and then what happened.

Decision<ContractDecider> handle(const Contract&, const CreateContract& command) {
    using enum ContractRejection;
    assert(command.offers.size() == command.items.size());
    if (command.items.empty()) return because(contract_has_no_items);
    for (const Offer& offer : command.offers) {
        if (const auto problem = problem_of(offer, command.offers.front(), command.now)) {
            return because(*problem);
        }
    }
    if (!command.is_vendor_selling) return because(vendor_not_selling);
    if (!command.is_time_zone_known) return because(unknown_time_zone);
    if (const auto problem = problem_of_times(command)) return because(*problem);

    ContractDrafted drafted = draft_of(command);
    const bool needs_period = drafted.contract_duration != ContractDuration::perpetual;
    if (needs_period && !drafted.recurring_interval) return because(duration_needs_period);
    if (const auto amount = amount_of(drafted); !amount) return because(amount.error());
    return Events{std::move(drafted)};
}

Decision<ContractDecider> handle(const Contract& contract, const ConfirmContract& command) {
    ContractConfirmed confirmed{.start_at = command.start,
                                .anchor_at = command.anchor,
                                .period_start = std::nullopt,
                                .period_end = std::nullopt,
                                .expires_at = contract.expires_at};
    if (!confirmed.expires_at) confirmed.expires_at = command.term_end;
    if (command.first_period) {
        confirmed.period_start = command.first_period->start;
        confirmed.period_end = command.first_period->end;
    }
    if (confirmed.expires_at && *confirmed.expires_at <= command.start) {
        return because(ContractRejection::ends_before_start);
    }
    return Events{confirmed};
}

Decision<ContractDecider> handle(const Contract& contract, const ActivateContract& command) {
    if (command.now < *contract.start_at) return because(ContractRejection::not_started_yet);
    return Events{ContractActivated{command.now, command.entitlement_ids}};
}

Decision<ContractDecider> handle(const Contract& contract, const CancelContract& command) {
    const bool at_once =
        command.mode == CancelMode::immediate || contract.status != ContractStatus::active;
    if (at_once) return Events{ContractCanceled{command.now, command.reason}};
    if (contract.will_cancel_at) return Events{};
    if (!contract.current_period_end) return because(ContractRejection::no_period_end);
    return Events{
        ContractCancellationScheduled{*contract.current_period_end, command.now, command.reason}};
}

Decision<ContractDecider> handle(const Contract& contract, const UncancelContract& command) {
    const bool is_ending = contract.will_cancel_at && command.now < *contract.will_cancel_at;
    if (!is_ending) return because(ContractRejection::not_being_canceled);
    return Events{ContractCancellationWithdrawn{}};
}

Decision<ContractDecider> handle(const Contract& contract, const CompleteCancellation& command) {
    const bool is_due = contract.will_cancel_at && *contract.will_cancel_at <= command.now;
    if (!is_due) return because(ContractRejection::cancellation_not_due);
    return Events{ContractCanceled{*contract.will_cancel_at, contract.cancel_reason}};
}

Decision<ContractDecider> handle(const Contract&, const DiscardContract& command) {
    return Events{ContractCanceled{command.now, std::nullopt}};
}

Decision<ContractDecider> handle(const Contract& contract, const ExpireContract& command) {
    const bool is_over = contract.expires_at && *contract.expires_at <= command.now;
    if (command.reason == ContractExpiry::term_over && !is_over) {
        return because(ContractRejection::term_not_over);
    }
    return Events{ContractExpired{command.now, command.reason}};
}

Decision<ContractDecider> handle(const Contract& contract, const NoteContractPayment& command) {
    if (command.payment_state == contract.payment_state) return Events{};
    return Events{ContractPaymentStateChanged{command.payment_state}};
}

// Each replay takes in a fact. It refuses nothing: what happened, happened. An impossible history
// is a programmer's error, hence an assertion.

// A recurring contract is billed again at the end of its period, unless it ends by then.
void plan_next_bill(Contract& contract) {
    using enum ContractStatus;
    constexpr StatusSet<ContractStatus> is_running{pending, active};
    const auto& end = contract.current_period_end;
    const bool goes_on = is_running.contains(contract.status) && contract.auto_renew &&
                         contract.contract_duration == ContractDuration::recurring && end &&
                         !contract.will_cancel_at &&
                         (!contract.expires_at || *contract.expires_at > *end);
    contract.next_bill_at = goes_on ? end : std::nullopt;
    contract.next_price.reset();
    if (goes_on) contract.next_price = contract.price;
}

void end_at(Contract& contract, ContractStatus status, Timestamp at) {
    contract.status = status;
    contract.is_active = false;
    contract.ended_at = at;
    contract.will_cancel_at.reset();
    plan_next_bill(contract);
}

Contract replay(Contract contract, const ContractDrafted& event) {
    assert(contract.status == ContractStatus::absent);
    static_cast<ContractTerms&>(contract) = event;
    contract.status = ContractStatus::draft;
    const auto amount = amount_of(event);
    assert(amount);
    contract.amount = *amount;
    contract.price = to_decimal(contract.amount, contract.currency);
    contract.issues_remaining = event.issues_total;
    return contract;
}

Contract replay(Contract contract, const ContractConfirmed& event) {
    assert(contract.status == ContractStatus::draft);
    contract.status = ContractStatus::pending;
    contract.start_at = event.start_at;
    contract.anchor_at = event.anchor_at;
    contract.current_period_start = event.period_start;
    contract.current_period_end = event.period_end;
    contract.expires_at = event.expires_at;
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractActivated& event) {
    assert(contract.status == ContractStatus::pending);
    contract.status = ContractStatus::active;
    contract.is_active = true;
    contract.started_at = event.started_at;
    contract.entitlement_ids = event.entitlement_ids;
    return contract;
}

Contract replay(Contract contract, const ContractCancellationScheduled& event) {
    assert(contract.status == ContractStatus::active);
    contract.will_cancel_at = event.will_cancel_at;
    contract.cancel_requested_at = event.requested_at;
    contract.cancel_reason = event.reason;
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractCancellationWithdrawn&) {
    assert(contract.status == ContractStatus::active && contract.will_cancel_at);
    contract.will_cancel_at.reset();
    contract.cancel_requested_at.reset();
    contract.cancel_reason.reset();
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractCanceled& event) {
    assert(!contract.ended_at);
    contract.canceled_at = event.canceled_at;
    contract.cancel_reason = event.reason;
    end_at(contract, ContractStatus::canceled, event.canceled_at);
    return contract;
}

Contract replay(Contract contract, const ContractExpired& event) {
    assert(!contract.ended_at);
    end_at(contract, ContractStatus::expired, event.expired_at);
    return contract;
}

Contract replay(Contract contract, const ContractPaymentStateChanged& event) {
    contract.payment_state = event.payment_state;
    return contract;
}

}  // namespace

RefusalInfo info(ContractRejection refusal) {
    using enum ContractRejection;
    using enum RefusalKind;
    switch (refusal) {
        case contract_has_no_items: return {invalid, "/items", "name at least one product"};
        case unknown_purchase_option:
            return {invalid, "/items", "name products that exist, and options that they have"};
        case product_not_for_sale:
            return {conflict, "/items", "only an active product is sold; publish it first"};
        case option_not_offered:
            return {conflict, "/items", "a purchase option is outside validFrom and validTo"};
        case vendors_differ: return {invalid, "/items", "all items must be of one vendor"};
        case vendor_not_selling:
            return {conflict, "/items", "the vendor takes no new contracts; reinstate it first"};
        case currencies_differ: return {invalid, "/items", "all items must be in one currency"};
        case periods_differ:
            return {invalid, "/items", "all items must have the same purchase type and period"};
        case duration_needs_period:
            return {invalid, "/contractDuration", "needs options with a recurringInterval"};
        case unknown_time_zone: return {invalid, "/timeZone", "must be an IANA time zone"};
        case time_out_of_range:
            return {invalid, "/startAt", "all times must be in the years 1970 to 2999"};
        case ends_before_start:
            return {invalid, "/expiresAt", "the end and the trial's end must be after the start"};
        case amount_overflow: return {invalid, "/items", "the amounts are too large to add up"};
        case discount_exceeds_amount:
            return {invalid, "/appliedDiscounts", "must not be more than the items cost"};
        case not_started_yet: return {conflict, "", "the contract begins later; wait for startAt"};
        case no_period_end:
            return {conflict, "/mode", "it has no period that ends; cancel it with mode immediate"};
        case not_being_canceled: return {conflict, "", "no cancellation is scheduled"};
        case cancellation_not_due: return {conflict, "", "willCancelAt has not been reached"};
        case term_not_over: return {conflict, "", "expiresAt has not been reached"};
    }
    return {conflict, "", ""};
}

Decision<ContractDecider> ContractDecider::decide(const Contract& contract,
                                                  const ContractCommand& command) {
    assert(is_legal<ContractDecider>(contract.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(contract, one); }, command);
}

Contract ContractDecider::evolve(Contract contract, const ContractEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(contract), one); }, event);
}

ConfirmContract confirm_at(Timestamp now, const Contract& draft, const Zones& zones) {
    ConfirmContract command;
    command.now = now;
    command.start = draft.start_at.value_or(now);
    command.anchor = draft.anchor_at.value_or(draft.trial_end.value_or(command.start));
    if (draft.contract_duration == ContractDuration::perpetual) return command;

    const Recurrence recurrence{command.anchor, draft.time_zone.view(), *draft.recurring_interval,
                                static_cast<std::int32_t>(*draft.recurring_time)};
    const bool is_trial = draft.trial_end && *draft.trial_end > command.start;
    const Timestamp first_paid = is_trial ? *draft.trial_end : command.start;
    const Period paid = period(zones, recurrence, period_index(zones, recurrence, first_paid));
    command.first_period = is_trial ? Period{command.start, *draft.trial_end} : paid;
    if (draft.contract_duration == ContractDuration::renewable) command.term_end = paid.end;
    return command;
}

bool has_invoice_terms(const Contract& contract) {
    return contract.collection_method == CollectionMethod::send_invoice;
}

std::vector<std::string> claims(const Contract& contract, std::string_view) {
    return external_claims("contract", contract.external_id);
}

}  // namespace domain
