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
    const bool is_immediate = command.mode == CancelMode::immediate;
    if (command.refund != RefundMode::none && !is_immediate) {
        return because(ContractRejection::refund_needs_immediate);
    }
    if (is_immediate || contract.status != ContractStatus::active) {
        return Events{ContractCanceled{command.now, command.reason, command.refund}};
    }
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
    return Events{ContractCanceled{*contract.will_cancel_at, contract.cancel_reason, {}}};
}

Decision<ContractDecider> handle(const Contract&, const DiscardContract& command) {
    return Events{ContractCanceled{command.now, std::nullopt, {}}};
}

Decision<ContractDecider> handle(const Contract& contract, const ExpireContract& command) {
    const auto end = term_end(contract);
    const bool is_over = end && *end <= command.now;
    if (command.reason == ContractExpiry::term_over && !is_over) {
        return because(ContractRejection::term_not_over);
    }
    return Events{ContractExpired{command.now, command.reason}};
}

PaymentState worst_of(const std::vector<BillTrouble>& troubles) {
    PaymentState worst = PaymentState::ok;
    for (const BillTrouble& trouble : troubles) worst = std::max(worst, trouble.state);
    return worst;
}

Decision<ContractDecider> handle(const Contract& contract, const NoteContractPayment& command) {
    std::vector<BillTrouble> troubles = contract.troubles;
    note_trouble(troubles, {command.bill_id, command.payment_state});
    if (troubles == contract.troubles) return Events{};
    return Events{
        ContractPaymentStateChanged{worst_of(troubles), command.bill_id, command.payment_state}};
}

Decision<ContractDecider> handle(const Contract& contract, const NoteFirstBillPaid&) {
    if (contract.is_first_bill_paid) return Events{};
    return Events{ContractFirstBillPaid{}};
}

Decision<ContractDecider> handle(const Contract& contract, const RenewContract& command) {
    const bool is_due = contract.next_bill_at && *contract.next_bill_at <= command.now;
    if (!is_due || !command.period) return because(ContractRejection::renewal_not_due);
    return Events{
        ContractRenewed{command.period->start, command.period->end, command.entitlement_ids}};
}

Decision<ContractDecider> handle(const Contract& contract, const PauseContract& command) {
    using enum ContractRejection;
    const bool is_in_time = !command.resumes_at || (*command.resumes_at > command.now &&
                                                    !is_out_of_range(command.resumes_at));
    if (!is_in_time) return because(resume_out_of_range);
    if (contract.will_cancel_at) return because(contract_is_ending);
    return Events{ContractPaused{command.now, command.resumes_at, command.reason}};
}

Decision<ContractDecider> handle(const Contract& contract, const ResumeContract& command) {
    Events events{ContractResumed{command.now}};
    const auto end = term_end(contract);
    const bool goes_on = !end || *end > command.now;
    if (command.period && goes_on) {
        events.emplace_back(
            ContractRenewed{command.period->start, command.period->end, command.entitlement_ids});
    }
    return events;
}

Decision<ContractDecider> handle(const Contract&, const RestoreContractRights& command) {
    return Events{ContractRightsRestored{command.entitlement_ids}};
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
        case refund_needs_immediate:
            return {invalid, "/refund", "only a cancellation with mode immediate pays back"};
        case renewal_not_due: return {conflict, "", "the period that runs has not ended"};
        case resume_out_of_range:
            return {invalid, "/resumesAt", "must be later than now, and before the year 3000"};
        case contract_is_ending:
            return {conflict, "", "a cancellation is scheduled; withdraw it first"};
    }
    return {conflict, "", ""};
}

Decision<ContractDecider> ContractDecider::decide(const Contract& contract,
                                                  const ContractCommand& command) {
    assert(is_legal<ContractDecider>(contract.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(contract, one); }, command);
}

namespace {

// REQUIRES: the contract has periods and was confirmed, or `anchor` is given.
Recurrence recurrence_of(const Contract& contract, Timestamp anchor) {
    return {anchor, contract.time_zone.view(), *contract.recurring_interval,
            static_cast<std::int32_t>(*contract.recurring_time)};
}

bool is_recurring(const Contract& contract) {
    return contract.contract_duration == ContractDuration::recurring && contract.anchor_at &&
           contract.current_period_end;
}

Period period_at(const Contract& contract, Timestamp instant, const Zones& zones) {
    const Recurrence recurrence = recurrence_of(contract, *contract.anchor_at);
    return period(zones, recurrence, period_index(zones, recurrence, instant));
}

}  // namespace

ConfirmContract confirm_at(Timestamp now, const Contract& draft, const Zones& zones) {
    ConfirmContract command;
    command.now = now;
    command.start = draft.start_at.value_or(now);
    command.anchor = draft.anchor_at.value_or(draft.trial_end.value_or(command.start));
    if (draft.contract_duration == ContractDuration::perpetual) return command;

    const Recurrence recurrence = recurrence_of(draft, command.anchor);
    const bool is_trial = draft.trial_end && *draft.trial_end > command.start;
    const Timestamp first_paid = is_trial ? *draft.trial_end : command.start;
    const Period paid = period(zones, recurrence, period_index(zones, recurrence, first_paid));
    command.first_period = is_trial ? Period{command.start, *draft.trial_end} : paid;
    if (draft.contract_duration == ContractDuration::renewable) command.term_end = paid.end;
    return command;
}

std::optional<Period> next_period(const Contract& contract, const Zones& zones) {
    if (!is_recurring(contract)) return std::nullopt;
    const Timestamp start = *contract.current_period_end;
    return Period{start, period_at(contract, start, zones).end};
}

std::optional<Period> rest_of_period(const Contract& contract, Timestamp now, const Zones& zones) {
    const bool is_over = is_recurring(contract) && *contract.current_period_end <= now;
    if (!is_over) return std::nullopt;
    return Period{now, period_at(contract, now, zones).end};
}

std::optional<Period> whole_period(const Contract& contract, const Zones& zones) {
    if (!is_recurring(contract)) return std::nullopt;
    return period_at(contract, *contract.current_period_start, zones);
}

std::optional<Timestamp> term_end(const Contract& contract) {
    const bool ends_with_period =
        contract.contract_duration == ContractDuration::recurring && !contract.auto_renew;
    if (!ends_with_period || !contract.current_period_end) return contract.expires_at;
    return std::min(*contract.current_period_end,
                    contract.expires_at.value_or(*contract.current_period_end));
}

bool has_invoice_terms(const Contract& contract) {
    return contract.collection_method == CollectionMethod::send_invoice;
}

std::vector<std::string> claims(const Contract& contract, std::string_view) {
    return external_claims("contract", contract.external_id);
}

}  // namespace domain
