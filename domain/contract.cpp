#include "domain/contract.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "domain/claims.hpp"
#include "domain/contract_change.hpp"
#include "domain/contract_items.hpp"

namespace domain {
namespace {

using Events = std::vector<ContractEvent>;

Failure<ContractRejection> because(ContractRejection reason) { return Failure{reason}; }

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

ContractDrafted draft_of(const CreateContract& command) {
    std::vector<ContractItem> items;
    std::ranges::transform(command.items, command.offers, std::back_inserter(items), item_of);
    return {terms_of(command, std::move(items))};
}

// Each handle reads as a list of refusals, the most general first, and then what happened.

Decision<ContractDecider> handle(const Contract&, const CreateContract& command) {
    using enum ContractRejection;
    assert(command.offers.size() == command.items.size());
    if (command.items.empty()) return because(contract_has_no_items);
    if (const auto problem = problem_of(command.offers, true, command.now)) {
        return because(*problem);
    }
    if (!command.is_vendor_selling) return because(vendor_not_selling);
    if (!command.is_time_zone_known) return because(unknown_time_zone);
    if (const auto problem = problem_of_times(command)) return because(*problem);

    ContractDrafted drafted = draft_of(command);
    const bool needs_period = drafted.contract_duration != ContractDuration::perpetual;
    if (needs_period && !drafted.recurring_interval) return because(duration_needs_period);
    const auto amount = amount_of(drafted.items, drafted.applied_discounts);
    if (!amount) return because(amount.error());
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
    // The end of a term may have been put off.
    const bool is_term = contract.contract_duration == ContractDuration::renewable;
    const Timestamp end = is_term && contract.expires_at
                              ? std::max(*contract.current_period_end, *contract.expires_at)
                              : *contract.current_period_end;
    return Events{ContractCancellationScheduled{end, command.now, command.reason}};
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

Decision<ContractDecider> handle(const Contract& contract, const ChangeContractPayer& command) {
    if (command.payer_id == contract.payer_id) return Events{};
    return Events{ContractPayerChanged{command.payer_id, command.reason}};
}

Decision<ContractDecider> handle(const Contract& contract, const ChangeDeliveryAddress& command) {
    const bool is_same = contract.delivery_address == command.delivery_address &&
                         contract.delivery_address_from_issue == command.effective_from_issue;
    if (is_same) return Events{};
    return Events{ContractDeliveryAddressChanged{contract.user_id, command.delivery_address,
                                                 command.effective_from_issue}};
}

Decision<ContractDecider> handle(const Contract& contract, const ConsumeContractIssue& command) {
    if (!contract.issues_remaining) return because(ContractRejection::not_counted_by_issues);
    if (contract.last_issue == command.issue_code) return Events{};
    const std::int64_t left = *contract.issues_remaining - 1;
    Events events{ContractIssueConsumed{command.issue_code, left}};
    if (left == 0) {
        events.emplace_back(ContractExpired{command.now, ContractExpiry::issues_used_up});
    }
    return events;
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
            return {conflict, "", "it ends by then; withdraw the cancellation first"};
        case change_needs_period:
            return {conflict, "", "it has no periods that go on; only such contracts are changed"};
        case period_not_paid:
            return {conflict, "/mode",
                    "the period that runs is not paid: pay its bills first, or "
                    "change it with mode atPeriodEnd"};
        case change_out_of_range:
            return {invalid, "/effectiveAt",
                    "must be later than now and before the year 3000, without mode atPeriodEnd"};
        case change_not_due: return {conflict, "", "no change is planned for now"};
        case unknown_item: return {invalid, "/prices", "name items that the contract has"};
        case not_counted_by_issues:
            return {conflict, "", "the contract does not count issues; it has no issuesTotal"};
        case import_period_not_running:
            return {invalid, "/currentPeriodEnd", "the period has to run now, and be given"};
        case stop_ends_before_start: return {invalid, "/to", "must not be before from"};
        case stop_too_long: return {invalid, "/to", "a stop is a year long at most"};
        case stop_overlaps:
            return {conflict, "/from", "there is a stop on some of these days already"};
        case stop_too_late:
            return {conflict, "/to", "no issue on these days can be stopped any more"};
        case nothing_to_extend:
            return {conflict, "/action",
                    "it has neither a term that can be put off nor a number of issues; ask for "
                    "credit"};
        case too_many_stops: return {conflict, "", "a contract has at most 1000 stops"};
        case unknown_stop: return {not_found, "", "the contract has no stop with this id"};
        case stop_has_begun:
            return {conflict, "", "it has begun; only a stop that has not begun can be removed"};
    }
    return {conflict, "", ""};
}

Decision<ContractDecider> ContractDecider::decide(const Contract& contract,
                                                  const ContractCommand& command) {
    assert(is_legal<ContractDecider>(contract.status, type_name_of(command)));
    return std::visit(
        [&]<class One>(const One& one) {
            if constexpr (requires { decide_on(contract, one); }) {
                return decide_on(contract, one);
            } else {
                return handle(contract, one);
            }
        },
        command);
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

Period billed_whole(const Contract& contract, const Zones& zones) {
    const Period running{*contract.current_period_start, *contract.current_period_end};
    const auto whole = whole_period(contract, zones);
    const bool is_part = whole && whole->start <= running.start && running.end <= whole->end;
    return is_part ? *whole : running;
}

std::optional<Timestamp> term_end(const Contract& contract) {
    const bool ends_with_period =
        contract.contract_duration == ContractDuration::recurring && !contract.auto_renew;
    if (!ends_with_period || !contract.current_period_end) return contract.expires_at;
    return std::min(*contract.current_period_end,
                    contract.expires_at.value_or(*contract.current_period_end));
}

std::optional<Timestamp> known_end(const Contract& contract) {
    const auto end = term_end(contract);
    if (!contract.will_cancel_at) return end;
    return std::min(*contract.will_cancel_at, end.value_or(*contract.will_cancel_at));
}

bool has_invoice_terms(const Contract& contract) {
    return contract.collection_method == CollectionMethod::send_invoice;
}

bool can_extend(const Contract& contract) {
    if (contract.will_cancel_at) return false;
    const bool is_term = contract.contract_duration != ContractDuration::recurring;
    return contract.issues_remaining || (is_term && contract.expires_at);
}

bool is_in_trial(const Contract& contract) {
    return contract.trial_end && contract.trial_end == contract.current_period_end;
}

std::vector<std::string> claims(const Contract& contract, std::string_view id) {
    if (contract.status == ContractStatus::absent) return {};
    std::vector<std::string> keys = external_claims("contract", contract.external_id);
    keys.push_back(held_claim(contract.user_id, Kind::contracts, id));
    if (contract.payer_id != contract.user_id) {
        keys.push_back(held_claim(contract.payer_id, Kind::contracts, id));
    }
    return keys;
}

}  // namespace domain
